"""The project file of the demonstration, from its template in `resources/demo`."""

from __future__ import annotations

from labapp.locator import data_path

#: Values of the two forms: as short as the cases allow, and as a laboratory would choose them.
_VALUES = {
    "quick": {"heartbeat_interval": 2, "meter_value_interval": 2, "transaction_duration": 2, "connection_timeout": 5},
    "full": {
        "heartbeat_interval": 10,
        "meter_value_interval": 10,
        "transaction_duration": 10,
        "connection_timeout": 30,
        "clock_aligned_interval": 10,
        "reservation_offset": 60,
    },
}
_QUIET_WINDOW = {"quick": 0.5, "full": 3}


def demonstration_project(form: str, far_end: str = "", modem: str = "") -> str:
    """TOML text of the project. form: "quick" or "full". far_end, modem: of the network measurement, "" for none."""
    values = "\n".join(f"{key} = {value}" for key, value in _VALUES[form].items())
    template = (data_path("resources") / "demo" / "project.toml").read_text(encoding="utf-8")
    return template.format(far_end=far_end, modem=modem, values=values, quiet_window=_QUIET_WINDOW[form])
