"""What the operator is asked, and what becomes of the answers: cards, surprises, reviews, prompts that nobody answers."""

from __future__ import annotations

import pytest

from tests.engine.central import connected
from tests.engine.driver import Driver, charging

# Cards ----------------------------------------------------------------------------------------------------------------


def presented(tag: str, **setup: object) -> Driver:
    """TC_061_1 at its first prompt, with a card presented."""
    driver = Driver("TC_061_1_CS", **setup)  # type: ignore[arg-type]
    driver.configured("AuthorizationCacheEnabled", "true")
    driver.configured("LocalPreAuthorize", "true")
    driver.configured("ConnectionTimeOut", "60")
    driver.says("Authorize", idTag=tag)
    return driver


def test_another_card_of_the_lab_is_asked_about_before_it_is_judged() -> None:
    driver = presented("valid-2")
    assert driver.findings == []
    assert (driver.prompt.kind, driver.prompt.args) == ("question", {"asked_for": "VALID-1", "reported": "valid-2"})
    assert [choice["id"] for choice in driver.prompt.choices if choice["default"]] == ["device"]
    driver.confirms("other_card", "card")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")
    assert (driver.result["findings"], driver.result["tool_result"]) == ([], "NONE")


def test_a_device_that_reports_another_card_is_judged() -> None:
    driver = presented("VALID-2")
    driver.status("Preparing")
    driver.confirms("other_card", "device")
    assert driver.findings[0]["text"] == (
        "Step Authorized_CS:1: Authorize.req had idTag VALID-2, VALID-1 (<validIdTag>) was due."
    )
    driver.status("Available")
    driver.answers("Accepted", to="ClearCache")
    driver.says("Authorize", idTag="VALID-2")
    assert driver.verdict == "FAIL"
    assert len([p for p in driver.all_prompts if p.action == "other_card"]) == 1


def test_a_card_that_is_none_of_the_lab_is_judged_at_once() -> None:
    driver = presented("04AABBCC")
    assert driver.findings[0]["field"] == "idTag"


def test_the_right_card_in_other_letters_is_right() -> None:
    driver = presented("valid-1")
    assert (driver.findings, driver.prompts) == ([], {})


@pytest.mark.parametrize(("choice", "verdict"), [("card", "INCONCLUSIVE"), ("device", "PASS")])
def test_a_card_that_the_table_does_not_judge_is_asked_about_too(choice: str, verdict: str) -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.says("Authorize", idTag="INVALID-1")
    driver.confirms("other_card", choice)
    if choice == "device":
        driver.starts("INVALID-1")
        driver.status("Charging")
    assert driver.verdict == verdict


@pytest.mark.parametrize(("tag", "told"), [("04AABBCC", True), ("valid-1", False)])
def test_a_card_that_nobody_presented_is_an_observation_where_the_table_does_not_judge_it(tag: str, told: bool) -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.says("Authorize", idTag=tag)
    driver.starts(tag)
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert [(line["step"], line["text"]) for line in driver.result["observations"]] == [
        (step, "the card VALID-1 was to be presented; the device reports 04AABBCC") for step in (3, 5) if told
    ]


def test_a_remote_start_is_no_card() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted")
    driver.says("Authorize", idTag="VALID-2")
    assert driver.findings[0]["field"] == "idTag"


def test_a_question_that_nobody_answers_ends_inconclusive() -> None:
    driver = presented("VALID-2", options={"operator_timeout": 300})
    driver.passes(299)
    assert driver.ended is None
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")


# Surprises ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "verdict", "tool_result"),
    [("device", "FAIL", "FAIL"), ("lab", "INCONCLUSIVE", "NONE"), ("unknown", "INCONCLUSIVE", "NONE")],
)
@pytest.mark.parametrize("kind", ["link", "boot", "second connection"])
def test_a_surprise_asks_whose_doing_it_was(kind: str, cause: str, verdict: str, tool_result: str) -> None:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    match kind:
        case "link":
            driver.link_down()
        case "boot":
            driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")
        case _:
            driver.link_up()
    question = next(prompt for prompt in driver.prompts.values() if prompt.kind == "question")
    assert question.args == {"kind": "boot" if kind == "boot" else "link"}
    assert [choice["id"] for choice in question.choices if choice["default"]] == ["unknown"]
    driver.answer(question, cause)
    assert (driver.verdict, driver.result["reason_code"]) == (verdict, "device_lost")
    assert driver.result["tool_result"] == tool_result
    assert [finding["step"] for finding in driver.result["findings"]] == ([3] if cause == "device" else [])


def test_a_link_that_is_lost_before_an_answer_is_a_finding_of_the_answer() -> None:
    driver = connected("TC_064_CSMS")
    driver.link_down()
    driver.confirms("surprise", "device")
    assert [(finding["step"], finding["message"]) for finding in driver.result["findings"]] == [(2, "WEBSOCKET")]


def test_the_link_that_the_tool_closes_is_no_surprise() -> None:
    driver = Driver("TC_003_CS")
    driver.link_down("tool")
    assert [prompt.kind for prompt in driver.prompts.values()] == ["action"]


def test_requests_are_answered_while_a_question_is_open() -> None:
    driver = Driver("TC_003_CS")
    driver.link_down()
    driver.link_up()
    assert driver.says("BootNotification", chargePointVendor="V", chargePointModel="M")["status"] == "Accepted"
    assert "currentTime" in driver.says("Heartbeat")


