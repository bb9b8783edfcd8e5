"""What the tables of OCPP 2.0.1 share: symbols, and fields that tell one message from another."""

from __future__ import annotations

from labapp.cases.values import VALID_ID_TAG
from labapp.domain.expectations import Symbol

#: `<Configured evseId>`. In the charging station that the tool plays every connector is the first of an EVSE of its own.
EVSE_ID = Symbol("evseId", "connector_id")

#: `<Configured valid_idtoken>`, idToken and type.
VALID_ID_TOKEN = {"idToken": VALID_ID_TAG, "type": "ISO14443"}

#: The availability of a connector, as NotifyEventRequest reports it.
AVAILABILITY = (
    ("eventData[0].trigger", "Delta"),
    ("eventData[0].component.name", "Connector"),
    ("eventData[0].variable.name", "AvailabilityState"),
)
