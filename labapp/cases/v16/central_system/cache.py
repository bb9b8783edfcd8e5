"""The authorization cache, central system (OCTT 1.6, section 3.3)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED
from labapp.domain.notation import asked, exchange
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import ClearCache, StartTransaction, StatusNotification

TC_007_CSMS = TestCase(
    id="TC_007_CSMS",
    title="Regular Start Charging Session - Cached Id",
    source=octt16("Table 127"),
    sut=CENTRAL_SYSTEM,
    steps=(
        exchange(1, StatusNotification.req(status="Preparing")),
        exchange(3, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
        exchange(5, StatusNotification.req(status="Charging")),
    ),
)

TC_061_CSMS = TestCase(
    id="TC_061_CSMS",
    title="Clear Authorization Data in Authorization Cache",
    source=octt16("Table 128"),
    sut=CENTRAL_SYSTEM,
    steps=(asked(1, ClearCache.req(), ClearCache.conf(status="Accepted")),),
)

CASES = (TC_007_CSMS, TC_061_CSMS)
