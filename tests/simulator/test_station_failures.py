"""How the simulated station bears a central system that errs, is slow, or is gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.simulator.transactions import next_aligned
from tests.simulator.scripted import Bench, on_bench

ERROR = [4, "InternalError", "", {}]


@pytest.mark.parametrize(
    ("answer", "allowed", "started"),
    [(None, "true", True), (None, "false", False), (ERROR, "true", False), ({"idTagInfo": {}}, "true", False)],
)
def test_an_authorization_without_an_answer_is_decided_offline_and_one_with_an_error_is_refused(
    answer: Any, allowed: str, started: bool
) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(50)
        assert ("1 Preparing" in bench.central.story()) is started

    on_bench(scenario, settings={"AllowOfflineTxForUnknownId": allowed}, answers={"Authorize": answer})


@pytest.mark.parametrize(
    "answer", [ERROR, None, {"status": "Perhaps", "interval": 1, "currentTime": "2025-01-01T12:00:00Z"}]
)
def test_a_boot_without_a_usable_answer_is_repeated(answer: Any) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.expect("BootNotification")
        bench.central.clear()
        del bench.central.answers["BootNotification"]
        bench.central.answers["BootNotification"] = {
            "status": "Accepted", "interval": 0, "currentTime": "2025-01-01T12:00:00Z",
        }  # fmt: skip
        await bench.settle(100)
        assert bench.central.story()[:2] == ["BootNotification", "0 Available"]

    on_bench(scenario, booted=False, answers={"BootNotification": answer})


def test_a_pending_boot_without_an_interval_is_repeated_after_a_while() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(40)
        assert bench.central.story() == ["BootNotification", "BootNotification"]

    pending = {"status": "Pending", "interval": 0, "currentTime": "2025-01-01T12:00:00Z"}
    on_bench(scenario, booted=False, answers={"BootNotification": pending})


def test_an_unreadable_time_of_the_central_system_is_left_alone() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        status = await bench.central.expect("StatusNotification")
        assert status.payload["timestamp"].startswith("2025-01-01T12:00:")

    answer = {"status": "Accepted", "interval": 300, "currentTime": "noon"}
    on_bench(scenario, answers={"BootNotification": answer})


def test_heartbeats_go_on_after_an_error_and_silence_ends_the_connection() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(HeartbeatInterval="50")
        bench.central.answers["Heartbeat"] = ERROR
        await bench.settle(101)
        assert bench.central.story() == ["Heartbeat", "Heartbeat"]
        bench.central.answers["Heartbeat"] = None
        await bench.settle(100)
        assert len(bench.central.handshakes) == 2

    on_bench(scenario, settings={"WebSocketPingInterval": "0"})


def test_a_status_that_was_lost_with_the_connection_is_told_again() -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.answers["StatusNotification"] = None
        await bench.act("plug_in", connector=1)
        await bench.settle()
        await bench.act("cut_network")
        del bench.central.answers["StatusNotification"]
        bench.central.clear()
        await bench.act("restore_network")
        await bench.settle(10)
        assert bench.central.story() == ["1 Preparing"]

    on_bench(scenario)


def test_an_unanswered_status_does_not_stop_the_next() -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.answers["StatusNotification"] = None
        await bench.act("plug_in", connector=1)
        await bench.act("unplug")
        await bench.settle(70)
        assert bench.central.story() == ["1 Preparing", "1 Available"]

    on_bench(scenario, response_timeout=5.0)


def test_what_belongs_to_a_transaction_that_could_not_be_started_is_dropped() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(60)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(10)
        assert "MeterValues" not in bench.central.story()
        assert bench.central.story()[-1] == "1 Finishing"

    settings = {"TransactionMessageAttempts": "1", "MeterValueSampleInterval": "10"}
    on_bench(scenario, settings=settings, answers={"StartTransaction": ERROR})


def test_a_transaction_message_that_was_under_way_is_sent_again_after_the_connection_is_back() -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.answers["StartTransaction"] = None
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.central.expect("StartTransaction")
        bench.central.rendezvous.cut("refuse")
        await bench.settle(5)
        bench.central.clear()
        bench.central.answers["StartTransaction"] = {"transactionId": 5, "idTagInfo": {"status": "Accepted"}}
        bench.central.rendezvous.restore()
        await bench.settle(20)
        assert bench.central.story() == ["1 Charging", "StartTransaction"]

    on_bench(scenario)


def test_clock_aligned_values_are_sent_outside_transactions_too() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(ClockAlignedDataInterval="900")
        await bench.settle(1000)
        values = [each.payload for each in bench.central.received if each.action == "MeterValues"]
        assert [each["connectorId"] for each in values] == [1, 2]
        assert not any("transactionId" in each for each in values)
        assert values[0]["meterValue"][0]["timestamp"] == "2025-01-01T12:15:00.000Z"

    on_bench(scenario, variants=("two_connectors",))


def test_aligned_values_of_a_transaction_go_into_its_stop_where_configured() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(ClockAlignedDataInterval="20", StopTxnAlignedData="Energy.Active.Import.Register")
        await bench.charge()
        await bench.settle(45)
        await bench.act("present_id", connector=1, id_tag="TAG")
        stop = await bench.central.expect("StopTransaction")
        contexts = [each["sampledValue"][0]["context"] for each in stop.payload["transactionData"]]
        assert contexts == ["Sample.Clock", "Sample.Clock"]

    on_bench(scenario)


def test_a_card_releases_a_cable_that_stayed_locked() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("unplug_ev_side")
        assert (await bench.station.act("unplug", {})).reason == "the connector is locked"
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("unplug")

    on_bench(scenario, settings={"UnlockConnectorOnEVSideDisconnect": "false"})


def test_another_card_does_not_take_over_an_authorization() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing"]

    on_bench(scenario)


def test_a_fault_of_the_model_ends_the_run_with_its_error() -> None:
    def broken(_: Any) -> None:
        raise LookupError("a bug")

    async def scenario(bench: Bench) -> None:
        bench.station._device.authorizer.known = broken  # type: ignore[assignment]
        await bench.act("present_id", connector=1, id_tag="TAG")
        await asyncio.Event().wait()

    with pytest.raises(LookupError, match="a bug"):
        on_bench(scenario)


_MICROSECONDS_OF_TWO_DAYS = 2 * 86400 * 10**6


@given(st.integers(0, _MICROSECONDS_OF_TWO_DAYS), st.integers(1, 90000))
def test_aligned_moments_lie_on_the_grid_of_their_day(microseconds: int, interval: int) -> None:
    after = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    moment = next_aligned(after, interval)
    assert after < moment <= after + timedelta(seconds=interval)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    assert (moment - midnight).total_seconds() % interval == 0
