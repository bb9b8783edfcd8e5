"""Secrets are named in files and found elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from labapp.domain.errors import InputError
from labapp.services.secrets import resolve_secret

KEYRING = """
def get_password(service, user):
    if service == "locked":
        raise RuntimeError("secret backend")
    return {("lab", "cp1"): "from the keyring"}.get((service, user))
"""


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keyring.py").write_text(KEYRING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "keyring", raising=False)


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAPP_TEST_PASSWORD", "s3cret")
    secret = resolve_secret("env:LABAPP_TEST_PASSWORD")
    assert (secret.reveal(), secret.origin) == ("s3cret", "env:LABAPP_TEST_PASSWORD")


@pytest.mark.usefixtures("keyring")
def test_a_secret_comes_from_the_keyring() -> None:
    assert resolve_secret("keyring:lab/cp1").reveal() == "from the keyring"


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    ("origin", "message"),
    [
        (
            "env:LABAPP_TEST_NOT_SET",
            "the environment variable LABAPP_TEST_NOT_SET is not set - set LABAPP_TEST_NOT_SET before labapp is started",
        ),
        (
            "keyring:lab/cp2",
            "the keyring holds nothing for lab/cp2 - store it with `keyring set lab cp2`",
        ),
        ("keyring:locked/cp1", "the keyring does not answer: RuntimeError - unlock it, or use env:NAME"),
    ],
)
def test_a_secret_that_is_not_there_is_named(origin: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_secret(origin)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["hunter2", "env:", "keyring:lab", "keyring:/user", "keyring:lab/", ""])
def test_what_may_be_the_secret_itself_is_never_repeated(text: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_secret(text)
    assert str(caught.value) == (
        'names no secret, and a secret itself never stands in the file - write "env:NAME" or "keyring:SERVICE/USER"'
    )


def test_without_the_keyring_package_the_other_form_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InputError) as caught:
        resolve_secret("keyring:lab/cp1")
    assert str(caught.value) == (
        "the system's keyring cannot be asked - install the Python package keyring, or use env:NAME"
    )
