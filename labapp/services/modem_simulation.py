"""Run a simulated modem, steered by JSON lines: its port first, then one answer to each order."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterable
from typing import Any, TextIO

from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem


def run_modem(variant: str, defects: Iterable[str], orders: Iterable[str], out: TextIO) -> None:
    """Simulate a modem, doing what the lines `{"id", "action", "args"}` say; after the last it stays until it vanishes.

    out: gets `{"type":"ready","port"}` first, then `{"type":"done"|"impossible","id","reason"}` for each order, and
    `{"type":"error","text"}` for one that cannot be read. A signal to end ends it at any time.
    Raises InputError for an unknown variant or defect, EnvironmentFault on a system without pseudo terminals.
    """
    modem = SimulatedModem(ModemModel(variant, defects))
    try:
        if threading.current_thread() is threading.main_thread():
            # Whoever starts it in the background of a script has SIGINT ignored for it, and means to end it all the same.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.default_int_handler)
        _tell(out, {"type": "ready", "port": modem.port})
        for line in orders:
            if line.strip():
                _tell(out, _carried_out(modem, line))
        modem.wait_gone()
    except KeyboardInterrupt:
        pass
    finally:
        modem.close()


def _tell(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def _carried_out(modem: SimulatedModem, line: str) -> dict[str, Any]:
    try:
        order = json.loads(line)
    except (ValueError, RecursionError) as fault:
        return {"type": "error", "text": f"no JSON: {fault}"}
    if not isinstance(order, dict) or not isinstance(order.get("action"), str):
        return {"type": "error", "text": 'no order: give {"id", "action", "args"}'}
    args = order.get("args", {})
    if not isinstance(args, dict):
        return {"type": "error", "text": "args is no object"}
    reason = modem.perform(order["action"], args)
    return {"type": "impossible" if reason else "done", "id": order.get("id"), "reason": reason}
