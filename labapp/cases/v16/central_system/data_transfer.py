"""Data transfer, central system (OCTT 1.6, section 3.20)."""

from __future__ import annotations

from labapp.cases.conditions import answered_with
from labapp.cases.source import octt16
from labapp.domain.expectations import one_of
from labapp.domain.notation import exchange
from labapp.domain.testcase import CENTRAL_SYSTEM, Remark, TestCase
from labapp.ocpp.messages16 import DataTransfer

TC_064_CSMS = TestCase(
    id="TC_064_CSMS",
    title="Data Transfer to a Central System",
    source=octt16("Table 183", "Accepted passes, with a warning to the vendor"),
    sut=CENTRAL_SYSTEM,
    steps=(
        exchange(
            1,
            DataTransfer.req(vendorId="labapp.vendor.that.no.central.system.knows"),
            DataTransfer.conf(status=one_of("Rejected", "UnknownMessageId", "UnknownVendorId", "Accepted")),
        ),
        Remark(
            2,
            "DataTransfer.conf",
            "Warning to the vendor: the central system accepts a DataTransfer of a vendor that it cannot know.",
            answered_with(2, "Accepted"),
        ),
    ),
)

CASES = (TC_064_CSMS,)
