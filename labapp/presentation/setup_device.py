"""The row of the checklist that shows the device itself, live: who came, what is right and wrong with it."""

from __future__ import annotations

from labapp.presentation.setup_model import Act, Check, Findings, Judged, sentence
from labapp.presentation.stages import State
from labapp.presentation.wording import text
from labapp.services.device_probe import DeviceSeen


def connected(judged: Judged, findings: Findings) -> Check:
    """Whether the device is connected: to the bench of a session, or to this window while it waits for it."""
    title = text("Device connected")
    identity = judged.project.connection.identity
    if findings.bench_place:
        return _on_bench(title, identity, findings)
    if judged.draft.simulated:
        says = text("The simulator starts with the session")
        return Check("connected", title, State.TO_DO, says, needed=False)
    seen = findings.device
    csms = judged.project.sut == "csms"
    wait = Act("wait", text("Try the connection") if csms else text("Wait for the device"))
    leave = Act("leave", text("Close the connection") if csms else text("Stop waiting"))
    if seen is None:
        says = text("Not tried yet") if csms else text("Not waited for yet")
        return Check("connected", title, State.TO_DO, says, act=wait, needed=False)
    match seen.phase:
        case "failed":
            fault = seen.fault
            says = str(fault.what if fault is not None else "")
            return _problem(title, sentence(says), sentence(fault.mend if fault is not None else ""), wait)
        case "waiting" if csms:
            return Check(
                "connected",
                title,
                State.IN_WORK,
                text("Connecting to {url} …", url=seen.place),
                "",
                leave,
                needed=False,
            )
        case "waiting":
            url = f"ws://{seen.place}/{identity}"
            says = text("Waiting on {place}", place=seen.place)
            return Check(
                "connected", title, State.IN_WORK, says, text("Set {url} in the device.", url=url), leave, needed=False
            )
        case "connected":
            return Check("connected", title, State.DONE, _came(seen), _booted(seen, csms), leave, needed=False)
        case "refused":
            return _refused(title, identity, seen, csms, leave)
    says = text("{identity} was connected and has gone", identity=seen.identity or identity)
    return Check("connected", title, State.IN_WORK, says, _loss(seen), leave, needed=False)


def _on_bench(title: str, identity: str, findings: Findings) -> Check:
    if findings.bench_event == "up":
        says = text("{identity} is connected to the bench", identity=findings.bench_came or identity)
        return Check("connected", title, State.DONE, says, needed=False)
    if findings.bench_event == "refused" and findings.bench_came not in ("", identity):
        advice = text("Set the identity in the device, or begin another session for {came}.", came=findings.bench_came)
        return _other(title, identity, findings.bench_came, advice, None)
    words = {
        "": text("The bench waits for the device on {place}", place=findings.bench_place),
        "down": text("The device has gone; the bench waits for it on {place}", place=findings.bench_place),
        "refused": text("The bench refused the device"),
    }
    light = State.PROBLEM if findings.bench_event == "refused" else State.IN_WORK
    brief = words["refused"] if light is State.PROBLEM else ""
    return Check(
        "connected", title, light, words[findings.bench_event], sentence(findings.bench_detail), None, brief, False
    )


def _problem(title: str, says: str, advice: str, act: Act | None) -> Check:
    return Check("connected", title, State.PROBLEM, says, advice, act, says, needed=False)


def _other(title: str, identity: str, came: str, advice: str, act: Act | None) -> Check:
    says = text("{came} connected, {expected} is expected", came=came, expected=identity)
    return _problem(title, says, advice, act)


def _refused(title: str, identity: str, seen: DeviceSeen, csms: bool, leave: Act) -> Check:
    if csms:
        says = text("The central system refused {identity}", identity=identity)
        return _problem(title, says, sentence(seen.detail or seen.reason), Act("wait", text("Try again")))
    if seen.reason == "identity":
        act = Act("identity", text("Use {came}", came=seen.identity), seen.identity)
        return _other(title, identity, seen.identity, text("Set the identity in the device, or here."), act)
    match seen.reason:
        case "authorization":
            says = text(
                "{identity} came with wrong credentials: {what}", identity=seen.identity, what=_credentials(seen)
            )
            advice = text("Set the password in the device, or correct its reference here.")
        case "subprotocol":
            says = text("{identity} came, but does not speak this version of OCPP", identity=seen.identity)
            advice = sentence(seen.detail)
        case "path":
            says, advice = (
                text("A device came without an identity"),
                text("Its URL must end in /{identity}.", identity=identity),
            )
        case _:
            says, advice = text("A device came and was not understood"), sentence(seen.detail)
    return _problem(title, says, advice, leave)


def _credentials(seen: DeviceSeen) -> str:
    words = {"": text("none"), "malformed": text("unreadable")}
    return words.get(seen.credentials, text(seen.credentials))


def _came(seen: DeviceSeen) -> str:
    if seen.boot:
        given = [seen.boot.get("chargePointVendor"), seen.boot.get("chargePointModel")]
        name = " ".join(str(part) for part in given if part)
        return text("{identity} is connected: {name}", identity=seen.identity, name=name)
    return text("{identity} is connected", identity=seen.identity)


def _booted(seen: DeviceSeen, csms: bool) -> str:
    facts = [seen.subprotocol or text("no subprotocol"), text("from {remote}", remote=seen.remote)]
    if csms:
        facts[1] = text("at {remote}", remote=seen.remote)
    if seen.credentials == "accepted":
        facts.append(text("credentials right"))
    elif seen.credentials == "not checked":
        facts.append(text("credentials not asked for"))
    firmware = seen.boot.get("firmwareVersion")
    if firmware:
        facts.append(text("firmware {version}", version=firmware))
    if not seen.boot and not csms:
        facts.append(text("no BootNotification yet"))
    return " · ".join(facts)


def _loss(seen: DeviceSeen) -> str:
    by = {"device": text("It closed the connection."), "network": text("The network lost the connection.")}
    return by.get(seen.reason, sentence(seen.detail))
