"""`labapp project`: the keys of PROJECT.toml, and a check of one file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from labapp.domain.project_keys import as_tables, keys_as_json
from labapp.services.projects import open_project, project_toml


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `project keys|check`."""
    project = commands.add_parser("project", help="the project file, PROJECT.toml")
    verbs = project.add_subparsers(dest="verb", metavar="VERB", required=True)

    keys = verbs.add_parser("keys", help="list every key with type, unit and default")
    keys.add_argument("--json", action="store_true", help="the keys as JSON on standard output")
    keys.set_defaults(handler=_keys)

    check = verbs.add_parser(
        "check", help="name every fault of a project file, or print the project as it would be used"
    )
    check.add_argument("file", type=Path, metavar="FILE", help="a project file")
    check.add_argument("--json", action="store_true", help="the project as JSON on standard output")
    check.set_defaults(handler=_check)


def _keys(args: argparse.Namespace) -> int:
    keys = keys_as_json()
    if args.json:
        _print_json(keys)
        return 0
    table = ""
    for key in keys:
        if key["table"] != table:
            table = key["table"]
            print(f"\n[{table}]", file=sys.stderr)
        print(f"{key['key']}: {_described(key)}", file=sys.stderr)
    return 0


def _described(key: dict[str, Any]) -> str:
    parts = [key["type"] + (f" in {key['unit']}" if key["unit"] else "")]
    if key["choices"]:
        parts.append("one of " + ", ".join(str(choice) for choice in key["choices"]))
    if key["default"] not in (None, "", [], {}):
        parts.append(f"default {json.dumps(key['default'], ensure_ascii=False)}")
    if key["required_when"]:
        parts.append("required" if key["required_when"] == "always" else f"required when {key['required_when']}")
    return f"{key['help']} ({'; '.join(parts)})"


def _check(args: argparse.Namespace) -> int:
    tables = as_tables(open_project(args.file).project)
    if args.json:
        _print_json(tables)
    else:
        print(project_toml(tables), end="", file=sys.stderr)
        print(f"{args.file}: no fault; above, the project as it would be used", file=sys.stderr)
    return 0


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()
