"""Settings that few scripts use, and what of them is not as in the lab."""

from __future__ import annotations

import pytest

from core.code_reader import Reading, read
from core.errors import UnreadableCode

KERAS = """\
import keras, numpy as np
(x, _), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
model = keras.Sequential([
    keras.Input((784,)),
    {before}
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(784, activation="sigmoid"),
])
model.compile(keras.optimizers.{optimizer}, "mse")
model.fit(x, x, epochs=3, batch_size=100)
"""
TORCH = """\
import torch
from torch import nn
from torchvision import datasets, transforms
data = datasets.MNIST("data", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(data, batch_size=50, shuffle=True)
encoder = nn.Sequential(nn.Linear(784, 20), nn.ReLU())
decoder = nn.Sequential(nn.Linear(20, 784), nn.Sigmoid())
parameters = [*encoder.parameters(), *decoder.parameters()]
optimizer = torch.optim.{optimizer}
for epoch in range(3):
    for x, _ in loader:
        x = x.view(-1, 784)
        h = encoder(x)
        loss = nn.functional.mse_loss(decoder(h), x) + {penalty}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def keras(optimizer: str = "Adam(0.001)", before: str = "") -> Reading:
    return read(KERAS.format(optimizer=optimizer, before=before))


def torch(optimizer: str = "Adam(parameters, lr=0.001)", penalty: str = "0") -> Reading:
    return read(TORCH.format(optimizer=optimizer, penalty=penalty))


@pytest.mark.parametrize(
    ("penalty", "strength"),
    [
        ("0.01 * h.abs().mean()", 0.01 / 20),  # 20 values, of which the lab takes the sum
        ("0.01 * h.abs().sum()", 0.01 * 50),  # 50 images, of which the lab takes the mean
        ("0.01 * h.abs().sum(dim=1).mean()", 0.01),
    ],
)
def test_penalty_is_that_on_the_sum_of_an_image(penalty: str, strength: float) -> None:
    variant = torch(penalty=penalty).variant
    assert variant is not None
    assert variant.code_l1 == pytest.approx(strength)


def test_penalty_on_other_values_than_the_code_is_refused() -> None:
    reading = torch(penalty="0.01 * decoder(h).abs().mean()")
    assert reading.variant is None
    assert "added to the loss is not supported" in reading.unsupported[0].sentence


def test_weight_decay_is_read_and_its_form_noted() -> None:
    reading = torch("Adam(parameters, lr=0.001, weight_decay=0.02)")
    assert reading.variant is not None
    assert reading.variant.weight_decay == 0.02
    assert any("adds weight decay to the gradient" in r.sentence for r in reading.ignored)


def test_weight_decay_of_adamw_is_the_frameworks_own_where_none_is_named() -> None:
    reading = torch("AdamW(parameters, lr=0.001)")
    assert reading.variant is not None
    assert reading.variant.weight_decay == 0.01
    assert "weight_decay" in {setting.name for setting in reading.assumed}
    ours = keras("AdamW(0.001)").variant
    assert ours is not None
    assert (ours.optimizer, ours.weight_decay) == ("adamw", 0)


def test_adamw_without_a_decay_is_adam() -> None:
    variant = keras("AdamW(0.001, weight_decay=0)").variant
    assert variant is not None
    assert (variant.optimizer, variant.weight_decay) == ("adam", 0)


def test_momentum_is_read_of_sgd_and_refused_of_others() -> None:
    variant = keras("SGD(0.1, momentum=0.9)").variant
    assert variant is not None
    assert (variant.optimizer, variant.momentum) == ("sgd", 0.9)
    assert keras("RMSprop(0.001, momentum=0.9)").variant is None


def test_noise_that_is_not_clipped_is_noted() -> None:
    reading = keras(before="keras.layers.GaussianNoise(0.2),")
    assert reading.variant is not None
    assert (reading.variant.noise, reading.variant.noise_level) == ("gaussian", 0.2)
    assert any(
        "The noisy pixels are not clipped here" in remark.sentence for remark in reading.ignored
    )


@pytest.mark.parametrize(
    ("layer", "activation", "note"),
    [
        ('Dense(64, activation="leaky_relu")', "leaky_relu", ""),
        ("Dense(64), keras.layers.LeakyReLU()", "leaky_relu", "below 0 is 0.3 here and"),
        ("Dense(64), keras.layers.LeakyReLU(negative_slope=0.2)", "leaky_relu", ""),
        ('Dense(64, activation="selu")', "selu", ""),
    ],
)
def test_slope_other_than_that_of_the_name_is_noted(layer: str, activation: str, note: str) -> None:
    reading = keras(before=f"keras.layers.{layer},")
    assert reading.variant is not None
    assert reading.variant.layers == (64, 32)
    assert reading.variant.hidden_activation == activation
    assert reading.variant.bottleneck_activation == "relu"
    slopes = [remark.sentence for remark in reading.ignored if "slope" in remark.sentence]
    assert bool(slopes) == bool(note)
    assert all(note in sentence for sentence in slopes)


DECAYED = """\
import torch
from torch import nn
from torchvision import datasets, transforms
digits = datasets.MNIST("data", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, batch_size=10, shuffle=True)
net = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 784), nn.Sigmoid())
opt = torch.optim.Adam(net.parameters(), lr=0.01)

