"""Which images a script trains on: a part of them, in which order, and what is done to them."""

from __future__ import annotations

import pytest

from core.code_reader import Reading, read

KERAS = """\
import keras, numpy as np
from sklearn.model_selection import train_test_split
(x, y), (held, _) = keras.datasets.mnist.load_data()
{selection}
x = x.reshape(len(x), 784) / 255
for code in range({codes}):
    net = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(code, activation="relu"),
        keras.layers.Dense(784, activation="sigmoid"),
    ])
    net.compile("adam", "mse")
    net.fit(x, x, epochs=2, {options})
"""
TORCH = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, SubsetRandomSampler, random_split
from torchvision import datasets, transforms
digits = datasets.MNIST("d", transform=transforms.ToTensor())
{selection}
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 9), nn.ReLU(), nn.Linear(9, 784))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(4):
    for batch, _ in loader:
        adam.zero_grad()
        nn.functional.mse_loss(net(batch), batch.flatten(1)).backward()
        adam.step()
"""
UNKNOWN = """\
import keras, numpy as np
from ours import digits
{data}
net = keras.Sequential([
    keras.Input((784,)),
    keras.layers.Dense(20, activation="relu"),
    keras.layers.Dense(784, activation="sigmoid"),
])
net.compile("adam", "mse")
net.fit({fitted}, epochs=2)
print(net.predict(np.clip(x_test + np.random.rand(*x_test.shape), 0, 1)[:9]))
"""
SOME = "The code may use only some of the images; the lab uses all of them."
UNLIKE = "Line 10: how the inputs x_noisy differ from the targets x_train cannot be traced."
EARLY = "Line 11 may end the loop early or skip steps; the lab trains all epochs on all images."
TEST = "The network is trained on the test images; the lab uses the training images."
MANY = "The network is trained on 70000 images; the lab uses 60000."
STORED = "The images are not shuffled; the lab shuffles them in each epoch."


def only(part: int) -> str:
    return f"Only {part} of the 60000 images are used; the lab uses all of them."


def notes(reading: Reading) -> list[str]:
    assert reading.variant is not None
    return [remark.sentence for remark in reading.ignored]


def keras(selection: str = "", codes: str = "9, 10", options: str = "batch_size=50") -> str:
    return KERAS.format(selection=selection, codes=codes, options=options)


def unknown(data: str, fitted: str) -> Reading:
    return read(UNKNOWN.format(data=data, fitted=fitted))


@pytest.mark.parametrize(
    ("selection", "noted"),
    [
        ("x = x[:1000]", [only(1000)]),
        ("x = x[y == 1]", [SOME]),
        ("x = x[np.isin(y, (3, 5))]", [SOME]),
        ("x = x[np.random.choice(60000, 500)]", [SOME]),
        ("x, other = train_test_split(x, test_size=0.1)", [only(54_000)]),
        ("x, other, y, _ = train_test_split(x, y)", [only(45_000)]),
        ("x, other = train_test_split(x, train_size=300)", [only(300)]),
        ("x, other = train_test_split(x, test_size=held.mean())", [SOME]),
        ("x = x[np.random.permutation(len(x))]", []),
        ("x = np.random.permutation(x)", []),
        ("first = x[:10]", []),
        ("x = x[np.arange(100)]", [only(100)]),
        ("x = np.array([np.reshape(image, 784) for image in x])", []),
        ("x = np.array([image for image in x if image.mean() > 9])", [SOME]),
        ("x = held", [TEST]),
        ("from sklearn.datasets import fetch_openml\nx = fetch_openml('mnist_784').data", [MANY]),
        (
            "from sklearn.datasets import fetch_openml\nx = fetch_openml('mnist_784').data\n"
            "x, held = train_test_split(x, test_size=10_000)",
            [],
        ),
    ],
)
def test_part_of_the_images_is_noted(selection: str, noted: list[str]) -> None:
    assert notes(read(keras(selection))) == noted


@pytest.mark.parametrize(
    ("selection", "noted"),
    [
        ("loader = DataLoader(Subset(digits, range(200)), 10, True)", [only(200)]),
        (
            "a, b = random_split(digits, [50000, 10000])\nloader = DataLoader(b, 10, True)",
            [only(10_000)],
        ),
        (
            "a, b = random_split(digits, [0.75, 0.25])\nloader = DataLoader(a, 10, True)",
            [only(45_000)],
        ),
        ("loader = DataLoader(digits, 10, sampler=SubsetRandomSampler(digits.kept))", [SOME]),
        ("loader = DataLoader(digits, 10, shuffle=True)", []),
        ("loader = DataLoader(digits, 10)", [STORED]),
        (
            "digits.data = digits.data[digits.targets == 3]\nloader = DataLoader(digits, 10, True)",
            [SOME],
        ),
    ],
)
def test_part_and_order_of_a_loader_are_noted(selection: str, noted: list[str]) -> None:
    assert notes(read(TORCH.format(selection=selection))) == noted


@pytest.mark.parametrize(
    ("step", "noted"),
    [
        ("        batch = batch[labels == 7]", SOME),
        ("        if labels[0] > 3: break", EARLY),
        ("        if labels[0] > 3: continue", EARLY),
        (
            "        nn.utils.clip_grad_norm_(net.parameters(), 1.0)",
            "Gradient clipping is ignored.",
        ),
    ],
)
def test_what_happens_within_an_epoch_is_noted(step: str, noted: str) -> None:
    text = TORCH.format(selection="loader = DataLoader(digits, 10, shuffle=True)")
    head = "    for batch, _ in loader:\n"
    assert head in text
    text = text.replace(head, f"    for batch, labels in loader:\n{step}\n")
    assert notes(read(text)) == [noted]


PATIENCE = """\
    if loss_of_epoch() < best: best, bad = loss_of_epoch(), 0
    else:
        bad += 1
        if bad >= 3: break
