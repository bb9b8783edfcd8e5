"""The journal's records and their chain: what one line is, how it is written, read and verified.

A journal is UTF-8 text (written in ASCII), one JSON object a line, each line ended by one line feed. The members of a line, in
this order:

    seq      the line's number: 1, 2, 3 … without a gap
    utc      wall clock, RFC 3339 in UTC with six decimals: "2026-11-21T12:00:00.123456Z"
    mono     monotonic clock of the process that wrote the line, nanoseconds; comparable between lines of one process only
    run      the run that the line belongs to, "" for the journal's own lines
    kind     what the line records, a word
    content  an object; its members, at every depth, in the order of their names' code points
    prev     the chain: SHA-256, lower-case hexadecimal, of the bytes of the line before, without its line feed;
             of the first line: 64 zeros (GENESIS)

There are no spaces between tokens, every character outside ASCII is escaped, and there is no NaN and no infinity: the same
record always gives the same bytes. The chain's head is the digest of the last line; it stands outside the journal (in
the evidence's manifest), and without it a change of the last line alone cannot be seen.

Numbers with fraction or exponent are written and read as doubles; whoever needs one exactly reads it from the text of a frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.stamps import Stamp
from labapp.ocpp.json_text import NotJson, json_text, nests_too_deep, read_json

#: `prev` of the first line.
GENESIS = "0" * 64

_MEMBERS = ("seq", "utc", "mono", "run", "kind", "content", "prev")


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a journal. at: when; content: JSON values; prev: digest of the line before, GENESIS for the first."""

    seq: int
    at: Stamp
    run: str
    kind: str
    content: Mapping[str, Any]
    prev: str


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """What is wrong with a journal. line: number of the line, from 1; text: one sentence that begins with it."""

    line: int
    text: str


def digest(line: bytes) -> str:
    """SHA-256 of a line without its line feed, as the next line's `prev` states it."""
    return hashlib.sha256(line).hexdigest()


def encode(record: Record) -> bytes:
    """The line of a record, without the line feed.

    Raises: TypeError or ValueError for content that JSON does not have, that nests too deep, or with an integer of more digits
    than are read again.
    """
    content = json_text(_floats(record.content), sort_names=True, ascii_only=True)
    if nests_too_deep(f"[{content}]"):
        raise ValueError("the content nests too deep to be read again")
    utc = record.at.utc.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    members = (
        ("seq", str(record.seq)),
        ("utc", f'"{utc}"'),
        ("mono", str(record.at.mono_ns)),
        ("run", json_text(record.run, ascii_only=True)),
        ("kind", json_text(record.kind, ascii_only=True)),
        ("content", content),
        ("prev", f'"{record.prev}"'),
    )
    return ("{" + ",".join(f'"{name}":{text}' for name, text in members) + "}").encode("ascii")


def decode(line: bytes) -> Record:
    """The record of a line. Raises ValueError, with one clause that says what is wrong, for what no writer has written."""
    members = _members(line)
    utc, content = _moment(members["utc"]), members["content"]
    for name in ("seq", "mono"):
        if type(members[name]) is not int:
            raise ValueError(f"{name} is not an integer")
    for name in ("run", "kind", "prev"):
        if not isinstance(members[name], str):
            raise ValueError(f"{name} is not a string")
    if not isinstance(content, dict):
        raise ValueError("content is not an object")
    return Record(
        members["seq"], Stamp(utc, members["mono"]), members["run"], members["kind"], _floats(content), members["prev"]
    )


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines of a journal, without their line feeds, and what follows the last line feed: b"", or a torn line."""
    *lines, torn = data.split(b"\n")
    return lines, torn


def verify_chain(lines: Iterable[bytes], head: str = "") -> tuple[ChainFinding, ...]:
    """Everything that is wrong with a journal's lines, ordered by line; nothing when they are as they were written.

    lines: without line feeds, as `split` gives them. head: the digest that the last line must have; without it ("") a change
    inside the last line that leaves it readable cannot be seen. Where a line does not match what the next one
    states, the sentence names both: either may have been changed.
    """
    chain = _Chain()
    findings = [finding for line in lines for finding in chain.follow(line)[1]]
    if head and chain.head != head:
        count = chain.count
        text = f"line {count} has not the digest of the journal's head" if count else "line 1 is missing"
        findings.append(ChainFinding(max(count, 1), text))
    return tuple(sorted(findings, key=lambda finding: finding.line))


def records(lines: Iterable[bytes], where: str = "the journal") -> Iterator[Record]:
    """The records of a journal, each checked against the chain. where: its name in messages.

    Raises InputError, when it comes to the first line that is not as it was written.
    """
    chain = _Chain()
    for line in lines:
        record, findings = chain.follow(line)
        if findings or record is None:
            raise broken(where, findings[0])
        yield record


class _Chain:
    """The chain, followed from line to line."""

    def __init__(self) -> None:
        self.count = 0
        self.head = GENESIS

    def follow(self, line: bytes) -> tuple[Record | None, list[ChainFinding]]:
        """The line's record, when it is one, and what is wrong with it and its link to the line before."""
        self.count += 1
        number, before, self.head = self.count, self.head, digest(line)
        try:
            record = decode(line)
        except ValueError as error:
            return None, [ChainFinding(number, f"line {number} is no record: {error}")]
        findings = []
        if record.seq != number:
            findings.append(ChainFinding(number, f"line {number} has the sequence number {record.seq}"))
        if record.prev != before:
            findings.append(_broken_link(number))
        return record, findings


def broken(where: str, finding: ChainFinding) -> InputError:
    """The error of a journal that is not as it was written."""
    return InputError(
        f"the journal was changed after it was written: {finding.text}",
        where=f"{where}:{finding.line}",
        mend="use an unchanged copy; a journal is never edited, a correction is an amendment",
    )


def _broken_link(number: int) -> ChainFinding:
    if number == 1:
        return ChainFinding(1, "line 1 does not begin the chain: its prev is not 64 zeros")
    return ChainFinding(number - 1, f"line {number - 1} has not the digest that line {number} states")


def _members(line: bytes) -> dict[str, Any]:
    try:
        read = read_json(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    if isinstance(read, NotJson):
        raise ValueError(read.text)
    if read.refused_numbers:
        raise ValueError(f"{read.refused_numbers[0]} is not a number that can be read")
    if read.duplicate_names:
        raise ValueError(f"the name {read.duplicate_names[0]} stands more than once in an object")
    if not isinstance(read.value, dict) or tuple(read.value) != _MEMBERS:
        raise ValueError(f"it is not an object of {', '.join(_MEMBERS)}")
    return read.value


def _moment(text: Any) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise ValueError("utc is not a moment in UTC with six decimals") from None


def _floats(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case Mapping():
            return {name: _floats(item) for name, item in value.items()}
        case list() | tuple():
            return [_floats(item) for item in value]
        case _:
            return value
