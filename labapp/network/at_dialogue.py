"""The dialogue with an AT modem, without input and output: bytes in, events out, one command at a time.

The caller writes what `send` returns, gives every byte that arrives to `feed`, and keeps the time: when its deadline
passes it calls `abandon`. Lines that are no part of an answer (the echo, `^RSSI:15`, `RING`) never end up in one.
Line forms and final results are those of ITU-T V.250 and 3GPP TS 27.007.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A line longer than this is noise, not an answer.
LINE_MAX = 4096

_FINAL = re.compile(r"(?:(\+CME ERROR|\+CMS ERROR):\s*(.*)|ERROR|COMMAND NOT SUPPORT)", re.IGNORECASE)
_REPORT = re.compile(r"[+^][A-Z0-9]+(?::|$)|(?:RING|NO CARRIER)$", re.IGNORECASE)
_COMMAND_NAME = re.compile(r"AT([+^][A-Z0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A command ended with OK. lines: its information lines as they came, without line ends."""

    command: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command ended with an error. result: the final line; code: what stands after the colon of +CME or +CMS ERROR, else ""."""

    command: str
    result: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """A line that belongs to no command."""

    line: str


AtEvent = Answer | Refusal | Unsolicited


class AtDialogue:
    """One modem's side of the conversation."""

    def __init__(self) -> None:
        self._buffer = ""
        self._command = ""
        self._lines: list[str] = []

    @property
    def pending(self) -> str:
        """The command that waits for its final result, "" for none."""
        return self._command

    def send(self, command: str) -> bytes:
        """The bytes to write for `command` (such as `AT+CSQ`). What was received in part before belongs to nobody and is dropped.

        Raises ValueError while another command is pending, or for a command that is not one line of printable ASCII.
        """
        if self._command:
            raise ValueError(f"{self._command} still waits for its result")
        if not command.isascii() or not command.isprintable() or command[:2].upper() != "AT":
            raise ValueError(f"{command!r} is no AT command")
        self._command = command
        self._lines = []
        self._buffer = ""
        return command.encode("ascii") + b"\r"

    def abandon(self) -> None:
        """Wait no longer for the pending command; a late answer counts as unsolicited."""
        self._command = ""
        self._lines = []

    def feed(self, data: bytes) -> list[AtEvent]:
        """Take what arrived, in pieces of any size; returns what it completes."""
        *lines, rest = re.split(r"[\r\n]", self._buffer + data.decode("latin-1"))
        self._buffer = rest[-LINE_MAX:]
        events = (self._take(_printable(line)) for line in lines)
        return [event for event in events if event is not None]

    def _take(self, line: str) -> AtEvent | None:
        if not line:
            return None
        if not self._command:
            return Unsolicited(line)
        if line.upper() == "OK":
            answer = Answer(self._command, tuple(self._lines))
            self.abandon()
            return answer
        if final := _FINAL.fullmatch(line):
            refusal = Refusal(self._command, line, final[2] or "")
            self.abandon()
            return refusal
        # The echo; noise before it may share its line. What came ahead of it is no answer to it.
        if line.upper().endswith(self._command.upper()):
            self._lines = []
            return None
        if self._belongs(line):
            self._lines.append(line)
            return None
        return Unsolicited(line)

    def _belongs(self, line: str) -> bool:
        """A report (`^RSSI:15`) belongs to the command of its own name; free text belongs to whatever was asked."""
        name = _COMMAND_NAME.match(self._command)
        if name and line.upper().startswith(f"{name[1].upper()}:"):
            return True
        return not _REPORT.match(line)


def _printable(line: str) -> str:
    """The line as it may be shown to a person; noise becomes visible."""
    return "".join(character if " " <= character <= "~" else "\ufffd" for character in line.strip("\0 \t"))
