"""Every defect shows on the wire, and the sound station does not show it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.simulator.defects import STATION_DEFECTS
from labapp.simulator.settings import StationConfig
from labapp.simulator.transfers import FIRMWARE_MAGIC, MemoryTransfers
from labapp.simulator.variants import VARIANTS, station_config
from tests.simulator.reservation_walks import RESERVATION_TABLE
from tests.simulator.scripted import Bench, on_bench

Observe = Callable[[Bench], Awaitable[Any]]


async def _boots_after_hard_reset(bench: Bench) -> int:
    await bench.central.call("Reset", {"type": "Hard"})
    await bench.settle(200)
    return bench.central.story().count("BootNotification")


async def _seconds_to_second_boot(bench: Bench) -> int:
    bench.central.answers["BootNotification"] = {
        "status": "Pending",
        "interval": 40,
        "currentTime": bench.central.now(),
    }
    await bench.act("power_cycle")
    await bench.settle(100)
    first, second = [each.at for each in bench.central.received if each.action == "BootNotification"][:2]
    return round(second - first)


async def _statuses_after_boot(bench: Bench) -> int:
    await bench.act("power_cycle")
    await bench.settle(20)
    return bench.central.story().count("1 Available")


async def _heartbeats(bench: Bench) -> int:
    await bench.set(HeartbeatInterval="10")
    await bench.settle(101)
    return bench.central.story().count("Heartbeat")


async def _plugged(bench: Bench) -> list[str]:
    await bench.act("plug_in", connector=1)
    await bench.settle()
    return bench.central.story()


async def _sampled(bench: Bench) -> list[tuple[str, str]]:
    await bench.set(MeterValueSampleInterval="10")
    await bench.charge()
    await bench.settle(45)
    values = [each.payload["meterValue"][0] for each in bench.central.received]
    return [(each["timestamp"][17:19], each["sampledValue"][0]["context"]) for each in values]


async def _offline(bench: Bench) -> list[str]:
    await bench.set(MeterValueSampleInterval="10")
    await bench.charge()
    bench.central.rendezvous.cut("refuse")
    await bench.settle(25)
    await bench.act("present_id", connector=1, id_tag="TAG")
    bench.central.rendezvous.restore()
    await bench.settle(20)
    return [told for told in bench.central.story() if not told.startswith("1 ")]


async def _offline_stamps(bench: Bench) -> list[str]:
    await _offline(bench)
    stamps = [each.payload for each in bench.central.received if each.action in ("MeterValues", "StopTransaction")]
    return [str(each.get("timestamp") or each["meterValue"][0]["timestamp"])[17:19] for each in stamps]


async def _stop_id(bench: Bench) -> int:
    await bench.charge()
    await bench.act("present_id", connector=1, id_tag="TAG")
    return int((await bench.central.expect("StopTransaction")).payload["transactionId"])


async def _refused_card(bench: Bench) -> bool:
    bench.central.answers["Authorize"] = {"idTagInfo": {"status": "Invalid"}}
    await bench.act("plug_in", connector=1)
    await bench.act("present_id", connector=1, id_tag="TAG")
    await bench.settle()
    return "StartTransaction" in bench.central.story()


async def _refused_start(bench: Bench) -> list[str]:
    bench.central.answers["StartTransaction"] = {"transactionId": 1, "idTagInfo": {"status": "Invalid"}}
    await bench.act("plug_in", connector=1)
    await bench.act("present_id", connector=1, id_tag="TAG")
    await bench.settle()
    return bench.central.story()[4:]


async def _foreign_card(bench: Bench) -> list[str]:
    await bench.charge()
    await bench.act("present_id", connector=1, id_tag="OTHER")
    await bench.settle()
    return bench.central.story()


async def _group_card(bench: Bench) -> list[str]:
    group = {"idTagInfo": {"status": "Accepted", "parentIdTag": "GROUP"}}
    bench.central.answers |= {"Authorize": group, "StartTransaction": {"transactionId": 1, **group}}
    return await _foreign_card(bench)


async def _remote_start(bench: Bench, connector: int) -> str:
    answer = await bench.central.call("RemoteStartTransaction", {"idTag": "TAG", "connectorId": connector})
    return str(answer["status"])


async def _busy_remote_start(bench: Bench) -> str:
    await bench.charge()
    return await _remote_start(bench, 1)


async def _remote_start_at_zero(bench: Bench) -> str:
    return await _remote_start(bench, 0)


async def _key(bench: Bench, name: str) -> Any:
    answer = await bench.central.call("GetConfiguration", {"key": [name]})
    return (answer.get("configurationKey") or [None])[0]


async def _connection_timeout(bench: Bench) -> Any:
    await bench.set(ConnectionTimeOut="20")
    return (await _key(bench, "ConnectionTimeOut"))["value"]


async def _authorization_key(bench: Bench) -> Any:
    await bench.set(AuthorizationKey="0123456789abcdef")
    await bench.settle(5)
    return (await _key(bench, "AuthorizationKey")).get("value")


async def _many_keys(bench: Bench) -> Any:
    answer = await bench.central.call("GetConfiguration", {"key": [f"K{n}" for n in range(30)]})
    return answer.get("error")


async def _reset_retries(bench: Bench) -> Any:
    return await _key(bench, "ResetRetries") is not None


async def _connectors_writable(bench: Bench) -> Any:
    return not (await _key(bench, "NumberOfConnectors"))["readonly"]


async def _card_after_clear(bench: Bench) -> bool:
    await bench.set(LocalPreAuthorize="true")
    for _ in range(2):
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle()
    await bench.central.call("ClearCache")
    bench.central.clear()
    await bench.act("present_id", connector=1, id_tag="TAG")
    await bench.settle()
    return "Authorize" in bench.central.story()


async def _limit(bench: Bench) -> float:
    for number, purpose, connector, limit in ((1, "ChargePointMaxProfile", 0, 10), (2, "TxDefaultProfile", 1, 16)):
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
        profile = {
            "chargingProfileId": number, "stackLevel": 0, "chargingProfilePurpose": purpose,
            "chargingProfileKind": "Relative", "chargingSchedule": schedule,
        }  # fmt: skip
        await bench.central.call("SetChargingProfile", {"connectorId": connector, "csChargingProfiles": profile})
    answer = await bench.central.call("GetCompositeSchedule", {"connectorId": 1, "duration": 10})
    return float(answer["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"])


async def _trigger(bench: Bench, message: str) -> str:
    return str((await bench.central.call("TriggerMessage", {"requestedMessage": message}))["status"])


async def _trigger_before_boot(bench: Bench) -> str:
    bench.central.answers["BootNotification"] = {
        "status": "Pending",
        "interval": 400,
        "currentTime": bench.central.now(),
    }
    await bench.act("power_cycle")
    await bench.settle(20)
    return await _trigger(bench, "Heartbeat")


async def _trigger_meter_values(bench: Bench) -> str:
    return await _trigger(bench, "MeterValues")


async def _data_transfers(bench: Bench) -> bool:
    await bench.settle(60)
    return bench.central.story().count("DataTransfer") > 10


async def _answered_at_once(bench: Bench) -> bool:
    try:
        await bench.central.call("GetLocalListVersion", patience=30)
    except TimeoutError:
        return False
    return True


async def _late_answers(bench: Bench) -> int:
    if not await _answered_at_once(bench):
        await bench.settle(30)
    return len([frame for frame in bench.central.frames if frame[0] == 3])


async def _firmware_statuses(bench: Bench, file: str) -> list[str]:
    order = {"location": f"ftp://files/{file}", "retrieveDate": bench.central.now(), "retries": 0}
    await bench.central.call("UpdateFirmware", order)
    await bench.settle(20)
    return [each.payload["status"] for each in bench.central.received if each.action == "FirmwareStatusNotification"]


async def _update(bench: Bench) -> list[str]:
    return await _firmware_statuses(bench, "firmware")


async def _update_with_rubbish(bench: Bench) -> list[str]:
    return await _firmware_statuses(bench, "rubbish")


async def _offline_plugs(bench: Bench) -> list[str]:
    bench.central.rendezvous.cut("refuse")
    await bench.settle()
    await bench.act("plug_in", connector=1)
    await bench.act("unplug")
    await bench.act("plug_in", connector=1)
    bench.central.rendezvous.restore()
    await bench.settle(20)
    return bench.central.story()


async def _after_reset_with_cable(bench: Bench) -> list[str]:
    await bench.charge()
    await bench.central.call("Reset", {"type": "Hard"})
    await bench.settle(20)
    return bench.central.story()[-2:]


async def _before_reboot(bench: Bench) -> list[str]:
    await bench.central.call("Reset", {"type": "Hard"})
    await bench.settle(20)
    return bench.central.story()


async def _error_code(bench: Bench) -> Any:
    return (await bench.central.call("GetLocalListVersion")).get("error")


async def _stamp(bench: Bench) -> str:
    await bench.act("plug_in", connector=1)
    stamp = (await bench.central.expect("StatusNotification")).payload["timestamp"]
    return re.sub(r"\d", "0", stamp)


async def _hour(bench: Bench) -> str:
    await bench.act("plug_in", connector=1)
    return str((await bench.central.expect("StatusNotification")).payload["timestamp"])[11:13]


#: Per defect: what is looked at, what the sound station shows, and what the defective one shows.
TABLE: dict[str, tuple[Observe, Any, Any]] = {
    "double_reboot": (_boots_after_hard_reset, 1, 2),
    "ignores_boot_interval": (_seconds_to_second_boot, 40, 3),
    "no_status_after_boot": (_statuses_after_boot, 1, 0),
    "heartbeat_drift": (_heartbeats, 10, 8),
    "duplicate_status": (_plugged, ["1 Preparing"], ["1 Preparing", "1 Preparing"]),
    "connector_zero_preparing": (_plugged, ["1 Preparing"], ["0 Preparing", "0 Available", "1 Preparing"]),
    "meter_gap": (
        _sampled,
        [("16", "Sample.Periodic"), ("26", "Sample.Periodic"), ("36", "Sample.Periodic"), ("46", "Sample.Periodic")],
        [("16", "Sample.Periodic"), ("36", "Sample.Periodic")],
    ),
    "wrong_meter_context": (
        _sampled,
        [("16", "Sample.Periodic"), ("26", "Sample.Periodic"), ("36", "Sample.Periodic"), ("46", "Sample.Periodic")],
        [("16", "Sample.Clock"), ("26", "Sample.Clock"), ("36", "Sample.Clock"), ("46", "Sample.Clock")],
    ),
    "loses_offline_meter_values": (
        _offline, ["MeterValues", "MeterValues", "StopTransaction Local"], ["StopTransaction Local"],
    ),
    "loses_offline_transaction": (_offline, ["MeterValues", "MeterValues", "StopTransaction Local"], []),
    "unordered_queue": (
        _offline,
        ["MeterValues", "MeterValues", "StopTransaction Local"],
        ["StopTransaction Local", "MeterValues", "MeterValues"],
    ),
    "unordered_meter_values": (_offline_stamps, ["16", "26", "31"], ["26", "16", "31"]),
    "burst_on_reconnect": (_offline_plugs, ["1 Preparing"], ["1 Preparing", "1 Available", "1 Preparing"]),
    "preparing_after_reset": (_after_reset_with_cable, ["0 Available", "1 Finishing"], ["0 Available", "1 Preparing"]),
    "no_unavailable_before_reboot": (
        _before_reboot,
        ["1 Unavailable", "BootNotification", "0 Available", "1 Available"],
        ["BootNotification", "0 Available", "1 Available"],
    ),
    "download_failed_for_invalid_firmware": (
        _update_with_rubbish,
        ["Downloading", "Downloaded", "Installing", "InstallationFailed"],
        ["Downloading", "DownloadFailed"],
    ),
    "no_installed": (
        _update,
        ["Downloading", "Downloaded", "Installing", "Installed"],
        ["Downloading", "Downloaded", "Installing"],
    ),
    "wrong_stop_transaction_id": (_stop_id, 1, 2),
    "starts_on_invalid_id": (_refused_card, False, True),
    "no_suspend_on_invalid_id": (_refused_start, ["StopTransaction DeAuthorized", "1 Finishing"], []),
    "foreign_card_stops": (_foreign_card, [], ["StopTransaction Local", "1 Finishing"]),
    "silent_foreign_card": (_group_card, ["Authorize", "StopTransaction Local", "1 Finishing"], []),
    "accepts_remote_start_busy": (_busy_remote_start, "Rejected", "Accepted"),
    "accepts_connector_zero": (_remote_start_at_zero, "Rejected", "Accepted"),
    "keeps_connection_timeout": (_connection_timeout, "20", "60"),
    "readable_authorization_key": (_authorization_key, None, "0123456789abcdef"),
    "exceeds_max_keys": (_many_keys, None, "OccurenceConstraintViolation"),
    "missing_required_key": (_reset_retries, True, False),
    "writable_number_of_connectors": (_connectors_writable, False, True),
    "cache_not_cleared": (_card_after_clear, True, False),
    "wrong_composite_schedule": (_limit, 10, 16),
    **RESERVATION_TABLE,
    "trigger_refused_before_boot": (_trigger_before_boot, "Accepted", "Rejected"),
    "meter_trigger_only_in_transaction": (_trigger_meter_values, "Accepted", "Rejected"),
    "constant_data_transfer": (_data_transfers, False, True),
    "wrong_reply_id": (_answered_at_once, True, False),
    "late_reply": (_answered_at_once, True, False),
    "two_answers": (_late_answers, 1, 2),
    "unknown_error_code": (_error_code, None, "SomethingWentWrong"),
    "no_zone_timestamps": (_stamp, "0000-00-00T00:00:00.000Z", "0000-00-00T00:00:00.000"),
    "microsecond_timestamps": (_stamp, "0000-00-00T00:00:00.000Z", "0000-00-00T00:00:00.000000Z"),
    "local_time_as_utc": (_hour, "12", "14"),
    "local_time_timestamps": (_stamp, "0000-00-00T00:00:00.000Z", "0000-00-00T00:00:00.000+00:00"),
}  # fmt: skip


#: Variants in which something can be looked at.
VARIANTS_OF: dict[Observe, tuple[str, ...]] = {_before_reboot: ("unavailable_before_reboot",)}


def _seen(observe: Observe, *defects: str) -> Any:
    seen: list[Any] = []

    async def scenario(bench: Bench) -> None:
        seen.append(await observe(bench))

    variants = VARIANTS_OF.get(observe, ())
    transfers = MemoryTransfers({"ftp://files/firmware": FIRMWARE_MAGIC, "ftp://files/rubbish": b"rubbish"})
    on_bench(scenario, variants=variants, defects=defects, transfers=transfers)
    return seen[0]


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(STATION_DEFECTS)


@pytest.mark.parametrize("defect", TABLE)
def test_a_defect_shows_and_only_there(defect: str) -> None:
    observe, sound, spoilt = TABLE[defect]
    assert _seen(observe) == sound
    assert _seen(observe, defect) == spoilt


def test_a_late_answer_comes_in_the_end() -> None:
    assert _seen(_late_answers, "late_reply") == 1


def test_names_that_do_not_exist_are_refused() -> None:
    base = StationConfig()
    with pytest.raises(InputError, match=r"^unknown defect 'lazy' - use one of double_reboot, "):
        station_config(base, defects=["lazy"])
    with pytest.raises(InputError, match=r"^unknown variant 'blue' - use one of fixed_cable, "):
        station_config(base, variants=["blue"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_differs_from_the_standard_and_boots(variant: str) -> None:
    assert station_config(StationConfig(), variants=[variant]) != StationConfig()

    async def scenario(bench: Bench) -> None:
        await bench.settle(10)
        if variant != "no_local_start":
            await bench.charge(StationConfig().button_id_tag)

    on_bench(scenario, variants=(variant,))
