"""A station that does one thing wrong gets the verdict, the reason and the step that the case's table and the review rules give."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.bench import Outcome, run
from tests.acceptance.fault_table import FAULTS, Fault, entry
from tests.acceptance.station import Payload, Sent, Station, honest_answers


def story(outcome: Outcome) -> str:
    """What happened in a run, to be read where a test fails."""
    told = [each["text"] for case in outcome.result["cases"] for each in (case, *case["findings"])]
    return "\n".join([outcome.errors, *told, *outcome.log[-40:]])


#: Cases whose faults touch messages of their own, so that one run can have a fault of each.
TOGETHER = ("TC_019_CS", "TC_066_CS", "TC_070_CS")


def runs_of(name: str) -> list[tuple[Fault, ...]]:
    """The faults of a case, or of the cases that go together, for each run."""
    if name != "together":
        return [(fault,) for fault in FAULTS if fault.case == name]
    lists = [[fault for fault in FAULTS if fault.case == case] for case in TOGETHER]
    return [tuple(filter(None, row)) for row in zip_longest(*lists)]


def with_all(faults: tuple[Fault, ...]) -> Station:
    """A station that has each of the faults in its requests and answers."""
    if len(faults) == 1:
        return faults[0].make()
    stations = [fault.make() for fault in faults]

    def requests(action: str, payload: Payload) -> list[Sent]:
        items: list[Sent] = [(action, payload)]
        for each in stations:
            items = [out for item in items for out in (each.requests(*item) if isinstance(item, tuple) else [item])]
        return items

    def answers(message_id: str, action: str, answer: Payload) -> list[Sent]:
        honest = honest_answers(message_id, action, answer)
        given = [each.answers(message_id, action, deepcopy(answer)) for each in stations]
        return next((each for each in given if each != honest), honest)

    return Station(requests=requests, answers=answers)


def differences(faults: tuple[Fault, ...], outcome: Outcome) -> list[str]:
    """What differs from what the documents give, and what happened."""
    cases = {case["id"]: case for case in outcome.result["cases"]}
    due = {fault.case: (fault.verdict, fault.reason, fault.step) for fault in faults}
    got = {name: (case["verdict"], case["reason_code"], first_step(case)) for name, case in cases.items()}
    passed = all(fault.verdict == "PASS" for fault in faults)
    if got == due and outcome.status == (0 if passed else 1):
        return []
    return [f"{[fault.name for fault in faults]}: {got} and {outcome.status}, due {due}\n{story(outcome)}"]


def first_step(case: dict[str, Any]) -> int | str | None:
    """Step of the first finding."""
    step: int | str | None = next((each["step"] for each in case["findings"]), None)
    return step


@pytest.mark.parametrize("name", ["together", *sorted({fault.case for fault in FAULTS}.difference(TOGETHER))])
async def test_the_documents_verdict(name: str, tmp_path: Path) -> None:
    few = asyncio.Semaphore(4)

    async def judged(number: int, faults: tuple[Fault, ...]) -> list[str]:
        async with few:
            cases = [fault.case for fault in faults]
            return differences(faults, await run(tmp_path / str(number), with_all(faults), *cases))

    texts = await asyncio.gather(*(judged(*each) for each in enumerate(runs_of(name))))
    assert not any(texts), "\n\n".join(chain.from_iterable(texts))


async def test_a_readable_password_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    password = "acceptance-key-01"
    monkeypatch.setenv("ACCEPTANCE_KEY", password)

    def showing(value: str) -> Station:
        station = Station()
        station.keys["AuthorizationKey"] = (value, False)

        def answers(message_id: str, action: str, answer: Payload) -> list[Sent]:
            if action == "GetConfiguration" and (found := entry(answer, "AuthorizationKey")):
                found["value"] = value
            return honest_answers(message_id, action, answer)

        station.answers = answers
        return station

    values = 'authorization_key = "env:ACCEPTANCE_KEY"'
    shown = ["", "****************", password, password.encode().hex(), password.encode().hex().upper()]
    runs = [run(tmp_path / str(n), showing(value), "TC_019_CS", values=values) for n, value in enumerate(shown)]
    outcomes = await asyncio.gather(*runs)
    got = [(each.case["verdict"], first_step(each.case)) for each in outcomes]
    assert got == [("PASS", None)] * 2 + [("FAIL", 4)] * 3, "\n\n".join(map(story, outcomes))
    assert files_with(tmp_path, password) == []


def files_with(folder: Path, secret: str) -> list[Path]:
    """The files below the folder that hold the secret, in plain or in hexadecimal digits."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    forms = secret.lower().encode(), secret.encode().hex().encode()
    return [file for file in files if any(form in file.read_bytes().lower() for form in forms)]
