"""What operators have been told of a run, so that one who attaches in the midst is told the same: pure, without a clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from labapp.bench.channel import Message, attempt_result, told
from labapp.bench.history import History

#: Frames of the running attempt that an operator gets who asks for frames in its midst.
MAX_FRAMES = 1000


class Telling:
    """Takes every message that goes to all operators, in its order, and gives those that greet a new one."""

    def __init__(self) -> None:
        self._cases: list[Message] = []
        self._steps: list[Message] = []
        self._frames: list[Message] = []
        self._prompts: dict[str, Message] = {}
        self._plan: Message | None = None
        self._link: Message | None = None
        self._waiting: Message | None = None
        self._running = False
        self.paused = False

    def take(self, message: Message) -> None:
        """A message has been told."""
        match message["type"]:
            case "case":
                self._cases.append(message)
                if message["event"] != "amended":
                    self._running = message["event"] == "started"
                    self._steps, self._frames, self._waiting = [], [], None
            case "step" if message["state"] == "waiting":
                self._waiting = message if self._running else None
            case "step" if self._running:
                self._steps.append(message)
            case "frame":
                self._frames.append(message)
                if len(self._frames) > 2 * MAX_FRAMES:
                    del self._frames[:-MAX_FRAMES]
            case "plan":
                self._plan = message
            case "link":
                self._link = message
            case "prompt":
                self._prompts[message["id"]] = message
            case "prompt_closed":
                self._prompts.pop(message["id"], None)
            case "command" if message["name"] in ("pause", "resume"):
                self.paused = message["name"] == "pause"

    def act_done(self, closed: Mapping[str, Any]) -> Message | None:
        """The step that an act of the operator is, when the closing of its prompt shows that it is done; else None."""
        prompt = self._prompts.get(closed["id"])
        if prompt is None or not self._running or prompt["kind"] != "action" or closed["by"] == "tool":
            return None
        content = {"scope": "", "step": 0, "message": prompt["action"], "state": "met", "detail": closed["by"]}
        return told("step", prompt["run"], content)

    def greeting(self, open_prompts: Collection[str]) -> list[Message]:
        """What follows hello and ready: the plan as the device's keys decided it, cases, link, steps of the running attempt, what it
        waits for, open prompts.

        open_prompts: ids of those that are open indeed; a fault of the tool may have ended an attempt without closing them.
        """
        plan = [self._plan] if self._plan is not None else []
        link = [self._link] if self._link is not None else []
        waiting = [self._waiting] if self._waiting is not None else []
        prompts = [message for name, message in self._prompts.items() if name in open_prompts]
        return [*plan, *self._cases, *link, *self._steps, *waiting, *prompts]

    @property
    def frames(self) -> Sequence[Message]:
        """Frames of the running attempt so far, or since the last one."""
        return self._frames[-MAX_FRAMES:]


def results_before(history: History) -> list[dict[str, Any]]:
    """Results that a run has when its bench begins, as `hello` tells them: each with whether it was amended."""
    amended = {(each["case"], each["attempt"]) for each in history.amendments}
    return [{**attempt_result(each), "amended": (each["id"], each["attempt"]) in amended} for each in history.results]
