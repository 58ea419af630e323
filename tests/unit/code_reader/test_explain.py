"""`python -m core explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from support.modules import beside

scripts = beside(__file__, "faulty_scripts")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(scripts.KERAS.replace('"sigmoid"', '"softmax"'))
    return path


def test_json_has_the_settings_and_the_corrected_code(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(script), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["variant"]["activation"] == "softmax"
    assert found["layers"] == found["variant"]["layers"] == [128, 32, 128]
    assert found["candidates"] == 1
    assert found["unsupported"] == found["faults"] == found["ignored"] == []
    assert [entry["setting"] for entry in found["assumed"]] == ["learning_rate", "seed"]
    assert found["assumed"][0]["value"] == 0.001
    assert "softmax_sum" in [finding["code"] for finding in found["findings"]]
    assert found["corrected"] == scripts.KERAS


def test_json_of_faults_has_code_line_and_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "script.py"
    path.write_text(scripts.KERAS.replace('"adam"', '"adam", metrics=["accuracy"]'))
    assert main(["explain", str(path), "--json"]) == 0
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["code"], fault["line"]) == ("accuracy_metric", 14)
    assert fault["sentence"].startswith("Line 14: accuracy counts")


def test_text_shows_lines_findings_and_the_diff(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(script)]) == 0
    printed = capsys.readouterr().out
    assert "layers                128-32-128              line 9" in printed
    assert "Finding: Softmax outputs sum to 1" in printed
    assert '- outputs = layers.Dense(784, activation="softmax")(h)' in printed
    assert '+ outputs = layers.Dense(784, activation="sigmoid")(h)' in printed


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("print(1)", "No autoencoder was found: no network is trained to reproduce its input.\n"),
        ("x = (", "Line 1 is not Python: '(' was never closed (`x = (`).\n"),
    ],
)
def test_code_without_an_autoencoder_is_refused_in_one_line(
    content: str, refusal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "script.py"
    path.write_text(content)
    assert main(["explain", str(path), "--json"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", refusal)


def test_a_file_that_is_not_there_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(tmp_path / "none.py")]) == 2
    assert capsys.readouterr().err.endswith("cannot be read: No such file or directory.\n")
    assert main(["explain", str(tmp_path)]) == 2
    assert main(["explain", "script.py", "--choose", "0"]) == 2
