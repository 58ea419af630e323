"""Methods of all values except instances of the script's classes."""

from __future__ import annotations

from collections.abc import Callable

from core.code_reader import (
    array_functions,
    data_sources,
    dataset_methods,
    keras_models,
    numerics,
    preprocessing,
    program_settings,
    random_functions,
    tensorflow_functions,
    torch_training,
)
from core.code_reader.containers import of_dict, of_list, of_text
from core.code_reader.elementwise import transposed
from core.code_reader.fallbacks import opaque
from core.code_reader.model_values import (
    FunctionalModel,
    ImageDataset,
    Instance,
    Layer,
    SequentialModel,
    Tensor,
)
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import (
    Arguments,
    Attribute,
    BoundMethod,
    Function,
    LibraryObject,
    Unknown,
    UserClass,
    Value,
)

ObjectMethod = Callable[[ReaderState, LibraryObject, Arguments], Value]


def call(state: ReaderState, method: Attribute, args: Arguments) -> Value:
    """The value of a method call."""
    owner = method.owner
    if isinstance(owner, Tensor):
        return _of_tensor(state, owner, method.name, args)
    if isinstance(owner, (SequentialModel, FunctionalModel, Instance)):
        return _of_model(state, owner, method.name, args)
    if isinstance(owner, LibraryObject):
        return _of_object(state, owner, method.name, args)
    if isinstance(owner, ImageDataset):
        return dataset_methods.call(state, owner, method.name, args)
    if isinstance(owner, list):
        return of_list(state, owner, method.name, args)
    if isinstance(owner, dict):
        return of_dict(owner, method.name, args)
    if isinstance(owner, str):
        return of_text(owner, method.name, args)
    if isinstance(owner, Unknown) and method.name == "backward":
        return torch_training.backward(state, args.get(0), args)  # accelerator.backward(loss)
    if isinstance(owner, Attribute) and method.name == "assign":
        return _assigned(owner, args)
    if isinstance(owner, (int, float)) and method.name in ("numpy", "item", "astype"):
        return owner
    if isinstance(owner, Layer):
        return owner if method.name in ("to", "cuda", "cpu", "float") else Unknown("", args.line)
    return opaque(state, args, f"{method.name} is not a known method")


def _assigned(variable: Attribute, args: Arguments) -> Value:
    """`optimizer.learning_rate.assign(0.01)`."""
    optimizer, name = variable.owner, "learning_rate" if variable.name == "lr" else variable.name
    if isinstance(optimizer, LibraryObject) and optimizer.kind == "optimizer":
        optimizer.options[name] = args.get(0, "value")
    return None


SAME = (
    *("cuda", "cpu", "to", "float", "double", "half", "numpy", "clone", "contiguous"),
    *("requires_grad_", "copy", "astype", "type", "eval", "squeeze_", "to_numpy", "as_matrix"),
    *("tolist", "pin_memory", "type_as", "cache", "todense", "toarray"),
)
SHAPED = ("reshape", "view", "resize_", "resize")
IN_PLACE = ("add_", "sub_", "mul_", "div_")
ACTIVATED = {"relu", "sigmoid", "tanh", "softmax", "relu_", "sigmoid_"}


def _of_tensor(state: ReaderState, owner: Tensor, name: str, args: Arguments) -> Value:
    with_owner = Arguments(args.node, [owner, *args.positional], args.keywords)
    if name in SAME and owner.op == "random":
        return owner  # noise or a mask, cast to another type
    if name == "detach":
        return numerics.detached(state, owner, args.node)
    if name in SAME:
        return state.tensor("cast", owner, node=args.node, shape=owner.shape)
    if name in SHAPED:
        given = args.get(0, "shape", "newshape")
        wanted = args.positional if len(args.positional) > 1 else given
        if isinstance(wanted, (int, Unknown)):
            wanted = [wanted]
        return numerics.reshape(state, owner, wanted, args.node)
    if name in ACTIVATED:
        return tensorflow_functions.HANDLERS[f"tensorflow.nn.{name.rstrip('_')}"](state, with_owner)
    if name == "backward":
        return torch_training.backward(state, owner, args)
    if name == "minimize":
        return None
    if name == "size":
        return _size(state, owner, args)
    if name in ("item", "dim", "numel", "nelement"):
        return Unknown("a number known only at run time", args.line)
    return _other_method_of_tensor(state, owner, name, with_owner)


def _other_method_of_tensor(state: ReaderState, owner: Tensor, name: str, args: Arguments) -> Value:
    if name == "drop" and owner.detail.get("table"):
        return state.tensor("rows", owner, node=args.node, shape=(None, 784))
    if name == "pop" and owner.detail.get("table"):
        owner.shape = (None, 784)
        return state.tensor("labels", node=args.node)
    if owner.op == "variable" and name in ("t", "transpose"):
        return transposed(state, owner, args.node)
    if name in ("transpose", "permute", "swapaxes"):
        return state.tensor("transpose", owner, node=args.node)
    if name == "ravel":
        name = "flatten"
    if name in ("repeat", "shuffle") or (name == "sample" and args.get(2, "frac") in (1, 1.0)):
        return state.tensor("rows", owner, node=args.node, shape=None)
    if name in ("sample", "head", "take", "narrow", "index_select"):
        return state.tensor("rows", owner, node=args.node, shape=None, part=True)
    if name in ("reshape_as", "view_as"):
        other = args.get(1)
        shape = other.shape if isinstance(other, Tensor) else None
        return state.tensor("reshape", owner, node=args.node, shape=shape)
    if name == "eval":
        return owner
    handler = array_functions.FUNCTIONS.get(name.rstrip("_"))
    if handler is not None:
        made = handler(state, args)
        if name in IN_PLACE and isinstance(made, Tensor):
            owner.detail["modified"] = args.line
        return made
    return state.tensor("opaque", owner, node=args.node, reason=f"{name} is not a known method")


