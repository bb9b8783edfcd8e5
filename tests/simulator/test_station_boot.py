"""Registration, heartbeats, reconnection and power of the simulated station, as OCPP 1.6 sections 4.2 and 4.6 have them."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.handshake import basic_credentials
from tests.simulator.scripted import Bench, on_bench


def _boots(*conclusions: tuple[str, int]) -> Any:
    """Answers to BootNotification: the status and interval of each, the last for all that follow."""
    left = list(conclusions)

    def answer(_: Any) -> dict[str, Any]:
        status, interval = left.pop(0) if len(left) > 1 else left[0]
        return {"status": status, "interval": interval, "currentTime": "2025-01-01T12:00:00Z"}

    return answer


def test_a_rejected_boot_is_repeated_after_the_interval_and_statuses_and_heartbeats_follow_acceptance() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(150)
        first, second = (each for each in bench.central.received if each.action == "BootNotification")
        assert second.at - first.at == pytest.approx(20)
        assert bench.central.story() == [
            "BootNotification", "BootNotification", "0 Available", "1 Available", "Heartbeat", "Heartbeat",
        ]  # fmt: skip
        beats = [each.at for each in bench.central.received if each.action == "Heartbeat"]
        assert beats[1] - beats[0] == pytest.approx(60)

    on_bench(scenario, booted=False, answers={"BootNotification": _boots(("Rejected", 20), ("Accepted", 60))})


def test_a_pending_station_answers_but_asks_nothing() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.expect("BootNotification")
        await bench.settle()
        answer = await bench.central.call("GetConfiguration", {"key": ["HeartbeatInterval"]})
        assert answer["configurationKey"] == [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
        refused = await bench.central.call("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 1})
        assert refused == {"status": "Rejected"}
        await bench.act("plug_in", connector=1)
        await bench.settle(20)
        assert bench.central.story() == ["BootNotification"]
        await bench.settle(20)
        assert bench.central.story() == ["BootNotification", "BootNotification", "0 Available", "1 Preparing"]

    on_bench(scenario, booted=False, answers={"BootNotification": _boots(("Pending", 30), ("Accepted", 300))})


def test_a_rejected_station_does_not_even_answer() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.expect("BootNotification")
        await bench.settle()
        with pytest.raises(TimeoutError):
            await bench.central.call("GetConfiguration", patience=30)

    on_bench(scenario, booted=False, answers={"BootNotification": _boots(("Rejected", 100))})


def test_a_pending_station_boots_again_when_triggered() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.expect("BootNotification")
        await bench.settle()
        assert await bench.central.call("TriggerMessage", {"requestedMessage": "BootNotification"}) == {
            "status": "Accepted"
        }
        await bench.settle()
        assert bench.central.story()[:2] == ["BootNotification", "BootNotification"]

    on_bench(scenario, booted=False, answers={"BootNotification": _boots(("Pending", 1000), ("Accepted", 300))})


def test_the_heartbeat_interval_of_the_boot_and_of_the_key_are_the_same_thing() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(HeartbeatInterval="10")
        await bench.settle(35)
        assert bench.central.story() == ["Heartbeat"] * 3

    on_bench(scenario)


def test_the_station_takes_over_the_time_of_the_central_system() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        status = await bench.central.expect("StatusNotification")
        assert status.payload["timestamp"].startswith("2031-05-05T05:05:0")

    answer = {"status": "Accepted", "interval": 300, "currentTime": "2031-05-05T05:05:05Z"}
    on_bench(scenario, answers={"BootNotification": answer})


def test_a_lost_connection_is_made_again_without_a_boot_and_only_changes_are_told() -> None:
    async def scenario(bench: Bench) -> None:
        assert bench.central.connection is not None
        await bench.central.connection.close(1001)
        await bench.settle(5)
        assert bench.central.story() == []
        assert len(bench.central.handshakes) == 2
        await bench.act("cut_network")
        await bench.act("plug_in", connector=1)
        await bench.settle(60)
        await bench.act("restore_network")
        await bench.settle(10)
        assert bench.central.story() == ["1 Preparing"]

    on_bench(scenario)


def test_a_central_system_that_is_silent_is_given_up_and_dialled_again() -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.rendezvous.cut("silent")
        await bench.settle(200)
        bench.central.rendezvous.restore()
        await bench.settle(20)
        assert bench.central.closed == 1
        assert len(bench.central.handshakes) == 2

    on_bench(scenario)


def test_a_refused_network_is_dialled_until_it_is_back() -> None:
    async def scenario(bench: Bench) -> None:
        bench.central.rendezvous.cut("refuse")
        await bench.settle(100)
        bench.central.rendezvous.restore()
        await bench.settle(10)
        assert len(bench.central.handshakes) == 2

    on_bench(scenario)


def test_basic_authentication_uses_the_authorization_key_and_follows_its_change() -> None:
    async def scenario(bench: Bench) -> None:
        [handshake] = bench.central.handshakes
        assert basic_credentials(handshake.authorization) == ("CS-1", b"0123456789abcdef")
        await bench.set(AuthorizationKey="00" * 16)
        await bench.settle(5)
        assert basic_credentials(bench.central.handshakes[-1].authorization) == ("CS-1", bytes(16))
        known = await bench.central.call("GetConfiguration", {"key": ["AuthorizationKey"]})
        assert known["configurationKey"] == [{"key": "AuthorizationKey", "readonly": False}]

    on_bench(scenario, password="0123456789abcdef")


def test_without_a_security_profile_the_authorization_key_is_only_kept() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(AuthorizationKey="00" * 16)
        await bench.settle(60)
        await bench.central.call("Reset", {"type": "Soft"})
        await bench.settle(30)
        assert [each.authorization for each in bench.central.handshakes] == [None, None]

    on_bench(scenario)


@pytest.mark.parametrize("kind", ["Hard", "Soft"])
def test_a_reset_ends_the_transaction_tells_it_and_boots(kind: str) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await bench.central.call("Reset", {"type": kind}) == {"status": "Accepted"}
        await bench.settle(30)
        assert bench.central.story() == [
            f"StopTransaction {kind}Reset", "1 Finishing", "BootNotification", "0 Available", "1 Finishing",
        ]  # fmt: skip

    on_bench(scenario)


def test_a_connector_stays_unavailable_through_a_reset() -> None:
    async def scenario(bench: Bench) -> None:
        change = {"connectorId": 1, "type": "Inoperative"}
        assert await bench.central.call("ChangeAvailability", change) == {"status": "Accepted"}
        await bench.central.call("Reset", {"type": "Hard"})
        await bench.settle(30)
        await bench.central.call("ChangeAvailability", change | {"type": "Operative"})
        await bench.settle()
        assert bench.central.story() == [
            "1 Unavailable", "BootNotification", "0 Available", "1 Unavailable", "2 Available", "1 Available",
        ]  # fmt: skip

    on_bench(scenario, variants=("two_connectors",))


def test_a_loss_of_power_ends_the_transaction_which_is_told_after_the_boot() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.settle(30)
        await bench.act("power_off")
        lost_at = bench.central.now()
        await bench.settle(100)
        assert bench.central.story() == []
        assert not (await bench.station.act("plug_in", {"connector": 1})).done
        await bench.act("power_on")
        await bench.settle(20)
        assert bench.central.story() == ["BootNotification", "0 Available", "1 Finishing", "StopTransaction PowerLoss"]
        stop = await bench.central.expect("StopTransaction")
        assert stop.payload["timestamp"][:19] == lost_at[:19]

    on_bench(scenario)


def test_with_back_up_power_the_transaction_is_ended_before_the_station_goes_down() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("power_off")
        await bench.settle(30)
        assert bench.central.story() == ["StopTransaction PowerLoss", "1 Finishing"]
        await bench.act("power_on")
        await bench.settle(20)
        assert bench.central.story()[2:] == ["BootNotification", "0 Available", "1 Finishing"]

    on_bench(scenario, variants=("backup_power",))


def test_a_power_cycle_boots_once() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("power_cycle")
        await bench.settle(60)
        assert bench.central.story() == ["BootNotification", "0 Available", "1 Available"]

    on_bench(scenario)


def test_a_slow_reboot_takes_three_minutes() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("power_cycle")
        await bench.settle(179)
        assert bench.central.story() == []
        await bench.settle(10)
        assert "BootNotification" in bench.central.story()

    on_bench(scenario, variants=("slow_reboot",))


def test_a_station_that_is_refused_when_it_is_asked_to_register_again_is_not_accepted_any_more() -> None:
    async def scenario(bench: Bench) -> None:
        accepted = bench.central.answers["BootNotification"]
        bench.central.answers["BootNotification"] = {
            "status": "Pending", "interval": 20, "currentTime": bench.central.now(),
        }  # fmt: skip
        await bench.central.call("TriggerMessage", {"requestedMessage": "BootNotification"})
        await bench.settle()
        await bench.act("plug_in", connector=1)
        await bench.settle(15)
        assert bench.central.story() == ["BootNotification"]
        bench.central.answers["BootNotification"] = accepted
        await bench.settle(10)
        assert bench.central.story()[1:] == ["BootNotification", "0 Available", "1 Preparing"]

    on_bench(scenario)


def test_requests_are_served_while_the_registration_is_pending_and_nothing_is_sent_unasked() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.expect("BootNotification")
        await bench.settle()
        bench.central.clear()
        assert len((await bench.central.call("GetConfiguration"))["configurationKey"]) > 30
        await bench.set(MeterValueSampleInterval="5", HeartbeatInterval="5", ClockAlignedDataInterval="5")
        order = {"location": "ftp://files/gone", "retrieveDate": bench.central.now(), "retries": 0}
        await bench.central.call("UpdateFirmware", order)
        await bench.central.call("GetDiagnostics", {"location": "ftp://files/gone", "retries": 0})
        await bench.act("plug_in", connector=1)
        await bench.settle(30)
        assert bench.central.story() == []
        for message in ("Heartbeat", "StatusNotification", "MeterValues"):
            await bench.central.call("TriggerMessage", {"requestedMessage": message, "connectorId": 1})
        await bench.settle()
        assert bench.central.story() == ["Heartbeat", "1 Preparing", "MeterValues"]
        answer = await bench.central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG"})
        assert answer == {"status": "Rejected"}

    pending = {"status": "Pending", "interval": 300, "currentTime": "2025-01-01T12:00:00Z"}
    on_bench(scenario, booted=False, answers={"BootNotification": pending})
