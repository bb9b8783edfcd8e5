"""What of a version's messages is timed for the performance parameters that a vendor states (004, Appendix A.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]

#: Names of the parameters, as in the declaration.
TRIGGERED = "ocpp_triggered_function_timeout"
RESPONSE = "ocpp_response_timeout"
REMOTE_START = "response_time_remote_start_transaction"
AUTHORIZE = "response_time_authorize"


@dataclass(frozen=True, slots=True)
class Performance:
    """The list of one version.

    parameters: by role, "cs" and "csms", in the order of the declaration. answers: parameter -> the tool's request whose answer
    is timed. follows: by the tool's request, whether a message of the device (payload of the request, action, payload) follows
    from it. remote_start: the tool's request after whose acceptance a transaction is due without a hand. told: action of the
    message that tells of a transaction; starts: whether it is the first of one. presents: whether a message shows that the
    transaction is due by the user's doing; leaves: that it is not due any more. refused: whether an answer refuses the user.
    """

    parameters: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]
    follows: Mapping[str, Callable[[Payload, str, Payload], bool]]
    remote_start: str
    told: str
    starts: Callable[[Payload], bool]
    presents: Callable[[str, Payload], bool]
    leaves: Callable[[str, Payload], bool]
    refused: Callable[[Payload], bool]
