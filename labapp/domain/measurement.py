"""Network measurements: values against the limits of the certification test procedure.

The limits stand in the test procedure and test plans (OCPP Certification Program Document 2, section 8.2.2):
bandwidth at least 5 kB/s, latency at most 1000 ms, signal strength at least -81 dBm, which is CSQ 16.
One kB is 1000 bytes here, counted in payload, without the overhead of HTTP, TCP and IP.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from labapp.domain.errors import InputError
from labapp.domain.stamps import utc_text

#: Highest value of AT+CSQ that stands for a signal; 99 stands for unknown.
CSQ_MAX = 31

#: The measurements by name, with what a person reads.
TITLES = {
    "bandwidth_download": "Bandwidth, download",
    "bandwidth_upload": "Bandwidth, upload",
    "latency_median": "Latency, median",
    "latency_p95": "Latency, 95th percentile",
    "loss": "Lost probes",
    "rssi": "Signal strength (RSSI)",
    "csq": "Signal quality (CSQ)",
}


class LimitVerdict(Enum):
    """How a value stands to its limit; NO_LIMIT for a value that nothing judges."""

    OK = "ok"
    NOT_OK = "not ok"
    UNKNOWN = "unknown"
    NO_LIMIT = "no limit"


class Bound(Enum):
    """The side on which a limit stands."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound that itself is still allowed, in the unit of the measurement it belongs to."""

    bound: Bound
    value: float

    def allows(self, value: float) -> bool:
        """Whether `value` is within the limit."""
        return value >= self.value if self.bound is Bound.AT_LEAST else value <= self.value

    def __str__(self) -> str:
        return f"{self.bound.value} {self.value:g}"


BANDWIDTH_LIMIT = Limit(Bound.AT_LEAST, 5.0)
LATENCY_LIMIT = Limit(Bound.AT_MOST, 1000.0)
RSSI_LIMIT = Limit(Bound.AT_LEAST, -81.0)


#: The technologies a modem can be held to, with the code by which Huawei modems name them in ^SYSCFGEX and `net-mode`.
TECHNOLOGIES = {"auto": "00", "2G": "01", "3G": "02", "4G": "03"}


class NetworkKey(NamedTuple):
    """One key of `[network]`. type: "string", "integer", "number" or its values with `|`. unit: "" for none. default: None for none."""

    key: str
    type: str
    unit: str
    default: str | int | float | None
    help: str


