"""Run a simulated modem, steered by JSON lines: its port first, then one answer to each action."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem


def run_modem(variant: str, defects: Iterable[str], actions: Iterable[str], out: TextIO) -> None:
    """Simulate a modem, doing what the lines `{"id", "action", "args"}` say; after the last it stays until it has vanished.

    out: gets `{"type":"ready","port"}` first, then `{"type":"done"|"impossible","id","reason"}` for each line.
    Raises InputError for an unknown variant or defect, EnvironmentFault on a system without pseudo terminals.
    """

    def tell(message: dict[str, Any]) -> None:
        out.write(json.dumps(message, ensure_ascii=False) + "\n")
        out.flush()

    modem = SimulatedModem(ModemModel(variant, defects))
    try:
        tell({"type": "ready", "port": modem.port})
        for line in actions:
            if line.strip():
                tell(_performed(modem, line))
        modem.wait_gone()
    finally:
        modem.close()


def _performed(modem: SimulatedModem, line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        return _outcome(None, f"no JSON: {error}")
    if not isinstance(message, dict) or not isinstance(message.get("args", {}), dict):
        return _outcome(None, 'no action: give {"id", "action", "args"}')
    reason = modem.perform(str(message.get("action", "")), message.get("args", {}))
    return _outcome(message.get("id"), reason)


def _outcome(identity: object, reason: str) -> dict[str, Any]:
    return {"type": "impossible" if reason else "done", "id": identity, "reason": reason}
