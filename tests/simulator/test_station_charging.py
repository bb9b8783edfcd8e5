"""Transactions, connectors and meter values of the simulated station, as OCPP 1.6 has them."""

from __future__ import annotations

import itertools

import pytest

from tests.simulator.scripted import Bench, on_bench


def test_a_status_that_does_not_last_is_not_told() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(MinimumStatusDuration="10")
        await bench.act("plug_in", connector=1)
        await bench.settle(5)
        await bench.act("unplug")
        await bench.settle(30)
        assert bench.central.story() == []

    on_bench(scenario)


@pytest.mark.parametrize("ask", [True, False])
def test_remote_start_and_stop(ask: bool) -> None:
    async def scenario(bench: Bench) -> None:
        request = {"idTag": "TAG", "connectorId": 1}
        assert await bench.central.call("RemoteStartTransaction", request) == {"status": "Accepted"}
        await bench.settle()
        await bench.act("plug_in", connector=1)
        await bench.settle()
        expected = ["Authorize"] * ask + ["1 Preparing", "StartTransaction", "1 Charging"]
        assert bench.central.story() == expected
        bench.central.clear()
        assert await bench.central.call("RemoteStartTransaction", request) == {"status": "Rejected"}
        assert await bench.central.call("RemoteStopTransaction", {"transactionId": 99}) == {"status": "Rejected"}
        assert await bench.central.call("RemoteStopTransaction", {"transactionId": 1}) == {"status": "Accepted"}
        await bench.settle()
        assert bench.central.story() == ["StopTransaction Remote", "1 Finishing"]

    on_bench(scenario, variants=(f"authorize_remote_{str(ask).lower()}",))


def test_remote_start_wants_a_connector_that_exists() -> None:
    async def scenario(bench: Bench) -> None:
        for connector in (0, 2):
            answer = await bench.central.call("RemoteStartTransaction", {"idTag": "TAG", "connectorId": connector})
            assert answer == {"status": "Rejected"}
        assert await bench.central.call("RemoteStartTransaction", {"idTag": "TAG"}) == {"status": "Accepted"}
        await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing"]

    on_bench(scenario)


@pytest.mark.parametrize(
    ("stop", "unlock", "variants", "story"),
    [
        ("true", "true", (), ["StopTransaction EVDisconnected", "1 Finishing"]),
        ("true", "true", ("fixed_cable",), ["StopTransaction EVDisconnected", "1 Available"]),
        ("true", "false", (), ["StopTransaction EVDisconnected", "1 Finishing"]),
        ("false", "false", (), ["1 SuspendedEV"]),
    ],
)
def test_the_cable_is_pulled_at_the_vehicle(
    stop: str, unlock: str, variants: tuple[str, ...], story: list[str]
) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("unplug_ev_side")
        await bench.settle()
        assert bench.central.story() == story
        bench.central.clear()
        outcome = await bench.station.act("unplug", {"connector": 1})
        if "fixed_cable" in variants:
            assert outcome.reason == "no cable is plugged in"
        elif unlock == "true":
            assert outcome.done
        else:
            assert outcome.reason == "the connector is locked"
            assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
            await bench.act("unplug")
            await bench.settle()
            assert bench.central.story()[-1] == "1 Available"

    settings = {"StopTransactionOnEVSideDisconnect": stop}
    if "fixed_cable" not in variants:
        settings["UnlockConnectorOnEVSideDisconnect"] = unlock
    on_bench(scenario, settings=settings, variants=variants)


def test_unlocking() -> None:
    async def scenario(bench: Bench) -> None:
        assert await bench.central.call("UnlockConnector", {"connectorId": 9}) == {"status": "NotSupported"}
        await bench.charge()
        assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
        await bench.settle()
        await bench.act("unplug")
        await bench.settle()
        assert bench.central.story() == ["StopTransaction UnlockCommand", "1 Finishing", "1 Available"]
        await bench.act("set_connector_lock_failure")
        assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "UnlockFailed"}

    on_bench(scenario)


def test_a_fixed_cable_is_not_unlocked() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        assert await bench.central.call("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}
        await bench.settle()
        assert bench.central.story() == []

    on_bench(scenario, variants=("fixed_cable",))


def test_a_plug_that_cannot_be_locked_starts_nothing() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 1})
        await bench.settle()
        await bench.act("plug_in_halfway")
        await bench.settle()
        assert bench.central.story() == ["Authorize", "1 Preparing", "1 Faulted"]
        fault = await bench.central.expect("StatusNotification", status="Faulted")
        assert fault.payload["errorCode"] == "ConnectorLockFailure"

    on_bench(scenario)


def test_a_lock_that_cannot_move_faults_the_connector_until_it_is_mended() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("set_connector_lock_failure")
        for _ in range(2):
            await bench.act("present_id", connector=1, id_tag="TAG")
            await bench.settle()
            await bench.act("plug_in", connector=1)
            await bench.settle()
            assert bench.central.story() == ["Authorize", "1 Preparing", "1 Faulted"]
            await bench.act("unplug")
            await bench.settle()
            assert bench.central.story()[3:] == ["1 Available"]
            bench.central.clear()
        await bench.act("clear_fault")
        await bench.charge()

    on_bench(scenario)


