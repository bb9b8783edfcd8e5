"""An unexpected boot or loss of the connection inside a case: the operator says whose doing it was."""

from __future__ import annotations

from collections.abc import Generator

from labapp.engine.attempt import SECOND, Attempt, CaseEnded

_TEXT = {
    "boot": "The device has started again, which the scenario does not ask for here. What was the cause?",
    "link": "The connection to the device was lost, which the scenario does not ask for here. What was the cause?",
}
_CHOICES = (
    {"id": "device", "text": "The device itself", "default": False},
    {"id": "lab", "text": "The lab: power, network or handling", "default": False},
    {"id": "unknown", "text": "Not known", "default": True},
)


def ask_whose_fault(attempt: Attempt) -> Generator[int | None, None, None]:
    """Ask for the cause of a surprise and end the case: device FAIL, lab or unknown INCONCLUSIVE. Raises CaseEnded."""
    kind, attempt.surprise = attempt.surprise, ""
    prompt = attempt.ask("question", "surprise", _TEXT[kind], {"kind": kind}, _CHOICES)
    patience = float(attempt.setup.options.get("operator_timeout", 0) or 0)
    until = attempt.now.mono_ns + round(patience * SECOND) if patience else None
    while prompt.id in attempt.prompts:
        if until is not None and attempt.now.mono_ns >= until:
            attempt.close(prompt, "tool")
            break
        yield until
    attempt.surprise = ""
    answer = attempt.answers.get(prompt.id)
    cause = answer.outcome if answer is not None else "unknown"
    what = "a boot" if kind == "boot" else "a loss of the connection"
    if cause == "device":
        name = attempt.version.message_name("BootNotification", "req") if kind == "boot" else "WEBSOCKET"
        attempt.find("device_lost", attempt.place(0), name, f"There was {what} that the scenario does not ask for.")
        raise CaseEnded("device_lost")
    raise CaseEnded("device_lost", "INCONCLUSIVE", f"{what}, cause: {cause}")
