"""The manual actions of the cases, in the words of the prompts. Names and arguments are those of the operator channel."""

from __future__ import annotations

from labapp.cases.values import CONNECTOR_ID, INVALID_ID_TAG, VALID_ID_TAG
from labapp.domain.testcase import ManualAction

PLUG_IN = ManualAction(
    "plug_in",
    "Plug the cable into connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
)
PRESENT_ID = ManualAction(
    "present_id",
    "Present the card {id_tag} at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
)
PRESENT_ID_AGAIN = ManualAction(
    "present_id",
    "Present the card {id_tag} once more to give the authorization up. Does the station keep it, wait for its connection timeout.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
)
PRESENT_ID_TO_STOP = ManualAction(
    "present_id",
    "The station has gone on charging. Present the card {id_tag} at connector {connector} to stop the transaction.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
)
PRESENT_INVALID_ID = ManualAction(
    "present_id",
    "Present the invalid card {id_tag} at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", INVALID_ID_TAG)),
)
PLUG_IN_OFFLINE = ManualAction(
    "plug_in",
    "The station is offline. Plug the cable into connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
    on_wire=False,
)
PRESENT_ID_OFFLINE = ManualAction(
    "present_id",
    "The station is offline. Start a transaction with the card {id_tag} at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
    on_wire=False,
)
UNPLUG = ManualAction(
    "unplug",
    "Unplug the cable from connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
)
POWER_CYCLE = ManualAction("power_cycle", "Switch the power of the station off and on again.")