NETWORK_KEYS = (
    NetworkKey(
        "far_end", "string", "", None, "URL of the far end of the measurement, where `labapp measure serve` runs"
    ),
    NetworkKey(
        "interface", "string", "", None, "network interface to measure through, by name (wwan0) or own IP address"
    ),
    NetworkKey(
        "modem", "string", "", None, "modem to ask for the signal: serial:/dev/ttyUSB0 or hilink:http://192.168.8.1"
    ),
    NetworkKey(
        "technology",
        "|".join(TECHNOLOGIES),
        "",
        None,
        "technology the modem is held to while measuring; none: left alone",
    ),
    NetworkKey("probes", "integer", "", 20, "latency probes, 1 to 1000"),
    NetworkKey("seconds", "number", "s", 5.0, "length of each bandwidth measurement, 0.1 to 60"),
    NetworkKey(
        "min_bandwidth", "number", "kB/s", BANDWIDTH_LIMIT.value, "limit of the bandwidth either way; only stricter"
    ),
    NetworkKey(
        "max_latency",
        "number",
        "ms",
        LATENCY_LIMIT.value,
        "limit of the latency, median and 95th percentile; only stricter",
    ),
    NetworkKey("max_loss", "number", "%", None, "limit of lost latency probes; the test procedure has none"),
    NetworkKey("min_rssi", "number", "dBm", RSSI_LIMIT.value, "limit of the signal strength; only stricter"),
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value against its limit.

    name: a key of TITLES. value: in `unit`, None when it could not be told. unit: "kB/s", "ms", "%", "dBm", "" for a bare number.
    limit: None when nothing judges the value. note: how the value came about, for the report.
    """

    name: str
    value: float | None
    unit: str
    limit: Limit | None
    note: str = ""

    def __post_init__(self) -> None:
        if self.name not in TITLES:
            raise ValueError(f"no measurement {self.name!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.name} is {self.value}, which is no measured value")

    @property
    def title(self) -> str:
        """What a person reads."""
        return TITLES[self.name]

    @property
    def verdict(self) -> LimitVerdict:
        """The value against its limit; an unknown value is never ok."""
        if self.limit is None:
            return LimitVerdict.NO_LIMIT
        if self.value is None:
            return LimitVerdict.UNKNOWN
        return LimitVerdict.OK if self.limit.allows(self.value) else LimitVerdict.NOT_OK


@dataclass(frozen=True, slots=True)
class ModemFacts:
    """Which modem measured, and where it was registered. Every text is "" when the modem does not tell it.

    kind: "serial" or "hilink". address: the port or URL. network: what serves it ("LTE", "WCDMA", "GSM", "NOSERVICE").
    serial_number: IMEI or serial number, which identifies the equipment in a report.
    """

    kind: str
    address: str
    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    serial_number: str = ""
    operator: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMeasurement:
    """What one `labapp measure` found.

    at: aware moment at which it began. target: URL of the far end, "" when only the modem was asked. interface: "" for the
    system's choice. technology: the one the modem was held to, "" when its own setting was left alone. latencies: each
    probe in ms, None for a lost one.
    """

    at: datetime
    target: str
    interface: str
    technology: str
    modem: ModemFacts | None
    measurements: tuple[Measurement, ...]
    latencies: tuple[float | None, ...] = ()

    @property
    def verdict(self) -> LimitVerdict:
        """The worst verdict of the measurements that have a limit; NO_LIMIT when none has."""
        verdicts = {measurement.verdict for measurement in self.measurements}
        for verdict in (LimitVerdict.NOT_OK, LimitVerdict.UNKNOWN, LimitVerdict.OK):
            if verdict in verdicts:
                return verdict
        return LimitVerdict.NO_LIMIT


def median(values: Sequence[float]) -> float:
    """The median of at least one value. Raises ValueError for none."""
    if not values:
        raise ValueError("the median of no values")
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that at least `percent` (above 0, up to 100) of them do not exceed (nearest rank).

    Raises ValueError for no values, or a percentage outside its range.
    """
    if not values or not 0 < percent <= 100:
        raise ValueError(f"the {percent:g}th percentile of {len(values)} values")
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


def loss_percent(probes: Sequence[float | None]) -> float:
    """The share of lost probes (None) in percent. Raises ValueError for no probes."""
    if not probes:
        raise ValueError("the loss of no probes")
    return 100 * sum(probe is None for probe in probes) / len(probes)


def rssi_of_csq(csq: int) -> int | None:
    """RSSI in dBm of an AT+CSQ value 0 to 31: -113 + 2n; None for any other, which stands for unknown."""
    return -113 + 2 * csq if 0 <= csq <= CSQ_MAX else None


def csq_of_rssi(rssi: float) -> int:
    """The highest AT+CSQ value whose RSSI does not exceed `rssi` dBm, held within 0 to 31."""
    return min(max(math.floor((rssi + 113) / 2), 0), CSQ_MAX)


def measurement_to_json(found: NetworkMeasurement) -> dict[str, Any]:
    """The JSON value of a set; verdicts are written out for readers that know no limits."""
    modem = found.modem
    return {
        "at": utc_text(found.at),
        "target": found.target,
        "interface": found.interface,
        "technology": found.technology,
        "modem": None if modem is None else {name: getattr(modem, name) for name in ModemFacts.__slots__},
        "measurements": [
            {
                "name": one.name,
                "title": one.title,
                "value": one.value,
                "unit": one.unit,
                "limit": None if one.limit is None else {"bound": one.limit.bound.value, "value": one.limit.value},
                "verdict": one.verdict.value,
                "note": one.note,
            }
            for one in found.measurements
        ],
        "latencies": list(found.latencies),
        "verdict": found.verdict.value,
    }


def measurement_from_json(value: Mapping[str, Any], *, where: str = "network measurement") -> NetworkMeasurement:
    """Read a set back. Raises InputError when something is missing, of the wrong kind, or a verdict is not that of its value."""
    try:
        found = NetworkMeasurement(
            at=datetime.fromisoformat(value["at"]).astimezone(UTC),
            target=value["target"],
            interface=value["interface"],
            technology=value["technology"],
            modem=None if value["modem"] is None else ModemFacts(**value["modem"]),
            measurements=tuple(_one_from_json(one) for one in value["measurements"]),
            latencies=tuple(value["latencies"]),
        )
        if value["verdict"] != found.verdict.value:
            raise ValueError(f"the whole is written as {value['verdict']!r} and judged as {found.verdict.value!r}")
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"cannot be read: {reason}", where=where, mend="measure again") from error
    return found


def _one_from_json(value: Mapping[str, Any]) -> Measurement:
    limit = value["limit"]
    one = Measurement(
        name=value["name"],
        value=value["value"],
        unit=value["unit"],
        limit=None if limit is None else Limit(Bound(limit["bound"]), limit["value"]),
        note=value["note"],
    )
    if value["verdict"] != one.verdict.value:
        raise ValueError(f"{one.name} is written as {value['verdict']!r} and judged as {one.verdict.value!r}")
    return one
