"""What the variants of the simulated station do otherwise than the standard one, each within the specification."""

from __future__ import annotations

import pytest

from labapp.simulator.settings import StationConfig
from labapp.simulator.variants import VARIANTS, station_config
from tests.simulator.scripted import Bench, on_bench

OWN = StationConfig().button_id_tag
RESERVATION = {"connectorId": 1, "expiryDate": "2025-01-01T13:00:00Z", "idTag": "TAG", "reservationId": 1}


def test_every_variant_has_a_help_of_its_own() -> None:
    helps = [variant.help for variant in VARIANTS.values()]
    assert len(set(helps)) == len(helps)
    assert all(words and not words.endswith(".") for words in helps)


def test_variants_add_up() -> None:
    config = station_config(StationConfig(), variants=["no_reservation", "no_remote_trigger", "local_pre_authorize"])
    assert config.feature_profiles == ("Core", "FirmwareManagement", "LocalAuthListManagement", "SmartCharging")
    assert config.settings == {"LocalPreAuthorize": "true"}


# Order of messages


@pytest.mark.parametrize(
    ("variant", "started", "stopped"),
    [
        ("", ["StartTransaction", "1 Charging"], ["StopTransaction Local", "1 Finishing"]),
        ("status_first", ["1 Charging", "StartTransaction"], ["1 Finishing", "StopTransaction Local"]),
        ("transactions_first", ["StartTransaction", "1 Charging"], ["StopTransaction Local", "1 Finishing"]),
    ],
)
def test_the_order_of_statuses_and_transaction_messages_online(
    variant: str, started: list[str], stopped: list[str]
) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.settle()
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story()[-2:] == started
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story()[-2:] == stopped

    on_bench(scenario, variants=(variant,) if variant else ())


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("", ["1 Finishing", "StopTransaction Local"]),
        ("transactions_first", ["StopTransaction Local", "1 Finishing"]),
    ],
)
def test_the_order_after_the_time_offline(variant: str, expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("cut_network")
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.act("restore_network")
        await bench.settle(10)
        assert bench.central.story() == expected

    on_bench(scenario, variants=(variant,) if variant else ())


# Resets and reconnections


def test_a_soft_reset_may_do_without_a_boot() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await bench.central.call("Reset", {"type": "Soft"}) == {"status": "Accepted"}
        await bench.settle(60)
        assert bench.central.story() == ["StopTransaction SoftReset", "1 Finishing"]
        bench.central.clear()
        await bench.central.call("Reset", {"type": "Hard"})
        await bench.settle(20)
        assert bench.central.story() == ["BootNotification", "0 Available", "1 Finishing"]

    on_bench(scenario, variants=("soft_reset_without_boot",))


def test_a_hard_reset_may_leave_its_transactions_to_the_boot() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.central.call("Reset", {"type": "Hard"})
        await bench.settle(20)
        assert bench.central.story() == [
            "BootNotification", "0 Available", "1 Finishing", "StopTransaction HardReset",
        ]  # fmt: skip

    on_bench(scenario, variants=("stops_after_boot",))


def test_a_station_may_register_again_after_each_loss_of_connection() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("cut_network")
        await bench.settle(5)
        await bench.act("restore_network")
        await bench.settle(10)
        assert bench.central.story() == ["BootNotification", "0 Available", "1 Charging"]

    on_bench(scenario, variants=("boots_on_reconnect",))


def test_connectors_may_be_unavailable_before_and_after_a_boot() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(10)
        bench.central.clear()
        await bench.act("plug_in", connector=1)
        await bench.central.call("Reset", {"type": "Soft"})
        await bench.settle(7)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(7)
        assert bench.central.story() == [
            "1 Preparing", "1 Available", "1 Unavailable", "BootNotification", "0 Available", "1 Unavailable",
            "1 Preparing",
        ]  # fmt: skip

    on_bench(scenario, variants=("unavailable_before_reboot", "unavailable_after_boot"))


def test_a_reservation_outlasts_the_time_in_which_the_station_is_not_ready() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(10)
        await bench.central.call("ReserveNow", RESERVATION)
        await bench.central.call("Reset", {"type": "Soft"})
        await bench.settle(30)
        assert bench.central.story()[-2:] == ["1 Unavailable", "1 Reserved"] or bench.central.story()[-3:] == [
            "1 Unavailable", "1 Available", "1 Reserved",
        ]  # fmt: skip

    on_bench(scenario, variants=("unavailable_before_reboot", "unavailable_after_boot"))


@pytest.mark.parametrize(("variant", "seconds"), [("slow_reboot", 180), ("ten_minute_reboot", 600)])
def test_a_reboot_may_take_its_time(variant: str, seconds: int) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("power_cycle")
        await bench.settle(seconds - 1)
        assert bench.central.story() == []
        await bench.settle(2)
        assert bench.central.story()[0] == "BootNotification"

    on_bench(scenario, variants=(variant,))


# Statuses


def test_a_connector_may_be_finishing_for_a_while() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("unplug")
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(25)
        assert bench.central.story() == ["StopTransaction Local", "1 Finishing"]
        await bench.settle(5)
        assert bench.central.story() == ["StopTransaction Local", "1 Finishing", "1 Available"]
        await bench.charge()

    on_bench(scenario, variants=("slow_finish",))


@pytest.mark.parametrize(("variants", "status"), [((), "SuspendedEV"), (("suspends_by_evse",), "SuspendedEVSE")])
def test_an_unplugged_vehicle_suspends_the_transaction_where_it_does_not_end_it(
    variants: tuple[str, ...], status: str
) -> None:
    async def scenario(bench: Bench) -> None:
        transaction = await bench.charge()
        await bench.act("unplug_ev_side")
        await bench.settle()
        payload = bench.central.received[-1].payload
        assert (payload["status"], payload["info"]) == (status, "EV side disconnected")
        await bench.act("plug_in", connector=1)
        await bench.settle()
        payload = bench.central.received[-1].payload
        assert (payload["status"], "info" in payload) == ("Charging", False)
        await bench.act("unplug_ev_side")
        await bench.central.call("RemoteStopTransaction", {"transactionId": transaction})
        await bench.settle()
        assert bench.central.story()[-2:] == ["StopTransaction Remote", "1 Finishing"]

    on_bench(scenario, variants=variants, settings={"StopTransactionOnEVSideDisconnect": "false"})


def test_a_fixed_cable_that_hangs_free_leaves_the_connector_available() -> None:
    async def scenario(bench: Bench) -> None:
        transaction = await bench.charge()
        await bench.act("unplug_ev_side")
        await bench.central.call("RemoteStopTransaction", {"transactionId": transaction})
        await bench.settle()
        assert bench.central.story() == ["1 SuspendedEV", "StopTransaction Remote", "1 Available"]

    on_bench(scenario, variants=("fixed_cable",), settings={"StopTransactionOnEVSideDisconnect": "false"})


def test_a_status_may_lack_its_timestamp() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        status = await bench.central.expect("StatusNotification")
        assert status.payload == {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}

    on_bench(scenario, variants=("no_status_timestamps",))


@pytest.mark.parametrize(("variants", "expected"), [((), []), (("reports_unlock_failure",), ["1 Faulted"])])
def test_a_lock_that_does_not_open_may_be_a_fault(variants: tuple[str, ...], expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("set_connector_lock_failure", connector=1)
        answer = await bench.central.call("UnlockConnector", {"connectorId": 1})
        assert answer == {"status": "UnlockFailed"}
        await bench.settle()
        assert bench.central.story() == expected
        if expected:
            assert bench.central.received[-1].payload["errorCode"] == "ConnectorLockFailure"
        await bench.act("clear_fault")
        assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}

    on_bench(scenario, variants=variants)


def test_a_station_without_a_lock_unlocks_nothing() -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}
        outcome = await bench.station.act("set_connector_lock_failure", {"connector": 1})
        assert outcome.reason == "the connector has no lock"

    on_bench(scenario, variants=("mode12",))


