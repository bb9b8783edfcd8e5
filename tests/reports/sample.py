"""A run directory as a run leaves it, built by code: real journal, plan of the demonstration's declaration, every kind of verdict."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from labapp.domain.measurement import (
    BANDWIDTH_LIMIT,
    LATENCY_LIMIT,
    RSSI_LIMIT,
    Measurement,
    ModemFacts,
    NetworkMeasurement,
    measurement_to_json,
)
from labapp.domain.stamps import Stamp, utc_text
from labapp.domain.tolerances import TOLERANCES
from labapp.engine.journal_file import JournalWriter
from labapp.locator import data_path
from labapp.ocpp.configuration_keys import CONFIGURATION_KEYS
from labapp.services.planning import declaration_of, plan_as_json, plan_for

BEGIN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
RUN = "r7f3a"

PROJECT = """
[project]
ocpp = "1.6"
sut = "cs"
mode = "certification"
pics = "pics.toml"
lab = "Example Test House"
tester = "M. Jansen"

[connection]
listen = "192.0.2.10:9000"
identity = "CS-0001"
security_profile = 1
password = "env:STATION_PASSWORD"

[values]
connector_id = 1
valid_id_tag = "04A1B2C3"
heartbeat_interval = 10

[timeouts]
message = 30
reboot = 600

[run]
reset = "ocpp"
review = "ask"
cut = "refuse"

