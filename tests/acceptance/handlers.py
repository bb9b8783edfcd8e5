"""What the tests' own charging station does with the requests of a central system."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from tests.acceptance.schedules import composite
from tests.acceptance.station import Connector, Handler, Payload, Station

After = Coroutine[Any, Any, None] | None


def status(word: str) -> Payload:
    """An answer that consists of a status."""
    return {"status": word}


def get_configuration(station: Station, payload: Payload) -> tuple[Payload, After]:
    asked = payload.get("key") or list(station.keys)
    known = [key for key in asked if key in station.keys]
    entries = [{"key": key, "value": station.keys[key][0], "readonly": station.keys[key][1]} for key in known]
    return {"configurationKey": entries, "unknownKey": [key for key in asked if key not in station.keys]}, None


def change_configuration(station: Station, payload: Payload) -> tuple[Payload, After]:
    key, value = payload["key"], payload["value"]
    if key not in station.keys:
        return status("NotSupported"), None
    if station.keys[key][1]:
        return status("Rejected"), None
    station.keys[key] = (value, False)
    return status("Accepted"), None


def clear_cache(station: Station, payload: Payload) -> tuple[Payload, After]:
    if not station.keeps_cache:
        station.cache.clear()
    return status("Accepted"), None


def get_local_list_version(station: Station, payload: Payload) -> tuple[Payload, After]:
    return {"listVersion": station.list_version}, None


def send_local_list(station: Station, payload: Payload) -> tuple[Payload, After]:
    if payload["updateType"] == "Full":
        station.local_list.clear()
    for entry in payload.get("localAuthorizationList", []):
        if "idTagInfo" in entry:
            station.local_list[entry["idTag"]] = entry["idTagInfo"]
        else:
            station.local_list.pop(entry["idTag"], None)
    station.list_version = payload["listVersion"]
    return status("Accepted"), None


def change_availability(station: Station, payload: Payload) -> tuple[Payload, After]:
    number = payload["connectorId"]
    plugs = [station.plugs[number]] if number else list(station.plugs.values())
    for plug in plugs:
        plug.operative = payload["type"] == "Operative"

    async def report() -> None:
        for plug in plugs:
            await station.changed(plug.number)

    scheduled = any(plug.transaction for plug in plugs)
    return status("Scheduled" if scheduled else "Accepted"), report()


def reset(station: Station, payload: Payload) -> tuple[Payload, After]:
    async def restart() -> None:
        for plug in station.plugs.values():
            if plug.transaction:
                await station.stop(plug, f"{payload['type']}Reset")
        await station.power_off()
        station.power_on()

    return status("Accepted"), restart()


def remote_start(station: Station, payload: Payload) -> tuple[Payload, After]:
    plug = station.plugs[payload.get("connectorId", 1)]
    if plug.transaction or not plug.operative:
        return status("Rejected"), None

    async def begin() -> None:
        ask = station.flag("AuthorizeRemoteTxRequests")
        if not ask or await station.authorizes(payload["idTag"]):
            await station.authorized(plug.number, payload["idTag"])

    return status("Accepted"), begin()


def remote_stop(station: Station, payload: Payload) -> tuple[Payload, After]:
    def runs(plug: Connector) -> bool:
        return plug.transaction is not None and plug.transaction.id == payload["transactionId"]

    found = next(filter(runs, station.plugs.values()), None)
    return (status("Accepted"), station.stop(found, "Remote")) if found else (status("Rejected"), None)


def set_charging_profile(station: Station, payload: Payload) -> tuple[Payload, After]:
    new, connector = payload["csChargingProfiles"], payload["connectorId"]

    def replaced(where: int, old: Payload) -> bool:
        same = all(old[key] == new[key] for key in ("stackLevel", "chargingProfilePurpose"))
        return old["chargingProfileId"] == new["chargingProfileId"] or (where == connector and same)

    station.profiles = [each for each in station.profiles if not replaced(*each)] + [(connector, new)]
    return status("Accepted"), None


def clear_charging_profile(station: Station, payload: Payload) -> tuple[Payload, After]:
    def meant(where: int, profile: Payload) -> bool:
        if "id" in payload:
            return bool(profile["chargingProfileId"] == payload["id"])
        wanted = {key: payload[key] for key in ("chargingProfilePurpose", "stackLevel") if key in payload}
        return payload.get("connectorId", where) == where and wanted.items() <= profile.items()

    kept = [each for each in station.profiles if not meant(*each)]
    cleared, station.profiles = len(kept) < len(station.profiles), kept
    return status("Accepted" if cleared else "Unknown"), None


def get_composite_schedule(station: Station, payload: Payload) -> tuple[Payload, After]:
    plug, duration = station.plugs[payload["connectorId"]], payload["duration"]
    start = datetime.now(UTC).replace(microsecond=0)
    schedule = {
        "duration": duration,
        "chargingRateUnit": payload.get("chargingRateUnit", "A"),
        "chargingSchedulePeriod": composite(
            station.profiles, plug.number, plug.transaction is not None, start, duration
        ),
    }
    begin = start.isoformat().replace("+00:00", "Z")
    answer = {"connectorId": plug.number, "scheduleStart": begin, "chargingSchedule": schedule}
    return status("Accepted") | answer, None


HANDLERS: dict[str, Handler] = {
    "GetConfiguration": get_configuration,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
    "ChangeAvailability": change_availability,
    "Reset": reset,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "SetChargingProfile": set_charging_profile,
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
}
