"""Named properties of a DUT, derived from the answers of its declaration together with the answers they rest on.

Plan conditions, contradictions and the facts for the engine all speak of the same properties; they are stated here once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labapp.domain.pics import Answer, Declaration, shown
from labapp.domain.pics_answers import topology

MODE_1_2_ONLY = "Mode 1/2-only Charging Station"


@dataclass(frozen=True, slots=True)
class Ground:
    """Whether a property holds. clauses: the answers that decide it, each as a clause; keys: of those answers."""

    holds: bool
    clauses: tuple[str, ...]
    keys: tuple[str, ...]


Property = Callable[[Declaration], Ground]


def answered(key: str, *values: Answer) -> Property:
    """The property that the answer is one of `values`."""

    def ground(declaration: Declaration) -> Ground:
        return Ground(declaration.says(key, *values), (cited(declaration, key),), (key,))

    return ground


def not_answered(key: str, *values: Answer) -> Property:
    """The property that the answer is none of `values`."""

    def ground(declaration: Declaration) -> Ground:
        return Ground(not declaration.says(key, *values), (cited(declaration, key),), (key,))

    return ground


def yes(key: str) -> Property:
    """The property that the answer is Yes."""
    return answered(key, "Yes")


def no(key: str) -> Property:
    """The property that the answer is anything but Yes; an empty answer counts as No."""
    return not_answered(key, "Yes")


def all_of(*properties: Property) -> Property:
    """Every property holds; grounded on those that fail, if any does."""

    def ground(declaration: Declaration) -> Ground:
        grounds = [prop(declaration) for prop in properties]
        failing = [each for each in grounds if not each.holds]
        return _joined(not failing, failing or grounds)

    return ground


def any_of(*properties: Property) -> Property:
    """At least one property holds; grounded on those that do, if any does."""

    def ground(declaration: Declaration) -> Ground:
        grounds = [prop(declaration) for prop in properties]
        holding = [each for each in grounds if each.holds]
        return _joined(bool(holding), holding or grounds)

    return ground


def opposite(prop: Property) -> Property:
    """The property does not hold; grounded on the same answers."""

    def ground(declaration: Declaration) -> Ground:
        found = prop(declaration)
        return Ground(not found.holds, found.clauses, found.keys)

    return ground


def when_empty(key: str, fallback: Property) -> Property:
    """The answer Yes or No to `key`; when it is empty, what the fallback finds, and the clause says so."""

    def ground(declaration: Declaration) -> Ground:
        if declaration.answer(key) is not None:
            return yes(key)(declaration)
        found = fallback(declaration)
        taken = f"{key} is not answered and counts as {'Yes' if found.holds else 'No'}"
        why = f" because {' and '.join(found.clauses)}" if found.clauses else ""
        return Ground(found.holds, (taken + why,), (key, *found.keys))

    return ground


def never(_: Declaration) -> Ground:
    """A property that does not hold, on no answer at all: the fallback of a question whose empty answer counts as No."""
    return Ground(False, (), ())


def cited(declaration: Declaration, key: str) -> str:
    """The answer to `key` as a clause of a sentence."""
    answer = declaration.answer(key)
    return f"{key} is not answered" if answer is None else f"{key} = {shown(answer)}"


def _joined(holds: bool, grounds: list[Ground]) -> Ground:
    clauses = tuple(dict.fromkeys(clause for each in grounds for clause in each.clauses))
    keys = tuple(dict.fromkeys(key for each in grounds for key in each.keys))
    return Ground(holds, clauses, keys)


def _one_connector_each(declaration: Declaration) -> Ground:
    """No EVSE has several connectors, of which only one can be occupied at a time; so it counts when not answered."""
    key = "supplementary.evses"
    answer = declaration.answer(key)
    holds = not isinstance(answer, str) or all(len(evse) == 1 for evse in topology(answer))
    return Ground(holds, (cited(declaration, key),), (key,))


MODE_1_2 = answered("general.product_subtype", MODE_1_2_ONLY)
FIXED_CABLE = yes("general.fixed_cable")
NO_FIXED_CABLE = no("general.fixed_cable")
OCCUPIED_AT_ONCE = _one_connector_each
CACHE = yes("optional.authorization_cache")
_HAS_READER = not_answered("general.rfid_readers", "none")
LOCAL_START = when_empty("supplementary.local_start", _HAS_READER)
LOCAL_STOP = when_empty("supplementary.local_stop", _HAS_READER)
BACKUP_POWER = when_empty("supplementary.backup_power", never)
LOCAL_LIST = yes("profiles.local_auth_list_management")
OFFLINE_AUTHORIZATION = any_of(LOCAL_LIST, yes("optional.unknown_offline_authorization"), CACHE)
SECURITY_PROFILE = {number: yes(f"security.security_profile_{number}") for number in (1, 2, 3)}
BASIC_AUTHENTICATION = any_of(SECURITY_PROFILE[1], SECURITY_PROFILE[2])
TLS = any_of(SECURITY_PROFILE[2], SECURITY_PROFILE[3])
TLS_AND_ANOTHER = all_of(SECURITY_PROFILE[2], any_of(SECURITY_PROFILE[1], SECURITY_PROFILE[3]))
ANY_SECURITY_PROFILE = any_of(*SECURITY_PROFILE.values())
SECURITY_CERTIFICATE = when_empty("supplementary.security_certificate", TLS)
