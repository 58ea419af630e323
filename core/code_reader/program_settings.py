"""Functions for program settings: argparse, namespaces, dataclasses, paths and seeds."""

from __future__ import annotations

from core.code_reader.reader_state import Handler, ReaderState, constructor
from core.code_reader.values import Arguments, LibraryObject, Ref, Value


def _field(state: ReaderState, args: Arguments) -> Value:
    """`dataclasses.field(...)`: the default of the field."""
    factory = args.get(None, "default_factory")
    return (
        args.get(None, "default") if factory is None else state.call(factory, Arguments(args.node))
    )


def _namespace(state: ReaderState, args: Arguments) -> Value:
    first = args.get(0)
    made = {k: v for k, v in first.items() if isinstance(k, str)} if isinstance(first, dict) else {}
    return LibraryObject("namespace", "namespace", args.line, args, {**made, **args.keywords})


def add_argument(state: ReaderState, parser: LibraryObject, args: Arguments) -> Value:
    """`parser.add_argument("--lr", default=0.001)`."""
    flags = [flag for flag in args.positional if isinstance(flag, str)]
    long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    name = args.get(None, "dest", default=long.lstrip("-").replace("-", "_"))
    value = args.get(None, "default")
    if args.get(None, "action") == "store_true":
        value = bool(value)
    elif args.get(None, "action") == "store_false":
        value = True if value is None else value
    kind = args.get(None, "type")
    if isinstance(value, str) and isinstance(kind, Ref):
        value = state.call(kind, type(args)(args.node, [value]))
    if isinstance(name, str) and name:
        parser.options[name] = value
    return None


def parse_args(state: ReaderState, parser: LibraryObject, args: Arguments) -> Value:
    """`parser.parse_args()`: the defaults of all arguments."""
    options = {k: v for k, v in parser.options.items() if not k.startswith("__")}
    return LibraryObject("namespace", "arguments", parser.line, args, options)


def _path(state: ReaderState, args: Arguments) -> Value:
    parts = [part for part in args.positional if isinstance(part, str)]
    return "/".join(parts)[:500] if len(parts) == len(args.positional) and parts else ""


def _seed(state: ReaderState, args: Arguments) -> Value:
    seed = args.get(0, "seed", "seed_value")
    if isinstance(seed, int) and not isinstance(seed, bool):
        state.seed, state.seed_line = seed, args.line
    return None


HANDLERS: dict[str, Handler] = {
    "argparse.ArgumentParser": constructor("parser", "ArgumentParser"),
    **dict.fromkeys(
        (
            *("argparse.Namespace", "types.SimpleNamespace", "easydict.EasyDict", "dotdict"),
            "omegaconf.OmegaConf.create",
        ),
        _namespace,
    ),
    "pathlib.Path": _path,
    "os.path.join": _path,
    "dataclasses.field": _field,
    **dict.fromkeys(("os.environ.get", "os.getenv"), lambda _, args: args.get(1)),
    **dict.fromkeys(
        (
            *("numpy.random.seed", "torch.manual_seed", "tensorflow.random.set_seed"),
            *("tensorflow.set_random_seed", "keras.utils.set_random_seed", "random.seed"),
            *("lightning.seed_everything", "lightning.pytorch.seed_everything"),
        ),
        _seed,
    ),
}
