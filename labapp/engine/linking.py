"""Acts of the tool on the connection: cut, restore, disconnect, connect, HTTP upgrade."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labapp.domain.testcase import LinkOrder, Upgrade
from labapp.engine.attempt import SECOND, Attempt, CaseEnded
from labapp.engine.prompting import open_prompt
from labapp.engine.waiting import Waiting
from labapp.ocpp.listing import SUBPROTOCOL, offered_row, row_id

if TYPE_CHECKING:
    from labapp.engine.script import Script

#: Seconds between two tries to connect again.
_PAUSE = 5
_NETWORK_PROMPTS = {
    "cut_network": "Take the network connection of the station away.",
    "restore_network": "Give the station its network connection back.",
}


def order(script: Script, item: LinkOrder) -> Waiting:
    attempt = script.attempt
    if item.order == "disconnect":
        if not attempt.link_up:
            return
        attempt.disrupted = "link"
        attempt.order("disconnect")
        yield from link_state(script, up=False, timeout="message")
        return
    if item.order == "connect":
        yield from connect(script) if attempt.preparing else _connect_again(script)
        attempt.restored_at = attempt.now
        return
    attempt.disrupted = "link"
    mode = attempt.setup.options.get("cut", "refuse")
    if mode == "prompt":
        name = f"{item.order}_network"
        prompt = attempt.ask("action", name, _NETWORK_PROMPTS[name])
        yield from open_prompt(script, prompt)
    else:
        attempt.order(item.order, mode=mode)
    if item.order == "cut":
        attempt.link_cut = True
        return
    attempt.link_cut = False
    came_back = yield from link_state(script, up=True, timeout="reconnect")
    if not came_back:
        place = attempt.place(script.conversation.current_step)
        attempt.find(
            "missing",
            place,
            "WEBSOCKET",
            f"Step {place}: the device did not connect again within {attempt.setup.timeouts.get('reconnect')} s.",
            expected="connected",
            received="not connected",
        )
        raise CaseEnded("missing")
    attempt.restored_at = attempt.now


def connect(script: Script) -> Waiting:
    """As charge point: connect to the central system with the configured credentials. Raises CaseEnded when that is refused."""
    yield from _dial(script)
    if not script.attempt.link_up:
        raise CaseEnded("environment", "ERROR", f"the central system does not take the connection: {_refusal(script)}")


def _connect_again(script: Script) -> Waiting:
    """As charge point: come back in the middle of a case, trying again for a while as charge points do.

    That it was let in before shows that address and credentials are right. Raises CaseEnded when it is not any more: a violation
    where the central system says so.
    """
    attempt = script.attempt
    begun = attempt.now.mono_ns
    yield from _dial(script)
    while not attempt.link_up and attempt.now.mono_ns < begun + attempt.timeout("reconnect") + attempt.extension:
        yield from script.wait_until(attempt.now.mono_ns + _PAUSE * SECOND)
        yield from _dial(script)
    if attempt.link_up:
        return
    if not attempt.refused.get("status"):
        raise CaseEnded("environment", "ERROR", f"the central system cannot be reached any more: {_refusal(script)}")
    place = attempt.place(script.conversation.current_step)
    attempt.find(
        "missing",
        place,
        "HTTP",
        f"Step {place}: the charge point was not let in again within {attempt.setup.timeouts.get('reconnect')} s; status "
        f"{_refusal(script)}.",
        expected="101",
        received=_refusal(script) if attempt.refused["status"] == UPGRADED else str(attempt.refused["status"]),
    )
    raise CaseEnded("missing")


def _dial(script: Script) -> Waiting:
    """Ask for the connection and wait for what comes of it."""
    attempt = script.attempt
    attempt.disrupted = "link"
    attempt.refused = {}
    attempt.order("connect", authorization="configured", subprotocols=[attempt.version.subprotocol])
    yield from _answered(script)
    attempt.disrupted = ""


def _refusal(script: Script) -> str:
    """Status and reason of the answer that refused the connection, or that there was none; what was wrong with it where that is told."""
    facts = script.attempt.refused
    status, reason, detail = facts.get("status", 0), facts.get("reason", "no answer"), facts.get("detail", "")
    told = f"{status} {reason}".strip() if status else str(reason)
    return f"{told}: {detail}" if detail and (status == UPGRADED or reason == "handshake") else told


def _answered(script: Script) -> Waiting:
    """Wait until the connection that was asked for is open or refused."""
    attempt = script.attempt
    until = attempt.now.mono_ns + attempt.timeout("connect")
    while not attempt.link_up and not attempt.refused and attempt.now.mono_ns < until + attempt.extension:
        yield until + attempt.extension


def give_back(script: Script) -> Waiting:
    """End a cut that the case has left, and wait for the device to come back."""
    attempt = script.attempt
    if attempt.setup.options.get("cut", "refuse") == "prompt":
        prompt = attempt.ask("action", "restore_network", _NETWORK_PROMPTS["restore_network"])
        yield from open_prompt(script, prompt)
    else:
        attempt.order("restore")
    attempt.link_cut = False
    yield from link_state(script, up=True, timeout="reconnect")


def link_state(script: Script, *, up: bool, timeout: str, brief: bool = False) -> Generator[int | None, None, bool]:
    """Wait until the link is up or down, at most the timeout, or a sixth of it; whether it is."""
    attempt = script.attempt
    until = attempt.now.mono_ns + attempt.timeout(timeout) // (6 if brief else 1)
    while attempt.link_up is not up:
        yield from script.interruptions()
        if attempt.now.mono_ns >= until + attempt.extension:
            return False
        yield until + attempt.extension
    return True


def upgrade(script: Script, item: Upgrade) -> Waiting:
    """Ask for the HTTP upgrade and judge what comes of it."""
    attempt = script.attempt
    attempt.disrupted = "link"
    attempt.refused = {}
    attempt.order(
        "connect",
        authorization=item.authorization,
        subprotocols=list(item.subprotocols) or [attempt.version.subprotocol],
    )
    yield from _answered(script)
    answer = _Answer.of(attempt)
    for row in (row_id(script.case_id, item.step, "HTTP", 1), offered_row(script.case_id, item)):
        attempt.mark(row, "passed")
    if answer.status or answer.closed:
        attempt.mark(row_id(script.case_id, item.response_step, "HTTP", 1), "passed")
    if attempt.link_up if item.accepted else answer.refuses:
        if answer.closed:
            attempt.observe("the central system closed the connection without an HTTP answer")
        attempt.mark(row_id(script.case_id, item.response_step, "HTTP", 1, "status"), "passed")
        if attempt.link_up:
            attempt.disrupted = ""
        if not item.selected or answer.selected == item.selected:
            attempt.mark(row_id(script.case_id, item.response_step, "HTTP", 1, SUBPROTOCOL), "passed")
            return
        received = answer.selected or "<omitted>"
        text = f"the header {SUBPROTOCOL} had to name {item.selected}; it was {received}"
        _judge_upgrade(script, item, SUBPROTOCOL, item.selected, received, text)
    else:
        wanted = "accepted" if item.accepted else "refused"
        seen = answer.text
        if attempt.link_up and item.subprotocols:
            # OCPP-J lets a central system finish the handshake without the header and close: what it does is told.
            closed = yield from link_state(script, up=False, timeout="message", brief=True)
            then = "closed the connection" if closed else "kept the connection open"
            seen += f", {SUBPROTOCOL}: {answer.selected or 'none'}; the central system then {then}"
        received = str(answer.status or "no answer")
        text = f"the HTTP upgrade had to be {wanted}; {seen}"
        _judge_upgrade(script, item, "status", "101" if item.accepted else "<not 101>", received, text)
    if attempt.link_up:
        # A connection that should not be there must not carry the next case.
        yield from order(script, LinkOrder("disconnect"))
    raise CaseEnded("validation")


#: The HTTP status of an upgrade that was made.
UPGRADED = 101


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of an upgrade.

    status: of HTTP, 0 when there was none; selected: the subprotocol that was named; closed: the connection was ended instead of an
    answer.
    """

    status: int
    selected: str
    reason: str
    closed: bool = False

    @property
    def refuses(self) -> bool:
        """Whether it is a refusal: another status, or no more connection. Silence is none."""
        return self.closed or self.status not in (0, UPGRADED)

    @classmethod
    def of(cls, attempt: Attempt) -> _Answer:
        if attempt.link_up:
            return cls(UPGRADED, str(attempt.link_facts.get("subprotocol") or ""), "")
        facts = attempt.refused
        reason = facts.get("detail", "") if facts.get("status") == UPGRADED else facts.get("reason", "")
        status = int(facts.get("status", 0) or 0)
        return cls(status, "", str(reason), closed=not status and reason == "handshake")

    @property
    def text(self) -> str:
        status = str(self.status or "no answer")
        return f"status {status}" + (f" ({self.reason})" if self.reason else "")


def _judge_upgrade(script: Script, item: Upgrade, field: str, expected: str, received: str, text: str) -> None:
    place = script.attempt.place(item.response_step)
    script.attempt.find(
        "validation",
        place,
        "HTTP",
        f"Step {place}: {text}.",
        field=field,
        expected=expected,
        received=received,
        row=row_id(script.case_id, item.response_step, "HTTP", 1, field),
    )
