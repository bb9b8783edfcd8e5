"""OCPP 2.0.1 as the engine uses it; the cases are those of a CSMS, against which the tool plays the charging station."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from labapp.domain.device import DeviceModel
from labapp.domain.view import View
from labapp.ocpp.completion import merge, stamp
from labapp.ocpp.initiators import may_initiate
from labapp.ocpp.observe201 import observe
from labapp.ocpp.responses201 import response201
from labapp.ocpp.schemas import actions
from labapp.ocpp.timed201 import PERFORMANCE_201
from labapp.ocpp.tolerated import tolerated_reason
from labapp.ocpp.version import Request, StatusReport
from labapp.ocpp.withdrawals201 import drift, tidy, withdrawals


class Version201:
    """OCPP 2.0.1 edition 2, over JSON."""

    name = "2.0.1"
    performance = PERFORMANCE_201
    documents: tuple[tuple[str, str], ...] = (
        ("Specification", "OCPP 2.0.1"),
        ("Test case document", "OCPP 2.0.1 Part 6, test cases (2023-06-30)"),
    )
    subprotocol = "ocpp2.0.1"
    #: The value of an identifier token is an identifierString.
    cistrings = frozenset({"idToken"})
    disruptive: frozenset[str] = frozenset()
    status_duration_key = ""
    credential_key = "BasicAuthPassword"
    stores: frozenset[str] = frozenset()

    def message_name(self, action: str, kind: str) -> str:
        """`ActionRequest` or `ActionResponse`."""
        return action + ("Request" if kind == "req" else "Response")

    def known(self, action: str) -> bool:
        """Whether 2.0.1 has this action."""
        return action in actions(self.name)

    def may_send(self, role: str, action: str) -> bool:
        """Whether the role may initiate the action (Part 2)."""
        return may_initiate(self.name, role, action)

    def tolerated(self, role: str, action: str) -> str:
        """Reason of the one table of tolerated messages."""
        return tolerated_reason(self.name, role, action)

    def selectors(self, action: str) -> Sequence[str]:
        """Requests of a CSMS are told apart by their action."""
        return ()

    def implied(self, action: str, view: View, payload: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Nothing is implied."""
        return {}

    def defaults(self, action: str) -> Mapping[str, Any]:
        """No field that is judged so far has a default."""
        return {}

    def status(self, action: str, payload: Mapping[str, Any]) -> StatusReport | None:
        """Status of a connector, known by its EVSE; 2.0.1 reports neither error code nor info with it."""
        if action != "StatusNotification":
            return None
        evse = payload.get("evseId")
        number = evse if isinstance(evse, int) and not isinstance(evse, bool) else -1
        return StatusReport(number, str(payload.get("connectorStatus", "")), "", "")

    def swaps(self, status: str) -> str:
        """2.0.1 has no such pair."""
        return ""

    def request(
        self, action: str, stated: Mapping[str, Any], view: View, connector: int | None = None
    ) -> dict[str, Any]:
        """The tool's request with every required field of the schema."""
        base = _REQUESTS[action](view, connector) if action in _REQUESTS else {}
        return merge(base, stated)

    def response(
        self, action: str, request: Mapping[str, Any], stated: Mapping[str, Any], view: View, fresh: int
    ) -> dict[str, Any]:
        """The tool's response; what a CSMS asks on its own is refused where the tool would have to act."""
        return merge(response201(action, request), stated)

    def observe(
        self, model: DeviceModel, action: str, request: Mapping[str, Any], response: Mapping[str, Any] | None
    ) -> None:
        """What the messages of either side say."""
        observe(model, action, request, response)

    def read_configuration(self, keys: Sequence[str]) -> Request:
        """GetVariables of the component OCPPCommCtrlr."""
        data = [{"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": key}} for key in keys]
        return Request("GetVariables", {"getVariableData": data})

    def write_configuration(self, key: str, value: str) -> Request:
        """SetVariables of the component OCPPCommCtrlr."""
        data = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": key}, "attributeValue": value}
        return Request("SetVariables", {"setVariableData": [data]})

    def written(self, response: Mapping[str, Any]) -> Literal["accepted", "reboot", "unsupported", "refused"]:
        """Status of the first result of SetVariablesResponse."""
        results = response.get("setVariableResult") or [{}]
        known: dict[str, Literal["accepted", "reboot", "unsupported"]] = {
            "Accepted": "accepted",
            "RebootRequired": "reboot",
            "UnknownVariable": "unsupported",
        }
        return known.get(str(results[0].get("attributeStatus")), "refused")

    def end_transaction(self, transaction: int | str) -> Request:
        """RequestStopTransactionRequest."""
        return Request("RequestStopTransaction", {"transactionId": str(transaction)})

    def reset(self) -> Request:
        """ResetRequest, type Immediate."""
        return Request("Reset", {"type": "Immediate"})

    def ask_status(self, connector: int) -> Request:
        """TriggerMessageRequest for a StatusNotification."""
        evse = {"id": connector, "connectorId": 1}
        return Request("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": evse})

    def unlock(self, connector: int) -> Request:
        """UnlockConnector; connectors are those of an EVSE each."""
        return Request("UnlockConnector", {"evseId": connector, "connectorId": 1})

    def tidy(self, model: DeviceModel) -> Sequence[Request]:
        """Reservations, profiles, local list, cache and availability."""
        return tidy(model)

    def drift(self, action: str, response: Mapping[str, Any]) -> str:
        """By the status of the response."""
        return drift(action, response)

    def withdrawals(self, view: View) -> Sequence[Request]:
        """CancelReservation for each reservation that still holds, ClearChargingProfile where a profile is installed."""
        return withdrawals(view)

    def finish(self, view: View) -> Sequence[Request]:
        """End the transaction that runs and show the connectors free again."""
        requests = []
        if view.transaction() is not None:
            stated = {
                "eventType": "Ended",
                "triggerReason": "StopAuthorized",
                "transactionInfo": {"stoppedReason": "Local"},
            }
            requests.append(Request("TransactionEvent", self.request("TransactionEvent", stated, view)))
        everyone = sorted({_own_connector(view), *range(1, int(view.dut.get("connectors", 1)) + 1)})
        free = [number for number in everyone if view.status(number) not in ("", "Available")]
        requests += [Request("StatusNotification", self.request("StatusNotification", {}, view, evse)) for evse in free]
        return requests


