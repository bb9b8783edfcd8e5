"""The content model of a report: everything that it states, as one immutable value without layout.

It holds what ISO/IEC 17025:2017, 7.8.2 and 7.8.6, and OCPP Certification Program Document 2 (V1.1.4) ask of a test report. The same
records always give the same content, so a reader with the evidence can compute it again and compare (`labapp.reports.assembly`).
Times are RFC 3339 texts in UTC; digests are SHA-256 in lower-case hexadecimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labapp.reports.basis import SIMULATED
from labapp.reports.codec import canonical_bytes, from_json, to_json
from labapp.reports.self_test import SelfTest

#: Version of the content model, in every file that holds it.
FORMAT = 1

NOT_STATED = "not stated"
DEMONSTRATION = "DEMONSTRATION - not valid for certification"


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated fact. value: None when it was not given. required: certification cannot do without it."""

    key: str
    title: str
    value: str | None
    required: bool = False

    @property
    def shown(self) -> str:
        """The value, or the words for one that was not given."""
        return NOT_STATED if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that belong together. id: name in report templates."""

    id: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """One answer of the PICS as used. key: stable key, `form.name`."""

    key: str
    answer: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row of the plan with its reason. answers: PICS keys that the reason cites."""

    number: str
    id: str
    block: str
    title: str
    requirement: str
    applicable: bool
    condition: str
    reason: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """One validation of a case. status: `passed`, `failed`, `waived: RULE` or `not_exercised`."""

    id: str
    status: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation. frame: sequence number in the journal, None when no frame shows it. hint: a likely cause known from the field."""

    step: str
    message: str
    field: str
    expected: str
    received: str
    clause: str
    text: str
    frame: int | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Something worth seeing that is no violation."""

    step: str
    message: str
    text: str
    frame: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One StatusNotification that was reviewed. advice, decision: accept, reject or retest; by: rule, policy or operator."""

    id: str
    kind: str
    seq: int | None
    connector: str
    status: str
    error_code: str
    info: str
    rule: str
    advice: str
    decision: str
    by: str
    reason: str
    note: str
    step: str
    received_instead: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction of an attempt's cause. cause: lab or tool."""

    case: str
    attempt: int
    cause: str
    reason: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a case. text: the tool's own words on its end. first, last: its lines in the journal, 0 when it has none.

    sha256: digest of those lines, each with its line feed.
    """

    attempt: int
    standing: bool
    verdict: str
    expected: bool
    tool_result: str
    review_result: str
    reason_code: str
    started: str
    ended: str
    tester: str
    text: str
    first: int
    last: int
    sha256: str
    validations: tuple[Validation, ...]
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    reviews: tuple[ReviewLine, ...]
    amendments: tuple[Amendment, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the plan, or one that was run besides. verdict: of the standing attempt, NOT_APPLICABLE or NOT_RUN without one."""

    id: str
    title: str
    block: str
    requirement: str
    applicable: bool
    reason: str
    verdict: str
    expected: bool
    remark: str
    attempts: tuple[Attempt, ...]

    @property
    def standing(self) -> Attempt | None:
        """The attempt that counts."""
        return next((attempt for attempt in self.attempts if attempt.standing), None)

    @property
    def in_order(self) -> bool:
        """Whether the case does not stand in the way of a certificate."""
        return self.verdict in ("PASS", "NOT_APPLICABLE") or self.expected


@dataclass(frozen=True, slots=True)
class Reset:
    """One run of 000_RESET."""

    attempt: str
    verdict: str
    started: str
    ended: str
    text: str


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """One value of a network measurement against its limit."""

    at: str
    title: str
    value: str
    unit: str
    limit: str
    verdict: str
    note: str


@dataclass(frozen=True, slots=True)
class ConfigurationLine:
    """One configuration key. accessibility: `R` or `RW` as the device reports it, "" when it does not know the key.

    standard: as the specification has it; meaning: what the key manages, "" for a key of the vendor.
    """

    key: str
    implemented: bool
    accessibility: str
    value: str
    profile: str
    standard: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PerformanceLine:
    """One performance value in seconds. samples: how many measurements, 0 for none."""

    title: str
    stated: str
    measured: str
    unit: str
    samples: int


@dataclass(frozen=True, slots=True)
class ToleranceLine:
    """A tolerance of a timing: the greater of `seconds` and `share` of the interval."""

    name: str
    seconds: float
    share: float
    why: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the project as used."""

    table: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of the evidence. size: bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What the journal is known by. head: digest of its last line; records: number of lines."""

    head: str
    records: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases have a verdict. in_order: those among them that do not stand in the way."""

    verdict: str
    cases: int
    in_order: int


@dataclass(frozen=True, slots=True)
class Content:
    """The whole report. demonstration: a simulator took part. missing: titles of facts that certification asks for.

    self_test: of the judge, None when the records have none.
    """

    format: int
    number: str
    version: int
    title: str
    mode: str
    demonstration: bool
    statement: str
    decision_rule: str
    scope_statement: str
    missing: tuple[str, ...]
    counts: tuple[Count, ...]
    groups: tuple[FactGroup, ...]
    pics_sha256: str
    pics: tuple[Declared, ...]
    plan: tuple[PlanLine, ...]
    cases: tuple[Case, ...]
    resets: tuple[Reset, ...]
    amendments: tuple[Amendment, ...]
    network: tuple[NetworkLine, ...]
    configuration: tuple[ConfigurationLine, ...]
    performance: tuple[PerformanceLine, ...]
    tolerances: tuple[ToleranceLine, ...]
    settings: tuple[Setting, ...]
    self_test: SelfTest | None
    journal: Journal
    files: tuple[EvidenceFile, ...]

    def group(self, name: str) -> FactGroup:
        """The group with this id. Raises KeyError."""
        return {group.id: group for group in self.groups}[name]

    def fact(self, group: str, key: str) -> Fact:
        """One fact of a group. Raises KeyError."""
        return {fact.key: fact for fact in self.group(group).facts}[key]


@dataclass(frozen=True, slots=True)
class Issue:
    """How one issue of the report came about; what the records cannot know.

    maker: version of the labapp that made it. issued: time of issue. signer: subject of the laboratory's certificate.
    workbook, workbook_sha256: the workbook of this issue.
    demonstration: the content is one, or the laboratory's certificate is.
    """

    maker: str
    issued: str
    template: str
    signer: str
    demonstration: bool
    workbook: str
    workbook_sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """Content and issue: what the PDF carries inside as `content.json`."""

    content: Content
    issue: Issue

    @property
    def statement(self) -> str:
        """The statement of conformity of this issue: a demonstration makes none, whatever its records would allow."""
        return SIMULATED if self.issue.demonstration else self.content.statement

    def to_bytes(self) -> bytes:
        """Canonical JSON text."""
        return canonical_bytes(to_json(self))

    @classmethod
    def from_value(cls, value: Any) -> Report:
        """The report of a JSON value. Raises InputError when it is none."""
        return from_json(cls, value)
