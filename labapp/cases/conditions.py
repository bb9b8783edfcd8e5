"""Named predicates that the tables use."""

from __future__ import annotations

from labapp.cases.values import CONNECTION_TIMEOUT, CONNECTOR_ID
from labapp.domain.expectations import Condition
from labapp.domain.payloads import objects
from labapp.domain.tolerances import TOLERANCES
from labapp.domain.view import View


def configured_connector(view: View) -> int:
    """The connector that the case is about."""
    return int(view.values[CONNECTOR_ID.key])


AUTHORIZES_REMOTE_START = Condition(
    "authorizesRemoteStart",
    "AuthorizeRemoteTxRequests is true",
    lambda view: (view.configuration("AuthorizeRemoteTxRequests") or "").lower() == "true",
)
NOT_YET_PREPARING = Condition(
    "notYetPreparing",
    "the connector is not Preparing already",
    lambda view: view.status(configured_connector(view)) != "Preparing",
)
RESUMED_CHARGING = Condition(
    "resumedCharging",
    "the station has gone on charging after the boot",
    lambda view: view.resumed(configured_connector(view)),
)
NOT_YET_FINISHING = Condition(
    "notYetFinishing",
    "neither Preparing nor Finishing has been reported since the boot or since Charging",
    lambda view: not _plug_reported_since_boot(view),
)
STOPPED_BY_POWER_LOSS = Condition(
    "stoppedByPowerLoss",
    "the station has ended the transaction by itself",
    lambda view: not view.resumed(configured_connector(view)),
)
LOCALLY_KNOWN = Condition(
    "locallyKnown", "the card may be in the cache or the local list of the station", lambda view: view.locally_known()
)
BEFORE_THE_BOOT = Condition(
    "beforeTheBoot",
    "the station has not booted since it was told to reset",
    lambda view: "BootNotification.req" not in _since_reset(view),
)
NOT_STOPPED_YET = Condition(
    "notStoppedYet",
    "StopTransaction has not come since the reset",
    lambda view: "StopTransaction.req" not in _since_reset(view),
)
HAS_CACHE = Condition(
    "hasCache",
    "the station has an authorization cache",
    lambda view: _has(view, "cache", "AuthorizationCacheEnabled"),
)
HAS_LOCAL_LIST = Condition(
    "hasLocalList",
    "the station has a local authorization list",
    lambda view: _has(view, "local_list", "LocalAuthListEnabled"),
)
HAS_LOCAL_START = Condition(
    "hasLocalStart", "transactions can be started at the station", lambda view: view.dut.get("local_start") is not False
)
HAS_LOCAL_STOP = Condition(
    "hasLocalStop", "transactions can be stopped at the station", lambda view: view.dut.get("local_stop") is not False
)
HAS_READER = Condition("hasReader", "the station reads cards", lambda view: view.dut.get("readers") != "none")
NO_SHARED_READER = Condition("noSharedReader", "no reader serves several EVSEs", lambda view: not _shares_reader(view))
OTHERS_CAN_BE_OCCUPIED = Condition(
    "othersCanBeOccupied",
    "one reader serves several EVSEs, each of one connector",
    lambda view: _shares_reader(view) and _one_connector_each(view),
)
HAS_SOCKET = Condition(
    "hasSocket", "the cable is not fixed to the station", lambda view: view.dut.get("cable") != "fixed"
)
HAS_FIXED_CABLE = Condition(
    "hasFixedCable", "the cable is fixed to the station", lambda view: view.dut.get("cable") == "fixed"
)
NOT_MODE_1_2_ONLY = Condition(
    "notMode12Only",
    "the station is not for charging modes 1 and 2 only",
    lambda view: view.dut.get("mode_1_2_only") is not True,
)
FIXED_CABLE_OR_MODE_1_2 = Condition(
    "fixedCableOrMode12",
    "the cable is fixed to the station, or it is for charging modes 1 and 2 only",
    lambda view: view.dut.get("cable") in (None, "fixed") or view.dut.get("mode_1_2_only") is True,
)
ALREADY_AVAILABLE = Condition(
    "alreadyAvailable",
    "the connector is Available already",
    lambda view: view.status(configured_connector(view)) == "Available",
)
GIVEN_UP_EARLY = Condition(
    "givenUpEarly",
    "the connector was Available again before its connection timeout was over",
    lambda view: _given_up_early(view),
)
NOT_YET_AVAILABLE = Condition(
    "notYetAvailable",
    "the connector is not Available already",
    lambda view: view.status(configured_connector(view)) != "Available",
)
NO_BACKUP_POWER = Condition(
    "noBackupPower", "the station has no back-up power", lambda view: view.dut.get("backup_power") is not True
)
OFFLINE_START = Condition(
    "startsOffline",
    "the station starts transactions offline by local list, cache or for unknown tags",
    lambda view: (
        view.dut.get("local_list") is not False
        or view.dut.get("cache") is not False
        or view.dut.get("unknown_offline_authorization") is True
    ),
)
HAS_BACKUP_POWER = Condition(
    "hasBackupPower", "the station has back-up power", lambda view: view.dut.get("backup_power") is not False
)
THREE_PHASES = Condition(
    "threePhases", "three phases are configured", lambda view: view.values.get("number_phases") == 3
)
NOT_THREE_PHASES = Condition(
    "notThreePhases", "other than three phases are configured", lambda view: view.values.get("number_phases") != 3
)
HAS_BASIC_AUTHENTICATION = Condition(
    "hasBasicAuthentication",
    "security profile 1 or 2 is in use",
    lambda view: view.dut.get("security_profile") in (1, 2),
)


