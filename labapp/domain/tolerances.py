"""The tolerances of timings, by name: each is printed in the report, none is hidden in code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A deviation is accepted up to the greater of `seconds` and `share` of the interval. why: the reason, for the report."""

    name: str
    seconds: float
    share: float
    why: str

    def around(self, interval: float) -> float:
        """Accepted deviation, in seconds, on either side of an interval in seconds."""
        return max(self.seconds, self.share * interval)


TOLERANCES = {
    tolerance.name: tolerance
    for tolerance in (
        Tolerance("boot_retry", 2.0, 0.10, "clock of the device and time to connect again"),
        Tolerance("connection_timeout", 2.0, 0.10, "clock of the device and the moment from which it counts"),
        Tolerance("heartbeat", 2.0, 0.10, "clock of the device and traffic that displaces a heartbeat"),
        Tolerance("device_deadline", 3.0, 0.05, "clock of the device: what ends by itself inside it may do so earlier"),
        Tolerance("entered_time", 60.0, 0.10, "clock of the central system, and a person who enters whole minutes"),
        Tolerance("sample_interval", 1.0, 0.05, "time stamps in whole seconds and scheduling inside the device"),
        Tolerance("alignment", 1.0, 0.0, "time stamps in whole seconds and scheduling inside the device"),
    )
}
