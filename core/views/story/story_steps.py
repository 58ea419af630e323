"""The story: the public question that the lab grew out of, replayed in six steps.

Everything, including the numbers in sentences, is read from the shipped runs, so that it appears at
once, without network and trainer, and always agrees with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.data.normalization import NORMALIZATIONS
from core.diagnostics import FITS
from core.metrics import image_metrics
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.progress import EpochScores
from core.run import Run
from core.store.shipped import Gallery
from core.text import formats
from core.variant import Variant

# The pinned digits that fit on the screen of a presentation.
DIGITS = (0, 2, 3, 5, 7, 8)
# The bars show one row of pixels of this digit, which crosses its strokes.
BAR_DIGIT = 3
BAR_ROW = 7

RAW = Variant(activation="softmax", normalization="raw")
SOFTMAX = Variant(activation="softmax")
SIGMOID = Variant()
BINARIZED = Variant(normalization="binarized")
OTHERS = {
    "linear + MSE": Variant(activation="linear", loss="mean_squared_error"),
    "tanh + MSE, ±1": Variant(
        activation="tanh", loss="mean_squared_error", normalization="symmetric"
    ),
    "sigmoid + MAE": Variant(loss="mean_absolute_error"),
    "sigmoid + MSE, ±1": Variant(loss="mean_squared_error", normalization="symmetric"),
}
MISFIT = "sigmoid + MSE, ±1"
AT_MEDIAN = "sigmoid + MAE"
WHEN = Variant(activation="softmax", loss="categorical_crossentropy", normalization="sum_to_one")

Tone = Literal["good", "bad", "neutral"]
Curves = Literal["loss", "pixel error"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of digits.

    Attributes:
        label, note: the texts beside the digits.
        run: the run whose last frame is shown.
    """

    label: str
    note: str
    run: Run


@dataclass(frozen=True, kw_only=True)
class Step:
    """One screen of the story.

    Attributes:
        title: its statement.
        texts: two short paragraphs.
        number, caption: a number, and its caption.
        tone: the tone of the number.
        curves: "loss": the loss of the first row's run; "pixel error": the pixel error of all rows.
        rows: rows of digits, below the originals.
        has_bars: whether a row of pixels is drawn as bars, for original and reconstruction.
        settings: the settings that "Try it in the lab" opens.
    """

    title: str
    texts: tuple[str, str]
    number: str
    caption: str
    tone: Tone
    rows: tuple[Row, ...]
    settings: Variant
    curves: Curves = "loss"
    has_bars: bool = False


def step(number: int, gallery: Gallery) -> Step | None:
    """A step of the story.

    Args:
        number: a key of `core.views.story.story_state.STEPS`.
        gallery: the shipped runs.

    Returns:
        None if one of its runs is not shipped.
    """

    def run(variant: Variant) -> Run:
        found = gallery.get(variant.key, with_weights=False)
        if found is None:
            raise KeyError(variant.key)
        return found

    try:
        return _BUILDERS[number](run)
    except KeyError:
        return None


def original_sum(run: Run) -> float:
    """Mean sum of a held-out image's pixel values."""
    return run.evidence["original_sum"] or 0.0


def digits(step: Step) -> Sequence[int]:
    """The pinned digits that a step shows: rows of ten are lower, so that more rows fit."""
    return DIGITS if len(step.rows) == 1 else range(10)


def shown(run: Run, digits: Sequence[int] = DIGITS) -> np.ndarray:
    """The last reconstructions of some pinned digits, clipped, shape (digits, 784)."""
    return image_metrics.displayed(run.history.frames[-1].pixels[list(digits)])