"""
STOPPER = """\
    stopper(loss_of_epoch(), net)
    if stopper.stop: break
"""


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("best, bad = 1.0, 0", PATIENCE, 18),
        ("from ours import Stopper\nstopper = Stopper(patience=3)", STOPPER, 17),
        ("dry_run = False", "    if dry_run: break\n", 0),
    ],
    ids=["patience", "stopper", "constant"],
)
def test_stopping_that_only_later_epochs_may_reach_is_noted(
    before: str, after: str, line: int
) -> None:
    text = TORCH.format(selection="loader = DataLoader(digits, 10, shuffle=True)\n" + before)
    lines = read(text + after).ignored
    wanted = [(line, EARLY.replace("11", str(line)))] if line else []
    assert [(remark.line, remark.sentence) for remark in lines] == wanted


def test_weights_that_change_after_some_batches_are_noted() -> None:
    text = TORCH.format(selection="loader = DataLoader(digits, 10, shuffle=True)")
    text = text.replace("for batch, _ in loader", "for i, (batch, _) in enumerate(loader)")
    text = text.replace("adam.step()", "if i % 4 == 3: adam.step()")
    sentence = "the lab updates the weights after every batch."
    condition = "The optimizer's step depends on the condition in line 13;"
    assert notes(read(text)) == [f"{condition} {sentence}"]


def test_penalty_and_constraint_of_weights_are_noted() -> None:
    text = keras().replace(
        '"relu")', '"relu", kernel_regularizer="l2", bias_constraint="max_norm")'
    )
    assert notes(read(text)) == [
        "The weight regularizer in line 9 is ignored.",
        "The weight constraint in line 9 is ignored.",
    ]


def test_part_of_a_data_set_of_tensorflow_is_noted() -> None:
    text = """\
