"""Networks and drawings in a browser: what its scripts compute is what core computes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from core.data import uploaded_image
from core.data.loading import load_held_out
from core.data.normalization import NORMALIZATIONS, GreyMoments
from core.metrics import inference
from core.metrics.dataset_stats import statistics
from core.metrics.image_metrics import displayed
from core.objectives.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from core.run import Layer
from core.store.shipped import EXPLORABLE, Gallery
from core.text.labels import run_name
from core.variant import Variant
from core.views.browser_network import (
    autoencoder_data,
    half_precision,
    layers_data,
    preparation_data,
    scaling_data,
)
from core.views.inside.latent_map import latent_map
from core.views.inside.map_data import map_data
from core.views.lab.samples import reconstruct
from pages.components.common.drawing import LIVE_SCRIPTS
from support.decoding import code_at, decoded

DECODE = """({layers, codes, shift, factor}) => {
    const network = networkOf(layers);
    return codes.map((code) => [...greysOf(forward(network, code), shift, factor)]);
}"""
RECONSTRUCT = """({layers, scaling, images}) => {
    const network = networkOf(layers);
    return images.map((image) => [...reconstruct(network, scaling, image).greys]);
}"""
# What the pad shows after these strokes, as a file and as the browser prepares it.
DRAW = """({drawn, preparation}) => {
    strokes = drawn;
    drawStrokes();
    const prepared = preparedOf(ink, preparation);
    return [ink.toDataURL("image/png"), prepared && [...prepared]];
}"""
MOMENTS = GreyMoments(mean=33.0, deviation=78.0)

Greys = NDArray[np.int64]


@pytest.fixture
def scripts(page: Page) -> Page:
    page.set_content("<p></p>")
    for path in LIVE_SCRIPTS:
        page.add_script_tag(content=path.read_text(encoding="utf-8"))
    return page


def assert_alike(greys: list[list[int]], pixels: NDArray[np.float32]) -> None:
    """Equal to one grey level; both are rounded to whole ones."""
    expected = np.round(displayed(pixels) * 255)
    assert np.abs(np.array(greys) - expected).max() <= 1


@pytest.mark.parametrize("variant", EXPLORABLE, ids=run_name)
def test_shipped_networks_decode_and_reconstruct_as_core_does(
    scripts: Page, variant: Variant
) -> None:
    run = Gallery().get(variant.key)
    part, known = load_held_out("mnist-sample"), statistics("mnist-sample")
    assert run is not None
    found = latent_map(run, part.held_out, part.held_out_labels, known.moments)
    assert found is not None
    random = np.random.default_rng(0)
    places = random.uniform(found.low, found.high, (100, 2))
    codes = np.array([*found.codes, *(code_at(found, x, y) for x, y in places)], np.float32)
    data = map_data(found, part.info.class_names)
    given = {name: data[name] for name in ("layers", "shift", "factor")}
    greys = scripts.evaluate(DECODE, {**given, "codes": codes.tolist()})
    assert_alike(greys, decoded(found, codes))
    network = autoencoder_data(run, known.moments)
    images = part.held_out[:200]
    greys = scripts.evaluate(RECONSTRUCT, {**(network or {}), "images": images.tolist()})
    assert_alike(greys, reconstruct(run, images, known.moments))


def test_the_shipped_networks_have_every_output_activation() -> None:
    assert {variant.activation for variant in EXPLORABLE} == set(ACTIVATIONS)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_hidden_activations_and_normalizations_are_those_of_core(
    scripts: Page, activation: str, normalization: str
) -> None:
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (20, 784), dtype=np.uint8)
    images[0] = 0
    affine = NORMALIZATIONS[normalization].apply(images, MOMENTS)
    targets = affine.targets()
    # Sums of about 1, where activations bend; pixel values around 0.5.
    spread = 0.5 if activation == "softmax" else 0.03
    first = 1 / np.sqrt(np.square(targets[1:]).sum(axis=1).mean())
    white = float(affine.scale[1]) * affine.white
    sizes = {(784, 40): first, (40, 3): 0.2, (3, 40): 0.6, (40, 784): spread * white}
    layers = half_precision(
        [
            Layer(
                kernel=random.normal(0, size, shape).astype(np.float32),
                bias=random.normal(0, 0.1, shape[1]).astype(np.float32)
                if shape[1] < 784
                else np.full(784, affine.shift + 0.5 * white, np.float32),
                activation=activation if shape[1] < 784 else "linear",
            )
            for shape, size in sizes.items()
        ]
    )
    assert layers is not None
    given: dict[str, Any] = {
        "layers": layers_data(layers),
        "scaling": scaling_data(normalization, MOMENTS),
    }
    greys = scripts.evaluate(RECONSTRUCT, {**given, "images": images.tolist()})
    expected = affine.to_pixels(inference.outputs(layers, targets))
    assert np.mean((expected[1:] > 0) & (expected[1:] < 1)) > 0.5
    assert expected[1:].std() > 0.02
    assert_alike(greys, expected)


def drawings() -> list[list[list[list[float]]]]:
    """Strokes as a hand may draw them: walks of up to 30 points anywhere, also over the edges."""
    random = np.random.default_rng(2)
    straight = [[[140.0, 40.0], [140.0, 240.0]]]
    dot, slanted = [[[3.0, 3.0]]], [[[20.0, 260.0], [250.0, 30.0]]]
    walks = [
        [
            (random.uniform(80, 200, 2) + random.normal(0, 25, (points, 2)).cumsum(axis=0)).tolist()
            for points in random.integers(1, 30, strokes)
        ]
        for strokes in random.integers(1, 4, 60)
    ]
    return [straight, dot, slanted, *walks]


@pytest.mark.parametrize("dataset", ["mnist-sample", "fashion-mnist"])
def test_a_drawing_is_prepared_in_the_browser_as_core_prepares_it(
    scripts: Page, dataset: str
) -> None:
    for drawn in drawings():
        given = {"drawn": drawn, "preparation": preparation_data(dataset)}
        url, prepared = scripts.evaluate(DRAW, given)
        content = base64.b64decode(url.partition(",")[2])
        expected = uploaded_image.read(content, dataset).image[0].astype(np.int64)
        assert np.abs(np.array(prepared) - expected).max() <= 1


def test_a_pad_of_one_grey_has_nothing_to_prepare(scripts: Page) -> None:
    everywhere = [[[0, y], [280, y]] for y in range(0, 290, 10)]
    for drawn in ([], everywhere):
        given = {"drawn": drawn, "preparation": preparation_data("mnist-sample")}
        assert scripts.evaluate(DRAW, given)[1] is None