def slower(optimizer, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate

for epoch in range(9):
    for x, _ in loader:
        x = x.view(-1, 784)
        loss = nn.MSELoss()(net(x), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 3 == 2:
        slower(opt, 0.001)
"""


def test_rate_that_is_set_in_a_later_epoch_is_said_to_be_ignored() -> None:
    """The condition is false in the first epoch, which is the one that is evaluated."""
    reading = read(DECAYED)
    assert reading.variant is not None
    assert reading.variant.learning_rate == 0.01
    assert [remark.sentence for remark in reading.ignored] == [
        "Line 11 changes the optimizer's settings; this is ignored."
    ]
    constant = read(DECAYED.replace('group["lr"] = rate', "print(group['lr'])"))
    assert constant.ignored == ()


LIGHTNING = """\
class Module(pl.LightningModule):
    def __init__(self, width=24):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 784))

    def training_step(self, batch, number):
        x = batch[0].flatten(1)
        return nn.functional.mse_loss(self.net(x), x)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.002)
"""


def test_lightning_module_alone_is_read_as_if_it_were_trained() -> None:
    reading = read(LIGHTNING)
    assert reading.variant is not None
    assert (reading.variant.layers, reading.variant.learning_rate) == ((24,), 0.002)
    assert {"epochs", "batch_size", "dataset", "normalization"} <= {
        setting.name for setting in reading.assumed
    }
    assert "Module is defined but not trained; it was read as if it were." in [
        repair.sentence for repair in reading.repairs
    ]


@pytest.mark.parametrize(
    ("arguments", "epochs", "is_assumed"),
    [("", 1000, True), ("max_epochs=7", 7, False), ("max_steps=50", 1, True)],
)
def test_lightning_trains_a_thousand_epochs_unless_told_otherwise(
    arguments: str, epochs: int, is_assumed: bool
) -> None:
    loader = "DataLoader(MNIST('d', transform=transforms.ToTensor()), batch_size=20)"
    reading = read(f"{LIGHTNING}\npl.Trainer({arguments}).fit(Module(), {loader})\n")
    assert reading.variant is not None
    assert (reading.variant.epochs, reading.variant.batch_size) == (epochs, 20)
    assert ("epochs" in {setting.name for setting in reading.assumed}) == is_assumed


def test_images_that_come_as_arguments_are_assumed() -> None:
    code = """\
from tensorflow import keras

def trained(X_train, X_valid, epochs=4):
    net = keras.Sequential([
        keras.Input((784,)), keras.layers.Dense(20, "relu"), keras.layers.Dense(784, "sigmoid"),
    ])
    net.compile("adam", "binary_crossentropy")
    net.fit(X_train, X_train, epochs=epochs, validation_data=(X_valid, X_valid))
    return net
