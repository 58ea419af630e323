"""The map of a run's latent space: codes of held-out images in a plane that can be decoded.

A point (x, y) of the map is the code `origin + x * across + y * up`. The axes of the map are the
units of a code with two units, and the first two principal components of a wider code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import NORMALIZATIONS, Affine, Floats, GreyMoments, Images
from core.data.typical_images import first_of_each_class
from core.metrics import inference
from core.metrics.dataset_stats import DatasetStats
from core.run import Layer, Run
from core.views.browser_network import half_precision

MAX_POINTS = 500
# Cells of the map along each side, for the shaded areas.
CELLS = 48
# The margin around the outermost points, as a share of their range.
MARGIN = 0.06
# A cell is near the data within this many times the usual distance between neighbours.
NEAR = 2.0
# The quantile of the distances to the nearest neighbour that counts as their usual distance.
SPACING_QUANTILE = 0.9

Labels = NDArray[np.int64]
Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class LatentMap:
    """The codes of some held-out images as points of a plane.

    Attributes:
        decoder: the layers from a code to an image.
        shift, factors, factor: pixel values are (output - shift) * factor; `factors`, shape
            (images,), are those of the images, and `factor` is their mean.
        indices: indices of the images among the held-out images, shape (images,).
        images: greys 0-255, shape (images, 784).
        labels: classes, shape (images,).
        codes: float32, shape (images, width).
        points: the codes in the plane, shape (images, 2); for a code of one unit the second
            coordinate is the class, which keeps the classes apart.
        origin, across, up: of the plane, shape (width,) each; `up` is 0 for a code of one unit.
        share: share of the variance of the codes that the plane explains.
        low, high: opposite corners of the map, shape (2,).
        is_far: cells of the map without data nearby, in rows from `low`, shape (CELLS, CELLS).
        spacing: median distance of a code to the nearest other one.
        dead: units that are 0 for every held-out image.
        strongest: the other units, sorted by decreasing variance.
    """

    decoder: tuple[Layer, ...]
    shift: float
    factors: Floats
    factor: float
    indices: Labels
    images: Images
    labels: Labels
    codes: Floats
    points: Floats
    origin: Floats
    across: Floats
    up: Floats
    share: float
    low: Floats
    high: Floats
    is_far: NDArray[np.bool_]
    spacing: float
    dead: tuple[int, ...]
    strongest: tuple[int, ...]

    @property
    def width(self) -> int:
        """The number of units of the code."""
        return len(self.origin)

    def project(self, codes: Floats, labels: Labels) -> Floats:
        """Codes, shape (n, width), as points of the map, shape (n, 2)."""
        return _projected(codes, labels, self.origin, self.across, self.up)


def latent_map(
    run: Run, held_out: Images, labels: Labels, moments: GreyMoments
) -> LatentMap | None:
    """The map of a run's code.

    Args:
        run: with weights.
        held_out: all held-out images, greys 0-255, shape (images, 784).
        labels: of these, shape (images,).
        moments: of the training images.

    Returns:
        None if the run has no weights, or if the weights or codes are too large.
    """
    layers = half_precision(run.weights or ())
    if not layers:
        return None
    affine = NORMALIZATIONS[run.variant.normalization].apply(held_out, moments)
    codes = inference.encode(layers, affine.targets())
    if not np.isfinite(codes).all():
        return None
    decoder = layers[inference.bottleneck(layers) + 1 :]
    origin, across, up, share = _plane(codes)
    return _mapped(decoder, affine, held_out, labels, codes, (origin, across, up), share)


def pca_map(known: DatasetStats, held_out: Images, labels: Labels) -> LatentMap:
    """The map of the first two principal components of the training images."""
    components = known.principal_components[:2]
    mean = known.mean_image
    decoder = (Layer(kernel=components, bias=mean, activation="linear"),)
    affine = NORMALIZATIONS["unit"].apply(held_out, known.moments)
    centred = held_out / np.float32(255) - mean
    codes = (centred @ components.T).astype(np.float32)
    share = float(np.square(codes).sum() / np.square(centred).sum())
    # The outputs of this decoder are pixel values.
    plane = (np.zeros(2, np.float32), *np.eye(2, dtype=np.float32))
    return _mapped(decoder, affine, held_out, labels, codes, plane, share)


def _plane(codes: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Origin, two directions, and the share of the variance that they explain."""
    width = codes.shape[1]
    zero = np.zeros(width, np.float32)
    if width <= 2:
        axes = np.eye(width, dtype=np.float32)
        return zero, axes[0], axes[1] if width == 2 else zero, 1.0
    mean = codes.mean(axis=0)
    _, sizes, rows = np.linalg.svd(codes.astype(np.float64) - mean, full_matrices=False)
    energies = np.square(sizes)
    share = float(energies[:2].sum() / energies.sum()) if energies.sum() else 1.0
    # The sign of a component is arbitrary; its largest entry is positive.
    signs = np.sign(rows[np.arange(2), np.abs(rows[:2]).argmax(axis=1)])
    across, up = (rows[:2] * signs[:, None]).astype(np.float32)
    return mean, across, up, share


