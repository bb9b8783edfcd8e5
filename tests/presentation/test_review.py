"""The review: rows, keys, reasons, lanes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.presentation.review import Lane, Mark, Review, Verdicts, decision_text, spread
from tests.presentation.channel import hello, prompt, ready, recorded, session_of


def item(number: int, kind: str = "duplicate", advice: str | None = "reject", **more: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "kind": kind,
        "seq": None if kind == "missing" else number,
        "connector": 1,
        "status": "Preparing",
        "error_code": "NoError",
        "info": "",
        "rule": "D3",
        "advice": advice,
        "note": "It equals the one before it.",
        "step": 3,
        **more,
    }


def review(*items: dict[str, Any], before: Review | None = None) -> Review:
    asked = session_of([hello("TC_003_CS"), ready(), prompt("p9", "review", items=list(items))]).review
    assert asked is not None
    return Review.of(asked, before)


def decisions(made: Review) -> list[str | None]:
    return [row.decision for row in made.rows]


# Keys -----------------------------------------------------------------------------------------------------------------


def test_enter_takes_all_advice_when_none_is_open() -> None:
    made = review(item(1), item(2, advice="accept"))
    assert (made.enter_text, made.can_finish) == ("take the advice and finish", True)
    assert made.press("Enter") == Verdicts({"r1": "reject", "r2": "accept"})
    assert made.sent
    assert made.press("Enter") is None


def test_an_item_without_advice_must_be_decided() -> None:
    made = review(item(1), item(2, advice=None))
    assert (made.open_rows, made.can_finish) == (1, False)
    assert made.enter_text == "1 without advice: decide with A, R or T"
    assert made.press("Enter") is None
    assert (made.current, made.problem) == (1, "Item 2 has no advice: decide it with A, R or T.")
    made.press("T")
    assert (made.asking, made.problem) == (False, "")
    assert made.press("Enter") == Verdicts({"r1": "reject", "r2": "retest"})


@pytest.mark.parametrize(("key", "decision"), [("A", "accept"), ("R", "reject"), ("T", "retest")])
def test_a_key_decides_the_current_item_and_goes_on_to_the_next(key: str, decision: str) -> None:
    made = review(item(1, advice=None), item(2, advice=None))
    made.press(key)
    assert (decisions(made), made.current) == ([decision, None], 1)


def test_a_decision_against_the_advice_needs_a_reason() -> None:
    made = review(item(1), item(2))
    made.press("A")
    assert (made.asking, made.can_finish, made.current) == (True, False, 0)
    assert made.press("R") is None
    assert decisions(made)[0] == "accept"
    made.give_reason("  ")
    assert made.problem == "A decision against the advice needs a reason; it stands in the report."
    made.give_reason("the display shows it once")
    assert (made.asking, made.problem, made.current) == (False, "", 1)
    answer = made.press("Enter")
    assert answer is not None
    assert answer.items == {"r1": "accept", "r2": "reject"}
    assert answer.reason == "connector 1: Preparing came again: the display shows it once"


def test_escape_takes_the_override_back() -> None:
    made = review(item(1))
    made.press("A")
    made.press("Esc")
    assert (made.asking, decisions(made)) == (False, [None])
    made.press("Esc")
    assert decisions(made) == [None]


def test_a_decision_that_is_changed_to_the_advice_loses_its_reason() -> None:
    made = review(item(1))
    made.press("A")
    made.give_reason("because")
    made.press("R")
    assert (made.rows[0].reason, made.rows[0].overrides) == ("", False)


def test_the_arrows_go_from_item_to_item_and_no_further() -> None:
    made = review(item(1), item(2))
    made.press("Up")
    assert made.current == 0
    made.press("Down")
    made.press("Down")
    assert made.current == 1
    assert made.enter_text == "take the advice and finish"
    made.decide(0, "reject")
    made.decide(1, "reject")
    assert made.enter_text == "finish"


def test_an_answer_that_the_bench_does_not_take_can_be_mended() -> None:
    made = review(item(1))
    made.press("Enter")
    made.refused("item r2 is not answered")
    assert (made.sent, made.problem, made.can_finish) == (False, "item r2 is not answered", True)


def test_what_was_decided_stays_when_more_comes_to_be_reviewed() -> None:
    first = review(item(1, advice=None), item(2))
    first.press("T")
    again = review(item(1, advice=None), item(2), item(3), before=first)
    assert (decisions(again), again.current) == (["retest", None, None], 1)
    assert decisions(review(item(7), before=first)) == [None]


# Rows -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (item(1), "connector 1: Preparing came again"),
        (item(1, "missing", status="Charging|SuspendedEV"), "connector 1: Charging or SuspendedEV did not come"),
        (
            item(1, "missing", received_instead="Faulted"),
            "connector 1: Preparing did not come, Faulted did",
        ),
        (item(1, "unexpected"), "connector 1: Preparing came and was not expected"),
        (
            item(1, "unexpected", error_code="GroundFailure", info="fuse"),
            "connector 1: Preparing came and was not expected (GroundFailure, fuse)",
        ),
    ],
)
def test_an_item_is_told_in_one_sentence(made: dict[str, Any], sentence: str) -> None:
    row = review(made).rows[0]
    assert (row.sentence, row.rule, row.why, row.step) == (sentence, "D3", "It equals the one before it.", "3")


def test_decisions_have_words() -> None:
    words = [decision_text(each) for each in ("accept", "reject", "retest", None)]
    assert words == ["accept", "reject", "retest", "none"]


# Lanes ----------------------------------------------------------------------------------------------------------------


def test_a_recorded_review_has_its_lanes() -> None:
    messages = recorded()
    last = [at for at, message in enumerate(messages) if message.get("kind") == "review"][-1]
    asked = session_of(messages[: last + 1]).review
    assert asked is not None
    lanes = Review.of(asked).lanes()
    assert [lane.connector for lane in lanes] == [0, 1, 2]
    assert [mark.state for mark in lanes[0].marks] == ["met", "duplicate"]
    assert [mark.item for mark in lanes[1].marks] == ["", "r1", "", "r3", "", "r5"]
    assert lanes[1].marks[0].at == 0.0


def test_expected_is_hollow_received_is_filled_missing_is_neither() -> None:
    drawn = {state: (mark.expected, mark.received) for state in _STATES for mark in [Mark("X", state, 0.0, "")]}
    assert drawn == {
        "met": (True, True),
        "missing": (True, False),
        "tolerated": (False, True),
        "unexpected": (False, True),
        "duplicate": (False, True),
    }


_STATES = ("met", "missing", "tolerated", "unexpected", "duplicate")


@given(
    st.lists(st.lists(st.floats(0, 100), max_size=6).map(sorted), min_size=1, max_size=4),
    st.floats(0, 1000),
    st.floats(1, 100),
)
def test_marks_never_run_into_each_other_and_keep_the_order_of_time(
    times: list[list[float]], width: float, gap: float
) -> None:
    lanes = [Lane(number, tuple(Mark("X", "met", at, "") for at in row)) for number, row in enumerate(times)]
    places = spread(lanes, width, gap)
    for row in places:
        assert all(right - left >= gap - 1e-6 for left, right in itertools.pairwise(row))
    flat = [
        (mark.at, place)
        for lane, row in zip(lanes, places, strict=True)
        for mark, place in zip(lane.marks, row, strict=True)
    ]
    assert all(one[1] <= other[1] for one in flat for other in flat if one[0] < other[0])
    dense = max((row[-1] for row in spread(lanes, 0.0, gap) if row), default=0.0)
    assert max((row[-1] for row in places if row), default=0.0) <= max(width, dense) + 1e-6
