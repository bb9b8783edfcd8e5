"""Whatever is done to the simulated station, in whatever order: it keeps to the protocol and never stumbles."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labapp.domain.transitions import permitted
from labapp.simulator.transfers import FIRMWARE_MAGIC, MemoryTransfers
from labapp.simulator.variants import VARIANTS
from tests.simulator.scripted import CONNECTED, Bench, on_bench

_CONNECTOR = {"connector": 1}
_PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]},
}

_ACTIONS: list[tuple[str, dict[str, Any]]] = [
    ("plug_in", _CONNECTOR),
    ("plug_in_halfway", _CONNECTOR),
    ("unplug", _CONNECTOR),
    ("unplug_ev_side", _CONNECTOR),
    ("present_id", {**_CONNECTOR, "id_tag": "TAG"}),
    ("present_id", {**_CONNECTOR, "id_tag": "OTHER"}),
    ("power_cycle", {}),
    ("power_off", {}),
    ("power_on", {}),
    ("cut_network", {}),
    ("restore_network", {}),
    ("set_fault", _CONNECTOR),
    ("set_fault", {"connector": 0}),
    ("clear_fault", {}),
    ("set_connector_lock_failure", _CONNECTOR),
    ("ev_suspend", _CONNECTOR),
]

_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG"}),
    ("RemoteStopTransaction", {"transactionId": 1}),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "2025-01-01T12:05:00Z", "idTag": "TAG", "reservationId": 1}),
    ("ReserveNow", {"connectorId": 0, "expiryDate": "2025-01-01T12:02:00Z", "idTag": "OTHER", "reservationId": 2}),
    ("CancelReservation", {"reservationId": 1}),
    ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}),
    ("ChangeAvailability", {"connectorId": 0, "type": "Operative"}),
    ("UnlockConnector", {"connectorId": 1}),
    ("Reset", {"type": "Soft"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": _PROFILE}),
    ("UpdateFirmware", {"location": "ftp://files/firmware", "retrieveDate": "2025-01-01T12:00:00Z"}),
    ("UpdateFirmware", {"location": "ftp://files/rubbish", "retrieveDate": "2025-01-01T12:00:20Z", "retries": 1}),
    ("GetDiagnostics", {"location": "ftp://files/logs"}),
    ("ChangeConfiguration", {"key": "StopTransactionOnEVSideDisconnect", "value": "false"}),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "7"}),
    ("ChangeConfiguration", {"key": "MaxEnergyOnInvalidId", "value": "100"}),
    ("GetConfiguration", {}),
]

_STEP = st.one_of(
    st.tuples(st.just("act"), st.sampled_from(_ACTIONS)),
    st.tuples(st.just("call"), st.sampled_from(_REQUESTS)),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 40.0]).map(lambda seconds: (seconds, {}))),
)
_OTHERS = ("slow_reboot", "ten_minute_reboot", "no_firmware_management")
#: All in which a walk comes to its end in the time that it is given, and that know every request of it.
_VARIANTS = st.sampled_from([(), *((name,) for name in VARIANTS if name not in _OTHERS)])


@settings(max_examples=150)
@given(st.lists(_STEP, max_size=15), _VARIANTS)
def test_any_walk_keeps_to_the_protocol(steps: list[tuple[str, tuple[Any, dict[str, Any]]]], variants: Any) -> None:
    async def scenario(bench: Bench) -> None:
        for kind, (what, args) in steps:
            if kind == "act":
                await bench.station.act(what, args)
            elif kind == "wait":
                await bench.settle(what)
            elif bench.central.connection is not None and not bench.central.connection.closed:
                await bench.central.send(what, args)
        await bench.station.act("power_on", {})
        await bench.station.act("restore_network", {})
        await bench.settle(120)
        _no_faulty_answer(bench)
        _permitted_statuses(bench)
        _whole_transactions(bench)

    transfers = MemoryTransfers(
        {"ftp://files/firmware": FIRMWARE_MAGIC, "ftp://files/rubbish": b""}, ["ftp://files/logs"]
    )
    on_bench(scenario, variants=variants, transfers=transfers)


def _no_faulty_answer(bench: Bench) -> None:
    assert [frame for frame in bench.central.frames if frame[0] == 4] == []


def _permitted_statuses(bench: Bench) -> None:
    """Between two boots, or two connections, each connector goes only where the specification lets it."""
    seen: dict[int, str] = {}
    for each in bench.central.received:
        if each.action in ("BootNotification", CONNECTED):
            seen.clear()
        elif each.action == "StatusNotification":
            connector, status = each.payload["connectorId"], each.payload["status"]
            if connector == 0:
                assert status in ("Available", "Unavailable", "Faulted")
            elif connector in seen and status != seen[connector]:
                assert permitted(seen[connector], status), (seen[connector], status)
            seen[connector] = status


def _whole_transactions(bench: Bench) -> None:
    """Each transaction is started once, metered while it runs, and stopped at most once, in the order of time."""
    running: set[int] = set()
    begun = 0
    for each in bench.central.received:
        if each.action == "StartTransaction":
            begun += 1
            running.add(begun)
        elif each.action == "StopTransaction":
            running.remove(each.payload["transactionId"])
        elif each.action == "MeterValues":
            assert each.payload["transactionId"] in running
    assert len(running) <= 1
    stamps = [each.payload["timestamp"] for each in bench.central.received if each.action.endswith("Transaction")]
    assert all(earlier <= later for earlier, later in itertools.pairwise(stamps))
