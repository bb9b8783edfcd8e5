"""Local authorization list, central system (OCTT 1.6, section 3.14)."""

from __future__ import annotations

from labapp.cases.conditions import feature
from labapp.cases.source import octt16
from labapp.cases.v16.central_system.states import LOCAL_LIST_SET
from labapp.cases.values import VALID_ID_TAG, VALID_ID_TAG_2
from labapp.domain.expectations import PRESENT, Computed, Expected, FromStep, GreaterThan, Literal
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import GetLocalListVersion, SendLocalList

_PROFILE = feature("LocalAuthListManagement")
_INITIAL = FromStep(1, "listVersion", LOCAL_LIST_SET.id)


def _card(tag: Expected) -> tuple[tuple[str, Expected], ...]:
    """One entry of the list, as it is proposed to be entered."""
    return (
        ("localAuthorizationList[0].idTag", tag),
        ("localAuthorizationList[0].idTagInfo.status", Literal("Accepted")),
    )


def _next_version(view: View) -> int:
    sent = (seen.payload.get("listVersion") for seen in view.seen(1, LOCAL_LIST_SET.id))
    return max([0, *(version for version in sent if isinstance(version, int))]) + 1


TC_042_1_CSMS = TestCase(
    id="TC_042_1_CSMS",
    title="Get Local List Version (not supported)",
    source=octt16("Table 155"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(asked(1, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=-1)),),
)

TC_042_2_CSMS = TestCase(
    id="TC_042_2_CSMS",
    title="Get Local List Version (empty)",
    source=octt16("Table 156"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(asked(1, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=0)),),
)

TC_043_1_CSMS = TestCase(
    id="TC_043_1_CSMS",
    title="Send Local Authorization List - NotSupported",
    source=octt16("Table 157"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            SendLocalList.req(updateType="Full"),
            SendLocalList.conf(status="NotSupported"),
            enter=_card(VALID_ID_TAG),
        ),
    ),
)

TC_043_3_CSMS = TestCase(
    id="TC_043_3_CSMS",
    title="Send Local Authorization List - Failed",
    source=octt16("Table 158"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            SendLocalList.req(updateType="Full"),
            SendLocalList.conf(status="Failed"),
            enter=_card(VALID_ID_TAG),
        ),
    ),
)

TC_043_4_CSMS = TestCase(
    id="TC_043_4_CSMS",
    title="Send Local Authorization List - Full",
    source=octt16("Table 159", "a list without an entry sends none"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    steps=(
        asked(
            1,
            SendLocalList.req(("localAuthorizationList[].idTagInfo", PRESENT), updateType="Full"),
            SendLocalList.conf(status="Accepted"),
            enter=_card(VALID_ID_TAG),
        ),
    ),
)

TC_043_5_CSMS = TestCase(
    id="TC_043_5_CSMS",
    title="Send Local Authorization List - Differential",
    source=octt16("Table 160", "versionNumber is listVersion"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(_PROFILE,),
    before=(state(LOCAL_LIST_SET),),
    steps=(
        exchange(1, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=_INITIAL), optional=True),
        asked(
            3,
            SendLocalList.req(
                ("localAuthorizationList[].idTag", VALID_ID_TAG_2),
                ("localAuthorizationList[].idTagInfo", PRESENT),
                ("listVersion", GreaterThan(_INITIAL)),
                updateType="Differential",
            ),
            SendLocalList.conf(status="Accepted"),
            enter=(
                ("listVersion", Computed("nextListVersion", _next_version)),
                ("localAuthorizationList[0].idTagInfo.status", Literal("Accepted")),
            ),
        ),
    ),
)

CASES = (TC_042_1_CSMS, TC_042_2_CSMS, TC_043_1_CSMS, TC_043_3_CSMS, TC_043_4_CSMS, TC_043_5_CSMS)
