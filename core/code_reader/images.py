"""The settings of data set, normalization and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.code_reader.network import Network
from core.code_reader.pixels import MIDDLE, MOMENTS, WHITE, Pixels, is_close, lineage
from core.code_reader.reader_state import ReaderState
from core.data.datasets import DATASETS

if TYPE_CHECKING:
    from core.code_reader.assembly import Settings

PLAIN = {
    "unit": (1 / WHITE, 0.0),
    "symmetric": (2 / WHITE, -1.0),
    "raw": (1.0, 0.0),
}


def image_settings(state: ReaderState, network: Network, found: Settings) -> None:
    """Add the settings of data set, normalization and noise."""
    pixels = network.targets if network.targets.source is not None else network.inputs
    if network.inputs.problem and network.inputs.source is not None:
        network.refuse(network.inputs.problem_line, network.inputs.problem)
    _unlike(network)
    _dataset(state, network, pixels, found)
    _normalization(network, pixels, found)
    _noise(network, found)


def _unlike(network: Network) -> None:
    """Refuse inputs that differ from the targets in a way that cannot be followed."""
    comparison = network.comparison
    target = comparison.target if comparison else network.training.targets
    if network.input_tensor is None or target is None:
        return
    inputs, targets = lineage(network.input_tensor), lineage(target)
    one, other = inputs[0], targets[0]
    if not {one.op, other.op} <= {"lost", "unseen"}:
        return
    if one is not other and one.name and other.name:
        line = network.training.line
        names = f"how the inputs, {one.name}, differ from the targets, {other.name},"
        network.refuse(line, f"Line {line}: {names} cannot be followed.")
    for step in inputs:
        if one.op == "lost" and step.op == "opaque" and step not in targets:
            reason = step.detail.get("reason") or "what it computes is not known to the reader"
            network.refuse(step.line, f"Line {step.line}: {reason}.")


def _dataset(state: ReaderState, network: Network, pixels: Pixels, found: Settings) -> None:
    source = pixels.source
    name = source.detail.get("dataset") if source is not None else None
    if source is None or name is None:
        reason = "The text does not say where the images come from."
        if pixels.lost:
            reason = "Where the images come from cannot be followed."
        found.assume("dataset", "mnist", reason)
    elif name in DATASETS and source.detail.get("guess"):
        found.assume("dataset", name, source.detail["guess"], source.line)
    elif name in DATASETS:
        found.read("dataset", name, source.line)
    else:
        network.refuse(source.line, f"Line {source.line}: {name} is not a data set of the lab.")


def _normalization(network: Network, pixels: Pixels, found: Settings) -> None:
    line = pixels.steps[-1].line if pixels.steps else 0
    if pixels.source is None:
        reason = "The text does not say how the pixels are scaled: 0 to 1 was assumed."
        found.assume("normalization", "unit", reason)
        return
    if pixels.problem:
        network.refuse(pixels.problem_line, pixels.problem)
        return
    if pixels.source.op == "unseen" and not pixels.steps:
        name = pixels.source.name or "the data"
        reason = f"Where {name} is loaded and scaled is not in the text: 0 to 1 was assumed."
        found.assume("normalization", "unit", reason)
        return
    known, reason = normalization(pixels, str(found.found["dataset"].value))
    if known is None:
        network.refuse(line, f"Line {line}: {reason}")
    elif reason:
        found.assume("normalization", known, reason, line)
    else:
        found.read("normalization", known, line or pixels.source.line)


def normalization(pixels: Pixels, dataset: str) -> tuple[str | None, str]:
    """The lab's normalization that corresponds to the scaling of images.

    Returns:
        A name, with a sentence if it is not exactly the same, else ""; or None and a sentence if
        there is no similar one.
    """
    scale, shift = pixels.scale, pixels.shift
    is_plain = is_close(scale, 1) and is_close(shift, 0)
    if pixels.base == "grey":
        return _of_greys(pixels, dataset)
    if pixels.base == "binary":
        return _of_black_and_white(pixels, is_plain)
    ends = f"{pixels.low:g} to {pixels.high:g}"
    if pixels.base == "minmax" and is_plain:
        return (
            "unit",
            "MinMaxScaler scales each pixel by its own range; the lab divides all of them by 255.",
        )
    if pixels.base == "minmax" and is_close(scale, 2) and is_close(shift, -1):
        return (
            "symmetric",
            "Each pixel is scaled by its own range; the lab divides all of them by 255.",
        )
    if pixels.base == "standard_all" and is_plain:
        return "standardized", ""
    if pixels.base == "standard" and is_plain:
        return (
            "standardized",
            "Each pixel has its own mean and deviation; in the lab all share one.",
        )
    if pixels.base == "row" and is_plain:
        return "sum_to_one", ""
    if pixels.base == "row":
        return None, "each image is divided by its sum and then scaled again."
    return None, f"the pixels go from {ends}, which the lab does not support."


def _of_greys(pixels: Pixels, dataset: str) -> tuple[str | None, str]:
    for name, (scale, shift) in PLAIN.items():
        if is_close(pixels.scale, scale) and is_close(pixels.shift, shift):
            return name, ""
    mean, deviation = MOMENTS.get(dataset, MOMENTS["mnist"])
    if (
        abs(pixels.scale * WHITE * deviation - 1) < 0.02
        and abs(pixels.shift + mean / deviation) < 0.02
    ):
        numbers = f"{mean:g} and {deviation:g}"
        return "standardized", f"{numbers} are the mean and deviation of {dataset}, rounded."
    ends = f"{pixels.low:.3g} to {pixels.high:.3g}"
    nearest = _nearest(pixels)
    if nearest is None:
        return None, f"the pixels go from {ends}; the lab has no normalization near that."
    low, high = {"unit": (0, 1), "symmetric": (-1, 1), "raw": (0, 255)}[nearest]
    in_the_lab = f"{low} to {high}"
    return nearest, f"The pixels go from {ends}; the nearest in the lab is {in_the_lab}."


def _nearest(pixels: Pixels) -> str | None:
    """The normalization with a similar range: with or without negative values."""
    if pixels.scale <= 0:
        return None
    if pixels.low < -0.05 and pixels.low >= -4 and pixels.high <= 4:
        return "symmetric"
    if abs(pixels.low) <= 0.05 and 0.5 <= pixels.high <= 1.5:
        return "unit"
    if abs(pixels.low) <= 0.05 and pixels.high >= 100:
        return "raw"
    return None


def _of_black_and_white(pixels: Pixels, is_plain: bool) -> tuple[str | None, str]:
    threshold = pixels.threshold or 0.0
    if not is_plain:
        return None, f"black and white pixels are {pixels.low:g} and {pixels.high:g}."
    if MIDDLE <= threshold < MIDDLE + 1:
        return "binarized", ""
    return "binarized", f"A pixel is white above {threshold:.3g} here, above {MIDDLE} in the lab."


def _noise(network: Network, found: Settings) -> None:
    noise = network.inputs.noise
    if not noise:
        return
    first = noise[0]
    line = first.tensor.line
    if len(noise) > 1 or first.kind not in ("gaussian", "masking"):
        what = "two kinds of noise" if len(noise) > 1 else f"{first.kind} noise"
        network.refuse(line, f"Line {line}: {what} on the input is not supported.")
        return
    found.read("noise", first.kind, line)
    if first.level is None:
        network.refuse(line, f"Line {line}: the amount of noise cannot be determined.")
    else:
        found.read("noise_level", float(first.level), line)
    after = lineage(network.input_tensor) if network.input_tensor is not None else []
    if first.kind == "gaussian" and not any(step.op == "clip" for step in after):
        network.leave_out(
            line, "The noise is not clipped here; the lab clips it to black and white."
        )
    is_noisy = bool(network.targets.noise)
    target_line = network.training.line
    found.read("noise_target", "noisy" if is_noisy else "clean", target_line)
