from __future__ import annotations

import io
import json
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.services.modem_simulation import run_modem


def told(*actions: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    run_modem("stick", [], [*actions, '{"id": "end", "action": "hang_up"}'], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_port_comes_first_and_the_modem_stays_until_it_vanished() -> None:
    ready, end = told()
    assert ready["type"] == "ready"
    assert ready["port"].startswith("/dev/")
    assert end == {"type": "done", "id": "end", "reason": ""}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ('{"id": 1, "action": "set_csq", "args": {"csq": 12}}', {"type": "done", "id": 1, "reason": ""}),
        (
            '{"id": "a", "action": "set_csq", "args": {}}',
            {"type": "impossible", "id": "a", "reason": "set_csq needs the argument csq"},
        ),
        ("[1]", {"type": "error", "text": 'no order: give {"id", "action", "args"}'}),
        ('{"id": 1}', {"type": "error", "text": 'no order: give {"id", "action", "args"}'}),
        ('{"id": 1, "action": "hang_up", "args": 5}', {"type": "error", "text": "args is no object"}),
        ('{"id": "\\ud800", "action": "set_csq", "args": {"csq": 12}}', {"type": "done", "id": "\ud800", "reason": ""}),
        (
            "[" * 100_000,
            {
                "type": "error",
                "text": "no JSON: maximum recursion depth exceeded while decoding a JSON array from a unicode string",
            },
        ),
        ("noise", {"type": "error", "text": "no JSON: Expecting value: line 1 column 1 (char 0)"}),
    ],
)
def test_every_line_has_its_answer(line: str, answer: dict[str, Any]) -> None:
    assert told(line, "\n")[1:-1] == [answer]


def test_an_unknown_variant_is_an_input_error_before_anything_is_told() -> None:
    out = io.StringIO()
    with pytest.raises(InputError, match="no modem variant 'router'"):
        run_modem("router", [], [], out)
    assert out.getvalue() == ""
