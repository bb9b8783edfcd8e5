"""`labapp simulate`: a charging station, a central system or a modem that is none, to try the tool and to test it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from labapp.domain.errors import InputError
from labapp.ocpp.versions import VERSIONS
from labapp.services.modem_simulation import run_modem
from labapp.services.secrets import resolve_secret
from labapp.simulator.csms_settings import STANDARD_TAGS, CsmsConfig, Tag
from labapp.simulator.csms_variants import CSMS_VARIANTS, csms_config
from labapp.simulator.defects import CSMS_DEFECTS, STATION_DEFECTS
from labapp.simulator.modem import MODEM_DEFECTS, MODEM_VARIANTS
from labapp.simulator.settings import StationConfig
from labapp.simulator.variants import VARIANTS, station_config

_STEERING = (
    'The first line on standard output is {"type":"ready", ...}. Each line on standard input, '
    '{"id","action","args"}, does an action of the operator channel and is answered by {"type":"done"|"impossible",'
    '"id","reason"}; a malformed line by {"type":"error","text"}. '
)
_END = "The simulator ends when its standard input does, unless --keep is given; then it ends on SIGTERM or SIGINT."


# The handlers import what they run: the `ocpp` package takes longer to import than all the rest, and other commands do not need it.


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `simulate` with its devices."""
    parser = commands.add_parser(
        "simulate", help="simulate a charging station, a central system or a modem", description=_STEERING
    )
    devices = parser.add_subparsers(dest="device", metavar="DEVICE", required=True)
    _add_station(devices)
    _add_csms(devices)
    _add_modem(devices)


def _add_station(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser(
        "station", help="an OCPP 1.6 charging station", description=_STEERING + _END, allow_abbrev=False
    )
    parser.add_argument("--url", help="ws://HOST:PORT/PATH of the central system, without the identity")
    _add_project(parser)
    parser.add_argument("--identity", help="identity of the station (default that of the project, or CS-SIM)")
    parser.add_argument("--password", metavar="env:NAME", help="for HTTP Basic authentication (security profile 1)")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="a configuration key")
    _add_kinds(parser, VARIANTS)
    parser.add_argument("--keep", action="store_true", help="go on after the end of standard input")
    parser.set_defaults(handler=_station)


def _add_csms(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser("csms", help="a central system", description=_STEERING + _END, allow_abbrev=False)
    _add_project(parser)
    parser.add_argument(
        "--listen", metavar="HOST:PORT", help="default that of the project's url, or 127.0.0.1 and any free port"
    )
    parser.add_argument("--ocpp", choices=tuple(VERSIONS), help="default that of the project, or 1.6")
    parser.add_argument("--identity", help="the only station that may connect; omitted: every station")
    parser.add_argument("--password", metavar="env:NAME", help="the station's, for HTTP Basic authentication")
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="ID=STATUS[/PARENT]",
        help=f"an identifier; known without it: {', '.join(STANDARD_TAGS)}",
    )
    _add_kinds(parser, CSMS_VARIANTS)
    parser.add_argument("--keep", action="store_true", help="go on after the end of standard input")
    parser.set_defaults(handler=_csms)


def _add_modem(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser(
        "modem",
        help="a modem that speaks AT commands on a pseudo terminal",
        description=_STEERING
        + "The simulator ends when the modem has hung up and standard input has ended, or on SIGTERM or SIGINT.",
        allow_abbrev=False,
    )
    _add_kinds(parser, MODEM_VARIANTS)
    parser.set_defaults(handler=_modem)


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--project",
        type=Path,
        metavar="PROJECT.toml",
        help="simulate the device that this project describes; further options change it",
    )


def _add_kinds(parser: argparse.ArgumentParser, variants: Iterable[str] = ()) -> None:
    names = list(variants)
    if names:
        parser.add_argument("--variant", action="append", default=[], metavar="NAME", help=f"one of {', '.join(names)}")
        parser.add_argument("--list-variants", action="store_true", help="print every variant and what it means")
    parser.add_argument("--defect", action="append", default=[], metavar="NAME", help="see --list-defects")
    parser.add_argument("--list-defects", action="store_true", help="print every defect and what it does")


