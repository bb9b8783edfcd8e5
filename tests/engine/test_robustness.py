"""Whatever a device sends: no exception, no silence towards a valid request, the same outcome each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labapp.cases.catalogue import ALL
from labapp.domain.testcase import CHARGE_POINT
from labapp.engine.attempt import MOST_LISTED
from labapp.ocpp.initiators import INITIATORS
from labapp.ocpp.schemas import actions
from labapp.ocpp.versions import VERSIONS
from tests.data.captures import recordings
from tests.engine.driver import Driver, charging

CASES = [case for case in ALL if case.kind == "case"]
BY_VERSION = {version: [case for case in CASES if case.ocpp == version] for version in VERSIONS}


def started() -> Driver:
    return Driver("TC_003_CS")


# Frames that are none, and answers that are none --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[2,"x"]',
        '[2,"x","Heartbeat"]',
        '[2,"x","Heartbeat",{},1]',
        '[2,"x","Heartbeat",[]]',
        '[2,"x",7,{}]',
        '[2,"x","Heartbeat",null]',
    ],
)
def test_a_call_that_cannot_be_read_is_refused_by_its_id(text: str) -> None:
    driver = started()
    driver.frame(text)
    assert [frame[:2] for frame in driver.sent] == [[4, "x"]]
    assert driver.sent[0][2] in ("FormationViolation", "ProtocolError", "TypeConstraintViolation")
    assert driver.findings[0]["reason_code"] == "schema"


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "[]", "[2]", "[null]", '["2","x","Heartbeat",{}]', "\x00", "[2,", "[1e999]"]
)
def test_what_is_no_frame_is_a_finding(text: str) -> None:
    driver = started()
    driver.frame(text)
    assert driver.findings[0]["reason_code"] == "schema"
    assert driver.prompt.action == "plug_in", "the scenario goes on"


def test_of_a_flood_the_first_findings_are_listed_and_the_rest_counted() -> None:
    driver = started()
    for _ in range(MOST_LISTED + 30):
        driver.frame("x")
    for number in range(MOST_LISTED + 1):
        driver.says(f"MakeCoffee{number}")
    assert len(driver.findings) == MOST_LISTED
    driver.commands("abort")
    assert len(driver.result["findings"]) == MOST_LISTED
    assert [o["text"] for o in driver.result["observations"]][-1:] == [
        "131 more findings of this step are not listed: the frames are in the journal"
    ]


@pytest.mark.parametrize("defect", ["binary", "oversize", "not utf-8"])
def test_a_message_that_is_no_text_is_a_finding(defect: str) -> None:
    driver = started()
    driver.frame("[2,", defect)
    assert driver.texts_so_far == [f"A frame could not be read: the frame is {defect}."]


@pytest.mark.parametrize("kind", [0, 1, 5, 6, 99])
def test_other_message_types_are_ignored(kind: int) -> None:
    driver = started()
    driver.frame([kind, "x", "Heartbeat", {}])
    assert driver.findings == []


def test_an_unknown_action_and_a_wrong_direction_are_refused_and_findings() -> None:
    driver = started()
    assert driver.says("MakeCoffee") == {"error": "NotImplemented"}
    assert driver.says("RemoteStartTransaction", idTag="X") == {"error": "NotSupported"}
    assert driver.texts_so_far == [
        "MakeCoffee is no action of OCPP 1.6.",
        "RemoteStartTransaction.req was sent by the charge point, which may not initiate it.",
    ]


def test_answers_that_nobody_asked_for_are_findings() -> None:
    driver = started()
    driver.frame([3, "nobody", {}])
    driver.frame([4, "nobody", "GenericError", "", {}])
    assert driver.texts_so_far == ["An answer came to the message id nobody, which the tool did not use."] * 2


def test_a_second_answer_is_a_finding() -> None:
    driver = Driver("TC_013_CS")
    identifier = driver.sent[-1][1]
    driver.answers("Accepted")
    driver.frame([3, identifier, {"status": "Accepted"}])
    assert driver.texts_so_far == ["The tool's ChangeAvailability was answered a second time."]


def test_a_late_answer_to_an_attempt_before_this_one_is_none() -> None:
    driver = started()
    driver.frame([3, "test-6-4", {"status": "Accepted"}])
    assert driver.findings == []
    driver.frame([3, "test-8-4", {"status": "Accepted"}])
    driver.frame([3, "test-7-4", {"status": "Accepted"}])
    assert len(driver.findings) == 2


def test_a_callerror_with_a_code_that_does_not_exist_is_a_finding_besides() -> None:
    driver = Driver("TC_013_CS")
    driver.refuses("NoSuchCode")
    assert [finding["reason_code"] for finding in driver.findings] == ["schema", "validation"]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StatusNotification", {"connectorId": "1", "status": "Preparing", "errorCode": "NoError"}),
        ("StatusNotification", {"connectorId": 1, "status": ["Preparing"], "errorCode": 5}),
        ("StatusNotification", {}),
        ("Authorize", {"idTag": 5}),
        ("Authorize", {"idTag": "x" * 21}),
        ("StartTransaction", {"connectorId": True, "idTag": None, "meterStart": "0", "timestamp": 1}),
        ("StopTransaction", {"transactionId": "x", "transactionData": 7}),
        ("MeterValues", {"connectorId": 1, "meterValue": 5}),
        ("MeterValues", {"connectorId": 1, "meterValue": [5, None, {"sampledValue": "x"}, {"sampledValue": [7]}]}),
        ("BootNotification", {"chargePointVendor": {}}),
        ("DataTransfer", {"vendorId": []}),
    ],
)
@pytest.mark.parametrize("case", [case for case in CASES if case.sut == CHARGE_POINT], ids=lambda case: case.id)
def test_payloads_of_any_shape_are_answered(case: Any, action: str, payload: dict[str, Any]) -> None:
    driver = Driver(case)
    driver.says(action, payload)
    assert any(finding["reason_code"] in ("schema", "in_preparation") for finding in driver.findings)


def test_meter_values_of_any_shape_are_judged() -> None:
    for value in (5, "x", [], [5], [{}], [{"sampledValue": 1}], [{"sampledValue": [None, {"measurand": {}}]}]):
        driver = Driver("TC_070_CS")
        driver.configured("MeterValueSampleInterval", "10")
        driver.configured("ClockAlignedDataInterval", "0")
        driver.configured("MeterValuesSampledData", "Current.Import")
        charging(driver)
        for _ in range(3):
            driver.passes(10)
            driver.says("MeterValues", connectorId=1, meterValue=value)
        assert driver.verdict == "FAIL"


@pytest.mark.parametrize(
    "schedule", [5, [], {"chargingSchedulePeriod": {}}, {"chargingSchedulePeriod": [{"startPeriod": "x"}]}]
)
def test_schedules_of_any_shape_are_judged(schedule: Any) -> None:
    driver = Driver("TC_066_CS")
    charging(driver)
    for _ in range(3):
        driver.answers("Accepted")
    driver.answers({"status": "Accepted", "connectorId": 1, "scheduleStart": 5, "chargingSchedule": schedule})
    assert driver.verdict == "FAIL"


@pytest.mark.parametrize(
    "entries", [5, "x", [5], [{"key": 5}], [{"key": "SupportedFeatureProfiles", "value": ["Core"]}]]
)
def test_configurations_of_any_shape_are_judged(entries: Any) -> None:
    driver = Driver("TC_019_CS")
    driver.answers({"configurationKey": entries})
    driver.answers({"configurationKey": entries, "unknownKey": 5})
    driver.answers({"configurationKey": [{"key": "GetConfigurationMaxKeys", "value": "²", "readonly": True}]})
    driver.answers({"configurationKey": entries})
    assert driver.verdict == "FAIL"


def test_a_flood_is_answered() -> None:
    driver = started()
    for number in range(3000):
        driver.says("DataTransfer", vendorId="V", data=str(number))
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"


# Recordings and random courses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", recordings.NAMES)
def test_every_recorded_frame_is_borne_by_every_case(name: str) -> None:
    version = recordings.version(name)
    frames = [line.text for line in recordings.read(name) if line.is_frame]
    for case in BY_VERSION[version]:
        driver = Driver(case)
        for text in frames:
            driver.frame(text)
            driver.passes(1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 70_000) | st.text(max_size=6) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
STATUSES = ["Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Unavailable", "Faulted", "Nonsense"]
SAMPLE: dict[str, st.SearchStrategy[Any]] = {
    "connectorId": st.integers(0, 2) | JSON,
    "status": st.sampled_from(STATUSES) | JSON,
    "errorCode": st.just("NoError") | JSON,
    "idTag": st.sampled_from(["VALID-1", "VALID-2", "INVALID-1"]) | JSON,
    "meterStart": st.just(0) | JSON,
    "meterStop": st.just(0) | JSON,
    "timestamp": st.just("2025-01-01T12:00:00Z") | JSON,
    "transactionId": st.sampled_from([7001, 7002]) | JSON,
    "chargePointVendor": st.just("V"),
    "chargePointModel": st.just("M"),
    "vendorId": st.just("V"),
    "meterValue": st.just([{"timestamp": "2025-01-01T12:00:00Z", "sampledValue": [{"value": "1"}]}]) | JSON,
    "type": st.sampled_from(["Immediate", "Hard"]) | JSON,
}
FIELDS: dict[str, list[str]] = {
    "StatusNotification": ["connectorId", "status", "errorCode"],
    "Authorize": ["idTag"],
    "StartTransaction": ["connectorId", "idTag", "meterStart", "timestamp"],
    "StopTransaction": ["transactionId", "meterStop", "timestamp"],
    "MeterValues": ["connectorId", "transactionId", "meterValue"],
    "BootNotification": ["chargePointVendor", "chargePointModel"],
    "Heartbeat": [],
    "DataTransfer": ["vendorId"],
    "Reset": ["type"],
    "RemoteStopTransaction": ["transactionId"],
}


@st.composite
def events(draw: st.DrawFn) -> tuple[str, Any]:
    # Mostly what is right, so that courses get deep into the cases.
    kind = draw(
        st.sampled_from(["right"] * 20 + ["call", "answer", "error", "text", "time", "prompt", "link", "command"])
    )
    match kind:
        case "call":
            action = draw(st.sampled_from(sorted(FIELDS)))
            present = [name for name in FIELDS[action] if draw(st.integers(0, 9))]
            return kind, (action, {name: draw(SAMPLE[name]) for name in present})
        case "right":
            return kind, None
        case "answer":
            return kind, draw(st.sampled_from(["Accepted", "Accepted", "Rejected"]).map(lambda s: {"status": s}) | JSON)
        case "text":
            return kind, draw(st.text(max_size=20) | JSON.map(json.dumps))
        case "time":
            return kind, draw(st.sampled_from([0.5, 10.0, 30.0, 60.0, 700.0]))
        case "prompt":
            return kind, draw(
                st.sampled_from(["done", "impossible", "device", "lab", "card", "entry", "own", "accept", "reject"])
            )
        case "link":
            return kind, draw(st.sampled_from(["up", "down", "refused"]))
        case "command":
            return kind, draw(st.sampled_from(["extend", "extend", "pause", "abort", "skip"]))
        case _:
            return kind, draw(st.sampled_from(["NotImplemented", "Nonsense"]))


def play(case: Any, course: list[tuple[str, Any]], **setup: Any) -> Driver:
    """Feed a course; every request is answered while the attempt runs."""
    driver = Driver(case, **setup)
    for kind, content in course:
        if driver.ended is not None:
            break
        match kind:
            case "right":
                driver.does_right()
            case "call":
                driver.says(content[0], content[1])
            case "answer" if driver._unanswered:
                driver.frame([3, driver._unanswered.pop(0)[1], content])
            case "error" if driver._unanswered:
                driver.refuses(content)
            case "text":
                driver.frame(content)
            case "time":
                driver.passes(content)
            case "prompt" if driver.prompts:
                driver.answer(list(driver.prompts.values())[-1], content)
            case "link":
                {"up": driver.link_up, "down": driver.link_down, "refused": lambda: driver.refused(401)}[content]()
            case "command":
                driver.commands(content)
    return driver


@settings(max_examples=300, deadline=None)
@given(
    case=st.sampled_from(CASES),
    course=st.lists(events(), max_size=60),
    review=st.sampled_from(["ask", "advice", "strict"]),
    connected=st.booleans(),
    connectors=st.integers(1, 3),
)
def test_no_course_raises_and_each_has_one_outcome(
    case: Any, course: list[tuple[str, Any]], review: str, connected: bool, connectors: int
) -> None:
    setup = {
        "options": {"review": review, "operator_timeout": 300},
        "connected": connected,
        "dut": {"connectors": connectors},
    }
    driver, again = play(case, course, **setup), play(case, course, **setup)
    driver.passes(100_000)
    again.passes(100_000)
    assert driver.ended is not None, "every wait has an end"
    assert driver.ended == again.ended
    assert driver.sent == again.sent
    assert driver.ended["verdict"] in ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN")
    if driver.ended["verdict"] == "PASS":
        assert driver.ended["findings"] == []


def test_every_action_of_a_charge_point_is_answered_by_the_schema() -> None:
    for version, case in (("1.6", "TC_003_CS"), ("1.6", "TC_003_CSMS"), ("2.0.1", "TC_B_22_CSMS")):
        for action in sorted(actions(version)):
            driver = Driver(case)
            answer = driver.says(action)
            allowed = INITIATORS[version][action] in (driver.case.sut, "both")
            assert ("error" in answer) == (not allowed), action
