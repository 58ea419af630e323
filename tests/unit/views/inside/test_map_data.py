"""The map as data for a browser: complete, plain, and small."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
from PIL import Image

from core.data.loading import load_held_out
from core.metrics.dataset_stats import statistics
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.inside.latent_map import latent_map
from core.views.inside.map_data import map_data

PART = load_held_out("mnist-sample")
RUN = Gallery().get(Variant().key)
assert RUN is not None
FOUND = latent_map(RUN, PART.held_out, PART.held_out_labels, statistics("mnist-sample").moments)
assert FOUND is not None
DATA = map_data(FOUND, PART.info.class_names)


def test_it_is_json_of_half_a_megabyte() -> None:
    # 111,312 parameters of the decoder in float16, as base64: 297 kB.
    assert 400_000 < len(json.dumps(DATA, allow_nan=False)) < 600_000


def test_the_decoder_s_weights_come_back() -> None:
    for sent, layer in zip(DATA["layers"], FOUND.decoder if FOUND else (), strict=True):
        kernel = np.frombuffer(base64.b64decode(sent["kernel"]), "<f2")
        np.testing.assert_array_equal(kernel.reshape(layer.kernel.shape), layer.kernel)
        assert (sent["inputs"], sent["units"]) == layer.kernel.shape
        assert sent["activation"] == layer.activation


def test_an_image_stands_in_its_place_of_the_sheet() -> None:
    png = base64.b64decode(DATA["images"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(png)))
    # Image 27 is the third of the second row of 25.
    cut = sheet[28:56, 56:84]
    assert FOUND is not None
    np.testing.assert_array_equal(cut.ravel(), FOUND.images[27])


def test_images_without_labels_are_points_without_classes() -> None:
    assert FOUND is not None
    data = map_data(FOUND, ())
    assert (data["labels"], data["names"]) == (None, [])


def test_there_are_eight_sliders_from_the_smallest_to_the_largest_value() -> None:
    assert FOUND is not None
    assert [slider["unit"] for slider in DATA["sliders"]] == list(FOUND.strongest[:8])
    unit = DATA["sliders"][0]["unit"]
    assert DATA["sliders"][0]["low"] == FOUND.codes[:, unit].min()
    assert DATA["sliders"][0]["high"] == FOUND.codes[:, unit].max()
