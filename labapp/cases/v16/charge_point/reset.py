"""Core profile, charge point: resets with and without a transaction (OCTT 1.6, section 2.6)."""

from __future__ import annotations

from labapp.cases.conditions import BEFORE_THE_BOOT, NOT_STOPPED_YET
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING
from labapp.cases.values import CONNECTOR_ID
from labapp.domain.expectations import one_of
from labapp.domain.notation import exchange, in_any_order, optional, state
from labapp.domain.testcase import CHARGE_POINT, OTHERS_AND_ZERO, Item, TestCase
from labapp.ocpp.messages16 import BootNotification, ChangeAvailability, Reset, StatusNotification, StopTransaction

#: Steps 1 to 4 of both cases without a transaction: a connector is out of use, which must outlive the reset.
_OUT_OF_USE: tuple[Item, ...] = (
    exchange(
        1,
        ChangeAvailability.req(connectorId=CONNECTOR_ID, type="Inoperative"),
        ChangeAvailability.conf(status="Accepted"),
        gate=True,
    ),
    exchange(3, StatusNotification.req(connectorId=CONNECTOR_ID, status="Unavailable")),
)
_BACK_IN_USE: tuple[Item, ...] = (
    exchange(
        11,
        ChangeAvailability.req(connectorId=CONNECTOR_ID, type="Operative"),
        ChangeAvailability.conf(status="Accepted"),
        gate=True,
    ),
    exchange(13, StatusNotification.req(connectorId=CONNECTOR_ID, status="Available")),
)
_STILL_OUT_OF_USE = in_any_order(
    exchange(9, StatusNotification.req(connectorId=CONNECTOR_ID, status="Unavailable")),
    exchange(9, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
)
_AFTER_A_TRANSACTION = in_any_order(
    exchange(9, StatusNotification.req(connectorId=CONNECTOR_ID, status=one_of("Finishing", "Preparing"))),
    exchange(9, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
)

TC_013_CS = TestCase(
    id="TC_013_CS",
    title="Hard Reset Without transaction",
    source=octt16("Table 19"),
    sut=CHARGE_POINT,
    steps=(
        *_OUT_OF_USE,
        exchange(5, Reset.req(type="Hard"), Reset.conf(status="Accepted"), gate=True),
        exchange(7, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        _STILL_OUT_OF_USE,
        *_BACK_IN_USE,
    ),
)

TC_014_CS = TestCase(
    id="TC_014_CS",
    title="Soft Reset Without Transaction",
    source=octt16("Table 20"),
    sut=CHARGE_POINT,
    steps=(
        *_OUT_OF_USE,
        exchange(5, Reset.req(type="Soft"), Reset.conf(status="Accepted"), gate=True),
        optional(
            exchange(7, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
            _STILL_OUT_OF_USE,
            within="message",
        ),
        *_BACK_IN_USE,
    ),
)

TC_015_CS = TestCase(
    id="TC_015_CS",
    title="Hard Reset With Transaction",
    source=octt16("Table 21", "step 5 is due where step 3 has come, and only before the boot"),
    sut=CHARGE_POINT,
    before=(state(CHARGING),),
    steps=(
        exchange(1, Reset.req(type="Hard"), Reset.conf(status="Accepted"), gate=True),
        exchange(3, StopTransaction.req(reason="HardReset"), floating=True),
        exchange(
            5,
            StatusNotification.req(status="Finishing"),
            when=BEFORE_THE_BOOT,
            optional_when=NOT_STOPPED_YET,
        ),
        exchange(7, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        _AFTER_A_TRANSACTION,
    ),
)

TC_016_CS = TestCase(
    id="TC_016_CS",
    title="Soft Reset With Transaction",
    source=octt16("Table 22"),
    sut=CHARGE_POINT,
    before=(state(CHARGING),),
    steps=(
        exchange(1, Reset.req(type="Soft"), Reset.conf(status="Accepted"), gate=True),
        in_any_order(
            exchange(3, StopTransaction.req(reason="SoftReset")),
            exchange(5, StatusNotification.req(status="Finishing")),
        ),
        optional(
            exchange(7, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
            _AFTER_A_TRANSACTION,
            within="message",
        ),
    ),
)

CASES = (TC_013_CS, TC_014_CS, TC_015_CS, TC_016_CS)
