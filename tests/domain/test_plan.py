"""A row of the plan: applicable or not, with one sentence that cites the answers, and the second stage by the device's keys."""

from __future__ import annotations

import pytest

from labapp.domain.pics import Answer, Declaration
from labapp.domain.plan import PlanEdition, PlanEntry, PlanRow, after_keys_read, plan_for
from labapp.domain.plan_conditions import CONDITIONS, LIVE_CONDITIONS, KeyReading

READ_ONLY_FALSE = KeyReading("false", readonly=True)


def entry(case: str = "TC_900_CS", **details: object) -> PlanEntry:
    values: dict[str, object] = {
        "number": "1",
        "appendix_id": "_900",
        "sut": "cs",
        "block": "Core",
        "title": "A case",
        "requirement": "C",
    }
    return PlanEntry(case=case, **(values | details))  # type: ignore[arg-type]


def row(planned: PlanEntry, **answers: Answer) -> PlanRow:
    """The only row of a plan for a station; keys are written with a double underscore for the dot."""
    given: dict[str, Answer] = {"general.dut": "CSMS" if planned.sut == "csms" else "Charging Station"}
    given |= {key.replace("__", ".", 1): answer for key, answer in answers.items()}
    (only,) = plan_for(PlanEdition("1.1.4", "2025-11", "1.6", (planned,)), Declaration("1.1.4", given))
    return only


def test_a_row_without_condition_is_for_every_dut_of_its_role() -> None:
    found = row(entry(requirement="M"))

    assert found.applicable
    assert found.reason == 'Mandatory for every charging station: general.dut = "Charging Station".'
    assert found.condition == ""
    assert found.answers == ("general.dut",)


def test_a_condition_that_holds_is_cited() -> None:
    found = row(
        entry(conditions=("CACHE", "LOCAL_START")),
        optional__authorization_cache="Yes",
        supplementary__local_start="Yes",
    )

    assert found.applicable
    assert found.condition == "has an authorization cache and starts transactions locally"
    assert found.reason == (
        "Conditional, and applicable to a charging station that has an authorization cache and starts transactions "
        'locally: optional.authorization_cache = "Yes" and supplementary.local_start = "Yes".'
    )
    assert found.answers == ("optional.authorization_cache", "supplementary.local_start")


def test_only_the_condition_that_fails_is_cited_when_a_row_is_left_out() -> None:
    found = row(
        entry(conditions=("CACHE", "LOCAL_START")), optional__authorization_cache="Yes", supplementary__local_start="No"
    )

    assert not found.applicable
    assert found.reason == (
        "Not applicable: the case is for a charging station that starts transactions locally, "
        'but supplementary.local_start = "No".'
    )
    assert found.answers == ("supplementary.local_start",)


def test_an_answer_that_was_filled_in_is_cited_with_what_it_rests_on() -> None:
    found = row(entry(conditions=("LOCAL_START",)), general__rfid_readers="none")

    assert found.reason == (
        "Not applicable: the case is for a charging station that starts transactions locally, but supplementary.local_start "
        'is not answered and counts as No because general.rfid_readers = "none".'
    )
    assert found.answers == ("supplementary.local_start", "general.rfid_readers")


def test_an_empty_answer_counts_as_no_where_nothing_else_decides() -> None:
    found = row(entry(conditions=("NO_BACKUP_POWER",)))

    assert found.applicable
    assert found.reason.endswith(": supplementary.backup_power is not answered and counts as No.")


def test_a_row_that_the_case_document_lacks_says_so() -> None:
    found = row(entry(case="", appendix_id="_006", requirement="O"))

    assert (found.id, found.requirement, found.applicable) == ("_006", "O", False)
    assert found.reason == (
        "Not applicable: Appendix C lists the row as optional for a charging station "
        '(general.dut = "Charging Station"), but edition 2025-11 of the case document has no such case.'
    )


def test_a_case_that_appendix_c_lacks_says_so() -> None:
    found = row(entry(case="TC_041_CS", requirement=""))

    assert (found.id, found.requirement, found.applicable) == ("TC_041_CS", "", False)
    assert found.reason == (
        "Additional: Appendix C of edition 1.1.4 does not ask this case of a charging station "
        '(general.dut = "Charging Station"); it is outside the certification plan.'
    )
    assert found.additional


