"""What the result of a run means for whoever called: the exit status, and the result as JUnit XML."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from labapp.bench.deciding import planned_rows
from labapp.bench.history import standing_result
from labapp.cases.catalogue import CATALOGUE
from labapp.domain.errors import InputError
from labapp.domain.run_files import RESULT

Result = Mapping[str, Any]

#: Characters that XML 1.0 does not have.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_IN_ORDER = frozenset({"PASS", "NOT_APPLICABLE"})


def result_of(directory: Path) -> Result:
    """The result of a run as its directory keeps it (`run.json`). Raises InputError when there is none that can be read."""
    path = directory / RESULT
    try:
        result: Result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        mend = f"labapp run --resume {directory} writes it anew"
        raise InputError(f"cannot be read: {reason}", where=str(path), mend=mend) from None
    return result


def standing_results(result: Result) -> list[Result]:
    """The attempt that counts of each case that has one, in the order of the cases."""
    found = (_standing(result, name) for name in dict.fromkeys(entry["id"] for entry in result["cases"]))
    return [entry for entry in found if entry is not None]


def _standing(result: Result, case: str) -> Result | None:
    return standing_result(result["cases"], result["amendments"], case)


def exit_status(result: Result, asked: Iterable[str]) -> int:
    """The exit status of a run: 4 a bug in labapp, 3 the environment, 2 unusable input, 1 a case is not in order, 0 otherwise.

    asked: ids of the cases that the run was for.
    """
    standing = [_standing(result, case) for case in dict.fromkeys(asked)]
    statuses = [fault["exit_status"] for fault in faults_of(result)]
    statuses += [3 for entry in standing if entry and entry["verdict"] == "ERROR"]
    statuses += [1 for entry in standing if not entry or not in_order(entry)]
    return max(statuses, default=0)


def undecided(directory: Path, result: Result, asked: Iterable[str]) -> list[str]:
    """Rows of the plan that apply and that this version has no case for: a certification by the plan leaves them open.

    None in preparation, and none of a run that was for a part of the plan only. asked: as `exit_status` has it. Raises InputError
    for a plan that was changed.
    """
    if result["mode"] != "certification":
        return []
    applicable = [row.id for row in planned_rows(directory) if row.applicable]
    whole = {name for name in applicable if name in CATALOGUE} <= set(asked)
    return [name for name in applicable if name not in CATALOGUE] if whole else []


def faults_of(result: Result) -> list[Result]:
    """What went wrong besides the verdicts, each with `text` and `exit_status`: in the run, and in its report."""
    faults = [result.get("fault"), result.get("report", {}).get("fault")]
    return [fault for fault in faults if fault]


def in_order(entry: Result) -> bool:
    """Whether an attempt's verdict needs nobody's attention."""
    return entry["verdict"] in _IN_ORDER or bool(entry["expected"])


def junit(result: Result) -> str:
    """The result as JUnit XML: one testcase for the standing attempt of each case."""
    standing = standing_results(result)
    suite = ET.Element("testsuite", name=f"labapp OCPP {result['ocpp']} {result['sut']}", timestamp=result["started"])
    counts = {"tests": len(standing), "failures": 0, "errors": 0, "skipped": 0}
    properties = ET.SubElement(suite, "properties")
    for name in ("run", "mode", "judge", "version", "demonstration"):
        _property(properties, name, result[name])
    for entry in standing:
        count = _testcase(suite, entry, f"ocpp{result['ocpp']}.{result['sut']}")
        if count:
            counts[count] += 1
    for name, number in counts.items():
        suite.set(name, str(number))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _testcase(suite: ET.Element, entry: Result, group: str) -> str:
    """Add an attempt; returns which count it adds to, "" for none."""
    case = ET.SubElement(suite, "testcase", name=entry["id"], classname=group, time=f"{_seconds(entry):.3f}")
    properties = ET.SubElement(case, "properties")
    for name in ("attempt", "verdict", "tool_result", "review_result", "reason_code", "expected"):
        _property(properties, name, entry[name])
    if entry["verdict"] == "NOT_APPLICABLE":
        ET.SubElement(case, "skipped", message=_clean(entry["text"]))
        return "skipped"
    if in_order(entry):
        return ""
    kind = "error" if entry["verdict"] in ("ERROR", "NOT_RUN") else "failure"
    element = ET.SubElement(case, kind, type=entry["verdict"], message=_clean(entry["text"]))
    element.text = _clean("\n".join(finding["text"] for finding in entry["findings"]))
    return f"{kind}s"


def _property(parent: ET.Element, name: str, value: Any) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    ET.SubElement(parent, "property", name=name, value=_clean(text))


def _seconds(entry: Result) -> float:
    started, ended = (datetime.fromisoformat(entry[name]) for name in ("started", "ended"))
    return max(0.0, (ended - started).total_seconds())


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def summary_lines(result: Result, asked: Sequence[str]) -> list[str]:
    """The result for a person: a line for each case that was asked for."""
    lines = []
    for case in dict.fromkeys(asked):
        entry = _standing(result, case)
        if entry is None:
            lines.append(f"{case:<16} has no attempt that counts")
            continue
        reason = f" ({entry['reason_code']})" if entry["reason_code"] else ""
        expected = ", as expected" if entry["expected"] else ""
        lines.append(f"{case:<16} {entry['verdict']}{reason}{expected}")
        lines += [f"    {finding['text']}" for finding in entry["findings"]]
        if not in_order(entry) and not entry["findings"] and entry["text"]:
            lines.append(f"    {entry['text']}")
    return lines
