"""The standing attempt of a case: the one whose verdict counts in reports, summaries and exit statuses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Ran(NamedTuple):
    """One attempt at a case, as the run's result states it. attempt: its number among those of the case, from 1."""

    attempt: int
    verdict: str
    reason_code: str


def standing_attempt(attempts: Sequence[Ran], amended: Collection[int] = ()) -> Ran | None:
    """The last attempt that was not aborted, except that a FAIL stands until an amendment names a lab or tool cause.

    attempts: of one case, in their order. amended: numbers of the attempts with such an amendment. None when no attempt counts.
    Source: OCPP Certification Program Document 2, V1.1.4, section 5.5: a failed test is not replaced by running it again.
    """
    counted = [ran for ran in attempts if ran.reason_code != "aborted"]
    failed = [ran for ran in counted if ran.verdict == "FAIL" and ran.attempt not in amended]
    return (failed or counted)[-1] if counted else None