def test_a_faulted_station_starts_nothing_and_recovers() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("set_fault", connector=0, error_code="GroundFailure")
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(60)
        assert bench.central.story() == ["0 Faulted", "1 Faulted"]
        bench.central.clear()
        await bench.act("clear_fault")
        await bench.settle()
        assert bench.central.story() == ["0 Available", "1 Preparing"]

    on_bench(scenario)


def test_sampled_values_come_at_the_interval_with_every_measurand() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(MeterValueSampleInterval="10", MeterValuesSampledData="Energy.Active.Import.Register,Voltage")
        transaction = await bench.charge()
        await bench.settle(35)
        values = [each.payload for each in bench.central.received]
        assert bench.central.story() == ["MeterValues"] * 3
        assert {each["transactionId"] for each in values} == {transaction}
        seconds = [each["meterValue"][0]["timestamp"][17:] for each in values]
        assert seconds == ["16.000Z", "26.000Z", "36.000Z"]
        sampled = values[0]["meterValue"][0]["sampledValue"]
        assert [(each["measurand"], each["context"]) for each in sampled] == [
            ("Energy.Active.Import.Register", "Sample.Periodic"),
            ("Voltage", "Sample.Periodic"),
        ]

    on_bench(scenario)


def test_clock_aligned_values_come_on_the_clock() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(MeterValueSampleInterval="0", ClockAlignedDataInterval="20")
        await bench.charge()
        await bench.settle(61)
        stamps = [each.payload["meterValue"][0]["timestamp"][14:] for each in bench.central.received]
        assert stamps == ["00:20.000Z", "00:40.000Z", "01:00.000Z"]
        assert {each.payload["transactionId"] for each in bench.central.received} == {1}
        context = bench.central.received[0].payload["meterValue"][0]["sampledValue"][0]["context"]
        assert context == "Sample.Clock"

    on_bench(scenario)


def test_stop_transaction_carries_the_data_it_is_configured_for() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.set(StopTxnSampledData="Energy.Active.Import.Register", MeterValueSampleInterval="10")
        await bench.charge()
        await bench.settle(15)
        await bench.act("present_id", connector=1, id_tag="TAG")
        stop = await bench.central.expect("StopTransaction")
        contexts = [each["sampledValue"][0]["context"] for each in stop.payload["transactionData"]]
        assert contexts == ["Transaction.Begin", "Sample.Periodic", "Transaction.End"]

    on_bench(scenario)


def test_offline_transactions_are_kept_in_order_and_told_on_return() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call(
            "SendLocalList",
            {
                "listVersion": 1,
                "updateType": "Full",
                "localAuthorizationList": [{"idTag": "TAG", "idTagInfo": {"status": "Accepted"}}],
            },
        )
        bench.central.rendezvous.cut("refuse")
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(25)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(5)
        bench.central.rendezvous.restore()
        await bench.settle(20)
        assert bench.central.story() == [
            "1 Finishing", "StartTransaction", "MeterValues", "MeterValues", "StopTransaction Local",
        ]  # fmt: skip
        assert {each.payload.get("transactionId", 1) for each in bench.central.received} == {1}

    on_bench(scenario, settings={"MeterValueSampleInterval": "10"})


def test_a_transaction_message_is_repeated_as_configured_and_then_given_up() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.act("plug_in", connector=1)
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(60)
        starts = [each.at for each in bench.central.received if each.action == "StartTransaction"]
        assert [round(b - a) for a, b in itertools.pairwise(starts)] == [10, 20]

    on_bench(
        scenario,
        settings={"TransactionMessageAttempts": "3", "TransactionMessageRetryInterval": "10"},
        answers={"StartTransaction": [4, "InternalError", "", {}]},
    )


def test_one_connector_of_an_evse_at_a_time() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge(connector=2)
        answer = await bench.central.call("RemoteStartTransaction", {"idTag": "X", "connectorId": 3})
        assert answer == {"status": "Rejected"}
        await bench.settle()
        assert bench.central.story() == []

    on_bench(scenario, variants=("three_connectors_one_evse",))


def test_the_vehicle_suspends() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("ev_suspend")
        await bench.settle()
        assert bench.central.story() == ["1 SuspendedEV"]

    on_bench(scenario)


def test_inspection_compares_what_is_seen() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await bench.act("inspect", subject="lock:1", expected="locked")
        outcome = await bench.station.act("inspect", {"subject": "cable", "expected": "unplugged"})
        assert outcome.reason == "cable is plugged"

    on_bench(scenario)


def test_malformed_frames_do_not_end_the_session() -> None:
    async def scenario(bench: Bench) -> None:
        assert bench.central.connection is not None
        for frame in ("{", "{}", "[]", "[9]", '[2,"a"]', '[2,"b",{"x":1},{}]', '[3,"nobody",{}]', '[2,"c","Reset",[]]'):
            await bench.central.connection.send(frame)
        assert await bench.central.call("Reset", {"type": 1}) == {"error": "TypeConstraintViolation"}
        assert await bench.central.call("Reset", {"type": "Hard", "x": 1}) == {"error": "FormationViolation"}
        assert await bench.central.call("Reset", {}) == {"error": "ProtocolError"}
        assert await bench.central.call("Sing", {}) == {"error": "NotImplemented"}
        assert await bench.central.call("GetLog", {"requestId": 1}) == {"error": "NotSupported"}
        assert await bench.central.call("GetLocalListVersion") == {"listVersion": 0}

    on_bench(scenario)
