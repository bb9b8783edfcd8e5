"""Answers that cannot be true together are named, with the question to look at and the remedy."""

from __future__ import annotations

import pytest

from labapp.domain.pics import Answer, Declaration
from labapp.domain.pics_contradictions import contradictions
from labapp.services.pics_forms import questionnaire

STATION: dict[str, Answer] = {
    "general.dut": "Charging Station",
    "general.communication": "JSON",
    "general.fixed_cable": "No",
    "profiles.core": "Yes",
}
CSMS: dict[str, Answer] = {"general.dut": "CSMS", "general.communication": "JSON", "profiles.core": "Yes"}
ECDSA = "security.tls_ecdhe_ecdsa_with_aes_128_gcm_sha256_and_tls_ecdhe_ecdsa_with_aes_256_gcm_sha384"
RSA = "security.tls_rsa_with_aes_128_gcm_sha256_and_tls_rsa_with_aes_256_gcm_sha384"


def found(base: dict[str, Answer], changes: dict[str, Answer]) -> list[tuple[str, str]]:
    declaration = Declaration("1.1.4", base | changes)
    return [(each.key, each.what) for each in contradictions(declaration, questionnaire())]


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        (
            {"general.communication": "SOAP"},
            "general.communication",
            'is "SOAP", and labapp has no transport for SOAP, so that no case could be run',
        ),
        ({"profiles.core": "No"}, "profiles.core", 'is "No", but every certificate needs the Core profile'),
        (
            {"supplementary.certificate_scope": "Full", "profiles.reservation": "No"},
            "profiles.reservation",
            'is "No", but supplementary.certificate_scope = "Full" needs every feature profile',
        ),
        (
            {"supplementary.security_certificate": "Yes", "security.security_profile_2": "No"},
            "supplementary.security_certificate",
            'is "Yes", but the security certificate needs security profile 2 or 3, and '
            'security.security_profile_2 = "No" and security.security_profile_3 is not answered',
        ),
        (
            {ECDSA: "No", RSA: "No", "security.security_profile_3": "Yes"},
            ECDSA,
            'is "No" like every other pair of cipher suites, but security.security_profile_3 = "Yes" needs one pair',
        ),
        (
            {
                "limits.minimum_heartbeat_interval_supported": 60,
                "limits.maximum_heartbeat_interval_supported": 30,
            },
            "limits.minimum_heartbeat_interval_supported",
            "is 60, above limits.maximum_heartbeat_interval_supported = 30",
        ),
        (
            {
                "limits.minimum_meter_value_sample_interval_supported": 2,
                "limits.maximum_meter_value_sample_interval_supported": 1,
            },
            "limits.minimum_meter_value_sample_interval_supported",
            "is 2, above limits.maximum_meter_value_sample_interval_supported = 1",
        ),
        (
            {"optional.support_reservations_of_entire_charging_station": "Yes", "profiles.reservation": "No"},
            "optional.support_reservations_of_entire_charging_station",
            'is "Yes", but profiles.reservation = "No"',
        ),
        (
            {"optional.web_socket_ping_interval": "No", "limits.web_socket_ping_interval": 60},
            "limits.web_socket_ping_interval",
            'is 60, but optional.web_socket_ping_interval = "No"',
        ),
        (
            {"supplementary.evses": "[[1],[2]]", "general.socket_connector": "single"},
            "supplementary.evses",
            'names 2 connectors, but general.socket_connector = "single"',
        ),
        (
            {"supplementary.evses": "[[1]]", "general.socket_connector": "multiple"},
            "supplementary.evses",
            'names 1 connector, but general.socket_connector = "multiple"',
        ),
        (
            {"performance.response_time_authorize": 1},
            "performance.response_time_authorize",
            'is answered, but the question is for a CSMS and general.dut = "Charging Station"',
        ),
    ],
)
def test_a_contradiction_of_a_station_is_named(changes: dict[str, Answer], key: str, what: str) -> None:
    assert found(STATION, changes) == [(key, what)]


def test_a_csms_has_no_cable_and_no_subtype() -> None:
    changes: dict[str, Answer] = {
        "general.fixed_cable": "Yes",
        "general.product_subtype": "Mode 1/2-only Charging Station",
    }

    assert found(CSMS, changes)[:2] == [
        ("general.fixed_cable", 'is answered, but the question is for a Charging Station and general.dut = "CSMS"'),
        ("general.product_subtype", 'is "Mode 1/2-only Charging Station", but general.dut = "CSMS"'),
    ]


@pytest.mark.parametrize(
    ("base", "harmless"),
    [
        (STATION, {}),
        (CSMS, {}),
        (CSMS, {"general.fixed_cable": "No", "general.rfid_readers": "none", "general.product_subtype": "N.A."}),
        (
            STATION,
            {"limits.minimum_heartbeat_interval_supported": 30, "limits.maximum_heartbeat_interval_supported": 30},
        ),
        (STATION, {"limits.minimum_heartbeat_interval_supported": 30}),
        (STATION, {"optional.web_socket_ping_interval": "No", "limits.web_socket_ping_interval": 0}),
        (STATION, {ECDSA: "No", RSA: "Yes", "security.security_profile_3": "Yes"}),
        (STATION, {ECDSA: "No", RSA: "No"}),
        (STATION, {"general.product_subtype": "Mode 1/2-only Charging Station", "general.fixed_cable": "Yes"}),
        (STATION, {"supplementary.evses": "[[1,2]]", "general.socket_connector": "multiple"}),
        (
            STATION,
            {
                "supplementary.certificate_scope": "Full",
                "profiles.smart_charging": "No",
                "general.product_subtype": "Mode 1/2-only Charging Station",
            },
        ),
    ],
)
def test_answers_that_agree_are_not_held_against_the_vendor(
    base: dict[str, Answer], harmless: dict[str, Answer]
) -> None:
    assert found(base, harmless) == []
