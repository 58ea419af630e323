"""Images of one's own, dropped by a real browser: previewed, trained on, found, and deleted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, Route, expect

from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from support.image_files import csv_of, digits, given, npz_of, pictures_zip
from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TRAIN_MILLISECONDS = 120_000
GREYS, LABELS = digits(300)


def dialog_of(page: Page) -> Locator:
    """The dialog, opened behind "More settings"."""
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("button", name="Your images…").click()
    dialog = page.get_by_role("dialog", name="Your images")
    expect(dialog.get_by_test_id("stFileUploader")).to_be_visible()
    return dialog


def drop(dialog: Locator, name: str, content: bytes) -> None:
    dialog.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def entropy(images: NDArray[np.uint8]) -> float:
    """The mean entropy of pixels, by NumPy alone."""
    p = images.astype(np.float64) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(p * np.log(p)) + np.nan_to_num((1 - p) * np.log(1 - p))
    return float(-terms.mean())


def use_and_train(page: Page, dialog: Locator) -> None:
    dialog.get_by_role("button", name="Use these images").click()
    expect(dialog).to_have_count(0)
    settle(page)
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_enabled(timeout=TRAIN_MILLISECONDS)
    train.click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=TRAIN_MILLISECONDS)
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_upload_survives_a_training_that_ends_meanwhile(lab: LabServer, page: Page) -> None:
    held: list[Route] = []
    page.route(
        re.compile("/upload_file/"),
        lambda route: held.append(route) if route.request.method == "PUT" else route.continue_(),
    )
    open_page(page, f"{lab.url}/lab?layers=16&seed=11&epochs=40")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_enabled(timeout=TRAIN_MILLISECONDS)
    train.click()
    dialog = dialog_of(page)
    drop(dialog, "digits.npz", npz_of(x=GREYS))
    scrubber = page.locator(".st-key-lab-result").get_by_test_id("stSlider")
    expect(scrubber).to_be_attached(timeout=TRAIN_MILLISECONDS)
    settle(page)
    held[0].continue_()
    expect(dialog.get_by_text("270 to train on, 30 held out by seed 0.")).to_be_visible()


def test_table_is_previewed_trained_on_and_its_digits_are_found(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?layers=16&seed=5")
    dialog = dialog_of(page)
    drop(dialog, "kaggle.csv", csv_of(GREYS, LABELS, header=True))
    expect(dialog.get_by_text("270 to train on, 30 held out by seed 0.")).to_be_visible()
    expect(dialog.get_by_text("values 0 to 255, labels 0 to 9")).to_be_visible()
    expect(dialog.get_by_alt_text("As they came: 10 images")).to_have_count(2)
    expect(dialog.get_by_alt_text("As the network sees them: 10 images")).to_have_count(2)
    use_and_train(page, dialog)
    assert re.search(r"dataset=images-[0-9a-f]{32}", page.url)
    strip = page.locator(".st-key-lab-settings, body").first
    expect(strip).to_contain_text("kaggle")
    # Independent of the lab: the split by NumPy's generator, floor and baselines by NumPy.
    places = np.sort(np.random.default_rng(0).permutation(300)[:30])
    held_out = GREYS.reshape(-1, 784)[places]
    training = np.delete(GREYS.reshape(-1, 784), places, axis=0) / 255
    expect(page.locator(".lab-readout")).to_contain_text(f"floor {entropy(held_out):.4f}")
    table = page.locator(".st-key-lab-edge-scores table")
    black = np.square(held_out / 255).mean()
    mean = np.square(held_out / 255 - training.mean(axis=0)).mean()
    median = np.square(held_out / 255 - np.median(training, axis=0)).mean()
    _, _, directions = np.linalg.svd(training - training.mean(axis=0), full_matrices=False)
    code = (held_out / 255 - training.mean(axis=0)) @ directions[:16].T
    pca = np.clip(code @ directions[:16] + training.mean(axis=0), 0, 1)
    for name, error in {
        "All black": black,
        "Mean image": mean,
        "Median image": median,
        "PCA, 16 components": np.square(held_out / 255 - pca).mean(),
    }.items():
        expect(table.get_by_role("row").filter(has_text=name)).to_contain_text(f"{error:.4f}")
    # One class, found by its label.
    page.get_by_text("One class", exact=True).click()
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_npz_with_test_images_is_inverted_and_a_link_elsewhere_says_they_are_missing(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?layers=16&seed=6")
    dialog = dialog_of(page)
    drop(dialog, "paper.npz", npz_of(x_train=255 - GREYS[:200], x_test=255 - GREYS[200:]))
    expect(
        dialog.get_by_text("200 to train on; the 100 test images of the file are held out.")
    ).to_be_visible()
    expect(dialog.get_by_text("no labels")).to_be_visible()
    expect(dialog.get_by_text("Your images are 87% white")).to_be_visible()
    dialog.get_by_text("Invert", exact=True).click()
    expect(dialog.get_by_text("what holds for MNIST mostly holds for them")).to_be_visible()
    use_and_train(page, dialog)
    floor = entropy(GREYS[200:].reshape(-1, 784))
    expect(page.locator(".lab-readout")).to_contain_text(f"floor {floor:.4f}")
    expect(page.get_by_text("These images have no labels.")).to_be_visible()
    expect(page.get_by_text("Ten that differ most")).to_be_visible()
    open_page(page, re.sub(r"images-[0-9a-f]{32}", "images-" + "1" * 32, page.url))
    expect(page.get_by_text("Its images are not in this lab")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()


def test_zip_of_pictures_is_trained_on_and_deleted_in_the_library(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?layers=16&seed=7")
    dialog = dialog_of(page)
    drop(dialog, "notes.txt", b"Dear lab,\nhello\n")
    expect(dialog.get_by_text("Not read")).to_be_visible()
    drop(dialog, "folders.zip", pictures_zip(GREYS[:120], LABELS[:120]))
    expect(dialog.get_by_text("108 to train on, 12 held out by seed 0.")).to_be_visible()
    expect(dialog.get_by_text("Not read")).to_have_count(0)
    use_and_train(page, dialog)
    found = prepare(read([given(pictures_zip(GREYS[:120], LABELS[:120]))]), Options())
    assert f"images-{found.digest}" in page.url
    open_page(page, f"{lab.url}/library")
    page.get_by_role("button", name="Your images").click()
    page.locator(f".st-key-library-delete-images-{found.digest} button").click()
    expect(page.get_by_text("folders and 1 run.")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_dialog_can_be_left_and_opened_again(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?seed=8")
    dialog = dialog_of(page)
    dialog.get_by_role("button", name="Try 300 shapes").click()
    expect(dialog.get_by_text("270 to train on, 30 held out by seed 0.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(page)
    dialog = dialog_of(page)
    expect(dialog.get_by_text("to train on")).to_have_count(0)
