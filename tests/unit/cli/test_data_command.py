"""`python -m core data`: what it prints, and its refusals of one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.cli.arguments import BAD_INPUT
from core.data import image_sets
from support.image_files import csv_of, digits, npz_of, pictures_zip, png

GREYS, LABELS = digits(60)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table as Kaggle has it."""
    path = tmp_path / "train.csv"
    path.write_bytes(csv_of(GREYS, LABELS, header=True))
    return path


def test_add_list_and_remove(home: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "add", str(table), "--name", "Kaggle's"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Kaggle s: 50 images to train on, 10 held out, labels 0 to 9."
    assert (
        lines[1]
        == "The originals are 28 × 28 with values 0 to 255; the data set has 28 × 28 greys."
    )
    assert lines[-1] == "Train on them with: python -m core train --dataset 'Kaggle s'"
    assert main(["data", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == [
        *("Kaggle", "s", "50", "10", "yes"),
        image_sets.list_all()[0].name,
    ]
    assert main(["data", "remove", "kaggle S"]) == 0
    assert capsys.readouterr().out == "Removed Kaggle s and 0 runs.\n"
    assert main(["data", "list"]) == 0
    assert capsys.readouterr().out == ""


def test_json_of_every_action(home: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "add", str(table), "--invert", "--share", "0.5", "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    facts = {"name": "train", "training": 30, "held_out": 30, "labels": True}
    assert facts.items() <= added.items()
    # Inverted, what was white is black: some twelve percent.
    assert 0 < added["black"] < 0.1
    assert main(["data", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [facts | {"key": added["key"]}]
    assert main(["data", "remove", added["key"], "--json"]) == 0
    removed = json.loads(capsys.readouterr().out)
    assert removed == {"name": "train", "key": added["key"], "runs": 0}


def test_several_pictures_are_one_set(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / f"{place}.png" for place in range(20)]
    for path, image in zip(paths, GREYS, strict=False):
        path.write_bytes(png(image))
    assert main(["data", "add", *map(str, paths), "--name", "mine"]) == 0
    assert capsys.readouterr().out.startswith("mine: 10 images to train on, 10 held out, no labels")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.npz"], "'nowhere.npz' cannot be read: no such file or directory."),
        (["."], "'.' cannot be read: not a regular file."),
        (["FILE", "--values", "7"], "--values cannot be '7'; allowed: auto, 0-255, 0-1, -1-1, 0-"),
        (["FILE", "--share", "half"], "--share cannot be 'half'; give a number, such as 0.1."),
        (["FILE", "--share", "nan"], "The share held out cannot be nan; allowed: 0.05 to 0.5."),
        (["FILE", "--seed", "-1"], "seed cannot be '-1'; allowed: whole numbers from 0 to"),
        (["FILE", "FILE"], "Several files can be read together only if they are all PNG, JPEG"),
    ],
)
def test_refusal_is_one_line_and_keeps_nothing(
    home: Path,
    table: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    words = [str(table) if word == "FILE" else word for word in arguments]
    assert main(["data", "add", *words]) == BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(sentence)
    assert printed.err.count("\n") == 1
    assert image_sets.list_all() == []


def test_missing_set_cannot_be_removed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("mine", "images-" + "0" * 32):
        assert main(["data", "remove", name]) == BAD_INPUT
        assert capsys.readouterr().err == (
            f"There is no set of images {name[:40]!r}; python -m core data list names them.\n"
        )


def test_an_action_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["data"])
    assert ending.value.code == BAD_INPUT
    assert capsys.readouterr().err.count("\n") == 1


def test_images_may_take_half_of_the_lab_s_disk_space(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_CACHE_MB", "0.01")
    path = tmp_path / "a.zip"
    path.write_bytes(pictures_zip(GREYS))
    assert main(["data", "add", str(path)]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("There is room for 0 MB of images here, and 0 MB are")


def test_an_exported_set_is_the_same_set_elsewhere(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(npz_of(x_train=GREYS, y_train=LABELS))
    assert main(["data", "add", str(path), "--seed", "3", "--invert"]) == 0
    [info] = image_sets.list_all()
    exported = image_sets.path(info.name)
    monkeypatch.setenv("AUTOENCODER_LAB_HOME", str(tmp_path / "elsewhere"))
    assert main(["data", "add", str(exported)]) == 0
    assert [again.name for again in image_sets.list_all()] == [info.name]
