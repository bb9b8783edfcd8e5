"""The StatusNotification review: the test rules of document 004, Appendix D, as one table.

A StatusNotification that is missing, unexpected or a duplicate is a `Situation`. The first row of `RULES` whose predicate
holds gives its `Ruling`. Ids and precedence follow the order in which Appendix D states its rules (D1 missing, D2 unexpected,
D3 duplicate, D6 the flow of stations for modes 1 and 2); L rows are the laboratory's readings of the case document where
Appendix D is silent. What becomes of the case is in `labapp.domain.outcome` (D4, D5, P1 to P4).

Which rulings wait for the technician. A row is `ambiguous` only where a person must judge something that neither the wire nor
the declaration shows, or where the text leaves the judgement to the laboratory; the others are decided and shown:

- D1.a is decided by the declared capability; only without a declaration it waits.
- D1.d and D1.e wait: the text says "may be considered", so the laboratory says it, with the advice to accept.
- D2.a is decided: the notification is one of the case's own, it came early (003 section 1.2).
- D2.d1 and D2.d2 wait: the text does not say whether the retest it asks for is meant for valid or for invalid ones.
- D2.e is decided the first time a status comes in a wait; the text sets no number, so a further one waits.
- D2.g waits, unless the station is declared to support MinimumStatusDuration (then set to 0): 003 section 1.3 has the others
  looked at by the tester. With it nothing short-lived is suppressed or delayed, and Appendix D's closed list decides.
- D2.j waits: it rests on a reading of the case tool's errata that the documents here do not hold.
- D3 waits, because "after one another" is read as: for one connector, within one session of the station. Repeats that the tool
  itself asked for (TriggerMessage) or that a boot or reconnection brings (TC_001, TC_054) are decided: the cases demand them.
- D6 is decided when the flag is declared and a local authorization was seen; without the authorization it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from labapp.domain.stamps import Stamp

Kind = Literal["missing", "unexpected", "duplicate"]
Decision = Literal["accept", "reject", "retest"]

_APPENDIX_D = "004 Appendix D"


@dataclass(frozen=True, slots=True)
class Notification:
    """One StatusNotification.req of the device. seq: the journal's number of its frame; info: "" when omitted."""

    seq: int
    connector: int
    status: str
    error_code: str
    info: str
    at: Stamp


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at the end of a case of one missing, unexpected or duplicate notification.

    connector, status: as received; of a missing one the expected connector and the expected statuses ("a|b").
    expected_connectors: those that the case deals with at this moment; 0 only while its status is awaited.
    waiting_for: actions now waited for. later_in_wait: it satisfies a later step before the next manual or tool action.
    received_instead: of a missing one, the status received on that connector in its window, "" for none.
    after_boot: a (re)boot was seen and the statuses that follow it are awaited. before_boot: a reset was accepted, the boot has not come.
    in_energy_transfer: energy is delivered in a transaction on that connector. count_in_wait: how often this status came in this wait.
    current_status: status of the connector before this notification, "" when unknown. evse_siblings: connectors that share
    the EVSE of an expected connector. firmware_during_transaction, minimum_status_duration: declared capability, None when not declared.
    mode_1_2_only: product subtype Mode 1/2-only. authorized_locally_between: in D6's flow, before the transaction. triggered: answer to
    TriggerMessage(StatusNotification). since_boot_or_reconnect: first of its connector after one.
    """

    kind: Kind
    case_id: str
    connector: int
    status: str
    error_code: str = "NoError"
    info: str = ""
    expected_connectors: frozenset[int] = frozenset()
    waiting_for: frozenset[str] = frozenset()
    later_in_wait: bool = False
    received_instead: str = ""
    after_boot: bool = False
    before_boot: bool = False
    in_energy_transfer: bool = False
    count_in_wait: int = 1
    current_status: str = ""
    evse_siblings: frozenset[int] = frozenset()
    reservation_case: bool = False
    firmware_case: bool = False
    firmware_during_transaction: bool | None = None
    minimum_status_duration: bool | None = None
    mode_1_2_only: bool = False
    authorized_locally_between: bool = False
    triggered: bool = False
    since_boot_or_reconnect: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ("missing", "unexpected", "duplicate"):
            raise ValueError(f"a notification is missing, unexpected or duplicate, not {self.kind!r}")

    @property
    def expected_statuses(self) -> frozenset[str]:
        """The statuses that `status` names: several for a missing one ("a|b")."""
        return frozenset(self.status.split("|"))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule says. verdict "manual": a person decides. advice: what the tool proposes, None when it proposes nothing.

    ambiguous: waits for the technician. note: one sentence for the review list and the report.
    """

    rule: str
    verdict: Literal["accept", "reject", "retest", "manual"]
    advice: Decision | None
    ambiguous: bool
    note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a named predicate and the ruling that it gives. Two rows share an id where a condition of the rule may be unknown."""

    id: str
    precedence: int
    when: Callable[[Situation], bool]
    verdict: Literal["accept", "reject", "retest", "manual"]
    advice: Decision | None
    ambiguous: bool
    note: str
    source: str = _APPENDIX_D

    @property
    def ruling(self) -> Ruling:
        return Ruling(self.id, self.verdict, self.advice, self.ambiguous, self.note)


def _missing(s: Situation) -> bool:
    return s.kind == "missing"


def _firmware_unavailable_missing(s: Situation) -> bool:
    return _missing(s) and s.firmware_case and s.expected_statuses == {"Unavailable"}


def _updates_during_transactions(s: Situation) -> bool:
    return _firmware_unavailable_missing(s) and s.firmware_during_transaction is True


def _may_update_during_transactions(s: Situation) -> bool:
    return _firmware_unavailable_missing(s) and s.firmware_during_transaction is None


def _charging_missing_after_offline_start(s: Situation) -> bool:
    return (
        _missing(s) and s.case_id in ("TC_037_1_CS", "TC_037_2_CS", "TC_037_3_CS") and "Charging" in s.expected_statuses
    )


def _finishing_missing_after_offline_stop(s: Situation) -> bool:
    return _missing(s) and s.case_id in ("TC_038_CS", "TC_039_CS") and "Finishing" in s.expected_statuses


def _finishing_missing_before_reboot(s: Situation) -> bool:
    # After the boot Finishing is awaited too (step 9 of both cases); the exception is only for the one before it.
    return _missing(s) and not s.after_boot and "Finishing" in s.expected_statuses


def _unavailable_instead_before_hard_reset(s: Situation) -> bool:
    return (
        _finishing_missing_before_reboot(s)
        and s.case_id == "TC_015_CS"
        and "Unavailable" in s.received_instead.split("|")
    )


def _finishing_missing_before_soft_reset(s: Situation) -> bool:
    return _finishing_missing_before_reboot(s) and s.case_id == "TC_016_CS"


def _status_after_unlock_failure(s: Situation) -> bool:
    return not _missing(s) and s.case_id == "TC_030_CS" and s.status in ("Faulted", s.current_status)


def _duplicate(s: Situation) -> bool:
    # TC_030 itself allows the current status to be sent again.
    return s.kind == "duplicate" and not _status_after_unlock_failure(s)


def _duplicate_asked_for(s: Situation) -> bool:
    return _duplicate(s) and (s.triggered or s.since_boot_or_reconnect)


def _unexpected(s: Situation) -> bool:
    return s.kind == "unexpected"


def _on_expected_connector(s: Situation) -> bool:
    return _unexpected(s) and s.connector in s.expected_connectors


def _mode12_flow(s: Situation) -> bool:
    return _on_expected_connector(s) and s.mode_1_2_only and s.status in ("Available", "Preparing")


def _mode12_flow_with_authorization(s: Situation) -> bool:
    return _mode12_flow(s) and s.authorized_locally_between


def _early(s: Situation) -> bool:
    return _unexpected(s) and s.later_in_wait


def _other_connector_of_reserved_evse(s: Situation) -> bool:
    return (
        _unexpected(s)
        and s.reservation_case
        and s.connector in s.evse_siblings
        and s.connector not in s.expected_connectors
        and s.status in ("Available", "Reserved", "Preparing", "Unavailable")
    )


def _unavailable_before_boot(s: Situation) -> bool:
    return _unexpected(s) and s.before_boot and s.status == "Unavailable"


def _unavailable_after_boot(s: Situation) -> bool:
    return _on_expected_connector(s) and s.after_boot and s.status == "Unavailable"


def _connector_zero(s: Situation) -> bool:
    # Connector 0 is itself expected after a boot (TC_001 step 5): there D2.f speaks of it like of any other.
    return _unexpected(s) and s.connector == 0 and not _unavailable_after_boot(s)


def _connector_zero_with_content(s: Situation) -> bool:
    return _connector_zero(s) and (s.error_code != "NoError" or s.info != "")


def _unexpected_connector(s: Situation) -> bool:
    return _unexpected(s) and s.connector != 0 and s.connector not in s.expected_connectors


def _suspended_before_transaction_message(s: Situation) -> bool:
    return (
        _on_expected_connector(s)
        and bool(s.waiting_for & {"StartTransaction", "StopTransaction"})
        and s.status in ("SuspendedEV", "SuspendedEVSE")
    )


def _suspended_once(s: Situation) -> bool:
    return _suspended_before_transaction_message(s) and s.count_in_wait <= 1


def _intermediate_after_power_loss(s: Situation) -> bool:
    return _on_expected_connector(s) and s.case_id == "TC_032_2_CS" and s.status in ("Unavailable", "Available")


def _charging_in_energy_transfer(s: Situation) -> bool:
    return _on_expected_connector(s) and s.in_energy_transfer and s.status == "Charging"


def _unexpected_status_undelayed(s: Situation) -> bool:
    return _on_expected_connector(s) and s.minimum_status_duration is True


#: Appendix D, in order of precedence: the first row whose predicate holds decides.
RULES: tuple[Rule, ...] = (
    Rule("D1.a", 10, _updates_during_transactions, "accept", "accept", False,
         "The station is declared to update its firmware during transactions, so it may stay Available."),
    Rule("D1.a", 10, _may_update_during_transactions, "manual", None, True,
         "Whether the station updates its firmware during transactions is not declared: ask the vendor."),
    Rule("D1.b", 11, _charging_missing_after_offline_start, "accept", "accept", False,
         "Charging is optional after an offline start."),
    Rule("D1.c", 12, _finishing_missing_after_offline_stop, "accept", "accept", False,
         "Finishing is optional after an offline stop."),
    Rule("D1.d", 13, _unavailable_instead_before_hard_reset, "accept", "accept", True,
         "Unavailable in place of Finishing before a hard reset may be taken as correct."),
    Rule("D1.e", 14, _finishing_missing_before_soft_reset, "accept", "accept", True,
         "A missing Finishing before a soft reset may be taken as correct."),
    Rule("D1", 19, _missing, "reject", "reject", False,
         "An expected StatusNotification did not come and no exception applies."),
    Rule("D3", 20, _duplicate_asked_for, "accept", "accept", False,
         "The repeat answers a TriggerMessage, or is the first one after a boot or reconnection."),
    Rule("D3", 20, _duplicate, "reject", "reject", True,
         "Connector, status, error code and info equal those of the notification before it."),
    Rule("D6", 25, _mode12_flow_with_authorization, "accept", "accept", False,
         "The short power flow of a station for modes 1 and 2 ended in Available before the local authorization."),
    Rule("L1", 29, _unavailable_before_boot, "accept", "accept", False,
         "Unavailable between the accepted reset and the boot does no harm.", "reading of 003, cases with Reset"),
    Rule("D2.a", 30, _early, "accept", "accept", False,
         "The notification is expected later in the same wait."),
    Rule("D2.b", 31, _other_connector_of_reserved_evse, "accept", "accept", False,
         "Another connector of the reserved EVSE follows the reservation."),
    Rule("D2.d1", 32, _connector_zero_with_content, "accept", "accept", True,
         "A notification of connector 0 with an error code or info is valid."),
    Rule("D2.d2", 33, _connector_zero, "manual", "retest", True,
         "A notification of connector 0 without error code and info is not valid, yet calls for a retest."),
    Rule("D2.c", 34, _unexpected_connector, "reject", "reject", False,
         "The connector is none of those that the case deals with."),
    Rule("D2.e", 35, _suspended_once, "accept", "accept", False,
         "The suspended states may come before StartTransaction or StopTransaction."),
    Rule("D2.e", 35, _suspended_before_transaction_message, "manual", "accept", True,
         "A suspended state came again in the same wait; Appendix D sets no number."),
    Rule("D2.f", 36, _unavailable_after_boot, "accept", "accept", False,
         "Unavailable may come before Available after a boot."),
    Rule("D2.h", 37, _intermediate_after_power_loss, "accept", "accept", False,
         "Intermediate Unavailable or Available is allowed after the power has come back.", "003 TC_032_2_CS"),
    Rule("D2.i", 37, _status_after_unlock_failure, "accept", "accept", False,
         "Faulted or the current status may follow the failed unlocking.", "003 TC_030_CS"),
    Rule("D2.j", 38, _charging_in_energy_transfer, "manual", "accept", True,
         "Charging during the energy transfer is true, though this case does not list it.", "public test runner, secondary"),
    Rule("D6", 38, _mode12_flow, "manual", None, True,
         "The flow of a station for modes 1 and 2 needs a local authorization in between, and none was seen."),
    Rule("D2.g", 39, _unexpected_status_undelayed, "reject", "reject", False,
         "The status of the expected connector is none of those that Appendix D allows."),
    Rule("D2.g", 39, _on_expected_connector, "reject", "reject", True,
         "The status is not allowed by Appendix D, but may be a short-lived one that MinimumStatusDuration would suppress.",
         "004 Appendix D and 003 section 1.3"),
)  # fmt: skip


def rule_on(situation: Situation) -> Ruling:
    """The ruling of the first rule that fits; total: every situation has exactly one. Source: 004 Appendix D."""
    return next(rule.ruling for rule in RULES if rule.when(situation))


def is_duplicate(previous: Notification | None, current: Notification) -> bool:
    """Whether `current` repeats the notification before it of the same connector (D3). previous: None after a boot or reconnection."""
    return previous is not None and _identity(previous) == _identity(current)


def _identity(notification: Notification) -> tuple[int, str, str, str]:
    return notification.connector, notification.status, notification.error_code, notification.info