def feature(profile: str) -> Condition:
    """The device has a feature profile of OCPP 1.6."""
    return Condition(
        f"supports{profile}",
        f"the feature profile {profile} is supported",
        lambda view: profile.lower() in _features(view),
    )


def lacks(profile: str) -> Condition:
    """The device is not known to have a feature profile of OCPP 1.6."""
    return Condition(
        f"lacks{profile}",
        f"the feature profile {profile} is not supported",
        lambda view: profile.lower() not in _features(view),
    )


RESERVES_STATION = Condition(
    "reservesStation",
    "ReserveConnectorZeroSupported is true",
    lambda view: _is_true(view, "reserve_connector_zero", "ReserveConnectorZeroSupported"),
)


def at_least(key: str, least: int) -> Condition:
    """The value of a configuration key is not known to be less."""
    return Condition(
        f"{_camel(key)}AtLeast{least}",
        f"{key} is at least {least}",
        lambda view: not _is_less(view.configuration(key), least),
    )


def not_fixed_to_false(key: str) -> Condition:
    """A configuration key is not known to be read-only with the value false."""
    return _not_fixed_to("false", key)


def not_fixed_to_true(key: str) -> Condition:
    """A configuration key is not known to be read-only with the value true."""
    return _not_fixed_to("true", key)


def _not_fixed_to(value: str, key: str) -> Condition:
    return Condition(
        f"{_camel(key)}NotFixedTo{value.capitalize()}",
        f"{key} is not read-only with the value {value}",
        lambda view: not (view.readonly(key) and _lower_value(view, key) == value),
    )


OCCUPIED_AT_ONCE = Condition(
    "occupiedAtOnce",
    "all connectors can be occupied at once",
    lambda view: _one_connector_each(view),
)


def writable(key: str) -> Condition:
    """The device has a configuration key and lets it be written; open until the key has been asked for."""
    return Condition(
        f"{_camel(key)}Writable",
        f"{key} is implemented and can be written",
        lambda view: view.configuration(key) is not None and view.readonly(key) is False,
    )


LIST_CAN_BE_OFF = Condition(
    "listCanBeOff",
    "the station has no local list, or LocalAuthListEnabled can be false",
    lambda view: lacks("LocalAuthListManagement").test(view) or not_fixed_to_true("LocalAuthListEnabled").test(view),
)


