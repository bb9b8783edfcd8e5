"""The strips of the window, in words."""

from __future__ import annotations

import pytest

from labapp.domain.draft import Draft
from labapp.presentation import strips
from labapp.presentation.session import Session

RUN = "r1"


def session(*messages: dict[str, object]) -> Session:
    made = Session()
    for at, message in enumerate(messages, start=100):
        made.take({"run": RUN, **message}, float(at))
    return made


HELLO = {"type": "hello", "protocol": 1, "tool": "labapp", "actions": [], "cases": ["TC_003_CS"]}


def case(event: str, verdict: str = "") -> dict[str, object]:
    return {"type": "case", "event": event, "id": "TC_003_CS", "attempt": 1, "verdict": verdict}


def test_the_top_strip_of_no_project() -> None:
    assert strips.top_strip(None) == strips.TopStrip("No project is open", "", "", False)


def test_the_top_strip_names_device_identity_and_profile() -> None:
    draft = Draft(1, "Box", answers={"general.vendor_name": "Volt", "general.type_model": "X1"}, simulated=True)
    assert strips.top_strip(draft) == strips.TopStrip(
        "Box", "Volt X1 (charging station)", "no identity yet · security profile 0", True
    )
    draft = draft.with_value("project", "sut", "csms").with_value("dut", "vendor", "Amp")
    draft = draft.with_value("connection", "identity", "CP-1").with_value("connection", "security_profile", 1)
    found = strips.top_strip(draft)
    assert (found.device, found.connection) == ("Amp X1 (central system)", "CP-1 · security profile 1")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00:00"), (61.9, "0:01:01"), (36_005, "10:00:05"), (-1, "0:00:00")]
)
def test_a_duration(seconds: float, text: str) -> None:
    assert strips.clock(seconds) == text


def test_the_clock_runs_from_the_first_case_and_stands_still_at_the_end() -> None:
    assert strips.session_clock(None, 1.0) == ""
    assert strips.session_clock(session(HELLO), 1.0) == ""
    running = session(HELLO, case("started"))
    assert strips.session_clock(running, 161.0) == "0:01:00"
    over = session(HELLO, case("started"), case("ended", "PASS"), {"type": "summary", "cases": []})
    assert strips.session_clock(over, 10_000.0) == "0:00:01"


def test_the_bench_in_one_line() -> None:
    assert strips.bench_line("r", starting=True, attached=False, ended=False) == "The bench is starting …"
    assert strips.bench_line(None, starting=False, attached=False, ended=False) == "No session is shown"
    assert strips.bench_line("r", starting=False, attached=True, ended=False) == "The bench runs r"
    assert strips.bench_line("r", starting=False, attached=False, ended=True) == "The session has ended: r"
    assert strips.bench_line("r", starting=False, attached=False, ended=False) == (
        "No bench runs r: resume the session to go on"
    )


@pytest.mark.parametrize(("event", "tone"), [("up", "good"), ("down", "problem"), ("refused", "problem")])
def test_the_tone_of_the_connection(event: str, tone: str) -> None:
    assert strips.link_tone(session(HELLO)) == "muted"
    assert strips.link_tone(session(HELLO, {"type": "link", "event": event, "identity": "CP"})) == tone


def test_the_connection_is_told_until_the_session_is_over() -> None:
    assert strips.link_text(None) == ""
    up = {"type": "link", "event": "up", "identity": "CP"}
    assert strips.link_text(session(HELLO, up)) == "CP is connected."
    assert strips.link_text(session(HELLO, up, {"type": "summary", "cases": []})) == ""