# Users


def test_one_reader_for_several_connectors_asks_about_every_card() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge("TAG", 1)
        await bench.act("present_id", connector=1, id_tag="OTHER")
        await bench.settle()
        assert bench.central.story() == ["Authorize"]
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        assert bench.central.story()[1:] == ["StopTransaction Local", "1 Finishing"]

    on_bench(scenario, variants=("shared_reader",))


def test_a_button_alone_identifies_the_user() -> None:
    async def scenario(bench: Bench) -> None:
        outcome = await bench.station.act("present_id", {"connector": 1, "id_tag": "TAG"})
        assert outcome.reason == "this station has no reader"
        await bench.charge(OWN)
        await bench.act("present_id", connector=1, id_tag=OWN)
        stop = await bench.central.expect("StopTransaction")
        assert (stop.payload["reason"], stop.payload["idTag"]) == ("Local", OWN)
        await bench.settle()
        await bench.act("unplug")
        await bench.central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG"})
        await bench.settle()
        await bench.act("plug_in", connector=1)
        await bench.settle()
        bench.central.clear()
        await bench.act("present_id", connector=1, id_tag=OWN)
        stop = await bench.central.expect("StopTransaction")
        assert "idTag" not in stop.payload

    on_bench(scenario, variants=("button_only",))


@pytest.mark.parametrize(
    ("variants", "expected"),
    [((), ["Authorize", "1 Preparing", "1 Available"]),
     (("asks_again",), ["Authorize", "1 Preparing", "Authorize", "1 Available"])],
)  # fmt: skip
def test_a_card_that_is_presented_again_may_be_asked_about(variants: tuple[str, ...], expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(2):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
        assert bench.central.story() == expected

    on_bench(scenario, variants=variants)


def test_nobody_is_asked_about_a_card_again_while_offline() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("cut_network")
        await bench.settle()
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
        await bench.act("restore_network")
        await bench.settle(10)
        assert bench.central.story() == ["Authorize", "1 Preparing", "1 Available"]

    on_bench(scenario, variants=("asks_again",))


def test_a_known_card_may_not_be_asked_about() -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(3):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing", "1 Available", "1 Preparing"]

    on_bench(scenario, variants=("local_pre_authorize",))


# Other messages


def test_a_vendor_may_have_something_to_say() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(61)
        assert bench.central.story() == ["DataTransfer"] * 3
        await bench.act("cut_network")
        await bench.act("restore_network")
        bench.central.clear()
        await bench.central.expect("BootNotification")
        await bench.settle(61)
        assert bench.central.story().count("DataTransfer") == 3

    on_bench(scenario, variants=("vendor_data_transfer", "boots_on_reconnect"))
