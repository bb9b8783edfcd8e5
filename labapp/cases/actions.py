"""The manual actions of the cases, in the words of the prompts. Names and arguments are those of the operator channel."""

from __future__ import annotations

from labapp.cases.values import CONNECTOR_ID, INVALID_ID_TAG, VALID_ID_TAG, VALID_ID_TAG_2
from labapp.domain.expectations import Literal
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
PRESENT_INVALID_ID_OFFLINE = ManualAction(
    "present_id",
    "The station is offline. Start a transaction with the invalid card {id_tag} at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", INVALID_ID_TAG)),
    on_wire=False,
)
PRESENT_ID_TO_STOP_OFFLINE = ManualAction(
    "present_id",
    "The station is offline. Stop the transaction with the card {id_tag} at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
    on_wire=False,
)
UNPLUG_OFFLINE = ManualAction(
    "unplug",
    "The station is offline. Unplug the cable from connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
    on_wire=False,
)
UNPLUG = ManualAction(
    "unplug",
    "Unplug the cable from connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
)
UNPLUG_EV_SIDE = ManualAction(
    "unplug_ev_side",
    "Unplug the cable of connector {connector} at the vehicle; leave it in the station.",
    (("connector", CONNECTOR_ID),),
)
UNPLUG_EV_SIDE_FIRST = ManualAction(
    "unplug_ev_side",
    "Unplug the cable of connector {connector} at the vehicle. The end at the station may be pulled at the same time.",
    (("connector", CONNECTOR_ID),),
)
UNPLUG_STATION_SIDE = ManualAction(
    "unplug",
    "Unplug the cable from connector {connector} of the station.",
    (("connector", CONNECTOR_ID),),
)
POWER_CYCLE = ManualAction("power_cycle", "Switch the power of the station off and on again.")
POWER_OFF = ManualAction("power_off", "Take the power from the station. Its back-up power lets it end what is running.")
POWER_ON = ManualAction("power_on", "Give the station its power back, once it has gone down.")
FAIL_LOCAL_LIST = ManualAction(
    "fail_local_list",
    "Bring the station into a state in which it cannot store a local list. It has to last until this case has ended.",
)
PRESENT_OTHER_ID = ManualAction(
    "present_id",
    "Present the other valid card {id_tag} at connector {connector}. Nothing must come of it.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG_2)),
    on_wire=False,
)
PRESENT_START_ID = ManualAction(
    "present_id",
    "Present the card {id_tag}, which has started the transaction, at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
)
PRESENT_ID_OF_GROUP = ManualAction(
    "present_id",
    "Present the other card {id_tag}, which belongs to the same group, at connector {connector}.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG_2)),
)
FAULT_CONNECTOR = ManualAction(
    "set_fault",
    "Bring connector {connector} into a faulted state.",
    (("connector", CONNECTOR_ID),),
)
FAULT_STATION = ManualAction(
    "set_fault",
    "Bring the whole station into a faulted state, so that every connector is faulted.",
    (("connector", Literal(0)),),
)
BLOCK_LOCK = ManualAction(
    "set_connector_lock_failure",
    "Block the lock of connector {connector}, with a plug in it if need be, so that it cannot be unlocked.",
    (("connector", CONNECTOR_ID),),
    on_wire=False,
)
PLUG_IN_HALFWAY = ManualAction(
    "plug_in_halfway",
    "Push the plug only halfway into connector {connector}, so that it cannot be locked.",
    (("connector", CONNECTOR_ID),),
)
PLUG_IN_DURING_FAULT = ManualAction(
    "plug_in",
    "Try to start a transaction all the same: plug the cable into connector {connector}, at the station and at the vehicle.",
    (("connector", CONNECTOR_ID),),
    on_wire=False,
)
PRESENT_ID_DURING_FAULT = ManualAction(
    "present_id",
    "Present the card {id_tag} at the faulted connector {connector}. No transaction may begin.",
    (("connector", CONNECTOR_ID), ("id_tag", VALID_ID_TAG)),
    on_wire=False,
)
