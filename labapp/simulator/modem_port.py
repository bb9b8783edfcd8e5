"""The simulated modem on a pseudo terminal, so that any program can open it as a serial port. POSIX systems only."""

from __future__ import annotations

import os
import selectors
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from labapp.domain.errors import EnvironmentFault
from labapp.simulator.modem import ModemModel

#: Every action by name, with what it does.
MODEM_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "set_csq": "change the signal; csq: 0 to 31, 99 for unknown",
        "set_network": "change the best network at this place; network: LTE, WCDMA, GSM or NOSERVICE",
        "send_unsolicited": "send a burst of reports that nobody asked for",
        "fall_silent": "answer nothing from now on",
        "hang_up": "vanish: close the port",
    }
)

#: How long one turn of waiting lasts, seconds.
_TURN = 0.5


class SimulatedModem:
    """A modem model behind a pseudo terminal, served by a thread of its own until it hangs up or `close` is called.

    port: the name to open (`/dev/pts/N`). Raises EnvironmentFault on a system without pseudo terminals.
    """

    def __init__(self, model: ModemModel) -> None:
        if sys.platform == "win32":
            raise EnvironmentFault(
                "this system has no pseudo terminals", where="simulate modem", mend="run it on Linux"
            )
        import tty

        self._model = model
        self._lock = threading.Lock()
        self._gone = False
        self._master, self._slave = os.openpty()
        # The modem holds the slave too: a program that closes the port does not end the line.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, name=f"modem {self.port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Vanish, if it has not yet, and end the thread."""
        self.perform("hang_up", {})
        self._thread.join()
        os.close(self._wake_write)
        os.close(self._wake_read)

    def wait_gone(self) -> None:
        """Wait until the modem has vanished."""
        # In turns: a signal that comes just ahead of a wait is seen only when that wait ends.
        while self._thread.is_alive():
            self._thread.join(_TURN)

    def perform(self, action: str, args: Mapping[str, Any]) -> str:
        """Do one of MODEM_ACTIONS; "" when done, else why it is impossible."""
        actions: dict[str, Callable[[], None]] = {
            "set_csq": lambda: self._model.set_csq(args["csq"]),
            "set_network": lambda: self._model.set_network(args["network"]),
            "send_unsolicited": lambda: self._send(self._model.unsolicited()),
            "fall_silent": self._model.fall_silent,
            "hang_up": self._hang_up,
        }
        if action not in actions:
            return f"no action {action!r}; the actions are {', '.join(MODEM_ACTIONS)}"
        with self._lock:
            if self._gone:
                return "the modem has vanished"
            try:
                actions[action]()
            except KeyError as error:
                return f"{action} needs the argument {error.args[0]}"
            except ValueError as error:
                return str(error)
        return ""

    def _hang_up(self) -> None:
        self._model.hung_up = True
        os.write(self._wake_write, b"x")

    def _send(self, data: bytes) -> None:
        # What nobody reads is lost, as on a real line.
        with suppress(BlockingIOError):
            os.write(self._master, data)

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            selector.register(self._wake_read, selectors.EVENT_READ)
            while True:
                selector.select()
                with self._lock:
                    if not self._model.hung_up:
                        self._exchange()
                    if self._model.hung_up:
                        self._gone = True
                        os.close(self._slave)
                        os.close(self._master)
                        return

    def _exchange(self) -> None:
        with suppress(BlockingIOError):
            self._send(self._model.receive(os.read(self._master, 4096)))
