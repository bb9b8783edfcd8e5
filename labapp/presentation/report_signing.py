"""Signing a report: with which certificate, and where its password is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labapp.domain.errors import InputError
from labapp.presentation.wording import text
from labapp.services.secrets import refuse_secret_itself


@dataclass(frozen=True, slots=True)
class SignForm:
    """What was entered. own: sign with the laboratory's own certificate; password: where it is, never what it is."""

    role: str
    own: bool = False
    certificate: str = ""
    password: str = ""

    @property
    def problem(self) -> str:
        """What keeps it from being signed, "" when nothing does."""
        if self.own:
            return ""
        if not self.certificate.strip():
            return text("Choose the file with certificate and key, or sign with the laboratory's own.")
        if not Path(self.certificate.strip()).is_file():
            return text("There is no such file; choose the one with certificate and key.")
        try:
            if self.password.strip():
                refuse_secret_itself(self.password.strip())
        except InputError:
            return text("Name where the password is, never the password itself: env:NAME or keyring:SERVICE/USER.")
        return ""

    @property
    def given(self) -> tuple[Path | None, str | None]:
        """Certificate and password reference as signing takes them."""
        if self.own:
            return None, None
        return Path(self.certificate.strip()), self.password.strip() or None
