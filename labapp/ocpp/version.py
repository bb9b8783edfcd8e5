"""What the engine asks of a version of OCPP. The engine itself knows none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from labapp.domain.device import DeviceModel
from labapp.domain.view import View
from labapp.ocpp.timed import Performance


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A status notification of either version, as the review reads it."""

    connector: int
    status: str
    error_code: str
    info: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the tool that is no step of a case."""

    action: str
    payload: Mapping[str, Any]


class Version(Protocol):
    """One version of OCPP-J."""

    #: "1.6", "2.0.1".
    name: str
    #: WebSocket subprotocol.
    subprotocol: str
    #: The documents that a test of this version rests on: what each is, and its edition.
    documents: tuple[tuple[str, str], ...]
    #: What of its messages is timed.
    performance: Performance
    #: Names of the members, of whatever message, whose text compares without case.
    cistrings: frozenset[str]

    #: Requests of the central system after whose acceptance the device boots again.
    disruptive: frozenset[str]
    #: Key of the minimum duration of a status, which is set to 0 for all cases; "" when the version has none.
    status_duration_key: str
    #: Key of the password that the device logs in with.
    credential_key: str
    #: Keys that switch a store of the device on or off: a local list, a cache.
    stores: frozenset[str]

    def message_name(self, action: str, kind: str) -> str:
        """Name of an action's request ("req") or response ("conf")."""

    def known(self, action: str) -> bool:
        """Whether the version has this action."""

    def may_send(self, role: str, action: str) -> bool:
        """Whether "charge_point" or "central_system" may send the request of this action."""

    def tolerated(self, role: str, action: str) -> str:
        """Why a request of this role that no step waits for is tolerated anywhere; "" when it is not."""

    def selectors(self, action: str) -> Sequence[str]:
        """Paths of the fields that select an expectation among messages that repeat; the others are validated."""

    def implied(self, action: str, view: View, payload: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Selector fields that hold when a case does not state them: path -> value. payload: of the message that is looked at."""

    def defaults(self, action: str) -> Mapping[str, Any]:
        """Protocol defaults of omitted fields: path (with `[]`) -> value."""

    def status(self, action: str, payload: Mapping[str, Any]) -> StatusReport | None:
        """The status that a request reports, when it is a status notification."""

    def swaps(self, status: str) -> str:
        """The action whose request may change places with a notification of this status (003 section 1.2), or ""."""

    def request(
        self, action: str, stated: Mapping[str, Any], view: View, connector: int | None = None
    ) -> dict[str, Any]:
        """The tool's request: what the case states, completed to a conformant payload; connector: of a per-connector step."""

    def response(
        self, action: str, request: Mapping[str, Any], stated: Mapping[str, Any], view: View, fresh: int
    ) -> dict[str, Any]:
        """The tool's response: what the case states, completed; fresh: a transaction id never used before in the run."""

    def observe(
        self, model: DeviceModel, action: str, request: Mapping[str, Any], response: Mapping[str, Any] | None
    ) -> None:
        """Bring the device model up to date; response None when the request has just arrived or could not be answered."""

    def read_configuration(self, keys: Sequence[str]) -> Request:
        """The request that reads these configuration keys."""

    def write_configuration(self, key: str, value: str) -> Request:
        """The request that sets a configuration key."""

    def written(self, response: Mapping[str, Any]) -> Literal["accepted", "reboot", "unsupported", "refused"]:
        """What the response to `write_configuration` says."""

    def end_transaction(self, transaction: int | str) -> Request:
        """The central system's request that ends a transaction."""

    def reset(self) -> Request:
        """The central system's request for a hard reset."""

    def ask_status(self, connector: int) -> Request:
        """The central system's request to report the status of a connector again."""

    def unlock(self, connector: int) -> Request:
        """The central system's request to let the cable of a connector go."""

    def tidy(self, model: DeviceModel) -> Sequence[Request]:
        """Requests that take back what the model knows to be set: reservations, profiles, lists, cache, availability."""

    def drift(self, action: str, response: Mapping[str, Any]) -> str:
        """What the response to a request of `tidy` shows to be left on the device; "" when nothing is."""

    def withdrawals(self, view: View) -> Sequence[Request]:
        """What the central system has set on the tool as charge point and not withdrawn: the requests that withdraw it."""

    def finish(self, view: View) -> Sequence[Request]:
        """The tool as charge point: requests that end what runs and show the connectors free again."""
