"""A correction of an attempt's cause: it is added to the journal, and nothing that stands there changes."""

from __future__ import annotations

from typing import Any

from labapp.bench.history import History
from labapp.domain.errors import InputError
from labapp.domain.stamps import Stamp, utc_text

#: Causes that lift a FAIL, so that the case can be run again.
CAUSES = ("lab", "tool")


def amendment(history: History, case: str, cause: str, reason: str, who: str, at: Stamp) -> dict[str, Any]:
    """The content of the record `amendment`, about the standing attempt of a case.

    Raises InputError when there is no attempt that an amendment can speak of.
    """
    if cause not in CAUSES:
        raise InputError(f"{cause!r} is no cause", where="--cause", mend=f"use {' or '.join(CAUSES)}")
    if not reason.strip():
        raise InputError(
            "an amendment needs its reason", where="--reason", mend="say what the lab or the tool did wrong"
        )
    stands = history.standing(case)
    if stands is None:
        raise InputError(f"the run has no attempt at {case}", where="--case", mend="name a case that was run")
    if stands["verdict"] != "FAIL":
        what = f"the standing attempt of {case} is {stands['verdict']}"
        raise InputError(what, where="--case", mend="only a FAIL is amended; anything else can be run again")
    attempt = stands["attempt"]
    if any((each["case"], each["attempt"]) == (case, attempt) for each in history.amendments):
        raise InputError(f"attempt {attempt} of {case} is amended already", where="--case", mend="run the case again")
    return {"case": case, "attempt": attempt, "cause": cause, "reason": reason, "who": who, "at": utc_text(at.utc)}
