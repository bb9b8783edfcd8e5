"""Looking at the place of the connection, and waiting for the device, before there is a session."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from labapp.domain.errors import InputError
from labapp.services.device_probe import DeviceProbe, DeviceSeen, probe_listen, probe_place, probe_url

OCPP16 = [Subprotocol("ocpp1.6")]
BOOT = '[2,"1","BootNotification",{"chargePointVendor":"Maker","chargePointModel":"M1"}]'


def tables(**connection: Any) -> dict[str, dict[str, Any]]:
    return {"project": {"sut": "cs"}, "connection": {"listen": "127.0.0.1:0", "identity": "CP-1", **connection}}


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Watch:
    """A probe, and what it has told."""

    def __init__(self) -> None:
        self.probe = DeviceProbe()
        self._told: SimpleQueue[DeviceSeen] = SimpleQueue()

    def wait_for(self, wanted: dict[str, dict[str, Any]]) -> str:
        """Wait for a device; the URL at which it finds the tool."""
        self.probe.wait_for(wanted, self._told.put)
        return f"ws://{self.until(lambda seen: bool(seen.place)).place}"

    def until(self, holds: Callable[[DeviceSeen], bool]) -> DeviceSeen:
        while not holds(seen := self._told.get(timeout=10)):
            pass
        return seen


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.probe.close()
    assert "device probe" not in [thread.name for thread in threading.enumerate()]


def test_a_free_place_and_a_taken_one(taken: int) -> None:
    assert probe_listen("127.0.0.1:0").fault is None
    place = probe_listen(f"127.0.0.1:{taken}")
    assert str(place.fault) == (
        f"127.0.0.1:{taken}: the port is in use - stop the program that listens there, or choose another port"
    )
    assert place.free > taken
    assert probe_listen(f"127.0.0.1:{place.free}").fault is None
    elsewhere = probe_listen("192.0.2.1:9000")
    assert elsewhere.fault is not None
    assert (elsewhere.fault.what, elsewhere.free) == ("the address is not this machine's", 0)
    assert isinstance(probe_listen("nowhere").fault, InputError)


def test_a_central_system_that_answers_and_one_that_does_not(taken: int) -> None:
    assert probe_url(f"ws://127.0.0.1:{taken}/ocpp").fault is None
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # not listening: it refuses
        port = bound.getsockname()[1]
        assert str(probe_url(f"ws://127.0.0.1:{port}/ocpp").fault) == (
            f"nothing answers at 127.0.0.1:{port} (connection refused) - start the central system, or correct the URL; "
            "a firewall in between may refuse it too"
        )


def test_each_kind_of_place_is_looked_at_in_its_own_way(taken: int) -> None:
    url = f"ws://127.0.0.1:{taken}/ocpp"
    assert probe_place(url).fault is None
    simulated = probe_place(url, simulated=True)
    assert simulated.fault is not None
    assert (simulated.address, simulated.fault.what, simulated.free) == (url, "the port is in use", 0)
    assert probe_place("127.0.0.1:0").fault is None
    assert probe_place(f"127.0.0.1:{taken}").free > taken


def test_the_right_device_comes_boots_and_is_told_to_boot_again(watch: Watch) -> None:
    url = watch.wait_for(tables())
    with connect(f"{url}/CP-1", subprotocols=OCPP16) as device:
        seen = watch.until(lambda seen: seen.phase == "connected")
        assert (seen.identity, seen.subprotocol, seen.authorization) == ("CP-1", "ocpp1.6", "none")
        device.send(BOOT)
        answer = json.loads(device.recv(10))
        assert (answer[2]["status"], answer[2]["interval"]) == ("Pending", 10)
        assert watch.until(lambda seen: bool(seen.boot)).boot["chargePointModel"] == "M1"
        device.send('[2,"2","StatusNotification",{"connectorId":0,"errorCode":"NoError","status":"Available"}]')
        assert json.loads(device.recv(10)) == [3, "2", {}]
    assert watch.until(lambda seen: seen.phase == "gone").boot["chargePointVendor"] == "Maker"


def test_another_identity_and_wrong_credentials_are_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_TEST_PASSWORD", "0123456789abcdef")
    url = watch.wait_for(tables(security_profile=1, password="env:LAB_TEST_PASSWORD"))
    with pytest.raises(InvalidStatus):
        connect(f"{url}/CP-2", subprotocols=OCPP16)
    seen = watch.until(lambda seen: seen.phase == "refused")
    assert (seen.identity, seen.reason) == ("CP-2", "identity")
    with pytest.raises(InvalidStatus):
        connect(f"{url}/CP-1", subprotocols=OCPP16, additional_headers={"Authorization": "Basic Q1AtMTp3cm9uZw=="})
    seen = watch.until(lambda seen: seen.identity == "CP-1")
    assert (seen.phase, seen.reason, seen.credentials) == ("refused", "authorization", "the password differs")


def test_waiting_anew_frees_the_port_first(watch: Watch) -> None:
    first = watch.wait_for(tables())
    again = watch.wait_for(tables(listen=first.removeprefix("ws://"), identity="CP-2"))
    assert again == first
    with connect(f"{again}/CP-2", subprotocols=OCPP16):
        assert watch.until(lambda seen: seen.phase == "connected").identity == "CP-2"


def test_what_keeps_the_tool_from_waiting_is_told(watch: Watch, taken: int) -> None:
    watch.probe.wait_for(tables(listen=f"127.0.0.1:{taken}"), watch._told.put)
    fault = watch.until(lambda seen: seen.phase == "failed").fault
    assert fault is not None
    assert fault.what == "the port is in use"
    watch.probe.wait_for(tables(identity=""), watch._told.put)
    fault = watch.until(lambda seen: seen.phase == "failed").fault
    assert str(fault) == "PROJECT.toml [connection] identity: is missing - write the identity of the charge point"


def test_as_charge_point_the_tool_connects_and_sends_nothing(watch: Watch) -> None:
    central = Watch()
    url = central.wait_for(tables())
    watch.probe.wait_for({"project": {"sut": "csms"}, "connection": {"url": url, "identity": "CP-1"}}, watch._told.put)
    seen = watch.until(lambda seen: seen.phase == "connected")
    assert (seen.place, seen.subprotocol) == (f"{url}/CP-1", "ocpp1.6")
    central.probe.close()
    assert watch.until(lambda seen: seen.phase == "gone").reason == "device"
