"""Settings: a key's row follows from its field, and its values are checked."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.domain.settings import ProjectKey, Secret, plain, setting, settings_of


@dataclass(frozen=True, slots=True)
class Sample:
    flag: bool | None = setting(None, "a flag")
    count: int = setting(2, "a count", unit="times", at_least=1, at_most=9)
    duration: float = setting(1.5, "a duration", unit="seconds", at_least=0)
    word: str = setting("", "a word", longest=5, required_when="always")
    colour: Literal["red", "green"] = setting("red", "a colour")
    level: Literal[0, 1] = setting(0, "a level")
    file: Path | None = setting(None, "a file")
    day: date | None = setting(None, "a day")
    secret: Secret | None = setting(None, "a secret")
    names: tuple[str, ...] = setting((), "names", choices=("a", "b"))
    groups: tuple[tuple[int, ...], ...] = setting(((1,),), "groups")
    plain_field: int = 0


ROWS = {row.key: row for row in settings_of("sample", Sample)}


def test_the_rows_follow_from_the_fields() -> None:
    assert [(row.key, row.type, row.default, row.choices) for row in ROWS.values()] == [
        ("flag", "boolean", None, ()),
        ("count", "integer", 2, ()),
        ("duration", "number", 1.5, ()),
        ("word", "string", None, ()),
        ("colour", "string", "red", ("red", "green")),
        ("level", "integer", 0, (0, 1)),
        ("file", "path", None, ()),
        ("day", "date", None, ()),
        ("secret", "secret", None, ()),
        ("names", "list of strings", [], ("a", "b")),
        ("groups", "list of lists of integers", [[1]], ()),
    ]
    assert (ROWS["count"].table, ROWS["count"].unit, ROWS["count"].help) == ("sample", "times", "a count")


def test_the_fields_keep_their_defaults() -> None:
    assert Sample() == Sample(None, 2, 1.5, "", "red", 0, None, None, None, (), ((1,),), 0)


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("flag", True, True),
        ("count", 9, 9),
        ("duration", 2, 2.0),
        ("word", "five!", "five!"),
        ("colour", "green", "green"),
        ("level", 1, 1),
        ("file", "a/b.pem", "a/b.pem"),
        ("day", date(2025, 11, 30), date(2025, 11, 30)),
        ("day", "2025-11-30", date(2025, 11, 30)),
        ("secret", "env:NAME", "env:NAME"),
        ("names", ["b", "a"], ("b", "a")),
        ("groups", [[1, 2], [3]], ((1, 2), (3,))),
    ],
)
def test_a_right_value_is_read(key: str, value: Any, read: Any) -> None:
    assert ROWS[key].read(value) == read


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("flag", "yes", '"yes" is no boolean - write true or false'),
        ("count", True, "true is no integer - write a whole number"),
        ("count", 2.0, "2.0 is no integer - write a whole number"),
        ("count", 0, "0 is out of bounds - write at least 1 and at most 9 times"),
        ("count", 10, "10 is out of bounds - write at least 1 and at most 9 times"),
        ("duration", float("nan"), "nan is no number - write a number"),
        ("duration", float("inf"), "inf is no number - write a number"),
        ("duration", True, "true is no number - write a number"),
        ("duration", -1, "-1.0 is out of bounds - write at least 0 seconds"),
        ("word", "sixsix", '"sixsix" has 6 characters - write at most 5, as the protocol allows'),
        ("word", "a\x07", "holds a character that cannot be printed - write plain text"),
        ("colour", "blue", '"blue" is no choice - use "red", "green"'),
        ("level", 2, "2 is no choice - use 0, 1"),
        ("day", "30.11.2025", '"30.11.2025" is no date - write a date as 2025-11-30'),
        ("names", ["a", "c"], '"c" is no choice - use "a", "b"'),
        ("names", "a", '"a" is no list of strings - write a list as ["a", "b"]'),
        ("groups", [[1], [True]], "[[1], [True]] is no list of lists of integers - write a list as [[1, 2], [3]]"),
        ("groups", [1], "[1] is no list of lists of integers - write a list as [[1, 2], [3]]"),
        ("groups", [["a"]], "[['a']] is no list of lists of integers - write a list as [[1, 2], [3]]"),
        ("secret", 4711, 'the value is no secret - write "env:NAME" or "keyring:SERVICE/USER"'),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(key: str, value: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        ROWS[key].read(value)
    assert str(caught.value) == message


@given(
    st.sampled_from(list(ROWS.values())),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_any_value_is_read_or_refused(row: ProjectKey, value: Any) -> None:
    try:
        shown = json.dumps(plain(row.read(value)))
    except InputError as fault:
        shown = fault.mend
    assert shown


def test_a_secret_shows_only_where_it_came_from() -> None:
    secret = Secret("env:NAME", "hunter2")
    assert secret.reveal() == "hunter2"
    for shown in (str(secret), repr(secret), f"{secret}", repr([secret]), str(plain(secret)), repr(copy.copy(secret))):
        assert "hunter2" not in shown
        assert "env:NAME" in shown
    assert secret == Secret("env:NAME", "hunter2") != Secret("env:NAME", "other")
    assert len({secret, Secret("env:NAME", "hunter2")}) == 1
