"""The StatusNotification review: one row for each item with rule, advice and decision, and a lane for each connector.

Unambiguous items come with the advice of their rule; to depart from any advice needs a reason, which stands in the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labapp.presentation.session_cases import moment
from labapp.presentation.session_prompts import OpenPrompt
from labapp.presentation.wording import text

DECISIONS = {"A": "accept", "R": "reject", "T": "retest"}


def decision_text(decision: str | None) -> str:
    """A decision in a word; of None that nothing is decided."""
    return {"accept": text("accept"), "reject": text("reject"), "retest": text("retest")}.get(
        decision or "", text("none")
    )


@dataclass(slots=True)
class Row:
    """An item. sentence: what happened; why: the rule in words; decision: None while it is open; reason: for an override."""

    id: str
    connector: int
    sentence: str
    rule: str
    why: str
    advice: str | None
    step: str
    seq: int | None
    decision: str | None = None
    reason: str = ""

    @property
    def overrides(self) -> bool:
        """Whether the decision departs from the advice."""
        return self.advice is not None and self.decision not in (None, self.advice)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The answer of a review: decisions by item, and the reasons for overrides in one text."""

    items: Mapping[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A notification in a lane. state: "met", "tolerated", "missing", "unexpected" or "duplicate". at: seconds since the first."""

    status: str
    state: str
    at: float
    item: str

    @property
    def expected(self) -> bool:
        """Whether the case expected it: drawn hollow."""
        return self.state in ("met", "missing")

    @property
    def received(self) -> bool:
        """Whether it came: drawn filled."""
        return self.state != "missing"


@dataclass(frozen=True, slots=True)
class Lane:
    """The notifications of one connector in their order."""

    connector: int
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Review:
    """A review while the technician decides."""

    prompt: OpenPrompt
    rows: list[Row] = field(default_factory=list)
    current: int = 0
    asking: bool = False
    sent: bool = False
    problem: str = ""

    @classmethod
    def of(cls, prompt: OpenPrompt, before: Review | None = None) -> Review:
        """The review of a prompt. before: one that was cut off because more came; what was decided there stays decided."""
        review = cls(prompt, [_row(item) for item in prompt.items])
        if before is not None and [row.id for row in before.rows] == [
            row.id for row in review.rows[: len(before.rows)]
        ]:
            for row, old in zip(review.rows, before.rows, strict=False):
                row.decision, row.reason = old.decision, old.reason
        review.current = next((at for at, row in enumerate(review.rows) if row.decision is None), 0)
        return review

    # Keys -------------------------------------------------------------------------------------------------------------

    def press(self, key: str) -> Verdicts | None:
        """A key: "A", "R", "T", "Up", "Down", "Enter" or "Esc". Returns the answer once it is complete."""
        self.problem = ""
        if self.sent:
            return None
        match key:
            case "Esc":
                self._take_back()
            case _ if self.asking:
                return None
            case "Up":
                self.current = max(0, self.current - 1)
            case "Down":
                self.current = min(len(self.rows) - 1, self.current + 1)
            case "A" | "R" | "T":
                self.decide(self.current, DECISIONS[key])
            case "Enter":
                return self._finish()
        return None

    def decide(self, row: int, decision: str) -> None:
        """Decide one item; a departure from the advice asks for its reason."""
        self.problem = ""
        self.current = row
        chosen = self.rows[row]
        chosen.decision = decision
        self.asking = chosen.overrides
        if not chosen.overrides:
            chosen.reason = ""
            self._go_on()

    def give_reason(self, reason: str) -> None:
        """Why the current item is not decided as advised."""
        if not reason.strip():
            self.problem = text("A decision against the advice needs a reason; it stands in the report.")
            return
        self.problem = ""
        self.rows[self.current].reason = reason.strip()
        self.asking = False
        self._go_on()

    def refused(self, why: str) -> None:
        """The bench has not taken the answer."""
        self.sent, self.problem = False, why

    # What is shown ----------------------------------------------------------------------------------------------------

    @property
    def open_rows(self) -> int:
        """How many items have neither decision nor advice."""
        return sum(1 for row in self.rows if row.decision is None and row.advice is None)

    @property
    def enter_text(self) -> str:
        """What Enter does now."""
        if self.open_rows:
            return text("{count} without advice: decide with A, R or T", count=self.open_rows)
        if any(row.decision is None for row in self.rows):
            return text("take the advice and finish")
        return text("finish")

    @property
    def can_finish(self) -> bool:
        """Whether Enter answers the review."""
        return not self.open_rows and not self.asking and not self.sent

    def lanes(self) -> tuple[Lane, ...]:
        """A lane for each connector, 0 first; times since the first notification."""
        return lanes_of(self.prompt.timeline)

    # ------------------------------------------------------------------------------------------------------------------

    def _take_back(self) -> None:
        if self.asking:
            self.rows[self.current].decision = None
            self.asking = False

    def _next_open(self) -> int | None:
        order = [*range(self.current + 1, len(self.rows)), *range(self.current + 1)]
        return next((at for at in order if self.rows[at].decision is None), None)

    def _go_on(self) -> None:
        following = self._next_open()
        if following is not None:
            self.current = following

    def _finish(self) -> Verdicts | None:
        if self.open_rows:
            without = next(at for at, row in enumerate(self.rows) if row.decision is None and row.advice is None)
            self.current = without
            self.problem = text("Item {number} has no advice: decide it with A, R or T.", number=without + 1)
            return None
        for row in self.rows:
            row.decision = row.decision or row.advice
        self.sent = True
        reasons = [f"{row.sentence}: {row.reason}" for row in self.rows if row.reason]
        return Verdicts({row.id: str(row.decision) for row in self.rows}, "; ".join(reasons))


def _row(item: Mapping[str, Any]) -> Row:
    return Row(
        id=str(item["id"]),
        connector=int(item["connector"]),
        sentence=_sentence(item),
        rule=str(item["rule"]),
        why=str(item.get("note", "")),
        advice=item["advice"],
        step=str(item.get("step", "")),
        seq=item["seq"],
    )


def _sentence(item: Mapping[str, Any]) -> str:
    facts = {"status": str(item["status"]).replace("|", text(" or ")), "connector": item["connector"]}
    match item["kind"]:
        case "missing" if item.get("received_instead"):
            instead = item["received_instead"]
            return text("connector {connector}: {status} did not come, {instead} did", **facts, instead=instead)
        case "missing":
            return text("connector {connector}: {status} did not come", **facts)
        case "duplicate":
            return text("connector {connector}: {status} came again", **facts)
        case _:
            more = ", ".join(part for part in (item["error_code"], item["info"]) if part not in ("", "NoError"))
            came = text("connector {connector}: {status} came and was not expected", **facts)
            return f"{came} ({more})" if more else came


def lanes_of(timeline: Sequence[Mapping[str, Any]]) -> tuple[Lane, ...]:
    """The lanes of a timeline, by connector."""
    first = min((moment(each["at"]) for each in timeline), default=0.0)
    found: dict[int, list[Mark]] = {}
    for each in timeline:
        mark = Mark(str(each["status"]), str(each["state"]), moment(each["at"]) - first, str(each["item"]))
        found.setdefault(int(each["connector"]), []).append(mark)
    return tuple(
        Lane(connector, tuple(sorted(found[connector], key=lambda mark: mark.at))) for connector in sorted(found)
    )


def spread(lanes: Sequence[Lane], width: float, gap: float) -> tuple[tuple[float, ...], ...]:
    """Where the marks of each lane stand, from 0 to `width` or as far as they must.

    In a lane they are at least `gap` apart, in all lanes in the order of time; what room is left is shared in proportion to time.
    """
    span = max((mark.at for lane in lanes for mark in lane.marks), default=0.0) or 1.0
    order = sorted((mark.at, number, at) for number, lane in enumerate(lanes) for at, mark in enumerate(lane.marks))
    dense: dict[tuple[int, int], float] = {}
    last_of: dict[int, float] = {}
    last = 0.0
    for _, number, at in order:
        last = dense[number, at] = last_of[number] = max(last, last_of.get(number, -gap) + gap)
    room = max(0.0, width - last)
    places = {(number, at): dense[number, at] + room * (seconds / span) for seconds, number, at in order}
    return tuple(tuple(places[number, at] for at in range(len(lane.marks))) for number, lane in enumerate(lanes))
