"""PyTorch and plain TensorFlow scripts as people write them, made up for these tests."""

from __future__ import annotations

from support.scripts import Script

DATA = """\
import torch
from torch import nn, optim
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
train_data = datasets.MNIST("data", train=True, download=True, transform=transforms.ToTensor())
loader = DataLoader(train_data, batch_size=64, shuffle=True)
"""

STACKED = """\
import torch.nn as nn
from torch.autograd import Variable
from torch.optim import Adam
from torch.utils import data
from torchvision import datasets, transforms as T

steps = [T.ToTensor(), T.Normalize([0.5], [0.5])]
source = datasets.MNIST("mnist", download=True, transform=T.Compose(steps))


class Halves(nn.Module):
    def __init__(self, down=(128, 64, 12)):
        super(Halves, self).__init__()
        a, b, c = down
        self.shrink = nn.Sequential(
            nn.Linear(784, a), nn.ReLU(True), nn.Linear(a, b), nn.ReLU(True), nn.Linear(b, c))
        self.grow = nn.Sequential(
            nn.Linear(c, b), nn.ReLU(True), nn.Linear(b, a), nn.ReLU(True), nn.Linear(a, 784))
        self.last = nn.Tanh()

    def forward(self, images):
        return self.last(self.grow(self.shrink(images)))


halves = Halves().cuda()
rule = Adam(halves.parameters(), weight_decay=1e-5, lr=1e-3)
squared = nn.MSELoss()
for round_ in range(100):
    for pair in data.DataLoader(source, shuffle=True, batch_size=128):
        images, _ = pair
        images = Variable(images.view(images.size(0), -1)).cuda()
        rule.zero_grad()
        squared(halves(images), images).backward()
        rule.step()
"""

ATTRIBUTES = (
    DATA
    + """

class Ladder(nn.Module):
    def __init__(self, ends=784, rung=128):
        super().__init__()
        self.first = nn.Linear(ends, rung)
        self.neck = nn.Linear(rung, 32)
        self.third = nn.Linear(32, rung)
        self.last = nn.Linear(rung, ends)

    def climb(self, values):
        for step in (self.first, self.neck):
            values = F.relu(step(values))
        return values

    def forward(self, images):
        return torch.sigmoid(self.last(F.relu(self.third(self.climb(images)))))


ladder = Ladder(rung=256).to(device)
rule = optim.SGD(ladder.parameters(), lr=0.1)


def once_through():
    ladder.train()
    for images, _ in loader:
        images = images.to(device).view(-1, 784)
        rule.zero_grad()
        cost = F.binary_cross_entropy(ladder(images), images)
        cost.backward()
        rule.step()


for turn in range(10):
    once_through()
"""
)

LOGITS = (
    DATA
    + """
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 784)).to(device)
criterion = nn.BCEWithLogitsLoss()
optimizer = optim.Adam(model.parameters())
for epoch in range(5):
    for x, _ in loader:
        x = x.to(device)
        out = model(x)
        loss = criterion(out, x.flatten(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    images = torch.sigmoid(model(x))
"""
)

LIGHTNING = """\
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


def half(*sizes):
    a, b, c = sizes
    return nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))


class Wardrobe(pl.LightningModule):
    def __init__(self, neck=20, speed=1e-3):
        super().__init__()
        self.speed = speed
        self.fold = half(784, 100, neck)
        self.unfold = half(neck, 100, 784)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.speed)

    def training_step(self, pair, at):
        clothes = pair[0].flatten(1)
        gap = nn.functional.mse_loss(self.unfold(self.fold(clothes)), clothes)
        self.log("gap", gap)
        return gap


source = datasets.FashionMNIST("wardrobe", download=True, transform=transforms.ToTensor())
pl.Trainer(max_epochs=8).fit(Wardrobe(neck=10), DataLoader(source, batch_size=32))
"""

NOISY = (
    DATA
    + """
down = []
for a, b in [(784, 200), (200, 50)]:
    down += [nn.Linear(a, b), nn.LeakyReLU(0.1)]
mender = nn.Sequential(
    *down, nn.Linear(50, 200), nn.LeakyReLU(0.1), nn.Linear(200, 784), nn.Sigmoid())
rule = optim.Adam(mender.parameters(), lr=0.001)
for turn in range(10):
    for clean, unused in loader:
        clean = clean.flatten(1)
        grainy = (clean + 0.5 * torch.randn(*clean.shape)).clamp(0., 1.)
        gap = F.mse_loss(mender(grainy), clean)
        rule.zero_grad()
        gap.backward()
        rule.step()
"""
)

