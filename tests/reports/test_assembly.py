"""From the records of a run to the content of its report."""

from __future__ import annotations

import hashlib
import json
import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.engine.journal import digest
from labapp.reports import assembly
from labapp.reports.assembly import content_of
from labapp.reports.content import Case, Content
from labapp.reports.records import Records
from labapp.reports.run_directory import read_records
from tests.reports.sample import PROJECT, make_run_directory


def case(content: Content, name: str) -> Case:
    return next(case for case in content.cases if case.id == name)


def with_run(records: Records, **changes: Any) -> Records:
    """The same records with other members in run.json."""
    run = {**json.loads(records.named["run.json"]), **changes}
    return replace(records, named={**records.named, "run.json": json.dumps(run).encode()})


def test_the_same_records_give_the_same_content(records: Records, content: Content) -> None:
    assert content_of(records) == content


def test_every_row_of_the_plan_and_every_case_of_the_run_is_there(records: Records, content: Content) -> None:
    plan = [row["id"] for row in json.loads(records.named["plan.json"])]
    assert [case.id for case in content.cases] == plan
    besides = {"id": "TC_999_CS", "attempt": 1, "verdict": "PASS"}
    more = content_of(with_run(records, cases=[*json.loads(records.named["run.json"])["cases"], besides]))
    assert [case.id for case in more.cases] == [*plan, "TC_999_CS"]
    assert case(more, "TC_999_CS").reason == "Not in the plan; run on request."


def test_the_standing_attempt_is_marked_and_gives_the_verdict(content: Content) -> None:
    aborted_then_passed = case(content, "TC_003_CS")
    assert [attempt.standing for attempt in aborted_then_passed.attempts] == [False, True]
    assert aborted_then_passed.verdict == "PASS"
    failed_then_passed = case(content, "TC_010_CS")
    assert [attempt.standing for attempt in failed_then_passed.attempts] == [True, False]
    assert (failed_then_passed.verdict, failed_then_passed.in_order) == ("FAIL", False)
    amended = case(content, "TC_004_1_CS")
    assert [attempt.standing for attempt in amended.attempts] == [False, True]
    assert [one.cause for one in amended.attempts[0].amendments] == ["lab"]


def test_a_fail_that_must_be_is_in_order(content: Content) -> None:
    expected = case(content, "TC_044_1_CS")
    assert (expected.verdict, expected.expected, expected.in_order) == ("FAIL", True, True)


def test_cases_without_an_attempt_say_why(records: Records, content: Content) -> None:
    asked = case(content, "TC_001_CS")
    assert (asked.verdict, asked.remark) == ("NOT_RUN", "Not among the cases of this run.")
    plan = records.named["plan.json"].replace(b'"TC_002_CS"', b'"TC_999_CS"')
    unknown = case(content_of(replace(records, named={**records.named, "plan.json": plan})), "TC_999_CS")
    assert (unknown.verdict, unknown.remark) == ("NOT_RUN", "This version of labapp has no such case.")
    excluded = case(content, "TC_017_2_CS")
    assert excluded.verdict == "NOT_APPLICABLE"
    assert excluded.remark == excluded.reason != ""


def test_a_case_that_the_run_did_not_come_to_says_so(records: Records) -> None:
    line = {"seq": 1, "run": "r7f3a", "kind": "run_started", "content": {"cases": [{"id": "TC_001_CS"}, 7]}}
    journal = json.dumps(line).encode() + b"\n" + records.named["journal.jsonl"]
    ended = content_of(replace(records, named={**records.named, "journal.jsonl": journal}))
    assert case(ended, "TC_001_CS").remark == "The run ended before it."
    assert case(ended, "TC_070_CS").remark == "Not among the cases of this run."


def test_an_attempt_names_its_lines_in_the_journal(records: Records, content: Content) -> None:
    lines = records.named["journal.jsonl"].splitlines(keepends=True)
    attempts = [attempt for case in content.cases for attempt in case.attempts]
    assert attempts[0].first == 1
    for attempt in attempts:
        part = b"".join(lines[attempt.first - 1 : attempt.last])
        assert hashlib.sha256(part).hexdigest() == attempt.sha256
    assert sum(attempt.last - attempt.first + 1 for attempt in attempts) == len(lines)
    assert (content.journal.records, content.journal.head) == (len(lines), digest(lines[-1].rstrip(b"\n")))


