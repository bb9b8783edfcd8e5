"""Where a bench can be reached: `bench.json` in the directory of each of its runs, readable by its owner alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from labapp.bench.files import replace_file
from labapp.domain.errors import EnvironmentFault

#: Name of the file.
BENCH = "bench.json"


@dataclass(frozen=True, slots=True)
class Address:
    """url: of the operator channel on loopback. token: what an operator must present. run: the directory's; pid: of the bench."""

    url: str
    token: str
    pid: int
    run: str


def write_address(directory: Path, address: Address) -> None:
    """Write `bench.json`, mode 0600. Raises EnvironmentFault when the directory cannot be written."""
    replace_file(directory / BENCH, json.dumps(asdict(address)) + "\n", mode=0o600)


def read_address(directory: Path) -> Address | None:
    """The address of the bench that runs the directory, None when there is none.

    The bench may have died since: only connecting tells. Raises EnvironmentFault when the file cannot be read.
    """
    path = directory / BENCH
    try:
        return Address(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        # A bench writes the file in one stroke: what is no address was left by something else.
        return None
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be read: {error.strerror}", where=str(path), mend="use the account of the bench"
        ) from None


def drop_address(directory: Path, pid: int) -> None:
    """Remove the file of a bench that ends; another bench's stays."""
    address = read_address(directory)
    if address is not None and address.pid == pid:
        (directory / BENCH).unlink(missing_ok=True)
