"""The mutator between a link and the tool: each tampering on a few frames, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from labapp.engine.ports import FrameReceived, LinkEvent, LinkSink, LinkUp, UpgradeRefused
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.selftest.mutator import Mutator, Tampering, Trace
from labapp.selftest.tampering import (
    Delay,
    Garble,
    Hasten,
    Insert,
    Misaddress,
    Passive,
    Refuse,
    Repeat,
    Rewrite,
    Swallow,
    Swap,
    Target,
    Upgraded,
)

STATUS = Target("StatusNotification", "req", 2)
CONF = Target("Reset", "conf", 1)


class Wire:
    """A link whose device is played by the test. to_device: what the tool, or the mutator, sent."""

    def __init__(self) -> None:
        self.sink: LinkSink = lambda event: None
        self.to_device: list[Any] = []

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        self.sink = sink
        return {}

    def send(self, text: str) -> bool:
        self.to_device.append(json.loads(text))
        return True

    def cut(self, mode: str) -> None:
        self.to_device.append(f"cut {mode}")

    def restore(self) -> None:
        self.to_device.append("restore")

    def disconnect(self) -> None:
        self.to_device.append("disconnect")

    def connect(self, options: Mapping[str, Any]) -> None:
        self.to_device.append("connect")

    def use_password(self, password: str) -> None:
        self.to_device.append("password")

    async def close(self) -> None:
        self.to_device.append("close")


class Bench:
    """The mutator with a device on one side and a tool on the other. got: what the tool got, with the second at which it came."""

    def __init__(self, tampering: Tampering) -> None:
        self.wire, self.trace = Wire(), Trace()
        self.clock = virtual_clock()
        self.mutator = Mutator(self.wire, tampering, self.clock, "1.6", self.trace)
        self.events: list[tuple[float, LinkEvent]] = []

    async def start(self) -> Bench:
        await self.mutator.open(lambda event: self.events.append((event.at.mono_ns / 1e9, event)))
        return self

    def device(self, *frame: Any) -> None:
        self.wire.sink(FrameReceived(self.clock.now(), json.dumps(list(frame))))

    def statuses(self) -> None:
        for number, status in enumerate(("Available", "Preparing", "Charging"), start=1):
            self.device(2, f"s{number}", "StatusNotification", {"status": status})

    def reset(self) -> None:
        self.mutator.send('[2,"t1","Reset",{}]')
        self.device(3, "t1", {"status": "Accepted"})

    @property
    def got(self) -> list[Any]:
        return [json.loads(e.text) for _, e in self.events if isinstance(e, FrameReceived)]

    @property
    def times(self) -> list[float]:
        return [seconds for seconds, _ in self.events]


def ids(frames: list[Any]) -> list[str]:
    return [frame[1] for frame in frames]


async def with_statuses(tampering: Tampering, wait: float = 0) -> Bench:
    bench = await Bench(tampering).start()
    bench.statuses()
    await asyncio.sleep(wait)
    return bench


async def with_reset(tampering: Tampering) -> Bench:
    bench = await Bench(tampering).start()
    bench.reset()
    return bench


def test_what_is_not_meant_passes_unchanged() -> None:
    bench = run_virtual(with_statuses(Passive()))
    assert ids(bench.got) == ["s1", "s2", "s3"]
    assert (bench.trace.applied, bench.wire.to_device) == (False, [])


def test_rewrite_edits_the_one_frame_and_records_it() -> None:
    bench = run_virtual(with_statuses(Rewrite(STATUS, lambda payload: {**payload, "status": "Faulted"})))
    assert [frame[3]["status"] for frame in bench.got] == ["Available", "Faulted", "Charging"]
    assert json.loads(bench.trace.before[0])[3] == {"status": "Preparing"}
    assert json.loads(bench.trace.after[0]) == [2, "s2", "StatusNotification", {"status": "Faulted"}]


def test_rewrite_onwards_edits_all_later_ones() -> None:
    target = Target("StatusNotification", "req", 2, onwards=True)
    bench = run_virtual(with_statuses(Rewrite(target, lambda payload: {"status": "Faulted"})))
    assert [frame[3]["status"] for frame in bench.got] == ["Available", "Faulted", "Faulted"]


def test_a_swallowed_request_is_answered_and_the_tool_s_answer_to_it_goes_nowhere() -> None:
    bench = run_virtual(with_statuses(Swallow(STATUS, {"x": 1})))
    assert ids(bench.got) == ["s1", "s3"]
    assert bench.wire.to_device == [[3, "s2", {"x": 1}]]
    assert bench.mutator.send('[3,"s2",{}]')
    assert bench.mutator.send('[3,"s3",{}]')
    assert bench.wire.to_device[1:] == [[3, "s3", {}]]


def test_a_swallowed_answer_is_gone() -> None:
    bench = run_virtual(with_reset(Swallow(CONF, None)))
    assert bench.got == []
    assert bench.wire.to_device == [[2, "t1", "Reset", {}]]
    assert bench.trace.applied


def test_a_repeated_request_has_a_new_id_and_its_answer_goes_nowhere() -> None:
    bench = run_virtual(with_statuses(Repeat(STATUS)))
    assert ids(bench.got) == ["s1", "s2", "mutant-1", "s3"]
    assert bench.got[1][3] == bench.got[2][3]
    bench.mutator.send('[3,"mutant-1",{}]')
    assert bench.wire.to_device == []


def test_a_repeated_answer_is_the_same_frame() -> None:
    bench = run_virtual(with_reset(Repeat(CONF)))
    assert bench.got == [[3, "t1", {"status": "Accepted"}]] * 2


def test_an_answer_is_refused_misaddressed_or_garbled() -> None:
    refused = run_virtual(with_reset(Refuse(CONF, "InternalError")))
    assert refused.got[0][:3] == [4, "t1", "InternalError"]
    misaddressed = run_virtual(with_reset(Misaddress(CONF)))
    assert misaddressed.got == [[3, "mutant-1", {"status": "Accepted"}]]
    garbled = run_virtual(with_reset(Garble(CONF, None, 0.5)))
    _, event = garbled.events[0]
    assert isinstance(event, FrameReceived)
    with pytest.raises(json.JSONDecodeError):
        json.loads(event.text)


def test_neighbours_change_places_and_the_device_goes_on() -> None:
    bench = run_virtual(with_statuses(Swap(STATUS, Target("StatusNotification", "req", 3), {})))
    assert ids(bench.got) == ["s1", "s3", "s2"]
    assert bench.wire.to_device == [[3, "s2", {}]]


def test_a_swap_without_its_second_is_not_applied() -> None:
    bench = run_virtual(with_statuses(Swap(STATUS, Target("StatusNotification", "req", 4), {})))
    assert not bench.trace.applied


def test_an_insert_comes_before_or_behind() -> None:
    before = run_virtual(with_statuses(Insert(STATUS, "Heartbeat", {})))
    assert ids(before.got) == ["s1", "mutant-1", "s2", "s3"]
    behind = run_virtual(with_statuses(Insert(STATUS, "Heartbeat", {}, 5), wait=10))
    assert ids(behind.got) == ["s1", "s2", "s3", "mutant-1"]
    assert behind.times == [0, 0, 0, 5]


def test_a_delay_holds_everything_behind_it() -> None:
    bench = run_virtual(with_statuses(Delay(STATUS, 7), wait=10))
    assert ids(bench.got) == ["s1", "s2", "s3"]
    assert bench.times == [0, 7, 7]


def test_a_delay_beyond_the_device_s_patience_answers_it_and_lets_the_rest_pass() -> None:
    bench = run_virtual(with_statuses(Delay(STATUS, 40, {}), wait=50))
    assert ids(bench.got) == ["s1", "s3", "s2"]
    assert bench.times == [0, 0, 40]
    assert bench.wire.to_device == [[3, "s2", {}]]


def test_a_hastened_request_comes_early_and_the_late_original_is_answered() -> None:
    async def course() -> Bench:
        tampering = Hasten(Target("StatusNotification", "req", 1), STATUS, 4, {"early": True}, {"late": True})
        bench = await Bench(tampering).start()
        bench.device(2, "s1", "StatusNotification", {})
        await asyncio.sleep(10)
        bench.device(2, "s2", "StatusNotification", {})
        return bench

    bench = run_virtual(course())
    assert [frame[3] for frame in bench.got] == [{}, {"early": True}]
    assert bench.times == [0, 4]
    assert bench.wire.to_device == [[3, "s2", {"late": True}]]


def test_the_outcome_of_an_upgrade_is_told_otherwise() -> None:
    async def course(tampering: Tampering) -> Bench:
        bench = await Bench(tampering).start()
        bench.wire.sink(UpgradeRefused(bench.clock.now(), {"status": 401}))
        bench.wire.sink(LinkUp(bench.clock.now(), {"subprotocol": "ocpp1.6"}))
        return bench

    admitted = run_virtual(course(Upgraded(1, 101)))
    assert [type(event) for _, event in admitted.events] == [LinkUp, LinkUp]
    silent = run_virtual(course(Upgraded(2, 0)))
    _, last = silent.events[1]
    assert isinstance(last, UpgradeRefused)
    assert last.facts["status"] == 0


def test_the_orders_of_the_tool_reach_the_link() -> None:
    async def course() -> list[Any]:
        bench = await Bench(Passive()).start()
        bench.mutator.cut("silent")
        bench.mutator.restore()
        bench.mutator.disconnect()
        bench.mutator.connect({})
        bench.mutator.use_password("x")
        await bench.mutator.close()
        return bench.wire.to_device

    assert run_virtual(course()) == ["cut silent", "restore", "disconnect", "connect", "password", "close"]