# Prompts and commands -------------------------------------------------------------------------------------------------


def test_a_prompt_that_nobody_answers_ends_inconclusive() -> None:
    driver = Driver("TC_003_CS", options={"operator_timeout": 300})
    driver.passes(300)
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")


@pytest.mark.parametrize(
    ("command", "verdict", "reason"),
    [("skip", "NOT_RUN", "operator"), ("abort", "INCONCLUSIVE", "aborted"), ("stop", "INCONCLUSIVE", "aborted")],
)
def test_commands_end_the_attempt(command: str, verdict: str, reason: str) -> None:
    driver = Driver("TC_003_CS")
    driver.commands(command)
    assert (driver.ended or {})["verdict"] == verdict
    assert driver.result["reason_code"] == reason
    assert driver.prompts == {}


@pytest.mark.parametrize("command", ["skip", "abort", "repeat", "stop"])
def test_a_violation_that_has_been_found_cannot_be_commanded_away(command: str) -> None:
    driver = Driver("TC_003_CS")
    driver.says("MakeCoffee")
    driver.commands(command)
    assert (driver.verdict, driver.result["tool_result"], driver.result["reason_code"]) == ("FAIL", "FAIL", "schema")


def test_an_answer_to_a_closed_prompt_changes_nothing() -> None:
    driver = Driver("TC_003_CS")
    prompt = driver.prompt
    driver.status("Preparing")
    assert driver.interpreter.refusal_of(prompt.id, "done", {}, "") == f"no prompt {prompt.id} is open"
    driver.answer(prompt, "impossible")
    assert driver.prompt.action == "present_id"


def test_an_answer_that_is_none_is_refused() -> None:
    driver = Driver("TC_003_CS")
    refusal = driver.interpreter.refusal_of(driver.prompt.id, "maybe", {}, "")
    assert refusal == "'maybe' is no answer to it: done, impossible, no, yes"


# The review -----------------------------------------------------------------------------------------------------------


def to_review(**options: object) -> Driver:
    """TC_003 to its end, with an ambiguous item (a duplicate)."""
    driver = Driver("TC_003_CS", options={"review": "ask", **options})
    driver.status("Preparing")
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Charging")
    for _ in range(10):
        if driver._unanswered:
            driver._conforms()
    return driver


def test_what_is_ambiguous_waits_for_the_technician() -> None:
    driver = to_review()
    assert (driver.prompt.kind, len(driver.prompt.items)) == ("review", 1)
    item = driver.prompt.items[0]
    assert (item["id"], item["kind"], item["rule"], item["advice"]) == ("r1", "duplicate", "D3", "reject")
    driver.confirms(outcome="answered", items={"r1": "accept"}, reason="the station was touched twice")
    assert (driver.verdict, driver.result["review_result"]) == ("PASS", "ACCEPTED")
    line = driver.result["reviews"][0]
    assert (line["decision"], line["by"], line["reason"]) == ("accept", "operator", "the station was touched twice")


@pytest.mark.parametrize(("decision", "verdict"), [("reject", "FAIL"), ("retest", "INCONCLUSIVE")])
def test_the_technician_decides(decision: str, verdict: str) -> None:
    driver = to_review()
    driver.confirms(outcome=decision, reason="as seen")
    assert driver.verdict == verdict


@pytest.mark.parametrize(("policy", "verdict"), [("advice", "FAIL"), ("strict", "FAIL")])
def test_a_policy_decides_without_the_technician(policy: str, verdict: str) -> None:
    assert to_review(review=policy).verdict == verdict


def test_wrong_answers_to_a_review_are_refused() -> None:
    driver = to_review()
    refusal = driver.interpreter.refusal_of
    identifier = driver.prompt.id
    assert refusal(identifier, "", {"r9": "accept"}, "") == "the review has no item r9"
    assert (
        refusal(identifier, "", {"r1": "perhaps"}, "") == "an item is answered accept, reject or retest, not 'perhaps'"
    )
    assert refusal(identifier, "fine", {}, "").startswith("a review is answered accept, reject, retest or item by item")


def test_a_notification_that_comes_during_the_review_is_reviewed_with_the_others() -> None:
    driver = to_review()
    first = driver.prompt
    driver.status("Charging")
    assert driver.prompt.id != first.id
    assert [item["id"] for item in driver.prompt.items] == ["r1", "r2"]
    driver.confirms(outcome="", items={"r1": "accept", "r2": "accept"}, reason="the station was touched twice")
    assert (driver.verdict, driver.result["review_result"]) == ("PASS", "ACCEPTED")


def test_a_review_that_nobody_answers_asks_for_a_retest() -> None:
    driver = to_review(operator_timeout=300)
    assert (driver.verdict, driver.result["review_result"]) == ("INCONCLUSIVE", "RETEST")


def test_nobody_is_asked_about_a_case_that_the_tool_has_failed() -> None:
    driver = Driver("TC_003_CS", options={"review": "ask"})
    driver.status("Preparing")
    driver.status("Preparing")
    driver.starts()
    assert (driver.verdict, driver.result["review_result"]) == ("FAIL", "REJECTED")
    assert [prompt.kind for prompt in driver.all_prompts] == ["action", "action"]


def test_charging_is_not_told_by_the_first_prompt_only() -> None:
    driver = Driver("TC_032_2_CS")
    charging(driver)
    assert [prompt.action for prompt in driver.all_prompts] == ["plug_in", "power_cycle"]
