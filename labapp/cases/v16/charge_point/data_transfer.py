"""Data transfer, charge point (OCTT 1.6, section 2.24)."""

from __future__ import annotations

from labapp.cases.conditions import answered_with
from labapp.cases.source import octt16
from labapp.domain.expectations import one_of
from labapp.domain.notation import exchange
from labapp.domain.testcase import CHARGE_POINT, Remark, TestCase
from labapp.ocpp.messages16 import DataTransfer

TC_062_CS = TestCase(
    id="TC_062_CS",
    title="Data Transfer to a Charge Point",
    source=octt16("Table 92", "Accepted passes, with a warning to the vendor"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            DataTransfer.req(vendorId="labapp.vendor.that.no.device.knows"),
            DataTransfer.conf(status=one_of("Rejected", "UnknownMessageId", "UnknownVendorId", "Accepted")),
        ),
        Remark(
            2,
            "DataTransfer.conf",
            "Warning to the vendor: the station accepts a DataTransfer of a vendor that it cannot know.",
            answered_with(2, "Accepted"),
        ),
    ),
)

CASES = (TC_062_CS,)
