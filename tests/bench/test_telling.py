"""What a new operator is told of a run that is under way, and the status notifications of a review on their time axis."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from labapp.bench import channel
from labapp.bench.channel import CHANNEL_SCHEMA, Message, told
from labapp.bench.history import History
from labapp.bench.telling import MAX_FRAMES, Telling, results_before
from labapp.bench.timeline import timeline_of
from tests.engine.driver import Driver

CASE = {"event": "started", "id": "TC_003_CS", "attempt": 1, "verdict": ""}
ENDED = {"event": "ended", "id": "TC_003_CS", "attempt": 1, "verdict": "PASS"}
STEP = {"scope": "", "step": 1, "message": "StatusNotification.req", "state": "met", "detail": ""}
WAITING = {"scope": "", "step": 3, "message": "", "state": "waiting", "detail": ""}
PROMPT = {"id": "p1", "kind": "action", "action": "plug_in", "args": {}, "text": "Plug in.", "choices": [], "items": []}


def telling(*said: tuple[str, dict[str, Any]]) -> Telling:
    made = Telling()
    for kind, content in said:
        made.take(told(kind, "r1", content))
    return made


def types(messages: list[Message]) -> list[str]:
    return [message.get("state") or message["type"] for message in messages]


def test_a_new_operator_is_told_cases_link_steps_the_wait_and_open_prompts() -> None:
    link = {"event": "up", "identity": "CS-1", "detail": ""}
    made = telling(("link", link), ("case", CASE), ("step", WAITING), ("step", STEP), ("prompt", PROMPT))
    assert types(made.greeting(["p1"])) == ["case", "link", "met", "waiting", "prompt"]


def test_a_new_operator_is_told_what_the_keys_have_decided_before_the_cases() -> None:
    decision = {"rows": [{"id": "TC_003_CS", "applicable": False, "reason": "Not applicable: no reader."}]}
    made = telling(("case", CASE))
    made.take(channel.plan("r1", decision))
    plan, case = made.greeting([])
    assert (plan["cases"], case["type"]) == (decision["rows"], "case")
    jsonschema.validate(plan, CHANNEL_SCHEMA)


def test_only_the_last_wait_is_told_again() -> None:
    later = {**WAITING, "step": 5}
    made = telling(("case", CASE), ("step", WAITING), ("step", later))
    assert [message.get("step") for message in made.greeting([])] == [None, 5]


def test_the_end_of_a_case_ends_its_steps_frames_and_wait() -> None:
    frame = {"seq": 7, "dir": "in", "text": "[]"}
    made = telling(("case", CASE), ("step", STEP), ("step", WAITING), ("frame", frame), ("case", ENDED))
    assert types(made.greeting([])) == ["case", "case"]
    assert list(made.frames) == []


def test_an_amendment_in_the_midst_of_a_case_ends_nothing() -> None:
    amended = {"event": "amended", "id": "TC_001_CS", "attempt": 1, "verdict": "FAIL"}
    made = telling(("case", CASE), ("step", STEP), ("case", amended), ("step", {**STEP, "step": 3}))
    assert [message["step"] for message in made.greeting([]) if message["type"] == "step"] == [1, 3]


def test_steps_between_two_cases_are_not_told_again() -> None:
    assert telling(("step", STEP), ("step", WAITING)).greeting([]) == []


def test_of_the_prompts_only_those_are_told_that_are_open() -> None:
    other = {**PROMPT, "id": "p2"}
    closed = {"id": "p1", "by": "wire"}
    made = telling(("prompt", PROMPT), ("prompt", other), ("prompt_closed", closed))
    assert [message["id"] for message in made.greeting(["p1", "p2"])] == ["p2"]
    assert made.greeting([]) == []


def test_frames_that_are_told_again_are_bounded() -> None:
    frames = [("frame", {"seq": number, "dir": "in", "text": "[]"}) for number in range(3 * MAX_FRAMES)]
    seqs = [message["seq"] for message in telling(*frames).frames]
    assert (len(seqs), seqs[-1]) == (MAX_FRAMES, 3 * MAX_FRAMES - 1)


def test_a_pause_is_remembered() -> None:
    pause, resume = ({"name": name, "by": "operator 1"} for name in ("pause", "resume"))
    assert telling(("command", pause)).paused is True
    assert telling(("command", pause), ("command", resume)).paused is False


@pytest.mark.parametrize(("by", "is_step"), [("wire", True), ("operator", True), ("tool", False)])
def test_an_act_that_is_done_is_a_step(by: str, is_step: bool) -> None:
    made = telling(("case", CASE), ("prompt", PROMPT))
    act = made.act_done({"id": "p1", "by": by})
    assert (act is not None) is is_step
    if act is not None:
        assert (act["step"], act["message"], act["state"], act["detail"]) == (0, "plug_in", "met", by)


def test_questions_and_acts_between_two_cases_are_no_steps() -> None:
    question = {**PROMPT, "kind": "question"}
    assert telling(("case", CASE), ("prompt", question)).act_done({"id": "p1", "by": "operator"}) is None
    assert telling(("prompt", PROMPT)).act_done({"id": "p1", "by": "operator"}) is None
    assert telling(("case", CASE)).act_done({"id": "p9", "by": "operator"}) is None


def test_results_of_earlier_benches_are_told_without_their_rows() -> None:
    history = History()
    history.results = [{"id": "TC_003_CS", "attempt": 1, "verdict": "FAIL", "validations": [{"id": "x"}]}]
    history.amendments = [{"case": "TC_003_CS", "attempt": 1}]
    assert results_before(history) == [{"id": "TC_003_CS", "attempt": 1, "verdict": "FAIL", "amended": True}]


# The timeline of a review ---------------------------------------------------------------------------------------------


def test_the_timeline_has_what_came_and_what_was_missed_with_their_items() -> None:
    driver = Driver("TC_003_CS", options={"review": "ask"})
    driver.status("Preparing")
    driver.status("Preparing")
    driver.status("Available", 2)
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.passes(60)
    found = timeline_of(driver.interpreter.attempt)
    assert [(line["connector"], line["status"], line["state"], line["item"]) for line in found] == [
        (1, "Preparing", "met", ""),
        (1, "Preparing", "duplicate", "r1"),
        (2, "Available", "unexpected", "r2"),
        (1, "Charging", "missing", "r3"),
    ]
    assert [line["at"] for line in found] == sorted(line["at"] for line in found)
    assert [line["seq"] is None for line in found] == [False, False, False, True]
    schema = {**CHANNEL_SCHEMA, "oneOf": [{"$ref": "#/$defs/tool"}]}
    prompt = {**PROMPT, "kind": "review", "timeline": found, "at": found[0]["at"]}
    jsonschema.validate(channel.told("prompt", "r1", prompt), schema)
