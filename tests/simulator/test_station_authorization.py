"""Who may charge at the simulated station: cards, groups, cache, local list and the rules while offline (OCPP 1.6, section 3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.scripted import Bench, on_bench

INVALID = {"idTagInfo": {"status": "Invalid"}}


def _start_answer(status: str, **info: str) -> dict[str, Any]:
    return {"transactionId": 7, "idTagInfo": {"status": status, **info}}


def test_plug_first_then_card() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story() == ["1 Preparing", "Authorize", "StartTransaction", "1 Charging"]
        start = await bench.central.expect("StartTransaction")
        assert start.payload["idTag"] == "TAG"
        assert "reservationId" not in start.payload
        bench.central.clear()
        await bench.act("present_id", connector=1, id_tag="tag")
        await bench.settle()
        await bench.act("unplug")
        await bench.settle()
        assert bench.central.story() == ["StopTransaction Local", "1 Finishing", "1 Available"]

    on_bench(scenario)


def test_card_first_then_plug_and_the_timeout_without_one() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(ConnectionTimeOut="30")
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(40)
        assert bench.central.story() == ["Authorize", "1 Preparing", "1 Available"]
        preparing = await bench.central.expect("StatusNotification", status="Preparing")
        available = await bench.central.expect("StatusNotification", status="Available")
        assert available.at - preparing.at == pytest.approx(30)
        bench.central.clear()
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(10)
        await bench.act("plug_in", connector=1)
        await bench.settle(60)
        assert bench.central.story() == ["Authorize", "1 Preparing", "StartTransaction", "1 Charging"]

    on_bench(scenario, settings={"MeterValueSampleInterval": "0"})


def test_the_same_card_again_gives_the_authorization_up() -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(2):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing", "1 Available"]

    on_bench(scenario)


def test_a_refused_card_starts_nothing() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(MinimumStatusDuration="10")
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.act("plug_in", connector=1)
        await bench.settle(9)
        assert bench.central.story() == ["Authorize"]
        await bench.settle(60)
        assert bench.central.story() == ["Authorize", "1 Preparing"]

    on_bench(scenario, answers={"Authorize": INVALID})


def test_another_card_stops_only_within_the_group() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle()
        assert bench.central.story() == ["Authorize", "StopTransaction Local", "1 Finishing"]
        assert (await bench.central.expect("StopTransaction")).payload["idTag"] == "OTHER"

    group = {"idTagInfo": {"status": "Accepted", "parentIdTag": "GROUP"}}
    on_bench(scenario, answers={"StartTransaction": {"transactionId": 7, **group}, "Authorize": group})


def test_another_card_is_ignored_where_the_transaction_has_no_group() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle()
        assert bench.central.story() == []

    on_bench(scenario)


@pytest.mark.parametrize("allowed", ["true", "false"])
def test_an_unknown_card_offline(allowed: str) -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.rendezvous.cut("refuse")
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(5)
        bench.central.rendezvous.restore()
        await bench.settle(20)
        started = ["1 Charging", "StartTransaction"]
        assert bench.central.story() == (started if allowed == "true" else ["1 Preparing"])

    on_bench(scenario, settings={"AllowOfflineTxForUnknownId": allowed})


@pytest.mark.parametrize(
    ("stops", "story"),
    [("true", ["StopTransaction DeAuthorized", "1 Finishing"]), ("false", ["1 SuspendedEVSE"])],
)
def test_start_transaction_is_answered_with_a_refusal(stops: str, story: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(5)
        assert bench.central.story()[3:] == ["1 Charging", *story]

    on_bench(
        scenario,
        settings={"StopTransactionOnInvalidId": stops},
        answers={"StartTransaction": _start_answer("Invalid")},
    )


def test_the_cache_is_used_when_it_may_be_and_is_cleared() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(LocalPreAuthorize="true")
        for expected in (["Authorize", "1 Preparing", "1 Available"], ["1 Preparing", "1 Available"]):
            bench.central.clear()
            for _ in range(2):
                await bench.act("present_id", connector=1, id_tag="TAG")
                await bench.settle()
            assert bench.central.story() == expected
        assert await bench.central.call("ClearCache") == {"status": "Accepted"}
        bench.central.clear()
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing"]

    on_bench(scenario)


def test_an_expired_entry_of_the_cache_is_asked_for_again() -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(2):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
        bench.central.clear()
        await bench.settle(3600)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert "Authorize" in bench.central.story()

    info = {"idTagInfo": {"status": "Accepted", "expiryDate": "2025-01-01T12:30:00Z"}}
    on_bench(scenario, settings={"LocalPreAuthorize": "true"}, answers={"Authorize": info})


def test_the_local_list_goes_before_the_cache() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(LocalPreAuthorize="true")
        for _ in range(2):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
        entry = {"idTag": "TAG", "idTagInfo": {"status": "Blocked"}}
        update = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": [entry]}
        assert await bench.central.call("SendLocalList", update) == {"status": "Accepted"}
        bench.central.clear()
        bench.central.answers["Authorize"] = INVALID
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story() == ["Authorize"]

    on_bench(scenario)


def test_without_a_reader_cards_are_impossible() -> None:
    async def scenario(bench: Bench) -> None:
        outcome = await bench.station.act("present_id", {"connector": 1, "id_tag": "TAG"})
        assert outcome.reason == "this station has no reader"
        assert (await bench.station.act("start_button", {})).reason == "this station has no start button"

    on_bench(scenario, variants=("no_local_start",))


def test_buttons_start_and_stop() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.act("start_button")
        await bench.settle()
        await bench.act("stop_button")
        await bench.settle()
        assert bench.central.story()[1:] == [
            "Authorize", "StartTransaction", "1 Charging", "StopTransaction Local", "1 Finishing",
        ]  # fmt: skip
        assert "idTag" not in (await bench.central.expect("StopTransaction")).payload

    on_bench(scenario, variants=("start_button",))


def test_a_mode_one_or_two_socket_sees_the_plug_only_while_power_flows() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.settle(20)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story() == [
            "1 Preparing", "1 Available", "Authorize", "1 Preparing", "StartTransaction", "1 Charging",
        ]  # fmt: skip

    on_bench(scenario, variants=("mode12",))


@pytest.mark.parametrize(
    ("stops", "expected"), [("true", ["StopTransaction DeAuthorized", "1 Finishing"]), ("false", ["1 SuspendedEVSE"])]
)
def test_a_refused_user_gets_the_energy_that_is_allowed(stops: str, expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        # 22080 W deliver 368 Wh in a minute.
        await bench.settle(55)
        assert bench.central.story() == []
        await bench.settle(10)
        assert bench.central.story() == expected

    settings = {"MaxEnergyOnInvalidId": "368", "StopTransactionOnInvalidId": stops, "MeterValueSampleInterval": "0"}
    on_bench(scenario, settings=settings, answers={"StartTransaction": _start_answer("Invalid")})


def test_the_allowed_energy_waits_for_a_vehicle_that_draws_none() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("ev_suspend")
        await bench.settle(200)
        assert bench.central.story() == ["1 SuspendedEV"]
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(70)
        assert bench.central.story()[1:] == ["StopTransaction Local", "1 Finishing"]

    settings = {"MaxEnergyOnInvalidId": "368", "MeterValueSampleInterval": "0"}
    on_bench(scenario, settings=settings, answers={"StartTransaction": _start_answer("Invalid")})


def test_a_refused_user_gets_nothing_more_after_a_loss_of_power() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("power_cycle")
        await bench.settle(20)
        assert bench.central.story()[:3] == ["BootNotification", "0 Available", "1 SuspendedEVSE"]

    settings = {"MaxEnergyOnInvalidId": "36800", "StopTransactionOnInvalidId": "false"}
    answers = {"StartTransaction": _start_answer("Invalid")}
    on_bench(scenario, variants=("resumes_transactions",), settings=settings, answers=answers)


@pytest.mark.parametrize(("parent", "started"), [("GROUP", True), ("OTHERS", False), (None, False)])
def test_a_remote_start_on_a_reserved_connector_asks_for_the_group(parent: str | None, started: bool) -> None:
    async def scenario(bench: Bench) -> None:
        reservation = {
            "connectorId": 1, "expiryDate": "2025-01-01T13:00:00Z", "idTag": "TAG", "parentIdTag": "GROUP",
            "reservationId": 5,
        }  # fmt: skip
        await bench.central.call("ReserveNow", reservation)
        await bench.act("plug_in", connector=1)
        answer = await bench.central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "OTHER"})
        assert answer == {"status": "Accepted"}
        await bench.settle()
        assert ("StartTransaction" in bench.central.story()) is started
        assert bench.central.story()[1] == "Authorize"
        if started:
            assert (await bench.central.expect("StartTransaction")).payload["reservationId"] == 5

    info = {"idTagInfo": {"status": "Accepted", **({"parentIdTag": parent} if parent else {})}}
    on_bench(scenario, settings={"AuthorizeRemoteTxRequests": "false"}, answers={"Authorize": info})
