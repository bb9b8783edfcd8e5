"""Measure the network of the test set-up: the way to the far end, and the modem's signal, each against its limit."""

from __future__ import annotations

import asyncio
import math
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.measurement import (
    Limit,
    Measurement,
    ModemFacts,
    NetworkMeasurement,
    loss_percent,
    median,
    percentile,
)
from labapp.domain.network_settings import ModemAddress, NetworkSettings
from labapp.network.far_end import serving
from labapp.network.modem import Modem, Signal
from labapp.network.probe import PROBE_TIMEOUT, LinkFigures, Transfer, probe_link

Progress = Callable[[str], None]


class Stopped(EnvironmentFault):
    """The measurement was stopped before it had all its values."""

    def __init__(self) -> None:
        super().__init__("the measurement was stopped", mend="nothing is kept of it; measure again")


class Stop:
    """An order to end a measurement early, from any thread: at once on the way to the far end, else between two commands to the modem."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel: Callable[[], object] | None = None
        self._ordered = False

    def order(self) -> None:
        """End it."""
        with self._lock:
            self._ordered = True
            if self._cancel is not None:
                self._cancel()

    def obey(self) -> None:
        """Raises Stopped once the order was given."""
        if self._ordered:
            raise Stopped

    async def during(self, figures: Coroutine[Any, Any, LinkFigures]) -> LinkFigures:
        """The figures, or Stopped as soon as the order is given."""
        loop, probing = asyncio.get_running_loop(), asyncio.ensure_future(figures)
        with self._lock:
            if self._ordered:
                probing.cancel()
            self._cancel = lambda: loop.call_soon_threadsafe(probing.cancel)
        try:
            return await probing
        except asyncio.CancelledError:
            self.obey()
            raise
        finally:
            with self._lock:
                self._cancel = None


def measure(
    settings: NetworkSettings, *, progress: Progress = lambda _: None, stop: Stop | None = None
) -> NetworkMeasurement:
    """Measure what the settings name: the way to the far end, the modem, or both, the modem first since it answers at once.

    Blocks for about twice `settings.seconds` and the probes. progress: told what is done next. stop: ends it early.
    Raises InputError when there is nothing to measure; EnvironmentFault for a modem or far end that is missing or stops answering;
    Stopped.
    """
    stop = stop or Stop()
    if not settings.far_end and settings.modem is None:
        raise InputError(
            "there is nothing to measure",
            where="[network]",
            mend="name a far end, a modem, or both (far_end, modem; --far-end, --modem)",
        )
    begin = datetime.now(UTC)
    if settings.modem is None:
        return _result(settings, begin, None, (), _probe(settings, progress, stop))
    progress(f"modem {settings.modem}")
    with (
        closing(_open(settings.modem)) as modem,
        modem.held_to(settings.technology) if settings.technology else nullcontext(),
    ):
        stop.obey()
        facts = modem.facts()
        stop.obey()
        strength = _signal_measurements(modem.signal(), settings)
        figures = _probe(settings, progress, stop)
    return _result(settings, begin, facts, strength, figures)


@contextmanager
def far_end_here() -> Iterator[str]:
    """A far end on this machine, in a thread of its own, to try a measurement with; gives its URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="far end", daemon=True)
    thread.start()
    context = serving("127.0.0.1", 0)
    try:
        port = asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result(10)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def serial_ports() -> tuple[tuple[str, str], ...]:
    """The serial ports of this machine that are plugged in: name and what the system says of each."""
    from serial.tools.list_ports import comports

    return tuple((port.device, port.description) for port in sorted(comports()) if port.hwid != "n/a")


def serve_far_end(host: str, port: int, ready: Callable[[int], None]) -> None:
    """Be the far end on `host`:`port` (0 for any free one) until the process is interrupted or told to end.

    ready: told the port once it listens. Raises EnvironmentFault when it cannot listen there.
    """

    async def until_ended() -> None:
        ended = asyncio.Event()
        # Windows has no signal handlers in its loop; there Ctrl-C interrupts the run itself.
        with suppress(NotImplementedError):
            for ending in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(ending, ended.set)
        async with serving(host, port) as bound:
            ready(bound)
            await ended.wait()

    asyncio.run(until_ended())


def _open(address: ModemAddress) -> Modem:
    """The libraries of a modem are loaded only for a modem of that kind."""
    if address.kind == "hilink":
        from labapp.network.hilink import HiLinkModem

        return HiLinkModem(address.place)
    from labapp.network.modem_port import SerialModem

    return SerialModem(address.place)


def _probe(settings: NetworkSettings, progress: Progress, stop: Stop) -> LinkFigures | None:
    stop.obey()
    if not settings.far_end:
        return None
    probing = probe_link(
        settings.far_end,
        interface=settings.interface,
        probes=settings.probes,
        seconds=settings.seconds,
        progress=progress,
    )
    return asyncio.run(stop.during(probing))


def _result(
    settings: NetworkSettings,
    begin: datetime,
    facts: ModemFacts | None,
    strength: tuple[Measurement, ...],
    figures: LinkFigures | None,
) -> NetworkMeasurement:
    return NetworkMeasurement(
        at=begin,
        target=settings.far_end,
        interface=settings.interface,
        technology=settings.technology,
        modem=facts,
        measurements=(*(link_measurements(figures, settings) if figures else ()), *strength),
        latencies=tuple(None if one is None else round(one, 3) for one in figures.latencies) if figures else (),
    )


def link_measurements(figures: LinkFigures, settings: NetworkSettings) -> tuple[Measurement, ...]:
    """The figures of the way to the far end, each against its limit.

    A lost probe counts with the time after which it was given up, so that loss cannot make a link look quick.
    """
    round_trips = [PROBE_TIMEOUT * 1000 if one is None else one for one in figures.latencies]
    lost = sum(one is None for one in figures.latencies)
    note = f"{len(round_trips)} probes" + (f", {lost} lost counted as {PROBE_TIMEOUT * 1000:g} ms" if lost else "")
    return (
        _bandwidth("bandwidth_download", figures.download, settings.bandwidth),
        _bandwidth("bandwidth_upload", figures.upload, settings.bandwidth),
        _latency("latency_median", median(round_trips), settings.latency, note),
        _latency("latency_p95", percentile(round_trips, 95), settings.latency, note),
        Measurement(
            "loss",
            round(loss_percent(figures.latencies), 1),
            "%",
            settings.loss,
            f"{lost} of {len(round_trips)} probes without an answer within {PROBE_TIMEOUT:g} s",
        ),
    )


def _latency(name: str, milliseconds: float, limit: Limit, note: str) -> Measurement:
    """Rounded up: a value past its limit must not be rounded into it."""
    return Measurement(name, math.ceil(milliseconds * 10) / 10, "ms", limit, note)


def _bandwidth(name: str, transfer: Transfer, limit: Limit) -> Measurement:
    """Rounded down: a value short of its limit must not be rounded into it."""
    note = f"{transfer.bytes} bytes in {transfer.seconds:.2f} s, 1 kB = 1000 bytes"
    return Measurement(name, math.floor(transfer.kilobytes_per_second * 100) / 100, "kB/s", limit, note)


def _signal_measurements(found: Signal, settings: NetworkSettings) -> tuple[Measurement, ...]:
    return (
        Measurement("rssi", found.rssi, "dBm", settings.rssi, found.rssi_note),
        Measurement("csq", found.csq, "", settings.csq, found.csq_note),
    )
