"""`labapp report`, `labapp sign` and `labapp verify`: from a run to a signed report, and the check of what was handed over."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from labapp.reports.content import DEMONSTRATION
from labapp.reports.pdf_signing import ROLES
from labapp.reports.verification import VerificationResult
from labapp.services.reporting import make_report, reseal
from labapp.services.signing import sign
from labapp.services.verifying import verify


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `report`, `sign` and `verify`."""
    report = commands.add_parser(
        "report",
        help="make the report, the workbook and the evidence bundle of a run",
        description="Make the report (PDF), the workbook and the evidence bundle of a run, certified by the laboratory.",
    )
    report.add_argument("directory", type=Path, metavar="DIR", help="directory of the run")
    report.add_argument(
        "--template", metavar="NAME", help="layout of the report (default: [report] template, else certification)"
    )
    report.add_argument("--seal", action="store_true", help="leave PDF and workbook as they are, make the bundle anew")
    report.add_argument("--json", action="store_true", help="the paths as JSON on standard output")
    report.set_defaults(handler=_report)

    signing = commands.add_parser(
        "sign",
        help="sign a report as the one who tested, checked or authorised it",
        description="Sign a report in its field for a role. In a run's directory and in a bundle the evidence is sealed anew; a PDF alone "
        "is signed only, and packed later by report DIR --seal.",
    )
    signing.add_argument("path", type=Path, metavar="DIR|FILE", help="directory of the run, evidence bundle, or PDF")
    signing.add_argument("--role", choices=ROLES, required=True)
    signing.add_argument(
        "--certificate",
        type=Path,
        metavar="P12|PEM",
        help="key and certificate of the person (default: the laboratory's)",
    )
    signing.add_argument(
        "--password", metavar="env:NAME", help="where the password of the key is: env:NAME or keyring:SERVICE/USER"
    )
    signing.set_defaults(handler=_sign)

    verifying = commands.add_parser(
        "verify",
        help="check an evidence bundle or a report",
        description="Check an evidence bundle (.labevidence), a report (.pdf), or the bundle of a run's directory. Intact: whole, and "
        "signed by the certificate inside. Trusted: that certificate leads to one of yours.",
    )
    verifying.add_argument("file", type=Path, metavar="FILE")
    verifying.add_argument(
        "--trust", type=Path, metavar="PEM", help="certificates that you trust; then only what is trusted gives 0"
    )
    verifying.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    verifying.set_defaults(handler=_verify)


def _report(args: argparse.Namespace) -> int:
    paths = reseal(args.directory) if args.seal else make_report(args.directory, args.template)
    if args.json:
        print(json.dumps(paths.as_json(), ensure_ascii=False))
    for path in (paths.bundle,) if args.seal else (paths.pdf, paths.xlsx, paths.bundle):
        print(path, file=sys.stderr)
    return 0


def _sign(args: argparse.Namespace) -> int:
    for path in sign(args.path, args.role, args.certificate, args.password):
        print(f"{path}: signed as {args.role}", file=sys.stderr)
    return 0


def _verify(args: argparse.Namespace) -> int:
    result = verify(args.file, args.trust)
    if args.json:
        print(json.dumps(result.as_json(), ensure_ascii=False))
    for line in _lines(result):
        print(line, file=sys.stderr)
    return 0 if (result.trusted if args.trust is not None else result.intact) else 1


def _lines(result: VerificationResult) -> list[str]:
    width = max(len(check.name) for check in result.checks)
    lines = [f"{'✓' if check.ok else '✗'} {check.name.ljust(width)}  {check.detail}" for check in result.checks]
    lines.append(f"{'intact' if result.intact else 'NOT intact'}, {'trusted' if result.trusted else 'not trusted'}")
    if result.signer:
        lines.append(f"signer: {result.signer}")
    return [*lines, DEMONSTRATION] if result.demonstration else lines
