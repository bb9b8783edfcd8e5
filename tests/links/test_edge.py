"""The edge of a link: masking, and what of the wire can be shown."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from labapp.links.edge import masked_facts, nothing_hidden, nothing_masked, shown, shown_headers


@given(st.binary())
def test_any_bytes_can_be_shown_and_stored(data: bytes) -> None:
    assert json.loads(json.dumps(shown(data)).encode()) == shown(data)


@given(st.text())
def test_utf8_is_shown_as_it_is(text: str) -> None:
    assert shown(text.encode("utf-8", "ignore")) == text.encode("utf-8", "ignore").decode()


def test_broken_bytes_leave_the_rest_readable() -> None:
    assert shown(b"key=\xffopen-sesame\x80") == r"key=\xffopen-sesame\x80"


def test_credentials_are_withheld_from_headers() -> None:
    headers = [("Host", "lab"), ("AUTHORIZATION", "Basic QTpC"), ("Set-Cookie", "a=b")]
    assert shown_headers(headers) == [["Host", "lab"], ["AUTHORIZATION", "withheld"], ["Set-Cookie", "withheld"]]


def test_facts_are_masked_at_every_depth() -> None:
    def stars(text: str) -> tuple[str, tuple[dict[str, int], ...]]:
        return text.replace("sesame", "******"), ({"length": 6},)

    facts = {"path": "/sesame", "headers": [["X", "open sesame"]], "offered": ("sesame",), "status": 101, "x": None}
    assert masked_facts(facts, stars) == {
        "path": "/******",
        "headers": [["X", "open ******"]],
        "offered": ["******"],
        "status": 101,
        "x": None,
    }


def test_without_secrets_nothing_changes() -> None:
    assert nothing_masked("text") == ("text", ())
    assert nothing_hidden("text") == "text"
