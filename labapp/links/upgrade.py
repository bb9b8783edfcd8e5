"""The central system's judgement of an upgrade request: path, credentials, subprotocols. No sockets here.

Source: OCPP-J 1.6, section 3 (connection URL, subprotocol) and section 6 (HTTP Basic authentication).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from websockets.datastructures import Headers
from websockets.http11 import Request

from labapp.links.edge import shown, shown_headers

CHALLENGE = 'Basic realm="labapp", charset="UTF-8"'

_HEX_KEY = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """facts: what the request said, JSON values without secrets. status: 101, or the HTTP status of the refusal.

    reason: "" or "path", "identity", "authorization". detail: the refusal in one clause.
    """

    facts: Mapping[str, Any]
    status: HTTPStatus = HTTPStatus.SWITCHING_PROTOCOLS
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """authorization: "none", "basic" or "other". state: "", "accepted", "not checked", "malformed" or what differs."""

    authorization: str
    state: str = ""
    username: str = ""


def judge_request(request: Request, *, identity: str, password: str | None) -> Judgement:
    """Whether the device may come in, before the WebSocket handshake itself is looked at.

    password: the expected Basic password, None where the security profile asks for none; a header that comes anyway is
    then noted and not checked. An unknown identity gets 404 (OCPP-J 1.6, section 3.2), missing or other credentials 401.
    """
    named = identity_of(request.path)
    credentials = read_credentials(request.headers, identity=identity, password=password)
    facts = {
        "identity": named,
        "path": request.path,
        "authorization": credentials.authorization,
        "credentials": credentials.state,
        "username": credentials.username,
        "offered": offered_subprotocols(request.headers),
        "headers": shown_headers(list(request.headers.raw_items())),
    }
    if not named:
        return Judgement(facts, HTTPStatus.NOT_FOUND, "path", "the path names no identity")
    if named != identity:
        return Judgement(facts, HTTPStatus.NOT_FOUND, "identity", "the identity is not the configured one")
    if password is not None and credentials.state != "accepted":
        detail = f"credentials: {credentials.state or 'none that this link knows'}"
        return Judgement(facts, HTTPStatus.UNAUTHORIZED, "authorization", detail)
    return Judgement(facts)


def identity_of(path: str) -> str:
    """The identity in a connection URL's path: its last segment, percent-decoded; "" when there is none.

    Source: OCPP-J 1.6, section 3.1.
    """
    return shown(unquote_to_bytes(path.partition("?")[0].rpartition("/")[2]))


def offered_subprotocols(headers: Headers) -> list[str]:
    """The names in the Sec-WebSocket-Protocol headers, in the device's order."""
    values = headers.get_all("Sec-WebSocket-Protocol")
    return [name for value in values for part in value.split(",") if (name := part.strip())]


def read_credentials(headers: Headers, *, identity: str, password: str | None) -> Credentials:
    """What the Authorization header says, compared with the identity and the password, without showing a secret.

    A key of 16 to 20 bytes that is configured in hexadecimal is accepted as its text and as its bytes: OCPP-J 1.6,
    section 6.2 lets the device send the bytes, the security extension the text.
    """
    values = headers.get_all("Authorization")
    if not values:
        return Credentials("none")
    scheme, _, token = values[0].partition(" ")
    if scheme.lower() != "basic":
        return Credentials("other")
    try:
        pair = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return Credentials("basic", "malformed")
    if len(values) > 1 or b":" not in pair:
        return Credentials("basic", "malformed")
    username = shown(pair.partition(b":")[0])
    # A colon may stand in an identity of OCPP 1.6, so the pair is not simply split at its first one.
    expected_user = identity.encode() + b":"
    if not pair.startswith(expected_user):
        return Credentials("basic", "the username is not the identity", username)
    if password is None:
        return Credentials("basic", "not checked", identity)
    sent = pair.removeprefix(expected_user)
    accepted = any(hmac.compare_digest(sent, key) for key in _accepted_keys(password))
    return Credentials("basic", "accepted" if accepted else "the password differs", identity)


def _accepted_keys(password: str) -> list[bytes]:
    keys = [password.encode()]
    if _HEX_KEY.fullmatch(password):
        keys.append(bytes.fromhex(password))
    return keys