def _mapped(
    decoder: tuple[Layer, ...],
    affine: Affine,
    held_out: Images,
    labels: Labels,
    codes: Floats,
    plane: tuple[Floats, Floats, Floats],
    share: float,
) -> LatentMap:
    origin, across, up = plane
    varies, is_dead = codes.var(axis=0), (codes == 0).all(axis=0)
    chosen = first_of_each_class(labels, MAX_POINTS)
    shown = codes[chosen]
    points = _projected(shown, labels[chosen], origin, across, up)
    low, high = _corners(points)
    factors = (1 / (affine.scale[chosen] * np.float32(affine.white))).astype(np.float32)
    return LatentMap(
        decoder=decoder,
        shift=affine.shift,
        factors=factors,
        factor=float(factors.mean()),
        indices=chosen,
        images=held_out[chosen],
        labels=labels[chosen],
        codes=shown,
        points=points,
        origin=origin,
        across=across,
        up=up,
        share=share,
        low=low,
        high=high,
        is_far=_far_cells(points, low, high, is_line=not up.any()),
        spacing=float(np.median(_to_nearest(shown, shown, skip_itself=True))),
        dead=tuple(np.flatnonzero(is_dead).tolist()),
        strongest=tuple(
            at for at in np.argsort(-varies, kind="stable").tolist() if not is_dead[at]
        ),
    )


def _projected(codes: Floats, labels: Labels, origin: Floats, across: Floats, up: Floats) -> Floats:
    points = np.stack([(codes - origin) @ across, (codes - origin) @ up], axis=1)
    if not up.any():
        points[:, 1] = labels
    return points.astype(np.float32)


def _corners(points: Array) -> tuple[Floats, Floats]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * MARGIN, 1e-3)
    return (low - margin).astype(np.float32), (high + margin).astype(np.float32)


def _far_cells(points: Array, low: Array, high: Array, *, is_line: bool) -> NDArray[np.bool_]:
    """The cells without a point nearby; distances are relative to the sides of the map."""
    counted = np.array([1, 0]) if is_line else np.array([1, 1])
    places = (points - low) / (high - low) * counted
    spacing = np.quantile(_to_nearest(places, places, skip_itself=True), SPACING_QUANTILE)
    middles = (np.arange(CELLS) + 0.5) / CELLS
    across, up = np.meshgrid(middles, middles)
    cells = np.stack([across.ravel(), up.ravel()], axis=1) * counted
    reach = max(NEAR * float(spacing), 1 / CELLS)
    return (_to_nearest(cells, places) > reach).reshape(CELLS, CELLS)


def _to_nearest(points: Array, others: Array, *, skip_itself: bool = False) -> Array:
    """The distance of each point to the nearest of the other points."""
    squares = (
        np.square(points).sum(axis=1)[:, None]
        + np.square(others).sum(axis=1)
        - 2 * points.astype(np.float64) @ others.T
    )
    if skip_itself:
        np.fill_diagonal(squares, np.inf)
    nearest: Array = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return nearest
