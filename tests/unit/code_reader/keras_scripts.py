"""Keras scripts as people write them, made up for these tests, and what each of them does."""

from __future__ import annotations

from support.scripts import Script

KERAS_1 = """\
import numpy as np
from keras.datasets import mnist
from keras.layers import Dense, Input
from keras.models import Model

N = 32


def flat(images):
    return images.reshape((len(images), np.prod(images.shape[1:]))).astype('float32') / 255.


loaded = mnist.load_data()
train, test = flat(loaded[0][0]), flat(loaded[1][0])
print train.max(), test.max()

image = Input(shape=(784,))
hidden = Dense(output_dim=N, activation='relu')
painted = Dense(output_dim=784, activation='sigmoid')(hidden(image))
net = Model(input=image, output=painted)
net.compile(loss='binary_crossentropy', optimizer='adam')
net.fit(train, train, validation_data=(test, test), nb_epoch=50, batch_size=256)

any_code = Input(shape=(N,))
from_code = Model(input=any_code, output=net.layers[-1](any_code))
print from_code.predict(np.eye(N)).shape
"""

DEEP = """\
import tensorflow as tf

Dense, sizes = tf.keras.layers.Dense, {"outer": 128, "inner": 64, "neck": 32}
garments = tf.keras.datasets.fashion_mnist.load_data()[0][0].reshape(-1, 28 * 28)
garments = garments.astype("float32") / 255.0

entry = tf.keras.layers.Input((784,))
neck = Dense(sizes["neck"], activation=tf.nn.relu)(
    Dense(sizes["inner"], activation=tf.nn.relu)(
        Dense(sizes["outer"], activation=tf.nn.relu)(entry)))
exit_ = Dense(sizes["inner"], activation=tf.nn.relu)(neck)
exit_ = Dense(sizes["outer"], activation=tf.nn.relu)(exit_)
exit_ = Dense(784, activation=tf.nn.sigmoid)(exit_)

press = tf.keras.models.Model(inputs=entry, outputs=exit_)
press.compile(loss=tf.keras.losses.MeanSquaredError(),
              optimizer=tf.keras.optimizers.Adam(learning_rate=2e-3))
press.fit(garments, garments, validation_split=0.1, batch_size=64, epochs=12)
"""

SEQUENTIAL_ADD = """\
from keras.datasets import mnist
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD

ink = mnist.load_data()[0][0].astype('float32').reshape(60000, 784)
ink /= 255
chain = Sequential([Dense(256, input_shape=(784,)), Activation('tanh'), Dropout(0.2)])
for width in (32, 256):
    chain.add(Dense(width))
    chain.add(Activation('tanh'))
chain.add(Dense(784))
chain.add(Activation('sigmoid'))
chain.compile(SGD(lr=0.5), loss='mse')
chain.fit(ink, ink, nb_epoch=20, batch_size=128)
"""

NESTED = """\
import numpy as np
from tensorflow import keras

clothes = keras.datasets.fashion_mnist.load_data()[0][0]
clothes = np.asarray(clothes, dtype="float32") / 255
held_out = clothes[50000:]
clothes = clothes[:50000]

down = keras.Sequential(name="down")
down.add(keras.layers.Flatten(input_shape=(28, 28)))
for width in (100, 30):
    down.add(keras.layers.Dense(width, activation="relu"))
up = keras.Sequential(name="up")
up.add(keras.layers.Dense(100, activation="relu", input_shape=(30,)))
up.add(keras.layers.Dense(784, activation="sigmoid"))
up.add(keras.layers.Reshape((28, 28)))

pair = keras.Sequential([down, up])
pair.compile(keras.optimizers.RMSprop(), "mse")
pair.fit(clothes, clothes, validation_data=(held_out, held_out), epochs=10)
"""

SUBCLASS = """\
import keras
from keras import layers, losses


class Bottle(keras.Model):
    def __init__(self, neck=16):
        super().__init__()
        self.flat = layers.Flatten()
        self.neck = layers.Dense(neck, activation="relu")
        self.pour = keras.Sequential([layers.Dense(784, "sigmoid"), layers.Reshape((28, 28))])

    def call(self, images, training=False):
        return self.pour(self.neck(self.flat(images)))


digits = keras.datasets.mnist.load_data()[0][0] / 255.0
bottle = Bottle(neck=64)
bottle.compile("adam", losses.MeanSquaredError())
bottle.fit(x=digits, y=digits, epochs=10, validation_split=0.2)
"""

