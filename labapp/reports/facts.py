"""The identifying facts of a report, in groups: report, laboratory, customer, item, certificate, basis, tool and conduct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labapp.domain.pics import SUT_OF_DUT, Declaration
from labapp.domain.pics_facts import FEATURE_PROFILES, certificate_scope
from labapp.domain.pics_grounds import SECURITY_CERTIFICATE, SECURITY_PROFILE
from labapp.ocpp.versions import VERSIONS
from labapp.reports.content import Fact, FactGroup
from labapp.reports.records import Given, text_of

_MODEM = {"no.": "serial_number", "revision": "revision", "operator": "operator", "network": "network"}
_KINDS = {"cs": "Charging station", "csms": "Central system (CSMS)"}


def declaration_of(table: Mapping[str, Any]) -> Declaration | None:
    """The declaration in a PICS record; None when there is none. Its answers were normalised when the run began."""
    answers = {
        f"{form}.{name}": tuple(map(text_of, answer)) if isinstance(answer, list) else answer
        for form, part in table.items()
        if form != "pics" and isinstance(part, Mapping)
        for name, answer in part.items()
        if answer not in ("", [])
    }
    edition = Given.of(table.get("pics", {}), "pics.toml [pics]").text("edition")
    return Declaration(edition, answers) if answers else None


def sut_of(run: Given, project: Given, declaration: Declaration | None) -> str:
    """ "cs" or "csms"."""
    declared = SUT_OF_DUT.get(text_of(declaration.answer("general.dut"))) if declaration else None
    return run.text("sut") or project.table("project").text("sut") or declared or "cs"


def fact_groups(run: Given, project: Given, declaration: Declaration | None) -> tuple[FactGroup, ...]:
    """Every group, in a fixed order; a report template chooses among them by their ids."""
    report, head = project.table("report"), project.table("project")
    sut = sut_of(run, project, declaration)
    return (
        FactGroup("report", "Report", _report(run, report, head)),
        FactGroup("laboratory", "Laboratory", _laboratory(report, head)),
        FactGroup("customer", "Customer", (_fact(report, "customer", "Customer", required=True),)),
        FactGroup("item", "Item under test", _item(sut, report, project.table("dut"), declaration)),
        FactGroup("certificate", "Certificate applied for", _certificate(declaration)),
        FactGroup("basis", "Basis of the tests", _basis(run, head)),
        FactGroup("tool", "Test tool", _tool(run, project.table("run"))),
        FactGroup("conduct", "Conduct of the tests", _conduct(run, report)),
        FactGroup("people", "Responsible persons", _people(report, head)),
    )


def _fact(table: Given, key: str, title: str, *, required: bool = False, instead: str = "") -> Fact:
    """A member as a fact; empty text counts as not given. instead: what stands in for it."""
    return Fact(key, title, table.text(key) or instead or None, required)


def _report(run: Given, report: Given, head: Given) -> tuple[Fact, ...]:
    replaces = report.text("replaces")
    change = f"Version {report.text('version', '1')}; "
    change += f"replaces report {replaces}, which is no longer valid." if replaces else "replaces no earlier report."
    mode = run.text("mode") or head.text("mode", "preparation")
    return (
        _fact(report, "number", "Report number", required=True, instead=""),
        _fact(report, "version", "Version", instead="1"),
        Fact("replaces", "Replaces", replaces or "nothing"),
        Fact("mode", "Kind of run", mode),
        _fact(run, "run", "Run"),
        Fact("history", "Change history", change),
    )


def _laboratory(report: Given, head: Given) -> tuple[Fact, ...]:
    return (
        _fact(report, "laboratory", "Laboratory", required=True, instead=head.text("lab")),
        _fact(report, "place", "Place of the tests", required=True),
        _fact(report, "accreditation", "Accreditation", required=True),
    )


def _item(sut: str, report: Given, dut: Given, declaration: Declaration | None) -> tuple[Fact, ...]:
    def said(key: str, instead: str = "") -> str | None:
        answer = declaration.answer(key) if declaration else None
        return (text_of(list(answer) if isinstance(answer, tuple) else answer) if answer is not None else "") or (
            dut.text(instead) or None if instead else None
        )

    station = sut == "cs"
    facts = [
        Fact("kind", "Kind", _KINDS.get(sut, sut)),
        Fact("vendor", "Vendor", said("general.vendor_name", "vendor"), True),
        Fact("model", "Type, model", said("general.type_model", "model"), station),
        Fact("serial_number", "Serial number", said("supplementary.serial_number", "serial_number"), station),
        Fact(
            "hardware_version", "Hardware version", said("supplementary.hardware_version", "hardware_version"), station
        ),
        Fact(
            "software_version", "OCPP software version", said("general.ocpp_software_version", "software_version"), True
        ),
    ]
    if station:
        facts += [
            Fact("subtype", "Product subtype", said("general.product_subtype")),
            Fact("connectors", "Sockets, connectors", said("general.socket_connector", "connectors")),
            Fact("evses", "Connectors of each EVSE", said("supplementary.evses", "evses")),
            Fact("cable", "Fixed cable", said("general.fixed_cable", "cable")),
        ]
    return (
        *facts,
        Fact("technology", "Communication", said("general.communication_technology")),
        _fact(report, "condition", "Condition on receipt", required=True),
        _fact(report, "received", "Date of receipt", required=True),
        _fact(report, "pre_test", "Pre-test", required=True),
    )


def _certificate(declaration: Declaration | None) -> tuple[Fact, ...]:
    if declaration is None:
        return (Fact("scope", "Scope", None, True),)
    profiles = [name for key, name in FEATURE_PROFILES.items() if declaration.says(key, "Yes")]
    security = [str(number) for number, holds in SECURITY_PROFILE.items() if holds(declaration).holds]
    return (
        Fact("scope", "Scope", certificate_scope(declaration), True),
        Fact("profiles", "Feature profiles", ", ".join(profiles) or "none"),
        Fact("security", "Security certificate", "Yes" if SECURITY_CERTIFICATE(declaration).holds else "No"),
        Fact("security_profiles", "Security profiles", ", ".join(security) or "none"),
    )


def _basis(run: Given, head: Given) -> tuple[Fact, ...]:
    version = run.text("ocpp") or head.text("ocpp", "1.6")
    known = VERSIONS.get(version)
    editions = known.documents if known is not None else (("Specification", f"OCPP {version}"),)
    return tuple(Fact(f"edition_{index}", title, text) for index, (title, text) in enumerate(editions, start=1))


def _tool(run: Given, options: Given) -> tuple[Fact, ...]:
    return (
        Fact("name", "Tool", f"labapp {run.text('version')}".strip()),
        _fact(run, "judge", "Judge digest (SHA-256)", required=True),
        _fact(options, "reset", "Idle state before a case", instead="ocpp"),
        _fact(options, "review", "Ambiguous StatusNotifications", instead="ask"),
        _fact(options, "cut", "How the network is cut", instead="refuse"),
    )


def _conduct(run: Given, report: Given) -> tuple[Fact, ...]:
    modems = [_modem(row.table("modem")) for row in run.rows("network") if row.members.get("modem")]
    return (
        _fact(run, "started", "Begin of the tests", required=True),
        _fact(run, "ended", "End of the tests", required=True),
        Fact("equipment", "Equipment", "; ".join([*report.texts("equipment"), *dict.fromkeys(modems)]) or None, True),
        Fact("deviations", "Deviations from the procedure", "; ".join(report.texts("deviations")) or "none reported"),
        Fact("incidents", "Incidents", "; ".join(report.texts("incidents")) or "none reported"),
    )


def _modem(modem: Given) -> str:
    """A modem that measured, as a piece of equipment."""
    make = " ".join(filter(None, (modem.text("manufacturer"), modem.text("model")))) or "of unknown make"
    facts = [f"{name} {modem.text(key)}" for name, key in _MODEM.items() if modem.text(key)]
    return ", ".join([f"modem {make}", *facts])


def _people(report: Given, head: Given) -> tuple[Fact, ...]:
    return (
        _fact(report, "tested_by", "Tested by", required=True, instead=head.text("tester")),
        _fact(report, "checked_by", "Checked by", required=True),
        _fact(report, "authorised_by", "Authorised by", required=True),
    )
