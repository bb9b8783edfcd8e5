"""The WebSocket handshake of OCPP-J as values: what the dialling side shows, and what the listening side answers."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handshake:
    """An HTTP upgrade request. identity: last segment of the path, decoded. authorization: the header's value, or None."""

    identity: str
    subprotocols: tuple[str, ...] = ("ocpp1.6",)
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to an upgrade request. status: 101 when it became a WebSocket, else the HTTP status of the refusal.

    reason: "" or what was not right ("identity", "subprotocol", "authorization").
    """

    status: int = 101
    subprotocol: str = ""
    reason: str = ""

    @property
    def admitted(self) -> bool:
        """Whether the connection is a WebSocket now."""
        return self.status == 101


class UpgradeRejected(ConnectionError):
    """The other side answered the upgrade request with an HTTP status other than 101."""

    def __init__(self, admission: Admission) -> None:
        super().__init__(f"HTTP {admission.status} {admission.reason}".rstrip())
        self.admission = admission


def basic_authorization(username: str, password: str | bytes) -> str:
    """The value of an HTTP Authorization header (RFC 7617); text is encoded as UTF-8."""
    secret = password if isinstance(password, bytes) else password.encode()
    return "Basic " + base64.b64encode(username.encode() + b":" + secret).decode("ascii")


def basic_credentials(authorization: str | None) -> tuple[str, bytes] | None:
    """User name and password of a Basic Authorization header, None when there is none that can be read."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (username.decode(), password) if colon else None
    except (binascii.Error, UnicodeDecodeError):
        return None