def _size(state: ReaderState, owner: Tensor, args: Arguments) -> Value:
    shape = tuple(
        Unknown("the number of images cannot be determined", args.line) if n is None else n
        for n in owner.shape or ()
    )
    index = args.get(0, "dim")
    if index is None:
        return shape if owner.shape else Unknown("", args.line)
    if isinstance(index, int) and -len(shape) <= index < len(shape):
        return shape[index]
    return Unknown("", args.line)


def _of_model(
    state: ReaderState,
    owner: SequentialModel | FunctionalModel | Instance,
    name: str,
    args: Arguments,
) -> Value:
    if name in ("forward", "call", "__call__"):
        return state.call(owner, args)
    if name == "append" and isinstance(owner, SequentialModel):
        name = "add"
    if name == "add_module" and isinstance(owner, (SequentialModel, Instance)):
        if isinstance(owner, SequentialModel):
            owner.layers.append(args.get(1, "module"))
        else:
            owner.attributes[str(args.get(0, "name"))] = args.get(1, "module")
        return None
    if name == "save_hyperparameters" and isinstance(owner, Instance):
        given = args.get(0)
        if isinstance(given, dict):
            given = LibraryObject("namespace", "hparams", args.line, options=dict(given))
        if isinstance(given, LibraryObject):
            owner.attributes["hparams"] = given
        return None
    if name in ("register_buffer", "log", "zero_grad"):
        return None
    handler = keras_models.METHODS.get(name)
    if handler is not None:
        return handler(state, owner, args)
    return opaque(state, args, f"{name} is not a known method")


OBJECT_METHODS: dict[tuple[str, str], ObjectMethod] = {
    ("scaler", "fit"): preprocessing.fit,
    ("scaler", "transform"): preprocessing.transform,
    ("scaler", "fit_transform"): preprocessing.transform,
    ("scaler", "inverse_transform"): preprocessing.inverse,
    ("parser", "add_argument"): program_settings.add_argument,
    ("parser", "parse_args"): program_settings.parse_args,
    ("split", "next_batch"): data_sources.next_batch,
    ("optimizer", "step"): torch_training.step,
    ("optimizer", "minimize"): tensorflow_functions.minimize,
    ("optimizer", "apply_gradients"): tensorflow_functions.apply_gradients,
    ("optimizer", "apply"): tensorflow_functions.apply_gradients,
    ("tape", "gradient"): tensorflow_functions.gradient,
    ("session", "run"): tensorflow_functions.run,
    ("trainer", "fit"): torch_training.lightning_fit,
}


def _of_object(state: ReaderState, owner: LibraryObject, name: str, args: Arguments) -> Value:
    handler = OBJECT_METHODS.get((owner.kind, name))
    if handler is not None:
        return handler(state, owner, args)
    if owner.kind == "super":
        return _of_super(state, owner, name, args)
    if owner.kind == "rng":
        return _of_generator(state, name, args)
    if owner.kind == "parser" and name == "parse_known_args":
        return (program_settings.parse_args(state, owner, args), [])
    if owner.kind == "parser" and name == "add_argument_group":
        return owner
    if owner.kind == "optimizer" and name == "zero_grad":
        return None
    if owner.kind == "train_op" and name == "run":
        inner = Arguments(args.node, [owner, args.get(0, "feed_dict")])
        return tensorflow_functions.run(state, LibraryObject("session", "", args.line), inner)
    if owner.kind == "tape" and name == "watch":
        return None
    if owner.kind == "grad_scaler":
        return _of_grad_scaler(state, name, args)
    if owner.kind == "generator" and name == "flow":
        return dataset_methods.flow(state, owner, args)
    return opaque(state, args, f"{name} is not a known method")


def _of_grad_scaler(state: ReaderState, name: str, args: Arguments) -> Value:
    """PyTorch's GradScaler, which does not change the loss."""
    first = args.get(0)
    if name == "step" and isinstance(first, LibraryObject):
        return torch_training.step(state, first, args)
    return first if name == "scale" else None


def _of_generator(state: ReaderState, name: str, args: Arguments) -> Value:
    if name == "random":
        name = "rand"
    handler = random_functions.HANDLERS.get(f"numpy.random.{name}")
    return handler(state, args) if handler else Unknown("", args.line)


def _of_super(state: ReaderState, owner: LibraryObject, name: str, args: Arguments) -> Value:
    cls, instance = owner.options["class"], owner.options["owner"]
    for base in cls.bases if isinstance(cls, UserClass) else []:
        found = base.find(name) if isinstance(base, UserClass) else None
        if isinstance(found, Function):
            return state.call(BoundMethod(found, instance), args)
    if isinstance(instance, Instance) and name != "__init__":
        return _of_model(state, instance, name, args) if name not in ("forward", "call") else None
    if isinstance(instance, Instance) and args.keywords.get("outputs") is not None:
        instance.attributes["__graph__"] = args.keywords["outputs"]
    return None
