"""A run against a device that is disturbed at random ends, and judged again from its journal alone it says the same, byte for byte."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.cases.utilities import IDLE
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.engine.ports import FrameReceived, LinkEvent, LinkSink
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.selftest.arena import MemoryJournal, fight
from labapp.selftest.peers import bout
from labapp.selftest.runner import run_once
from labapp.selftest.settings import STANDARD
from labapp.services.judging import judge_again
from tests.data.captures import recordings
from tests.engine.driver import Driver

CASES = [case for case in ALL if case.kind == "case"]
FRAMES = {
    version: [
        line.text
        for name in recordings.NAMES
        if recordings.version(name) == version
        for line in recordings.read(name)
        if line.is_frame
    ]
    for version in ("1.6", "2.0.1")
}


class Disturbed:
    """A link that loses, repeats, cuts short and adds frames of the device, by chance."""

    def __init__(self, link: Any, chance: random.Random, foreign: list[str], rate: float) -> None:
        self._link = link
        self._chance = chance
        self._foreign = foreign
        self._rate = rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    async def open(self, sink: LinkSink) -> Mapping[str, Any]:
        """Open the link; its events pass through the disturbance."""

        def disturb(event: LinkEvent) -> None:
            if not isinstance(event, FrameReceived) or self._chance.random() > self._rate:
                sink(event)
                return
            match self._chance.choice(["lost", "twice", "short", "foreign", "foreign"]):
                case "lost":
                    return
                case "twice":
                    sink(event)
                    sink(event)
                case "short":
                    sink(replace(event, text=event.text[: self._chance.randrange(len(event.text))]))
                case _:
                    sink(replace(event, text=self._chance.choice(self._foreign)))
                    sink(event)

        facts: Mapping[str, Any] = await self._link.open(disturb)
        return facts


def disturbed(case: TestCase, seed: int, rate: float) -> tuple[dict[str, Any], MemoryJournal]:
    async def run() -> tuple[dict[str, Any], MemoryJournal]:
        chance = random.Random(seed)
        plain = bout(case, virtual_clock())
        return await fight(
            replace(plain, wrap=lambda link: Disturbed(link, chance, FRAMES[case.ocpp], rate))  # type: ignore[return-value, arg-type]
        )

    return run_virtual(run())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("rate", [0.03, 0.3])
def test_a_disturbed_run_is_judged_again_the_same(case: TestCase, rate: float) -> None:
    for seed in range(4):
        result, journal = disturbed(case, seed, rate)
        again = judge_again(journal.records)
        assert result["verdict"] in ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN")
        assert (again.same, again.differences) == (True, [])


def test_what_is_done_between_the_cases_bears_the_role_and_version_of_the_run() -> None:
    first, second = (CATALOGUE[name] for name in ("TC_B_25_CSMS", "TC_B_20_CSMS"))
    journal = run_once(first, STANDARD, then=second).journal
    begun = [record.content for record in journal.records if record.kind == "attempt_started"]
    between = [(each["sut"], each["ocpp"]) for each in begun if each["case"] == "IDLE"]
    assert between
    assert set(between) == {("central_system", "2.0.1")}
    assert judge_again(journal.records).same


def test_between_its_cases_a_central_system_is_answered_and_hears_heartbeats() -> None:
    driver = Driver(replace(IDLE, sut=CENTRAL_SYSTEM, ocpp="2.0.1"))
    driver.interpreter.attempt.model.accepted = True
    driver.interpreter.attempt.model.heartbeat_interval = 60
    assert driver.says("TriggerMessage", requestedMessage="Heartbeat") == {"status": "Rejected"}
    driver.passes(61)
    assert driver.asked[0] == "Heartbeat"
