"""The command line; it uses the same settings, jobs and store as the pages."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from core.cli import (
    cause_command,
    data_command,
    explain_command,
    gallery_command,
    list_command,
    sweep_command,
    train_command,
)
from core.cli.arguments import BAD_INPUT, FAILED, Parser
from core.errors import (
    DataUnavailable,
    InvalidEnvironment,
    InvalidImages,
    InvalidVariant,
    LabError,
    UnreadableCode,
)

INTERRUPTED = 130
REFUSED = (InvalidVariant, InvalidImages, InvalidEnvironment, DataUnavailable, UnreadableCode)
COMMANDS = {
    "train": train_command,
    "list": list_command,
    "sweep": sweep_command,
    "gallery": gallery_command,
    "explain": explain_command,
    "cause": cause_command,
    "data": data_command,
}


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse command and options; exits with code 2 and one line if they are invalid."""
    parser = Parser(prog="python -m core", description="Autoencoder Lab on the command line.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    parsers = {
        name: commands.add_parser(name, help=command.HELP, description=command.HELP)
        for name, command in COMMANDS.items()
    }
    for name, command in COMMANDS.items():
        command.describe(parsers[name])
    options, unknown = parser.parse_known_args(arguments)
    if options.command is None:
        parser.error(f"a command is required; choose from {', '.join(COMMANDS)}.")
    if unknown:
        parsers[options.command].refuse(unknown[0])
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: without the program's name; None for those of this process.

    Returns:
        The exit code: 0; 1 for a failure; 2 for invalid input, an invalid environment variable, or
        data that are not available; 130 after ctrl-C.
    """
    options = parse(arguments)
    try:
        return COMMANDS[options.command].run(options)
    except REFUSED as problem:
        print(problem, file=sys.stderr)
        return BAD_INPUT
    except LabError as problem:
        print(problem, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
