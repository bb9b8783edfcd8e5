"""The report of a self-test, as values: what `labapp selftest --json` gives, and what is written out for others to judge again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labapp.cases.catalogue import CATALOGUE
from labapp.selftest.defects import due_of
from labapp.selftest.runner import CaseReport, Conformant, Defective, Trial

KINDS = ("change", "drop", "swap", "insert", "duplicate", "shift", "callerror", "schema")


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The whole self-test, JSON values throughout.

    conformant: {"id", "variant", "verdict"}. mutants: {"id", "case", "kind", "validation", "expected_verdict", "verdict",
    "at_step", "killed"} and more. equivalent: {"id", "rule"}. not_applied: like mutants; what stands here counts as no mutant.
    defects: {"defect", "case", "expected_verdict", "verdict", "as_due"} of runs against peers with a defect of their own.
    """

    conformant: Sequence[Mapping[str, Any]]
    mutants: Sequence[Mapping[str, Any]]
    equivalent: Sequence[Mapping[str, Any]]
    not_applied: Sequence[Mapping[str, Any]]
    defects: Sequence[Mapping[str, Any]]

    @property
    def alive(self) -> list[Mapping[str, Any]]:
        """Mutants that did not get the verdict that the rules give."""
        return [mutant for mutant in self.mutants if not mutant["killed"]]

    @property
    def broken(self) -> list[Mapping[str, Any]]:
        """Conformant runs that did not pass."""
        return [run for run in self.conformant if run["verdict"] != "PASS"]

    @property
    def in_order(self) -> bool:
        """Whether every mutant was applied and killed, every conformant run passed, and every defect came to what it must."""
        strayed = [run for run in self.defects if not run["as_due"]]
        return bool(self.conformant) and not (self.alive or self.broken or self.not_applied or strayed)

    def as_json(self) -> dict[str, Any]:
        """As `labapp selftest --json` prints it."""
        return {
            "conformant": list(self.conformant),
            "mutants": list(self.mutants),
            "equivalent": list(self.equivalent),
            "not_applied": list(self.not_applied),
            "defects": list(self.defects),
        }


def entry_of(run: Conformant) -> dict[str, Any]:
    """A conformant run."""
    return {"id": run.case, "variant": run.setting, "verdict": run.verdict}


def mutant_of(trial: Trial) -> dict[str, Any]:
    """A mutant that was run. expected_rule: of the review, "" when none decides; law: why the verdict is due."""
    mutant, seen = trial.mutant, trial.seen
    return {
        "id": trial.id,
        "case": trial.case,
        "variant": trial.setting,
        "kind": mutant.kind,
        "validation": mutant.validation,
        "what": mutant.what,
        "expected_verdict": mutant.due.verdict,
        "expected_at_step": mutant.due.at,
        "expected_rule": mutant.due.rule,
        "law": mutant.due.law,
        "verdict": seen.verdict,
        "at_step": mutant.due.at if trial.killed else seen.at,
        "reason_code": seen.reason,
        "rules": sorted({rule for rule, _ in seen.rules}),
        "killed": trial.killed,
        "fault": trial.fault,
    }


def defect_of(run: Defective) -> dict[str, Any]:
    """A run against a defective peer."""
    due = due_of(CATALOGUE[run.case], run.defect)
    return {
        "defect": run.defect,
        "case": run.case,
        "expected_verdict": due.verdict if due else "PASS",
        "verdict": run.result["verdict"],
        "as_due": run.as_due,
    }


def join(reports: Iterable[Mapping[str, Any]]) -> SelfTest:
    """The self-test from the parts that `part_of` made."""
    parts = list(reports)
    return SelfTest(
        [entry for part in parts for entry in part["conformant"]],
        [entry for part in parts for entry in part["mutants"]],
        [entry for part in parts for entry in part["equivalent"]],
        [entry for part in parts for entry in part["not_applied"]],
        [entry for part in parts for entry in part["defects"]],
    )


