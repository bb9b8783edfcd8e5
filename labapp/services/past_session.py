"""A session that no bench runs any more, told as a bench would tell it: from its journal and its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labapp.bench import channel
from labapp.bench.channel import Message
from labapp.bench.history import history_of
from labapp.bench.telling import results_before
from labapp.domain.errors import LabappError
from labapp.domain.run_files import JOURNAL
from labapp.engine.journal_file import read_journal
from labapp.services.run_results import result_of

#: Frames that are told, the last ones; earlier ones stand in the journal.
MAX_FRAMES = 20_000


def past_messages(directory: Path) -> tuple[Message, ...]:
    """What operators were told of the session in a directory: its cases and results, its frames, and its summary once it has ended.

    Raises: InputError when the journal was changed; EnvironmentFault when it cannot be read.
    """
    path = directory / JOURNAL
    records = list(read_journal(path))
    history = history_of(iter(records), str(path))
    cases = [choice.id for choice in history.choices]
    told = [channel.hello(history.run, cases, results_before(history))]
    if history.decision is not None:
        told.append(channel.plan(history.run, history.decision))
    frames = [record for record in records if record.kind == "frame"][-MAX_FRAMES:]
    told += [channel.frame(history.run, {**each.content, "seq": each.seq, "at": each.at}) for each in frames]
    if history.ended_at:
        told.append(channel.summary(history.run, {**history.result(), **_added(directory)}))
    return tuple(told)


def _added(directory: Path) -> dict[str, Any]:
    """What a result has besides what the journal gives: the files of the report."""
    try:
        report = result_of(directory).get("report")
    except LabappError:
        # The journal tells all that matters; the result is made anew from it.
        return {}
    return {"report": report} if report is not None else {}
