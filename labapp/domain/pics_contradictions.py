"""Answers that cannot be true together, or that labapp cannot test: a declaration that holds one is unusable.

Source: OCPP Certification Program Document 2, Appendix A (what each certificate demands).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labapp.domain import pics_grounds as grounds
from labapp.domain.pics import SUT_OF_DUT, Declaration, Questionnaire
from labapp.domain.pics_answers import topology
from labapp.domain.pics_facts import profiles_missing_for_full

#: Answers that deny a question, and so do no harm where it is not asked.
_DENIALS = frozenset({"No", "none", "N.A."})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is wrong with the answer to `key`, and how to mend it."""

    key: str
    what: str
    mend: str


def contradictions(declaration: Declaration, questionnaire: Questionnaire) -> tuple[Contradiction, ...]:
    """Every contradiction of the answers; answers that are missing contradict nothing."""
    found = list(_answers_of_the_other_role(declaration, questionnaire))
    for rule in _RULES:
        found += rule(declaration)
    return tuple(found)


def _no_transport(declaration: Declaration) -> Iterator[Contradiction]:
    if declaration.says("general.communication", "SOAP"):
        yield Contradiction(
            "general.communication",
            'is "SOAP", and labapp has no transport for SOAP, so that no case could be run',
            "have the DUT tested over JSON, or by a laboratory whose tool speaks SOAP",
        )


def _answers_of_the_other_role(declaration: Declaration, questionnaire: Questionnaire) -> Iterator[Contradiction]:
    dut = declaration.answer("general.dut")
    sut = SUT_OF_DUT.get(str(dut))
    for question in questionnaire:
        answer = declaration.answer(question.key)
        if sut and sut not in question.sut and answer is not None and answer not in _DENIALS:
            other = next(name for name, role in SUT_OF_DUT.items() if role != sut)
            yield Contradiction(
                question.key,
                f'is answered, but the question is for a {other} and general.dut = "{dut}"',
                "clear the answer, or correct general.dut",
            )
    if sut == "csms" and grounds.MODE_1_2(declaration).holds:
        yield Contradiction(
            "general.product_subtype",
            f'is "{grounds.MODE_1_2_ONLY}", but general.dut = "CSMS"',
            "answer N.A., or correct general.dut",
        )


def _core(declaration: Declaration) -> Iterator[Contradiction]:
    if declaration.says("profiles.core", "No"):
        yield Contradiction(
            "profiles.core",
            'is "No", but every certificate needs the Core profile',
            "answer Yes, or withdraw the application",
        )


def _full_certificate(declaration: Declaration) -> Iterator[Contradiction]:
    if not declaration.says("supplementary.certificate_scope", "Full"):
        return
    for key in profiles_missing_for_full(declaration):
        if declaration.says(key, "No") and key != "profiles.core":
            yield Contradiction(
                key,
                'is "No", but supplementary.certificate_scope = "Full" needs every feature profile',
                "answer Yes, or ask for the certificate Subset",
            )


def _security_certificate(declaration: Declaration) -> Iterator[Contradiction]:
    tls = grounds.TLS(declaration)
    if declaration.says("supplementary.security_certificate", "Yes") and not tls.holds:
        yield Contradiction(
            "supplementary.security_certificate",
            f'is "Yes", but the security certificate needs security profile 2 or 3, and {" and ".join(tls.clauses)}',
            "declare security profile 2 or 3, or answer No",
        )
    suites = [key for key in declaration.answers if key.startswith("security.tls_")]
    if tls.holds and len(suites) > 1 and not any(declaration.says(key, "Yes") for key in suites):
        yield Contradiction(
            suites[0],
            f'is "No" like every other pair of cipher suites, but {" and ".join(tls.clauses)} needs one pair',
            "answer Yes for the pair that the station supports",
        )


def _ranges(declaration: Declaration) -> Iterator[Contradiction]:
    for name in ("meter_value_sample_interval", "heartbeat_interval"):
        lowest_key, highest_key = f"limits.minimum_{name}_supported", f"limits.maximum_{name}_supported"
        lowest, highest = declaration.number(lowest_key), declaration.number(highest_key)
        if lowest is not None and highest is not None and lowest > highest:
            yield Contradiction(
                lowest_key,
                f"is {lowest:g}, above {highest_key} = {highest:g}",
                "exchange or correct the two numbers",
            )


def _part_without_its_whole(declaration: Declaration) -> Iterator[Contradiction]:
    whole_station = "optional.support_reservations_of_entire_charging_station"
    if declaration.says(whole_station, "Yes") and declaration.says("profiles.reservation", "No"):
        yield Contradiction(
            whole_station,
            'is "Yes", but profiles.reservation = "No"',
            "correct one of the two answers",
        )
    ping = declaration.number("limits.web_socket_ping_interval")
    if ping and declaration.says("optional.web_socket_ping_interval", "No"):
        yield Contradiction(
            "limits.web_socket_ping_interval",
            f'is {ping:g}, but optional.web_socket_ping_interval = "No"',
            "clear the number, or answer Yes",
        )


def _number_of_connectors(declaration: Declaration) -> Iterator[Contradiction]:
    answer, sockets = declaration.answer("supplementary.evses"), declaration.answer("general.socket_connector")
    if not isinstance(answer, str) or sockets is None:
        return
    count = sum(len(evse) for evse in topology(answer))
    if (count > 1) != (sockets == "multiple"):
        yield Contradiction(
            "supplementary.evses",
            f'names {count} connector{"s" if count > 1 else ""}, but general.socket_connector = "{sockets}"',
            "correct one of the two answers",
        )


_RULES: tuple[Callable[[Declaration], Iterator[Contradiction]], ...] = (
    _no_transport,
    _core,
    _full_certificate,
    _security_certificate,
    _ranges,
    _part_without_its_whole,
    _number_of_connectors,
)
