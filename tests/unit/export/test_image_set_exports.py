"""What is exported of runs on images of one's own: their label, and the images apart."""

from __future__ import annotations

import io
import runpy
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.data import image_sets, loading
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.export.export_files import exports
from core.export.keras_script import images_name, keras_script
from core.store import RunStore
from core.store.image_set_storage import add_image_set
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from support.image_files import digits, given, npy_of
from support.runs import make_run


@pytest.fixture
def own(home: Path) -> str:
    """The name of 60 digits that were added."""
    return add_image_set(
        prepare(read([given(npy_of(digits(60)[0]))]), Options()), "mine", None
    ).name


def test_images_are_a_file_of_their_own_and_in_no_other(home: Path, own: str) -> None:
    library = Library(RunStore(home), Gallery())
    variant = Variant(dataset=own)
    library.store.put(make_run(variant, pinned=loading.pinned(loading.load_held_out(own))))
    files = {file.name: file for file in exports(library, [variant])}
    images = files["images-0"]
    assert images.label == "Images of mine (npz)"
    content = images.build()
    with np.load(io.BytesIO(content)) as arrays:
        np.testing.assert_array_equal(
            arrays["x_test"].reshape(-1, 784), loading.load_held_out(own).held_out
        )
    with zipfile.ZipFile(io.BytesIO(files["archive"].build())) as archive:
        assert not [name for name in archive.namelist() if "x_test" in name]
    assert "mine" in files["report"].build().decode()
    # Read again, with nothing else done to them, they are the same set.
    found = prepare(read([given(content)]), Options(seed=9))
    assert f"{image_sets.PREFIX}{found.digest}" == own


def test_there_is_no_such_file_where_the_images_are_not_here(home: Path, own: str) -> None:
    library = Library(RunStore(home), Gallery())
    image_sets.remove(own)
    assert "images-0" not in [file.name for file in exports(library, [Variant(dataset=own)])]


def test_keras_script_loads_the_exported_images(
    home: Path, own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = keras_script(Variant(dataset=own))
    assert "An autoencoder: sigmoid output, binary_crossentropy, mine." in script
    (tmp_path / images_name(own)).write_bytes(image_sets.path(own).read_bytes())
    # The script up to where it has its images; what follows imports Keras.
    loads = script[script.index("# The images:") : script.index("train, test = data[")]
    monkeypatch.setattr("sys.argv", ["script"])
    head = "import sys\nfrom pathlib import Path\nimport numpy as np\n"
    path = tmp_path / "script.py"
    path.write_text(f'{head}{loads}train, test = data["x_train"], data["x_test"]\n')
    found = runpy.run_path(str(path))
    assert found["train"].shape == (50, 28, 28)
    assert found["test"].shape == (10, 28, 28)
