"""The simulated station and the simulated central system with each other: in memory, and over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.handshake import Handshake, UpgradeRejected, basic_authorization
from labapp.engine.system_clock import SystemClock
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import Rendezvous
from labapp.simulator.csms import Csms16
from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.dialing import Dialer, WebSocketDialer
from labapp.simulator.listening import WebSocketListener
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station

PASSWORD = "0123456789abcdef"
CSMS = CsmsConfig(stations={"CS/1 ä": PASSWORD})


async def _status_becomes(station: Station, status: str) -> None:
    for _ in range(2000):
        outcome = await station.act("inspect", {"subject": "status", "expected": status})
        if outcome.done:
            return
        await asyncio.sleep(0.01)
    pytest.fail(outcome.reason)


async def _session(station: Station, csms: Csms16) -> None:
    assert (await csms.act("csms_request", {"message": "RemoteStartTransaction"})).done
    await _status_becomes(station, "Preparing")
    assert (await station.act("plug_in", {"connector": 1})).done
    await _status_becomes(station, "Charging")
    await asyncio.sleep(0.2)
    assert (await csms.act("csms_request", {"message": "RemoteStopTransaction"})).done
    await _status_becomes(station, "Finishing")
    assert (await station.act("unplug", {})).done
    await _status_becomes(station, "Available")


async def _with_station(
    dialer: Dialer, csms: Csms16, clock: SystemClock, scenario: Callable[[Station, Csms16], Awaitable[None]]
) -> None:
    config = StationConfig(identity="CS/1 ä", password=PASSWORD, boot_duration=0)
    station = Station(config, dialer, clock)
    running = asyncio.ensure_future(station.run())
    try:
        await asyncio.sleep(0.2)
        await scenario(station, csms)
    finally:
        station.stop()
        await running


def test_a_session_in_memory() -> None:
    async def run() -> None:
        csms = Csms16(CSMS, virtual_clock())
        rendezvous = Rendezvous()
        rendezvous.listen(csms.admit, csms.accept)
        await _with_station(rendezvous, csms, virtual_clock(), _session)
        await csms.stop()

    run_virtual(run())


@asynccontextmanager
async def _listening(config: CsmsConfig) -> AsyncIterator[tuple[Csms16, int]]:
    csms = Csms16(config, SystemClock())
    listener = WebSocketListener(csms)
    port = await listener.open("127.0.0.1", 0)
    try:
        yield csms, port
    finally:
        await csms.stop()
        await listener.close()


async def test_a_session_over_sockets() -> None:
    async with _listening(CSMS) as (csms, port):
        dialer = WebSocketDialer(f"ws://127.0.0.1:{port}/ocpp/")
        await _with_station(dialer, csms, SystemClock(), _session)


async def test_a_cut_network_is_restored_over_sockets() -> None:
    async def scenario(station: Station, csms: Csms16) -> None:
        assert (await station.act("cut_network", {})).done
        assert (await station.act("plug_in", {"connector": 1})).done
        await asyncio.sleep(0.1)
        assert (await station.act("restore_network", {})).done
        assert (await csms.act("csms_request", {"message": "RemoteStartTransaction"})).done
        await _status_becomes(station, "Charging")

    async with _listening(CSMS) as (csms, port):
        await _with_station(WebSocketDialer(f"ws://127.0.0.1:{port}"), csms, SystemClock(), scenario)


@pytest.mark.parametrize(
    ("identity", "password", "subprotocol", "status"),
    [("CS/1 ä", "wrong", "ocpp1.6", 401), ("CS-2", PASSWORD, "ocpp1.6", 404), ("CS/1 ä", PASSWORD, "ocpp1.5", 400)],
)
async def test_the_upgrade_is_refused_over_sockets(identity: str, password: str, subprotocol: str, status: int) -> None:
    async with _listening(CSMS) as (_, port):
        handshake = Handshake(identity, (subprotocol,), basic_authorization(identity, password))
        with pytest.raises(UpgradeRejected) as caught:
            await WebSocketDialer(f"ws://127.0.0.1:{port}").dial(handshake)
        assert caught.value.admission.status == status


async def test_a_refusal_asks_for_credentials() -> None:
    async with _listening(CSMS) as (_, port):
        with pytest.raises(InvalidStatus) as caught:
            await connect(f"ws://127.0.0.1:{port}/CS%2F1%20%C3%A4", subprotocols=[Subprotocol("ocpp1.6")], proxy=None)
        assert caught.value.response.headers["WWW-Authenticate"] == 'Basic realm="OCPP"'


async def test_a_dialled_connection_behaves() -> None:
    async with _listening(CsmsConfig()) as (_, port):
        connection = await WebSocketDialer(f"ws://127.0.0.1:{port}").dial(Handshake("CS"))
        await connection.ping()
        await connection.send('[2,"1","Heartbeat",{}]')
        assert (await connection.recv()).startswith('[3,"1",')
        await connection.close(1000)
        for broken in (connection.recv(), connection.send("x"), connection.ping()):
            with pytest.raises(ConnectionError):
                await broken
    with pytest.raises(ConnectionRefusedError):
        await WebSocketDialer(f"ws://127.0.0.1:{port}").dial(Handshake("CS"))


async def test_a_port_in_use_is_told() -> None:
    async with _listening(CSMS) as (csms, port):
        with pytest.raises(EnvironmentFault, match=rf"^127.0.0.1:{port}: cannot listen: "):
            await WebSocketListener(csms).open("127.0.0.1", port)


def test_addresses() -> None:
    assert WebSocketDialer("ws://h:1/a/").address("CS 1") == "ws://h:1/a/CS%201"
    assert WebSocketDialer("wss://h/a/CS-1").address("CS-1") == "wss://h/a/CS-1"
    with pytest.raises(InputError, match=r"^'http://h' is no WebSocket address - give ws://HOST:PORT/PATH$"):
        WebSocketDialer("http://h")
