"""What is refused, central system: cards that may not charge, remote starts and stops (OCTT 1.6, sections 3.8 and 3.9)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.remote import REMOTE_START
from labapp.cases.v16.central_system.states import CHARGING
from labapp.cases.values import BLOCKED_ID_TAG, EXPIRED_ID_TAG, INVALID_ID_TAG
from labapp.domain.expectations import Computed, Symbol
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import Authorize, RemoteStartTransaction, RemoteStopTransaction


def _refused_card(number: int, title: str, table: str, card: Symbol, status: str) -> TestCase:
    return TestCase(
        id=f"TC_023_{number}_CSMS",
        title=title,
        source=octt16(table, "its validation of step 1 is that of step 2"),
        sut=CENTRAL_SYSTEM,
        steps=(exchange(1, Authorize.req(), Authorize.conf(idTagInfo={"status": status}), implied=(("idTag", card),)),),
    )


def _unknown_transaction(view: View) -> int:
    running = view.transaction()
    return running + 1000 if isinstance(running, int) else 1000


TC_023_1_CSMS = _refused_card(1, "Start Charging Session - Authorize invalid", "Table 141", INVALID_ID_TAG, "Invalid")
TC_023_2_CSMS = _refused_card(2, "Start Charging Session - Authorize expired", "Table 142", EXPIRED_ID_TAG, "Expired")
TC_023_3_CSMS = _refused_card(3, "Start Charging Session - Authorize blocked", "Table 143", BLOCKED_ID_TAG, "Blocked")

TC_026_CSMS = TestCase(
    id="TC_026_CSMS",
    title="Remote Start Charging Session - Rejected",
    source=octt16("Table 145"),
    sut=CENTRAL_SYSTEM,
    steps=(asked(1, RemoteStartTransaction.req(), RemoteStartTransaction.conf(status="Rejected"), enter=REMOTE_START),),
)

TC_028_CSMS = TestCase(
    id="TC_028_CSMS",
    title="Remote Stop Transaction - Rejected",
    source=octt16("Table 146"),
    sut=CENTRAL_SYSTEM,
    before=(state(CHARGING),),
    steps=(
        asked(
            1,
            RemoteStopTransaction.req(),
            RemoteStopTransaction.conf(status="Rejected"),
            enter=(("transactionId", Computed("unknownTransactionId", _unknown_transaction)),),
        ),
    ),
)

CASES = (TC_023_1_CSMS, TC_023_2_CSMS, TC_023_3_CSMS, TC_026_CSMS, TC_028_CSMS)