NORMALIZED = """\
import torch, torchvision
import torch.nn as nn
from torchvision import transforms
t = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
data = torchvision.datasets.MNIST(root='.', train=True, transform=t, download=True)
loader = torch.utils.data.DataLoader(dataset=data, batch_size=100, shuffle=True)
class A(nn.Module):
    def __init__(self):
        super(A, self).__init__()
        self.e1 = nn.Linear(784, 50)
        self.d1 = nn.Linear(50, 784)
        self.act = nn.Tanh()
    def forward(self, x):
        x = x.reshape(x.shape[0], -1)
        return self.d1(self.act(self.e1(x)))
m = A()
crit = nn.SmoothL1Loss()
o = torch.optim.RMSprop(m.parameters())
epochs = 3
losses = []
for e in range(epochs):
    for (x, _) in loader:
        o.zero_grad()
        y = m(x)
        l = crit(y, x.reshape(-1, 784))
        l.backward()
        o.step()
        losses.append(l.item())
"""

FULL_BATCH = """\
import torch
from torch import nn
from torchvision.datasets import MNIST
ds = MNIST(".", download=True)
X = ds.data.float().view(-1, 784) / 255
X = X[:2000]
net = nn.Sequential(nn.Linear(784, 30), nn.Sigmoid(), nn.Linear(30, 784), nn.Sigmoid())
opt = torch.optim.AdamW(net.parameters(), lr=1e-2)
for i in range(200):
    out = net(X)
    loss = ((out - X) ** 2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
"""

