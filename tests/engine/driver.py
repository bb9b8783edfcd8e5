"""A device and an operator by hand: events go into an attempt one by one, what comes out is kept. No loop, no socket, no clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.domain.expectations import Expected, Literal, OneOf
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import TestCase
from labapp.engine.events import (
    Answer,
    Command,
    Ended,
    FileOrder,
    FileTransferred,
    LinkCommand,
    Output,
    Prompt,
    PromptClosed,
    Send,
    Tick,
    Wake,
)
from labapp.engine.interpreter import Interpreter
from labapp.engine.ports import FrameReceived, LinkDown, LinkUp, UpgradeRefused
from labapp.engine.setup import Setup
from labapp.ocpp.schemas import check
from labapp.ocpp.versions import VERSIONS

START = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
VALUES: Mapping[str, Any] = {
    "connector_id": 1,
    "valid_id_tag": "VALID-1",
    "valid_id_tag_2": "VALID-2",
    "invalid_id_tag": "INVALID-1",
    "parent_id_tag": "GROUP-1",
    "reservation_offset": 120,
    "heartbeat_interval": 60,
    "meter_value_interval": 10,
    "connection_timeout": 60,
    "transaction_duration": 10,
    "charging_rate_unit": "A",
    "number_phases": 3,
    "stack_level": 0,
    "schedule_duration": 300,
    "max_time_deviation": 5,
    "local_limit": 32,
    "firmware_location": "http://files.test/firmware/station.bin",
    "invalid_firmware_location": "http://files.test/unsupported/station.bin",
    "log_location": "http://files.test/uploads",
    "vendor_name": "Vendor",
    "model": "Model",
}
TIMEOUTS = {"connect": 60, "message": 30, "long_operation": 120, "reboot": 600, "reconnect": 120, "firmware": 1800}
DUT: Mapping[str, Any] = {
    "connectors": 1,
    "evses": [[1]],
    "features": ["Core", "FirmwareManagement", "RemoteTrigger", "SmartCharging"],
    "cache": True,
    "local_list": True,
    "local_start": True,
    "backup_power": False,
    "milliseconds": True,
    "security_profile": 0,
}
OPTIONS: Mapping[str, Any] = {
    "review": "advice",
    "cut": "refuse",
    "quiet_window": 3,
    "reset": "ocpp",
    "operator_timeout": 0,
}
NO_ERROR = {"errorCode": "NoError"}


#: The least that the schema asks of a request.
_MINIMAL: Mapping[str, Mapping[str, Any]] = {
    "Authorize": {"idTag": "VALID-1"},
    "BootNotification": {"chargePointVendor": "V", "chargePointModel": "M"},
    "MeterValues": {"connectorId": 1, "meterValue": [{"timestamp": "2025-01-01T12:00:00Z", "sampledValue": []}]},
    "RemoteStopTransaction": {"transactionId": 5},
    "Reset": {"type": "Immediate"},
    "StartTransaction": {"connectorId": 1, "idTag": "VALID-1", "meterStart": 0, "timestamp": "2025-01-01T12:00:00Z"},
    "StatusNotification": NO_ERROR,
    "StopTransaction": {"transactionId": 7001, "meterStop": 1, "timestamp": "2025-01-01T12:00:00Z"},
}


def values_of(expected: Expected) -> Any:
    """A value that satisfies an expectation of one or several values."""
    return (
        expected.values[0] if isinstance(expected, OneOf) else expected.value if isinstance(expected, Literal) else None
    )


class Driver:
    """Runs one attempt by hand. values, dut, options: changes of the givens; device: snapshot of the device model.

    Every frame that the tool sends is checked against its schema: the tool must not say anything that is not OCPP.
    """

    def __init__(
        self,
        case: TestCase | str,
        *,
        values: Mapping[str, Any] | None = None,
        dut: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        timeouts: Mapping[str, float] | None = None,
        device: Mapping[str, Any] | None = None,
        connected: bool = True,
    ) -> None:
        self.case = CATALOGUE[case] if isinstance(case, str) else case
        self.version = VERSIONS[self.case.ocpp]
        self.seconds = 0.0
        self.seq = 0
        self.sent: list[list[Any]] = []
        self.orders: list[LinkCommand] = []
        self.files: list[FileOrder] = []
        self.prompts: dict[str, Prompt] = {}
        self.all_prompts: list[Prompt] = []
        self.closed: dict[str, str] = {}
        self.wake: int | None = None
        self.ended: Mapping[str, Any] | None = None
        self._own_ids = 0
        self._unanswered: list[list[Any]] = []
        self._actions: dict[str, str] = {}
        setup = Setup(
            run="test",
            number=7,
            case=self.case.id,
            values={**VALUES, **(values or {})},
            timeouts={**TIMEOUTS, **(timeouts or {})},
            dut={**DUT, **(dut or {})},
            options={**OPTIONS, **(options or {})},
            device=device,
            link={"identity": "TEST"} if connected else None,
        )
        self.interpreter = Interpreter(self.case, setup, self.version, self.now, ready_state(self.case))
        self._take(self.interpreter.start())

    # Time and events --------------------------------------------------------------------------------------------------

    @property
    def now(self) -> Stamp:
        """The moment."""
        return Stamp(START + timedelta(seconds=self.seconds), round(self.seconds * 1e9))

    def passes(self, seconds: float) -> None:
        """Let time pass; ticks come only when the attempt asked to be woken."""
        end = self.seconds + seconds
        while self.ended is None and self.wake is not None and self.wake <= round(end * 1e9):
            self.seconds = max(self.seconds, self.wake / 1e9)
            self._feed(Tick(self.now))
        self.seconds = end

    def passes_until_ended(self, limit: float = 7200) -> None:
        """Let time pass until the attempt has ended or waits for something that time does not bring."""
        end = self.seconds + limit
        while self.ended is None and self.wake is not None and self.wake <= end * 1e9:
            self.seconds = max(self.seconds, self.wake / 1e9)
            self._feed(Tick(self.now))

    def _feed(self, event: Any) -> int:
        self.seq += 1
        self._take(self.interpreter.feed(event, self.seq))
        return self.seq

    def _take(self, outputs: list[Output]) -> None:
        for output in outputs:
            match output:
                case Send():
                    self._sent(json.loads(output.text))
                case Prompt():
                    self.prompts[output.id] = output
                    self.all_prompts.append(output)
                case PromptClosed():
                    self.prompts.pop(output.id)
                    self.closed[output.id] = output.by
                case LinkCommand():
                    self.orders.append(output)
                case FileOrder():
                    self.files.append(output)
                case Wake():
                    self.wake = output.mono_ns
                case Ended():
                    assert self.ended is None
                    self.ended = output.content
                case _:
                    continue

    def _sent(self, frame: list[Any]) -> None:
        self.sent.append(frame)
        if frame[0] == 2:
            assert len(frame[1]) <= 36
            assert check(self.version.name, frame[2], "req", frame[3]) == (), frame
            self._unanswered.append(frame)
        elif frame[0] == 3 and frame[1] in self._actions:
            assert check(self.version.name, self._actions[frame[1]], "conf", frame[2]) == (), frame

    # The device -------------------------------------------------------------------------------------------------------

    def says(self, action: str, payload: Mapping[str, Any] | None = None, /, **fields: Any) -> dict[str, Any]:
        """The device sends a request; returns the tool's answer (`{"error": code}` for a CALLERROR)."""
        self._own_ids += 1
        identifier = f"d{self._own_ids}"
        self._actions[identifier] = action
        before = len(self.sent)
        self.frame([2, identifier, action, {**(payload or {}), **fields}])
        for frame in self.sent[before:]:
            if frame[1] == identifier:
                return frame[2] if frame[0] == 3 else {"error": frame[2]}
        raise AssertionError(f"{action} was met with silence")

    def status(self, status: str, connector: int = 1, **fields: Any) -> dict[str, Any]:
        """The device sends a StatusNotification."""
        return self.says("StatusNotification", {"connectorId": connector, "status": status, **NO_ERROR, **fields})

    def boots(self, connectors: int = 1) -> dict[str, Any]:
        """The device sends BootNotification and one StatusNotification Available per connector."""
        answer = self.says("BootNotification", chargePointVendor="V", chargePointModel="M")
        for connector in range(connectors + 1):
            self.status("Available", connector)
        return answer

    def starts(self, id_tag: str = "VALID-1", connector: int = 1) -> int:
        """The device sends StartTransaction; returns the transaction's id."""
        answer = self.says("StartTransaction", connectorId=connector, idTag=id_tag, meterStart=0, timestamp=self.time())
        return int(answer["transactionId"])

    def stops(self, transaction: int, **fields: Any) -> dict[str, Any]:
        """The device sends StopTransaction."""
        return self.says(
            "StopTransaction", {"transactionId": transaction, "meterStop": 5, "timestamp": self.time(), **fields}
        )

    def meters(self, transaction: int | None, samples: list[Any] | None = None, **fields: Any) -> dict[str, Any]:
        """The device sends MeterValues with one value, of now."""
        sampled = samples or [{"value": "1", "context": "Sample.Periodic"}]
        content: dict[str, Any] = {
            "connectorId": 1,
            "meterValue": [{"timestamp": self.time(), "sampledValue": sampled}],
        }
        if transaction is not None:
            content["transactionId"] = transaction
        return self.says("MeterValues", {**content, **fields})

    def time(self, after: float = 0.0) -> str:
        """The moment, or one so many seconds after it, as the device writes it."""
        return (self.now.utc + timedelta(seconds=after)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def frame(self, content: Any, defect: str = "", masks: tuple[Mapping[str, Any], ...] = ()) -> int:
        """Any frame of the device, as text or as JSON; returns its number."""
        text = content if isinstance(content, str) else json.dumps(content)
        return self._feed(FrameReceived(self.now, text, defect, masks))

    def _listened_to(self) -> None:
        """Behind its last step a central system is listened to for a second before the tool goes on."""
        if not (self._unanswered or self.prompts or self.ended or self.interpreter.attempt.tests_charge_point):
            self.passes(1)

    @property
    def asked(self) -> list[Any]:
        """The tool's call that waits for an answer: [action, payload]."""
        self._listened_to()
        assert self._unanswered, "the tool waits for no answer"
        return self._unanswered[0][2:]

    def answers(
        self, payload: Mapping[str, Any] | str | None = None, /, to: str = "", masks: Any = (), **fields: Any
    ) -> int:
        """The device answers the tool's oldest open call; a text is its status. to: the action that the call must have."""
        self._listened_to()
        assert self._unanswered, f"the tool has sent no {to}"
        frame = self._unanswered.pop(0)
        assert to in ("", frame[2]), f"the tool sent {frame[2]}, not {to}"
        content = {"status": payload} if isinstance(payload, str) else dict(payload or {})
        return self.frame([3, frame[1], {**content, **fields}], masks=masks)

    def refuses(self, code: str = "NotImplemented") -> None:
        """The device answers the tool's oldest open call with a CALLERROR."""
        frame = self._unanswered.pop(0)
        self.frame([4, frame[1], code, "", {}])

    def configured(self, key: str, value: str, readonly: bool = False) -> None:
        """The device answers GetConfiguration for one key."""
        assert self.asked == ["GetConfiguration", {"key": [key]}], self.asked
        self.answers({"configurationKey": [{"key": key, "readonly": readonly, "value": value}]})

    def unknown(self, key: str) -> None:
        """The device does not know a key."""
        assert self.asked == ["GetConfiguration", {"key": [key]}], self.asked
        self.answers({"unknownKey": [key]})

    def link_down(self, by: str = "network") -> None:
        """The connection is lost."""
        self._feed(LinkDown(self.now, 1006, "", by))

    def link_up(self, **facts: Any) -> None:
        """The device connects."""
        self._feed(LinkUp(self.now, {"identity": "TEST", **facts}))

    def refused(self, status: int, **facts: Any) -> None:
        """The central system refuses the upgrade."""
        self._feed(UpgradeRefused(self.now, {"status": status, "reason": "authorization", **facts}))

    def serves(self, **facts: Any) -> None:
        """A file server of the tool tells of a transfer."""
        self._feed(FileTransferred(self.now, facts))

    def moved(self, fault: str = "") -> None:
        """The file of the last order has been moved, or could not be."""
        order = self.files[-1]
        facts = {"order": order.number, "direction": order.direction, "url": order.url, "name": order.name, "bytes": 5}
        self._feed(FileTransferred(self.now, {**facts, "sha256": "a0", "complete": not fault, "fault": fault}))

    # The operator -----------------------------------------------------------------------------------------------------

    @property
    def prompt(self) -> Prompt:
        """The one open prompt."""
        self._listened_to()
        assert len(self.prompts) == 1, [p.text for p in self.prompts.values()]
        return next(iter(self.prompts.values()))

    def confirms(self, action: str = "", outcome: str = "done", reason: str = "", items: Any = None) -> None:
        """The operator answers the open prompt; action: what it must be about."""
        prompt = self.prompt
        assert action in ("", prompt.action), f"the prompt asks for {prompt.action}, not {action}"
        assert self.interpreter.refusal_of(prompt.id, outcome, items or {}, reason) == ""
        self._feed(Answer(self.now, prompt.id, outcome, items or {}, reason, "op"))

    def answer(self, prompt: Prompt, outcome: str) -> None:
        """The operator answers a prompt, whether it can be taken or not."""
        self._feed(Answer(self.now, prompt.id, outcome, {}, "", "op"))

    def commands(self, name: str) -> None:
        """The operator gives a command."""
        self._feed(Command(self.now, name, "op"))

    # What came of it --------------------------------------------------------------------------------------------------

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Findings so far."""
        return self.interpreter.attempt.findings

    @property
    def result(self) -> Mapping[str, Any]:
        """The result; time passes until there is one, calls of the restoration are answered, prompts of it declined."""
        for _ in range(60):
            if self.ended is not None:
                return self.ended
            if self._unanswered:
                self._conforms()
            elif self.prompts and self.interpreter.attempt.lenient:
                self.confirms(outcome="impossible", reason="not now")
            else:
                self.passes_until_ended()
        raise AssertionError(f"the attempt does not end; open prompts: {[p.text for p in self.prompts.values()]}")

    def _conforms(self) -> None:
        """Answer the tool's oldest open call as a conformant device that does what it is told."""
        action, payload = self.asked
        match action:
            case "GetConfiguration":
                known = self.interpreter.attempt.configuration
                pairs = [{"key": key, "readonly": False, "value": known(key) or "1"} for key in payload.get("key", [])]
                self.answers({"configurationKey": pairs})
            case "BootNotification":
                self.answers({"status": "Accepted", "currentTime": self.time(), "interval": 60})
            case "Authorize" if self.version.name == "1.6":
                self.answers({"idTagInfo": {"status": "Accepted"}})
            case "Authorize":
                self.answers({"idTokenInfo": {"status": "Accepted"}})
            case "StartTransaction":
                self.answers({"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
            case "StopTransaction" | "StatusNotification" | "TransactionEvent" | "NotifyEvent":
                self.answers({})
            case "GetCompositeSchedule":
                self.answers({"status": "Accepted", "connectorId": 1, "scheduleStart": self.time()})
            case _:
                self.answers("Accepted")

    def does_right(self) -> None:
        """The device does the next right thing: restores the link, answers, or sends what is due; else the operator confirms."""
        attempt, segment = self.interpreter.attempt, self.interpreter.conversation.segment
        due = segment.due(attempt) if segment else []
        if not attempt.link_up:
            self.link_up()
        elif self._unanswered:
            self._conforms()
        elif due:
            selectors = due[0].selectors(attempt)
            fields = {path: values_of(expected) for path, expected in selectors.items() if "[" not in path}
            self.says(due[0].message.action, {**_MINIMAL.get(due[0].message.action, {}), **fields})
        elif self.prompts:
            self.answer(next(iter(self.prompts.values())), "done")
        else:
            self.passes(5)

    @property
    def verdict(self) -> str:
        """The verdict, once the attempt has ended."""
        return str(self.result["verdict"])

    @property
    def texts_so_far(self) -> list[str]:
        """The texts of the findings so far, the attempt going on."""
        return [str(finding["text"]) for finding in self.findings]

    @property
    def rules(self) -> list[str]:
        """The rules of the review, in its order."""
        return [str(line["rule"]) for line in self.result["reviews"]]

    @property
    def texts(self) -> list[str]:
        """The texts of the findings."""
        return [str(finding["text"]) for finding in self.result["findings"]]

    def row(self, identifier: str) -> str:
        """Status of a row of the case; identifier without the case's id."""
        rows = {row["id"]: row["status"] for row in self.result["validations"]}
        return str(rows[f"{self.case.id}/{identifier}"])


def charging(driver: Driver, *, remote: str = "false") -> int:
    """Bring the state Charging about as its table goes; returns the transaction's id."""
    driver.configured("AuthorizeRemoteTxRequests", remote)
    driver.answers("Accepted", to="RemoteStartTransaction")
    if remote == "true":
        driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    driver.confirms("plug_in")
    transaction = driver.starts()
    driver.status("Charging")
    return transaction
