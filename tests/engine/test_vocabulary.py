"""Forms of the vocabulary in small cases of their own, beyond what the documents' cases use of them so far."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.cases.actions import PLUG_IN, PRESENT_ID
from labapp.cases.values import ACCEPTED, VALID_ID_TAG
from labapp.domain.expectations import Condition, Literal
from labapp.domain.notation import absent, exchange, in_any_order, manual, optional, state
from labapp.domain.testcase import ALL_CONNECTORS, CHARGE_POINT, OTHER_CONNECTORS, Source, TestCase, UseState
from labapp.ocpp.messages16 import (
    Authorize,
    ChangeAvailability,
    RemoteStartTransaction,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from tests.engine.driver import Driver

START = exchange(5, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED))
CHARGING = exchange(3, StatusNotification.req(status="Charging"))


def run(*items: Any, kind: Any = "case", **setup: Any) -> Driver:
    return Driver(small(*items, kind=kind), **setup)


def small(*items: Any, kind: Any = "case", identifier: str = "TC_SMALL") -> TestCase:
    return TestCase(identifier, "A small case", Source("Document", "Table 1"), CHARGE_POINT, items, kind=kind)


def test_charging_may_follow_start_transaction_wherever_the_table_puts_it_first() -> None:
    driver = run(manual(PLUG_IN), CHARGING, START)
    driver.starts()
    driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_finishing_may_follow_stop_transaction_wherever_the_table_puts_it_first() -> None:
    driver = run(
        manual(PLUG_IN), exchange(1, StatusNotification.req(status="Finishing")), exchange(3, StopTransaction.req())
    )
    driver.stops(1)
    driver.status("Finishing")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_another_status_is_missing_when_the_later_step_arrives() -> None:
    driver = run(manual(PLUG_IN), exchange(1, StatusNotification.req(status="Preparing")), START)
    driver.starts()
    assert (driver.verdict, driver.rules) == ("FAIL", ["D1"])


GROUP = optional(
    exchange(1, StatusNotification.req(status="Finishing")),
    exchange(3, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED)),
)


def test_an_optional_group_may_be_missing() -> None:
    driver = run(manual(PLUG_IN), GROUP, START)
    driver.starts()
    assert driver.verdict == "PASS"
    assert driver.row("3/Authorize.req/1/") == "not_exercised"


def test_the_first_of_an_optional_group_makes_the_others_due() -> None:
    driver = run(manual(PLUG_IN), GROUP, START)
    driver.status("Finishing")
    driver.starts()
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "out_of_scenario")
    driver = run(manual(PLUG_IN), GROUP, START)
    driver.status("Finishing")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    assert driver.verdict == "PASS"


def test_an_optional_message_may_come_in_the_wait_that_follows_and_no_later() -> None:
    optional_authorize = exchange(1, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED), optional=True)
    available = exchange(7, StatusNotification.req(status="Available"))
    items = (manual(PLUG_IN), optional_authorize, CHARGING, manual(PLUG_IN), START, manual(PLUG_IN), available)
    driver = run(*items)
    driver.status("Charging")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Available")
    assert driver.verdict == "PASS"
    driver = run(*items)
    driver.status("Charging")
    driver.starts()
    driver.says("Authorize", idTag="VALID-1")
    assert driver.verdict == "FAIL"


@pytest.mark.parametrize(("scope", "expected"), [(ALL_CONNECTORS, [1, 2, 3]), (OTHER_CONNECTORS, [1, 3])])
def test_the_tool_asks_once_for_each_connector(scope: Any, expected: list[int]) -> None:
    step = exchange(
        1, ChangeAvailability.req(type="Inoperative"), ChangeAvailability.conf(status="Accepted"), connectors=scope
    )
    driver = run(step, dut={"connectors": 3}, values={"connector_id": 2})
    asked = []
    for _ in expected:
        asked.append(driver.asked[1]["connectorId"])
        driver.answers("Accepted")
    assert asked == expected


def test_a_conditional_prompt_among_free_messages_is_asked_when_its_condition_holds() -> None:
    seen_charging = Condition("charging", "it charges", lambda view: view.status(1) == "Charging")
    driver = run(
        manual(PLUG_IN),
        in_any_order(CHARGING, manual(PRESENT_ID, when=seen_charging), exchange(7, StopTransaction.req())),
    )
    driver.confirms("plug_in")
    assert driver.prompts == {}
    driver.status("Charging")
    driver.passes(500)
    driver.confirms("present_id")
    driver.passes(29)
    assert driver.ended is None, "the wait begins when the card has been presented"
    driver.stops(1)
    assert driver.verdict == "PASS"


def test_a_card_of_before_a_remote_start_is_no_card_of_after_it() -> None:
    authorize = exchange(1, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED))
    driver = run(
        manual(PRESENT_ID),
        authorize,
        exchange(3, RemoteStartTransaction.req(idTag=VALID_ID_TAG), RemoteStartTransaction.conf(status="Accepted")),
        START,
    )
    driver.says("Authorize", idTag="VALID-1")
    driver.answers("Accepted")
    driver.starts("VALID-2")
    assert (driver.prompts, driver.verdict) == ({}, "PASS")


def test_a_state_inside_the_main_part_takes_other_values_and_fails_in_preparation() -> None:
    inner = small(exchange(1, Authorize.req(idTag=VALID_ID_TAG)), kind="state", identifier="Inner_CS")
    other = inner.with_(validIdTag="VALID-2")
    driver = run(manual(PLUG_IN), CHARGING, other)
    driver.status("Charging")
    driver.says("Authorize", idTag="VALID-1")
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "in_preparation")
    assert driver.texts == ["Step Inner_CS:1: Authorize.req had idTag VALID-1, VALID-2 (<validIdTag>) was due."]


def test_a_state_is_left_out_where_its_condition_does_not_hold() -> None:
    never = Condition("never", "never", lambda view: False)
    inner = small(exchange(1, Authorize.req()), kind="state", identifier="Inner_CS")
    assert isinstance(state(inner, when=never), UseState)
    driver = run(state(inner, when=never), manual(PLUG_IN), CHARGING)
    driver.status("Charging")
    assert driver.verdict == "PASS"


def test_an_action_that_an_absence_follows_is_confirmed_by_the_operator_alone() -> None:
    quiet = PLUG_IN.__class__("plug_in", "Plug in.", PLUG_IN.arguments, on_wire=False)
    driver = run(manual(quiet), CHARGING, absent(5, StartTransaction.req(), Literal(10)))
    driver.status("Charging")
    assert driver.prompt.action == "plug_in"
    driver.passes(100)
    assert driver.ended is None
    driver.confirms("plug_in")
    driver.passes(9)
    assert driver.ended is None
    driver.passes(1)
    assert driver.verdict == "PASS"


def test_an_absence_is_broken_even_while_the_prompt_is_open() -> None:
    quiet = PLUG_IN.__class__("plug_in", "Plug in.", PLUG_IN.arguments, on_wire=False)
    driver = run(manual(quiet), absent(5, StartTransaction.req(), Literal(10)))
    driver.starts()
    assert (driver.verdict, driver.row("5/StartTransaction.req/1//absent")) == ("FAIL", "failed")
    assert driver.prompts == {}
