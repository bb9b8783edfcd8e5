"""Keys are the document's row names in snake_case; a declaration is an immutable value."""

from __future__ import annotations

import pytest

from labapp.domain.pics import Declaration, shown, snake_case


@pytest.mark.parametrize(
    ("row_name", "key"),
    [
        ("Fixed cable (for CS only)", "fixed_cable"),
        ("Socket(s) / connector(s) (for CS only)", "socket_connector"),
        ("GetConfigurationMaxKeys", "get_configuration_max_keys"),
        ("WebSocketPingInterval (only for websocket implementations)", "web_socket_ping_interval"),
        ("MaxEnergyOnInvalidId", "max_energy_on_invalid_id"),
        ("RFID readers", "rfid_readers"),
        ("OCPP Software version", "ocpp_software_version"),
        ("Minimum MeterValueSampleInterval supported", "minimum_meter_value_sample_interval_supported"),
        ("Response time RemoteStartTransaction (Charging Station only)", "response_time_remote_start_transaction"),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", "tls_rsa_with_aes_128_gcm_sha256"),
        ("Security Profile 1", "security_profile_1"),
    ],
)
def test_a_key_is_the_row_name_in_snake_case(row_name: str, key: str) -> None:
    assert snake_case(row_name) == key


def test_a_declaration_does_not_change_with_the_dictionary_it_was_made_of() -> None:
    answers: dict[str, str | int] = {"general.dut": "CSMS"}
    declaration = Declaration("1.1.4", answers)
    answers["general.dut"] = "Charging Station"

    assert declaration.sut == "csms"
    assert declaration == Declaration("1.1.4", {"general.dut": "CSMS"})
    assert hash(declaration) == hash(Declaration("1.1.4", {"general.dut": "CSMS"}))
    with pytest.raises(TypeError):
        declaration.answers["general.dut"] = "CSMS"  # type: ignore[index]


def test_answers_come_by_form_in_the_order_of_the_forms() -> None:
    declaration = Declaration("1.1.4", {"limits.web_socket_ping_interval": 60, "general.dut": "CSMS"})

    assert list(declaration.sections()) == [
        ("general", {"dut": "CSMS"}),
        ("limits", {"web_socket_ping_interval": 60}),
    ]


def test_numbers_are_numbers_only() -> None:
    declaration = Declaration("1.1.4", {"limits.a": 5, "limits.b": "5"})

    assert (declaration.number("limits.a"), declaration.number("limits.b"), declaration.number("limits.c")) == (
        5,
        None,
        None,
    )


def test_answers_are_cited_as_they_were_given() -> None:
    assert shown("No") == '"No"'
    assert shown(5) == "5"
    assert shown(0.25) == "0.25"
    assert shown(("http", "ftp")) == '"http, ftp"'
    assert shown(None) == "not answered"
