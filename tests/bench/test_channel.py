"""What can be said on the operator channel, and what is said about what cannot."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from labapp.bench import channel
from labapp.bench.channel import CHANNEL_SCHEMA, COMMANDS, MAX_MESSAGE, Said, parse
from labapp.domain.actions import ACTIONS
from labapp.domain.errors import InputError


def validator(direction: str) -> Draft202012Validator:
    return Draft202012Validator({**CHANNEL_SCHEMA, "oneOf": [{"$ref": f"#/$defs/{direction}"}]})


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(CHANNEL_SCHEMA)


def test_a_message_that_leaves_things_out_gets_what_stands_for_them() -> None:
    assert parse('{"type": "answer", "id": "p1", "outcome": "done"}') == Said(
        "answer", "", {"id": "p1", "outcome": "done", "items": {}, "reason": ""}
    )
    items = '{"type": "answer", "run": "r1", "id": "p1", "items": {"r1": "accept"}, "reason": null}'
    assert parse(items) == Said("answer", "r1", {"id": "p1", "outcome": "", "items": {"r1": "accept"}, "reason": ""})
    assert parse('{"type": "hello"}') == Said("hello", "", {"frames": False})


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("", "the message is no JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "the message is no JSON: maximum recursion depth exceeded while decoding a JSON array from a unicode string"),
        ('"hello"', "the message is no JSON object"),
        ("{}", "type null is none of answer, command, hello, amend"),
        ('{"type": ["answer"]}', 'type ["answer"] is none of answer, command, hello, amend'),
        ('{"type": "answer", "outcome": "done"}', "answer lacks id"),
        ('{"type": "answer", "id": "p1", "items": {}}', "answer lacks outcome"),
        ('{"type": "answer", "id": 1, "outcome": "done"}', "id is 1 and must be text"),
        ('{"type": "answer", "id": "p1", "outcome": "done", "items": []}', "items is [] and must be an object"),
        ('{"type": "answer", "id": "p1", "outcome": "", "items": {"r1": 1}}', "items.r1 is 1 and must be text"),
        ('{"type": "hello", "frames": 1}', "frames is 1 and must be true or false"),
        ('{"type": "hello", "run": null}', "run is null and must be text"),
        ('{"type": "amend", "case": "TC_003_CS", "cause": "lab", "reason": ""}', "amend lacks who"),
        (f'{{"type": "{"x" * 90}"}}', f'type "{"x" * 58}… is none of answer, command, hello, amend'),
        ('{"type": "hello", "x": "\\ud800"}', "the message holds one half of a surrogate pair, which is no character"),
        (" " * (MAX_MESSAGE + 1), "the message has 262145 characters, 262144 are read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(line: str, text: str) -> None:
    with pytest.raises(InputError) as fault:
        parse(line)
    assert str(fault.value) == text


ANSWERS = st.fixed_dictionaries(
    {"type": st.just("answer"), "id": st.text()},
    optional={
        "run": st.text(),
        "outcome": st.text(),
        "reason": st.text(),
        "items": st.dictionaries(st.text(), st.sampled_from(["accept", "reject", "retest"])),
    },
)
COMMANDS_SAID = st.fixed_dictionaries({"type": st.just("command"), "name": st.sampled_from([*COMMANDS, "dance"])})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
STRANGE = st.dictionaries(st.sampled_from(["type", "run", "id", "outcome", "items", "name", "frames"]), ANYTHING)


@given(ANSWERS | COMMANDS_SAID | STRANGE)
@example({"type": "answer", "id": "p1", "items": {}})
def test_what_the_schema_allows_is_read(message: dict[str, Any]) -> None:
    try:
        parse(json.dumps(message))
    except InputError:
        assert not validator("operator").is_valid(message)


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(InputError):
        parse(text)


def test_the_tools_messages_fit_the_schema() -> None:
    tool = validator("tool")
    messages = [
        channel.hello("r1", ["TC_003_CS"]),
        channel.ready("r1", {"listen": "127.0.0.1:9000", "identity": "CS-1"}),
        channel.ready("r1", {"url": "ws://127.0.0.1/CS-1", "identity": "CS-1"}),
        channel.link("r1", "CS-1", {"event": "up", "facts": {}}),
        channel.link("r1", "CS-1", {"event": "down", "code": 1006, "reason": "gone", "by": "network"}),
        channel.ignored("r1", "p1"),
        channel.error("r1", "no"),
        channel.summary("r1", {"cases": [], "run": "r1"}),
    ]
    for message in messages:
        tool.validate(message)
        assert message["run"] == "r1"
    assert [action["name"] for action in messages[0]["actions"]] == list(ACTIONS)
    assert not tool.is_valid({"type": "ready", "run": "r1", "identity": "CS-1"})
    assert not tool.is_valid(
        {"type": "case", "run": "r1", "event": "started", "id": "TC_003_CS", "attempt": 1, "verdict": "OK"}
    )


def test_why_a_connection_was_refused_is_told() -> None:
    refused = {"event": "refused", "facts": {"detail": "no such identity"}}
    assert channel.link("r1", "CS-1", refused)["detail"] == "no such identity"
