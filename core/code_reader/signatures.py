"""The arguments of Keras' functions in all versions, to detect misspelt ones."""

from __future__ import annotations

from core.code_reader.fallbacks import nearest, note_unexpected_argument
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments

BASE_LAYER_ARGUMENTS = (
    "name dtype trainable input_shape batch_input_shape input_dim batch_size weights input_dtype"
)
SIGNATURES: dict[str, str] = {
    "Dense": (
        "units activation use_bias kernel_initializer bias_initializer kernel_regularizer"
        " bias_regularizer activity_regularizer kernel_constraint bias_constraint lora_rank"
        " lora_alpha quantization_config output_dim init W_regularizer b_regularizer W_constraint"
        " b_constraint bias"
    ),
    "Input": "shape batch_size dtype sparse batch_shape name tensor optional ragged type_spec",
    "Activation": "activation",
    "Dropout": "rate noise_shape seed p",
    "GaussianNoise": "stddev seed sigma",
    "LeakyReLU": "negative_slope alpha",
    "Reshape": "target_shape",
    "Flatten": "data_format",
    "Model": "inputs outputs name trainable input output",
    "compile": (
        "optimizer loss metrics loss_weights weighted_metrics run_eagerly steps_per_execution"
        " jit_compile auto_scale_loss sample_weight_mode target_tensors pss_evaluation_shards"
    ),
    "fit": (
        "x y batch_size epochs verbose callbacks validation_split validation_data shuffle"
        " class_weight sample_weight initial_epoch steps_per_epoch validation_steps"
        " validation_batch_size validation_freq max_queue_size workers use_multiprocessing nb_epoch"
        " show_accuracy generator samples_per_epoch nb_val_samples"
    ),
}
LAYERS = {"Dense", "Activation", "Dropout", "GaussianNoise", "LeakyReLU", "Reshape", "Flatten"}


def check(state: ReaderState, title: str, args: Arguments) -> None:
    """Note arguments that no version of Keras accepts as faults."""
    if title not in SIGNATURES:
        return
    known = set(SIGNATURES[title].split())
    if title in LAYERS:
        known |= set(BASE_LAYER_ARGUMENTS.split())
    for name in args.keywords:
        if name not in known:
            note_unexpected_argument(state, title, name, known, args)


def similar_argument(args: Arguments, wanted: str) -> str:
    """The argument whose name is a misspelling of `wanted`; "" if there is none."""
    others = [name for name in args.keywords if name != wanted]
    return nearest(wanted, others)
