"""What an operator is asked to enter at a central system."""

from __future__ import annotations

import pytest

from labapp.engine.requests import field_in_words, request_text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("connectorId", "connector id"),
        ("idTagInfo.status", "id tag info, status"),
        ("localAuthorizationList[0].idTag", "local authorization list 1, id tag"),
        ("csChargingProfiles.stackLevel", "stack level"),
        (
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].startPeriod",
            "charging schedule, period 2, start period",
        ),
        ("chargingProfile.chargingProfileKind", "kind"),
        ("key[0]", "key 1"),
    ],
)
def test_a_path_of_the_wire_in_words(path: str, words: str) -> None:
    assert field_in_words(path) == words


def test_what_is_entered_stands_in_lines_and_what_is_left_out_behind_them() -> None:
    fields = {
        "connectorId": 1,
        "csChargingProfiles.transactionId": None,
        "csChargingProfiles.stackLevel": 0,
        "type": "Hard",
    }
    assert request_text("SetChargingProfile", fields).splitlines() == [
        "Have the central system send SetChargingProfile with",
        "  connector id: 1",
        "  stack level: 0",
        "  type: Hard",
        "Leave out: transaction id.",
    ]
    assert request_text("ClearCache", {}) == "Have the central system send ClearCache."
