"""The whole job on the simulator, unattended: from a vendor's workbook to a verified evidence bundle."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from labapp.domain.errors import EnvironmentFault, InputError, LabappError
from labapp.services import sessions
from labapp.services.demonstration_project import demonstration_project
from labapp.services.intake import demonstration_pics, write_pics_workbook
from labapp.services.measuring import far_end_here
from labapp.services.verifying import verify
from labapp.simulator.modem import ModemModel
from labapp.simulator.modem_port import SimulatedModem

#: Stands in a directory that a demonstration has made, so that the next one may replace it.
MARK = "DEMONSTRATION.txt"

#: What the two forms run: one case of each kind, and the whole plan of the declaration.
_CASES: Mapping[str, tuple[str, ...]] = {
    "quick": (
        "TC_001_CS",
        "TC_003_CS",
        "TC_013_CS",
        "TC_019_CS",
        "TC_023_4_CS",
        "TC_032_2_CS",
        "TC_037_1_CS",
        "TC_061_1_CS",
        "TC_066_CS",
        "TC_070_CS",
    ),
    "full": (),
}
_DURATION = {"quick": "a minute or two", "full": "a quarter of an hour"}

_MARK_TEXT = "Made by `labapp demo`, which replaces this directory when it is run again. Nothing here is valid for certification.\n"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What a demonstration has made. status: exit status of its run; verified: whether the bundle is intact."""

    pdf: Path
    xlsx: Path
    bundle: Path
    verified: bool
    status: int


def demonstrate(out: Path, form: str = "quick") -> Demonstration:
    """Do the whole job in `out`. form: "quick" or "full".

    Raises InputError when `out` holds something else; EnvironmentFault when it cannot be written or something cannot be started.
    """
    _make_room(out)
    pics = out / "pics.xlsx"
    write_pics_workbook(pics, demonstration_pics())
    _say(f"the vendor's declaration is {pics}")
    with far_end_here() as far_end, _modem() as modem:
        project = out / "PROJECT.toml"
        project.write_text(demonstration_project(form, far_end, modem), encoding="utf-8")
        _say(f"the cases of {project} run on the simulated station; this takes {_DURATION[form]}")
        status = sessions.run(project, _CASES[form], out / "run", sessions.Wishes(operator="auto"))
    return _delivered(out / "run", status)


def _delivered(run: Path, status: int) -> Demonstration:
    pdf, xlsx, bundle = (_one(run, pattern) for pattern in ("report/*.pdf", "report/*.xlsx", "*.labevidence"))
    result = verify(bundle, None)
    for check in result.checks:
        _say(f"{'ok  ' if check.ok else 'NOT '} {check.name}: {check.detail}")
    return Demonstration(pdf, xlsx, bundle, result.intact, status)


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise EnvironmentFault(f"the run has not made {pattern}", where=str(folder), mend="see the messages above")
    return found[0]


def _make_room(out: Path) -> None:
    """A directory of an earlier demonstration is replaced, any other that holds something is not touched."""
    try:
        if (out / MARK).is_file():
            shutil.rmtree(out)
        elif out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InputError(
                "it holds something that is not a demonstration", where=str(out), mend="name another directory"
            )
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).write_text(_MARK_TEXT, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"it cannot be written: {error.strerror}", where=str(out), mend="name another directory with --out"
        ) from error


@contextmanager
def _modem() -> Iterator[str]:
    """The simulated modem, as `[network] modem` names it; where there are no pseudo terminals the demonstration has none."""
    with ExitStack() as stack:
        try:
            modem = SimulatedModem(ModemModel())
        except LabappError as error:
            _say(str(error))
            yield ""
            return
        stack.callback(modem.close)
        yield f"serial:{modem.port}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
