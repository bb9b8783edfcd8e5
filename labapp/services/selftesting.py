"""The self-test: mutants of every case against the verdicts of the rules, and conformant runs, also over real sockets."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from labapp.bench.files import replace_file
from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import SELFTEST
from labapp.selftest.report import SelfTest, join, part_of, table, write_out
from labapp.selftest.runner import run_case
from labapp.selftest.settings import Setting
from labapp.selftest.sockets import OVER_SOCKETS, all_over_sockets
from labapp.selftest.summary import summary
from labapp.services.home import kept_self_test
from labapp.services.judging import judge_digest

#: Processes that run mutants at once, where the machine has as many.
WORKERS = 2


def self_test(names: Sequence[str] = (), out: Path | None = None, *, sockets: bool = True) -> SelfTest:
    """Test the verdicts of the named cases, or of all. out: a new directory for every journal and every frame that was changed.

    sockets: run each case conformantly over real sockets too.
    Raises InputError for a name that is no case, and for a directory that is in use.
    """
    chosen = _chosen(names)
    if out is not None and out.exists() and any(out.iterdir()):
        raise InputError("the directory holds something already", where=str(out), mend="name a new one")
    with ProcessPoolExecutor(_workers(len(chosen)), multiprocessing.get_context("spawn")) as pool:
        parts = pool.map(partial(_part, out=out), chosen)
        over_sockets = all_over_sockets([CATALOGUE[name] for name in chosen]) if sockets else []
        test = join([*parts, _socket_part(over_sockets)])
    if out is not None:
        (out / SELFTEST).write_text(json.dumps(test.as_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
        (out / "selftest.txt").write_text(table(test), "utf-8")
    return test


def keep_self_test(test: SelfTest, started: datetime) -> Path:
    """Keep the summary of a whole self-test that ends now, for the reports on verdicts of this judge; returns where it lies.

    Raises EnvironmentFault when labapp's home cannot be written.
    """
    path = kept_self_test(judge_digest())
    content = summary(test, judge_digest(), started, datetime.now(UTC))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be made: {error.strerror}", where=str(path.parent), mend="set LABAPP_HOME to another folder"
        ) from error
    replace_file(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def _chosen(names: Sequence[str]) -> list[str]:
    known = [case.id for case in ALL if case.kind == "case"]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no case", where="--case", mend="`labapp cases` lists them")
    return [name for name in known if not names or name in names]


def _workers(cases: int) -> int:
    return max(1, min(WORKERS, os.cpu_count() or 1, cases))


def _part(name: str, out: Path | None) -> dict[str, Any]:
    """One case's part of the report, made in a process of its own."""
    report = run_case(CATALOGUE[name])
    if out is not None:
        write_out(report, out)
    return part_of(report)


def _socket_part(results: Sequence[tuple[Setting, Mapping[str, Any]]]) -> dict[str, Any]:
    runs = [
        {"id": result["id"], "variant": setting.name + OVER_SOCKETS, "verdict": result["verdict"]}
        for setting, result in results
    ]
    return {"conformant": runs, "mutants": [], "equivalent": [], "not_applied": [], "defects": []}
