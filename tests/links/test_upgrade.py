"""The judgement of an upgrade request, without a socket."""

from __future__ import annotations

import base64
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.datastructures import Headers
from websockets.http11 import Request

from labapp.domain.handshake import basic_authorization
from labapp.links.upgrade import (
    Credentials,
    identity_of,
    judge_request,
    offered_subprotocols,
    read_credentials,
)

KEY = "open-sesame-0123"
HEX_KEY = "0123456789abcdef0123456789abcdef01234567"


def basic(pair: bytes) -> str:
    return "Basic " + base64.b64encode(pair).decode()


def headers(*values: tuple[str, str]) -> Headers:
    return Headers(list(values))


def credentials(*values: str, identity: str = "CP1", password: str | None = KEY) -> Credentials:
    return read_credentials(
        headers(*(("Authorization", value) for value in values)), identity=identity, password=password
    )


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/CP1", "CP1"),
        ("/ocpp/v16/CP1", "CP1"),
        ("/ocpp/CP1?token=1/2", "CP1"),
        ("/CP%201%2F%C3%A4", "CP 1/ä"),
        ("/CP%FF", r"CP\xff"),
        ("/CP1/", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_the_identity_is_the_last_segment_decoded(path: str, identity: str) -> None:
    assert identity_of(path) == identity


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), Credentials("none")),
        (("Bearer abc",), Credentials("other")),
        (("Basic ***",), Credentials("basic", "malformed")),
        (("Basic ä",), Credentials("basic", "malformed")),
        ((basic(b"no colon"),), Credentials("basic", "malformed")),
        ((basic(b"CP1:" + KEY.encode()), basic(b"CP1:x")), Credentials("basic", "malformed")),
        ((basic(b"CP2:" + KEY.encode()),), Credentials("basic", "the username is not the identity", "CP2")),
        ((basic(b"CP1:" + KEY.encode()),), Credentials("basic", "accepted", "CP1")),
        (("basic  " + basic(b"CP1:" + KEY.encode())[6:],), Credentials("basic", "accepted", "CP1")),
        ((basic(b"CP1:other"),), Credentials("basic", "the password differs", "CP1")),
        ((basic(b"CP1:"),), Credentials("basic", "the password differs", "CP1")),
    ],
)
def test_credentials_are_read_without_showing_them(values: tuple[str, ...], expected: Credentials) -> None:
    assert credentials(*values) == expected


def test_an_identity_may_hold_a_colon() -> None:
    found = credentials(basic(b"urn:cp:1:" + KEY.encode()), identity="urn:cp:1")
    assert found == Credentials("basic", "accepted", "urn:cp:1")


@pytest.mark.parametrize("sent", [HEX_KEY.encode(), bytes.fromhex(HEX_KEY)])
def test_a_hexadecimal_key_may_come_as_text_or_as_bytes(sent: bytes) -> None:
    assert credentials(basic(b"CP1:" + sent), password=HEX_KEY).state == "accepted"


def test_a_short_password_that_looks_hexadecimal_is_only_text() -> None:
    assert credentials(basic(b"CP1:" + bytes.fromhex("abcd")), password="abcd").state == "the password differs"


def test_without_a_password_a_header_is_noted_and_not_checked() -> None:
    assert credentials(basic(b"CP1:whatever"), password=None) == Credentials("basic", "not checked", "CP1")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_the_tool_presents_the_tool_accepts(identity: str, password: str) -> None:
    found = credentials(basic_authorization(identity, password), identity=identity, password=password)
    assert found.state == "accepted"


@given(st.binary(max_size=60))
def test_no_authorization_value_is_a_crash(pair: bytes) -> None:
    assert credentials(basic(pair)).authorization == "basic"


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ((), []),
        (("ocpp1.6",), ["ocpp1.6"]),
        (("ocpp2.0.1, ocpp1.6", "ocpp1.5"), ["ocpp2.0.1", "ocpp1.6", "ocpp1.5"]),
        ((" , ocpp1.6,",), ["ocpp1.6"]),
    ],
)
def test_the_offer_is_read_in_order(values: tuple[str, ...], offered: list[str]) -> None:
    assert offered_subprotocols(headers(*(("Sec-WebSocket-Protocol", value) for value in values))) == offered


@pytest.mark.parametrize(
    ("path", "password", "authorization", "expected"),
    [
        ("/CP1", None, "", (101, "", "")),
        ("/CP1", KEY, basic_authorization("CP1", KEY), (101, "", "")),
        ("/", None, "", (404, "path", "the path names no identity")),
        ("/CP2", None, "", (404, "identity", "the identity is not the configured one")),
        ("/CP1", KEY, "", (401, "authorization", "credentials: none that this link knows")),
        ("/CP1", KEY, basic_authorization("CP1", "x"), (401, "authorization", "credentials: the password differs")),
    ],
)
def test_a_request_is_judged(
    path: str, password: str | None, authorization: str, expected: tuple[int, str, str]
) -> None:
    sent = headers(("Authorization", authorization)) if authorization else headers()
    judged = judge_request(Request(path, sent, "GET", "HTTP/1.1"), identity="CP1", password=password)
    assert (judged.status, judged.reason, judged.detail) == expected
    assert isinstance(judged.status, HTTPStatus)


def test_the_facts_hold_no_secret() -> None:
    sent = headers(("Authorization", basic_authorization("CP1", KEY)), ("User-Agent", "station"))
    judged = judge_request(Request("/CP1", sent, "GET", "HTTP/1.1"), identity="CP1", password=KEY)
    assert judged.facts == {
        "identity": "CP1",
        "path": "/CP1",
        "authorization": "basic",
        "credentials": "accepted",
        "username": "CP1",
        "offered": [],
        "headers": [["Authorization", "withheld"], ["User-Agent", "station"]],
    }