def test_what_certification_asks_for_and_nobody_stated_is_listed(content: Content, tmp_path: Path) -> None:
    assert content.missing == ("Item under test: Pre-test", "Responsible persons: Authorised by")
    assert content.fact("item", "pre_test").shown == "not stated"
    bare = content_of(read_records(make_run_directory(tmp_path / "bare", short=True, project="[project]\n")))
    assert "Laboratory: Laboratory" in bare.missing
    assert "Report: Report number" in bare.missing
    assert bare.number == "r7f3a"


def test_deviations_and_incidents_are_told_one_after_the_other(content: Content, tmp_path: Path) -> None:
    assert content.fact("conduct", "deviations").shown == content.fact("conduct", "incidents").shown == "none reported"
    lines = (
        'pre_test = "charges"\ndeviations = ["no EV emulator, loads instead", "one cable"]\nincidents = ["power cut"]\n'
    )
    told = content_of(read_records(make_run_directory(tmp_path / "told", compact=True, project=PROJECT + lines)))
    assert told.fact("conduct", "deviations").value == "no EV emulator, loads instead; one cable"
    assert told.fact("conduct", "incidents").value == "power cut"
    assert told.fact("item", "pre_test").value == "charges"
    assert "Item under test: Pre-test" not in told.missing


def test_facts_come_from_the_declaration_before_the_project(tmp_path: Path) -> None:
    stated = make_run_directory(tmp_path / "a", short=True, project=PROJECT + '[dut]\nvendor = "other"\n')
    assert content_of(read_records(stated)).fact("item", "vendor").value == "labapp demonstration"
    (stated / "pics.toml").unlink()
    content = content_of(read_records(stated))
    assert content.fact("item", "vendor").value == "other"
    assert (content.pics, content.pics_sha256) == ((), "")


def test_every_key_of_the_specification_is_listed_once_all_were_read(records: Records, content: Content) -> None:
    lines = {line.key: line for line in content.configuration}
    assert len(lines) == 53
    assert not lines["BlinkRepeat"].implemented
    assert (lines["NumberOfConnectors"].accessibility, lines["NumberOfConnectors"].value) == ("R", "10")
    assert lines["X-Ladetechnik-ContactorSupervisionMode"].profile == "vendor"
    few = content_of(with_run(records, configuration=[{"key": "heartbeatinterval", "value": "5", "readonly": False}]))
    assert [line.key for line in few.configuration] == ["heartbeatinterval"]
    assert "Configuration keys: the complete list, as TC_019_CS reads it" in few.missing


@pytest.mark.parametrize(
    ("changes", "statement"),
    [
        ({}, "No statement of conformity yet: "),
        ({"demonstration": True}, "No statement of conformity is made: this is a demonstration."),
        ({"mode": "preparation"}, "No statement of conformity is made: this run was a preparation."),
    ],
)
def test_conformity_is_stated_only_where_it_can_be(records: Records, changes: dict[str, Any], statement: str) -> None:
    passing = [
        {"id": row["id"], "attempt": 1, "verdict": "PASS"}
        for row in json.loads(records.named["plan.json"])
        if row["id"] != "TC_001_CS"
    ]
    assert content_of(with_run(records, cases=passing, **changes)).statement.startswith(statement)


def test_conformity_needs_every_mandatory_and_applicable_conditional_case(records: Records, content: Content) -> None:
    assert content.statement.startswith("The tested item does not conform to the test plan: 2 of 78 ")
    rows = json.loads(records.named["plan.json"])
    passing = [{"id": row["id"], "attempt": 1, "verdict": "PASS"} for row in rows if row["requirement"] in ("M", "C")]
    assert content_of(with_run(records, cases=passing)).statement == (
        "All mandatory and applicable conditional test cases of the plan are in order: the tested item conforms to the test plan."
    )


def test_cases_besides_the_plan_have_their_verdict_and_no_part_in_the_statement(records: Records) -> None:
    rows = json.loads(records.named["plan.json"])
    passing = [{"id": row["id"], "attempt": 1, "verdict": "PASS"} for row in rows if row["requirement"] in ("M", "C")]
    failed = {"id": "TC_041_CS", "attempt": 1, "verdict": "FAIL", "reason_code": "missing", "text": "no answer"}
    besides = content_of(with_run(records, cases=[*passing, failed]))
    assert besides.statement.endswith("the tested item conforms to the test plan.")
    shown = case(besides, "TC_041_CS")
    assert (shown.verdict, shown.requirement, shown.applicable) == ("FAIL", "", False)
    assert shown.reason == (
        "Additional: Appendix C of edition 1.1.4 does not ask this case of a charging station "
        '(general.dut = "Charging Station"); it is outside the certification plan.'
    )
    assert case(besides, "TC_027_CS").verdict == "NOT_APPLICABLE"


