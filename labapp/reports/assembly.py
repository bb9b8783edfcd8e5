"""From the records to the report's content: pure, and the same records always give the same content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labapp.cases.catalogue import CATALOGUE
from labapp.domain.run_files import JOURNAL, PICS, PLAN, PROJECT, RESULT
from labapp.ocpp.configuration_keys import CONFIGURATION_KEYS, configuration_key, required_keys
from labapp.reports import basis
from labapp.reports.attempts import attempts_of
from labapp.reports.content import (
    FORMAT,
    Amendment,
    Case,
    ConfigurationLine,
    Content,
    Count,
    Declared,
    EvidenceFile,
    FactGroup,
    Journal,
    NetworkLine,
    PerformanceLine,
    PlanLine,
    Reset,
    Setting,
    ToleranceLine,
)
from labapp.reports.facts import declaration_of, fact_groups, sut_of
from labapp.reports.journal_facts import JournalFacts, journal_facts
from labapp.reports.records import Given, Records, filled, rows_of, text_of
from labapp.reports.self_test import self_test_of

_VERDICTS = ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN", "NOT_APPLICABLE")
_REQUIRED = ("M", "C")

#: Performance parameters of 004, section 8.2.1, by their key in the declaration.
_PERFORMANCE = {
    "ocpp_triggered_function_timeout": "OCPP triggered function timeout",
    "ocpp_response_timeout": "OCPP response timeout",
    "response_time_authorize": "Response time Authorize",
    "response_time_remote_start_transaction": "Response time RemoteStartTransaction",
}
_PERFORMANCE_OF = {
    "cs": ("ocpp_triggered_function_timeout", "ocpp_response_timeout", "response_time_remote_start_transaction"),
    "csms": ("ocpp_response_timeout", "response_time_authorize"),
}


def content_of(records: Records) -> Content:
    """The content of the report on these records.

    Raises InputError when a record is missing or is not what labapp writes.
    """
    run = Given.of(records.json_of(RESULT), RESULT)
    project = Given.of(records.toml_of(PROJECT), PROJECT)
    pics = records.toml_of(PICS)
    declaration = declaration_of(pics)
    sut = sut_of(run, project, declaration)
    journal_data = records.bytes_of(JOURNAL)
    journal = journal_facts(journal_data)
    plan = tuple(_plan_line(row) for row in rows_of(records.json_of(PLAN) or [], PLAN))
    amendments = tuple(filled(Amendment, row) for row in run.rows("amendments"))
    groups = fact_groups(run, project, declaration)
    tester = next(fact.value for group in groups for fact in group.facts if fact.key == "tested_by") or ""
    cases = _cases(run, plan, journal, amendments, tester)
    configuration, complete = _configuration(run) if sut == "cs" else ((), True)
    demonstration = run.flag("demonstration")
    mode = run.text("mode") or project.table("project").text("mode", "preparation")
    report = project.table("report")
    return Content(
        format=FORMAT,
        number=report.text("number") or run.text("run") or "not numbered",
        version=report.integer("version") or 1,
        title=f"OCPP {run.text('ocpp', '1.6')} conformance of a {'charging station' if sut == 'cs' else 'central system'}",
        mode=mode,
        demonstration=demonstration,
        statement=_statement(cases, mode, demonstration, plan=plan),
        decision_rule=basis.DECISION_RULE,
        scope_statement=basis.SCOPE_STATEMENT,
        missing=_missing(groups, complete),
        counts=_counts(cases),
        groups=groups,
        pics_sha256=_sha256(records.bytes_of(PICS)) if pics else "",
        pics=_declared(pics),
        plan=plan,
        cases=cases,
        resets=tuple(filled(Reset, row) for row in run.rows("resets")),
        amendments=amendments,
        network=tuple(line for row in run.rows("network") for line in _network_lines(row)),
        configuration=configuration,
        performance=_performance(run, pics, sut),
        tolerances=tuple(
            ToleranceLine(row.text("name"), row.number("seconds"), row.number("share"), row.text("why"))
            for row in run.rows("tolerances")
        ),
        settings=tuple(_settings(project, run.table("plan_decided").table("values").members)),
        self_test=self_test_of(records, run.text("judge")),
        journal=Journal(journal.head, journal.records, _sha256(journal_data)),
        files=tuple(EvidenceFile(name, len(data), _sha256(data)) for name, data in sorted(records.files.items())),
    )


def _missing(groups: tuple[FactGroup, ...], keys_complete: bool) -> tuple[str, ...]:
    facts = [
        f"{group.title}: {fact.title}"
        for group in groups
        for fact in group.facts
        if fact.required and fact.value is None
    ]
    return tuple(facts) if keys_complete else (*facts, "Configuration keys: the complete list, as TC_019_CS reads it")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _declared(pics: Mapping[str, Any]) -> tuple[Declared, ...]:
    return tuple(
        Declared(f"{form}.{name}", text_of(answer))
        for form, part in pics.items()
        if isinstance(part, Mapping)
        for name, answer in part.items()
    )


def _plan_line(row: Given) -> PlanLine:
    return PlanLine(
        number=row.text("number"),
        id=row.text("id"),
        block=row.text("block"),
        title=row.text("title"),
        requirement=row.text("requirement"),
        applicable=row.flag("applicable"),
        condition=row.text("condition"),
        reason=row.text("reason"),
        answers=row.texts("answers"),
    )


def _cases(
    run: Given, plan: tuple[PlanLine, ...], journal: JournalFacts, amendments: tuple[Amendment, ...], tester: str
) -> tuple[Case, ...]:
    """The rows of the plan in its order, then the cases that were run without standing in it."""
    entries: dict[str, list[Given]] = {}
    for row in run.rows("cases"):
        entries.setdefault(row.text("id"), []).append(row)
    lines = {line.id: line for line in plan}
    beside = [name for name in entries if name not in lines]
    return tuple(
        _case(name, lines.get(name), entries.get(name, []), journal, amendments, tester) for name in [*lines, *beside]
    )


def _case(
    name: str,
    line: PlanLine | None,
    entries: list[Given],
    journal: JournalFacts,
    amendments: tuple[Amendment, ...],
    tester: str,
) -> Case:
    attempts = attempts_of(name, entries, journal, amendments, tester)
    standing = next((attempt for attempt in attempts if attempt.standing), None)
    applicable = line is None or line.applicable or (line.requirement == "" and name in journal.asked)
    if standing is not None:
        verdict, remark = standing.verdict, standing.text
    elif attempts:
        verdict, remark = "NOT_RUN", "Every attempt was aborted."
    elif applicable:
        verdict, remark = "NOT_RUN", _why_not_run(name, journal)
    else:
        verdict, remark = "NOT_APPLICABLE", line.reason if line else ""
    first = entries[0] if entries else None
    return Case(
        id=name,
        title=line.title if line else first.text("title") if first else "",
        block=line.block if line else "",
        requirement=line.requirement if line else "",
        applicable=line is None or line.applicable,
        reason=line.reason if line else "Not in the plan; run on request.",
        verdict=verdict,
        expected=standing is not None and standing.expected,
        remark=remark,
        attempts=attempts,
    )


def _why_not_run(case: str, journal: JournalFacts) -> str:
    if case not in CATALOGUE:
        return "This version of labapp has no such case."
    return "The run ended before it." if case in journal.asked else "Not among the cases of this run."


def _counts(cases: tuple[Case, ...]) -> tuple[Count, ...]:
    total = Counter(case.verdict for case in cases)
    in_order = Counter(case.verdict for case in cases if case.in_order)
    names = [*_VERDICTS, *(verdict for verdict in total if verdict not in _VERDICTS)]
    return tuple(Count(verdict, total[verdict], in_order[verdict]) for verdict in names if total[verdict])


def _statement(cases: tuple[Case, ...], mode: str, demonstration: bool, plan: Sequence[PlanLine]) -> str:
    """The statement of conformity. Source: 004, sections 5.4 and 7.1.3; ISO/IEC 17025:2017, 7.8.6."""
    if demonstration:
        return basis.SIMULATED
    if mode != "certification":
        return basis.PREPARATION
    if not plan:
        return basis.NO_PLAN
    if not any(line.requirement for line in plan):
        return basis.NOTHING_ASKED
    asked = [case for case in cases if case.applicable and case.requirement in _REQUIRED]
    failed = sum(case.verdict == "FAIL" and not case.in_order for case in asked)
    undecided = sum(not case.in_order for case in asked) - failed
    if failed:
        return basis.DOES_NOT_CONFORM.format(failed=failed, asked=len(asked))
    return basis.UNDECIDED.format(undecided=undecided, asked=len(asked)) if undecided else basis.CONFORMS


def _figure(value: float) -> str:
    """A measured value to read: no exponent, one decimal where it is large."""
    text = f"{value:.1f}" if abs(value) >= 1000 else f"{value:.6g}"
    return text.removesuffix(".0")


def _network_lines(row: Given) -> Iterator[NetworkLine]:
    for one in row.rows("measurements"):
        limit = one.members.get("limit")
        yield NetworkLine(
            at=row.text("at"),
            title=one.text("title"),
            value="unknown" if one.members.get("value") is None else _figure(one.number("value")),
            unit=one.text("unit"),
            limit=f"{limit.get('bound')} {text_of(limit.get('value'))}" if isinstance(limit, Mapping) else "none",
            verdict=one.text("verdict"),
            note=one.text("note"),
        )


def _configuration(run: Given) -> tuple[tuple[ConfigurationLine, ...], bool]:
    """The configuration keys by name, and whether the device has told all that it knows.

    Then the keys of the specification that it did not tell are not implemented; before, nothing can be said of them.
    """
    reported = {row.text("key"): row for row in run.rows("configuration")}
    known = {name.lower() for name in reported}
    lines = [_configuration_line(name, row) for name, row in reported.items()]
    complete = all(key.name.lower() in known for key in required_keys(("Core",)))
    if complete:
        lines += [_configuration_line(name, None) for name in CONFIGURATION_KEYS if name.lower() not in known]
    return tuple(sorted(lines, key=lambda line: line.key.lower())), complete


def _configuration_line(name: str, row: Given | None) -> ConfigurationLine:
    key = configuration_key(name)
    return ConfigurationLine(
        key=name,
        implemented=row is not None,
        accessibility="" if row is None else "R" if row.flag("readonly") else "RW",
        value="" if row is None else row.text("value"),
        profile=key.profile if key else "vendor",
        standard=key.accessibility if key else "",
        meaning=key.meaning if key else "",
    )


def _performance(run: Given, pics: Mapping[str, Any], sut: str) -> tuple[PerformanceLine, ...]:
    declared = pics.get("performance")
    declared = declared if isinstance(declared, Mapping) else {}
    measured = {row.text("name"): row for row in run.rows("performance")}
    lines = []
    for name in _PERFORMANCE_OF.get(sut, ()):
        row, stated = measured.get(name), declared.get(name, "")
        lines.append(
            PerformanceLine(
                title=_PERFORMANCE[name],
                stated="not stated" if stated == "" else text_of(stated),
                measured=f"{row.number('value'):.4g}" if row else "not measured",
                unit="s",
                samples=(row.integer("samples") or 0) if row else 0,
            )
        )
    return tuple(lines)


def _settings(project: Given, moved: Mapping[str, Any]) -> Iterator[Setting]:
    """The tables that say how the tool was set; secrets stand there by name only. moved: values that the device's keys bound."""
    for table in ("connection", "values", "timeouts", "run", "network"):
        for setting in _settings_of(table, project.table(table)):
            if table == "values" and setting.key in moved:
                value = f"{text_of(moved[setting.key])}, as the device's keys allow no {setting.value}"
                yield Setting(setting.table, setting.key, value)
            else:
                yield setting


def _settings_of(name: str, table: Given) -> Iterator[Setting]:
    for key, value in table.members.items():
        if isinstance(value, Mapping):
            yield from _settings_of(f"{name}.{key}", table.table(key))
        else:
            yield Setting(name, key, text_of(value))
