"""Security, central system (OCTT 1.6, section 3.21)."""

from __future__ import annotations

from labapp.cases.conditions import HAS_BASIC_AUTHENTICATION
from labapp.cases.source import octt16
from labapp.domain.notation import exchange
from labapp.domain.testcase import ALL_AND_ZERO, CENTRAL_SYSTEM, LinkOrder, TestCase, Upgrade
from labapp.ocpp.messages16 import BootNotification, StatusNotification

TC_085_CSMS = TestCase(
    id="TC_085_CSMS",
    title="Basic Authentication - Valid username/password combination",
    source=octt16("Table 195", "BasicAuthPassword is AuthorizationKey", "the arrow in its length limits is <="),
    sut=CENTRAL_SYSTEM,
    prerequisites=(HAS_BASIC_AUTHENTICATION,),
    before=(LinkOrder("disconnect"),),
    steps=(
        Upgrade(1, 2, "none", accepted=False),
        Upgrade(3, 4, "configured", accepted=True),
        exchange(5, BootNotification.req()),
        exchange(7, StatusNotification.req(), connectors=ALL_AND_ZERO),
    ),
)

TC_088_CSMS = TestCase(
    id="TC_088_CSMS",
    title="WebSocket Subprotocol negotiation",
    source=octt16("Table 198", "the lost value of the header of step 4 is ocpp1.6"),
    sut=CENTRAL_SYSTEM,
    before=(LinkOrder("disconnect"),),
    steps=(
        Upgrade(1, 2, "configured", accepted=False, subprotocols=("ocpp0.1",)),
        Upgrade(3, 4, "configured", accepted=True, subprotocols=("ocpp0.1", "ocpp1.6"), selected="ocpp1.6"),
    ),
)

CASES = (TC_085_CSMS, TC_088_CSMS)
