"""As much of a project in the making as planning needs, whatever else in it is not usable yet."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from labapp.domain.draft import Draft
from labapp.domain.pics import Declaration
from labapp.domain.project import Connection, Dut, Project
from labapp.domain.project_declaration import dut_from_declaration

#: Facts of the device that are plainly yes or no; what else a draft may state has to be checked first, and decides no prerequisite.
_YES_NO = frozenset(
    item.name for item in fields(Dut) if item.type in ("bool", "bool | None") and item.name != "security_certificate"
)


def project_of(draft: Draft, declaration: Declaration | None) -> Project:
    """The project as far as prerequisites of cases ask for it: role, version, security profile and facts of the device."""
    stated = {key: value for key, value in draft.tables.get("dut", {}).items() if key in _YES_NO and _is_yes_no(value)}
    features = draft.value("dut", "features")
    if isinstance(features, list | tuple):
        stated["features"] = tuple(str(each) for each in features)
    dut = Dut(**stated)
    if declaration is not None and declaration.sut == draft.sut:
        dut = dut_from_declaration(dut, declaration, frozenset(f"dut.{key}" for key in stated))
    entered = draft.value("connection", "security_profile", 0)
    profile: Any = entered if type(entered) is int and 0 <= entered <= 3 else 0
    ocpp: Any = draft.ocpp
    sut: Any = draft.sut
    return Project(sut=sut, ocpp=ocpp, dut=dut, connection=Connection(security_profile=profile))


def _is_yes_no(value: Any) -> bool:
    return isinstance(value, bool)
