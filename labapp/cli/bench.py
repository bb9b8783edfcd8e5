"""`labapp bench`, `labapp stop` and `labapp amend`: the bench process itself, its end, and a correction of a run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `bench`, `stop` and `amend`."""
    bench = commands.add_parser("bench", help="run prepared directories; `labapp run` starts this", allow_abbrev=False)
    bench.add_argument("directories", type=Path, nargs="+", metavar="DIR")
    bench.add_argument("--stay", action="store_true", help="go on after the last case, until `labapp stop`")
    bench.set_defaults(handler=_bench)

    stop = commands.add_parser("stop", help="end the bench of a run in order", allow_abbrev=False)
    stop.add_argument("directory", type=Path, metavar="DIR")
    stop.set_defaults(handler=_stop)

    amend = commands.add_parser(
        "amend", help="record that a FAIL came from the lab or the tool, so that the case can be run again"
    )
    amend.add_argument("directory", type=Path, metavar="DIR")
    amend.add_argument("--case", required=True, metavar="ID")
    amend.add_argument("--cause", required=True, choices=("lab", "tool"))
    amend.add_argument("--reason", required=True, metavar="TEXT")
    amend.set_defaults(handler=_amend)


def _bench(args: argparse.Namespace) -> int:
    from labapp.services.bench_process import run_bench

    def ready() -> None:
        print(json.dumps({"type": "ready", "runs": [str(each) for each in args.directories]}), flush=True)

    run_bench(args.directories, stay=args.stay, ready=ready)
    return 0


def _stop(args: argparse.Namespace) -> int:
    from labapp.services.sessions import stop

    there_was_one = stop(args.directory)
    print("the bench has ended" if there_was_one else "no bench runs this directory", file=sys.stderr)
    return 0


def _amend(args: argparse.Namespace) -> int:
    from labapp.services.sessions import amend

    amend(args.directory, args.case, args.cause, args.reason)
    print(f"amended: {args.case}, cause {args.cause}", file=sys.stderr)
    return 0
