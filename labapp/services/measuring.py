"""Measure the network of the test set-up: the way to the far end, and the modem's signal, each against its limit."""

from __future__ import annotations

import asyncio
import math
import signal
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime

from labapp.domain.errors import InputError
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


def measure(settings: NetworkSettings, *, progress: Progress = lambda _: None) -> NetworkMeasurement:
    """Measure what the settings name: the way to the far end, the modem, or both, the modem first since it answers at once.

    Blocks for about twice `settings.seconds` and the probes. progress: told what is done next.
    Raises InputError when there is nothing to measure; EnvironmentFault for a modem or far end that is missing or stops answering.
    """
    if not settings.far_end and settings.modem is None:
        raise InputError(
            "there is nothing to measure",
            where="[network]",
            mend="name a far end, a modem, or both (far_end, modem; --far-end, --modem)",
        )
    begin = datetime.now(UTC)
    if settings.modem is None:
        return _result(settings, begin, None, (), _probe(settings, progress))
    progress(f"modem {settings.modem}")
    with (
        closing(_open(settings.modem)) as modem,
        modem.held_to(settings.technology) if settings.technology else nullcontext(),
    ):
        facts = modem.facts()
        strength = _signal_measurements(modem.signal(), settings)
        figures = _probe(settings, progress)
    return _result(settings, begin, facts, strength, figures)


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


def _probe(settings: NetworkSettings, progress: Progress) -> LinkFigures | None:
    if not settings.far_end:
        return None
    return asyncio.run(
        probe_link(
            settings.far_end,
            interface=settings.interface,
            probes=settings.probes,
            seconds=settings.seconds,
            progress=progress,
        )
    )


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
