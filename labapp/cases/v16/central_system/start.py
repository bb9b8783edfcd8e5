"""Starting a charging session, central system (OCTT 1.6, section 3.2)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import AUTHORIZED, CHARGING
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT
from labapp.domain.notation import exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase, Wait
from labapp.ocpp.messages16 import Authorize, StartTransaction, StatusNotification

TC_003_CSMS = TestCase(
    id="TC_003_CSMS",
    title="Regular Charging Session - Plugin First",
    source=octt16("Table 123"),
    sut=CENTRAL_SYSTEM,
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        exchange(3, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED)),
        exchange(5, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
        exchange(7, StatusNotification.req(status="Charging")),
    ),
)

TC_004_1_CSMS = TestCase(
    id="TC_004_1_CSMS",
    title="Regular Charging Session - Identification First",
    source=octt16("Table 124", "the state Charging, whose number is lost, is step 1"),
    sut=CENTRAL_SYSTEM,
    steps=(state(CHARGING, step=1),),
)

TC_004_2_CSMS = TestCase(
    id="TC_004_2_CSMS",
    title="Regular Charging Session - Identification First - ConnectionTimeOut",
    source=octt16("Table 125"),
    sut=CENTRAL_SYSTEM,
    before=(state(AUTHORIZED),),
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        Wait(CONNECTION_TIMEOUT, "nobody plugs a cable in"),
        exchange(3, StatusNotification.req(status="Available")),
    ),
)

CASES = (TC_003_CSMS, TC_004_1_CSMS, TC_004_2_CSMS)