def bars(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """One row of pixels of one digit, original and displayed values, shape (28,) each."""
    original = run.pinned.images[BAR_DIGIT] / np.float32(255)
    pixels = shown(run, [BAR_DIGIT])[0]
    return original.reshape(28, 28)[BAR_ROW], pixels.reshape(28, 28)[BAR_ROW]


Find = Callable[[Variant], Run]


def _raw(run: Find) -> Step:
    found = run(RAW)
    widths = "-".join(map(str, RAW.widths))
    return Step(
        title="The loss falls without bound. The image is black.",
        texts=(
            f"The question: an autoencoder {widths}, relu inside, softmax out, binary"
            " cross-entropy, trained on pixels from 0 to 255. How does this loss work on them?",
            "It does not. Binary cross-entropy has a minimum only for targets from 0 to 1;"
            " above 1 it falls without bound, whatever the image.",
        ),
        number=formats.loss(_trained(found)),
        caption=f"held-out loss after {formats.epochs(_last(found).epoch)}, and still falling",
        tone="bad",
        rows=(_row("Shown", found),),
        settings=RAW,
    )


def _softmax(run: Find) -> Step:
    found = run(SOFTMAX)
    displayed = formats.loss(found.displayed_loss.held_out)
    return Step(
        title="The loss looks fine. The image is black.",
        texts=(
            "The pixels are now divided by 255. But the 784 outputs of softmax sum to 1, and a"
            f" handwritten digit needs about {original_sum(found):.0f}. The image stays black.",
            "The curve hides it: Keras computed this held-out loss of"
            f" {formats.loss(_trained(found))} from the values before softmax. From the pixels"
            f" shown it is {displayed}.",
        ),
        number=formats.total(float(shown(found).sum(axis=1).mean())),
        caption=f"sum of all pixels; a digit has {original_sum(found):.0f}",
        tone="bad",
        rows=(_row("Shown", found),),
        settings=SOFTMAX,
        has_bars=True,
    )


def _sigmoid(run: Find) -> Step:
    found, before = run(SIGMOID), run(SOFTMAX)
    pairs = zip(found.history.losses, before.history.losses, strict=True)
    apart = max(abs(one - other) for one, other in pairs)
    return Step(
        title="The same loss curve, but now the digits are there.",
        texts=(
            "Only the output activation has changed. Sigmoid gives each pixel a value of its own"
            " from 0 to 1, the range of the targets.",
            "Both runs were trained on the same loss, because Keras ignored softmax."
            f" The error falls from {_error(before)} to {_error(found)} of the mean image's.",
        ),
        number=formats.loss(apart) if apart else "0",
        caption=f"largest difference of the two curves in {len(found.history.losses)} points",
        tone="good",
        rows=(_row("Sigmoid", found), _row("Softmax", before)),
        settings=SIGMOID,
    )


def _floor(run: Find) -> Step:
    found, binarized = run(SIGMOID), run(BINARIZED)
    floor = found.floor.held_out or 0.0
    return Step(
        title="The loss is not zero, and it cannot be.",
        texts=(
            "For a grey target y the best prediction is p = y, and there binary cross-entropy is"
            " still the entropy of y. Its mean over all pixels is the floor.",
            f"Training can only reduce the excess: {formats.loss(_trained(found) - floor)}"
            f" here. For binarized digits the floor is {formats.total(binarized.floor.held_out)},"
            f" and the loss reaches {formats.loss(_trained(binarized))}.",
        ),
        number=formats.loss(floor),
        caption=f"is the lowest possible held-out loss; this run has"
        f" {formats.loss(_trained(found))}",
        tone="neutral",
        rows=(_row("Grey", found), _row("Binarized", binarized)),
        settings=SIGMOID,
    )


def _others(run: Find) -> Step:
    found = {name: run(variant) for name, variant in OTHERS.items()}
    misfit, median = found[MISFIT], found[AT_MEDIAN]
    fitting = [_error(one) for name, one in found.items() if name not in (MISFIT, AT_MEDIAN)]
    unreachable = formats.share(misfit.evidence["unreachable"])
    black = formats.share(median.evidence["black_median"])
    return Step(
        title="Other pairs fit too. Two of these do not.",
        texts=(
            "Losses of different kinds cannot be compared, images can: the error of the pixels"
            f" shown, as a share of the mean image's. It is {' and '.join(fitting)} for the pairs"
            " that fit.",
            f"MAE aims at the median, which is black at {black} of the pixel positions: strokes"
            " become thin. Sigmoid never outputs less than 0, so on pixels from -1 to 1 it cannot"
            f" reach {unreachable} of them: black turns grey.",
        ),
        number=_error(misfit),
        caption="of the mean image's error, for sigmoid on pixels from -1 to 1",
        tone="bad",
        rows=tuple(_row(name, one) for name, one in found.items()),
        settings=OTHERS[MISFIT],
        curves="pixel error",
    )


def _when(run: Find) -> Step:
    found = run(WHEN)
    fitting = {fit.normalization: fit for fit in reversed(FITS)}
    rows = []
    for name in NORMALIZATIONS:
        fit = fitting[name]
        variant = Variant(normalization=name, activation=fit.activations[0], loss=fit.losses[0])
        pair = f"{ACTIVATIONS[variant.activation].label} + {LOSSES[variant.loss].label}"
        rows.append(Row(label=pair, note=NORMALIZATIONS[name].label, run=run(variant)))
    rows.sort(key=lambda row: row.run.variant != WHEN)
    return Step(
        title="When softmax is right: images that sum to one.",
        texts=(
            "Divide each image by its sum and it is a distribution over its pixels: this is what"
            " softmax outputs and what categorical cross-entropy compares.",
            "Each row is a pair that fits its pixels: an activation that reaches them, and a loss"
            " whose minimum is where output and target agree.",
        ),
        number=_error(found),
        caption="of the mean image's error, with softmax on images that sum to one",
        tone="good",
        rows=tuple(rows),
        settings=WHEN,
    )


_BUILDERS: dict[int, Callable[[Find], Step]] = {
    1: _raw,
    2: _softmax,
    3: _sigmoid,
    4: _floor,
    5: _others,
    6: _when,
}


def _row(label: str, run: Run) -> Row:
    return Row(label=label, note=f"{_error(run)} error", run=run)


def _last(run: Run) -> EpochScores:
    return run.history.epochs[-1]


def _trained(run: Run) -> float:
    return run.trained_loss.held_out or 0.0


def _error(run: Run) -> str:
    return formats.share(image_metrics.share_of_mean_image(run))
