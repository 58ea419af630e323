"""A variant as a standalone Keras script that reproduces the numbers of its run."""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Iterable, Sequence

from core.data.dataset_location import SAMPLE_FILE
from core.data.datasets import SAMPLE
from core.data.image_sets import PREFIX, plain_name
from core.layer_widths import bottleneck
from core.objectives.activations import SAME
from core.objectives.losses import clipping_decides
from core.optimizers import OPTIMIZERS
from core.run import Run
from core.text import formats
from core.text.labels import file_stem
from core.variant import Variant

# Other machines and compilers round differently, and the differences grow with every step.
TOLERANCE_PERCENT = 5
LONGEST_TUPLE = 84
# Lines of the script's docstring.
CHAOTIC = (
    "Keras clips these outputs before the logarithm, half\nof them from the start, and rounding"
    " decides which of them ever learn."
)

IMPORTS = {
    SAMPLE: "import sys\nfrom pathlib import Path\n\nimport keras",
    "mnist": "import sys\n\nimport keras",
    "fashion-mnist": "import gzip\nimport sys\nfrom pathlib import Path\n\nimport keras",
}
LOADING = {
    SAMPLE: """\
# The 5,000 digits: a file beside this script, or where the first argument says.
path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("mnist_5k.npz")
with np.load(path) as data:
    train, test = data["x_train"], data["x_test"]""",
    "mnist": """\
# Keras downloads MNIST once; without a network, name a copy of mnist.npz as the first argument.
if len(sys.argv) > 1:
    with np.load(sys.argv[1]) as data:
        train, test = data["x_train"], data["x_test"]
else:
    (train, _), (test, _) = keras.datasets.mnist.load_data()""",
    "fashion-mnist": """\
# Keras downloads it once; without a network, pass a folder with its .gz files as an argument.
if len(sys.argv) > 1:
    files = [Path(sys.argv[1], f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k")]
    # The pixels follow a header of 16 bytes.
    train, test = (np.frombuffer(gzip.open(file).read()[16:], np.uint8) for file in files)
else:
    (train, _), (test, _) = keras.datasets.fashion_mnist.load_data()""",
}
# For images that were added here: {file} is filled in.
OWN_LOADING = """\
# The images: a file beside this script, as the lab exports it, or where the first argument says.
path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("{file}")
with np.load(path) as data:
    train, test = data["x_train"], data["x_test"]"""
# Code from grey values to targets, and from outputs back to pixel values (0 black, 1 white).
SCALING = {
    "unit": ('images.astype("float32") / 255', "outputs"),
    "symmetric": ('images.astype("float32") * (2 / 255) - 1', "(outputs + 1) / 2"),
    "raw": ('images.astype("float32")', "outputs / 255"),
    "standardized": (
        '((images - train.mean()) / train.std()).astype("float32")',
        "(outputs * train.std() + train.mean()) / 255",
    ),
    "binarized": ('(images > 127).astype("float32")', "outputs"),
    "sum_to_one": (
        '(images / np.maximum(images.sum(1, keepdims=True), 1)).astype("float32")',
        "outputs * np.maximum(test.sum(1, keepdims=True), 1) / 255",
    ),
}
HIDDEN = """\
for width in {layers}:
    values = keras.layers.Dense(width, activation="{activation}")(values)"""
CODE = 'values = keras.layers.Dense({width}, activation="{activation}"{penalty})(values)'
# The targets of black and white, to which noise is clipped.
ENDS = {
    "unit": "0, 1",
    "symmetric": "-1, 1",
    "raw": "0, 255",
    "standardized": "x.min(), x.max()",
    "binarized": "0, 1",
    "sum_to_one": "0, images.max(1, keepdims=True)",
}
GAUSSIAN = "np.clip(images + noise.normal(0, {level}, images.shape), {ends})"
MASKING = "images * (noise.random(images.shape) >= {level})"

