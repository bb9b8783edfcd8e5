"""The performance page: each parameter of the declaration with what was measured of it, and every single measurement.

Nothing here passes or fails: the laboratory prints each value beside the stated one (004, Appendix A.4). What a case waits for in vain
fails that case, on the execution page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from labapp.domain.draft import Draft
from labapp.domain.measurement import median, percentile
from labapp.domain.project import Timeouts
from labapp.domain.testcase import IDLE_ID, KEYS_ID, RESET_ID
from labapp.ocpp.timed import AUTHORIZE, REMOTE_START, RESPONSE, TRIGGERED
from labapp.presentation.performance_plot import Axis, axis_for
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text
from labapp.services.performance import Measured, Sample, parameters

Tone = Literal["", "muted", "good", "warning"]

#: Parameters whose value is the longest time that occurred; of the others it is the median.
_LONGEST = frozenset({TRIGGERED, RESPONSE})


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One measurement in words. seconds: the same as a number."""

    value: str
    case: str
    message: str
    at: str
    frame: str
    seconds: float
    is_value: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line on the strip plot. kind: how it is drawn."""

    seconds: float
    label: str
    kind: Literal["median", "declared", "limit"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table; texts carry their unit. statistic: which figure is the parameter's value.

    comparison: the value beside the declared one, with its tone; missing: which cases would measure it, "" when it is measured.
    """

    name: str
    title: str
    statistic: str
    count: str
    value: str
    minimum: str
    median: str
    p95: str
    maximum: str
    declared: str
    limit: str
    comparison: str
    tone: Tone
    missing: str
    samples: tuple[SampleRow, ...]
    lines: tuple[Line, ...]

    @property
    def value_at(self) -> int | None:
        """The place of the measurement that is the parameter's value, None when none is exactly that."""
        return next((index for index, sample in enumerate(self.samples) if sample.is_value), None)

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        measured = text("{value}, {count}", value=self.value, count=self.count) if self.samples else self.missing
        return f"{self.title}: {measured}; {self.comparison}"


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """The whole page. note: what the figures mean; source: of which session they are."""

    parameters: tuple[Parameter, ...]
    axis: Axis
    note: str
    source: str
    status: StageStatus


def seconds_text(seconds: float) -> str:
    """A time to read, in seconds, with its unit."""
    if seconds < 0.0005:
        return text("<0.001 s")
    return f"{seconds:.3f} s" if seconds < 100 else f"{seconds:.0f} s"


def title_of(name: str) -> str:
    """The name of a parameter."""
    return {
        TRIGGERED: text("OCPP triggered function timeout"),
        RESPONSE: text("OCPP response timeout"),
        REMOTE_START: text("Response time RemoteStartTransaction"),
        AUTHORIZE: text("Response time Authorize"),
    }.get(name, name)


def performance_view(
    measured: Measured | None, draft: Draft | None, measuring: Mapping[str, Sequence[str]], *, running: bool = False
) -> PerformanceView:
    """The page of a session, or of a project that has none (measured is None).

    measuring: by parameter, the cases that can measure it; running: the session goes on.
    """
    if measured is None or not measured.sut:
        measured = _of_project(draft)
    shown_parameters = tuple(
        _parameter(name, measured, measuring.get(name, ()), running=running)
        for name in parameters(measured.sut, measured.ocpp)
    )
    shown = [line.seconds for each in shown_parameters for line in each.lines]
    shown += [sample.seconds for each in shown_parameters for sample in each.samples]
    return PerformanceView(
        shown_parameters, axis_for(shown), _note(measured), _source(measured, running), _status(shown_parameters)
    )


def empty_text(project_open: bool) -> tuple[str, str]:
    """Title and text of the page while there is no project."""
    if project_open:
        return text("No measurements yet"), text("They are taken while the cases run, from the frames themselves.")
    return (
        text("No project is open"),
        text(
            "This page shows how fast the device answers, beside what its vendor states. "
            "Open a project or the demonstration on the stage Intake; the times are measured while the cases run."
        ),
    )


def _of_project(draft: Draft | None) -> Measured:
    """What is known before a session: the declaration."""
    if draft is None:
        return Measured()
    declared = {
        key.removeprefix("performance."): value
        for key, value in draft.answers.items()
        if key.startswith("performance.")
    }
    wait = number_of(draft.value("timeouts", "message")) or Timeouts().message
    return Measured(sut=draft.sut, ocpp=draft.ocpp, declared=declared, wait=wait)


