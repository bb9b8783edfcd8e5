"""The checklist of the set-up page: each thing that a session needs, with its light, what is found, and the way to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from labapp.presentation.setup_device import connected
from labapp.presentation.setup_model import Act, Check, Findings, Judged, sentence
from labapp.presentation.stages import State
from labapp.presentation.wording import text

#: With these a fault goes on from the name of its key.
_VERBS = frozenset({"is", "has", "names", "needs", "does", "holds"})


def checks_of(judged: Judged, findings: Findings) -> tuple[Check, ...]:
    """The rows in their order."""
    return (
        _device(judged),
        _place(judged, findings),
        _identity(judged),
        _security(judged, findings),
        _values(judged),
        _limits(judged),
        _settings(judged),
        connected(judged, findings),
    )


def _faulty(key: str, title: str, judged: Judged, *names: tuple[str, str]) -> Check | None:
    """The row of the first of these keys that has a problem."""
    for table, name in names:
        problem = judged.problems.get((table, name))
        if problem is not None:
            says = _about(name, problem.what)
            # What was never entered is still to do; what was entered wrongly is a problem.
            light = State.TO_DO if judged.draft.value(table, name) is None else State.PROBLEM
            words = text("State it") if light is State.TO_DO else text("Mend")
            return Check(key, title, light, says, sentence(problem.mend), _edit(f"{table}.{name}", words), says)
    return None


def _about(key: str, what: str) -> str:
    if what.partition(" ")[0] in _VERBS:
        return text("{key} {what}", key=key, what=what)
    return text("{key}: {what}", key=key, what=what)


def _edit(name: str, words: str) -> Act:
    return Act("edit", words, name)


def _device(judged: Judged) -> Check:
    title = text("Device")
    faulty = _faulty("device", title, judged, *(("project", key) for key in ("sut", "ocpp", "mode", "pics")))
    if faulty is not None:
        if ("project", "pics") in judged.problems and faulty.says.startswith("pics "):
            faulty = replace(faulty, act=Act("stage", text("Go to Intake"), "intake"))
        return faulty
    role = text("Central system") if judged.project.sut == "csms" else text("Charging station")
    says = text("{role}, OCPP {version}", role=role, version=judged.project.ocpp)
    advice = ""
    if judged.draft.simulated:
        says = text("{device}, simulated on this machine", device=says)
        advice = text("A demonstration: not valid for certification.")
    return Check("device", title, State.DONE, says, advice, _edit("project.sut", text("Change")))


def _place(judged: Judged, findings: Findings) -> Check:
    title = text("Connection")
    key = "url" if judged.project.sut == "csms" else "listen"
    faulty = _faulty("place", title, judged, ("connection", key))
    if faulty is not None:
        return faulty
    address = getattr(judged.project.connection, key)
    again = Act("look", text("Look again"))
    if findings.bench_place and key == "listen":
        says = text("The bench listens on {address}", address=findings.bench_place)
        return Check("place", title, State.DONE, says)
    if findings.place is None or findings.place.address != address:
        return Check("place", title, State.IN_WORK, text("Looking at {address} …", address=address), needed=False)
    fault = findings.place.fault
    if fault is not None:
        says = text("{address}: {what}", address=address, what=fault.what) if key == "listen" else sentence(fault.what)
        act = again
        if findings.place.free:
            host = address.rpartition(":")[0]
            words = text("Use port {port}", port=findings.place.free)
            act = Act("listen", words, f"{host}:{findings.place.free}")
        return Check("place", title, State.PROBLEM, says, sentence(fault.mend), act, says)
    if key == "listen":
        says = text("{address} is free to listen on", address=address)
        if address.rpartition(":")[2] == "0":
            says = text("{address}: any free port, shown when the session begins", address=address)
        advice = "" if judged.draft.simulated else _reachable(address)
    elif judged.draft.simulated:
        says, advice = text("{address} is free for the simulator", address=address), ""
    else:
        says, advice = text("{address} accepts connections", address=address), ""
    return Check("place", title, State.DONE, says, advice, _edit(f"connection.{key}", text("Change")))


def _reachable(address: str) -> str:
    host = address.rpartition(":")[0].strip("[]")
    if host in ("localhost", "::1") or host.startswith("127."):
        return text("Only devices on this machine reach it; 0.0.0.0 listens on every address.")
    return ""


def _identity(judged: Judged) -> Check:
    title = text("Identity")
    faulty = _faulty("identity", title, judged, ("connection", "identity"))
    if faulty is not None:
        return faulty
    act = _edit("connection.identity", text("Change"))
    return Check("identity", title, State.DONE, judged.project.connection.identity, "", act)


def _security(judged: Judged, findings: Findings) -> Check:
    title = text("Security")
    connection = judged.project.connection
    faulty = _faulty("security", title, judged, ("connection", "security_profile"))
    if faulty is not None:
        return faulty
    profile = connection.security_profile
    origin = judged.draft.value("connection", "password")
    faulty = _faulty("security", title, judged, ("connection", "password"))
    if faulty is not None and (profile or origin):
        return faulty
    edit = _edit("connection.security_profile", text("Change"))
    if profile == 0:
        return Check("security", title, State.DONE, text("Security profile 0: no credentials"), "", edit)
    reference = str(origin)
    if reference not in findings.secrets:
        says = text("Looking up {reference} …", reference=reference)
        return Check("security", title, State.IN_WORK, says, "", _edit("connection.password", text("Change")))
    says = text("Security profile {profile}: {reference} holds a password", profile=profile, reference=reference)
    return Check("security", title, State.DONE, says, "", edit)


def _values(judged: Judged) -> Check:
    title = text("Values")
    for each in judged.needed:
        if each.problem is not None and (each.table, each.key) not in judged.limits:
            return _faulty("values", title, judged, (each.table, each.key)) or _all_there(title, judged)
    wrong = [name for name in judged.problems if name[0].startswith("values") and name not in judged.limits]
    faulty = _faulty("values", title, judged, *wrong)
    if faulty is not None:
        return faulty
    missing = [each for each in judged.needed if each.missing]
    if not missing:
        return _all_there(title, judged)
    names = ", ".join(each.key for each in missing)
    cases = list(dict.fromkeys(case for each in missing for case in each.needed_by))
    says = text("Not stated: {names}", names=names)
    advice = text("Needed by {cases}.", cases=_few(cases))
    brief = text("{count} values are missing: {names}", count=len(missing), names=names)
    if len(missing) == 1:
        brief = text("{name} is missing", name=names)
    return Check("values", title, State.TO_DO, says, advice, _edit(missing[0].name, text("State it")), brief)


def _all_there(title: str, judged: Judged) -> Check:
    says = text("{count} values that the chosen cases need are there", count=len(judged.needed))
    return Check("values", title, State.DONE, says)


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return text("{names} and {count} more", names=shown, count=len(names) - 3) if len(names) > 3 else shown


def _limits(judged: Judged) -> Check:
    title = text("Declared limits")
    faulty = _faulty("limits", title, judged, *judged.limits)
    if faulty is not None:
        return replace(faulty, act=Act("limits", text("Use the limit")))
    if not judged.declared:
        says = text("No declaration yet, so no limits: see Intake")
        return Check("limits", title, State.TO_DO, says, needed=False)
    return Check("limits", title, State.DONE, text("Every value is within the declared limits"))


def _settings(judged: Judged) -> Check:
    title = text("Further settings")
    known = ("project", "connection", "values", "values.signatures", "network")
    faulty = _faulty("settings", title, judged, *(name for name in judged.problems if name[0] not in known))
    if faulty is not None:
        return faulty
    rest = _faulty("settings", title, judged, *_unplaced(judged))
    if rest is not None:
        return rest
    stated = sum(len(rows) for table, rows in judged.draft.tables.items() if table not in known)
    says = text("As standard") if not stated else text("{count} differ from the standard", count=stated)
    if stated == 1:
        says = text("1 differs from the standard")
    return Check("settings", title, State.DONE, says)


def _unplaced(judged: Judged) -> Iterator[tuple[str, str]]:
    """Problems of tables that have a row of their own, in keys that have none."""
    rows = {"listen", "url", "identity", "security_profile", "password", "sut", "ocpp", "mode", "pics"}
    for table, key in judged.problems:
        if table in ("project", "connection") and key not in rows:
            yield table, key
