"""The settings of data set, normalization and noise."""

from __future__ import annotations

from core.code_reader.network import Network
from core.code_reader.pixels import MIDDLE, MOMENTS, WHITE, Pixels, is_close, lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Settings
from core.data.datasets import DATASETS

SCALES = {"unit": (1 / WHITE, 0.0), "symmetric": (2 / WHITE, -1.0), "raw": (1.0, 0.0)}


def image_settings(state: ReaderState, network: Network, settings: Settings) -> None:
    """Add the settings of data set, normalization and noise."""
    pixels = network.targets if network.targets.source is not None else network.inputs
    if network.inputs.problem and network.inputs.source is not None:
        network.add_unsupported(network.inputs.problem_line, network.inputs.problem)
    _check_inputs_against_targets(network)
    _dataset(state, network, pixels, settings)
    _normalization(network, pixels, settings)
    _noise(network, settings)


def _check_inputs_against_targets(network: Network) -> None:
    """Reject inputs that differ from the targets in an unknown way."""
    comparison = network.comparison
    target = comparison.target if comparison else network.training.targets
    if network.input_tensor is None or target is None:
        return
    inputs, targets = lineage(network.input_tensor), lineage(target)
    one, other = inputs[0], targets[0]
    if not {one.op, other.op} <= {"untraced", "undefined"}:
        return
    if one is not other and one.name and other.name:
        line = network.training.line
        network.add_unsupported(
            line,
            f"Line {line}: how the inputs {one.name} differ from the targets {other.name} cannot be"
            " traced.",
        )
    for step in inputs:
        if one.op == "untraced" and step.op == "opaque" and step not in targets:
            reason = step.detail.get("reason") or "it applies an unknown function"
            network.add_unsupported(step.line, f"Line {step.line}: {reason}.")


def _dataset(state: ReaderState, network: Network, pixels: Pixels, settings: Settings) -> None:
    source = pixels.source
    name = source.detail.get("dataset") if source is not None else None
    if source is None or name is None:
        reason = "The code does not load the images."
        if pixels.is_untraced:
            reason = "The source of the images cannot be determined."
        settings.assume("dataset", "mnist", reason)
    elif name in DATASETS and source.detail.get("guess"):
        settings.assume("dataset", name, source.detail["guess"], source.line)
    elif name in DATASETS:
        settings.read("dataset", name, source.line)
    else:
        network.add_unsupported(
            source.line, f"Line {source.line}: the lab does not have the data set {name}."
        )


def _normalization(network: Network, pixels: Pixels, settings: Settings) -> None:
    line = pixels.steps[-1].line if pixels.steps else 0
    if pixels.source is None:
        reason = "The code does not scale the pixels; 0 to 1 was assumed."
        settings.assume("normalization", "unit", reason)
        return
    if pixels.problem:
        network.add_unsupported(pixels.problem_line, pixels.problem)
        return
    if pixels.source.op == "undefined" and not pixels.steps:
        name = pixels.source.name or "the data"
        reason = f"The code does not load or scale {name}; 0 to 1 was assumed."
        settings.assume("normalization", "unit", reason)
        return
    known, reason = normalization(pixels, str(settings.by_name["dataset"].value))
    if known is None:
        network.add_unsupported(line, f"Line {line}: {reason}")
    elif reason:
        settings.assume("normalization", known, reason, line)
    else:
        settings.read("normalization", known, line or pixels.source.line)


