"""A run of one case against the tests' own central system, and an operator who has it send what is asked for."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.central_system import CentralSystem, Payload, now
from tests.acceptance.command import Message, Operator, Reply, labapp

PASSWORD = "0123456789abcdef"
TAG = "ACC-TAG-1"


def write_project(folder: Path, system: CentralSystem, **tables: dict[str, str]) -> Path:
    """A project for the central system; `tables` holds further lines: TOML text by key."""
    content: dict[str, dict[str, str]] = {
        "project": {"ocpp": f'"{system.ocpp}"', "sut": '"csms"', "mode": '"preparation"'},
        "connection": {"url": f'"{system.url}"', "identity": '"CP-ACC"'},
        "dut": {"features": '["Core", "SmartCharging", "RemoteTrigger"]'},
        "values": {"valid_id_tag": f'"{TAG}"', "stack_level": "0", "schedule_duration": "300"},
        "timeouts": {"connect": "5", "message": "1.5", "reconnect": "5", "operator": "20"},
    }
    if system.password:
        content["connection"] |= {"security_profile": "1", "password": '"env:ACC_PASSWORD"'}
    for table, lines in tables.items():
        content.setdefault(table, {}).update(lines)
    file = folder / "PROJECT.toml"
    text = "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
        for table, lines in content.items()
    )
    file.write_text(text)
    return file


def profile(**schedule_and_profile: Any) -> Payload:
    """A TxDefaultProfile as TC_056_CSMS asks for it, with changed members; None omits one."""
    period: Payload = {"startPeriod": 0, "limit": 6.0, "numberPhases": 3}
    schedule: Payload = {
        "startSchedule": now(),
        "chargingRateUnit": "A",
        "duration": 300,
        "chargingSchedulePeriod": [period],
    }
    whole: Payload = {
        "chargingProfileId": 9,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "validFrom": now(),
        "validTo": now(600),
        "chargingSchedule": schedule,
    }
    request: Payload = {"connectorId": 1, "csChargingProfiles": whole}
    for name, value in schedule_and_profile.items():
        holder = next((part for part in (request, period, schedule, whole) if name in part), whole)
        if value is None:
            del holder[name]
        else:
            holder[name] = value
    return copy.deepcopy(request)


@dataclass
class Bench:
    """What a run has to do with: its central system, what it sends when asked, what the questions are answered."""

    folder: Path
    system: CentralSystem
    requests: dict[str, Callable[[], Payload | None]] = field(default_factory=dict)
    """By action, the payload to send when asked for it; None: nothing is sent, and "done" is said."""
    questions: dict[str, str] = field(default_factory=dict)
    """By a word in its text, the outcome of a question; "" answers any."""
    outcome: str = "done"
    asked: list[Message] = field(default_factory=list)
    operator: Operator | None = None

    async def on_prompt(self, prompt: Message) -> Reply:
        self.asked.append(prompt)
        if prompt["kind"] == "question":
            chosen = next(outcome for word, outcome in self.questions.items() if word in prompt["text"])
            assert chosen in {choice["id"] for choice in prompt["choices"]}, prompt
            return {"outcome": chosen}
        assert prompt["kind"] == "action", prompt
        if self.outcome != "done" or prompt["action"] != "csms_request":
            return {"outcome": self.outcome}
        action = re.sub(r"(\.req|Request)$", "", prompt["args"]["message"])
        payload = self.requests[action]() if action in self.requests else prompt["args"].get("fields") or {}
        if action == "RemoteStopTransaction" and action not in self.requests:
            payload = {"transactionId": self.system.transaction}
        if payload is not None:
            await self.system.request(action, payload)
        return {"outcome": "done"}

    async def run(self, case: str, **tables: dict[str, str]) -> Payload:
        """Run a case; its row of `run --json`, with the exit status under "status"."""
        (row,) = await self.run_all(case, **tables)
        return row

    async def run_all(self, *cases: str, **tables: dict[str, str]) -> list[Payload]:
        """Run cases; the row of each, as `run` gives it."""
        project = write_project(self.folder, self.system, **tables)
        self.operator = await Operator.start(
            "run",
            project,
            *(word for case in cases for word in ("--case", case)),
            "--operator",
            "jsonl",
            "--out",
            "run",
            "--json",
            "result.json",
            cwd=self.folder,
            ACC_PASSWORD=PASSWORD,
        )
        try:
            status = await self.operator.work(self.on_prompt)
        finally:
            await self.operator.kill()
        summary = self.operator.messages[-1]
        assert summary["type"] == "summary", (summary, self.operator.err)
        return [
            {**next(row for row in reversed(summary["cases"]) if row["id"] == case), "status": status} for case in cases
        ]

    async def rejudged(self) -> Payload:
        found = await labapp("rejudge", "run", "--json", cwd=self.folder)
        assert found.status in (0, 1), found.err
        verdict: Payload = found.json
        return verdict
