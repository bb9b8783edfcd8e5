"""What the tool answers as a charging station of OCPP 2.0.1 to requests that a CSMS makes on its own: it knows and holds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_Payload = dict[str, Any]
_PLACE = ("component", "variable")
_UNKNOWN = {"name": "Unknown"}


def response201(action: str, request: Mapping[str, Any]) -> _Payload:
    """A conformant response; what asks the tool to act is refused."""
    if action in _BY_REQUEST:
        return _BY_REQUEST[action](request)
    return dict(_FIXED.get(action, {"status": "Rejected"}))


def _objects(request: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; a list of none is answered as one unknown thing, since a result may not be empty."""
    elements = request.get(name)
    found = [e for e in elements if isinstance(e, Mapping)] if isinstance(elements, list) else []
    yield from found or [{}]


def _place(data: Mapping[str, Any]) -> _Payload:
    """Component and variable of a datum, as they were given."""
    return {name: data[name] if isinstance(data.get(name), Mapping) else dict(_UNKNOWN) for name in _PLACE}


def _variables(request_list: str, result_list: str) -> Callable[[Mapping[str, Any]], _Payload]:
    def answer(request: Mapping[str, Any]) -> _Payload:
        return {
            result_list: [
                {
                    "attributeStatus": "UnknownComponent",
                    **{name: data[name] for name in ("attributeType",) if name in data},
                    **_place(data),
                }
                for data in _objects(request, request_list)
            ]
        }

    return answer


def _monitors(request: Mapping[str, Any]) -> _Payload:
    return {
        "setMonitoringResult": [
            {
                "status": "UnknownComponent",
                "type": data.get("type", "Delta"),
                "severity": data.get("severity", 9),
                **_place(data),
            }
            for data in _objects(request, "setMonitoringData")
        ]
    }


def _cleared_monitors(request: Mapping[str, Any]) -> _Payload:
    given = request.get("id")
    numbers = [n for n in given if isinstance(n, int)] if isinstance(given, list) else []
    return {"clearMonitoringResult": [{"status": "NotFound", "id": number} for number in numbers or [0]]}


_BY_REQUEST: Mapping[str, Callable[[Mapping[str, Any]], _Payload]] = {
    "ClearVariableMonitoring": _cleared_monitors,
    "GetVariables": _variables("getVariableData", "getVariableResult"),
    "SetVariableMonitoring": _monitors,
    "SetVariables": _variables("setVariableData", "setVariableResult"),
}

_FIXED: Mapping[str, _Payload] = {
    "ClearCache": {"status": "Accepted"},
    "ClearChargingProfile": {"status": "Unknown"},
    "ClearDisplayMessage": {"status": "Unknown"},
    "CostUpdated": {},
    "DataTransfer": {"status": "UnknownVendorId"},
    "DeleteCertificate": {"status": "NotFound"},
    "GetBaseReport": {"status": "NotSupported"},
    "GetChargingProfiles": {"status": "NoProfiles"},
    "GetDisplayMessages": {"status": "Unknown"},
    "GetInstalledCertificateIds": {"status": "NotFound"},
    "GetLocalListVersion": {"versionNumber": 0},
    "GetReport": {"status": "NotSupported"},
    "GetTransactionStatus": {"messagesInQueue": False},
    "SendLocalList": {"status": "Failed"},
    "UnlockConnector": {"status": "UnknownConnector"},
    "UnpublishFirmware": {"status": "NoFirmware"},
}
