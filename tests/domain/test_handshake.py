"""Handshakes as values, and HTTP Basic credentials there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.handshake import Admission, UpgradeRejected, basic_authorization, basic_credentials


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), st.binary())
def test_credentials_come_back(username: str, password: bytes) -> None:
    assert basic_credentials(basic_authorization(username, password)) == (username, password)


def test_the_example_of_the_standard() -> None:
    # RFC 7617, section 2.
    assert basic_authorization("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize("header", [None, "", "Bearer x", "Basic", "Basic !!!", "Basic YWJj", "Basic /zo="])
def test_what_is_no_credential(header: str | None) -> None:
    assert basic_credentials(header) is None


@given(st.text())
def test_any_header_is_read_without_an_error(header: str) -> None:
    basic_credentials(header)


def test_an_admission_is_a_switch_of_protocols() -> None:
    assert Admission(subprotocol="ocpp1.6").admitted
    refusal = Admission(404)
    assert not refusal.admitted
    assert str(UpgradeRejected(refusal)) == "HTTP 404"
