"""The listening socket: one port that accepts, refuses, or keeps silent."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.links import listener as listener_module
from labapp.links.listener import Listener, address_text, listening_fault, split_address


class Hall:
    """Where accepted connections and troubles arrive."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[tuple[socket.socket, str]] = asyncio.Queue()
        self.troubles: asyncio.Queue[OSError] = asyncio.Queue()
        self.opened: list[Listener] = []

    async def listen(self, address: str = "127.0.0.1:0") -> tuple[Listener, tuple[str, int]]:
        listening = Listener(address, lambda *arrival: self.arrived.put_nowait(arrival), self.troubles.put_nowait)
        text = await listening.open()
        self.opened.append(listening)
        host, port = split_address(text)
        return listening, (str(host), port)

    async def arrival(self) -> str:
        connection, remote = await self.arrived.get()
        connection.close()
        return remote


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    made = Hall()
    yield made
    for listening in made.opened:
        listening.close()
    while not made.arrived.empty():
        made.arrived.get_nowait()[0].close()


@pytest.fixture
def dial() -> Callable[[tuple[str, int]], socket.socket]:
    def connect(address: tuple[str, int]) -> socket.socket:
        return socket.create_connection(address, timeout=5)

    return connect


Dial = Callable[[tuple[str, int]], socket.socket]


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("[::1]:0", ("::1", 0)),
        ("lab.example:65535", ("lab.example", 65535)),
        (":80", (None, 80)),
    ],
)
def test_addresses_are_split(listen: str, expected: tuple[str | None, int]) -> None:
    assert split_address(listen) == expected


@pytest.mark.parametrize(
    "listen", ["9000", "127.0.0.1", "host:", "host:http", "host:65536", "host:-1", "::1:9000", "h:٣"]
)
def test_what_is_no_address_is_refused(listen: str) -> None:
    with pytest.raises(InputError) as caught:
        split_address(listen)
    assert str(caught.value) == (
        f'{listen}: not an address to listen on - write it as "HOST:PORT", for example "127.0.0.1:9000"'
    )


def test_addresses_are_written_with_brackets_where_they_need_them() -> None:
    assert address_text(("127.0.0.1", 9000)) == "127.0.0.1:9000"
    assert address_text(("::1", 9000, 0, 0)) == "[::1]:9000"


async def test_a_connection_is_handed_over_without_blocking(hall: Hall, dial: Dial) -> None:
    _, address = await hall.listen()
    with dial(address) as device:
        connection, remote = await hall.arrived.get()
        with connection:
            assert remote == address_text(device.getsockname())
            assert connection.getblocking() is False


async def test_a_name_with_both_families_listens_on_the_older(hall: Hall) -> None:
    _, (host, _port) = await hall.listen("localhost:0")
    assert host == "127.0.0.1"


async def test_no_host_means_every_address(hall: Hall, dial: Dial) -> None:
    _, (_host, port) = await hall.listen(":0")
    with dial(("127.0.0.1", port)):
        assert (await hall.arrival()).startswith("127.0.0.1:")


async def test_refusing_is_a_refusal_of_the_kernel_and_keeps_the_port(hall: Hall, dial: Dial) -> None:
    listening, address = await hall.listen()
    listening.refuse()
    with pytest.raises(ConnectionRefusedError):
        dial(address)
    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(address)
    listening.resume()
    with dial(address):
        await hall.arrival()


async def test_in_silence_connections_complete_and_are_reset_at_its_end(hall: Hall, dial: Dial) -> None:
    listening, address = await hall.listen()
    listening.silence()
    with dial(address) as early:
        early.setblocking(False)
        early.send(b"GET")
        with pytest.raises(BlockingIOError):
            early.recv(1)
        listening.resume()
        with pytest.raises(ConnectionResetError):
            await asyncio.get_running_loop().sock_recv(early, 1)
    assert hall.arrived.empty()
    with dial(address):
        await hall.arrival()


async def test_closing_frees_the_port(hall: Hall) -> None:
    listening, address = await hall.listen()
    listening.close()
    _, again = await hall.listen(address_text(address))
    assert again == address


async def test_a_port_in_use_is_a_fault_of_the_environment(hall: Hall) -> None:
    _, address = await hall.listen()
    with pytest.raises(EnvironmentFault) as caught:
        await hall.listen(address_text(address))
    assert str(caught.value) == (
        f"{address_text(address)}: the port is in use - stop the program that listens there, or choose another port"
    )


async def test_an_address_of_another_machine_is_a_fault_of_the_environment(hall: Hall) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        await hall.listen("192.0.2.1:9000")
    assert str(caught.value) == (
        "192.0.2.1:9000: the address is not this machine's - listen on one of its own, or on 0.0.0.0 for all"
    )


async def test_a_name_that_cannot_be_found_is_a_fault_of_the_environment(hall: Hall) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        await hall.listen("no-such-host.invalid:9000")
    assert str(caught.value).startswith("no-such-host.invalid:9000: the address cannot be found (")
    assert str(caught.value).endswith(") - listen on an address of this machine")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.EACCES, "h:80: listening on this port is not permitted - choose a port from 1024 on"),
        (errno.ENOBUFS, "h:80: cannot listen there (No buffer space available) - choose another address"),
    ],
)
def test_other_faults_say_what_the_system_says(number: int, text: str) -> None:
    assert str(listening_fault(OSError(number, os.strerror(number)), "h:80")) == text


async def test_an_occupied_port_needs_no_closing(hall: Hall) -> None:
    _, address = await hall.listen()
    other = Listener(address_text(address), lambda *_: None, lambda _: None)
    with pytest.raises(EnvironmentFault):
        await other.open()
    other.close()


async def test_without_file_descriptors_accepting_pauses_and_goes_on(
    hall: Hall, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "PAUSE_AFTER_FAULT", 0.05)
    _, address = await hall.listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as device:
        resource.setrlimit(resource.RLIMIT_NOFILE, (device.fileno() + 1, hard))
        try:
            device.connect(address)
            assert (await hall.troubles.get()).errno == errno.EMFILE
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        await hall.arrival()


async def test_a_pause_ends_with_the_listener(hall: Hall, dial: Dial) -> None:
    listening, address = await hall.listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as device:
        resource.setrlimit(resource.RLIMIT_NOFILE, (device.fileno() + 1, hard))
        try:
            device.connect(address)
            await hall.troubles.get()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        listening.close()
        with pytest.raises(ConnectionRefusedError):
            dial(address)


async def test_an_empty_backlog_is_no_fault(hall: Hall) -> None:
    listening, _ = await hall.listen()
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        idle.listen()
        idle.setblocking(False)
        listening._ready(idle)
    assert hall.arrived.empty()
    assert hall.troubles.empty()
