"""`labapp cases`, `labapp version`, `labapp rejudge`: what is judged, by which judge, and judging again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from labapp import __version__
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import case_as_json, listing, select
from labapp.services.judging import judge_digest
from labapp.services.rejudging import rejudge_path

Commands = argparse._SubParsersAction  # the type has no public name


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Register the commands."""
    cases = commands.add_parser("cases", help="list the cases, states and utilities")
    cases.add_argument("--ocpp", choices=tuple(VERSIONS), default="", help="only this version")
    cases.add_argument("--sut", choices=("cs", "csms"), default="", help="only this system under test")
    cases.add_argument("--json", action="store_true", help="as JSON on standard output")
    cases.set_defaults(handler=_cases)
    version = commands.add_parser("version", help="version of labapp and digest of its judge")
    version.add_argument("--json", action="store_true", help="as JSON on standard output")
    version.set_defaults(handler=_version)
    rejudge = commands.add_parser("rejudge", help="judge a run again from its journal alone")
    rejudge.add_argument("path", type=Path, metavar="DIR|BUNDLE|JOURNAL")
    rejudge.add_argument("--json", action="store_true", help="as JSON on standard output")
    rejudge.set_defaults(handler=_rejudge)


def _cases(args: argparse.Namespace) -> int:
    chosen = select(ocpp=args.ocpp, sut=args.sut)
    print(json.dumps([case_as_json(case) for case in chosen], indent=1) if args.json else listing(chosen), end="")
    return 0


def _version(args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps({"version": __version__, "judge": judge_digest()}))
    else:
        print(f"labapp {__version__}, judge {judge_digest()}")
    return 0


def _rejudge(args: argparse.Namespace) -> int:
    again = rejudge_path(args.path)
    if args.json:
        print(json.dumps({"cases": again.cases, "same": again.same, "differences": again.differences}))
        return 0 if again.same else 1
    for entry in again.cases:
        print(f"{entry['id']:14} {entry['attempt']:>2}  {entry['verdict']}  {entry['reason_code']}")
    for difference in again.differences:
        print(
            f"record {difference['record']}: {difference['case']} attempt {difference['attempt']}: {difference['text']}"
        )
    print("the same as recorded" if again.same else f"{len(again.differences)} differences to the record")
    return 0 if again.same else 1
