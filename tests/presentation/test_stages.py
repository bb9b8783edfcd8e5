"""The seven stages."""

from __future__ import annotations

from labapp.presentation.stages import STATE_SHAPE, Stage, StageStatus, State, missing_lines, state_text, title_of
from labapp.presentation.wording import install_translator, text


def test_the_stages_in_their_order() -> None:
    assert [title_of(stage) for stage in Stage] == [
        "Intake",
        "Plan",
        "Set-up",
        "Network",
        "Execution",
        "Performance",
        "Report",
    ]


def test_every_state_has_a_word_and_a_shape_of_its_own() -> None:
    assert len({state_text(state) for state in State}) == len(set(STATE_SHAPE.values())) == len(State)


def test_the_rail_names_two_things_that_are_missing_or_one_and_how_many_more() -> None:
    def lines(*missing: str) -> tuple[str, ...]:
        return missing_lines(StageStatus(State.IN_WORK, missing))

    assert lines() == ()
    assert lines("a", "b") == ("a", "b")
    assert lines("a", "b", "c") == ("a", "and 2 more")


def test_texts_are_translated_before_they_are_filled_in() -> None:
    install_translator(lambda template: {"{n} cases": "{n} Fälle"}.get(template, template))
    try:
        assert text("{n} cases", n=2) == "2 Fälle"
        assert text("50 %") == "50 %"
    finally:
        install_translator(str)