def _own_connector(view: View) -> int:
    return int(view.values["connector_id"])


def _transaction_event(view: View, connector: int | None) -> dict[str, Any]:
    """The next event of the transaction; its number follows from the events already sent."""
    sent = [seen for seen in view.history("TransactionEventRequest") if seen.sender == "tool"]
    running = view.transaction()
    number = sum(
        1 for seen in sent if running is not None and seen.payload["transactionInfo"]["transactionId"] == str(running)
    )
    started = sum(1 for seen in sent if seen.payload["eventType"] == "Started")
    identifier = str(running) if running is not None else f"{view.now.mono_ns:x}-{started + 1}"
    event: dict[str, Any] = {
        "eventType": "Updated",
        "timestamp": stamp(view),
        "triggerReason": "Authorized",
        "seqNo": number,
        "transactionInfo": {"transactionId": identifier},
        "evse": {"id": _own_connector(view), "connectorId": 1},
    }
    if running is None:
        event["idToken"] = {"idToken": view.values["valid_id_tag"], "type": "ISO14443"}
    return event


def _notify_event(view: View, connector: int | None) -> dict[str, Any]:
    number = connector if connector is not None else _own_connector(view)
    count = len(view.history("NotifyEventRequest")) + 1
    return {
        "generatedAt": stamp(view),
        "seqNo": 0,
        "eventData": [
            {
                "eventId": count,
                "timestamp": stamp(view),
                "trigger": "Delta",
                "actualValue": "Available",
                "component": {"name": "Connector", "evse": {"id": number, "connectorId": 1}},
                "variable": {"name": "AvailabilityState"},
                "eventNotificationType": "HardWiredNotification",
            }
        ],
    }


_REQUESTS: dict[str, Callable[[View, int | None], dict[str, Any]]] = {
    "BootNotification": lambda view, connector: {
        "reason": "PowerUp",
        "chargingStation": {"vendorName": view.values["vendor_name"], "model": view.values["model"]},
    },
    "StatusNotification": lambda view, connector: {
        "timestamp": stamp(view),
        "connectorStatus": "Available",
        "evseId": connector if connector is not None else _own_connector(view),
        "connectorId": 1,
    },
    "Authorize": lambda view, connector: {"idToken": {"idToken": view.values["valid_id_tag"], "type": "ISO14443"}},
    "TransactionEvent": _transaction_event,
    "NotifyEvent": _notify_event,
}
