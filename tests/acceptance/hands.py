"""What a technician does to the tests' own charging station, by the published names of the actions."""

from __future__ import annotations

from typing import Any

from tests.acceptance.station import Station


async def plug_in(station: Station, connector: int) -> None:
    plug = station.plugs[connector]
    plug.plugged = True
    if plug.authorized:
        await station.start(plug)
    else:
        await station.changed(connector)


async def unplug(station: Station, connector: int | None = None) -> None:
    for plug in station.plugs.values():
        if plug.plugged and connector in (plug.number, None):
            plug.plugged = plug.finishing = False
            if plug.transaction:
                await station.stop(plug, "EVDisconnected")
            else:
                await station.changed(plug.number)


async def present_id(station: Station, connector: int, id_tag: str) -> None:
    plug = station.plugs[connector]
    if plug.transaction:
        if plug.transaction.id_tag == id_tag:
            await station.stop(plug, "Local")
    elif plug.authorized == id_tag:
        if station.second_swipe:
            assert plug.waiting
            plug.waiting.cancel()
            plug.authorized = None
            await station.changed(connector)
    elif await station.authorizes(id_tag) or station.starts_for_anyone:
        await station.authorized(connector, id_tag)


async def power_cycle(station: Station) -> None:
    await station.power_off()
    station.power_on()


ACTIONS: dict[str, Any] = {each.__name__: each for each in (plug_in, unplug, present_id, power_cycle)}


async def perform(station: Station, action: str, args: dict[str, Any]) -> bool:
    """Do it, and say whether it was possible; what the station makes of it comes later."""
    if action not in ACTIONS or (action == "present_id" and station.broken_reader):
        return False
    work = ACTIONS[action](station, **args)
    if action == "power_cycle":
        await work
    else:
        station.spawn(work)
    return True
