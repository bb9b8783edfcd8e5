"""What checking a file has shown, line by line; who has signed, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labapp.presentation.report_standing import role_title
from labapp.presentation.wording import text
from labapp.services.report_documents import Examined, Seen

Tone = Literal["", "muted", "good", "warning", "problem"]

#: The shape of each tone, so that colour is never alone.
SHAPES: Mapping[Tone, str] = {"": "●", "muted": "○", "good": "✓", "warning": "◆", "problem": "▲"}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check, or one thing that the checks say together."""

    tone: Tone
    title: str
    detail: str

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        found = {"good": text("in order"), "problem": text("not in order"), "warning": text("note")}.get(self.tone, "")
        return f"{self.title}: {found}. {self.detail}".strip()


def moment_text(at: datetime) -> str:
    """A moment to read, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def subject_text(subject: str) -> str:
    """Who a certificate names: its common name, else the whole subject."""
    names = [part[3:] for part in subject.split(",") if part.startswith("CN=")]
    return names[0] if names else subject


def check_lines(examined: Examined) -> tuple[CheckLine, ...]:
    """What checking a file has shown: what it comes to, then every check."""
    result = examined.result
    lines = [
        CheckLine("good", text("Intact"), text("It is whole, and as it was signed."))
        if result.intact
        else CheckLine(
            "problem", text("Not intact"), text("Something in it is not as it was signed. Get an unchanged copy.")
        ),
        _trust(examined),
    ]
    if result.demonstration:
        lines.append(
            CheckLine(
                "warning", text("Demonstration"), text("It says of itself that it is not valid for certification.")
            )
        )
    lines += [CheckLine("good" if one.ok else "problem", check_title(one.name), one.detail) for one in result.checks]
    return tuple(lines)


def check_title(name: str) -> str:
    """A check of the verification, in words."""
    titles = {
        "container": text("Container"),
        "manifest signature": text("Seal of the laboratory"),
        "manifest": text("Manifest"),
        "files": text("Files"),
        "report signatures": text("Signatures in the report"),
        "report content": text("Content inside the report"),
        "records": text("Report against records"),
        "workbook": text("Workbook"),
        "demonstration": text("Demonstration mark"),
        "verdicts": text("Judged again"),
    }
    if name.startswith("journal "):
        return text("Journal {name}", name=name.removeprefix("journal "))
    return titles.get(name, name)


def signature_lines(signatures: Sequence[Seen]) -> tuple[CheckLine, ...]:
    """The signatures of another file, in their order."""
    return tuple(
        CheckLine("good", role_title(one.field), f"{subject_text(one.subject)}, {moment_text(one.at)}")
        for one in signatures
    )


def _trust(examined: Examined) -> CheckLine:
    result = examined.result
    who = subject_text(result.signer) if result.signer else text("nobody")
    if result.trusted:
        return CheckLine("good", text("Trusted"), text("Signed by {who}, whom this laboratory trusts.", who=who))
    if not result.intact:
        return CheckLine("problem", text("Not trusted"), text("Trust is asked only of what is intact."))
    detail = text(
        "Signed by {who}. No certificate of this laboratory's trust store stands above it; put the signer's root as PEM "
        "into the folder trust of labapp's home.",
        who=who,
    )
    return CheckLine("warning", text("Not trusted"), detail)
