"""What a case states of one field: a value to send, or a value to expect.

Each form knows how it is written in the listing (`text`): a literal, `a|b`, `<symbol>`, `<present>`, `<omitted>`, `<empty>`,
`<not X>`, `<greater than X>`, `= step N field`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.view import View


@dataclass(frozen=True, slots=True)
class Literal:
    """Exactly this value. CiStrings compare without case only where the protocol says that the field is one."""

    value: Any

    @property
    def text(self) -> str:
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these values; an expectation among them (`<omitted>`) counts as one."""

    values: tuple[Any, ...]

    @property
    def text(self) -> str:
        return "|".join(as_expected(value).text for value in self.values)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A value of the project, `<Configured …>` in the case document. name: camelCase; key: its PROJECT.toml name under [values].

    With an empty key it is a parameter of a state; default: what stands for one that a use of the state does not give.
    """

    name: str
    key: str
    default: Omitted | None = None

    @property
    def text(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Present:
    """The field is there, with any value."""

    text: str = "<present>"


@dataclass(frozen=True, slots=True)
class Omitted:
    """The field is not there. As a value to send, it is left out."""

    text: str = "<omitted>"


@dataclass(frozen=True, slots=True)
class Empty:
    """The list (or text) is empty or omitted."""

    text: str = "<empty>"


@dataclass(frozen=True, slots=True)
class Not:
    """The field, if it is there, does not satisfy `inner`."""

    inner: Expected

    @property
    def text(self) -> str:
        return f"<not {self.inner.text}>"


@dataclass(frozen=True, slots=True)
class GreaterThan:
    """A number above `than`."""

    than: Expected

    @property
    def text(self) -> str:
        return f"<greater than {self.than.text}>"


@dataclass(frozen=True, slots=True)
class Within:
    """A time stamp between two moments, both as on the wire. A case states it through a `Computed`."""

    earliest: str
    latest: str

    @property
    def text(self) -> str:
        return f"{self.earliest} to {self.latest}"


@dataclass(frozen=True, slots=True)
class FromStep:
    """The value that a field had in the message of another step, of this case or (state != "") of a state.

    occurrence: of the how many-th message of that step, from 1; 0: of the last.
    """

    step: int
    path: str
    state: str = ""
    occurrence: int = 0

    @property
    def text(self) -> str:
        where = f"{self.state}:" if self.state else ""
        return f"= step {where}{self.step} {self.path}"


@dataclass(frozen=True, slots=True)
class Computed:
    """A value worked out from what was seen so far. name: as in the listing, camelCase; function: pure.

    needs: values of the project that it cannot do without.
    """

    name: str
    function: Callable[[View], Any] = field(compare=False)
    needs: tuple[Symbol, ...] = ()

    @property
    def text(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class When:
    """`inner` is judged only where the condition holds; elsewhere the row is not exercised."""

    condition: Condition
    inner: Expected

    @property
    def text(self) -> str:
        return self.inner.text


Expected = (
    Literal | OneOf | Symbol | Present | Omitted | Empty | Not | GreaterThan | Within | FromStep | Computed | When
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A named predicate. name: as in the listing; text: what it says, in words; test: pure."""

    name: str
    text: str
    test: Callable[[View], bool] = field(compare=False)


PRESENT = Present()
OMITTED = Omitted()
EMPTY = Empty()


def one_of(*values: Any) -> OneOf:
    """Any of these values."""
    return OneOf(tuple(values))


def as_expected(value: Any) -> Expected:
    """The value itself when it is an expectation already, else the literal."""
    forms = (Literal, OneOf, Symbol, Present, Omitted, Empty, Not, GreaterThan, Within, FromStep, Computed, When)
    return value if isinstance(value, forms) else Literal(value)
