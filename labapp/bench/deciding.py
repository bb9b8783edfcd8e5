"""The second stage of planning on the bench: what a charging station tells of itself decides which cases of the run apply."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labapp.bench.files import replace_file
from labapp.bench.history import Choice
from labapp.cases.catalogue import CATALOGUE
from labapp.cases.utilities import KEYS
from labapp.domain.applicability import BetweenCases, Candidate, bounds, exclusions, needed_keys, readings_of
from labapp.domain.device import DeviceModel
from labapp.domain.errors import InputError
from labapp.domain.plan import PlanRow, after_keys_read
from labapp.domain.run_files import PLAN
from labapp.engine.campaign import Decision, Givens, Survey


def survey_of(directory: Path, choices: Sequence[Choice], givens: Givens, stated: frozenset[str]) -> Survey:
    """What is asked of the charging station before the first case. directory: of the run, whose `plan.json` follows the decision.

    choices: the cases of the run. stated: keys that the project states, as "values.stack_level"; these are not moved.
    """
    candidates = [
        Candidate(CATALOGUE[choice.id], choice.live)
        for choice in choices
        if not choice.excluded and not choice.insisted
    ]

    def decide(device: Mapping[str, Any]) -> Decision:
        view = BetweenCases(givens.values, givens.dut, DeviceModel.from_snapshot(device))
        excluded = exclusions(candidates, view)
        before = {choice.id: choice.excluded for choice in choices if choice.excluded}
        rows = _decided_rows(directory, view.model, {**before, **excluded})
        outside = bounds(givens.values, view.model)
        moved = {bound.key: bound.value for bound in outside if f"values.{bound.key}" not in stated}
        record = {
            "excluded": excluded,
            "values": moved,
            "remarks": [bound.text for bound in outside],
            "rows": _told(rows, excluded),
        }
        return Decision(excluded, moved, record)

    return Survey(KEYS, needed_keys(candidates, BetweenCases(givens.values, givens.dut)), decide)


def _told(rows: Sequence[PlanRow], excluded: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the keys have decided: rows of the plan, and cases that stand in none."""
    decided = [
        {"id": row.id, "applicable": row.applicable or row.additional, "reason": row.reason}
        for row in rows
        if row.planned
    ]
    planned = {row.id for row in rows}
    return decided + [
        {"id": case, "applicable": False, "reason": reason} for case, reason in excluded.items() if case not in planned
    ]


def planned_rows(directory: Path) -> tuple[PlanRow, ...]:
    """The rows of `plan.json` in the directory of a run, none without a plan. Raises InputError when it was changed."""
    path = directory / PLAN
    if not path.is_file():
        return ()
    try:
        return tuple(PlanRow.from_json(row) for row in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError("is not as labapp has written it", where=str(path), mend="begin the run anew") from error


def _decided_rows(directory: Path, model: DeviceModel, excluded: Mapping[str, str]) -> tuple[PlanRow, ...]:
    """The rows of `plan.json` as the device leaves them; the file has them so from now on. None of them without a plan."""
    planned = planned_rows(directory)
    if not planned:
        return ()
    readings, unread = readings_of(model, (name for row in planned for name in (*row.live, *row.decided)))
    rows = after_keys_read(planned, readings, unread, excluded)
    text = json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False)
    replace_file(directory / PLAN, text + "\n")
    return rows