SPARSE = (
    DATA
    + """
class SAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(784, 100)
        self.dec = nn.Linear(100, 784)
    def forward(self, x):
        h = torch.relu(self.enc(x))
        return torch.sigmoid(self.dec(h)), h

sae = SAE()
optimizer = torch.optim.Adam(sae.parameters(), lr=1e-3)
lam = 1e-4
for epoch in range(4):
    for x, _ in loader:
        x = x.view(-1, 784)
        xh, h = sae(x)
        loss = F.mse_loss(xh, x) + lam * torch.mean(torch.abs(h))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
)

VAE = (
    DATA
    + """
class Cloud(nn.Module):
    def __init__(self, width=300, code=8):
        super().__init__()
        self.inward = nn.Linear(784, width)
        self.middle = nn.Linear(width, code)
        self.log_width = nn.Linear(width, code)
        self.outward = nn.Sequential(nn.Linear(code, width), nn.ReLU(), nn.Linear(width, 784))

    def forward(self, images):
        hidden = F.relu(self.inward(images))
        middle, log_width = self.middle(hidden), self.log_width(hidden)
        code = middle + log_width.exp() * torch.randn_like(middle)
        return torch.sigmoid(self.outward(code)), middle, log_width


cloud = Cloud()
rule = optim.Adam(cloud.parameters())
for images, _ in loader:
    images = images.flatten(1)
    drawn, middle, log_width = cloud(images)
    spread = (middle ** 2 + (2 * log_width).exp() - 2 * log_width - 1).sum() / 2
    rule.zero_grad()
    loss = F.binary_cross_entropy(drawn, images, reduction="sum") + spread
    loss.backward()
    rule.step()
"""
)

CONV = (
    DATA
    + """
model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.ConvTranspose2d(16, 1, 3), nn.Sigmoid())
criterion = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, _ in loader:
        loss = criterion(model(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
)

TENSORFLOW_1 = """\
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

source = input_data.read_data_sets("digits")
widths = [784, 256, 128, 256, 784]


def layer(values, n, m, name):
    weights = tf.Variable(tf.random_normal([n, m], stddev=0.05), name=name)
    bias = tf.Variable(tf.zeros([m]))
    return tf.sigmoid(tf.matmul(values, weights) + bias)


images = tf.placeholder(tf.float32, [None, widths[0]])
values = images
for at in range(4):
    values = layer(values, widths[at], widths[at + 1], "layer%d" % at)
error = tf.reduce_mean(tf.square(images - values))
step = tf.train.RMSPropOptimizer(learning_rate=0.01).minimize(error)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for epoch in range(20):
        for _ in range(source.train.num_examples // 256):
            some = source.train.next_batch(256)[0]
            session.run(step, feed_dict={images: some})
"""

TENSORFLOW_LAYERS = """\
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
from tensorflow.examples.tutorials.mnist import input_data
data = input_data.read_data_sets('MNIST_data')
x = tf.placeholder(tf.float32, shape=(None, 784), name="x")
with tf.variable_scope("encoder"):
    h = tf.layers.dense(x, 300, activation=tf.nn.elu)
    code = tf.layers.dense(h, 10, activation=tf.nn.elu)
with tf.variable_scope("decoder"):
    h = tf.layers.dense(code, 300, activation=tf.nn.elu)
    logits = tf.layers.dense(h, 784)
    out = tf.nn.sigmoid(logits)
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits))
train_op = tf.train.AdamOptimizer(learning_rate=0.003).minimize(loss)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(11000):
    batch, _ = data.train.next_batch(100)
    sess.run(train_op, {x: batch})
"""

SCRIPTS = (
    Script(
        "stacked",
        STACKED,
        dataset="mnist",
        normalization="symmetric",
        layers=(128, 64, 12, 64, 128),
        hidden_activation="relu",
        bottleneck_activation="linear",
        activation="tanh",
        loss="mean_squared_error",
        optimizer="adam",
        learning_rate=0.001,
        weight_decay=1e-5,
        batch_size=128,
        epochs=100,
        assumed={"seed"},
    ),
    Script(
        "attributes",
        ATTRIBUTES,
        normalization="unit",
        layers=(256, 32, 256),
        hidden_activation="relu",
        bottleneck_activation="relu",
        activation="sigmoid",
        loss="binary_crossentropy",
        loss_from="outputs",
        optimizer="sgd",
        learning_rate=0.1,
        batch_size=64,
        epochs=10,
        exact=True,
        assumed={"seed"},
    ),
    Script(
        "logits",
        LOGITS,
        normalization="unit",
        layers=(64,),
        loss="binary_crossentropy",
        optimizer="adam",
        learning_rate=0.001,
        epochs=5,
    ),
    Script(
        "lightning",
        LIGHTNING,
        dataset="fashion-mnist",
        normalization="unit",
        layers=(100, 10, 100),
        bottleneck_activation="linear",
        activation="linear",
        loss="mean_squared_error",
        batch_size=32,
        epochs=8,
        assumed={"seed"},
    ),
    Script(
        "noisy",
        NOISY,
        layers=(200, 50, 200),
        hidden_activation="leaky_relu",
        activation="sigmoid",
        noise="gaussian",
        noise_level=0.5,
        noise_target="clean",
        epochs=10,
        batch_size=64,
    ),
    Script(
        "normalized",
        NORMALIZED,
        normalization="standardized",
        layers=(50,),
        hidden_activation="tanh",
        activation="linear",
        loss="huber",
        optimizer="rmsprop",
        learning_rate=0.01,
        batch_size=100,
        epochs=3,
        exact=True,
        assumed={"normalization", "learning_rate", "seed"},
    ),
    Script(
        "full_batch",
        FULL_BATCH,
        normalization="unit",
        layers=(30,),
        hidden_activation="sigmoid",
        loss="mean_squared_error",
        optimizer="adamw",
        learning_rate=0.01,
        batch_size=2000,
        epochs=200,
        exact=True,
    ),
    # The mean over 100 values is a hundredth of their sum.
    Script("sparse", SPARSE, layers=(100,), code_l1=1e-6, loss="mean_squared_error", epochs=4),
    Script("vae", VAE, unsupported="sampled at random"),
    Script("conv", CONV, unsupported="Conv2d"),
    Script(
        "tensorflow_1",
        TENSORFLOW_1,
        dataset="mnist",
        normalization="unit",
        layers=(256, 128, 256),
        hidden_activation="sigmoid",
        activation="sigmoid",
        loss="mean_squared_error",
        optimizer="rmsprop",
        learning_rate=0.01,
        batch_size=256,
        epochs=20,
        exact=True,
        assumed={"seed"},
    ),
    Script(
        "tensorflow_layers",
        TENSORFLOW_LAYERS,
        normalization="unit",
        layers=(300, 10, 300),
        hidden_activation="elu",
        loss="binary_crossentropy",
        learning_rate=0.003,
        batch_size=100,
        epochs=20,
        assumed={"seed", "epochs"},
    ),
)