import tensorflow as tf
(x, _), _ = tf.keras.datasets.mnist.load_data()
x = x.reshape(-1, 784) / 255
rows = tf.data.Dataset.from_tensor_slices((x, x)).take(700).batch(10)
net = tf.keras.Sequential([
    tf.keras.Input((784,)),
    tf.keras.layers.Dense(20, activation="relu"),
    tf.keras.layers.Dense(784, activation="sigmoid"),
])
net.compile("adam", "mse")
net.fit(rows, epochs=2)
"""
    assert notes(read(text)) == [only(700)]


def test_fit_without_shuffling_is_noted() -> None:
    assert notes(read(keras(options="shuffle=False"))) == [STORED]
    assert notes(read(keras(options="shuffle=True"))) == []


def test_steps_of_a_range_are_widths_and_not_batches() -> None:
    first, last = (read(keras(codes="10, 40, 10", options=""), n) for n in (0, 2))
    assert first.candidates == last.candidates == 3
    assert first.settings["layers"].value == (10,)
    assert last.settings["layers"].value == (30,)
    assert first.settings["batch_size"].value == 32  # Keras' default


def test_networks_beyond_those_that_are_followed_are_noted() -> None:
    reading = read(keras(codes="1, 101"))
    assert reading.candidates == 40
    assert not reading.settings["layers"].is_assumed
    assert notes(reading) == ["The loop in line 6 trains several networks; only the first is used."]


def test_noise_on_images_from_elsewhere_is_read() -> None:
    reading = unknown(
        "x_train, x_test = digits.load()\n"
        "noisy = np.clip(x_train + 0.3 * np.random.normal(size=x_train.shape), 0, 1)",
        "noisy, x_train",
    )
    assert reading.variant is not None
    assert (reading.variant.noise, reading.variant.noise_level) == ("gaussian", 0.3)
    assert reading.variant.noise_target == "clean"
    assert {"dataset", "normalization"} <= {setting.name for setting in reading.assumed}
    assert reading.faults == ()


def test_images_from_elsewhere_are_assumed_to_be_mnist() -> None:
    reading = unknown("x_train, x_test = digits.load()", "x_train, x_train")
    assert reading.variant is not None
    assert {"dataset", "normalization"} <= {setting.name for setting in reading.assumed}


@pytest.mark.parametrize(
    ("data", "fitted", "sentence"),
    [
        (
            "x_train, x_test = digits.load()\nx_grey = digits.fade(x_train)",
            "x_grey, x_train",
            "Line 4: fade is not a known function.",
        ),
        (
            "x_noisy, x_train, x_test = digits.load()",
            "x_noisy, x_train",
            UNLIKE,
        ),
        (
            "x_test = 0",
            "x_noisy, x_train",
            UNLIKE,
        ),
    ],
)
def test_inputs_that_differ_in_an_unknown_way_are_refused(
    data: str, fitted: str, sentence: str
) -> None:
    reading = unknown(data, fitted)
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == [sentence]


def test_images_that_are_changed_one_by_one_keep_their_source() -> None:
    reading = read(keras("x = np.array([np.reshape(image / 2, 784) for image in x]) * 2"))
    settings = reading.settings
    assert (settings["dataset"].value, settings["normalization"].value) == ("mnist", "unit")
    assert not settings["dataset"].is_assumed


def test_images_from_elsewhere_are_followed_into_a_network_that_flattens_them() -> None:
    text = UNKNOWN.format(data="x_train, x_test = digits.load()", fitted="x_train, x_train")
    text = text.replace("Input((784,)),", "Input((28, 28, 1)), keras.layers.Flatten(),")
    text = text.replace('"sigmoid"),', '"sigmoid"), keras.layers.Reshape((28, 28, 1)),')
    reading = read(text)
    assert reading.variant is not None
    assert reading.variant.layers == (20,)


def test_images_that_the_old_loader_does_not_hold_out_are_counted() -> None:
    text = """\
from tensorflow.examples.tutorials.mnist import input_data
import keras
digits = input_data.read_data_sets("data", validation_size={held})
net = keras.Sequential([
    keras.Input((784,)),
    keras.layers.Dense(9, activation="relu"),
    keras.layers.Dense(784, activation="sigmoid"),
])
net.compile("adam", "mse")
net.fit(digits.train.images, digits.train.images, epochs=2)
"""
    assert notes(read(text.format(held=0))) == []
    assert notes(read(text.format(held=5000))) == [only(55_000)]


LIGHTNING = """\
{imports}
import torch
from torch import nn
from torchvision import datasets, transforms


class Copy(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784, 9), nn.ReLU(), nn.Linear(9, 784))

    def training_step(self, batch, index):
        x = batch[0].flatten(1)
        return nn.functional.mse_loss(self.net(x), x)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


