"""The one place that knows where labapp's data folders lie, in a checkout and in an installed wheel.

The folders stand beside the package in the repository and are mapped into the wheel under `labapp/_data`.
"""

from __future__ import annotations

from pathlib import Path

from labapp.domain.errors import EnvironmentFault

#: The folders that travel with labapp; `pyproject.toml` maps each of them into the wheel.
DATA_FOLDERS = ("resources", "pics_templates", "report_templates")

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """The absolute path of one data folder: the installed one, else the one of the checkout.

    Raises: ValueError when `name` is not in DATA_FOLDERS; EnvironmentFault when the folder is missing on this machine.
    """
    if name not in DATA_FOLDERS:
        raise ValueError(f"no data folder {name!r}: labapp has {', '.join(DATA_FOLDERS)}")
    places = (_PACKAGE / "_data" / name, _PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise EnvironmentFault(
        f"the data folder {name} is missing",
        where=" or ".join(str(place) for place in places),
        mend="install labapp again, or complete the checkout",
    )
