"""`labapp demo`: the whole job on the simulator, unattended."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `demo`."""
    demo = commands.add_parser(
        "demo",
        help="the whole job on the simulator: workbook, network, cases, signed report, verified bundle",
        description="Takes the simulated charging station from a vendor's PICS workbook to a signed report and a verified "
        "evidence bundle. The last line on standard output names them as JSON.",
    )
    form = demo.add_mutually_exclusive_group()
    for name, what in (
        ("quick", "a case of each kind, short intervals (default)"),
        ("full", "every case of the plan, intervals as in a laboratory"),
    ):
        form.add_argument(f"--{name}", action="store_const", const=name, dest="form", help=what)
    demo.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="where to (default %(default)s)")
    demo.set_defaults(handler=_demo, form="quick")


def _demo(args: argparse.Namespace) -> int:
    from labapp.services.demonstration import demonstrate

    made = demonstrate(args.out, args.form)
    paths = {"pdf": str(made.pdf), "xlsx": str(made.xlsx), "bundle": str(made.bundle), "verified": made.verified}
    print(json.dumps(paths))
    return made.status if made.verified else max(made.status, 1)
