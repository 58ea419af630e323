"""Scripts with one mistake each, made up for these tests, and the line that the repair writes."""

from __future__ import annotations

from typing import NamedTuple

LOAD = """\
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
"""
SCALED = """\
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255
"""
HEAD = LOAD + SCALED
NETWORK = """\
inputs = keras.Input((784,))
h = layers.Dense(128, activation="relu")(inputs)
code = layers.Dense(32, activation="relu")(h)
h = layers.Dense(128, activation="relu")(code)
outputs = layers.Dense(784, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
"""
TRAIN = """\
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(x_train, x_train, epochs=5, batch_size=100)
"""
TORCH = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision import datasets, transforms

transform = transforms.Compose([transforms.ToTensor()])
train_set = datasets.MNIST("data", train=True, download=True, transform=transform)
loader = torch.utils.data.DataLoader(train_set, batch_size=100, shuffle=True)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 64)
        self.fc2 = nn.Linear(64, 784)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.fc1(x))
        return torch.sigmoid(self.fc2(x))

net = Net()
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
for epoch in range(5):
    for images, _ in loader:
        images = images.view(-1, 784)
        outputs = net(images)
        loss = criterion(outputs, images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


class Faulty(NamedTuple):
    """A script, the fault that it has, its line, and the lines that differ after the repair."""

    name: str
    code: str
    fault: str
    line: int
    after: tuple[str, ...]


def changed(code: str, old: str, new: str) -> str:
    """The code with one mistake in it."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


KERAS = HEAD + NETWORK + TRAIN
FAULTY = (
    Faulty(
        "bypassed_layer",
        changed(KERAS, 'activation="relu")(h)\nh', 'activation="relu")(inputs)\nh'),
        "bypassed_layer",
        9,
        ('code = layers.Dense(32, activation="relu")(h)',),
    ),
    Faulty(
        "misspelt_argument",
        changed(KERAS, 'Dense(784, activation="sigmoid")', 'Dense(784, activaton="sigmoid")'),
        "misspelt_argument",
        12,
        ('outputs = layers.Dense(784, activation="sigmoid")(h)',),
    ),
    Faulty(
        "misspelt_epochs",
        changed(KERAS, "epochs=5", "epoch=5"),
        "misspelt_argument",
        15,
        ("model.fit(x_train, x_train, epochs=5, batch_size=100)",),
    ),
    Faulty(
        "misspelt_activation",
        changed(KERAS, '"sigmoid"', '"sigmod"'),
        "misspelt_name",
        12,
        ('outputs = layers.Dense(784, activation="sigmoid")(h)',),
    ),
    Faulty(
        "misspelt_loss",
        changed(KERAS, '"binary_crossentropy"', '"binary_cross_entropy"'),
        "misspelt_name",
        14,
        ('model.compile(optimizer="adam", loss="binary_crossentropy")',),
    ),
    Faulty(
        "misspelt_optimizer",
        changed(KERAS, '"adam"', '"adm"'),
        "misspelt_name",
        14,
        ('model.compile(optimizer="adam", loss="binary_crossentropy")',),
    ),
    Faulty(
        "undefined_name",
        changed(HEAD + "encoding_dim = 32\n" + NETWORK + TRAIN, "Dense(32", "Dense(encodng_dim"),
        "undefined_name",
        11,
        ('code = layers.Dense(encoding_dim, activation="relu")(h)',),
    ),
    Faulty(
        "missing_import",
        changed(KERAS, "import numpy as np\n", "").replace(
            '.astype("float32") / 255\nx_test', "\nx_train = np.float32(x_train) / 255\nx_test"
        ),
        "missing_import",
        6,
        ("import numpy as np",),
    ),
    Faulty(
        "accuracy",
        changed(KERAS, 'crossentropy")', 'crossentropy", metrics=["accuracy"])'),
        "accuracy_metric",
        14,
        ('model.compile(optimizer="adam", loss="binary_crossentropy")',),
    ),
    Faulty(
        "accuracy_of_two",
        changed(KERAS, 'crossentropy")', 'crossentropy", metrics=["mse", "accuracy"])'),
        "accuracy_metric",
        14,
        ('model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["mse"])',),
    ),
    Faulty(
        "unused_scaling",
        LOAD + "x_train = x_train.reshape(-1, 784)\nx_scaled = x_train / 255\n" + NETWORK + TRAIN,
        "unused_scaling",
        7,
        ("model.fit(x_scaled, x_scaled, epochs=5, batch_size=100)",),
    ),
    Faulty(
        "dropped_scaling",
        LOAD + "x_train = x_train.reshape(-1, 784)\nx_train / 255\n" + NETWORK + TRAIN,
        "unused_scaling",
        7,
        ("x_train = x_train / 255",),
    ),
    Faulty(
        "unused_scaler",
        "from sklearn.preprocessing import MinMaxScaler\n"
        + LOAD
        + "x_train = x_train.reshape(-1, 784)\nscaler = MinMaxScaler()\n"
        "scaler.fit_transform(x_train)\n" + NETWORK + TRAIN,
        "unused_scaling",
        9,
        ("x_train = scaler.fit_transform(x_train)",),
    ),
    Faulty(
        "scaled_in_a_comment",
        LOAD + "x_train = x_train.reshape(-1, 784)  # / 255\n" + NETWORK + TRAIN,
        "",
        0,
        ("x_train = x_train.reshape(-1, 784) / 255  # / 255",),
    ),
    Faulty(
        "only_the_inputs",
        LOAD
        + "x_train = x_train.reshape(-1, 784)\nscaled = x_train / 255\n"
        + NETWORK
        + TRAIN.replace("x_train, x_train", "scaled, x_train"),
        "different_scaling",
        15,
        ("model.fit(scaled, scaled, epochs=5, batch_size=100)",),
    ),
    Faulty(
        "labels",
        changed(KERAS, "x_train, x_train", "x_train, y_train"),
        "labels_as_target",
        15,
        ("model.fit(x_train, x_train, epochs=5, batch_size=100)",),
    ),
    Faulty(
        "not_flattened",
        changed(KERAS, "x_train = x_train.reshape(-1, 784).astype", "x_train = x_train.astype"),
        "input_shape",
        15,
        ('x_train = (x_train.astype("float32") / 255).reshape(-1, 784)',),
    ),
    Faulty(
        "output_width",
        changed(KERAS, "Dense(784", "Dense(728"),
        "output_width",
        12,
        ('outputs = layers.Dense(784, activation="sigmoid")(h)',),
    ),
    Faulty(
        "integer_division",
        changed(KERAS, '("float32") / 255\nx_test', '("uint8") // 255\nx_test'),
        "integer_division",
        6,
        ('x_train = x_train.reshape(-1, 784).astype("uint8") / 255',),
    ),
    Faulty(
        "adadelta",
        changed(KERAS, '"adam"', '"adadelta"'),
        "adadelta_rate",
        14,
        (
            "from tensorflow.keras.optimizers import Adadelta",
            'model.compile(optimizer=Adadelta(learning_rate=1.0), loss="binary_crossentropy")',
        ),
    ),
    Faulty(
        "lost_logits",
        changed(
            changed(
                KERAS,
                'activation="sigmoid")(h)',
                'activation="sigmoid")(h)\noutputs = layers.Lambda(lambda v: v)(outputs)',
            ),
            "x_train = x_train.reshape(-1, 784)",
            "x_train = x_train.reshape((60000, 784))",
        ),
        "lost_logits",
        13,
        ('model.compile(optimizer="adam", loss="mean_squared_error")',),
    ),
    Faulty(
        "sigmoid_twice_in_keras",
        changed(KERAS, "(h)\nmodel", '(h)\noutputs = layers.Activation("sigmoid")(outputs)\nmodel'),
        "activation_twice",
        13,
        ("outputs = layers.Dense(784)(h)",),
    ),
    Faulty(
        "from_logits",
        changed(
            KERAS, '"binary_crossentropy"', "keras.losses.BinaryCrossentropy(from_logits=True)"
        ),
        "sigmoid_twice",
        14,
        (
            'model.compile(optimizer="adam",'
            " loss=keras.losses.BinaryCrossentropy(from_logits=False))",
        ),
    ),
    Faulty(
        "bce_with_logits",
        changed(TORCH, "BCELoss", "BCEWithLogitsLoss"),
        "sigmoid_twice",
        22,
        ("criterion = nn.BCELoss()",),
    ),
    Faulty(
        "bce_of_linear",
        changed(TORCH, "torch.sigmoid(self.fc2(x))", "self.fc2(x)"),
        "outside_of_bce",
        22,
        ("        return torch.sigmoid(self.fc2(x))",),
    ),
    Faulty(
        "cross_entropy",
        changed(TORCH, "BCELoss", "CrossEntropyLoss"),
        "cross_entropy_reconstruction",
        22,
        ("criterion = nn.MSELoss()",),
    ),
    Faulty(
        "uncalled_activation",
        changed(TORCH, "self.relu(self.fc1(x))", "self.fc1(x)"),
        "unused_activation",
        15,
        ("        x = self.relu(self.fc1(x))",),
    ),
    Faulty(
        "dropped_activation",
        changed(
            changed(TORCH, "        self.relu = nn.ReLU()\n", ""),
            "x = self.relu(self.fc1(x))",
            "x = self.fc1(x)\n        F.relu(x)",
        ),
        "unused_activation",
        18,
        ("        x = F.relu(x)",),
    ),
    Faulty(
        "sigmoid_twice_in_torch",
        changed(TORCH, "torch.sigmoid(self.fc2(x))", "torch.sigmoid(torch.sigmoid(self.fc2(x)))"),
        "activation_twice",
        19,
        ("        return torch.sigmoid(self.fc2(x))",),
    ),
    Faulty(
        "shapes_clash",
        changed(TORCH, "nn.Linear(64, 784)", "nn.Linear(128, 784)"),
        "shape_clash",
        14,
        ("        self.fc2 = nn.Linear(64, 784)",),
    ),
    Faulty(
        "unused_transform",
        changed(TORCH, ", transform=transform)", ")"),
        "unused_transform",
        6,
        ('train_set = datasets.MNIST("data", train=True, download=True, transform=transform)',),
    ),
    Faulty(
        "three_channels",
        changed(TORCH, "ToTensor()]", "ToTensor(), transforms.Normalize((0, 0, 0), (1, 1, 1))]"),
        "normalize_channels",
        6,
        (
            "transform = transforms.Compose("
            "[transforms.ToTensor(), transforms.Normalize((0,), (1,))])",
        ),
    ),
    Faulty(
        "no_step",
        changed(TORCH, "        optimizer.step()\n", ""),
        "no_step",
        30,
        ("        optimizer.step()",),
    ),
    Faulty(
        "no_zero_grad",
        changed(TORCH, "        optimizer.zero_grad()\n", ""),
        "no_zero_grad",
        29,
        ("        optimizer.zero_grad()",),
    ),
    Faulty(
        "softmax_in_torch",
        changed(TORCH, "torch.sigmoid(self.fc2(x))", "F.softmax(self.fc2(x), dim=1)"),
        "",
        0,
        ("        return F.sigmoid(self.fc2(x))",),
    ),
    Faulty(
        "symmetric_with_bce",
        changed(TORCH, "ToTensor()]", "ToTensor(), transforms.Normalize((0.5,), (0.5,))]"),
        "",
        0,
        ("transform = transforms.Compose([transforms.ToTensor()])",),
    ),
    Faulty(
        "linear_with_bce",
        changed(KERAS, '784, activation="sigmoid"', "784"),
        "",
        0,
        ('outputs = layers.Dense(784, activation="sigmoid")(h)',),
    ),
    Faulty(
        "raw_pixels",
        LOAD
        + "x_train = x_train.reshape(-1, 784)\nx_test = x_test.reshape(-1, 784)\n"
        + NETWORK
        + TRAIN.replace("epochs=5", "validation_data=(x_test, x_test), epochs=5"),
        "",
        0,
        ("x_train = x_train.reshape(-1, 784) / 255", "x_test = x_test.reshape(-1, 784) / 255"),
    ),
    Faulty(
        "noisy_target",
        HEAD
        + "noisy = x_train + 0.3 * np.random.normal(size=x_train.shape)\n"
        + NETWORK
        + TRAIN.replace("x_train, x_train", "noisy, noisy"),
        "noisy_target",
        16,
        ("model.fit(noisy, x_train, epochs=5, batch_size=100)",),
    ),
    Faulty(
        "noisy_target_in_torch",
        TORCH.replace(
            "        outputs = net(images)\n",
            "        noisy = images + 0.2 * torch.randn_like(images)\n        outputs = net(noisy)\n",
        ).replace("criterion(outputs, images)", "criterion(outputs, noisy)"),
        "noisy_target",
        31,
        ("        loss = criterion(outputs, images)",),
    ),
    Faulty(
        "logits_lost_by_reshape",
        LOAD + "x_train = x_train / 255\nmodel = keras.Sequential([\n"
        "    layers.Flatten(input_shape=(28, 28)),\n"
        '    layers.Dense(64, activation="relu"),\n'
        '    layers.Dense(784, activation="sigmoid"),\n    layers.Reshape((28, 28)),\n])\n' + TRAIN,
        "lost_logits",
        11,
        (
            "    layers.Dense(784),",
            '    layers.Reshape((28, 28)), layers.Activation("sigmoid"),',
        ),
    ),
    Faulty(
        "logits_lost_by_reshape_of_a_tensor",
        LOAD + "x_train = x_train / 255\nimage = keras.Input((28, 28))\n"
        'h = layers.Dense(64, activation="relu")(layers.Flatten()(image))\n'
        'h = layers.Dense(784, activation="sigmoid")(h)\n'
        "model = keras.Model(image, layers.Reshape((28, 28))(h))\n" + TRAIN,
        "lost_logits",
        10,
        (
            "h = layers.Dense(784)(h)",
            'model = keras.Model(image, layers.Activation("sigmoid")(layers.Reshape((28, 28))(h)))',
        ),
    ),
    Faulty(
        "scaled_twice",
        changed(KERAS, "inputs = keras", "x_train = x_train / 255.0\ninputs = keras"),
        "scaled_twice",
        8,
        (),
    ),
    Faulty(
        "scaled_twice_in_torch",
        changed(TORCH, "images.view(-1, 784)", "images.view(-1, 784) / 255"),
        "scaled_twice",
        26,
        ("        images = images.view(-1, 784)",),
    ),
    Faulty(
        "wrong_module",
        changed(TORCH, "torch.utils.data.DataLoader", "torch.utils.DataLoader"),
        "wrong_module",
        8,
        ("loader = torch.utils.data.DataLoader(train_set, batch_size=100, shuffle=True)",),
    ),
    Faulty(
        "layer_never_called",
        changed(
            TORCH,
            "        self.relu =",
            "        self.fc3 = nn.Linear(64, 64)\n        self.relu =",
        ),
        "bypassed_layer",
        15,
        (),
    ),
    Faulty(
        "minus_half_with_sigmoid",
        changed(KERAS, '"float32") / 255\nx_test', '"float32") / 255 - 0.5\nx_test'),
        "",
        0,
        ('x_train = x_train.reshape(-1, 784).astype("float32") / 255',),
    ),
    Faulty(
        "standardized_with_sigmoid",
        HEAD.replace(SCALED, "x_train = x_train.reshape(-1, 784)\n")
        + "x_train = (x_train - x_train.mean()) / x_train.std()\n"
        + NETWORK
        + TRAIN,
        "",
        0,
        ("x_train = x_train / 255",),
    ),
    Faulty(
        "categorical",
        changed(KERAS, "binary_crossentropy", "categorical_crossentropy"),
        "",
        0,
        ('model.compile(optimizer="adam", loss="binary_crossentropy")',),
    ),
    Faulty(
        "greys_of_pil",
        changed(
            changed(TORCH, "ToTensor()", "PILToTensor()"),
            "images = images.view(-1, 784)",
            "images = images.view(-1, 784).float()",
        ),
        "",
        0,
        ("        images = images.view(-1, 784).float() / 255",),
    ),
)
