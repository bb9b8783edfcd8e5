"""Which cases of the plan will be run, and how far planning is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labapp.presentation.plan import PlanView
from labapp.presentation.plan_lines import Applies
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text


def of_plan(view: PlanView) -> tuple[str, ...]:
    """The cases that are run unless others are chosen: all that apply and that labapp has, and what fits besides the plan."""
    return tuple(
        line.id
        for line in view.lines
        if line.available and (line.applies.in_plan or (view.besides and line.applies is Applies.BESIDES))
    )


def selected(view: PlanView, chosen: Sequence[str] | None) -> tuple[str, ...]:
    """The cases that will be run, in the order of the plan. chosen: by the technician, None for those of the plan."""
    if chosen is None or view.fixed:
        return of_plan(view)
    return tuple(line.id for line in view.lines if line.available and line.id in chosen)


def with_chosen(
    view: PlanView, chosen: Sequence[str] | None, cases: Iterable[str], *, run: bool
) -> tuple[str, ...] | None:
    """The choice after cases were chosen (`run`) or taken out; None again when it is that of the plan."""
    now = set(selected(view, chosen))
    changed = now | set(cases) if run else now - set(cases)
    result = selected(view, tuple(changed))
    return None if result == of_plan(view) or view.fixed else result


def selection_text(view: PlanView, chosen: Sequence[str] | None) -> str:
    """What will be run, in words."""
    count, whole = len(selected(view, chosen)), of_plan(view)
    if view.fixed:
        return text("Certification runs the plan: {count} cases.", count=count)
    if selected(view, chosen) == whole:
        return text("To run: the {count} cases that apply and can be run.", count=count)
    return text("To run: {count} chosen cases. The plan has {whole}.", count=count, whole=len(whole))


def plan_status(view: PlanView | None, chosen: Sequence[str] | None, *, usable: bool) -> StageStatus:
    """How far planning is, and what it lacks. usable: nothing is wrong with the declaration."""
    if view is None:
        return StageStatus(State.TO_DO, (text("open or make a project"),))
    missing = []
    if not selected(view, chosen):
        missing.append(text("no case is chosen") if of_plan(view) else text("no case can be run"))
    state = State.PROBLEM if missing else State.DONE
    lacking = sum(line.applies.in_plan and not line.available for line in view.lines)
    if view.fixed and lacking:
        state = State.PROBLEM
        missing.append(text("{count} cases that apply are not in this labapp", count=lacking))
    if view.fixed and not view.declared:
        state = State.PROBLEM
        missing.append(text("certification needs a declaration"))
    elif not view.declared and view.plannable:
        return StageStatus(State.PROBLEM if missing else State.TO_DO, (*missing, text("say on Intake what the DUT is")))
    if view.declared and not usable:
        missing.append(text("the declaration is not complete"))
        state = State.IN_WORK if state is State.DONE else state
    return StageStatus(state, tuple(missing))
