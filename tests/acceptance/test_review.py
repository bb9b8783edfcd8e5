"""What the technician is asked, and what becomes of each answer: reviews of StatusNotifications and surprises."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import faults as f
from tests.acceptance.bench import Answerer, Outcome, Prompt, default_choice, run
from tests.acceptance.station import Payload, Sent, Station

REVIEWED = ("id", "kind", "seq", "connector", "status", "error_code", "info", "rule", "advice")
CASE = "TC_003_CS"


def twice_preparing() -> Station:
    """A station that reports Preparing two times (D3, ambiguous)."""
    return Station(requests=f.twice("StatusNotification", status="Preparing"))


def reviewing(answer: dict[str, Any]) -> Answerer:
    """Gives this answer to a review."""
    return lambda prompt: answer if prompt["kind"] == "review" else default_choice(prompt)


def itemwise(word: str) -> Answerer:
    """Decides every item of a review alike."""

    def answer(prompt: Prompt) -> dict[str, Any]:
        if prompt["kind"] != "review":
            return default_choice(prompt)
        return {"items": {item["id"]: word for item in prompt["items"]}, "reason": "seen on the display"}

    return answer


ANSWERS = [
    ("all accepted", itemwise("accept"), "PASS", "ACCEPTED", ""),
    ("all rejected", itemwise("reject"), "FAIL", "REJECTED", "review"),
    ("all to be tested again", itemwise("retest"), "INCONCLUSIVE", "RETEST", "review"),
    ("rejected outright", reviewing({"outcome": "reject", "reason": "seen"}), "FAIL", "REJECTED", "review"),
    ("to be tested again", reviewing({"outcome": "retest", "reason": "seen"}), "INCONCLUSIVE", "RETEST", "review"),
    ("the advice taken", reviewing({"outcome": "accept"}), "FAIL", "REJECTED", "review"),
]


@pytest.mark.parametrize(("answer", "verdict", "review", "reason"), [pytest.param(*a[1:], id=a[0]) for a in ANSWERS])
async def test_an_answer_to_the_review_decides(
    answer: Answerer, verdict: str, review: str, reason: str, tmp_path: Path
) -> None:
    outcome = await run(tmp_path, twice_preparing(), CASE, review="ask", answer=answer)
    (prompt,) = outcome.prompts("review")
    (item,) = prompt["items"]
    assert set(REVIEWED) <= set(item)
    assert (item["kind"], item["connector"], item["status"], item["error_code"], item["rule"], item["advice"]) == (
        "duplicate",
        1,
        "Preparing",
        "NoError",
        "D3",
        "reject",
    )
    assert isinstance(item["seq"], int)
    case = outcome.result["cases"][0]
    assert (case["verdict"], case["review_result"], case["reason_code"]) == (verdict, review, reason)
    assert case["tool_result"] == "PASS"
    assert outcome.status == (0 if verdict == "PASS" else 1)


def breaking(request: str) -> Station:
    """A station whose link drops once, where it should send a request."""
    station = Station()
    broken = False

    def requests(action: str, payload: Payload) -> list[Sent]:
        nonlocal broken
        if action != request or broken:
            return [(action, payload)]
        broken = True
        assert station.socket
        station.spawn(station.socket.close())
        return [0.2]

    station.requests = requests
    return station


def choosing(word: str) -> Answerer:
    """Picks the choice whose id has this word in the question of a surprise, the proposed one elsewhere."""

    def answer(prompt: Prompt) -> dict[str, Any]:
        chosen = next((choice["id"] for choice in prompt["choices"] if word == choice["id"]), None)
        return {"outcome": chosen} if chosen else default_choice(prompt)

    return answer


@pytest.mark.parametrize(
    ("cause", "verdict", "reason"),
    [
        ("device", "FAIL", "device_lost"),
        ("lab", "INCONCLUSIVE", "device_lost"),
        ("unknown", "INCONCLUSIVE", "device_lost"),
    ],
)
async def test_a_link_lost_in_a_case_is_asked_about(cause: str, verdict: str, reason: str, tmp_path: Path) -> None:
    outcome = await run(tmp_path, breaking("StartTransaction"), CASE, review="ask", answer=choosing(cause))
    question = outcome.prompts("question")[0]
    assert {"device", "lab", "unknown"} <= {choice["id"] for choice in question["choices"]}
    case = outcome.result["cases"][0]
    assert (case["verdict"], case["reason_code"]) == (verdict, reason), outcome.log
    assert outcome.status == 1


async def test_strict_rejects_what_is_ambiguous_and_keeps_what_a_rule_accepts(tmp_path: Path) -> None:
    suspended = {"connectorId": 1, "status": "SuspendedEV", "errorCode": "NoError"}
    stations = [
        twice_preparing(),
        Station(requests=f.before("StartTransaction", ("StatusNotification", suspended))),
    ]
    runs = [run(tmp_path / str(number), each, CASE, review="strict") for number, each in enumerate(stations)]
    outcomes: list[Outcome] = await asyncio.gather(*runs)
    assert [each.case["verdict"] for each in outcomes] == ["FAIL", "PASS"]
    assert not any(each.prompts("review") for each in outcomes)


async def test_a_faulted_station_is_not_tested(tmp_path: Path) -> None:
    station = Station(requests=f.with_fields("StatusNotification", {"status": "Faulted"}, connectorId=1))
    outcome = await run(tmp_path, station, CASE)
    case = outcome.result["cases"][0]
    assert (case["verdict"], case["reason_code"], outcome.status) == ("NOT_RUN", "blocked_by_reset", 1)


async def test_an_action_that_is_impossible_leaves_the_case_open(tmp_path: Path) -> None:
    outcome = await run(tmp_path, Station(broken_reader=True), CASE)
    case = outcome.result["cases"][0]
    assert (case["verdict"], case["reason_code"], outcome.status) == ("INCONCLUSIVE", "operator", 1)
