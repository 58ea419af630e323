"""What a visitor sees while a download fails, and that the next one is whole."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from core.store import RunStore
from core.variant import Variant
from support.data_files import write_npz
from support.file_server import FileServer, serving
from support.lab_server import REPOSITORY, LabServer
from support.visits import TRAINING_SECONDS, visit

pytestmark = pytest.mark.timeout(240)

BENT = REPOSITORY / "tests" / "support" / "bent"
MNIST = Variant(dataset="mnist", epochs=1)
KEPT = "The sample stays selected."


def test_without_a_network_mnist_is_refused_in_plain_words_and_the_sample_is_selected(
    tmp_path: Path,
) -> None:
    nowhere = "http://127.0.0.1:9"
    environment = {
        "AUTOENCODER_LAB_DATA": str(tmp_path),
        "KERAS_HOME": str(tmp_path),
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), nowhere),
        "no_proxy": "127.0.0.1",
    }
    with (
        LabServer(tmp_path / "home", environment=environment) as server,
        visit(server, Variant(dataset="mnist", epochs=1)) as page,
    ):
        assert "MNIST is not on this machine; Train downloads it." in page.text
        page.click("Train")
        page.until(lambda: "The sample stays selected." in page.text, TRAINING_SECONDS)
        page.until(lambda: "dataset=mnist-sample" in page.query)
        assert page.errors == []


def refused(server: LabServer) -> str:
    """Train on MNIST, and what the page says when that cannot be."""
    with visit(server, MNIST) as page:
        page.click("Train")
        page.until(lambda: KEPT in page.text, TRAINING_SECONDS)
        page.until(lambda: "dataset=mnist-sample" in page.query)
        assert page.errors == []
        return page.text.replace("\\", "")


def test_broken_or_slow_download_is_reported_and_retried(tmp_path: Path) -> None:
    content = write_npz(tmp_path / "source").read_bytes()
    half = len(content) // 2
    with serving(FileServer(content)) as source:
        file = {
            "path": "mnist.npz",
            "url": source.url,
            "size": len(content),
            "algorithm": "sha256",
            "digest": hashlib.sha256(content).hexdigest(),
        }
        environment = {
            "AUTOENCODER_LAB_DATA": str(tmp_path / "empty"),
            "KERAS_HOME": str(tmp_path / "empty"),
            "LAB_TEST_SOURCE": json.dumps(file),
            "PYTHONPATH": os.pathsep.join([str(BENT), str(REPOSITORY)]),
        }
        with LabServer(tmp_path / "home", environment=environment) as server:
            source.cut_after = half
            said = refused(server)
            assert "from 127.0.0.1 (the connection was interrupted)" in said

            source.cut_after = None
            source.content = content[:-1] + b"!"
            said = refused(server)
            assert "does not have the expected sha256 hash and was discarded." in said
            assert source.requests == 4  # each time with one retry

            source.content, source.hold_at = content, half
            with visit(server, MNIST) as page:
                page.click("Train")
                page.until(lambda: "% downloaded." in page.text, TRAINING_SECONDS)
                assert "Loading the data." in page.text
                source.go.set()
                page.until(lambda: "Train again" in page.buttons(), TRAINING_SECONDS)
                assert page.errors == []
    kept = RunStore(tmp_path / "home").get(MNIST.key)
    assert kept is not None
    assert kept.history.total_steps == 600