BUILDER = """\
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam


def load():
    (train, _), (test, _) = mnist.load_data()
    train, test = [a.reshape(len(a), -1) / 255.0 for a in (train, test)]
    return train, test


def build_autoencoder(input_dim, widths=(512, 256), code=16, hidden='relu', lr=1e-3):
    inputs = Input(shape=(input_dim,))
    x = inputs
    for w in widths:
        x = Dense(w, activation=hidden)(x)
    x = Dense(code, activation=hidden)(x)
    for w in reversed(widths):
        x = Dense(w, activation=hidden)(x)
    outputs = Dense(input_dim, activation='sigmoid')(x)
    model = Model(inputs, outputs)
    model.compile(optimizer=Adam(lr), loss='binary_crossentropy')
    return model


if __name__ == "__main__":
    train, test = load()
    model = build_autoencoder(train.shape[1], widths=[300, 150], code=8, lr=0.0005)
    model.summary()
    model.fit(train, train, epochs=15, batch_size=200)
"""

DENOISER = """\
import keras
import numpy as np


def blurred(clean, amount):
    grain = np.random.normal(loc=0.0, scale=1.0, size=clean.shape)
    return np.clip(clean + amount * grain, 0.0, 1.0)


clean = keras.datasets.mnist.load_data()[0][0].reshape(-1, 784).astype("float32") / 255.0
mender = keras.Sequential()
for width, kind in ((64, "relu"), (784, "sigmoid")):
    mender.add(keras.layers.Dense(width, activation=kind))
mender.compile("adam", "binary_crossentropy")
mender.fit(blurred(clean, 0.4), clean, epochs=20, batch_size=128)
"""

SPARSE = """\
import keras
from keras import layers, regularizers

sheet = keras.datasets.mnist.load_data()[0][0].reshape(60000, 784) / 255
few = regularizers.l1(1e-5)
net = keras.Sequential([
    keras.Input((784,)),
    layers.Dense(32, "relu", activity_regularizer=few),
    layers.Dense(784, "sigmoid"),
])
net.compile("adam", "binary_crossentropy")
net.fit(sheet, sheet, 256, 100)
"""

OWN_LOSS = """\
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Model
from tensorflow.keras.datasets import mnist

(x, _), _ = mnist.load_data()
x = x.reshape((60000, 784)) / 127.5 - 1.


def reconstruction_loss(y_true, y_pred):
    return K.mean(K.square(y_true - y_pred), axis=-1)


i = Input(shape=(784,))
h = Dense(64, activation='elu')(i)
h = Dense(2, activation='linear')(h)
h = Dense(64, activation='elu')(h)
o = Dense(784, activation='tanh')(h)
m = Model(i, o)
m.compile(loss=reconstruction_loss, optimizer='nadam')
m.fit(x, x, 64, 30)
"""

CALLBACKS = """\
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.model_selection import train_test_split
from sklearn.datasets import fetch_openml

mnist = fetch_openml('mnist_784', version=1, as_frame=False)
X = mnist.data / 255.
y = mnist.target
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)

encoder = keras.Sequential([layers.Dense(64, activation="selu", input_shape=(784,)),
                            layers.Dense(10, activation="selu")])
decoder = keras.Sequential([layers.Dense(64, activation="selu", input_shape=(10,)),
                            layers.Dense(784, activation="sigmoid")])
auto = keras.Sequential([encoder, decoder])
schedule = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=1000, decay_rate=0.9)
auto.compile(loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adagrad(schedule))
stop = keras.callbacks.EarlyStopping(patience=3)
auto.fit(X_train, X_train, epochs=40, batch_size=100,
         callbacks=[stop, keras.callbacks.ReduceLROnPlateau()])
"""

FRAGMENT = """\
values = source = Input(shape=(784,))
for width in [128, 64, 28, 64, 128]:
    values = Dense(width, activation='relu')(values)
net = Model(source, Dense(784, activation='softmax')(values))
net.compile(loss='binary_crossentropy', optimizer='adam')
net.fit(x_train, x_train, batch_size=100, epochs=5)
"""

CONFIG = """\
import argparse
import keras
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--hidden", type=int, default=200)
parser.add_argument("--code-size", type=int, default=20)
parser.add_argument("--lr", type=float, default="0.002")
parser.add_argument("--epochs", default=7, type=int)
parser.add_argument("--batch", type=int, default=50)
args = parser.parse_args()

(x, _), (t, _) = keras.datasets.mnist.load_data()
x = (x.reshape(-1, 784) > 127).astype("float32")
model = keras.Sequential([
    keras.Input((784,)),
    layers.Dense(args.hidden, "sigmoid"),
    layers.Dense(args.code_size, "sigmoid"),
    layers.Dense(args.hidden, "sigmoid"),
    layers.Dense(784, "sigmoid"),
])
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=args.lr), loss="bce")
for epoch in range(args.epochs):
    model.fit(x, x, batch_size=args.batch, epochs=1)
"""

