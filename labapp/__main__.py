"""The command line of labapp: parse, dispatch, and turn errors into one message and the exit status."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from labapp import __version__
from labapp.domain.errors import EnvironmentFault, LabappError

#: Command groups, each a module of labapp.cli, with the commands that it registers: a command loads its own group only.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "bench": ("bench", "stop", "amend"),
    "cases": ("cases", "version", "rejudge"),
    "demo": ("demo",),
    "index": ("index",),
    "intake": ("pics", "plan"),
    "measure": ("measure",),
    "project": ("project",),
    "report": ("report", "sign", "verify"),
    "run": ("run", "attach"),
    "selftest": ("selftest",),
    "simulate": ("simulate",),
}

BUG = 4

#: The command that shows the window; also what `labapp` without a command does.
WINDOW = "window"


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The parser with the group of a command, or with every group's commands when it is none of them."""
    parser = argparse.ArgumentParser(prog="labapp", description="OCPP certification test laboratory")
    parser.add_argument("--version", action="version", version=f"labapp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = [group for group, names in GROUPS.items() if command in names]
    if not chosen:
        window = commands.add_parser(WINDOW, help="the window; also without a command", allow_abbrev=False)
        window.add_argument("directory", type=Path, nargs="?", metavar="DIR", help="of a run to show at once")
        window.set_defaults(handler=_window)
        chosen = list(GROUPS) if command != WINDOW else []
    for group in chosen:
        importlib.import_module(f"labapp.cli.{group}").add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit status of the design's table (4 bug, 3 environment, 2 input, 1, 0)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    arguments = arguments or [WINDOW]
    _open_to_every_character()
    args = build_parser(arguments[0]).parse_args(arguments)
    try:
        status = int(args.handler(args))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever reads our output has had enough (`labapp … | head`); what is left to flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LabappError as error:
        print(f"labapp: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("labapp: interrupted", file=sys.stderr)
        return 130
    except Exception:
        traceback.print_exc()
        print("labapp: this is a bug in labapp; the lines above say where", file=sys.stderr)
        return BUG


def _open_to_every_character() -> None:
    """Let no character end a command: one that the output's encoding lacks is escaped, and bytes that are no UTF-8 reach the reader."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        # What has been read from already stays as it is.
        with suppress(io.UnsupportedOperation):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")


def _window(args: argparse.Namespace) -> int:
    try:
        from labapp.gui.screen import refuse_no_screen

        refuse_no_screen()
        from labapp.gui.app import run_window
    except ImportError as error:
        raise EnvironmentFault(
            f"Qt cannot be loaded: {error}", where="the window", mend="run `make gui`, which installs what it needs"
        ) from None
    return run_window(args.directory)


if __name__ == "__main__":
    sys.exit(main())