FROM_OUTPUTS = """\
def loss(targets, outputs):
    # Keras does not find the logits of a copy, so it computes the loss from the outputs.
    return keras.losses.{loss}(targets, tf.identity(outputs))"""
AS_LOGITS = """\
def loss(targets, outputs):
    # Of a copy Keras does not find the logits, so it takes the outputs as such.
    return keras.losses.{loss}(targets, tf.identity(outputs), from_logits=True)"""
AS_KERAS = 'loss = "{loss}"'
LOSS = {"keras": AS_KERAS, "outputs": FROM_OUTPUTS, "logits": AS_LOGITS}

SCRIPT = '''\
"""{title}

pip install tensorflow
python {name}{note}
"""

{imports}
import numpy as np
import tensorflow as tf

{loading}
train, test = train.reshape(-1, 784), test.reshape(-1, 784)


def scaled(images):
    return {scaled}


{loss}

keras.utils.set_random_seed({seed})
inputs = values = keras.Input((784,))
{hidden}
model = keras.Model(inputs, keras.layers.Dense(784, activation="{activation}")(values))
model.compile(keras.optimizers.{optimizer}, loss=loss)

x = scaled(train)
# With a fixed seed, fit(shuffle=True) repeats one order in every epoch (Keras 3.15).
shuffle = np.random.default_rng({seed}){generator}
for epoch in range({epochs}):
    images = x[shuffle.permutation(len(x))]
{noise}    fitted = model.fit({pair}, batch_size={batch_size}, shuffle=False, verbose=0)
    print(f"epoch {{epoch + 1}} of {epochs}: loss {{fitted.history['loss'][0]:.4f}}", flush=True)

held_out = scaled(test)
outputs = model.predict(held_out, verbose=0)
pixels = np.clip({pixels}, 0, 1).astype("float32")
greys = (test / 255).astype("float32")
mse = np.square(pixels - greys).mean(dtype="float64")
pictures = (values.reshape(-1, 28, 28, 1) for values in (pixels, greys))
print(f"held-out loss {{model.evaluate(held_out, held_out, verbose=0):.6g}}")
print(f"held-out MSE {{mse:.6g}}")
print(f"held-out MAE {{np.abs(pixels - greys).mean(dtype='float64'):.6g}}")
print(f"held-out PSNR {{-10 * np.log10(mse):.6g}}")
print(f"held-out SSIM {{np.mean(tf.image.ssim(*pictures, max_val=1.0)):.6g}}")
'''


def keras_script(variant: Variant, run: Run | None = None) -> str:
    """A script of about 60 lines that needs only TensorFlow.

    It builds and trains the same network with the same seed and order of images, and prints the
    same held-out numbers: within `TOLERANCE_PERCENT` for a run that works and is not chaotic.

    Args:
        variant: what to train.
        run: the run of that variant; its numbers are stated at the top.
    """
    scaled, pixels = SCALING[variant.normalization]
    return SCRIPT.format(
        title=f"An autoencoder: {variant.activation} output, {variant.loss},"
        f" {plain_name(variant.dataset)}.",
        name=script_name(variant),
        note=_note(run),
        imports=IMPORTS.get(variant.dataset, IMPORTS[SAMPLE]),
        loading=_loading(variant.dataset),
        loss=LOSS[variant.loss_from].format(loss=variant.loss),
        scaled=scaled,
        pixels=pixels,
        hidden=_hidden(variant),
        optimizer=_optimizer(variant),
        **_noise(variant),
        **{name: getattr(variant, name) for name in PLAIN_FIELDS},
    )


PLAIN_FIELDS = ("seed", "activation", "batch_size", "epochs")


