"""The glossary defines each term once and finds it under every name that a page uses."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import loading
from core.data.normalization import NORMALIZATIONS
from core.diagnostics import preflight
from core.metrics.baselines import baselines
from core.metrics.dataset_stats import statistics
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.text.glossary import GLOSSARY, help_for, matching, term
from core.variant import FIELDS, Variant

ROOT = Path(__file__).parents[3]


def test_abbreviation_keras_name_and_full_name_mean_the_same_term() -> None:
    assert term("BCE") is term("binary_crossentropy") is term("Binary cross-entropy")


def test_help_includes_the_source_as_a_link() -> None:
    assert help_for("SSIM").endswith(
        "[Wang, Bovik, Sheikh and Simoncelli 2004](https://doi.org/10.1109/TIP.2003.819861)"
    )
    assert help_for("excess") == (
        "The loss minus its floor: the part that better predictions could remove."
    )


def test_unknown_term_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(KeyError, match="no term 'entropie'; did you mean entropy"):
        help_for("entropie")


def test_every_setting_and_every_choice_of_the_tables_has_a_definition() -> None:
    tables = (*ACTIVATIONS.values(), *LOSSES.values(), *NORMALIZATIONS.values())
    for spelling in (*FIELDS, *(e.name for e in tables), *(e.label for e in tables)):
        assert help_for(spelling)


@pytest.mark.parametrize(
    "spelling",
    """binary cross-entropy|categorical cross-entropy|MSE|MAE|Huber|logits|hidden logits|
    output activation|sigmoid|softmax|tanh|relu|linear|floor|entropy|excess|pixel error|PSNR|SSIM|
    bottleneck|epoch|step|batch|held-out|displayed loss|trained-on loss|gradient|clipping|
    saturation|baselines|mean image|median image|all black|PCA|
    accuracy""".replace("\n    ", "").split("|"),
)
def test_terms_of_all_pages_are_defined(spelling: str) -> None:
    assert help_for(spelling)


def test_every_term_that_a_page_asks_for_is_defined() -> None:
    asked = {
        found
        for path in (ROOT / "pages").rglob("*.py")
        for found in re.findall(r'(?:help_for\(|term=|\bterm\()"([^"]+)"', path.read_text())
    }
    assert len(asked) > 10
    for spelling in asked:
        assert help_for(spelling)


def test_no_spelling_belongs_to_two_terms() -> None:
    spellings = Counter(spelling.casefold() for entry in GLOSSARY for spelling in entry.spellings)
    assert [spelling for spelling, times in spellings.items() if times > 1] == []


def test_definitions_are_short_sentences_without_exclamation() -> None:
    for entry in GLOSSARY:
        assert 30 <= len(entry.help) <= 280, entry.name
        assert entry.help.endswith("."), entry.name
        assert "!" not in entry.help, entry.name
        assert len(re.findall(r"[.?:] ", entry.help)) <= 3, entry.name


def test_sources_are_named_and_reachable_by_https() -> None:
    cited = [entry.source for entry in GLOSSARY if entry.source]
    assert len(cited) > 25
    for source in cited:
        assert source.url.startswith("https://")
        assert re.search(r"\d{4}|Keras|scikit-image", source.title)


def test_search_covers_names_spellings_and_definitions() -> None:
    assert [entry.name for entry in matching("hidden logits")] == [
        "hidden logits",
        "trained-on loss",
        "where the loss is computed",
    ]
    assert "batch" in [entry.name for entry in matching(" BATCH size ")]
    assert matching("no such word") == ()
    assert matching("") == GLOSSARY


def test_own_scale_says_what_the_switch_does() -> None:
    assert help_for("own scale").startswith("Draws each image from its smallest value as black")
    assert help_for("fixed scale").startswith("All images are drawn with 0 as black")


def test_what_is_said_of_all_black_and_of_linear_outputs_is_so() -> None:
    sample, known = loading.load_held_out("mnist-sample"), statistics("mnist-sample")
    found = baselines(Variant(), known, sample.held_out)
    # All black is right at 81 % of the pixels and still worse than the mean image.
    assert found["all black"].mse == pytest.approx(0.1100, abs=1e-4)
    assert found["mean image"].mse == pytest.approx(0.0664, abs=1e-4)
    assert "its pixel error is larger than the mean image's" in help_for("all black")
    assert "fits targets of any range, best with MSE" in help_for("linear")
    for normalization in NORMALIZATIONS:
        variant = Variant(normalization=normalization, activation="linear")
        with_mse = preflight(replace(variant, loss="mean_squared_error"), known)
        assert "out_of_range" not in {finding.code for finding in with_mse}
    raw = Variant(normalization="raw", activation="linear", loss="huber")
    assert "median" in {finding.code for finding in preflight(raw, known)}
