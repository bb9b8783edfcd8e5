"""The command line of labapp: parse, dispatch, and turn errors into one message and the exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Mapping, Sequence

from labapp import __version__
from labapp.domain.errors import LabappError

#: Command groups, each a module of labapp.cli, with the commands that it registers: a command loads its own group only.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "bench": ("bench", "stop", "amend"),
    "cases": ("cases", "version", "rejudge"),
    "demo": ("demo",),
    "intake": ("pics", "plan"),
    "measure": ("measure",),
    "project": ("project",),
    "report": ("report", "sign", "verify"),
    "run": ("run", "attach"),
    "selftest": ("selftest",),
    "simulate": ("simulate",),
}

BUG = 4


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The parser with the group of a command, or with every group's commands when it is none of them."""
    parser = argparse.ArgumentParser(prog="labapp", description="OCPP certification test laboratory")
    parser.add_argument("--version", action="version", version=f"labapp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = [group for group, names in GROUPS.items() if command in names] or list(GROUPS)
    for group in chosen:
        importlib.import_module(f"labapp.cli.{group}").add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit status of the design's table (4 bug, 3 environment, 2 input, 1, 0)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = build_parser(arguments[0] if arguments else "").parse_args(arguments)
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


if __name__ == "__main__":
    sys.exit(main())
