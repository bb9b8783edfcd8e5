"""Reservation profile, charge point: reserving, being refused, cancelling, using a reservation (OCTT 1.6, section 2.21)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN, PRESENT_ID, PRESENT_OTHER_ID
from labapp.cases.conditions import (
    HAS_LOCAL_START,
    HAS_READER,
    OCCUPIED_AT_ONCE,
    RESERVES_STATION,
    feature,
    lacks,
    not_fixed_to_false,
)
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import (
    AUTHORIZED,
    CHARGING,
    RESERVED,
    SET_CHARGE_POINT_FAULTED,
    SET_CHARGE_POINT_UNAVAILABLE,
    SET_CONNECTOR_FAULTED,
    SET_CONNECTOR_OCCUPIED,
    SET_CONNECTOR_UNAVAILABLE,
)
from labapp.cases.values import (
    ACCEPTED,
    CONNECTION_TIMEOUT,
    CONNECTOR_ID,
    PARENT_ID_TAG,
    RESERVATION_OFFSET,
    TRANSACTION_DURATION,
    VALID_ID_TAG,
    VALID_ID_TAG_2,
)
from labapp.domain.expectations import OMITTED, Computed, FromStep, Literal, Not
from labapp.domain.notation import absent, configuration, exchange, in_any_order, manual, of_state, state
from labapp.domain.testcase import ALL_CONNECTORS, CHARGE_POINT, OTHER_CONNECTORS, Lapse, TestCase, Wait
from labapp.ocpp.completion import stamp
from labapp.ocpp.messages16 import (
    Authorize,
    CancelReservation,
    ReserveNow,
    StartTransaction,
    StatusNotification,
)

_RESERVES = feature("Reservation")
_NO_RESERVATIONS = lacks("Reservation")
_EXPIRY = Computed(
    "nowPlusReservationOffset", lambda view: stamp(view, after=float(view.values[RESERVATION_OFFSET.key]))
)
#: The transaction uses the reservation of step 1: the same card, the same number.
_RESERVED_START = StartTransaction.req(idTag=FromStep(1, "idTag"), reservationId=FromStep(1, "reservationId"))
#: Until its expiry the reservation must have led to a transaction, of the state Charging or of the case itself.
_USED_BY_CHARGING = Lapse(RESERVATION_OFFSET, before=9, state=CHARGING.id)

TC_046_1_CS = TestCase(
    id="TC_046_1_CS",
    title="Reservation of a Connector - Local start transaction",
    source=octt16(
        "Table 64",
        "step 7 is Authorize.conf",
        "section 1.2: steps 10 and 12 may be reversed",
    ),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, HAS_LOCAL_START, HAS_READER),
    reservation=True,
    before=(state(SET_CONNECTOR_UNAVAILABLE, connectors=OTHER_CONNECTORS),),
    steps=(
        exchange(
            1,
            ReserveNow.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            ReserveNow.conf(status="Accepted"),
            gate=True,
            lapses=Lapse(RESERVATION_OFFSET, before=10),
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        manual(PRESENT_OTHER_ID),
        absent(5, Authorize.req(), TRANSACTION_DURATION),
        manual(PRESENT_ID),
        exchange(6, Authorize.req(idTag=FromStep(1, "idTag")), Authorize.conf(idTagInfo=ACCEPTED), optional=True),
        exchange(8, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(10, _RESERVED_START, StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(12, StatusNotification.req(status="Charging")),
        ),
    ),
)

TC_046_2_CS = TestCase(
    id="TC_046_2_CS",
    title="Reservation of a Connector - Remote start transaction",
    source=octt16("Table 65"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    steps=(
        exchange(
            1,
            ReserveNow.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            ReserveNow.conf(status="Accepted"),
            gate=True,
            lapses=_USED_BY_CHARGING,
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        state(CHARGING, step=5, optional=(5,)),
        of_state(5, CHARGING, 9, _RESERVED_START),
    ),
)

TC_047_CS = TestCase(
    id="TC_047_CS",
    title="Reservation of a Connector - Expire",
    source=octt16("Table 66"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(SET_CONNECTOR_UNAVAILABLE, connectors=OTHER_CONNECTORS),),
    steps=(
        exchange(
            1,
            ReserveNow.req(connectorId=CONNECTOR_ID, expiryDate=_EXPIRY),
            ReserveNow.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(connectorId=FromStep(1, "connectorId"), status="Reserved")),
        Wait(RESERVATION_OFFSET, "nobody comes until the reservation has expired"),
        exchange(5, StatusNotification.req(connectorId=FromStep(1, "connectorId"), status="Available")),
        CHARGING.with_(validIdTag=VALID_ID_TAG_2, step=7),
    ),
)

TC_048_1_CS = TestCase(
    id="TC_048_1_CS",
    title="Reservation of a Connector - Faulted",
    source=octt16("Table 67"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(SET_CONNECTOR_FAULTED),),
    steps=(exchange(1, ReserveNow.req(connectorId=CONNECTOR_ID), ReserveNow.conf(status="Faulted")),),
)

TC_048_2_CS = TestCase(
    id="TC_048_2_CS",
    title="Reservation of a Connector - Occupied",
    source=octt16("Table 68"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(SET_CONNECTOR_OCCUPIED),),
    steps=(exchange(1, ReserveNow.req(connectorId=CONNECTOR_ID), ReserveNow.conf(status="Occupied")),),
)

TC_048_3_CS = TestCase(
    id="TC_048_3_CS",
    title="Reservation of a Connector - Unavailable",
    source=octt16("Table 69"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(SET_CONNECTOR_UNAVAILABLE),),
    steps=(exchange(1, ReserveNow.req(connectorId=CONNECTOR_ID), ReserveNow.conf(status="Unavailable")),),
)

TC_048_4_CS = TestCase(
    id="TC_048_4_CS",
    title="Reservation of a Connector - Rejected",
    source=octt16("Table 70"),
    sut=CHARGE_POINT,
    prerequisites=(_NO_RESERVATIONS,),
    reservation=True,
    steps=(exchange(1, ReserveNow.req(connectorId=CONNECTOR_ID), ReserveNow.conf(status="Rejected")),),
)

TC_049_CS = TestCase(
    id="TC_049_CS",
    title="Reservation of a Charge Point - Transaction",
    source=octt16(
        "Table 71",
        "step 3 speaks of the one connector that is left, since connectorId 0 is never Reserved (1.6 section 4.9)",
    ),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, RESERVES_STATION),
    reservation=True,
    before=(state(SET_CONNECTOR_UNAVAILABLE, connectors=OTHER_CONNECTORS),),
    steps=(
        exchange(
            1,
            ReserveNow.req(connectorId=0),
            ReserveNow.conf(status="Accepted"),
            gate=True,
            lapses=_USED_BY_CHARGING,
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        state(CHARGING, step=5, optional=(5,)),
        of_state(5, CHARGING, 9, _RESERVED_START),
    ),
)

TC_050_1_CS = TestCase(
    id="TC_050_1_CS",
    title="Reservation of a Charge Point - Faulted",
    source=octt16("Table 72"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, RESERVES_STATION),
    reservation=True,
    before=(state(SET_CHARGE_POINT_FAULTED),),
    steps=(exchange(1, ReserveNow.req(connectorId=0), ReserveNow.conf(status="Faulted")),),
)

TC_050_2_CS = TestCase(
    id="TC_050_2_CS",
    title="Reservation of a Charge Point - Occupied",
    source=octt16("Table 73"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, RESERVES_STATION, OCCUPIED_AT_ONCE),
    reservation=True,
    before=(state(SET_CONNECTOR_OCCUPIED, connectors=ALL_CONNECTORS),),
    steps=(exchange(1, ReserveNow.req(connectorId=0), ReserveNow.conf(status="Occupied")),),
)

TC_050_3_CS = TestCase(
    id="TC_050_3_CS",
    title="Reservation of a Charge Point - Unavailable",
    source=octt16("Table 74"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, RESERVES_STATION),
    reservation=True,
    before=(state(SET_CHARGE_POINT_UNAVAILABLE),),
    steps=(exchange(1, ReserveNow.req(connectorId=0), ReserveNow.conf(status="Unavailable")),),
)

TC_050_4_CS = TestCase(
    id="TC_050_4_CS",
    title="Reservation of a Charge Point - Rejected",
    source=octt16("Table 75"),
    sut=CHARGE_POINT,
    prerequisites=(_NO_RESERVATIONS,),
    reservation=True,
    steps=(exchange(1, ReserveNow.req(connectorId=0), ReserveNow.conf(status="Rejected")),),
)

TC_051_CS = TestCase(
    id="TC_051_CS",
    title="Cancel Reservation",
    source=octt16("Table 76"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(RESERVED),),
    steps=(
        exchange(
            1,
            CancelReservation.req(reservationId=FromStep(1, "reservationId", RESERVED.id)),
            CancelReservation.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Available", connectorId=FromStep(1, "connectorId", RESERVED.id))),
        CHARGING.with_(validIdTag=VALID_ID_TAG_2, step=5),
        of_state(5, CHARGING, 9, StartTransaction.req(reservationId=OMITTED)),
    ),
)

TC_052_CS = TestCase(
    id="TC_052_CS",
    title="Cancel Reservation - Rejected",
    source=octt16("Table 77"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES,),
    reservation=True,
    before=(state(RESERVED),),
    steps=(
        exchange(
            1,
            CancelReservation.req(reservationId=Not(FromStep(1, "reservationId", RESERVED.id))),
            CancelReservation.conf(status="Rejected"),
        ),
    ),
)

TC_053_1_CS = TestCase(
    id="TC_053_1_CS",
    title="Use a reserved Connector with parentIdTag - Local",
    source=octt16("Table 78", "reservationId is validated with step 7, not 5", "step 9 is Charging"),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, HAS_LOCAL_START, HAS_READER),
    reservation=True,
    grouped=True,
    before=(state(SET_CONNECTOR_UNAVAILABLE, connectors=OTHER_CONNECTORS),),
    steps=(
        exchange(
            1,
            ReserveNow.req(idTag=VALID_ID_TAG, parentIdTag=PARENT_ID_TAG),
            ReserveNow.conf(status="Accepted"),
            gate=True,
            lapses=Lapse(RESERVATION_OFFSET, before=7),
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        AUTHORIZED.with_(validIdTag=VALID_ID_TAG_2, step=5),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(7, StartTransaction.req(reservationId=FromStep(1, "reservationId"))),
            exchange(9, StatusNotification.req(), implied=(("status", Literal("Charging")),)),
        ),
    ),
)

TC_053_2_CS = TestCase(
    id="TC_053_2_CS",
    title="Use a reserved Connector with parentIdTag - Remote",
    source=octt16(
        "Table 79",
        "the prerequisite means that AuthorizeRemoteTxRequests can be true: it is set, since without it "
        "the station need not ask whose card it is",
    ),
    sut=CHARGE_POINT,
    prerequisites=(_RESERVES, not_fixed_to_false("AuthorizeRemoteTxRequests")),
    reservation=True,
    grouped=True,
    before=(
        configuration("AuthorizeRemoteTxRequests", "true", if_implemented=True),
        state(SET_CONNECTOR_UNAVAILABLE, connectors=OTHER_CONNECTORS),
    ),
    steps=(
        exchange(
            1,
            ReserveNow.req(idTag=VALID_ID_TAG, parentIdTag=PARENT_ID_TAG),
            ReserveNow.conf(status="Accepted"),
            gate=True,
            lapses=_USED_BY_CHARGING,
        ),
        exchange(3, StatusNotification.req(status="Reserved")),
        CHARGING.with_(validIdTag=VALID_ID_TAG_2, step=5),
        of_state(5, CHARGING, 9, StartTransaction.req(reservationId=FromStep(1, "reservationId"))),
    ),
)

CASES = (
    TC_046_1_CS,
    TC_046_2_CS,
    TC_047_CS,
    TC_048_1_CS,
    TC_048_2_CS,
    TC_048_3_CS,
    TC_048_4_CS,
    TC_049_CS,
    TC_050_1_CS,
    TC_050_2_CS,
    TC_050_3_CS,
    TC_050_4_CS,
    TC_051_CS,
    TC_052_CS,
    TC_053_1_CS,
    TC_053_2_CS,
)
