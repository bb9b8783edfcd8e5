"""The static listing of a case: rows and steps of every form of the vocabulary."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.expectations import OMITTED, Condition, FromStep, Literal, Symbol, When
from labapp.domain.notation import absent, asked, check, configuration, exchange, in_any_order, manual, optional
from labapp.domain.testcase import (
    ALL_AND_ZERO,
    CENTRAL_SYSTEM,
    CHARGE_POINT,
    Exchange,
    LinkOrder,
    ManualAction,
    Series,
    Source,
    TestCase,
    Timing,
    Upgrade,
    Verdict,
)
from labapp.ocpp.listing import check_id, preparation_text, row_id, rows, steps, sut_sends
from labapp.ocpp.messages16 import Authorize, BootNotification, DataTransfer, Heartbeat, Reset, StatusNotification
from labapp.ocpp.version16 import Version16

VERSION = Version16()
SOMETIMES = Condition("sometimes", "it is so", lambda view: True)


def case(*items: Any, sut: str = CHARGE_POINT) -> TestCase:
    return TestCase("TC", "A case", Source("Document", "Table 1"), sut, items)


def listed(*items: Any, sut: str = CHARGE_POINT) -> list[tuple[str, str, str, str, str]]:
    return [
        (r.id.removeprefix("TC/"), r.sender, r.expected, r.mode, r.condition)
        for r in rows(case(*items, sut=sut), VERSION)
    ]


def test_a_message_has_a_row_for_itself_and_one_for_each_field() -> None:
    step = exchange(
        1, Authorize.req(idTag=Symbol("validIdTag", "valid_id_tag")), Authorize.conf(idTagInfo={"status": "Invalid"})
    )
    assert listed(step) == [
        ("1/Authorize.req/1/", "sut", "", "mandatory", ""),
        ("1/Authorize.req/1/idTag", "sut", "<validIdTag>", "mandatory", ""),
        ("2/Authorize.conf/1/", "tool", "", "mandatory", ""),
        ("2/Authorize.conf/1/idTagInfo.status", "tool", "Invalid", "mandatory", ""),
    ]


def test_the_direction_follows_from_protocol_and_role() -> None:
    assert [row[1] for row in listed(exchange(1, Reset.req(type="Hard")))] == ["tool", "tool", "sut"]
    assert [row[1] for row in listed(exchange(1, Reset.req(type="Hard")), sut=CENTRAL_SYSTEM)] == ["sut", "sut", "tool"]
    assert not sut_sends(VERSION, CHARGE_POINT, DataTransfer.req().action)
    assert not sut_sends(VERSION, CENTRAL_SYSTEM, DataTransfer.req().action)


def test_modes_of_rows() -> None:
    one = exchange(1, Heartbeat.req())
    assert {row[3] for row in listed(optional(one))} == {"optional"}
    assert {row[3] for row in listed(exchange(1, Heartbeat.req(), optional=True))} == {"optional"}
    assert {row[3:] for row in listed(in_any_order(exchange(1, Heartbeat.req(), when=SOMETIMES)))} == {
        ("conditional", "sometimes")
    }
    field = exchange(1, Authorize.req(("idTag", When(SOMETIMES, Literal("A"))), ("parent", When(SOMETIMES, OMITTED))))
    assert listed(field)[1:3] == [
        ("1/Authorize.req/1/idTag/sometimes", "sut", "A", "conditional", "sometimes"),
        ("1/Authorize.req/1/parent/sometimes", "sut", "<omitted>", "conditional", "sometimes"),
    ]


def test_timings_absences_series_and_upgrades_have_rows_of_their_own() -> None:
    due = Timing(since=2, seconds=FromStep(2, "interval"), tolerance="boot_retry")
    assert ("3/BootNotification.req/1//timing", "sut", "= step 2 interval after step 2", "timing", "") in listed(
        exchange(3, BootNotification.req(), due=due)
    )
    assert listed(absent(4, Heartbeat.req(), Literal(10))) == [
        ("4/Heartbeat.req/1//absent", "sut", "<omitted>", "absent", "")
    ]
    series = Series(7, Heartbeat.req(), Heartbeat.conf(), 8, 2, Literal(60), "heartbeat")
    assert [row[:4] for row in listed(series)] == [
        ("7/Heartbeat.req/1/", "sut", "", "mandatory"),
        ("7/Heartbeat.req/1//interval", "sut", "60", "timing"),
        ("8/Heartbeat.conf/1/", "tool", "", "mandatory"),
    ]
    assert [row[:3] for row in listed(Upgrade(1, 2, "none", accepted=False), sut=CENTRAL_SYSTEM)] == [
        ("1/HTTP/1/", "tool", ""),
        ("1/HTTP/1/Authorization", "tool", "<omitted>"),
        ("2/HTTP/1/", "sut", ""),
        ("2/HTTP/1/status", "sut", "<not 101>"),
    ]


def test_a_check_says_its_text_in_the_condition() -> None:
    item = check(
        2, "all is well", lambda view: Verdict(True), message="Authorize.conf", path="idTagInfo", expected="x", rule="r"
    )
    assert listed(item) == [("2/Authorize.conf/1/idTagInfo/r", "sut", "x", "mandatory", "all is well")]
    assert check_id("TC", item) == "TC/2/Authorize.conf/1/idTagInfo/r"
    conditional = check(2, "all is well", lambda view: Verdict(True), when=SOMETIMES)
    assert listed(conditional)[0][3:] == ("conditional", "sometimes: all is well")


def test_acts_have_no_rows_and_are_steps() -> None:
    acts = (
        manual(ManualAction("plug_in", "Plug in."), when=SOMETIMES, or_wait=Literal(60)),
        LinkOrder("cut"),
        LinkOrder("disconnect"),
        configuration("Key", "1", if_implemented=True),
    )
    assert listed(*acts) == []
    assert [(line["by"], line["what"], line["notes"]) for line in steps(case(*acts), VERSION)] == [
        ("operator", "plug_in", ["when it is so", "or wait 60 s"]),
        ("tool", "cut the network", []),
        ("tool", "disconnect the tool", []),
        ("tool", "configuration Key = 1 (if implemented)", []),
    ]


def test_steps_bear_their_notes() -> None:
    items = (
        exchange(1, StatusNotification.req(), connectors=ALL_AND_ZERO),
        in_any_order(exchange(3, Heartbeat.req()), optional(exchange(5, Authorize.req()))),
    )
    notes = {line["step"]: line["notes"] for line in steps(case(*items), VERSION)}
    assert notes[1] == ["each connector and connectorId 0"]
    assert (notes[3], notes[5]) == (["any order"], ["any order", "optional"])
    assert steps(case(asked(1, Reset.req()), sut=CENTRAL_SYSTEM), VERSION)[0]["notes"] == ["asked of the operator"]


def test_the_second_of_two_equal_messages_is_told_by_its_occurrence() -> None:
    twice = (
        exchange(9, StatusNotification.req(status="A")),
        exchange(9, StatusNotification.req(status="B"), occurrence=2),
    )
    identifiers = [row[0] for row in listed(*twice)]
    assert len(set(identifiers)) == len(identifiers)
    assert row_id("TC", 9, "X", 2, "f", "r") == "TC/9/X/2/f/r"


def test_only_preparations_have_the_text_of_one() -> None:
    with pytest.raises(TypeError, match="Exchange is no preparation"):
        preparation_text(Exchange(1, Reset.req(), Reset.conf(), 2))