def normalization(pixels: Pixels, dataset: str) -> tuple[str | None, str]:
    """The lab's normalization that corresponds to the scaling of images.

    Returns:
        The name, and a sentence if it is not exactly the same, else ""; None and a sentence if
        there is no similar one.
    """
    scale, shift = pixels.scale, pixels.shift
    is_plain = is_close(scale, 1) and is_close(shift, 0)
    if pixels.base == "grey":
        return _from_greys(pixels, dataset)
    if pixels.base == "binary":
        return _from_black_and_white(pixels, is_plain)
    ends = f"{pixels.low:g} to {pixels.high:g}"
    if pixels.base == "minmax" and is_plain:
        return (
            "unit",
            "MinMaxScaler scales each pixel by its own range; the lab divides all pixels by 255.",
        )
    if pixels.base == "minmax" and is_close(scale, 2) and is_close(shift, -1):
        return (
            "symmetric",
            "Each pixel is scaled by its own range; the lab divides all pixels by 255.",
        )
    if pixels.base == "standard_all" and is_plain:
        return "standardized", ""
    if pixels.base == "standard" and is_plain:
        return (
            "standardized",
            "The mean and standard deviation are those of each pixel; the lab uses those of all"
            " pixels.",
        )
    if pixels.base == "sum_to_one" and is_plain:
        return "sum_to_one", ""
    if pixels.base == "sum_to_one":
        return None, "each image is divided by its sum and then scaled again."
    return None, f"the pixels range from {ends}, which the lab does not support."


def _from_greys(pixels: Pixels, dataset: str) -> tuple[str | None, str]:
    for name, (scale, shift) in SCALES.items():
        if is_close(pixels.scale, scale) and is_close(pixels.shift, shift):
            return name, ""
    mean, deviation = MOMENTS.get(dataset, MOMENTS["mnist"])
    if (
        abs(pixels.scale * WHITE * deviation - 1) < 0.02
        and abs(pixels.shift + mean / deviation) < 0.02
    ):
        numbers = f"{mean:g} and {deviation:g}"
        return "standardized", (
            f"{numbers} are the rounded mean and standard deviation of {dataset}."
        )
    ends = f"{pixels.low:.3g} to {pixels.high:.3g}"
    nearest = _nearest(pixels)
    if nearest is None:
        return None, f"the pixels range from {ends}; the lab has no similar normalization."
    low, high = {"unit": (0, 1), "symmetric": (-1, 1), "raw": (0, 255)}[nearest]
    in_the_lab = f"{low} to {high}"
    return nearest, f"The pixels range from {ends}; the nearest range in the lab is {in_the_lab}."


def _nearest(pixels: Pixels) -> str | None:
    """The normalization with a similar range; None if there is none."""
    if pixels.scale <= 0:
        return None
    if pixels.low < -0.05 and pixels.low >= -4 and pixels.high <= 4:
        return "symmetric"
    if abs(pixels.low) <= 0.05 and 0.5 <= pixels.high <= 1.5:
        return "unit"
    if abs(pixels.low) <= 0.05 and pixels.high >= 100:
        return "raw"
    return None


def _from_black_and_white(pixels: Pixels, is_plain: bool) -> tuple[str | None, str]:
    threshold = pixels.threshold or 0.0
    if not is_plain:
        return (
            None,
            f"black is {pixels.low:g} and white {pixels.high:g}, which the lab does not support.",
        )
    if MIDDLE <= threshold < MIDDLE + 1:
        return "binarized", ""
    return (
        "binarized",
        f"Pixels above {threshold:.3g} are white here, in the lab those above {MIDDLE}.",
    )


def _noise(network: Network, settings: Settings) -> None:
    noise = network.inputs.noise
    if not noise:
        return
    first = noise[0]
    line = first.tensor.line
    if len(noise) > 1 or first.kind not in ("gaussian", "masking"):
        what = "more than one kind of noise" if len(noise) > 1 else f"{first.kind} noise"
        network.add_unsupported(line, f"Line {line}: {what} on the input is not supported.")
        return
    settings.read("noise", first.kind, line)
    if first.level is None:
        network.add_unsupported(line, f"Line {line}: the amount of noise cannot be determined.")
    else:
        settings.read("noise_level", float(first.level), line)
    after = lineage(network.input_tensor) if network.input_tensor is not None else []
    if first.kind == "gaussian" and not any(step.op == "clip" for step in after):
        network.add_ignored(
            line,
            "The noisy pixels are not clipped here; the lab clips them to the range from black to"
            " white.",
        )
    is_noisy = bool(network.targets.noise)
    target_line = network.training.line
    settings.read("noise_target", "noisy" if is_noisy else "clean", target_line)
