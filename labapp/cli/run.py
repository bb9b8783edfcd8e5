"""`labapp run` and `labapp attach`: a run on the bench, and its operator."""

from __future__ import annotations

import argparse
from pathlib import Path

from labapp.domain.errors import InputError


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `run` and `attach`."""
    run = commands.add_parser("run", help="run the cases of a project on a bench", allow_abbrev=False)
    run.add_argument("project", type=Path, nargs="?", metavar="PROJECT.toml")
    run.add_argument("--resume", type=Path, metavar="DIR", help="go on with a run whose bench has ended")
    run.add_argument(
        "--case",
        action="append",
        default=[],
        metavar="ID",
        help="only this case, also several times; with --resume: also one that is judged",
    )
    run.add_argument("--out", type=Path, metavar="DIR", help="directory of the run (default runs/PROJECT-UTC)")
    run.add_argument("--detach", action="store_true", help="start the bench and leave it to operators who attach")
    _add_operator(run, ("console", "jsonl", "auto"))
    run.set_defaults(handler=_run)

    attach = commands.add_parser("attach", help="operate a run that a bench runs", allow_abbrev=False)
    attach.add_argument("directory", type=Path, metavar="DIR")
    _add_operator(attach, ("console", "jsonl"))
    attach.set_defaults(handler=_attach)


def _add_operator(parser: argparse.ArgumentParser, kinds: tuple[str, ...]) -> None:
    parser.add_argument("--operator", choices=kinds, default="console", help="who operates (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML")


def _run(args: argparse.Namespace) -> int:
    if (args.project is None) == (args.resume is None):
        raise InputError("it is not clear what to run", where="run", mend="give either PROJECT.toml or --resume DIR")
    if args.resume is not None and args.out is not None:
        raise InputError("a run stays in its directory", where="--out", mend="leave it out with --resume")
    from labapp.services import sessions

    wishes = sessions.Wishes(args.operator, args.json, args.junit, args.detach)
    if args.resume is not None:
        return sessions.resume(args.resume, args.case, wishes)
    return sessions.run(args.project, args.case, args.out, wishes)


def _attach(args: argparse.Namespace) -> int:
    from labapp.services import sessions

    return sessions.operate(args.directory, sessions.Wishes(args.operator, args.json, args.junit))
