"""The status transitions that a connector of a 1.6 charge point may make; used for observations, never for a FAIL.

Source: OCPP 1.6 edition 2, section 4.9, table of ChargePointStatus transitions.
"""

from __future__ import annotations

_STATUSES = {
    "A": "Available",
    "B": "Preparing",
    "C": "Charging",
    "D": "SuspendedEV",
    "E": "SuspendedEVSE",
    "F": "Finishing",
    "G": "Reserved",
    "H": "Unavailable",
    "I": "Faulted",
}

#: The cells of the specification's table that permit a transition: row letter (from) and column number (to, 1 = Available).
_CELLS = """
    A2 A3 A4 A5    A7 A8 A9
    B1    B3 B4 B5 B6    B9
    C1       C4 C5 C6 C8 C9
    D1    D3    D5 D6 D8 D9
    E1    E3 E4    E6 E8 E9
    F1 F2             F8 F9
    G1 G2             G8 G9
    H1 H2 H3 H4 H5       H9
    I1 I2 I3 I4 I5 I6 I7 I8
"""

#: (from, to) -> the specification's name of the transition, such as "A2".
TRANSITIONS = {
    (_STATUSES[cell[0]], tuple(_STATUSES.values())[int(cell[1]) - 1]): cell for cell in _CELLS.split()
}  # fmt: skip


def permitted(before: str, after: str) -> bool:
    """Whether a connector may go from one status to another; staying in a status is no transition."""
    return (before, after) in TRANSITIONS