digits = datasets.MNIST("d", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, 10, shuffle=True)
L.Trainer(max_epochs=2, {options}).fit(Copy(), loader)
"""


def test_batches_that_the_trainer_leaves_out_are_noted() -> None:
    text = LIGHTNING.format(imports="import lightning as L", options="limit_train_batches=0.5")
    assert notes(read(text)) == ["limit_train_batches of the Trainer is ignored."]


STEPS = """\
from itertools import cycle
import torch
from torch import nn
from torchvision import datasets, transforms
digits = datasets.MNIST("d", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, 60, shuffle=True)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 9), nn.ReLU(), nn.Linear(9, 784))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
batches = cycle(loader)
for step in range(5000):
    batch, _ = next(batches)
    adam.zero_grad()
    nn.functional.mse_loss(net(batch), batch.flatten(1)).backward()
    adam.step()
"""


def test_steps_that_draw_a_batch_each_are_no_epochs() -> None:
    epochs = read(STEPS).settings["epochs"]
    assert epochs.value == 5  # 5000 * 60 / 60,000
    assert epochs.reason == "5000 steps of 60 images are about 5 epochs of 60000 images."
    assert read(STEPS).settings["batch_size"].value == 60


def test_training_on_a_single_batch_is_noted() -> None:
    text = STEPS.replace("    batch, _ = next(batches)\n", "")
    text = text.replace("for step", "batch, _ = next(iter(loader))\nfor step")
    assert notes(read(text.replace("5000", "500"))) == [only(60)]


PHASES = """\
import torch
from torch import nn
from torchvision import datasets, transforms
sets = {phase: datasets.MNIST("d", train=phase == "train", transform=transforms.ToTensor())
        for phase in ("train", "test")}
loaders = {phase: torch.utils.data.DataLoader(sets[phase], 10, shuffle=True) for phase in sets}
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 9), nn.ReLU(), nn.Linear(9, 784))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(4):
    for phase in ["train", "test"]:
        for batch, _ in loaders[phase]:
            loss = nn.functional.mse_loss(net(batch), batch.flatten(1))
            if phase == "train":
                adam.zero_grad()
                loss.backward()
                adam.step()
"""
AGAIN = "The loop in line 7 trains once for each value; only the first is used."


def test_a_phase_for_testing_is_no_training() -> None:
    reading = read(PHASES)
    assert notes(reading) == []
    assert reading.settings["epochs"].value == 4
    assert reading.settings["batch_size"].value == 10
    assert not reading.settings["dataset"].is_assumed


@pytest.mark.parametrize("values", ["(0.01, 0.001)", "[0.01, 0.001, 0.0001]"])
def test_further_trainings_with_other_values_are_noted(values: str) -> None:
    text = TORCH.format(selection="loader = DataLoader(digits, 10, shuffle=True)")
    head, loop = text.split("adam =")
    loop = "\n".join(f"    {line}" for line in f"adam ={loop}".splitlines())
    text = f"{head}for rate in {values}:\n{loop}".replace("lr=0.01", "lr=rate")
    reading = read(text)
    assert notes(reading) == [AGAIN.replace("7", "8")]
    assert (reading.settings["epochs"].value, reading.settings["learning_rate"].value) == (4, 0.01)


@pytest.mark.parametrize(
    ("selection", "noted"),
    [
        ("x = np.concatenate([x, held])", [MANY]),
        ("x, held = x / 1.0, held / 1.0\nx = np.vstack((x[:1000], held[:1000]))", [only(2000)]),
        ("x = np.concatenate([x[y == 1], held])", [SOME]),
    ],
)
def test_images_that_are_put_together_are_counted(selection: str, noted: list[str]) -> None:
    assert notes(read(keras(selection))) == noted


def test_early_stopping_of_lightning_is_noted() -> None:
    text = LIGHTNING.format(
        imports="import pytorch_lightning as L\n"
        "from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint",
        options='callbacks=[EarlyStopping("loss")]',
    )
    assert notes(read(text)) == ["Early stopping is ignored: the lab trains all epochs."]
