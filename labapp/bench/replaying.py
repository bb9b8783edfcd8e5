"""A cut-off attempt is fed its own record again, so that what it has seen of the device is not lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.engine.codec import decode_input
from labapp.engine.interpreter import Interpreter
from labapp.engine.journal import Record
from labapp.engine.rejudge import as_run
from labapp.engine.setup import Setup
from labapp.ocpp.versions import VERSIONS


def device_after(records: Sequence[Record], ocpp: str) -> Mapping[str, Any]:
    """The device model at the end of an attempt's records."""
    started = records[0]
    setup = Setup.from_json(started.content)
    case = as_run(CATALOGUE[setup.case], started.content)
    interpreter = Interpreter(case, setup, VERSIONS[ocpp], started.at, ready_state(case))
    interpreter.start()
    for record in records[1:]:
        event = decode_input(record)
        if event is not None:
            interpreter.feed(event, record.seq)
    return interpreter.attempt.model.snapshot()