"""
    reading = read(code)
    assert reading.variant is not None
    assert (reading.variant.layers, reading.variant.epochs) == ((20,), 4)
    assert {"dataset", "normalization"} <= {setting.name for setting in reading.assumed}


@pytest.mark.parametrize(
    ("size", "dropping", "is_noted"),
    # MNIST's 60,000 digits make 937.5 batches of 64, and 600 of 100.
    [(64, True, True), (100, True, False), (64, False, False)],
)
def test_last_batch_that_is_dropped_is_said_to_be_trained_on(
    size: int, dropping: bool, is_noted: bool
) -> None:
    code = DECAYED.replace("batch_size=10", f"batch_size={size}, drop_last={dropping}")
    reading = read(code)
    assert reading.variant is not None
    assert reading.variant.batch_size == size
    sentence = "drop_last is ignored: the lab trains on the last, smaller batch too."
    assert (sentence in [remark.sentence for remark in reading.ignored]) == is_noted


CONVOLUTIONS = """\
import torch
from torch import nn
from torchvision import datasets, transforms
digits = datasets.MNIST("d", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, batch_size=10, shuffle=True)


class Squeeze(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(1, 8, 4, 4), nn.ReLU())
        self.code = nn.Linear(8 * 7 * 7, 12)
        self.wide = nn.Linear(12, 8 * 7 * 7)
        self.draw = nn.Sequential(nn.ConvTranspose2d(8, 1, 4, 4), nn.Sigmoid())

    def forward(self, x):
        code = self.code(self.look(x).view(x.size(0), -1))
        return self.draw(self.wide(code).view(-1, 8, 7, 7))


squeeze = Squeeze()
adam = torch.optim.Adam(squeeze.parameters(), lr=0.01)
for epoch in range(4):
    for batch, _ in loader:
        adam.zero_grad()
        nn.functional.mse_loss(squeeze(batch), batch).backward()
        adam.step()
"""


def test_convolutions_are_refused_without_a_word_on_the_layers_between() -> None:
    reading = read(CONVOLUTIONS)
    assert reading.variant is None
    assert reading.settings["activation"].value == "sigmoid"
    assert reading.faults == ()
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 11: Conv2d is not supported; the lab has dense layers only.",
        "Line 14: ConvTranspose2d is not supported; the lab has dense layers only.",
    ]


HYPERPARAMETERS = """\
import pytorch_lightning as pl, torch
from torch import nn
from torchvision import datasets, transforms


class Copy(pl.LightningModule):
    def __init__(self, {arguments}):
        super().__init__()
        self.save_hyperparameters({saved})
        self.net = nn.Sequential(nn.Linear(784, 9), nn.ReLU(), nn.Linear(9, 784))

    def training_step(self, batch, index):
        x = batch[0].flatten(1)
        return nn.functional.mse_loss(self.net(x), x)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams{rate})


digits = datasets.MNIST("d", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, 10, shuffle=True)
pl.Trainer(max_epochs=2).fit(Copy({given}), loader)
"""


@pytest.mark.parametrize(
    ("arguments", "saved", "rate", "given"),
    [
        ("lr=0.02", "", ".lr", ""),
        ("lr=0.5", "", ".lr", "lr=0.02"),
        ("lr", "", '["lr"]', "0.02"),
        ("settings", "settings", ".lr", "dict(lr=0.02)"),
    ],
)
def test_hyperparameters_of_lightning_are_read(
    arguments: str, saved: str, rate: str, given: str
) -> None:
    text = HYPERPARAMETERS.format(arguments=arguments, saved=saved, rate=rate, given=given)
    found = read(text).variant
    assert found is not None
    assert found.learning_rate == 0.02


def test_defaults_of_a_dataclass_are_read() -> None:
    text = """\
from dataclasses import dataclass, field
import keras


@dataclass
class Settings:
    widths: list[int] = field(default_factory=lambda: [64, 8, 64])
    epochs: int = field(default=7)
    batch_size: int = 20


