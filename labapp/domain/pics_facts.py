"""The facts of a device under test that judging needs, drawn from its declaration."""

from __future__ import annotations

from typing import Any

from labapp.domain import pics_grounds as grounds
from labapp.domain.pics import Declaration
from labapp.domain.pics_answers import topology

#: Feature profiles as the device names them in SupportedFeatureProfiles, by the question of the declaration.
FEATURE_PROFILES = {
    "profiles.core": "Core",
    "profiles.firmware_management": "FirmwareManagement",
    "profiles.local_auth_list_management": "LocalAuthListManagement",
    "profiles.reservation": "Reservation",
    "profiles.smart_charging": "SmartCharging",
    "profiles.remote_trigger": "RemoteTrigger",
}

_WHOLE_STATION = "optional.support_reservations_of_entire_charging_station"


def facts(declaration: Declaration) -> dict[str, Any]:
    """What the engine may ask of the DUT, as JSON values under the names of the `[dut]` table of a project.

    `connectors` is a count, `evses` the connector numbers of each EVSE, `cable` "socket" or "fixed", `limits` numbers and lists by
    the key of the form; intervals in seconds. Empty answers are filled in as the form's explanations say; None is what they leave to
    the device.
    """

    def holds(prop: grounds.Property) -> bool:
        return prop(declaration).holds

    evses = connectors_of_evses(declaration)
    return {
        "sut": declaration.sut,
        "features": [name for key, name in FEATURE_PROFILES.items() if declaration.says(key, "Yes")],
        "connectors": sum(len(evse) for evse in evses),
        "evses": [list(evse) for evse in evses],
        "cable": "fixed" if holds(grounds.FIXED_CABLE) else "socket",
        "mode_1_2_only": holds(grounds.MODE_1_2),
        "cache": holds(grounds.CACHE),
        "local_list": holds(grounds.LOCAL_LIST),
        "unknown_offline_authorization": declaration.says("optional.unknown_offline_authorization", "Yes"),
        "reserve_connector_zero": None
        if declaration.answer(_WHOLE_STATION) is None
        else declaration.says(_WHOLE_STATION, "Yes"),
        "local_start": holds(grounds.LOCAL_START),
        "local_stop": holds(grounds.LOCAL_STOP),
        "shared_reader": declaration.says("general.rfid_readers", "single") and sum(map(len, evses)) > 1,
        "start_button": declaration.says("supplementary.start_button", "Yes"),
        "backup_power": holds(grounds.BACKUP_POWER),
        "firmware_update_during_transaction": declaration.says(
            "supplementary.firmware_update_during_transaction", "Yes"
        ),
        "milliseconds": declaration.says("general.support_for_milliseconds_in_ocpp_messages", "Yes"),
        "security_profiles": [number for number, prop in grounds.SECURITY_PROFILE.items() if holds(prop)],
        "security_certificate": holds(grounds.SECURITY_CERTIFICATE),
        "certificate_scope": certificate_scope(declaration),
        "limits": {
            key.removeprefix("limits."): list(answer) if isinstance(answer, tuple) else answer
            for key, answer in declaration.answers.items()
            if key.startswith("limits.")
        },
    }


def connectors_of_evses(declaration: Declaration) -> tuple[tuple[int, ...], ...]:
    """The connector numbers of each EVSE; when not answered, one EVSE, or two of one connector when there are several."""
    answer = declaration.answer("supplementary.evses")
    if isinstance(answer, str):
        return topology(answer)
    return ((1,), (2,)) if declaration.says("general.socket_connector", "multiple") else ((1,),)


def certificate_scope(declaration: Declaration) -> str:
    """ "Full" or "Subset"; when not answered, Full if every feature profile that concerns the DUT is declared."""
    answer = declaration.answer("supplementary.certificate_scope")
    if answer is not None:
        return str(answer)
    return "Subset" if profiles_missing_for_full(declaration) else "Full"


def profiles_missing_for_full(declaration: Declaration) -> tuple[str, ...]:
    """Keys of the profiles that certificate Full needs and the declaration lacks (Appendix A.1).

    Smart Charging does not concern a Mode 1/2-only station.
    """
    exempt = {"profiles.smart_charging"} if grounds.MODE_1_2(declaration).holds else set()
    return tuple(key for key in FEATURE_PROFILES if key not in exempt and not declaration.says(key, "Yes"))