TF_DATA = """\
import tensorflow as tf
import tensorflow_datasets as tfds

def prepare(image, label):
    image = tf.cast(image, tf.float32) / 255.
    image = tf.reshape(image, [-1])
    return image, image

ds = tfds.load("mnist", split="train", as_supervised=True)
ds = ds.map(prepare).cache().shuffle(1000).batch(256).prefetch(tf.data.AUTOTUNE)

net = tf.keras.Sequential([
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(28, activation="relu"),
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(784, activation="sigmoid"),
])
net.compile(optimizer=tf.optimizers.Adam(), loss="huber")
net.fit(ds, epochs=3)
"""

LAMBDA = """\
from keras.layers import Input, Dense, LeakyReLU, GaussianNoise
from keras.models import Model
from keras.datasets import mnist
make = lambda n, a: Dense(n, activation=a)
(x_train, _), (x_test, _) = mnist.load_data()
prep = lambda a: a.reshape(len(a), 784).astype('float32') / 255
x_train, x_test = prep(x_train), prep(x_test)
inp = Input(shape=(784,))
h = GaussianNoise(0.3)(inp)
h = make(100, None)(h)
h = LeakyReLU()(h)
h = make(12, 'linear')(h)
h = make(100, None)(h)
h = LeakyReLU()(h)
out = make(784, 'sigmoid')(h)
ae = Model(inp, out)
ae.compile('rmsprop', 'mae')
ae.fit(x_train, x_train, epochs=4, batch_size=512)
"""

GRADIENT_TAPE = """\
import tensorflow as tf


class Stack(tf.keras.Model):
    def __init__(self, neck=10):
        super().__init__()
        self.shrink = [tf.keras.layers.Dense(n, activation='relu') for n in (100, neck)]
        self.widen = tf.keras.layers.Dense(100, activation='relu')
        self.paint = tf.keras.layers.Dense(784, activation='sigmoid')

    def call(self, values):
        for layer in self.shrink:
            values = layer(values)
        return self.paint(self.widen(values))


pixels = tf.cast(tf.reshape(tf.keras.datasets.mnist.load_data()[0][0], (-1, 784)), tf.float32)
pieces = tf.data.Dataset.from_tensor_slices(pixels / 255).batch(250)
stack = Stack(neck=20)
rule = tf.keras.optimizers.Adam(1e-3)
for turn in range(6):
    for piece in pieces:
        with tf.GradientTape() as record:
            gap = tf.keras.losses.MeanSquaredError()(piece, stack(piece))
        slopes = record.gradient(gap, stack.trainable_variables)
        rule.apply_gradients(zip(slopes, stack.trainable_variables))
"""

STANDARD = """\
import numpy as np, keras
(x, _), (xt, _) = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32")
mean, std = x.mean(), x.std()
x = (x - mean) / std
m = keras.Sequential([keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(784)])
m.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mean_squared_error")
m.fit(x, x, batch_size=100, epochs=9)
"""

SCALERS = """\
from sklearn.preprocessing import MinMaxScaler
import keras
(x, _), (xt, _) = keras.datasets.mnist.load_data()
x = x.reshape(60000, 28*28)
scaler = MinMaxScaler()
x = scaler.fit_transform(x)
m = keras.Sequential([keras.layers.Dense(32, activation="relu"),
                      keras.layers.Dense(784, activation="sigmoid")])
m.compile(loss="binary_crossentropy", optimizer="adam")
m.fit(x, x, epochs=3)
"""

HALF = """\
import keras
(x, _), (xt, _) = keras.datasets.mnist.load_data()
x = x.reshape(60000, 784).astype("float32") / 255 - 0.5
m = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(784)])
m.compile(loss="mse", optimizer="adam")
m.fit(x, x, epochs=3)
"""

CSV = """\
import pandas as pd
from keras.models import Sequential
from keras.layers import Dense
df = pd.read_csv("../input/digit-recognizer/train.csv")
y = df["label"].values
X = df.drop("label", axis=1).values.astype("float32") / 255.0
m = Sequential()
m.add(Dense(units=40, activation="relu", input_dim=784))
m.add(Dense(units=784, activation="sigmoid"))
m.compile(optimizer="adam", loss="mse")
m.fit(X, X, epochs=2, batch_size=64)
"""

