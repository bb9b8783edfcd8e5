"""The operator that nobody is: actions go to a simulator or a driver, reviews take the advice, questions their default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol, TextIO

from labapp.bench.channel import Message
from labapp.bench.client import Attachment
from labapp.bench.jsonl import default_of
from labapp.domain.actions import Outcome
from labapp.domain.project import Project
from labapp.domain.project_checks import host_and_port
from labapp.engine.system_clock import SystemClock
from labapp.simulator.central_systems import csms_for
from labapp.simulator.csms_base import SimulatedCsms
from labapp.simulator.csms_settings import STANDARD_TAGS, CsmsConfig, Tag
from labapp.simulator.dialing import WebSocketDialer
from labapp.simulator.listening import WebSocketListener
from labapp.simulator.network_transfers import NetworkTransfers
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station


class Performer(Protocol):
    """What performs actions."""

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to the device what an operator would."""


async def operate(attachment: Attachment, performer: Performer, out: TextIO) -> Message | None:
    """Answer every prompt until the bench closes; returns the summary, None when the bench has gone without one.

    out: told of each case that begins.
    """
    answering: set[asyncio.Task[None]] = set()
    summary: Message | None = None
    try:
        async for message in attachment.messages():
            if message["type"] == "summary":
                summary = message
            elif message["type"] == "case" and message["event"] == "started":
                print(f"{message['id']}: started", file=out, flush=True)
            elif message["type"] == "prompt":
                task = asyncio.create_task(_answer(attachment, performer, message))
                answering.add(task)
                task.add_done_callback(answering.discard)
            elif message["type"] == "ready" and isinstance(performer, SimulatedStation):
                performer.start(message["listen"])
    finally:
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
    return summary


async def _answer(attachment: Attachment, performer: Performer, prompt: Message) -> None:
    match prompt["kind"]:
        case "action":
            outcome = await performer.act(prompt["action"], prompt["args"])
            said: dict[str, Any] = {"outcome": "done" if outcome.done else "impossible", "reason": outcome.reason}
        case "question":
            said = {"outcome": default_of(prompt)}
        case _:
            said = {"outcome": "", "items": {item["id"]: item["advice"] or "retest" for item in prompt["items"]}}
    await attachment.say("answer", id=prompt["id"], **said)


class SimulatedStation:
    """The simulated charging station that fits a project; it dials when the bench is ready."""

    def __init__(self, project: Project) -> None:
        self._config = station_of(project)
        self._station: Station | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self, listen: str) -> None:
        """Give it power. listen: HOST:PORT of the bench."""
        if self._station is None:
            dialer = WebSocketDialer(f"ws://{reachable(listen)}")
            self._station = Station(self._config, dialer, SystemClock(), NetworkTransfers())
            self._running = asyncio.create_task(self._station.run())

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Do to it what an operator would."""
        if self._station is None:
            raise RuntimeError("the station has no power yet")
        return await self._station.act(action, args)

    async def stop(self) -> None:
        """Take it away. Raises what went wrong in the simulator itself."""
        if self._station is not None and self._running is not None:
            self._station.stop()
            await self._running


@asynccontextmanager
async def simulated_station(project: Project) -> AsyncIterator[SimulatedStation]:
    """The simulated station of a project, for the time of a run."""
    station = SimulatedStation(project)
    try:
        yield station
    finally:
        await station.stop()


@asynccontextmanager
async def simulated_csms(project: Project) -> AsyncIterator[SimulatedCsms]:
    """The simulated central system that fits a project, listening where its URL says, for the time of a run.

    Raises EnvironmentFault when the address cannot be had.
    """
    system = csms_for(csms_of(project), SystemClock())
    host, port = host_and_port(project.connection.url.partition("://")[2].partition("/")[0]) or ("127.0.0.1", 80)
    listener = WebSocketListener(system)
    await listener.open(host, port)
    try:
        yield system
    finally:
        await system.stop()
        await listener.close()


def station_of(project: Project) -> StationConfig:
    """The build of the simulated station that a project describes; what it leaves open is as the standard station has it."""
    dut, standard = project.dut, StationConfig()

    def stated(value: bool | None, otherwise: bool) -> bool:
        return otherwise if value is None else value

    return StationConfig(
        identity=project.connection.identity,
        features=dut.features or standard.features,
        evses=dut.evses,
        fixed_cable=dut.cable == "fixed",
        backup_power=stated(dut.backup_power, standard.backup_power),
        cache=stated(dut.cache, standard.cache),
        local_list=stated(dut.local_list, standard.local_list),
        reserves_station=stated(dut.reserve_connector_zero, standard.reserves_station),
        local_start=stated(dut.local_start, standard.local_start),
        shared_reader=bool(dut.facts()["shared_reader"]),
        start_button=stated(dut.start_button, standard.start_button),
        button_only=dut.readers == "none" and bool(dut.start_button),
        mode12=dut.mode_1_2_only,
        button_id_tag=project.values.valid_id_tag or standard.button_id_tag,
        password=_password(project),
    )


def csms_of(project: Project) -> CsmsConfig:
    """The simulated central system that a project describes: its one station, and the cards of its values."""
    values = project.values
    parent = values.parent_id_tag or "LAB-PARENT"
    cards = {
        values.valid_id_tag: Tag(parent=parent),
        values.valid_id_tag_2: Tag(parent=parent),
        values.invalid_id_tag: Tag("Invalid"),
        values.expired_id_tag: Tag("Expired"),
        values.blocked_id_tag: Tag("Blocked"),
    }
    return CsmsConfig(
        version=project.ocpp,
        stations={project.connection.identity: _password(project)},
        tags={**STANDARD_TAGS, **{name: tag for name, tag in cards.items() if name}},
        id_tag=values.valid_id_tag or CsmsConfig().id_tag,
        connector_id=values.connector_id,
        heartbeat_interval=values.heartbeat_interval,
    )


def _password(project: Project) -> str | None:
    connection = project.connection
    protected = connection.security_profile > 0 and connection.password is not None
    return connection.password.reveal() if protected and connection.password else None


def reachable(listen: str) -> str:
    """The address to dial: a bench that listens on every address is reached on this machine's own."""
    host, _, port = listen.rpartition(":")
    return f"127.0.0.1:{port}" if host == "0.0.0.0" else f"[::1]:{port}" if host == "[::]" else listen