def test_a_case_outside_the_plan_that_does_not_fit_is_not_additional() -> None:
    reserving = entry(
        case="TC_050_1_CS", requirement="", conditions=("RESERVATION",), live=("RESERVES_CONNECTOR_ZERO",)
    )
    fitting = row(reserving, profiles__reservation="Yes")

    assert (fitting.applicable, fitting.additional, fitting.live) == (False, True, ("RESERVES_CONNECTOR_ZERO",))
    assert fitting.reason == (
        "Additional: Appendix C of edition 1.1.4 does not ask this case of a charging station "
        '(general.dut = "Charging Station" and profiles.reservation = "Yes"); it is outside the certification plan; '
        "decided in the live stage, once ReserveConnectorZeroSupported has been read from the device."
    )
    unfit = row(reserving, profiles__reservation="No")
    assert (unfit.applicable, unfit.additional, unfit.live) == (False, False, ())
    assert unfit.reason == (
        "Not applicable: the case is for a charging station that supports the Reservation profile, "
        'but profiles.reservation = "No".'
    )


def test_the_second_stage_decides_additional_cases_too() -> None:
    found = row(entry(requirement="", live=("RESERVES_CONNECTOR_ZERO",)))

    (confirmed,) = after_keys_read((found,), {"ReserveConnectorZeroSupported": KeyReading("true", readonly=True)})
    assert (confirmed.applicable, confirmed.additional, confirmed.live) == (False, True, ())
    assert confirmed.reason.endswith(
        "; it is outside the certification plan; confirmed, since the device reports "
        'ReserveConnectorZeroSupported = "true" (read-only).'
    )
    (excluded,) = after_keys_read((found,), {})
    assert (excluded.applicable, excluded.additional) == (False, False)
    assert excluded.reason.endswith("but the device reports no key ReserveConnectorZeroSupported.")


def test_a_limit_below_what_the_case_needs_is_said_and_the_row_stays() -> None:
    planned = entry(requirement="M", needs={"limits.charging_schedule_max_periods": 5})

    assert row(planned, limits__charging_schedule_max_periods=5).reason.count(";") == 0
    short = row(planned, limits__charging_schedule_max_periods=3)
    assert short.applicable
    assert short.reason.endswith(
        "; limits.charging_schedule_max_periods = 3 is below the 5 that the case needs, so it cannot pass."
    )
    assert "limits.charging_schedule_max_periods" in short.answers


def test_a_case_that_must_fail_for_the_security_certificate_says_so() -> None:
    planned = entry(requirement="M", expected_rule="P4")

    assert row(planned, security__security_profile_1="Yes").expected == ""
    secured = row(planned, security__security_profile_2="Yes")
    assert secured.applicable
    assert secured.expected == "FAIL"
    assert secured.reason.endswith(
        "; it must fail by rule P4, since supplementary.security_certificate is not answered and counts as Yes "
        'because security.security_profile_2 = "Yes".'
    )


def test_a_condition_that_only_the_keys_decide_is_left_to_the_second_stage() -> None:
    found = row(entry(requirement="M", live=("REMOTE_AUTHORIZATION_POSSIBLE",)))

    assert found.applicable
    assert found.live_keys == ("AuthorizeRemoteTxRequests",)
    assert found.reason == (
        'Mandatory for a charging station: general.dut = "Charging Station"; decided in the live stage, '
        "once AuthorizeRemoteTxRequests has been read from the device."
    )


def test_the_second_stage_leaves_out_what_the_keys_rule_out() -> None:
    found = row(entry(requirement="M", live=("REMOTE_AUTHORIZATION_POSSIBLE",)))

    (decided,) = after_keys_read((found,), {"authorizeremotetxrequests": READ_ONLY_FALSE})
    assert not decided.applicable
    assert decided.live == ()
    assert decided.reason == (
        "Not applicable: the case is for a charging station that does not have AuthorizeRemoteTxRequests read-only with "
        'the value false, but the device reports AuthorizeRemoteTxRequests = "false" (read-only).'
    )


def test_the_second_stage_confirms_what_the_keys_allow() -> None:
    found = row(entry(requirement="M", live=("REMOTE_AUTHORIZATION_POSSIBLE",)))

    (decided,) = after_keys_read((found,), {"AuthorizeRemoteTxRequests": KeyReading("false", readonly=False)})
    assert decided.applicable
    assert decided.live == ()
    assert decided.reason == (
        'Mandatory for a charging station: general.dut = "Charging Station"; confirmed, since the device reports '
        'AuthorizeRemoteTxRequests = "false" (read-write).'
    )


def test_a_key_that_the_device_does_not_know_is_cited_as_such() -> None:
    found = row(entry(requirement="M", live=("RESERVES_CONNECTOR_ZERO",)))

    (decided,) = after_keys_read((found,), {})
    assert decided.reason == (
        "Not applicable: the case is for a charging station that reports ReserveConnectorZeroSupported as true, "
        "but the device reports no key ReserveConnectorZeroSupported."
    )