def number_of(value: Any) -> float | None:
    """A stated number of seconds, None when nothing usable is stated."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _parameter(name: str, measured: Measured, measuring: Sequence[str], *, running: bool) -> Parameter:
    samples = measured.samples.get(name, ())
    times = [sample.seconds for sample in samples]
    declared = number_of(measured.declared.get(name))
    wait = measured.wait
    value = _value(name, times)
    lines = [Line(median(times), text("median {time}", time=seconds_text(median(times))), "median")] if times else []
    if declared is not None:
        lines.append(Line(declared, text("stated {time}", time=_short(declared)), "declared"))
    if wait is not None:
        lines.append(Line(wait, text("tool waits {time}", time=_short(wait)), "limit"))
    comparison, tone = _comparison(value, declared)
    none = text("–")
    return Parameter(
        name=name,
        title=title_of(name),
        statistic=text("longest") if name in _LONGEST else text("median"),
        count=_count(len(times)),
        value=none if value is None else seconds_text(value),
        minimum=seconds_text(min(times)) if times else none,
        median=seconds_text(median(times)) if times else none,
        p95=seconds_text(percentile(times, 95)) if times else none,
        maximum=seconds_text(max(times)) if times else none,
        declared=text("not stated") if declared is None else _short(declared),
        limit=text("none") if wait is None else _short(wait),
        comparison=comparison,
        tone=tone,
        missing="" if times else _missing(measuring, measured.cases, running=running),
        samples=tuple(_sample_row(sample, is_value=sample.seconds == value) for sample in samples),
        lines=tuple(lines),
    )


def _value(name: str, times: Sequence[float]) -> float | None:
    if not times:
        return None
    return max(times) if name in _LONGEST else median(times)


def _short(seconds: float) -> str:
    return f"{seconds:g} s"


def _count(count: int) -> str:
    return text("1 measurement") if count == 1 else text("{count} measurements", count=count)


def _comparison(value: float | None, declared: float | None) -> tuple[str, Tone]:
    if value is None:
        return text("not measured yet"), "muted"
    if declared is None:
        return text("shown only, nothing stated"), "muted"
    if value <= declared:
        return text("within stated"), "good"
    return text("{time} longer than stated", time=seconds_text(value - declared)), "warning"


def _missing(measuring: Sequence[str], cases: Sequence[str], *, running: bool) -> str:
    """What would bring a measurement. cases: that the session is for, none before one."""
    if not measuring:
        return text("not measured; no case of this version measures it")
    among = [case for case in measuring if case in cases] if cases else list(measuring)
    if not among:
        return text("not measured; no case of this session measures it, {cases} would", cases=_names(measuring))
    if running or not cases:
        return text("not measured yet; {cases} measures it", cases=_names(among))
    return text("not measured; run {cases}", cases=_names(among))


def _names(cases: Sequence[str]) -> str:
    if len(cases) <= 3:
        return text(" or ").join(cases)
    return text("{first} or one of {count} more", first=cases[0], count=len(cases) - 1)


def _sample_row(sample: Sample, *, is_value: bool) -> SampleRow:
    case = text("{case}, try {number}", case=sample.case, number=sample.attempt)
    if sample.case == RESET_ID:
        case = text("000_RESET")
    elif sample.case in ("", IDLE_ID, KEYS_ID):
        case = text("between cases")
    return SampleRow(
        value=seconds_text(sample.seconds),
        case=case,
        message=sample.action,
        at=f"{sample.at:%H:%M:%S}.{sample.at.microsecond // 1000:03d}",
        frame=f"{sample.frame}",
        seconds=sample.seconds,
        is_value=is_value,
    )


def _note(measured: Measured) -> str:
    note = text(
        "No value passes or fails: the report prints each beside the one that the vendor states (004, Appendix A.4). "
        "A timeout's value is the longest time, a response time's the median."
    )
    if measured.wait is None:
        return note
    waits = text(" The tool waits {time} for a message; a later one fails its case.", time=_short(measured.wait))
    return note + waits


def _source(measured: Measured, running: bool) -> str:
    if running:
        return text("the running session, brought up to date after every case")
    return text("the shown session") if measured.cases else text("no session yet")


def _status(parameters: Sequence[Parameter]) -> StageStatus:
    lacking = [each for each in parameters if not each.samples]
    if not parameters or len(lacking) == len(parameters):
        return StageStatus(State.TO_DO, (text("no measurements yet"),) if parameters else ())
    missing = tuple(text("{title}: not measured", title=each.title) for each in lacking)
    return StageStatus(State.IN_WORK if missing else State.DONE, missing)
