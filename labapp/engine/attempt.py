"""One attempt at a case: everything that is known, found and said in it. It is the view that a case's functions look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labapp.domain.device import DeviceModel
from labapp.domain.expectations import Expected
from labapp.domain.reasons import hint_for
from labapp.domain.review import Notification
from labapp.domain.stamps import Stamp, utc_text
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.domain.view import Seen
from labapp.engine.calls import Calls
from labapp.engine.cards import Cards
from labapp.engine.deadlines import Running
from labapp.engine.events import LinkCommand, Note, Output, Prompt, PromptClosed, StepEvent
from labapp.engine.setup import Setup
from labapp.ocpp.listing import rows
from labapp.ocpp.masking import secret_placeholder
from labapp.ocpp.version import Version

if TYPE_CHECKING:
    from labapp.engine.reviewing import ReviewLine

SECOND = 1_000_000_000


class CaseEnded(Exception):
    """The scenario cannot go on. verdict "" leaves it to the findings; reason_code: as in the result."""

    def __init__(self, reason_code: str, verdict: str = "", text: str = "") -> None:
        super().__init__(text or reason_code)
        self.reason_code = reason_code
        self.verdict = verdict
        self.text = text


#: Findings of one reason at one step that are listed, so that a device that floods the tool makes no report of a thousand pages.
MOST_LISTED = 100


class Attempt:
    """State of one attempt. `lenient`: utilities judge nothing that the device does on its own."""

    def __init__(self, case: TestCase, setup: Setup, version: Version, at: Stamp, *, lenient: bool = False) -> None:
        self.case = case
        self.setup = setup
        self.version = version
        self.lenient = lenient
        self.started = at
        self.now = at
        self.seq = 0
        self.last_sent = at.mono_ns
        self.model = DeviceModel.from_snapshot(setup.device) if setup.device else DeviceModel()
        self.calls = Calls(f"{setup.run}-{setup.number}")
        self.outputs: list[Output] = []
        self.findings: list[dict[str, Any]] = []
        self._found: Counter[tuple[str, int | str]] = Counter()
        self.observations: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []
        self.review_lines: list[ReviewLine] = []
        self.wait_counts: dict[tuple[int, str], int] = {}
        self.status_of_row: dict[str, str] = {row.id: "not_exercised" for row in rows(case, version)}
        self.transfers: list[Mapping[str, Any]] = []
        self.file_orders = 0
        self.prompts: dict[str, Prompt] = {}
        self.answers: dict[str, Any] = {}
        self.notifications: dict[int, Notification] = {}
        self.scope = ""
        self.overrides: Mapping[str, Expected] = {}
        self.link_up = setup.link is not None
        self.link_number = 0
        self.link_facts: Mapping[str, Any] = setup.link or {}
        self.refused: Mapping[str, Any] = {}
        self.disrupted = ""
        self.surprise = ""
        self.since_boot = False
        self.link_cut = False
        self.restored_at: Stamp | None = None
        self.asked_at: Stamp | None = None
        self.preparing = False
        self.settling = False
        self.extension = 0
        self.local_authorizations = 0
        self.cards = Cards()
        self.lapse: Running | None = None
        self._transactions = 0
        self._prompt_count = 0
        self._history: list[Seen] = []
        self._by_step: dict[tuple[str, int], list[Seen]] = {}

    # The view ---------------------------------------------------------------------------------------------------------

    @property
    def values(self) -> Mapping[str, Any]:
        """The project's values."""
        return self.setup.values

    @property
    def dut(self) -> Mapping[str, Any]:
        """Facts of the device."""
        return self.setup.dut

    def seen(self, step: int, state: str = "") -> Sequence[Seen]:
        """Messages taken for a step; of this case when state is ""."""
        return self._by_step.get((state, step), ())

    @property
    def taken(self) -> frozenset[int]:
        """Frames of the messages that were taken for a step, by their numbers in the journal."""
        return frozenset(seen.seq for taken in self._by_step.values() for seen in taken)

    def history(self, message: str = "") -> Sequence[Seen]:
        """All messages, or those of one name."""
        return [seen for seen in self._history if seen.message == message] if message else self._history

    def status(self, connector: int) -> str:
        """Last reported status."""
        return self.model.statuses.get(connector, "")

    def configuration(self, key: str) -> str | None:
        """Last known value of a configuration key."""
        return self.model.value(key)

    def readonly(self, key: str) -> bool | None:
        """Whether the device has reported a key as read-only."""
        return self.model.readonly(key)

    def grouped(self) -> bool:
        """Whether the valid cards belong to one group."""
        return self.case.grouped

    def transaction(self) -> int | str | None:
        """The transaction on the configured connector."""
        running = self.model.on(self.connector)
        return running.id if running else None

    def resumed(self, connector: int) -> bool:
        """Whether it has reported Charging since the last boot."""
        return connector in self.model.resumed

    def locally_known(self) -> bool:
        """Whether the cache or the local list may hold a tag."""
        return self.model.cached or self.model.list_entries > 0

    def files(self) -> Sequence[Mapping[str, Any]]:
        """Transfers of files so far."""
        return self.transfers

    def restored(self) -> Stamp | None:
        """When the connection stood again after the tool had cut it."""
        return self.restored_at

    def prompted(self) -> Stamp | None:
        """When the operator was last asked to have a request sent."""
        return self.asked_at

    def secret(self, name: str) -> str | None:
        """Placeholder of a secret, known by its name."""
        return secret_placeholder(name) if name in self.setup.options.get("secrets", ()) else None

    # What the script asks ---------------------------------------------------------------------------------------------

    @property
    def connector(self) -> int:
        """The configured connector."""
        return int(self.values.get("connector_id", 1))

    @property
    def connectors(self) -> range:
        """Every connector of the device, without connectorId 0."""
        return range(1, int(self.dut.get("connectors", 1)) + 1)

    @property
    def boot_ahead(self) -> bool:
        """Whether the device is about to boot: its reset is accepted or its power was taken, and no boot was accepted since."""
        pending = self.calls.pending
        return self.disrupted in ("boot", "power") and (
            pending is None or pending.action not in self.version.disruptive
        )

    def timeout(self, name: str) -> int:
        """A timeout of the project in nanoseconds; for a deadline inside the device that long, and the message timeout besides."""
        if name in self.setup.timeouts:
            return round(float(self.setup.timeouts[name]) * SECOND)
        return round(float(self.values[name]) * SECOND) + self.timeout("message")

    def patience_ends(self) -> int | None:
        """When a prompt that is opened now is given up, monotonic nanoseconds; None: never."""
        patience = float(self.setup.options.get("operator_timeout", 0) or 0)
        return self.now.mono_ns + round(patience * SECOND) if patience else None

    def fresh_transaction(self) -> int:
        """A transaction id never used before in the run."""
        self._transactions += 1
        return self.setup.number * 1000 + self._transactions

    # What is recorded -------------------------------------------------------------------------------------------------

    def has_taken(self, seen: Seen) -> bool:
        """Whether a message like this one, of the same content, has been taken for a step."""
        return any(
            (known.message, known.payload) == (seen.message, seen.payload)
            for taken in self._by_step.values()
            for known in taken
        )

    def retract(self, seen: Seen, step: int, scope: str) -> None:
        """A message is not taken for a step after all: it was entered wrongly, and is asked for again."""
        self._by_step[scope, step].remove(seen)

    def take(self, seen: Seen, step: int, scope: str | None = None) -> None:
        """A message is taken for a step."""
        place = self.scope if scope is None else scope, step
        self._by_step.setdefault(place, []).append(seen)
        if self.lapse is not None and self.lapse.before == place:
            self.lapse = None

    @property
    def lapsed(self) -> bool:
        """Whether what the scenario rests on may have ended by itself in the device."""
        return self.lapse is not None and self.now.mono_ns >= self.lapse.ends

    def remember(self, seen: Seen) -> None:
        """A message has passed, in either direction."""
        self._history.append(seen)

    def mark(self, row: str, status: str) -> None:
        """Status of a row; a failed row stays failed, rows of a state are kept only when they fail."""
        if row not in self.status_of_row and status != "failed":
            return
        if self.status_of_row.get(row) != "failed":
            self.status_of_row[row] = status

    def place(self, step: int) -> int | str:
        """A step as findings name it: its number, or STATE:number inside a state."""
        return f"{self.scope}:{step}" if self.scope else step

    def find(
        self,
        reason: str,
        step: int | str,
        message: str,
        text: str,
        *,
        field: str = "",
        expected: str = "",
        received: str = "",
        row: str = "",
        frame: int | None = None,
        clause: str = "",
    ) -> None:
        """Record a violation. reason: the reason_code that it gives the attempt."""
        reason = "in_preparation" if self.preparing or isinstance(step, str) else reason
        finding = {
            "step": step,
            "message": message,
            "field": field,
            "expected": expected,
            "received": received,
            "clause": clause or self.case.source.text,
            "text": text,
            "frame": frame,
            "reason_code": reason,
        }
        self._found[reason, step] += 1
        listed = self._found[reason, step] <= MOST_LISTED
        if self.lenient:
            if listed:
                self.observe(text, step=step, message=message, frame=frame)
            return
        if row:
            self.mark(row, "failed")
        if not listed:
            return
        finding["hint"] = hint_for(self.case.id, finding)
        self.findings.append(finding)
        self.outputs.append(Note("finding", finding))

    def count_unlisted(self) -> None:
        """Tell how many findings of a step were not listed, at the end of the attempt."""
        for (_, step), number in self._found.items():
            if number > MOST_LISTED:
                left = number - MOST_LISTED
                self.observe(
                    f"{left} more findings of this step are not listed: the frames are in the journal", step=step
                )

    def observe(
        self, text: str, *, step: int | str = 0, message: str = "", frame: int | None = None, rule: str = ""
    ) -> None:
        """Record something worth seeing that is no violation."""
        observation = {"step": step, "message": message, "text": text, "frame": frame, "rule": rule}
        self.observations.append(observation)
        self.outputs.append(Note("observation", observation))

    def step_event(self, step: int, message: str, state: str, detail: str = "", *, scope: str | None = None) -> None:
        """Tell the operator how a step goes. scope: the state that it belongs to, where that is not the one that runs."""
        self.outputs.append(StepEvent(self.scope if scope is None else scope, step, message, state, detail))

    # Prompts and the link ---------------------------------------------------------------------------------------------

    def ask(
        self,
        kind: str,
        action: str,
        text: str,
        args: Mapping[str, Any] | None = None,
        choices: tuple[Mapping[str, Any], ...] = (),
        items: tuple[Mapping[str, Any], ...] = (),
        countdown: Mapping[str, Any] | None = None,
    ) -> Prompt:
        """Open a prompt."""
        self._prompt_count += 1
        identifier = f"{self.setup.run}-{self.setup.number}-p{self._prompt_count}"
        prompt = Prompt(identifier, kind, action, args or {}, text, choices, items, countdown or {})
        self.prompts[identifier] = prompt
        self.outputs.append(prompt)
        return prompt

    def close(self, prompt: Prompt, by: str) -> None:
        """Close a prompt, unless it is closed already."""
        if self.prompts.pop(prompt.id, None) is not None:
            self.outputs.append(PromptClosed(prompt.id, by))

    def order(self, order: str, **options: Any) -> None:
        """Give the link an order."""
        self.outputs.append(LinkCommand(order, options))

    @property
    def sut_role(self) -> str:
        """Role of the system under test."""
        return self.case.sut

    @property
    def tests_charge_point(self) -> bool:
        """Whether the system under test is a charge point."""
        return self.case.sut == CHARGE_POINT

    def utc(self, stamp: Stamp) -> str:
        """A stamp as the result shows it."""
        return utc_text(stamp.utc)