def answered_with(step: int, status: str) -> Condition:
    """The answer at a step, of this case, has the status; it must hold as long as there is no answer."""
    return Condition(
        f"step{step}{status}",
        f"step {step} has the status {status}",
        lambda view: not (seen := view.seen(step)) or seen[-1].payload.get("status") == status,
    )


def _camel(key: str) -> str:
    """A configuration key as the names of conditions begin."""
    return f"{key[:1].lower()}{key[1:]}"


def _is_less(value: str | None, least: int) -> bool:
    return value is not None and value.strip().isdecimal() and int(value) < least


def returned_profile(step: int, profile: str) -> Condition:
    """A feature profile is named in the answer of a step to GetConfiguration for SupportedFeatureProfiles."""
    return Condition(
        f"returns{profile}",
        f"step {step} names the feature profile {profile}",
        lambda view: profile.lower() in _returned(view, step),
    )


def _plug_reported_since_boot(view: View) -> bool:
    """Intermediate statuses may have followed; only a transaction that goes on (Charging) makes the end of it due once more."""
    reported = False
    for seen in view.history():
        if seen.message == "BootNotification.req":
            reported = False
        elif seen.message == "StatusNotification.req" and seen.payload.get("connectorId") == configured_connector(view):
            status = seen.payload.get("status")
            reported = status in ("Preparing", "Finishing") or (reported and status != "Charging")
    return reported


def _given_up_early(view: View) -> bool:
    """How long the connector was Preparing last, against ConnectionTimeOut."""
    own = [
        s for s in view.history("StatusNotification.req") if s.payload.get("connectorId") == configured_connector(view)
    ]
    if [seen.payload.get("status") for seen in own[-2:]] != ["Preparing", "Available"]:
        return False
    timeout = float(view.values[CONNECTION_TIMEOUT.key])
    held = own[-1].at.seconds_since(own[-2].at)
    return held < timeout - TOLERANCES["connection_timeout"].around(timeout)


def _shares_reader(view: View) -> bool:
    """Connectors of one EVSE are not used at the same time: a card is meant for the EVSE."""
    return view.dut.get("shared_reader") is True and len(view.dut.get("evses") or (0, 0)) > 1


def _one_connector_each(view: View) -> bool:
    """Whether no EVSE has several connectors, of which only one can be occupied at a time."""
    return all(len(evse) == 1 for evse in view.dut.get("evses") or ())


def _since_reset(view: View) -> list[str]:
    """Names of the messages behind the last Reset.req."""
    names = [seen.message for seen in view.history()]
    resets = [index for index, name in enumerate(names) if name == "Reset.req"]
    return names[resets[-1] :] if resets else []


def _has(view: View, fact: str, key: str) -> bool:
    """What the vendor declares; where nothing is declared, whether the station knows the key."""
    declared = view.dut.get(fact)
    return bool(declared) if declared is not None else view.configuration(key) is not None


def _is_true(view: View, fact: str, key: str) -> bool:
    """What the vendor declares; where nothing is declared, the value of the key that the station reports."""
    declared = view.dut.get(fact)
    return bool(declared) if declared is not None else _lower_value(view, key) == "true"


def _lower_value(view: View, key: str) -> str:
    """The value of a configuration key in lower case, "" when it is not known."""
    return (view.configuration(key) or "").strip().lower()


def _features(view: View) -> set[str]:
    """What the vendor declares; where nothing is declared, what the station reports."""
    features = view.dut.get("features")
    if features is None:
        features = (view.configuration("SupportedFeatureProfiles") or "").split(",")
    return {str(name).strip().lower() for name in features}


def _returned(view: View, step: int) -> set[str]:
    names: set[str] = set()
    for seen in view.seen(step):
        for entry in objects(seen.payload, "configurationKey"):
            if str(entry.get("key", "")).lower() == "supportedfeatureprofiles":
                names |= {name.strip().lower() for name in str(entry.get("value", "")).split(",")}
    return names
