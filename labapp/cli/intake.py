"""`labapp pics` and `labapp plan`: the vendor's declaration and the certification plan that follows from it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from labapp.domain.errors import InputError
from labapp.services.intake import inspect_pics, keys_as_json, new_pics
from labapp.services.pics_forms import questionnaire
from labapp.services.planning import plan_as_json, plan_of


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `pics new|check|keys` and `plan`."""
    pics = commands.add_parser("pics", help="the vendor's declaration (PICS)")
    verbs = pics.add_subparsers(dest="verb", metavar="VERB", required=True)

    new = verbs.add_parser("new", help="write an empty form")
    new.add_argument("file", type=Path, metavar="FILE", help="the form to write, .xlsx or .toml")
    new.add_argument("--sut", choices=("cs", "csms"), help="answer the question for the kind of DUT already")
    new.set_defaults(handler=_new)

    check = verbs.add_parser("check", help="name every fault of a filled-in form")
    check.add_argument("file", type=Path, metavar="FILE", help="a filled-in form, .xlsx or .toml")
    check.add_argument("--json", action="store_true", help="answers and faults as JSON on standard output")
    check.set_defaults(handler=_check)

    keys = verbs.add_parser("keys", help="list every question with its key, type and cell")
    keys.add_argument("--json", action="store_true", help="the questions as JSON on standard output")
    keys.set_defaults(handler=_keys)

    plan = commands.add_parser("plan", help="the cases that a declared DUT has to run, and why")
    plan.add_argument("file", type=Path, metavar="FILE", help="a PICS file (.xlsx, .toml), or a project file")
    plan.add_argument("--json", action="store_true", help="the plan as JSON on standard output")
    plan.set_defaults(handler=_plan)


def _new(args: argparse.Namespace) -> int:
    new_pics(args.file, args.sut)
    print(f"{args.file}: an empty form; fill it in and run `labapp pics check {args.file}`", file=sys.stderr)
    return 0


def _check(args: argparse.Namespace) -> int:
    inspection = inspect_pics(args.file)
    if args.json:
        _print_json(inspection.as_json())
    for fault in inspection.faults:
        print(f"labapp: {fault}", file=sys.stderr)
    if not inspection.faults:
        print(f"{args.file}: {len(inspection.answers)} answers, no fault", file=sys.stderr)
        if inspection.unanswered:
            print(f"left open: {', '.join(inspection.unanswered)}", file=sys.stderr)
    return InputError.exit_status if inspection.faults else 0


def _keys(args: argparse.Namespace) -> int:
    keys = keys_as_json(questionnaire())
    if args.json:
        _print_json(keys)
        return 0
    for key in keys:
        unit = f" ({key['unit']})" if key["unit"] else ""
        print(f"{key['key']}: {key['type']}{unit}, {key['sheet']}!{key['cell']}: {key['help']}", file=sys.stderr)
    return 0


def _plan(args: argparse.Namespace) -> int:
    rows = plan_of(args.file)
    if args.json:
        _print_json(plan_as_json(rows))
        return 0
    for row in rows:
        does = "run " if row.applicable else "more" if row.additional else "omit"
        print(f"{row.id:14} {row.requirement or '-'}  {does}  {row.reason}", file=sys.stderr)
    total = f"{sum(row.applicable for row in rows)} of {len(rows)} rows are applicable"
    further = sum(row.additional for row in rows)
    print(f"{total}; {further} further cases fit besides the plan" if further else total, file=sys.stderr)
    return 0


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()
