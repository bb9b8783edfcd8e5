"""Security, central system (OCTT 1.6, section 3.21)."""

from __future__ import annotations

from labapp.cases.conditions import HAS_BASIC_AUTHENTICATION
from labapp.cases.source import octt16
from labapp.domain.testcase import ALL_AND_ZERO, CENTRAL_SYSTEM, LinkOrder, TestCase, Upgrade, exchange
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

CASES = (TC_085_CSMS,)
