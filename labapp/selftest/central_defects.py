"""What the hand-written defects of the simulated central systems must come to, case by case.

Each entry follows from the tables of the document; a case that is not named for a defect must pass with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from labapp.selftest.caught import Caught


def _cases(numbers: str) -> tuple[str, ...]:
    """The ids of the cases whose numbers are listed."""
    return tuple(f"TC_{number}_CSMS" for number in numbers.split())


def _at(step: int | str, numbers: str) -> dict[str, Caught]:
    return dict.fromkeys(_cases(numbers), Caught("FAIL", step))


#: Cases that the state Booted stands before, without a transaction, and with the state Charging.
_IDLE = (
    "003 004_1 004_2 007 061 010 011_1 011_2 013 014 017_1 017_2 019_1 019_2 021 023_1 023_2 023_3 024 026 030 031 "
    "037_1 037_3 039 040_1 040_2 042_1 042_2 043_1 043_3 043_4 043_5 044_1 044_2 044_3 045_1 045_2 047 048_1 048_2 048_3 "
    "048_4 049 051 052 054 055 056 059 064 066"
)
_CHARGING = "005_1 012 018_1 028 032_1 046 053 057 067"
_BOOTED = f"{_IDLE} {_CHARGING}"
#: Cases of OCPP 2.0.1: all, and those with a transaction.
_BOOTED_201 = "B_20 B_21 B_22 B_25 B_26 B_27"
_CHARGING_201 = "B_21 B_22 B_26 B_27"
#: Cases whose first step is a request of the central system.
_ASKED = (
    "061 011_1 011_2 012 013 014 017_1 017_2 018_1 019_1 019_2 021 026 028 030 031 040_1 040_2 042_1 042_2 043_1 043_3 "
    "043_4 044_1 044_2 044_3 045_1 045_2 046 047 048_1 048_3 048_4 049 051 052 053 054 055 056 057 059 066 067 "
    f"{_BOOTED_201}"
)
#: Cases that use a connector before their last step, or ask for a request.
_BROKEN_OFF = f"003 004_1 004_2 005_1 007 010 024 032_1 037_1 037_3 043_5 048_2 {_ASKED}"

#: The first answer of all is of no use. TC_001 and TC_085 have the boot among their own steps.
_FIRST_ANSWER = {
    **_at("Booted_CSMS:2", _BOOTED),
    **_at("Booted_201_CSMS:2", _BOOTED_201),
    **_at(2, "001"),
    **_at(6, "085"),
}
_UNSENT = {**_at(1, _ASKED), **_at(3, "010 048_2"), **_at("LocalListSet_CSMS:1", "043_5")}

#: Defect of the central system -> case -> what comes of it.
CENTRAL_SYSTEM: Mapping[str, Mapping[str, Caught]] = {
    "accepts_without_authorization": _at(2, "085"),
    "accepts_any_subprotocol": _at(2, "088"),
    "takes_first_subprotocol": _at(4, "088"),
    "names_no_subprotocol": _at(4, "088"),
    "closes_after_upgrade": _at(2, "088"),
    "authorizes_unknown": _at(2, "023_1 023_2 023_3 037_3"),
    "refuses_valid": {
        **_at("Authorized_CSMS:2", f"004_1 004_2 024 {_CHARGING}"),
        **_at("EnergyTransferStarted_CSMS:6", _CHARGING_201),
        **_at(2, "023_2 023_3 037_1 039"),
        **_at(4, "003 007 011_1 011_2 059"),
        **_at(6, "010"),
    },
    "one_refusal_for_all": _at(2, "023_2 023_3"),
    "refuses_at_start": {
        **_at("Charging_CSMS:4", f"004_1 {_CHARGING}"),
        **_at(2, "037_1 039"),
        **_at(4, "007"),
        **_at(6, "003"),
        **_at(8, "010 011_1 059"),
    },
    "accepts_at_start": _at(2, "037_3"),
    # TC_085 asks for an answer to its BootNotification and not for which.
    "rejects_boot": {case: due for case, due in _FIRST_ANSWER.items() if case != "TC_085_CSMS"},
    "rejects_second_boot": {**_at(2, "032_1"), **_at(4, "013 014 B_20"), **_at(6, "B_22"), **_at(8, "B_21")},
    "wrong_profile_purpose": _at(1, "056 057 059 067"),
    "wrong_profile_transaction": _at(1, "056 057 059 067"),
    "same_profile_id": _at(1, "067"),
    "recurring_profiles": _at(1, "056 057 059"),
    "no_validity": _at(1, "056 057 059"),
    "wrong_stack_level": _at(1, "056 067"),
    "wrong_limit": _at(1, "056"),
    "wrong_rate_unit": _at(1, "056 066"),
    "wrong_duration": _at(1, "056 066"),
    "clears_everything": _at(3, "067"),
    # The table of TC_B_20 does not look at the type.
    "wrong_reset_type": _at(1, "013 014 B_21 B_22 B_25 B_26 B_27"),
    "wrong_connector": {
        **_at(1, "046 047 048_1 048_3 048_4 049 054 056 057 059 066 067 B_25 B_26 B_27"),
        **_at(3, "048_2"),
    },
    # The card that the remote start names is refused where the station asks about it.
    "wrong_id_tag": {
        **_at(1, "046 047 048_1 048_4 059"),
        **_at(3, "048_2"),
        **_at(5, "048_3"),
        **_at(4, "011_1 011_2"),
        **_at(6, "010"),
    },
    "wrong_key": _at(1, "019_1 019_2 021 040_2"),
    "wrong_value": _at(1, "021"),
    "wrong_availability": _at(1, "048_3"),
    "wrong_trigger": _at(1, "054 055"),
    "wrong_update_type": {**_at(1, "043_1 043_3 043_4"), **_at("LocalListSet_CSMS:1", "043_5")},
    "list_without_info": {**_at(1, "043_4"), **_at(3, "043_5")},
    "same_list_version": _at(3, "043_5"),
    "whole_list_again": _at(3, "043_5"),
    # What is not there cannot be fetched: where the table leaves the location open, it says nothing of the central system.
    "wrong_location": {**_at(1, "044_1"), "TC_044_3_CSMS": Caught("INCONCLUSIVE", "")},
    "wrong_reservation_id": _at(5, "051"),
    "wrong_expiry": _at(1, "047"),
    "never_requests": _UNSENT,
    "late_request": _UNSENT,
    "closes_in_mid_case": dict.fromkeys(_cases(_BROKEN_OFF), Caught("INCONCLUSIVE", None)),
    **dict.fromkeys(
        (
            *("wrong_reply_id", "late_reply", "two_answers", "unknown_error_code", "internal_error"),
            *("no_interval", "lower_case_status", "cut_frames"),
        ),
        _FIRST_ANSWER,
    ),
    "no_answer_to_status": {
        **_at("Booted_CSMS:4", _BOOTED),
        **_at("Booted_201_CSMS:4", _BOOTED_201),
        **_at(4, "001"),
        **_at(8, "085"),
    },
}
