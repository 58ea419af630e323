"""The pre-flight check: what is known to go wrong before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import formats
from core.advice.facts import Facts, facts
from core.advice.findings import Finding, Severity
from core.advice.fits import label, nearest
from core.objectives import ACTIVATIONS, LOSSES, OWN_ACTIVATION, trains_on_hidden_logits
from core.statistics import Statistics
from core.variant import Variant

# A pixel MSE that is seen at a glance: as large as noise of deviation 0.14 on every pixel.
VISIBLE_MSE = 0.02
# A loss written with four decimals looks like 0 for squared differences of such targets.
TINY_TARGET = 0.1
# Huber is linear beyond a distance of 1: over such a span it is nearly MAE.
WIDE_SPAN = 10.0
RANGES = {"sigmoid": "0 to 1", "tanh": "-1 to 1", "relu": "0 and more", "softmax": "0 to 1"}

Rule = Callable[[Variant, Facts], Finding | None]


def preflight(variant: Variant, statistics: Statistics) -> list[Finding]:
    """What will go wrong with these settings on these data, and what to change.

    Instant: nothing is trained and no image is looked at.

    Args:
        variant: the settings.
        statistics: of the variant's data set.

    Returns:
        What matters most first; a single finding "fits" and perhaps notes where nothing is wrong.
    """
    return findings(variant, facts(variant, statistics))


def findings(variant: Variant, known: Facts) -> list[Finding]:
    """`preflight` from facts that are known already, such as the evidence of a run."""
    found = [finding for rule in RULES if (finding := rule(variant, known))]
    if not any(finding.severity in ("fault", "warning") for finding in found):
        found = [_fits(variant, known), *found]
    order: tuple[Severity, ...] = ("fault", "warning", "fit", "note")
    return _with_remedies(variant, sorted(found, key=lambda f: order.index(f.severity)))


def _with_remedies(variant: Variant, found: Sequence[Finding]) -> list[Finding]:
    """Offer each finding the nearest choice that fits, but no choice twice."""
    offered: list[dict[str, str]] = []
    finished = []
    for finding in found:
        if finding.setting and finding.remedy is None and finding.severity != "note":
            remedy = nearest(variant, finding.setting)
            if remedy not in offered:
                offered.append(remedy)
                finding = replace(finding, remedy=remedy, remedy_label=label(remedy))
        finished.append(finding)
    return finished


def _softmax_sum(variant: Variant, known: Facts) -> Finding | None:
    if variant.activation != "softmax" or not known["sum_missed"]:
        return None
    shown_as = known["zero_pixel"] or 0.0
    consequence = "No pixel can become white."
    if shown_as > 0.1:
        consequence = f"Every pixel stays near {formats.pixel(shown_as)}, a grey."
    return Finding(
        code="softmax_sum",
        severity="fault",
        title="Wrong sum",
        sentence=f"Softmax outputs share a sum of **1**; the targets of an image sum to about"
        f" **{formats.total(known['target_sum'])}**. {consequence}",
        value=known["target_sum"],
        setting="activation",
    )


def _no_lower_bound(variant: Variant, known: Facts) -> Finding | None:
    if known["floor"] is not None:
        return None
    value, sentence = _outside(variant, known)
    return Finding(
        code="no_lower_bound",
        severity="fault",
        title="No floor",
        sentence=f"{sentence} The loss has no lower bound and runs to minus infinity.",
        value=value,
        setting="normalization",
    )


def _wrong_minimum(variant: Variant, known: Facts) -> Finding | None:
    floor = known["floor"]
    if floor is None or floor >= 0:
        return None
    _, sentence = _outside(variant, known)
    return Finding(
        code="wrong_minimum",
        severity="fault",
        title="Wrong minimum",
        sentence=f"{sentence} The loss is least where Keras clips, not at the target: it can fall"
        f" to **{formats.loss(floor)}**.",
        value=floor,
        setting="normalization",
    )


def _outside(variant: Variant, known: Facts) -> tuple[float, str]:
    """The target that a cross-entropy cannot take, and a sentence on it."""
    lowest, highest = known["lowest"] or 0.0, known["highest"] or 0.0
    title = LOSSES[variant.loss].title
    if lowest < 0:
        wanted = "0 to 1" if variant.loss == "binary_crossentropy" else "0 and more"
        return lowest, f"Targets go down to **{lowest:.3g}**, and {title} needs {wanted}."
    return highest, f"Targets reach **{highest:.3g}**, and {title} needs 0 to 1."


def _wrong_gradient(variant: Variant, known: Facts) -> Finding | None:
    hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    if variant.loss != "categorical_crossentropy" or not hidden or not known["sum_missed"]:
        return None
    return Finding(
        code="wrong_gradient",
        severity="fault",
        title="Wrong gradient",
        sentence="From logits, TensorFlow takes for granted that an image's targets sum to 1;"
        f" these sum to about **{formats.total(known['target_sum'])}**. Its gradient pushes all"
        " logits one way, and learning ends.",
        value=known["target_sum"],
        setting="normalization",
    )


def _out_of_range(variant: Variant, known: Facts) -> Finding | None:
    if not known["unreachable"] or (variant.activation == "softmax" and known["sum_missed"]):
        return None
    best = known["best_mse"] or 0.0
    name, share = ACTIVATIONS[variant.activation].label, formats.share(known["unreachable"])
    return Finding(
        code="out_of_range",
        severity="fault" if best > VISIBLE_MSE else "warning",
        title="Out of reach",
        sentence=f"{name.capitalize()} gives {RANGES[variant.activation]}; **{share}** of the"
        " targets lie outside. A perfect network would still be wrong by"
        f" {formats.loss(best)} (pixel MSE).",
        value=known["unreachable"],
        setting="activation",
    )


def _no_gradient(variant: Variant, known: Facts) -> Finding | None:
    if variant.loss != "binary_crossentropy" or ACTIVATIONS[variant.activation].leaves_logits:
        return None
    name = ACTIVATIONS[variant.activation].label
    return Finding(
        code="no_gradient",
        severity="fault",
        title="No gradient",
        sentence=f"Keras clips {name} outputs to 0–1 before the logarithm. Outside there is no"
        " gradient, and about **half** of the outputs start there: they learn late or never.",
        value=0.5,
        setting="activation",
    )


def _any_brightness(variant: Variant, known: Facts) -> Finding | None:
    if not _takes_shares(variant) or variant.activation == "softmax" or _has_both_signs(variant):
        return None
    return Finding(
        code="any_brightness",
        severity="warning",
        title="Any brightness",
        sentence="Categorical cross-entropy first divides the outputs by their sum: ten times too"
        f" bright costs nothing. The targets' sum, about **{formats.total(known['target_sum'])}**,"
        " is not learned.",
        value=known["target_sum"],
        setting="loss",
    )


def _no_distribution(variant: Variant, known: Facts) -> Finding | None:
    if not _takes_shares(variant) or not _has_both_signs(variant):
        return None
    name = ACTIVATIONS[variant.activation].label
    return Finding(
        code="no_distribution",
        severity="fault",
        title="No distribution",
        sentence="Categorical cross-entropy first divides the outputs by their sum, and those of"
        f" {name} have both signs. Shares below 0 pay for shares above 1: it can fall to"
        f" **{formats.loss(known['floor'])}** with noise for a picture.",
        value=known["floor"],
        setting="loss",
    )


def _takes_shares(variant: Variant) -> bool:
    hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    return variant.loss == "categorical_crossentropy" and not hidden


def _has_both_signs(variant: Variant) -> bool:
    return ACTIVATIONS[variant.activation].low < 0


def _hidden_logits(variant: Variant, known: Facts) -> Finding | None:
    hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    if not hidden or OWN_ACTIVATION[variant.loss] == variant.activation:
        return None
    floor = known["floor"]
    consequence = "It says nothing about the pictures."
    if floor is not None and variant.loss == "binary_crossentropy":
        least = formats.loss(floor)
        consequence = f"It can fall to its floor of **{least}** whatever the pictures look like."
    return Finding(
        code="hidden_logits",
        severity="warning",
        title="Loss misleads",
        sentence=f"Keras takes this loss from hidden logits, as if {OWN_ACTIVATION[variant.loss]}"
        f" stood there, not from the pixels shown. {consequence}",
        value=floor,
        setting="loss_from",
        remedy={"loss_from": "outputs"},
        remedy_label="Train on the outputs",
    )


def _dead_pixels(variant: Variant, known: Facts) -> Finding | None:
    if variant.activation != "relu":
        return None
    return Finding(
        code="dead_pixels",
        severity="warning",
        title="Dead pixels",
        sentence="A relu output that is below 0 gets no gradient, and about **half** of them start"
        " there. Those that are so for every image stay stuck.",
        value=0.5,
        setting="activation",
    )


def _median(variant: Variant, known: Facts) -> Finding | None:
    span = (known["highest"] or 0.0) - (known["lowest"] or 0.0)
    wide_huber = variant.loss == "huber" and span > WIDE_SPAN
    if variant.loss != "mean_absolute_error" and not wide_huber:
        return None
    name = "Huber is MAE over such a span, and MAE" if wide_huber else "MAE"
    return Finding(
        code="median",
        severity="warning",
        title="Thin strokes",
        sentence=f"{name} aims at the median, and **{formats.share(known['black_median'])}** of the"
        " pixel places are black in most images. In doubt it draws black.",
        value=known["black_median"],
        setting="loss",
    )


def _tiny_targets(variant: Variant, known: Facts) -> Finding | None:
    highest = known["highest"] or 0.0
    if highest > TINY_TARGET or variant.loss == "categorical_crossentropy":
        return None
    return Finding(
        code="tiny_targets",
        severity="warning",
        title="Tiny targets",
        sentence=f"No target is above **{highest:.2g}**, so {LOSSES[variant.loss].label} is next to"
        " its least with any dark picture, and there is little left to learn from.",
        value=highest,
        setting="loss",
    )


def _greys_lost(variant: Variant, known: Facts) -> Finding | None:
    best = known["best_mse"] or 0.0
    if variant.normalization != "binarized" or known["unreachable"]:
        return None
    return Finding(
        code="greys_lost",
        severity="note",
        title="Greys lost",
        sentence="The network is given black and white only: a perfect copy still differs from the"
        f" grey originals by **{formats.loss(best)}** (pixel MSE).",
        value=best,
        setting="normalization",
    )


def _fits(variant: Variant, known: Facts) -> Finding:
    name = ACTIVATIONS[variant.activation].label.capitalize()
    ends = f"{known['lowest'] or 0.0:.3g} to {known['highest'] or 0.0:.3g}"
    loss, floor = LOSSES[variant.loss], known["floor"] or 0.0
    least = f"is least at p = y: **{formats.loss(floor)}** here, not 0."
    if floor < 1e-6:
        least = "is 0 where output and target agree."
    return Finding(
        code="fits",
        severity="fit",
        title="Fits",
        sentence=f"{name} reaches all targets ({ends}), and {loss.title} {least}",
        value=floor,
    )


# In the order of how much they matter.
RULES: tuple[Rule, ...] = (
    _softmax_sum,
    _no_lower_bound,
    _wrong_minimum,
    _wrong_gradient,
    _out_of_range,
    _no_gradient,
    _no_distribution,
    _any_brightness,
    _hidden_logits,
    _dead_pixels,
    _median,
    _tiny_targets,
    _greys_lost,
)
