"""The performance parameters of OCPP 2.0.1.

No public document has a list for this version. Of the list of 1.6 what means the same here is kept: how long a message is waited for,
and how long a CSMS takes to authorize. Which message follows from a request is stated for 1.6 alone, and is not carried over.
"""

from __future__ import annotations

from collections.abc import Mapping

from labapp.ocpp.timed import AUTHORIZE, RESPONSE, Payload, Performance


def _token_is_refused(payload: Payload) -> bool:
    token = payload.get("idTokenInfo")
    return isinstance(token, Mapping) and token.get("status") != "Accepted"


PERFORMANCE_201 = Performance(
    parameters={"cs": (RESPONSE,), "csms": (RESPONSE, AUTHORIZE)},
    answers={AUTHORIZE: "Authorize"},
    follows={},
    remote_start="RequestStartTransaction",
    told="TransactionEvent",
    starts=lambda payload: payload.get("eventType") == "Started",
    presents=lambda action, payload: action == "Authorize",
    leaves=lambda action, payload: action == "StatusNotification" and payload.get("connectorStatus") == "Available",
    refused=_token_is_refused,
)
