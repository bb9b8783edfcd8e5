"""The parts of a project, and the table of all its keys."""

from __future__ import annotations

import pytest

from labapp.domain.errors import InputError
from labapp.domain.project import Dut, Timeouts
from labapp.domain.project_keys import KEYS, keys_as_json
from labapp.domain.project_values import Signatures, Values
from labapp.domain.settings import Secret


def test_values_hold_what_is_given_or_has_a_default() -> None:
    given = Values(
        valid_id_tag="CARD",
        authorization_key=Secret("env:KEY", "0123456789ABCDEF"),
        signatures=Signatures(firmware="aGk="),
    ).given()
    assert given["connector_id"] == 1
    assert given["valid_id_tag"] == "CARD"
    assert given["authorization_key"] == "env:KEY"
    assert given["signatures.firmware"] == "aGk="
    assert not {"valid_id_tag_2", "local_limit", "signatures.invalid_firmware", "signatures"} & set(given)


def test_a_value_that_a_case_needs_is_asked_for_by_its_key() -> None:
    assert Values().require("heartbeat_interval") == 10
    with pytest.raises(InputError) as caught:
        Values().require("valid_id_tag")
    assert str(caught.value) == (
        "[values] valid_id_tag: is not stated, and a case needs it - add valid_id_tag to [values] of the project"
    )


def test_connectors_of_one_evse_are_siblings() -> None:
    dut = Dut(connectors=3, evses=((1, 2), (3,)))
    assert dut.siblings(1) == {2}
    assert dut.siblings(3) == frozenset()
    assert dut.siblings(0) == frozenset()


def test_facts_are_json_values_with_what_is_not_stated() -> None:
    facts = Dut(features=("Core",), cache=True, declared={"limits": {"charge_profile_max_stack_level": 3}}).facts()
    assert facts["evses"] == [[1]]
    assert facts["features"] == ["Core"]
    assert facts["cache"] is True
    assert facts["local_start"] is None
    assert facts["limits"] == {"charge_profile_max_stack_level": 3}
    assert Dut().facts()["limits"] == {}
    assert "declared" not in facts


def test_a_reader_is_shared_as_stated_or_as_the_readers_say() -> None:
    assert Dut().facts()["shared_reader"] is None
    assert Dut(readers="single", connectors=2).facts()["shared_reader"] is True
    assert Dut(readers="single").facts()["shared_reader"] is False
    assert Dut(readers="single", connectors=2, shared_reader=False).facts()["shared_reader"] is False


@pytest.mark.parametrize(
    ("stated", "kind", "seconds"),
    [
        (None, "console", 0.0),
        (None, "window", 0.0),
        (None, "jsonl", 300.0),
        (None, "auto", 300.0),
        (0.0, "jsonl", 0.0),
        (7.0, "console", 7.0),
    ],
)
def test_the_time_for_an_answer_depends_on_the_operator(stated: float | None, kind: str, seconds: float) -> None:
    assert Timeouts(operator=stated).operator_of(kind) == seconds


def test_timeouts_of_the_device_have_no_operator() -> None:
    assert set(Timeouts().seconds()) == {"connect", "message", "long_operation", "reboot", "firmware", "reconnect"}


def test_the_table_of_keys_is_whole_and_each_row_explains_itself() -> None:
    rows = keys_as_json()
    assert len({(row["table"], row["key"]) for row in rows}) == len(rows) == len(KEYS)
    assert list(dict.fromkeys(row["table"] for row in rows)) == [
        "project", "connection", "dut", "values", "values.signatures", "timeouts", "run", "network", "report", "driver.ACTION",
    ]  # fmt: skip
    for row in rows:
        assert set(row) == {"table", "key", "type", "unit", "default", "choices", "required_when", "help"}
        assert row["help"]
        assert row["type"]
    seconds = [row for row in rows if row["key"].endswith(("_interval", "_timeout", "_duration", "_window"))]
    assert all(row["unit"] == "seconds" for row in seconds if row["type"] in ("integer", "number"))


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("project", "ocpp sut mode pics lab tester"),
        ("connection", "listen url identity security_profile password"),
        ("dut", "connectors evses cable features cache local_list local_start backup_power"),
        (
            "values",
            "connector_id valid_id_tag valid_id_tag_2 invalid_id_tag expired_id_tag blocked_id_tag parent_id_tag "
            "heartbeat_interval meter_value_interval clock_aligned_interval connection_timeout transaction_duration "
            "reservation_offset charging_rate_unit number_phases stack_level schedule_duration max_time_deviation local_limit "
            "vendor_name model serial_number firmware_location invalid_firmware_location log_location hash_algorithm",
        ),
        ("timeouts", "connect message long_operation reboot firmware reconnect operator"),
        ("run", "reset review quiet_window cut"),
        ("report", "certificate certificate_password pre_test deviations incidents"),
    ],
)
def test_the_agreed_keys_are_there(table: str, keys: str) -> None:
    assert set(keys.split()) <= {row.key for row in KEYS if row.table == table}