def test_the_second_stage_leaves_other_rows_as_they_are() -> None:
    settled = row(entry(requirement="M"))
    excluded = row(entry(conditions=("CACHE",), live=("REMOTE_AUTHORIZATION_POSSIBLE",)))

    assert after_keys_read((settled, excluded), {}) == (settled, excluded)


def test_a_row_whose_key_could_not_be_read_stays_as_planned() -> None:
    found = row(entry(requirement="M", live=("RESERVES_CONNECTOR_ZERO",)))

    assert after_keys_read((found,), {}, unread={"ReserveConnectorZeroSupported"}) == (found,)


def test_a_prerequisite_that_does_not_hold_excludes_a_row() -> None:
    found = row(entry(requirement="M"))

    (decided,) = after_keys_read((found,), {}, excluded={"TC_900_CS": "not so: two phases are there"})
    assert not decided.applicable
    assert decided.reason == "Not applicable: not so: two phases are there."
    assert after_keys_read((decided,), {}) == (found,)


def test_a_row_is_decided_anew_when_the_keys_are_read_again() -> None:
    found = row(entry(requirement="M", live=("REMOTE_AUTHORIZATION_POSSIBLE",)))
    writable = {"AuthorizeRemoteTxRequests": KeyReading("false", readonly=False)}

    excluded = after_keys_read((found,), {"AuthorizeRemoteTxRequests": READ_ONLY_FALSE})
    assert after_keys_read(excluded, writable) == after_keys_read((found,), writable)
    assert after_keys_read(after_keys_read((found,), writable), {}, unread={"AuthorizeRemoteTxRequests"}) == (found,)


@pytest.mark.parametrize("readings", [{}, {"AuthorizeRemoteTxRequests": READ_ONLY_FALSE}])
def test_a_row_is_the_same_again_from_its_json(readings: dict[str, KeyReading]) -> None:
    planned = entry(requirement="M", live=("REMOTE_AUTHORIZATION_POSSIBLE",), expected_rule="P4")
    rows = after_keys_read((row(planned, security__security_profile_2="Yes"),), readings)

    assert tuple(PlanRow.from_json(each.as_json()) for each in rows) == rows


@pytest.mark.parametrize(
    ("name", "reading", "holds"),
    [
        ("STOP_ON_DISCONNECT_POSSIBLE", None, True),
        ("STOP_ON_DISCONNECT_POSSIBLE", READ_ONLY_FALSE, False),
        ("STOP_ON_DISCONNECT_POSSIBLE", KeyReading("FALSE ", readonly=True), False),
        ("STOP_ON_DISCONNECT_POSSIBLE", KeyReading("true", readonly=True), True),
        ("STOP_ON_DISCONNECT_POSSIBLE", KeyReading("false", readonly=False), True),
        ("STOP_ON_DISCONNECT_POSSIBLE", KeyReading(None, readonly=True), True),
        ("STOP_ON_DISCONNECT_SETTABLE", None, False),
        ("STOP_ON_DISCONNECT_SETTABLE", KeyReading("true", readonly=True), False),
        ("STOP_ON_DISCONNECT_SETTABLE", KeyReading("true", readonly=False), True),
        ("RESERVES_CONNECTOR_ZERO", None, False),
        ("RESERVES_CONNECTOR_ZERO", KeyReading("True", readonly=True), True),
        ("RESERVES_CONNECTOR_ZERO", KeyReading("false", readonly=True), False),
    ],
)
def test_live_conditions_read_the_keys(name: str, reading: KeyReading | None, holds: bool) -> None:
    assert LIVE_CONDITIONS[name].holds(reading) is holds


def test_a_mode_1_2_only_station_need_not_wait_for_its_keys() -> None:
    planned = entry(live=("STOP_ON_DISCONNECT_POSSIBLE",))
    found = row(planned, general__product_subtype="Mode 1/2-only Charging Station")

    assert found.live == ()
    assert found.answers == ("general.product_subtype",)


def test_a_plan_that_names_an_unknown_condition_is_not_made() -> None:
    with pytest.raises(ValueError, match="plan entry TC_900_CS names unknown conditions: CASH, KEYS"):
        entry(conditions=("CACHE", "CASH"), live=("KEYS",))


def test_every_condition_reads_as_the_end_of_a_sentence() -> None:
    texts = [condition.text for condition in CONDITIONS.values()] + [live.text for live in LIVE_CONDITIONS.values()]

    assert all(text[0].islower() and not text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts)
