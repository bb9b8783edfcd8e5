"""The set-up page without its widgets: checklist, fields, search, and how far it is."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.draft import Draft
from labapp.domain.errors import EnvironmentFault, InputError
from labapp.presentation.setup import Setup, place_of, secrets_named, setup_of, with_driver, within_limits
from labapp.presentation.setup_fields import entered, row_of, shown, with_choice, with_entry
from labapp.presentation.setup_model import Act, Findings
from labapp.presentation.stages import State
from labapp.services.device_probe import DeviceSeen, Place
from labapp.services.intake import demonstration_pics

CONNECTION = {"listen": "127.0.0.1:9000", "identity": "CP-1"}
CARDS = {
    "valid_id_tag": "CARD-1",
    "valid_id_tag_2": "CARD-2",
    "invalid_id_tag": "CARD-3",
    "parent_id_tag": "PARENT",
    "local_limit": 16.0,
}
FREE = Findings(place=Place("127.0.0.1:9000"))


def draft(**tables: Any) -> Draft:
    return Draft(1, "p", {"project": {"sut": "cs"}, "connection": CONNECTION, **tables})


def declared(**tables: Any) -> Draft:
    return Draft(1, "p", {"project": {"sut": "cs"}, "connection": CONNECTION, **tables}, demonstration_pics().answers)


def lights(setup: Setup) -> dict[str, str]:
    return {check.key: check.light.value for check in setup.checks}


def test_a_new_project_is_to_do_and_says_what_is_missing() -> None:
    setup = setup_of(Draft(1, "p", {"project": {"sut": "cs"}}), Findings(), ["TC_003_CS"])
    assert setup.status.state is State.TO_DO
    assert setup.status.missing == ("identity is missing", "valid_id_tag is missing")
    assert lights(setup) == {
        "device": "done",
        "place": "in work",
        "identity": "to do",
        "security": "done",
        "values": "to do",
        "limits": "to do",
        "settings": "done",
        "connected": "to do",
    }
    identity = setup.check("identity")
    assert (identity.says, identity.advice) == ("identity is missing", "Write the identity of the charge point.")
    assert identity.act == Act("edit", "State it", "connection.identity")
    values = setup.check("values")
    assert (values.says, values.advice) == ("Not stated: valid_id_tag", "Needed by TC_003_CS.")


def test_a_complete_set_up_is_done() -> None:
    setup = setup_of(declared(values=CARDS), FREE)
    assert (setup.status.state, setup.status.missing) == (State.DONE, ())
    assert setup.check("place").says == "127.0.0.1:9000 is free to listen on"
    assert setup.check("place").advice == "Only devices on this machine reach it; 0.0.0.0 listens on every address."
    assert setup.check("limits").says == "Every value is within the declared limits"


def test_a_device_without_a_role_is_still_to_be_chosen() -> None:
    setup = setup_of(Draft(1, "p"), Findings())
    assert setup.check("device").says == "sut is missing"
    assert setup.check("device").light is State.TO_DO


@pytest.mark.parametrize(
    ("tables", "key", "says", "advice"),
    [
        (
            {"connection": {**CONNECTION, "identity": "CP 1"}},
            "identity",
            'identity: "CP 1" cannot stand in the URL as it is',
            "Write letters, digits and signs that need no escape in a URL.",
        ),
        (
            {"connection": {**CONNECTION, "security_profile": 2}},
            "security",
            "security_profile: security profile 2 needs TLS, which this version of labapp does not offer",
            "Use 0 or 1.",
        ),
        (
            {"connection": {**CONNECTION, "listen": "9000"}},
            "place",
            'listen: "9000" is no address',
            'Write it as "127.0.0.1:9000".',
        ),
        (
            {"values": {"heartbeat_interval": "soon"}},
            "values",
            'heartbeat_interval: "soon" is no integer',
            "Write a whole number.",
        ),
        (
            {"timeouts": {"message": 0}},
            "settings",
            "message: 0.0 is out of bounds",
            "Write at least 0.1 seconds.",
        ),
        (
            {"project": {"sut": "cs", "ocpp": "2.0.1"}},
            "device",
            "ocpp: there are no cases for charging stations in 2.0.1",
            'Write ocpp = "1.6".',
        ),
    ],
)
def test_a_wrong_entry_is_a_problem_in_its_row(tables: dict[str, Any], key: str, says: str, advice: str) -> None:
    setup = setup_of(draft(**{"values": CARDS, **tables}), FREE)
    check = setup.check(key)
    assert (check.light, check.says, check.advice) == (State.PROBLEM, says, advice)
    assert check.act is not None
    assert check.act.kind == "edit"
    assert setup.field(check.act.value).problem is not None
    assert setup.status.state is State.PROBLEM
    assert setup.status.missing[0] == says


def test_a_value_outside_the_declared_limits_is_moved_to_the_nearest_inside() -> None:
    wide = declared(values={**CARDS, "heartbeat_interval": 100000})
    setup = setup_of(wide, FREE)
    limits = setup.check("limits")
    assert limits.says == "heartbeat_interval: 100000 is outside the declared limits"
    assert limits.act == Act("limits", "Use the limit")
    assert setup.check("values").light is State.DONE
    assert setup.field("values.heartbeat_interval").note == "declared: 1 to 86400"
    assert within_limits(wide).value("values", "heartbeat_interval") == 86400
    assert setup_of(within_limits(wide), FREE).check("limits").light is State.DONE


def test_the_declaration_of_intake_is_that_of_a_certification() -> None:
    certified = declared(project={"sut": "cs", "mode": "certification"}, values=CARDS)
    assert setup_of(certified, FREE).check("device").light is State.DONE
    setup = setup_of(draft(project={"sut": "cs", "mode": "certification"}, values=CARDS), FREE)
    assert setup.check("device").says == "pics is missing, and certification needs it"
    assert setup.check("device").act == Act("stage", "Go to Intake", "intake")
    other = declared(project={"sut": "csms"}, connection={"identity": "CP-1", "url": "ws://h/"})
    assert setup_of(other, FREE).check("device").says == 'pics: the declaration is of sut = "cs"'


@pytest.mark.parametrize(("connector", "light"), [(3, State.DONE), (4, State.PROBLEM)])
def test_the_connectors_are_those_of_the_declaration(connector: int, light: State) -> None:
    three = {"general.socket_connector": "multiple", "supplementary.evses": "[[1,2,3]]"}
    tables = {"project": {"sut": "cs"}, "connection": CONNECTION, "values": {**CARDS, "connector_id": connector}}
    answers = {**demonstration_pics().answers, **three}
    assert setup_of(Draft(1, "p", tables, answers), FREE).check("values").light is light


def test_what_is_declared_holds_without_an_entry() -> None:
    cache = setup_of(declared(values=CARDS), FREE).field("dut.cache")
    assert (cache.kind, cache.choices[cache.chosen].words) == ("choice", "yes (declared)")
    assert setup_of(draft(), FREE).field("dut.cache").choices[0].words == "not stated"
    assert setup_of(draft(), FREE).field("values.heartbeat_interval").otherwise == "10"


# The place of the connection ------------------------------------------------------------------------------------------


def test_a_port_in_use_is_mended_with_the_next_free_one() -> None:
    taken = EnvironmentFault("the port is in use", mend="stop the program that listens there")
    check = setup_of(draft(), Findings(place=Place("127.0.0.1:9000", taken, 9001))).check("place")
    assert check.light is State.PROBLEM
    assert check.says == "127.0.0.1:9000: the port is in use"
    assert check.act == Act("listen", "Use port 9001", "127.0.0.1:9001")
    unknown = setup_of(draft(), Findings(place=Place("127.0.0.1:9000", taken))).check("place")
    assert unknown.act == Act("look", "Look again")


def test_what_was_found_elsewhere_says_nothing_of_here() -> None:
    check = setup_of(draft(), Findings(place=Place("127.0.0.1:1"))).check("place")
    assert (check.light, check.says) == (State.IN_WORK, "Looking at 127.0.0.1:9000 …")
    assert place_of(draft()) == "127.0.0.1:9000"


def test_a_central_system_is_reached_at_its_url() -> None:
    made = Draft(1, "p", {"project": {"sut": "csms"}, "connection": {"url": "ws://h/ocpp", "identity": "CP-1"}})
    setup = setup_of(made, Findings(place=Place("ws://h/ocpp")), ["TC_003_CSMS"])
    assert setup.check("place").says == "ws://h/ocpp accepts connections"
    assert setup.check("connected").act == Act("wait", "Try the connection")
    assert "connection.url" in [field.name for field in setup.sections[1].fields]
    assert place_of(made) == "ws://h/ocpp"
    fault = EnvironmentFault("nothing answers at h:80 (connection refused)", mend="start the central system")
    check = setup_of(made, Findings(place=Place("ws://h/ocpp", fault))).check("place")
    assert (check.says, check.act) == ("Nothing answers at h:80 (connection refused).", Act("look", "Look again"))


# Secrets --------------------------------------------------------------------------------------------------------------


def protected(password: str | None = "env:LAB_KEY") -> Draft:
    given = {} if password is None else {"password": password}
    return draft(connection={**CONNECTION, "security_profile": 1, **given}, values=CARDS)


def test_a_secret_is_shown_by_its_reference_and_looked_up() -> None:
    assert secrets_named(protected()) == ("env:LAB_KEY",)
    check = setup_of(protected(), FREE).check("security")
    assert (check.light, check.says) == (State.IN_WORK, "Looking up env:LAB_KEY …")
    found = Findings(place=Place("127.0.0.1:9000"), secrets={"env:LAB_KEY": None})
    check = setup_of(protected(), found).check("security")
    assert (check.light, check.says) == (State.DONE, "Security profile 1: env:LAB_KEY holds a password")
    lost = InputError("the environment variable LAB_KEY is not set", mend="set LAB_KEY before labapp is started")
    check = setup_of(protected(), Findings(secrets={"env:LAB_KEY": lost})).check("security")
    assert (check.light, check.says) == (State.PROBLEM, "password: the environment variable LAB_KEY is not set")
    missing = setup_of(protected(None), FREE).check("security")
    assert (missing.light, missing.says) == (State.TO_DO, "password is missing, and security profile 1 needs it")


def test_a_secret_itself_is_never_kept() -> None:
    with pytest.raises(InputError) as refused:
        with_entry(protected(None), "connection", "password", "hunter2")
    assert str(refused.value) == (
        'names no secret, and a secret itself never stands in the file - write "env:NAME" or "keyring:SERVICE/USER"'
    )
    kept = with_entry(protected(None), "connection", "password", "keyring:lab/cp")
    assert kept.value("connection", "password") == "keyring:lab/cp"


# The device -----------------------------------------------------------------------------------------------------------


def connected(**seen: Any) -> tuple[State, str, str, Act | None]:
    found = Findings(device=DeviceSeen(**seen)) if seen else Findings()
    check = setup_of(draft(), found).check("connected")
    return check.light, check.says, check.advice, check.act


def test_the_device_is_waited_for_and_seen() -> None:
    stop = Act("leave", "Stop waiting")
    assert connected() == (State.TO_DO, "Not waited for yet", "", Act("wait", "Wait for the device"))
    assert connected(phase="waiting", place="127.0.0.1:9000") == (
        State.IN_WORK,
        "Waiting on 127.0.0.1:9000",
        "Set ws://127.0.0.1:9000/CP-1 in the device.",
        stop,
    )
    came = {"phase": "connected", "identity": "CP-1", "subprotocol": "ocpp1.6", "remote": "10.0.0.7:5"}
    assert connected(**came, credentials="accepted") == (
        State.DONE,
        "CP-1 is connected",
        "ocpp1.6 · from 10.0.0.7:5 · credentials right · no BootNotification yet",
        stop,
    )
    boot = {"chargePointVendor": "Maker", "chargePointModel": "M1", "firmwareVersion": "2.1"}
    assert connected(**came, boot=boot)[1:3] == (
        "CP-1 is connected: Maker M1",
        "ocpp1.6 · from 10.0.0.7:5 · firmware 2.1",
    )
    assert connected(phase="gone", identity="CP-1", reason="device")[1:3] == (
        "CP-1 was connected and has gone",
        "It closed the connection.",
    )


def test_another_identity_is_named_with_the_way_to_take_it() -> None:
    light, says, advice, act = connected(phase="refused", reason="identity", identity="CP-2")
    assert light is State.PROBLEM
    assert says == "CP-2 connected, CP-1 is expected"
    assert advice == "Set the identity in the device, or here."
    assert act == Act("identity", "Use CP-2", "CP-2")


@pytest.mark.parametrize(
    ("seen", "says", "advice"),
    [
        (
            {"reason": "authorization", "identity": "CP-1", "credentials": "the password differs"},
            "CP-1 came with wrong credentials: the password differs",
            "Set the password in the device, or correct its reference here.",
        ),
        (
            {"reason": "authorization", "identity": "CP-1"},
            "CP-1 came with wrong credentials: none",
            "Set the password in the device, or correct its reference here.",
        ),
        (
            {"reason": "subprotocol", "identity": "CP-1", "detail": "the device does not offer ocpp1.6"},
            "CP-1 came, but does not speak this version of OCPP",
            "The device does not offer ocpp1.6.",
        ),
        ({"reason": "path"}, "A device came without an identity", "Its URL must end in /CP-1."),
        (
            {"reason": "timeout", "detail": "no upgrade within 10 s"},
            "A device came and was not understood",
            "No upgrade within 10 s.",
        ),
    ],
)
def test_a_refused_device_is_told_why(seen: dict[str, str], says: str, advice: str) -> None:
    assert connected(phase="refused", **seen)[:3] == (State.PROBLEM, says, advice)


def test_what_keeps_the_tool_from_waiting() -> None:
    fault = EnvironmentFault("the port is in use", mend="choose another port")
    assert connected(phase="failed", fault=fault) == (
        State.PROBLEM,
        "The port is in use.",
        "Choose another port.",
        Act("wait", "Wait for the device"),
    )


def test_a_session_on_the_bench_shows_its_own_connection() -> None:
    other = setup_of(draft(), Findings(bench_place="h:1", bench_event="refused", bench_came="CP-2")).check("connected")
    assert other.advice == "Set the identity in the device, or begin another session for CP-2."

    def at(**bench: str) -> tuple[State, str]:
        setup = setup_of(draft(), Findings(bench_place="127.0.0.1:9000", **bench))
        assert setup.check("place").says == "The bench listens on 127.0.0.1:9000"
        check = setup.check("connected")
        return check.light, check.says

    assert at() == (State.IN_WORK, "The bench waits for the device on 127.0.0.1:9000")
    assert at(bench_event="up", bench_came="CP-1") == (State.DONE, "CP-1 is connected to the bench")
    assert at(bench_event="down") == (
        State.IN_WORK,
        "The device has gone; the bench waits for it on 127.0.0.1:9000",
    )
    assert at(bench_event="refused", bench_came="CP-2") == (State.PROBLEM, "CP-2 connected, CP-1 is expected")
    assert at(bench_event="refused", bench_came="CP-1") == (State.PROBLEM, "The bench refused the device")


def test_a_simulated_device_starts_with_the_session() -> None:
    made = draft(values=CARDS)
    simulated = Draft(made.id, made.name, made.tables, simulated=True)
    setup = setup_of(simulated, FREE)
    assert setup.check("connected").says == "The simulator starts with the session"
    assert setup.check("device").advice == "A demonstration: not valid for certification."
    assert setup.check("place").advice == ""
    assert setup.status.state is State.DONE


# Fields ---------------------------------------------------------------------------------------------------------------


def test_every_key_of_a_project_has_its_field_once() -> None:
    setup = setup_of(draft(), FREE)
    names = [field.name for section in setup.sections for field in section.fields]
    assert len(names) == len(set(names))
    assert {"timeouts.reboot", "run.reset", "report.customer", "dut.connectors", "values.signatures.firmware"} <= {
        *names
    }


def test_needed_values_name_their_cases_and_stand_apart() -> None:
    setup = setup_of(draft(), FREE, ["TC_003_CS"])
    values = {field.key: field for field in setup.sections[2].fields}
    assert (values["valid_id_tag"].missing, values["valid_id_tag"].needed_by) == (True, ("TC_003_CS",))
    assert "log_location" in [field.key for field in setup.sections[3].fields]
    assert setup.sections[3].folded


def test_a_selection_that_does_not_fit_needs_nothing() -> None:
    assert setup_of(draft(), FREE, ["TC_003_CSMS"]).sections[2].fields == ()
    # Nothing chosen is not the same as no choice made.
    assert setup_of(draft(), FREE, []).sections[2].fields == ()
    assert setup_of(draft(), FREE).sections[2].fields != ()


def test_search_finds_keys_labels_and_help() -> None:
    setup = setup_of(draft(), FREE)
    assert setup.found("heartbeat_inter") == ("values.heartbeat_interval",)
    assert setup.found("back-up power") == ("dut.backup_power",)
    assert "timeouts.reboot" in setup.found("reboot")
    assert setup.found(" ") == ()
    assert setup.found("no such thing") == ()


def test_labels_units_and_help_are_for_people() -> None:
    setup = setup_of(draft(), FREE)
    heartbeat = setup.field("values.heartbeat_interval")
    assert (heartbeat.label, heartbeat.unit, heartbeat.help) == ("Heartbeat interval", "s", "Interval of heartbeats.")
    assert setup.field("values.valid_id_tag_2").label == "Valid idTag 2"
    assert setup.field("project.ocpp").label == "OCPP version"
    assert setup.field("values.connector_id").label == "Connector"
    assert setup.field("timeouts.reboot").otherwise == "900"


def test_one_thing_is_to_be_done_next() -> None:
    assert setup_of(declared(values=CARDS), FREE).next == "connected"
    assert setup_of(declared(), FREE).next == "values"
    assert setup_of(declared(connection={**CONNECTION, "security_profile": 3}), FREE).next == "security"


@pytest.mark.parametrize(
    ("table", "key", "typed", "value"),
    [
        ("values", "heartbeat_interval", " 12 ", 12),
        ("values", "heartbeat_interval", "", None),
        ("values", "heartbeat_interval", "1.5", "1.5"),
        ("timeouts", "message", "2,5", 2.5),
        ("timeouts", "message", "30", 30),
        ("timeouts", "message", "nan", "nan"),
        ("timeouts", "message", "long", "long"),
        ("dut", "features", "Core, Reservation", ["Core", "Reservation"]),
        ("report", "equipment", "meter, no. 7; cable", ["meter, no. 7", "cable"]),
        ("dut", "evses", "[[1, 2], [3]]", [[1, 2], [3]]),
        ("dut", "evses", "[[1", "[[1"),
        ("driver.plug_in", "headers", "X: 1; Y: a:b", {"X": "1", "Y": "a:b"}),
        ("driver.plug_in", "headers", "X", "X"),
        ("driver.plug_in", "done", "0; 3", [0, 3]),
        ("driver.default", "done", "200, 204", [200, 204]),
        ("driver.plug_in", "done", "none", "none"),
        ("report", "received", "2026-02-03", "2026-02-03"),
    ],
)
def test_what_is_typed_becomes_the_value_of_its_type(table: str, key: str, typed: str, value: Any) -> None:
    found = entered(row_of(table, key), typed)
    assert (found, type(found)) == (value, type(value))
    assert entered(row_of(table, key), shown(found)) == value


def test_an_entry_changes_the_draft_only_where_something_changes() -> None:
    made = draft(values=CARDS)
    assert with_entry(made, "values", "valid_id_tag", "CARD-1 ") is made
    assert with_entry(made, "values", "valid_id_tag", "").value("values", "valid_id_tag") is None
    assert with_choice(made, "dut", "cache", True).value("dut", "cache") is True
    # A yes is no number one.
    assert with_choice(draft(dut={"cache": 1}), "dut", "cache", True).value("dut", "cache") is True


def test_a_driver_call_can_be_added_for_an_action() -> None:
    made = with_driver(draft(values=CARDS), "plug_in")
    setup = setup_of(made, FREE)
    assert "plug_in" not in setup.further_actions
    assert setup.sections[-1].title == "Driver: plug_in"
    assert setup.check("settings").says == "command needs a command or a url, and not both"
    mended = with_entry(made, "driver.plug_in", "command", "robot; plug")
    assert setup_of(mended, FREE).check("settings").says == "1 differs from the standard"


def test_one_driver_call_can_be_added_for_every_action_and_its_secret_is_looked_up() -> None:
    made = with_driver(draft(values=CARDS), "default")
    setup = setup_of(made, FREE)
    assert (setup.sections[-1].title, "default" in setup.further_actions) == ("Driver: default", False)
    named = with_entry(made, "driver.default", "secret", "env:ROBOT")
    assert secrets_named(named) == ("env:ROBOT",)
    with pytest.raises(InputError, match="a secret itself never stands in the file"):
        with_entry(made, "driver.default", "secret", "hunter2")
