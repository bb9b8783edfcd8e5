"""`labapp measure`: the network of the test set-up against its limits, and the far end that it is measured against."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.measurement import (
    NETWORK_KEYS,
    TECHNOLOGIES,
    LimitVerdict,
    Measurement,
    NetworkMeasurement,
    measurement_to_json,
)
from labapp.domain.network_settings import network_settings
from labapp.domain.stamps import utc_text
from labapp.services.measuring import measure, serve_far_end
from labapp.services.project_file import read_project

SERVE = "serve"
LISTEN = "0.0.0.0:8077"

#: Keys of `[network]` that have an option of their own, which goes before the file's.
OPTIONS: dict[str, dict[str, Any]] = {
    "far_end": {"metavar": "URL"},
    "interface": {"metavar": "NAME|ADDRESS"},
    "modem": {"metavar": "PORT|URL"},
    "technology": {"choices": tuple(TECHNOLOGIES)},
    "probes": {"type": int, "metavar": "N"},
    "seconds": {"type": float, "metavar": "S"},
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `measure`."""
    parser = commands.add_parser(
        "measure",
        help="measure bandwidth, latency and signal against their limits",
        description="Measure bandwidth both ways, latency, and a modem's signal, each against the limit of the test "
        "procedure. With the word serve: be the far end of such a measurement.",
    )
    parser.add_argument(
        "project", nargs="?", metavar="PROJECT.toml|serve", help="project whose [network] table says what to measure"
    )
    helps = {entry.key: entry.help for entry in NETWORK_KEYS}
    for key, form in OPTIONS.items():
        parser.add_argument(f"--{key.replace('_', '-')}", help=helps[key], **form)
    parser.add_argument("--json", action="store_true", help="the measurement as JSON on standard output")
    parser.add_argument("--listen", metavar="HOST:PORT", help=f"serve: where the far end listens (default {LISTEN})")
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    if args.project == SERVE:
        return _serve(args.listen or LISTEN)
    if args.listen:
        raise InputError("belongs to the far end", where="--listen", mend="write labapp measure serve --listen")
    table = read_project(Path(args.project)).network_table if args.project else {}
    given = {key: getattr(args, key) for key in OPTIONS if getattr(args, key) is not None}
    # A modem that is held to a technology gets its own setting back, however this ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    where = f"{Path(args.project).name} [network]" if args.project else "[network]"
    found = measure(
        network_settings({**table, **given}, where=where), progress=_progress if sys.stderr.isatty() else lambda _: None
    )
    if args.json:
        print(json.dumps(measurement_to_json(found), ensure_ascii=False))
    print(table_text(found), file=sys.stderr)
    return 1 if found.verdict in (LimitVerdict.NOT_OK, LimitVerdict.UNKNOWN) else 0


def _progress(text: str) -> None:
    """For a person who waits; a log shall hold the outcome alone."""
    print(f"measuring: {text}", file=sys.stderr, flush=True)


def _serve(listen: str) -> int:
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        raise InputError(f"{listen!r} is no HOST:PORT", where="--listen", mend=f"give it as {LISTEN}")
    host = host.strip("[]")

    def ready(bound: int) -> None:
        address = f"[{host}]:{bound}" if ":" in host else f"{host}:{bound}"
        print(json.dumps({"type": "ready", "listen": address}), flush=True)
        print("the far end listens; end it with Ctrl-C", file=sys.stderr, flush=True)

    serve_far_end(host, int(port), ready)
    return 0


def table_text(found: NetworkMeasurement) -> str:
    """The measurement as a person reads it: what was measured, then a table of value, unit, limit and verdict."""
    heads = [f"Network measurement of {utc_text(found.at, milliseconds=False)}"]
    if found.target:
        heads.append(f"far end {found.target}" + (f" through {found.interface}" if found.interface else ""))
    if found.modem:
        identity = " ".join(text for text in (found.modem.manufacturer, found.modem.model) if text)
        heads.append(
            f"modem {identity or 'of unknown make'} at {found.modem.address}, "
            f"operator {found.modem.operator or 'unknown'}, network {found.modem.network or 'unknown'}"
            + (f", held to {found.technology}" if found.technology else "")
        )
    rows = [("", "value", "unit", "limit", "verdict", ""), *(_row(one) for one in found.measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*heads, *lines])


def _row(one: Measurement) -> tuple[str, ...]:
    value = "unknown" if one.value is None else f"{one.value:.10g}"
    limit = "" if one.limit is None else str(one.limit)
    return one.title, value, one.unit, limit, one.verdict.value, one.note
