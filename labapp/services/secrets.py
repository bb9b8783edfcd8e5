"""Secrets are named in files, never written there: `env:NAME` or `keyring:SERVICE/USER`."""

from __future__ import annotations

import importlib
import os

from labapp.domain.errors import InputError
from labapp.domain.settings import Secret

_FORMS = 'write "env:NAME" or "keyring:SERVICE/USER"'


def resolve_secret(origin: str) -> Secret:
    """The secret that the text names.

    Raises InputError, which never repeats the text unless it has one of the two forms: it may be the secret itself.
    """
    refuse_secret_itself(origin)
    scheme, _, name = origin.partition(":")
    return Secret(origin, _from_environment(name) if scheme == "env" else _from_keyring(name))


def refuse_secret_itself(text: object) -> None:
    """Refuse what has neither of the two forms, whether or not there is such a secret. Raises InputError, which never repeats it."""
    scheme, _, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not (scheme == "env" and name) and not (scheme == "keyring" and all(name.partition("/"))):
        raise InputError("names no secret, and a secret itself never stands in the file", mend=_FORMS)


def _from_environment(name: str) -> str:
    text = os.environ.get(name, "")
    if not text:
        raise InputError(f"the environment variable {name} is not set", mend=f"set {name} before labapp is started")
    return text


def _from_keyring(name: str) -> str:
    service, _, user = name.partition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise InputError(
            "the system's keyring cannot be asked", mend="install the Python package keyring, or use env:NAME"
        ) from None
    try:
        text = keyring.get_password(service, user)
    except Exception as error:  # every backend has errors of its own
        raise InputError(
            f"the keyring does not answer: {type(error).__name__}", mend="unlock it, or use env:NAME"
        ) from None
    if not text:
        raise InputError(
            f"the keyring holds nothing for {service}/{user}", mend=f"store it with `keyring set {service} {user}`"
        )
    return str(text)
