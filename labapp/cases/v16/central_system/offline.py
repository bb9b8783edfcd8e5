"""Transactions while there is no connection, central system (OCTT 1.6, section 3.12).

What the charge point has queued is sent in its order once it is connected again, with the timestamps of when it happened.
"""

from __future__ import annotations

from collections.abc import Callable

from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED, INVALID, INVALID_ID_TAG, TRANSACTION_DURATION
from labapp.domain.expectations import OMITTED, Computed, Expected, Symbol, one_of
from labapp.domain.notation import exchange
from labapp.domain.testcase import CENTRAL_SYSTEM, LinkOrder, TestCase, Wait
from labapp.domain.view import View
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import StartTransaction, StatusNotification, StopTransaction


def before_reconnection(name: str, seconds: Callable[[View], float], *needs: Symbol) -> Computed:
    """The moment so many seconds before the connection stood again, as it is written into messages.

    needs: values of the project that the seconds are taken from.
    """

    def moment(view: View) -> str:
        restored = view.restored()
        since = view.now.seconds_since(restored) if restored is not None else 0.0
        return stamp(view, after=-since - seconds(view))

    return Computed(name, moment, needs)


def _duration(view: View) -> float:
    return float(view.values[TRANSACTION_DURATION.key])


#: The transaction begins with the time that is let pass without a connection, and where it is stopped it is a second before its end.
_STARTED = before_reconnection("timeOfOfflineStart", _duration, TRANSACTION_DURATION)
_STOPPED = before_reconnection("timeOfOfflineStop", lambda view: min(1.0, _duration(view) / 2), TRANSACTION_DURATION)
_OFFLINE = (
    LinkOrder("disconnect"),
    Wait(TRANSACTION_DURATION, "a transaction has been started at the charge point, which is offline"),
    LinkOrder("connect"),
)
_AT_START: tuple[tuple[str, Expected], ...] = (("timestamp", _STARTED),)

TC_037_1_CSMS = TestCase(
    id="TC_037_1_CSMS",
    title="Offline Start Transaction - Valid IdTag",
    source=octt16("Table 150"),
    sut=CENTRAL_SYSTEM,
    steps=(
        *_OFFLINE,
        exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), implied=_AT_START),
        exchange(3, StatusNotification.req(status="Charging"), implied=_AT_START),
    ),
)

TC_037_3_CSMS = TestCase(
    id="TC_037_3_CSMS",
    title="Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = true",
    source=octt16("Table 151"),
    sut=CENTRAL_SYSTEM,
    steps=(
        *_OFFLINE,
        exchange(
            1,
            StartTransaction.req(),
            StartTransaction.conf(idTagInfo=INVALID),
            implied=(("idTag", INVALID_ID_TAG), *_AT_START),
        ),
        exchange(3, StatusNotification.req(status="Charging"), implied=_AT_START),
        exchange(5, StopTransaction.req(reason="DeAuthorized")),
        exchange(7, StatusNotification.req(status="Finishing")),
    ),
)

TC_039_CSMS = TestCase(
    id="TC_039_CSMS",
    title="Offline Transaction",
    source=octt16(
        "Table 152", "the text of step 3 is lost in the document: the reason is Local or omitted, as in TC_039_CS"
    ),
    sut=CENTRAL_SYSTEM,
    steps=(
        *_OFFLINE,
        exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), implied=_AT_START),
        exchange(3, StopTransaction.req(reason=one_of("Local", OMITTED)), implied=(("timestamp", _STOPPED),)),
    ),
)

CASES = (TC_037_1_CSMS, TC_037_3_CSMS, TC_039_CSMS)