def _hidden(variant: Variant) -> str:
    """The lines of the hidden layers; the bottleneck has its own if its activation differs."""
    if variant.bottleneck_activation == SAME and not variant.code_l1:
        return _equal(variant.layers, variant.hidden_activation)
    place = bottleneck(variant.layers)
    lines = []
    if variant.code_l1:
        lines.append(f"penalty = keras.regularizers.L1({variant.code_l1!r})")
    code = CODE.format(
        width=variant.layers[place],
        activation=variant.activations[place],
        penalty=", activity_regularizer=penalty" if variant.code_l1 else "",
    )
    before, after = variant.layers[:place], variant.layers[place + 1 :]
    parts = [_equal(part, variant.hidden_activation) for part in (before, after)]
    return "\n".join(part for part in [*lines, parts[0], code, parts[1]] if part)


def _equal(layers: Sequence[int], activation: str) -> str:
    return HIDDEN.format(layers=_tuple(layers), activation=activation) if layers else ""


def _noise(variant: Variant) -> dict[str, str]:
    """The lines that add noise, and the expressions for inputs and targets."""
    if variant.noise == "none":
        return {"generator": "", "noise": "", "pair": "images, images"}
    form = GAUSSIAN if variant.noise == "gaussian" else MASKING
    value = form.format(level=repr(variant.noise_level), ends=ENDS[variant.normalization])
    return {
        "generator": f"\nnoise = np.random.default_rng({variant.seed})",
        "noise": f"    noisy = {value}\n",
        "pair": "noisy, images" if variant.noise_target == "clean" else "noisy, noisy",
    }


def _tuple(values: Sequence[int | str]) -> str:
    """A tuple, wrapped to the line length."""
    text = repr(tuple(values))
    if len(text) <= LONGEST_TUPLE:
        return text
    inner = ", ".join(map(repr, values)) + ","
    return f"(\n{textwrap.indent(textwrap.fill(inner, LONGEST_TUPLE), '    ')}\n)"


def _optimizer(variant: Variant) -> str:
    """The optimizer with the arguments that differ from Keras' defaults."""
    arguments = [repr(variant.learning_rate)]
    if variant.momentum:
        arguments.append(f"momentum={variant.momentum!r}")
    if variant.weight_decay:
        arguments.append(f"weight_decay={variant.weight_decay!r}")
    return f"{OPTIMIZERS[variant.optimizer].keras_class}({', '.join(arguments)})"


def images_name(dataset: str) -> str:
    """The file name of the images of an image set."""
    return f"{dataset[: len(PREFIX) + 8]}.npz"


def _loading(dataset: str) -> str:
    return LOADING.get(dataset) or OWN_LOADING.format(file=images_name(dataset))


def script_name(variant: Variant) -> str:
    """The file name of a variant's script."""
    return f"{file_stem(variant)}.py"


def scripts_with_data(runs: Iterable[tuple[Variant, Run | None]]) -> bytes:
    """A zip file of scripts, with the sample of 5,000 digits if one of them needs it.

    Args:
        runs: pairs of variant and run (see `keras_script`), read one at a time.
    """
    target = io.BytesIO()
    datasets = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for variant, run in runs:
            datasets.add(variant.dataset)
            archive.writestr(zipfile.ZipInfo(script_name(variant)), keras_script(variant, run))
        if SAMPLE in datasets:
            # Stored uncompressed, since it is already compressed.
            archive.writestr(zipfile.ZipInfo(SAMPLE_FILE.name), SAMPLE_FILE.read_bytes())
    return target.getvalue()


def _is_chaotic(variant: Variant) -> bool:
    return clipping_decides(variant.activation, variant.loss, variant.loss_from)


def _note(run: Run | None) -> str:
    if run is None:
        return ""
    found = (
        f"The lab's run: held-out MSE {formats.loss(run.scores.mse)},"
        f" SSIM {formats.ssim(run.scores.ssim)}"
    )
    if run.status == "finished" and _is_chaotic(run.variant):
        return f"\n\n{found}.\nExpect different numbers: {CHAOTIC}"
    if run.status == "finished":
        return f"\n\n{found}; expect the same to within {TOLERANCE_PERCENT} %."
    ending = "was stopped early" if run.status == "stopped" else "diverged: a loss was not finite"
    return f"\n\n{found}, but it {ending}; this script trains to the end."