def test_a_case_besides_the_plan_that_the_run_did_not_come_to_says_so(records: Records) -> None:
    line = {"seq": 1, "run": "r7f3a", "kind": "run_started", "content": {"cases": [{"id": "TC_041_CS"}]}}
    journal = json.dumps(line).encode() + b"\n" + records.named["journal.jsonl"]
    ended = content_of(replace(records, named={**records.named, "journal.jsonl": journal}))
    assert (case(ended, "TC_041_CS").verdict, case(ended, "TC_041_CS").applicable) == ("NOT_RUN", False)


def test_a_value_that_the_keys_have_bound_says_so(records: Records) -> None:
    bound = content_of(with_run(records, plan_decided={"values": {"heartbeat_interval": 20}}))
    shown = next(each for each in bound.settings if (each.table, each.key) == ("values", "heartbeat_interval"))
    assert shown.value == "20, as the device's keys allow no 10"


def test_without_a_plan_nothing_conforms(records: Records) -> None:
    bare = Records({name: data for name, data in records.named.items() if name != "plan.json"}, {})
    assert content_of(bare).statement == (
        "No statement of conformity is made: no declaration (PICS) was given, so there is no plan to conform to."
    )


def test_performance_is_stated_beside_what_was_measured(content: Content) -> None:
    lines = {line.title: (line.stated, line.measured, line.samples) for line in content.performance}
    assert lines["OCPP response timeout"] == ("2", "0.231", 412)
    assert lines["OCPP triggered function timeout"] == ("5", "not measured", 0)
    assert "Response time Authorize" not in lines


def test_a_modem_that_measured_is_equipment(content: Content) -> None:
    assert content.fact("conduct", "equipment").value == (
        "EVSE tester T2, no. 1187; Huawei E3372h, IMEI 861821030000000; "
        "modem huawei E3372h, no. 861821030000000, revision 21.200.07, operator Example NL, network LTE"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["run.json", "plan.json"]), st.randoms(use_true_random=False), json_values)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_record_makes_the_content_fail_but_by_a_message(
    records: Records, name: str, chance: random.Random, foreign: Any
) -> None:
    value = json.loads(records.named[name])
    node: Any = [value]
    place: Any = 0
    while isinstance(node[place], list | dict) and node[place] and chance.random() < 0.8:
        node = node[place]
        place = chance.randrange(len(node)) if isinstance(node, list) else chance.choice(list(node))
    node[place] = foreign
    with suppress(InputError):
        content_of(replace(records, named={**records.named, name: json.dumps(value).encode()}))


def test_files_are_listed_and_the_token_of_the_bench_is_not_read(records: Records, content: Content) -> None:
    assert [file.name for file in content.files] == ["files/diagnostics.log"]
    assert "bench.json" not in records.named


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("run.json", b"[]", "run.json: is no object - use the directory of a run, unchanged"),
        ("run.json", b"{", "run.json: is no JSON - use the directory of a run, unchanged"),
        ("run.json", b'{"cases": {}}', "run.json.cases: is no list - use the directory of a run, unchanged"),
        ("run.json", b'{"cases": [1]}', "run.json.cases[0]: is no object - use the directory of a run, unchanged"),
        (
            "run.json",
            b'{"cases": [{"id": "TC_001_CS", "attempt": "one"}]}',
            "run.json.cases[0].attempt: is no whole number - use the directory of a run, unchanged",
        ),
        (
            "run.json",
            b'{"tolerances": [{"name": "x", "seconds": "2"}]}',
            "run.json.tolerances[0].seconds: is no number - use the directory of a run, unchanged",
        ),
        ("project.toml", b"= 1", "project.toml: is no TOML - use the directory of a run, unchanged"),
        ("pics.toml", b"\xff", "pics.toml: is no TOML - use the directory of a run, unchanged"),
    ],
)
def test_records_that_are_not_what_labapp_writes_are_refused(
    records: Records, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        content_of(replace(records, named={**records.named, name: data}))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [(1786470.25, "1786470.2"), (1000.4, "1000.4"), (5, "5"), (0.123456789, "0.123457"), (-81, "-81"), (2000, "2000")],
)
def test_a_measured_figure_has_no_exponent(value: float, text: str) -> None:
    assert assembly._figure(value) == text


def test_a_plan_that_asks_for_nothing_gives_no_statement_of_conformity(records: Records) -> None:
    rows = [{**row, "requirement": "", "applicable": False} for row in json.loads(records.named["plan.json"])]
    bare = replace(records, named={**records.named, "plan.json": json.dumps(rows).encode()})
    assert content_of(bare).statement == (
        "No statement of conformity is made: no public certification plan says which of these test cases are asked."
    )
