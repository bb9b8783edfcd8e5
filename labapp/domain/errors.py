"""The errors that reach a person, each with what is wrong, where, and how to mend it.

The exit statuses are the product's contract: 2 unusable input, 3 the environment, 4 a bug in labapp.
"""

from __future__ import annotations


class LabappError(Exception):
    """An error that is shown to a person as one message, never as a traceback.

    what: the fault in one clause. where: file, cell, key, frame, address ("" when there is no place).
    mend: what to do about it, as an imperative sentence.
    """

    exit_status = 3

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" - {self.mend}" if self.mend else ""
        return f"{place}{self.what}{remedy}"


class InputError(LabappError):
    """Unusable input: a file, a key, a cell, an argument. Exit status 2."""

    exit_status = 2


class EnvironmentFault(LabappError):
    """The surroundings refuse: a port in use, a disc that is read-only, a modem that hangs up. Exit status 3."""

    exit_status = 3


class InputErrors(InputError):
    """Several faults of one input, reported together so that one reading of the message mends them all."""

    def __init__(self, faults: list[InputError]) -> None:
        if not faults:
            raise ValueError("InputErrors needs at least one fault")
        super().__init__(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)
