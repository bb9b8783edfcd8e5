"""`labapp selftest`: the proof of the verdicts."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from labapp.selftest.report import table
from labapp.services.selftesting import keep_self_test, self_test

Commands = argparse._SubParsersAction  # the type has no public name


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Register the command."""
    selftest = commands.add_parser(
        "selftest", help="break the frames of a conformant device in every way, and see that the verdict follows"
    )
    selftest.add_argument("--case", action="append", default=[], metavar="ID", help="only this case; may be repeated")
    selftest.add_argument(
        "--out", type=Path, metavar="DIR", help="write every journal, and the frames before and after"
    )
    selftest.add_argument("--json", action="store_true", help="as JSON on standard output")
    selftest.set_defaults(handler=_selftest)


def _selftest(args: argparse.Namespace) -> int:
    started = datetime.now(UTC)
    test = self_test(args.case, args.out)
    print(json.dumps(test.as_json()) if args.json else table(test), end="\n" if args.json else "")
    if not args.case:
        keep_self_test(test, started)
    return 0 if test.in_order else 1
