"""Findings about the form of frames: OCPP-J framing and the JSON schemas. They hold for every message of every case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from labapp.engine.attempt import Attempt
from labapp.ocpp.frames import CallError, Frame, Malformed, refusal
from labapp.ocpp.schemas import check

_CLAUSE = "OCTT 1.6 edition 2025-11, section 1.2: all messages comply with the schemas"
_FRAMING = "OCPP-J 1.6 section 4"


def malformed_frame(attempt: Attempt, step: int | str, frame: Malformed) -> CallError | None:
    """Record a text that is no frame; returns the answer that is due, if any."""
    if frame.reason == "message_type_unknown":
        attempt.observe(f"a frame was ignored: {frame.text}", frame=attempt.seq)
    else:
        attempt.find(
            "schema",
            step,
            "",
            f"A frame could not be read: {frame.text}.",
            frame=attempt.seq,
            clause=_FRAMING,
        )
    return refusal(frame, attempt.version.name)


def frame_defects(attempt: Attempt, step: int | str, frame: Frame) -> None:
    """Record what is wrong with a frame that could be read."""
    for defect in frame.defects:
        name = "CALLERROR" if isinstance(frame, CallError) else ""
        attempt.find(
            "schema",
            step,
            name,
            f"{defect.text[:1].upper()}{defect.text[1:]}.",
            frame=attempt.seq,
            clause=_FRAMING,
        )


def check_schema(
    attempt: Attempt, step: int | str, action: str, kind: Literal["req", "conf"], payload: Mapping[str, Any], frame: int
) -> bool:
    """Check a payload against its schema; returns whether it is without violation."""
    name = attempt.version.message_name(action, kind)
    clean = True
    for fault in check(attempt.version.name, action, kind, payload):
        if fault.severity == "observation":
            attempt.observe(f"{name}: {fault.text}", step=step, message=name, frame=frame)
            continue
        clean = False
        attempt.find(
            "schema",
            step,
            name,
            f"{name}: {fault.text}",
            field=fault.path,
            expected=fault.expected,
            received=fault.received,
            frame=frame,
            clause=_CLAUSE,
        )
    return clean