SCRIPTS = (
    Script(
        "keras_1",
        KERAS_1,
        dataset="mnist",
        normalization="unit",
        layers=(32,),
        hidden_activation="relu",
        activation="sigmoid",
        loss="binary_crossentropy",
        optimizer="adam",
        learning_rate=0.001,
        batch_size=256,
        epochs=50,
        exact=True,
    ),
    Script(
        "deep",
        DEEP,
        dataset="fashion-mnist",
        normalization="unit",
        layers=(128, 64, 32, 64, 128),
        hidden_activation="relu",
        activation="sigmoid",
        loss="mean_squared_error",
        optimizer="adam",
        learning_rate=0.002,
        batch_size=64,
        epochs=12,
        exact=True,
    ),
    Script(
        "sequential_add",
        SEQUENTIAL_ADD,
        normalization="unit",
        layers=(256, 32, 256),
        hidden_activation="tanh",
        activation="sigmoid",
        loss="mean_squared_error",
        optimizer="sgd",
        learning_rate=0.5,
        batch_size=128,
        epochs=20,
        exact=True,
        ignored="Dropout",
    ),
    Script(
        "nested",
        NESTED,
        dataset="fashion-mnist",
        normalization="unit",
        layers=(100, 30, 100),
        loss="mean_squared_error",
        optimizer="rmsprop",
        learning_rate=0.001,
        batch_size=32,
        epochs=10,
        assumed={"batch_size", "learning_rate", "seed"},
    ),
    Script(
        "subclass",
        SUBCLASS,
        layers=(64,),
        normalization="unit",
        activation="sigmoid",
        loss="mean_squared_error",
        epochs=10,
    ),
    Script(
        "builder",
        BUILDER,
        layers=(300, 150, 8, 150, 300),
        normalization="unit",
        learning_rate=0.0005,
        epochs=15,
        batch_size=200,
        exact=True,
    ),
    Script(
        "denoiser",
        DENOISER,
        layers=(64,),
        noise="gaussian",
        noise_level=0.4,
        noise_target="clean",
        normalization="unit",
        epochs=20,
    ),
    Script("sparse", SPARSE, layers=(32,), code_l1=1e-5, normalization="unit", epochs=100),
    Script(
        "own_loss",
        OWN_LOSS,
        normalization="symmetric",
        layers=(64, 2, 64),
        hidden_activation="elu",
        bottleneck_activation="linear",
        activation="tanh",
        loss="mean_squared_error",
        optimizer="nadam",
        batch_size=64,
        epochs=30,
    ),
    Script(
        "callbacks",
        CALLBACKS,
        dataset="mnist",
        normalization="unit",
        layers=(64, 10, 64),
        hidden_activation="selu",
        optimizer="adagrad",
        learning_rate=0.01,
        epochs=40,
        ignored="Early stopping",
    ),
    Script(
        "fragment",
        FRAGMENT,
        layers=(128, 64, 28, 64, 128),
        activation="softmax",
        loss="binary_crossentropy",
        epochs=5,
        batch_size=100,
        assumed={"dataset", "normalization", "learning_rate", "seed"},
    ),
    Script(
        "config",
        CONFIG,
        normalization="binarized",
        layers=(200, 20, 200),
        hidden_activation="sigmoid",
        optimizer="adamw",
        learning_rate=0.002,
        epochs=7,
        batch_size=50,
        exact=True,
    ),
    Script(
        "tf_data",
        TF_DATA,
        dataset="mnist",
        normalization="unit",
        layers=(128, 28, 128),
        loss="huber",
        batch_size=256,
        epochs=3,
        exact=True,
    ),
    Script(
        "lambda",
        LAMBDA,
        normalization="unit",
        layers=(100, 12, 100),
        hidden_activation="leaky_relu",
        bottleneck_activation="linear",
        noise="gaussian",
        noise_level=0.3,
        noise_target="clean",
        loss="mean_absolute_error",
        optimizer="rmsprop",
        batch_size=512,
    ),
    Script(
        "gradient_tape",
        GRADIENT_TAPE,
        normalization="unit",
        layers=(100, 20, 100),
        loss="mean_squared_error",
        optimizer="adam",
        epochs=6,
        batch_size=250,
        exact=True,
    ),
    Script(
        "standard",
        STANDARD,
        normalization="standardized",
        layers=(32,),
        activation="linear",
        optimizer="sgd",
        momentum=0.9,
        learning_rate=0.1,
    ),
    Script(
        "scalers",
        SCALERS,
        normalization="unit",
        layers=(32,),
        batch_size=32,
        assumed={"normalization", "batch_size", "learning_rate", "seed"},
    ),
    Script(
        "half",
        HALF,
        normalization="symmetric",
        assumed={"normalization"} | {"batch_size", "learning_rate", "seed"},
    ),
    Script("csv", CSV, dataset="mnist", normalization="unit", layers=(40,)),
)
