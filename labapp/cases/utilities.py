"""The utilities that stand before and between the cases. Document 004 asks for them and defines none: they are this tool's own."""

from __future__ import annotations

from labapp.cases.source import PROCEDURE
from labapp.domain.testcase import CHARGE_POINT, IDLE_ID, KEYS_ID, RESET_ID, STOP_TRANSACTION_ID, Source, TestCase

RESET = TestCase(
    id=RESET_ID,
    title="Bring the charge point to its basic idle state",
    source=Source(PROCEDURE, "sections 7.2.2 and 7.3"),
    sut=CHARGE_POINT,
    kind="utility",
    steps=(),
)
STOP_TRANSACTION = TestCase(
    id=STOP_TRANSACTION_ID,
    title="End a running transaction",
    source=Source(PROCEDURE, "section 7.3"),
    sut=CHARGE_POINT,
    kind="utility",
    steps=(),
)
KEYS = TestCase(
    id=KEYS_ID,
    title="Read the configuration keys that the plan depends on",
    source=Source(PROCEDURE, "section 7.3"),
    sut=CHARGE_POINT,
    kind="utility",
    steps=(),
)
IDLE = TestCase(
    id=IDLE_ID,
    title="Between the cases: everything is answered, nothing is judged",
    source=Source(PROCEDURE, "section 7.3"),
    sut=CHARGE_POINT,
    kind="utility",
    steps=(),
)

UTILITIES = (KEYS, RESET, STOP_TRANSACTION)