def part_of(report: CaseReport) -> dict[str, Any]:
    """One case's part of the report. A mutant that broke the tool was run, and is one that lives."""
    applied = [trial for trial in report.trials if trial.trace.applied or trial.fault]
    return {
        "conformant": [entry_of(run) for run in report.conformant],
        "mutants": [mutant_of(trial) for trial in applied],
        "equivalent": [{"id": name, "rule": rule} for name, rule in report.equivalent],
        "not_applied": [mutant_of(trial) for trial in report.trials if not (trial.trace.applied or trial.fault)],
        "defects": [defect_of(run) for run in report.defective],
    }


def write_out(report: CaseReport, directory: Path) -> None:
    """Write each run of a case: its journal, and for a mutant what it says and its frames before and after.

    DIRECTORY/CASE/conformant-SETTING.jsonl, defect-NAME.jsonl, NUMBER.jsonl and mutants.json.
    """
    folder = directory / report.case
    folder.mkdir(parents=True, exist_ok=True)
    for run in report.conformant:
        (folder / f"conformant-{run.setting}.jsonl").write_bytes(run.journal.text)
    for defective in report.defective:
        (folder / f"defect-{defective.defect}.jsonl").write_bytes(defective.journal.text)
    written = []
    for number, trial in enumerate(report.trials, start=1):
        name = f"{number:04}.jsonl"
        (folder / name).write_bytes(trial.journal.text)
        frames = {"before": trial.trace.before, "after": trial.trace.after}
        written.append({**mutant_of(trial), "applied": trial.trace.applied, **frames, "journal": name})
    text = json.dumps(written, indent=1, ensure_ascii=False)
    (folder / "mutants.json").write_text(text + "\n", encoding="utf-8")


def table(test: SelfTest) -> str:
    """The report as a person reads it: for each case its conformant runs and the mutants of each kind, killed of made."""
    cases = list(dict.fromkeys(entry["id"] for entry in test.conformant))
    made = Counter((mutant["case"], mutant["kind"]) for mutant in test.mutants)
    killed = Counter((mutant["case"], mutant["kind"]) for mutant in test.mutants if mutant["killed"])
    lines = ["case          conformant  " + "  ".join(f"{kind:>9}" for kind in KINDS)]
    for case in cases:
        runs = [entry for entry in test.conformant if entry["id"] == case]
        passed = f"{sum(run['verdict'] == 'PASS' for run in runs)}/{len(runs)}"
        cells = [f"{killed[case, kind]}/{made[case, kind]}" if made[case, kind] else "-" for kind in KINDS]
        lines.append(f"{case:<13} {passed:>10}  " + "  ".join(f"{cell:>9}" for cell in cells))
    lines.append("")
    lines.extend(_trouble(test))
    total, alive = len(test.mutants), len(test.alive)
    lines.append(
        f"{total - alive} of {total} mutants killed, {len(test.equivalent)} equivalent, {len(test.not_applied)} not applied; "
        f"{len(test.conformant) - len(test.broken)} of {len(test.conformant)} conformant runs passed; "
        f"{sum(run['as_due'] for run in test.defects)} of {len(test.defects)} runs with defects ended as they must"
    )
    return "\n".join(lines) + "\n"


def _trouble(test: SelfTest) -> list[str]:
    lines = [f"not PASS: {run['id']} {run['variant']}: {run['verdict']}" for run in test.broken]
    lines += [
        f"alive: {each['id']}: {each['what']}; {each['expected_verdict']} was due at step {each['expected_at_step']}, "
        f"{each['verdict']} came at {each['at_step']}" + (f" ({each['fault']})" if each["fault"] else "")
        for each in test.alive
    ]
    lines += [f"not applied: {each['id']}: {each['what']}" for each in test.not_applied]
    lines += [
        f"defect {run['defect']} in {run['case']}: {run['expected_verdict']} was due, {run['verdict']} came"
        for run in test.defects
        if not run["as_due"]
    ]
    return [*lines, ""] if lines else lines