def _station(args: argparse.Namespace) -> int:
    if _listed(args, {name: variant.help for name, variant in VARIANTS.items()}, STATION_DEFECTS):
        return 0
    if not args.url:
        raise InputError("the station does not know whom to dial", where="--url", mend="give ws://HOST:PORT/PATH")
    from labapp.services.simulation import Steering, run_station

    base = StationConfig() if args.project is None else _station_of(args.project)
    base = replace(
        base,
        identity=args.identity or base.identity,
        password=_password(args.password) if args.password else base.password,
        settings=_settings(args.setting),
    )
    config = station_config(base, variants=args.variant, defects=args.defect)
    run_station(config, args.url, Steering(sys.stdin, sys.stdout, args.keep))
    return 0


def _csms(args: argparse.Namespace) -> int:
    if _listed(args, {name: variant.help for name, variant in CSMS_VARIANTS.items()}, CSMS_DEFECTS):
        return 0
    if args.password and not args.identity:
        raise InputError("a password belongs to a station", where="--password", mend="give its --identity as well")
    from labapp.services.simulation import Steering, run_csms

    base, listen = (CsmsConfig(), "127.0.0.1:0") if args.project is None else _csms_of(args.project)
    host, port = _address(args.listen or listen)
    base = replace(
        base,
        version=args.ocpp or base.version,
        stations={args.identity: _password(args.password)} if args.identity else base.stations,
        tags={**base.tags, **_tags(args.tag)},
    )
    config = csms_config(base, args.variant, args.defect)
    run_csms(config, host, port, Steering(sys.stdin, sys.stdout, args.keep))
    return 0


def _station_of(path: Path) -> StationConfig:
    from labapp.services.simulated_device import station_of_project

    return station_of_project(path)


def _csms_of(path: Path) -> tuple[CsmsConfig, str]:
    from labapp.services.simulated_device import csms_of_project

    return csms_of_project(path)


def _modem(args: argparse.Namespace) -> int:
    if _listed(args, {name: variant.description for name, variant in MODEM_VARIANTS.items()}, MODEM_DEFECTS):
        return 0
    if len(args.variant) > 1:
        raise InputError("a modem is in one state only", where="--variant", mend="give one variant")
    run_modem(args.variant[0] if args.variant else next(iter(MODEM_VARIANTS)), args.defect, sys.stdin, sys.stdout)
    return 0


def _listed(args: argparse.Namespace, variants: Mapping[str, str], defects: Mapping[str, str]) -> bool:
    tables = [variants] if getattr(args, "list_variants", False) else []
    tables += [defects] if args.list_defects else []
    for table in tables:
        for name, meaning in table.items():
            print(f"{name}\t{meaning}")
    return bool(tables)


def _password(origin: str | None) -> str | None:
    return resolve_secret(origin).reveal() if origin else None


def _settings(given: Iterable[str]) -> dict[str, str]:
    settings = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{text!r} is no setting", where="--setting", mend="write KEY=VALUE")
        settings[key] = value
    return settings


def _tags(given: Iterable[str]) -> dict[str, Tag]:
    tags = {}
    for text in given:
        id_tag, _, meaning = text.partition("=")
        status, _, parent = meaning.partition("/")
        if status not in ("Accepted", "Blocked", "Expired", "Invalid"):
            mend = "write ID=STATUS[/PARENT] with the status Accepted, Blocked, Expired or Invalid"
            raise InputError(f"{text!r} is no identifier", where="--tag", mend=mend)
        tags[id_tag] = Tag(status, parent or None)
    return tags


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise InputError(f"{text!r} is no address", where="--listen", mend="write HOST:PORT, with port 0 for any")
    return host.strip("[]"), int(port)
