"""`python -m core` as a person runs it, with real trainings of the sample."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.store import RunStore
from support.image_files import csv_of, digits

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 100.0
SETTINGS = ["--layers", "16", "--epochs", "2", "--seed", "7"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Lab = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def lab(home: Path) -> Lab:
    """Starts a command with a home folder of its own, and perhaps other variables."""

    def start(*arguments: str, home: Path = home, **named: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            env={**os.environ, "AUTOENCODER_LAB_HOME": str(home), **named},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell that runs the tests in the background lets them ignore ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return start


def test_train_prints_one_object_and_the_second_time_from_the_store(lab: Lab) -> None:
    with lab("train", *SETTINGS, "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    run = json.loads(out)
    assert (run["status"], run["cached"]) == ("finished", False)
    assert run["variant"]["layers"] == [16]
    # 4,500 images in batches of 100, twice.
    assert run["history"]["step"][0] == 1
    assert run["history"]["step"][-1] == 90
    assert len(run["history"]["loss"]) == len(run["history"]["step"])
    assert len(run["history"]["epoch_loss"]) == len(run["history"]["validation_loss"]) == 2
    assert 0 < run["scores"]["mse"] < run["rivals"]["all black"]["mse"]
    assert set(run["scores"]) == {"mse", "mae", "psnr", "ssim"}
    one_picture = {"all black", "mean image", "median image"}
    assert set(run["rivals"]) == {*one_picture, "PCA, 16 components"}
    assert run["floor"]["training"] < run["displayed_loss"]["training"]
    assert set(run["findings"][0]) >= {"code", "severity", "sentence", "value", "setting"}
    assert run["verdict"]["sentence"]
    assert run["seconds"] > 0
    assert run["compile_seconds"] > 0
    assert "Epoch 2 of 2" in err

    with lab("train", *SETTINGS, "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    assert json.loads(out) == {**run, "cached": True}
    assert err == ""

    with lab("list", "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    (listed,) = json.loads(out)
    assert listed["key"] == run["key"]
    assert listed["variant"] == run["variant"]
    assert listed["scores"] == run["scores"]


def test_ctrl_c_stops_and_keeps_what_was_learned(lab: Lab) -> None:
    with lab("train", "--layers", "512,64,512", "--epochs", "100", "--json") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "loss" in line:
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130, err
    run = json.loads(out)
    assert run["status"] == "stopped"
    assert 0 < run["history"]["step"][-1] < 4_500

    with lab("list") as process:
        out, err = process.communicate(timeout=DEADLINE)
    head, row = out.splitlines()
    assert head.split() == [
        *("key", "data", "normalization", "output", "loss", "epochs", "MSE", "status")
    ]
    assert row.split()[0] == run["key"]
    assert row.split()[-1] == "stopped"


def test_a_sweep_that_ctrl_c_ended_goes_on_without_training_anything_twice(
    home: Path, lab: Lab
) -> None:
    cells = ["--vary", "seed=1,2,3", "--layers", "256,32,256", "--epochs", "30", "--json"]
    with lab("sweep", *cells) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("1 of 3 trained"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130, err
    stopped = json.loads(out)
    # The second may have ended just then; the third waited, or had barely begun.
    assert stopped["done"] in (1, 2)
    store = RunStore(home)
    before = {run["key"]: store.stamp(run["key"]) for run in stopped["runs"]}
    assert len(before) == stopped["done"]
    assert None not in before.values()

    with lab("sweep", *cells) as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    known = f"{len(before)} already stored"
    assert err.startswith(f"{len(before)} of 3 trained, {known}")
    assert err.splitlines()[-1] == f"3 of 3 trained, {known}"
    resumed = json.loads(out)
    assert (resumed["done"], resumed["failed"]) == (3, [])
    assert sorted(run["variant"]["seed"] for run in resumed["runs"]) == [1, 2, 3]
    assert {run["status"] for run in resumed["runs"]} == {"finished"}
    # A run that is trained again is written again.
    assert {key: store.stamp(key) for key in before} == before


def test_data_that_cannot_be_had_are_one_line_and_exit_code_2(home: Path, lab: Lab) -> None:
    (home / "no data").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENCODER_LAB_DATA", str(home / "no data"))
        patch.setenv("KERAS_HOME", str(home / "no keras"))
        # Nothing listens there, so the download ends at once.
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        with lab("train", "--dataset", "mnist") as process:
            out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert out == ""
    assert "Traceback" not in err
    assert "MNIST" in err.splitlines()[-1]


@pytest.mark.parametrize("command", ["train", "sweep"])
def test_damaged_data_are_one_line_and_exit_code_2(
    home: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (home / "mnist.npz").write_bytes(b"<html>Sign in to this network</html>")
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(home))
    with lab(command, "--dataset", "mnist", "--epochs", "1") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert "Stored" not in out
    *progress, said = err.splitlines()
    assert "mnist.npz is damaged or is another data set" in said
    assert "damaged" not in "".join(progress)


def test_a_home_with_a_space_keeps_all_that_is_compiled(tmp_path: Path, lab: Lab) -> None:
    home = tmp_path / "my own home"
    with lab("train", *SETTINGS, home=home) as process:
        _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    assert [path.name for path in tmp_path.glob("my*")] == ["my own home"]
    assert list((home / "compiled").glob("*/xla_compile_cache_*"))


@pytest.mark.parametrize("place", ["a file/home", "long" * 100], ids=["below a file", "too long"])
def test_run_that_is_not_stored_is_not_called_stored(tmp_path: Path, lab: Lab, place: str) -> None:
    (tmp_path / "a file").touch()
    with lab("train", *SETTINGS, home=tmp_path / place) as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert out.endswith(" Not stored.\n")
    assert "Traceback" not in err
    assert "The run could not be stored" in err


@pytest.mark.parametrize("variable", ["AUTOENCODER_LAB_HOME", "AUTOENCODER_LAB_DATA"])
def test_home_of_unknown_user_is_one_line(lab: Lab, variable: str) -> None:
    environment = {variable: "~nosuchuser/lab"}
    with lab("train", "--dataset", "mnist", "--epochs", "1", **environment) as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert out == ""
    said = err.splitlines()[-1]
    assert said == (
        f"{variable} is '~nosuchuser/lab', and that user has no home; set it to a folder's path."
    )
    assert "Traceback" not in err


def test_a_file_in_place_of_the_data_folder_is_refused(lab: Lab) -> None:
    settings = ["--dataset", "mnist", "--epochs", "1"]
    with lab("train", *settings, AUTOENCODER_LAB_DATA="README.md") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert out == ""
    assert err.splitlines()[-1] == (
        "AUTOENCODER_LAB_DATA is 'README.md', a file; set it to a folder's path."
    )
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["train", "sweep"])
def test_an_environment_that_cannot_be_understood_is_one_line_and_exit_code_2(
    lab: Lab, command: str
) -> None:
    with lab(command, *SETTINGS, AUTOENCODER_LAB_MEMORY_MB="abc") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert out == ""
    assert err == (
        "AUTOENCODER_LAB_MEMORY_MB is 'abc'; set it to a number of megabytes, such as 1000.\n"
    )


def test_own_images_are_added_trained_on_and_removed_with_their_run(
    lab: Lab, home: Path, tmp_path: Path
) -> None:
    greys, labels = digits(300)
    table = tmp_path / "kaggle.csv"
    table.write_bytes(csv_of(greys, labels, header=True))
    with lab("data", "add", str(table), "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    key = json.loads(out)["key"]
    with lab("train", "--dataset", "Kaggle", *SETTINGS, "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    run = json.loads(out)
    assert (run["variant"]["dataset"], run["status"]) == (key, "finished")
    # 270 images in batches of 100, twice.
    assert run["history"]["step"][-1] == 6
    held_out = greys.reshape(-1, 784)[np.sort(np.random.default_rng(0).permutation(300)[:30])] / 255
    assert run["rivals"]["all black"]["mse"] == pytest.approx(np.square(held_out).mean(), rel=1e-6)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.nan_to_num(held_out * np.log(held_out))
        entropy += np.nan_to_num((1 - held_out) * np.log(1 - held_out))
    assert run["floor"]["held_out"] == pytest.approx(-entropy.mean(), rel=1e-5)
    with lab("data", "remove", "Kaggle", "--json") as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert json.loads(out)["runs"] == 1, err
    assert RunStore(home).keys() == []
    with lab("train", "--dataset", key, *SETTINGS) as process:
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2
    assert err.splitlines()[-1].startswith("These images are not in this lab")
