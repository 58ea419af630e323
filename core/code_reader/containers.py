"""Methods of Python's lists, dicts and strings."""

from __future__ import annotations

from core.code_reader.iteration import elements
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments, Unknown, Value, is_number


def of_list(state: ReaderState, owner: list[Value], name: str, args: Arguments) -> Value:
    """A method of a list, which changes it in place."""
    if len(owner) > 5_000:
        return Unknown("", args.line)
    if name == "append":
        owner.append(args.get(0))
    elif name == "extend":
        owner.extend(elements(state, args.get(0)) or [])
    elif name == "insert" and isinstance(args.get(0), int):
        owner.insert(args.get(0), args.get(1))
    elif name == "pop" and owner:
        index = args.get(0, default=-1)
        return (
            owner.pop(index)
            if isinstance(index, int) and -len(owner) <= index < len(owner)
            else None
        )
    elif name == "reverse":
        owner.reverse()
    elif name == "copy":
        return list(owner)
    elif name == "index" and is_number(args.get(0)) and args.get(0) in owner:
        return owner.index(args.get(0))
    elif name in ("reshape", "astype"):
        return owner
    return None


def of_dict(owner: dict[Value, Value], name: str, args: Arguments) -> Value:
    """A method of a dict."""
    key = args.get(0)
    if name in ("get", "pop"):
        known = isinstance(key, (str, int)) and key in owner
        return owner[key] if known else args.get(1)
    if name == "items":
        return list(owner.items())
    if name == "keys":
        return list(owner)
    if name == "values":
        return list(owner.values())
    if name == "update":
        owner.update(key if isinstance(key, dict) else {})
        owner.update(args.keywords)
        return None
    if name == "copy":
        return dict(owner)
    return Unknown("", args.line)


def of_text(owner: str, name: str, args: Arguments) -> Value:
    """A method of a string."""
    if name in ("lower", "upper", "strip") and not args.positional:
        return str(getattr(owner, name)())
    if name in ("with_name", "joinpath"):
        return args.get(0)
    if name == "split" and isinstance(args.get(0, default=","), str) and args.get(0, default=","):
        return owner.split(args.get(0, default=None))[:200]
    if name in ("startswith", "endswith") and isinstance(args.get(0), str):
        return bool(getattr(owner, name)(args.get(0)))
    return Unknown("", args.line)