settings = Settings()
(x, _), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784) / 255
net = keras.Sequential([keras.Input((784,))])
for width in settings.widths:
    net.add(keras.layers.Dense(width, activation="relu"))
net.add(keras.layers.Dense(784, activation="sigmoid"))
net.compile("adam", "mse")
net.fit(x, x, epochs=settings.epochs, batch_size=settings.batch_size)
"""
    found = read(text).variant
    assert found is not None
    assert (found.layers, found.epochs, found.batch_size) == ((64, 8, 64), 7, 20)


def test_names_that_every_module_has_are_defined() -> None:
    text = "import argparse\nparser = argparse.ArgumentParser(description=__doc__)\n"
    assert read(text + KERAS.format(before="", optimizer="Adam()")).faults == ()


def test_shape_restored_after_the_outputs_does_not_matter_to_a_loss_without_logits() -> None:
    text = KERAS.format(before="", optimizer="Adam()")
    text = text.replace('"sigmoid"),', '"sigmoid"), keras.layers.Reshape((784, 1)),')
    settings = read(text).settings
    assert settings["loss_from"].value == "keras"
    hidden = read(text.replace('"mse"', '"binary_crossentropy"')).settings
    assert hidden["loss_from"].value == "outputs"


@pytest.mark.parametrize(
    ("arguments", "noted"),
    [
        ("lr=0.01, betas=(0.9, 0.999), eps=1e-8, amsgrad=False", []),
        (
            "lr=0.01, betas=(0.5, 0.999)",
            ["betas of the optimizer is ignored: the lab uses Keras' default."],
        ),
    ],
)
def test_arguments_that_are_the_default_are_not_noted(arguments: str, noted: list[str]) -> None:
    text = TORCH.format(optimizer=f"Adam(parameters, {arguments})", penalty="0")
    assert [remark.sentence for remark in read(text).ignored] == noted


@pytest.mark.parametrize(
    "wrapper", ["torch.compile(encoder)", "nn.DataParallel(encoder)", "encoder.to('cuda')"]
)
def test_wrapped_network_is_the_network(wrapper: str) -> None:
    text = TORCH.format(optimizer="Adam(parameters)", penalty="0")
    wrapped = text.replace("parameters =", f"encoder = {wrapper}\nparameters =")
    assert read(wrapped).variant == read(text).variant is not None


@pytest.mark.parametrize(
    ("mask", "level"),
    [
        ("torch.bernoulli(torch.full_like(x, 0.7))", 0.3),
        ("(torch.rand_like(x) > 0.3).float()", 0.3),
        ("(torch.rand(x.shape) < 0.7)", 0.3),
    ],
)
def test_mask_is_read_with_its_share(mask: str, level: float) -> None:
    text = TORCH.format(optimizer="Adam(parameters)", penalty="0")
    found = read(text.replace("encoder(x)", f"encoder(x * {mask})")).variant
    assert found is not None
    assert (found.noise, found.noise_level, found.noise_target) == ("masking", level, "clean")


@pytest.mark.parametrize(
    ("function", "noted"),
    [
        ("xavier_uniform_", []),
        (
            "kaiming_normal_",
            ["The initializer kaiming_normal_ is ignored: the lab uses glorot_uniform."],
        ),
    ],
)
def test_initial_weights_of_torch_are_noted(function: str, noted: list[str]) -> None:
    text = TORCH.format(optimizer="Adam(parameters)", penalty="0")
    start = (
        "def start(layer):\n    if isinstance(layer, nn.Linear):\n"
        f"        nn.init.{function}(layer.weight)\nencoder.apply(start)\nparameters ="
    )
    remarks = read(text.replace("parameters =", start)).ignored
    assert [remark.sentence for remark in remarks] == noted


TRAIN_STEP = """\
import keras, tensorflow as tf
class Copy(keras.Model):
    def __init__(self):
        super().__init__()
        self.code = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(784, activation="sigmoid")
    def call(self, x):
        return self.out(self.code(x))
    def train_step(self, data):
        with tf.GradientTape() as tape:
            outputs = self(data, training=True)
            loss = {loss}
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {{"loss": loss}}
(x, _), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
model = Copy()
model.compile(optimizer=keras.optimizers.SGD(0.3))
model.fit(x, epochs=3, batch_size=50)
"""


def test_train_step_of_the_script_is_followed() -> None:
    loss = "tf.reduce_mean(keras.losses.mean_absolute_error(data, outputs))"
    found = read(TRAIN_STEP.format(loss=loss)).variant
    assert found is not None
    assert (found.layers, found.loss, found.activation) == ((32,), "mean_absolute_error", "sigmoid")
    assert (found.optimizer, found.learning_rate) == ("sgd", 0.3)
    assert (found.epochs, found.batch_size) == (3, 50)


def test_train_step_with_a_loss_of_its_own_is_refused() -> None:
    with pytest.raises(UnreadableCode, match="Line 12: the computation of the loss cannot be"):
        read(TRAIN_STEP.format(loss="self.ours(data, outputs)"))


def test_activation_that_cannot_be_determined_is_said_once() -> None:
    text = KERAS.format(before="", optimizer="Adam()").replace('"relu"', "choose()")
    assert [remark.sentence for remark in read(text).unsupported] == [
        "Line 7: the activation cannot be determined."
    ]


NOT_ALL = "Line 9: the optimizer is not given the weights of all layers; the lab trains all layers."
UNTRAINED = "the layers before this are not trained; the lab trains all layers."


def of_torch(old: str, new: str) -> Reading:
    text = TORCH.format(optimizer="Adam(parameters)", penalty="0")
    assert old in text
    return read(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[*encoder.parameters(), *decoder.parameters()]", "encoder.parameters()", NOT_ALL),
        (
            "[*encoder.parameters(), *decoder.parameters()]",
            'list(decoder.parameters()) + [{"params": decoder.parameters()}]',
            NOT_ALL,
        ),
        ("encoder(x)", "encoder(x).detach()", f"Line 13: {UNTRAINED}"),
        ("encoder(x)", "encoder(x).data", f"Line 13: {UNTRAINED}"),
        *(
            (
                "h = encoder(x)",
                f"with torch.{context}():\n            h = encoder(x)",
                f"Line 14: {UNTRAINED}",
            )
            for context in ("no_grad", "inference_mode")
        ),
        (
            "optimizer =",
            "for weight in encoder.parameters():\n    weight.requires_grad = False\noptimizer =",
            "Line 6: the layer is frozen; the lab trains all layers.",
        ),
        (
            "optimizer =",
            "encoder.requires_grad_(False)\noptimizer =",
            "Line 6: the layer is frozen; the lab trains all layers.",
        ),
    ],
)
def test_layers_that_are_not_trained_are_refused(old: str, new: str, sentence: str) -> None:
    reading = of_torch(old, new)
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == [sentence]


def test_layers_before_a_stopped_gradient_are_refused() -> None:
    loss = "tf.reduce_mean(keras.losses.mean_absolute_error(data, outputs))"
    whole = "self.out(self.code(x))"
    text = TRAIN_STEP.format(loss=loss)
    assert whole in text
    reading = read(text.replace(whole, "self.out(tf.stop_gradient(self.code(x)))"))
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == [f"Line 8: {UNTRAINED}"]


@pytest.mark.parametrize(
    ("rate", "refused"),
    [
        ("0.001", []),
        ("0.1", ["Line 10: a second optimizer with other settings is not supported."]),
    ],
)
def test_two_optimizers_are_one_if_their_settings_are_the_same(
    rate: str, refused: list[str]
) -> None:
    text = TORCH.format(optimizer="Adam(encoder.parameters(), lr=0.001)", penalty="0")
    text = text.replace(
        "for epoch", f"other = torch.optim.Adam(decoder.parameters(), lr={rate})\nfor epoch"
    )
    reading = read(text.replace("optimizer.step()", "optimizer.step()\n        other.step()"))
    assert [remark.sentence for remark in reading.unsupported] == refused


def test_gradients_that_are_deleted_by_hand_are_no_change_of_the_layers() -> None:
    by_hand = "for weight in parameters:\n            weight.grad = None"
    reading = of_torch("optimizer.zero_grad()", by_hand)
    assert reading.variant is not None
    assert not reading.settings["layers"].is_assumed


def test_settings_of_groups_of_weights_are_noted() -> None:
    groups = '[{"params": encoder.parameters(), "lr": 0.1}, {"params": decoder.parameters()}]'
    reading = of_torch("[*encoder.parameters(), *decoder.parameters()]", groups)
    assert [remark.sentence for remark in reading.ignored] == [
        "Parameter groups are ignored: the lab uses the same settings for all weights."
    ]


def test_cross_entropy_with_outputs_and_targets_swapped_is_refused() -> None:
    old = "nn.functional.mse_loss(decoder(h), x)"
    reading = of_torch(old, "nn.functional.binary_cross_entropy(x, decoder(h))")
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 14: outputs and targets are swapped in the call of the loss."
    ]
    assert of_torch(old, "nn.functional.mse_loss(x, decoder(h))").unsupported == ()


def test_layer_that_is_used_twice_is_refused() -> None:
    text = KERAS.format(before="", optimizer="Adam()")
    text = text.replace("model =", "again = keras.layers.Dense(784)\nmodel =")
    text = text.replace("    keras.layers.Dense(32", "    again, again,\n    keras.layers.Dense(32")
    assert [remark.sentence for remark in read(text).unsupported] == [
        "Line 4: this Dense is applied twice; shared layers are not supported."
    ]


@pytest.mark.parametrize(
    ("noise", "level"),
    [
        ("np.random.binomial(1, 0.3, size=x.shape)", 0.7),
        ("(1 - np.random.binomial(1, 0.3, size=x.shape))", 0.3),
    ],
)
def test_mask_that_is_inverted_keeps_the_other_share(noise: str, level: float) -> None:
    text = KERAS.format(before="", optimizer="Adam()")
    found = read(text.replace("fit(x, x", f"fit(x * {noise}, x")).variant
    assert found is not None
    assert (found.noise, found.noise_level) == ("masking", level)


@pytest.mark.parametrize(
    "noise",
    [
        "0.3 * np.random.normal(loc=0.5, scale=1.0, size=x.shape)",
        "np.random.normal(0.5, 0.3, x.shape)",
        "0.3 * np.random.randn(*x.shape) + 0.1",
    ],
)
def test_noise_that_also_brightens_is_refused(noise: str) -> None:
    text = KERAS.format(before="", optimizer="Adam()")
    reading = read(text.replace("fit(x, x", f"fit(np.clip(x + ({noise}), 0, 1), x"))
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 11: off-center gaussian noise on the input is not supported."
    ]


@pytest.mark.parametrize("name", ["learning_rate", "lr"])
def test_learning_rate_that_is_assigned_before_training_is_read(name: str) -> None:
    text = KERAS.format(before="", optimizer="Adam(0.5)")
    text = text.replace("model.fit", f"model.optimizer.{name}.assign(0.02)\nmodel.fit")
    found = read(text).variant
    assert found is not None
    assert found.learning_rate == 0.02


def test_optimizer_by_its_getter_and_epochs_of_the_environment_are_read() -> None:
    text = "import os\n" + KERAS.format(before="", optimizer='get("rmsprop")')
    found = read(text.replace("epochs=3", 'epochs=int(os.environ.get("EPOCHS", "7"))')).variant
    assert found is not None
    assert (found.optimizer, found.epochs) == ("rmsprop", 7)


def test_each_of_several_trainings_has_the_seed_before_it() -> None:
    head, network = KERAS.format(before="", optimizer="Adam()").split("model = ", 1)
    network = "".join(f"    {line}\n" for line in f"model = {network}".splitlines())
    text = f"{head}for seed in range(2):\n    keras.utils.set_random_seed(seed + 5)\n{network}"
    assert [read(text, chosen).settings["seed"].value for chosen in (0, 1)] == [5, 6]