[report]
laboratory = "Example Test House B.V., Voorbeeldstraat 1, 6811 AA Arnhem"
place = "Arnhem, bench 2"
accreditation = "RvA L 000 (ISO/IEC 17025)"
customer = "Süd & Ost <Ladetechnik> GmbH, Industriestraße 12, 80331 München"
number = "ETH-2026-0042"
version = 2
replaces = "ETH-2026-0041"
condition = "new, undamaged, sealed"
received = 2026-11-17
equipment = ["EVSE tester T2, no. 1187", "Huawei E3372h, IMEI 861821030000000"]
tested_by = "M. Jansen"
checked_by = "A. de Vries"
"""

#: Digest of the judge that gave the verdicts.
JUDGE = "5c1f" * 16

#: A self-test of this judge, as labapp keeps it.
SUMMARY = {
    "judge": JUDGE,
    "version": "0.1.0",
    "started": "2026-11-20T08:30:00Z",
    "seconds": 62,
    "cases": [
        {
            "id": "TC_003_CS",
            "conformant": {"standard": "PASS", "sockets": "FAIL"},
            "mutants": {
                "change": {"made": 12, "killed": 12},
                "drop": {"made": 9, "killed": 8},
                **{
                    kind: {"made": 1, "killed": 1}
                    for kind in ("swap", "insert", "duplicate", "shift", "callerror", "schema")
                },
            },
            "not_applied": 2,
            "equivalent": 3,
        }
    ],
}

HOSTILE = '=HYPERLINK("http://example.com","open")'


UPLOAD = b"boot ok\n" * 20


class Clock:
    """A wall clock that moves only when it is asked to."""

    def __init__(self) -> None:
        self.moment = BEGIN

    def now(self) -> Stamp:
        return Stamp(self.moment, int((self.moment - BEGIN).total_seconds() * 1e9))

    def forward(self, seconds: float) -> Stamp:
        self.moment += timedelta(seconds=seconds)
        return self.now()


class _Run:
    """Writes journal and result side by side."""

    def __init__(self, journal: JournalWriter, clock: Clock) -> None:
        self.journal, self.clock = journal, clock
        self.cases: list[dict[str, Any]] = []
        self.number = 0

    def attempt(self, case: str, try_number: int, verdict: str, **changes: Any) -> None:
        self.number += 1
        started = self.clock.forward(4)
        self.journal.append(
            started, RUN, "attempt_started", {"run": RUN, "number": self.number, "case": case, "try_number": try_number}
        )
        frame = f'[2,"{RUN}-{self.number}-1","StatusNotification",{{"connectorId":1,"status":"Preparing"}}]'
        self.journal.append(self.clock.forward(0.2), RUN, "frame", {"dir": "in", "text": frame})
        ended = self.clock.forward(11.5)
        entry = {
            "id": case,
            "attempt": try_number,
            "verdict": verdict,
            "tool_result": {"PASS": "PASS", "FAIL": "FAIL"}.get(verdict, "NONE"),
            "review_result": "NONE",
            "reason_code": "" if verdict == "PASS" else "validation",
            "expected": False,
            "started": utc_text(started.utc),
            "ended": utc_text(ended.utc),
            "text": "The review is approved and the tool's result is PASS." if verdict == "PASS" else "",
            "validations": [
                {"id": f"{case}/1/StatusNotification.req/1/", "status": "passed"},
                {
                    "id": f"{case}/1/StatusNotification.req/1/status",
                    "status": "passed" if verdict == "PASS" else "failed",
                },
                {"id": f"{case}/3/Authorize.conf/1/idTagInfo.status", "status": "not_exercised"},
            ],
            "findings": [],
            "observations": [],
            "reviews": [],
        } | changes
        self.cases.append(entry)
        self.journal.append(ended, RUN, "attempt_ended", entry)


def finding(**changes: Any) -> dict[str, Any]:
    """A finding as the engine writes it."""
    return {
        "step": 12,
        "message": "MeterValues.req",
        "field": "meterValue[].sampledValue[context=Transaction.End].value",
        "expected": "<present>",
        "received": "Sample.Periodic",
        "clause": "003 Table 71, validation of step 12",
        "text": "No sampled value has the context Transaction.End; the nearest one has Sample.Periodic.",
        "frame": 17,
        "reason_code": "validation",
    } | changes


REVIEW = {
    "id": "r1",
    "kind": "unexpected",
    "seq": 31,
    "connector": 1,
    "status": "SuspendedEV",
    "error_code": "NoError",
    "info": "EV pauses",
    "rule": "D2.e",
    "advice": "accept",
    "note": "The suspended states may come before StartTransaction or StopTransaction.",
    "step": 5,
    "received_instead": "",
    "decision": "accept",
    "by": "operator",
    "reason": "The car was seen to pause.",
}


SPECIAL = ("TC_003_CS", "TC_004_1_CS", "TC_010_CS", "TC_011_1_CS", "TC_013_CS", "TC_014_CS", "TC_044_1_CS")


def _attempts(run: _Run, plan: list[dict[str, Any]], short: bool) -> None:
    special = {
        "TC_003_CS": lambda name: (
            run.attempt(name, 1, "INCONCLUSIVE", reason_code="aborted", text="ended by the operator: repeat"),
            run.attempt(name, 2, "PASS", review_result="ACCEPTED", reviews=[REVIEW]),
        ),
        "TC_004_1_CS": lambda name: (
            run.attempt(name, 1, "FAIL", findings=[finding(step="CHARGING:3")], reason_code="in_preparation"),
            run.attempt(name, 2, "PASS"),
        ),
        "TC_010_CS": lambda name: (
            run.attempt(name, 1, "FAIL", findings=[finding()], observations=[{
                "step": 4, "message": "Heartbeat.req", "text": "Heartbeats come every 9 s instead of 10 s.", "frame": 9, "rule": "",
            }]),
            run.attempt(name, 2, "PASS"),
        ),
        "TC_011_1_CS": lambda name: run.attempt(
            name, 1, "FAIL", findings=[finding(received=HOSTILE, text="The idTag begins with '='."), finding(frame=None)] * 4
        ),
        "TC_013_CS": lambda name: run.attempt(name, 1, "NOT_RUN", reason_code="blocked_by_reset", validations=[]),
        "TC_014_CS": lambda name: run.attempt(name, 1, "ERROR", reason_code="environment", text="the disc is full"),
        "TC_044_1_CS": lambda name: run.attempt(name, 1, "FAIL", expected=True, text="P4: this FAIL is expected."),
    }  # fmt: skip
    for row in plan:
        if row["applicable"] and (not short or row["id"] in special):
            special.get(row["id"], lambda name: run.attempt(name, 1, "PASS"))(row["id"])


def _network() -> dict[str, Any]:
    measurements = (
        Measurement("bandwidth_download", 412.5, "kB/s", BANDWIDTH_LIMIT, "5 s of GET"),
        Measurement("bandwidth_upload", 96.1, "kB/s", BANDWIDTH_LIMIT),
        Measurement("latency_median", 41.2, "ms", LATENCY_LIMIT, "20 probes"),
        Measurement("latency_p95", 1080.0, "ms", LATENCY_LIMIT, "nearest rank"),
        Measurement("loss", 0.0, "%", None),
        Measurement("rssi", -71.0, "dBm", RSSI_LIMIT, "AT+CSQ 21"),
    )
    modem = ModemFacts(
        "serial", "/dev/ttyUSB0", "huawei", "E3372h", "21.200.07", "861821030000000", "Example NL", "LTE"
    )
    return measurement_to_json(NetworkMeasurement(BEGIN, "https://far.example.com", "wwan0", "4G", modem, measurements))


def _configuration() -> list[dict[str, Any]]:
    keys = [key for key in CONFIGURATION_KEYS.values() if key.name not in ("AuthorizationKey", "BlinkRepeat")]
    rows = [{"key": key.name, "value": "10", "readonly": key.accessibility == "R"} for key in keys]
    vendor = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger," * 3
    return [*rows, {"key": "X-Ladetechnik-ContactorSupervisionMode", "value": vendor.strip(","), "readonly": False}]


def make_run_directory(
    folder: Path,
    *,
    demonstration: bool = False,
    short: bool = False,
    compact: bool = False,
    project: str = PROJECT,
    **further: Any,
) -> Path:
    """A complete run directory, without a report. further: members of run.json.

    short: only the special cases are run. compact: besides, plan and configuration hold little, so that drawing is quick.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "files").mkdir()
    (folder / "files" / "diagnostics.log").write_bytes(UPLOAD)
    (folder / "bench.json").write_text('{"token":"never-leaves-the-machine"}', encoding="utf-8")
    (folder / "project.toml").write_text(project, encoding="utf-8")
    pics = data_path("resources") / "demo" / "pics.toml"
    (folder / "pics.toml").write_bytes(pics.read_bytes())
    plan = plan_as_json(plan_for(declaration_of(pics)))
    if compact:
        plan = [row for row in plan if row["id"] in SPECIAL]
    (folder / "plan.json").write_text(json.dumps(plan, ensure_ascii=False, indent=1), encoding="utf-8")
    clock = Clock()
    with JournalWriter(folder / "journal.jsonl", clock) as journal:
        run = _Run(journal, clock)
        _attempts(run, plan, short or compact)
    result = {
        "cases": run.cases,
        "run": RUN,
        "ocpp": "1.6",
        "sut": "cs",
        "mode": "certification",
        "demonstration": demonstration,
        "started": utc_text(BEGIN),
        "ended": utc_text(clock.moment),
        "judge": JUDGE,
        "version": "0.1.0",
        "resets": [
            {"attempt": 1, "verdict": "PASS", "started": utc_text(BEGIN), "ended": utc_text(BEGIN), "text": "idle was shown"},
            {"attempt": 2, "verdict": "FAIL", "started": utc_text(BEGIN), "ended": utc_text(BEGIN), "text": "connector 2 Faulted"},
        ],
        "amendments": [
            {"case": "TC_004_1_CS", "attempt": 1, "cause": "lab", "reason": "The cable was not plugged in fully.",
             "who": "M. Jansen", "at": utc_text(clock.moment)},
        ],
        "network": [_network()],
        "files": [
            {"direction": "upload", "protocol": "FTP", "name": "diagnostics.log", "file": "diagnostics.log", "bytes": len(UPLOAD),
             "sha256": hashlib.sha256(UPLOAD).hexdigest(), "complete": True, "fault": ""},
        ],
        "configuration": _configuration()[: 5 if compact else None],
        "tolerances": [
            {"name": one.name, "seconds": one.seconds, "share": one.share, "why": one.why} for one in TOLERANCES.values()
        ],
        "performance": [{"name": "ocpp_response_timeout", "value": 0.231, "samples": 412}],
    } | further  # fmt: skip
    (folder / "run.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder
