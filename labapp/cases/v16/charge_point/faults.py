"""Core profile, charge point: faults and lock failures (OCTT 1.6, sections 2.11 and 2.17)."""

from __future__ import annotations

from labapp.cases.actions import FAULT_CONNECTOR, PLUG_IN_DURING_FAULT, PLUG_IN_HALFWAY, PRESENT_ID_DURING_FAULT
from labapp.cases.conditions import AUTHORIZES_REMOTE_START, HAS_LOCAL_START, HAS_SOCKET, LOCALLY_KNOWN
from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT, TRANSACTION_DURATION
from labapp.domain.expectations import PRESENT
from labapp.domain.notation import absent, exchange, in_any_order, manual
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    GetConfiguration,
    RemoteStartTransaction,
    StartTransaction,
    StatusNotification,
)

TC_024_CS = TestCase(
    id="TC_024_CS",
    title="Start Charging Session - Lock Failure",
    source=octt16("Table 33", "the absence of StartTransaction has no step of its own and is judged with step 9"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_SOCKET,),
    steps=(
        exchange(
            1,
            GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
            GetConfiguration.conf(("configurationKey[key=AuthorizeRemoteTxRequests].key", PRESENT)),
        ),
        exchange(
            3,
            RemoteStartTransaction.req(),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        exchange(
            5,
            Authorize.req(),
            Authorize.conf(idTagInfo=ACCEPTED),
            when=AUTHORIZES_REMOTE_START,
            optional_when=LOCALLY_KNOWN,
        ),
        exchange(7, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN_HALFWAY, countdown=CONNECTION_TIMEOUT),
        exchange(9, StatusNotification.req(errorCode="ConnectorLockFailure", status="Faulted")),
        absent(9, StartTransaction.req(), TRANSACTION_DURATION),
    ),
)

TC_041_CS = TestCase(
    id="TC_041_CS",
    title="Fault Behavior",
    source=octt16("Table 50"),
    sut=CHARGE_POINT,
    steps=(
        manual(FAULT_CONNECTOR),
        exchange(1, StatusNotification.req(status="Faulted")),
        manual(PLUG_IN_DURING_FAULT),
        in_any_order(manual(PRESENT_ID_DURING_FAULT, when=HAS_LOCAL_START)),
        exchange(3, Authorize.req(), optional=True),
        absent(3, StartTransaction.req(), TRANSACTION_DURATION),
    ),
)

CASES = (TC_024_CS, TC_041_CS)
