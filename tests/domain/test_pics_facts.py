"""Facts for the engine, and how empty answers are filled in."""

from __future__ import annotations

import json

import pytest

from labapp.domain.pics import Answer, Declaration
from labapp.domain.pics_facts import certificate_scope, facts, profiles_missing_for_full

PROFILES = (
    "core",
    "firmware_management",
    "local_auth_list_management",
    "reservation",
    "smart_charging",
    "remote_trigger",
)


def station(**answers: Answer) -> Declaration:
    """A station with every profile; keys are written with a double underscore for the dot."""
    given: dict[str, Answer] = {"general.dut": "Charging Station", **{f"profiles.{name}": "Yes" for name in PROFILES}}
    return Declaration("1.1.4", given | {key.replace("__", ".", 1): answer for key, answer in answers.items()})


def test_the_facts_of_a_station_are_json_values() -> None:
    found = facts(
        station(
            general__fixed_cable="Yes",
            general__support_for_milliseconds_in_ocpp_messages="Yes",
            optional__authorization_cache="Yes",
            security__security_profile_2="Yes",
            limits__get_configuration_max_keys=50,
            limits__supported_file_transfer_protocols=("http", "ftp"),
            supplementary__evses="[[1,2],[3]]",
            supplementary__backup_power="Yes",
        )
    )

    assert json.loads(json.dumps(found)) == found
    assert found["cable"] == "fixed"
    assert found["connectors"] == 3
    assert found["evses"] == [[1, 2], [3]]
    assert found["cache"] is True
    assert found["local_list"] is True
    assert found["backup_power"] is True
    assert found["milliseconds"] is True
    assert found["security_profiles"] == [2]
    assert found["security_certificate"] is True
    assert found["limits"] == {"get_configuration_max_keys": 50, "supported_file_transfer_protocols": ["http", "ftp"]}
    assert found["features"] == [
        "Core",
        "FirmwareManagement",
        "LocalAuthListManagement",
        "Reservation",
        "SmartCharging",
        "RemoteTrigger",
    ]


@pytest.mark.parametrize(("reader", "local"), [("none", False), ("single", True), ("one per EVSE", True), ("", True)])
def test_without_an_answer_local_start_and_stop_follow_from_the_readers(reader: str, local: bool) -> None:
    found = facts(station(general__rfid_readers=reader) if reader else station())

    assert (found["local_start"], found["local_stop"]) == (local, local)


@pytest.mark.parametrize(
    ("readers", "connectors", "shared"),
    [("single", "multiple", True), ("single", "single", False), ("one per EVSE", "multiple", False)],
)
def test_one_reader_for_several_connectors_is_shared(readers: str, connectors: str, shared: bool) -> None:
    found = facts(station(general__rfid_readers=readers, general__socket_connector=connectors))

    assert found["shared_reader"] is shared


@pytest.mark.parametrize(("answer", "fact"), [("Yes", True), ("No", False), ("", None)])
def test_whether_the_station_can_be_reserved_as_a_whole_is_left_to_it_while_nobody_answers(
    answer: str, fact: bool | None
) -> None:
    whole = "optional__support_reservations_of_entire_charging_station"

    assert facts(station(**({whole: answer} if answer else {})))["reserve_connector_zero"] is fact


def test_an_answer_about_local_start_counts_more_than_the_readers() -> None:
    found = facts(station(general__rfid_readers="none", supplementary__local_start="Yes"))

    assert (found["local_start"], found["local_stop"]) == (True, False)


def test_everything_else_that_is_empty_counts_as_no() -> None:
    found = facts(station())

    for name in (
        "cache",
        "backup_power",
        "milliseconds",
        "start_button",
        "firmware_update_during_transaction",
        "mode_1_2_only",
    ):
        assert found[name] is False, name
    assert found["cable"] == "socket"
    assert found["security_profiles"] == []
    assert found["security_certificate"] is False
    assert found["evses"] == [[1]]
    assert facts(station(general__socket_connector="multiple"))["evses"] == [[1], [2]]


def test_the_security_certificate_follows_from_the_tls_profiles() -> None:
    assert facts(station(security__security_profile_3="Yes"))["security_certificate"] is True
    assert facts(station(security__security_profile_1="Yes"))["security_certificate"] is False
    declined = station(security__security_profile_3="Yes", supplementary__security_certificate="No")
    assert facts(declined)["security_certificate"] is False


def test_certificate_full_follows_from_the_profiles() -> None:
    assert certificate_scope(station()) == "Full"
    assert certificate_scope(station(profiles__reservation="No")) == "Subset"
    assert certificate_scope(station(supplementary__certificate_scope="Subset")) == "Subset"
    assert profiles_missing_for_full(station(profiles__smart_charging="No")) == ("profiles.smart_charging",)


def test_smart_charging_does_not_concern_a_mode_1_2_only_station() -> None:
    declaration = station(profiles__smart_charging="No", general__product_subtype="Mode 1/2-only Charging Station")

    assert profiles_missing_for_full(declaration) == ()
    assert facts(declaration)["mode_1_2_only"] is True
