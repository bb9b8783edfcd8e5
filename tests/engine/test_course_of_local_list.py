"""The local authorization list, run by hand."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver

DUT = {"features": ["Core", "LocalAuthListManagement"]}
ENTRY = [{"idTag": "VALID-1", "idTagInfo": {"status": "Accepted"}}]


def enabled(case: str) -> Driver:
    """A case whose preparation is only that the list is in use."""
    driver = Driver(case, dut=DUT)
    driver.configured("LocalAuthListEnabled", "true")
    return driver


# TC_042 ---------------------------------------------------------------------------------------------------------------


def switched_off() -> Driver:
    """TC_042_1 of a station that has no list."""
    driver = Driver("TC_042_1_CS", dut={"features": ["Core"]})
    driver.unknown("LocalAuthListEnabled")
    assert driver.asked == ["GetLocalListVersion", {}]
    return driver


def test_a_station_without_a_list_has_version_minus_one() -> None:
    driver = switched_off()
    driver.answers({"listVersion": -1})
    assert driver.verdict == "PASS"
    assert driver.row("2/GetLocalListVersion.conf/1/listVersion") == "passed"


def test_a_station_without_a_list_may_refuse_with_not_supported() -> None:
    driver = switched_off()
    driver.refuses("NotSupported")
    assert driver.verdict == "PASS"


def test_a_station_without_a_list_refuses_with_another_code() -> None:
    driver = switched_off()
    driver.refuses("NotImplemented")
    assert driver.texts == [
        "Step 2: GetLocalListVersion.req was answered with CALLERROR NotImplemented, GetLocalListVersion.conf or "
        "CALLERROR NotSupported was due."
    ]


def test_an_empty_list_is_no_missing_one() -> None:
    driver = switched_off()
    driver.answers({"listVersion": 0})
    assert driver.texts == ["Step 2: GetLocalListVersion.conf had listVersion 0, -1 was due."]


def test_a_list_that_is_made_empty_has_version_zero() -> None:
    driver = enabled("TC_042_2_CS")
    assert driver.asked == ["SendLocalList", {"listVersion": 1, "updateType": "Full"}]
    driver.answers("Accepted")
    driver.answers({"listVersion": 1}, to="GetLocalListVersion")
    assert driver.texts == ["Step 4: GetLocalListVersion.conf had listVersion 1, 0 was due."]


# TC_043 ---------------------------------------------------------------------------------------------------------------


def test_a_differential_list_follows_the_full_one() -> None:
    driver = enabled("TC_043_CS")
    assert driver.asked == [
        "SendLocalList",
        {"listVersion": 1, "updateType": "Full", "localAuthorizationList": ENTRY},
    ]
    driver.answers("Accepted")
    assert driver.asked == [
        "SendLocalList",
        {"listVersion": 2, "updateType": "Differential", "localAuthorizationList": ENTRY},
    ]
    driver.answers("Failed")
    assert driver.texts == ["Step 4: SendLocalList.conf had status Failed, Accepted was due."]


@pytest.mark.parametrize("answer", ["NotSupported", "CALLERROR"])
def test_a_list_is_refused_where_there_is_none(answer: str) -> None:
    driver = Driver("TC_043_1_CS", dut={"features": ["Core"]})
    if answer == "CALLERROR":
        driver.refuses("NotSupported")
    else:
        driver.answers(answer)
    assert driver.verdict == "PASS"


def test_a_list_is_accepted_where_there_is_none() -> None:
    driver = Driver("TC_043_1_CS", dut={"features": ["Core"]})
    driver.answers("Accepted")
    assert driver.texts == ["Step 2: SendLocalList.conf had status Accepted, NotSupported was due."]


def mismatch(status: str, version: int) -> Driver:
    """TC_043_2; the answers to the list that is too old, and to the question behind it."""
    driver = enabled("TC_043_2_CS")
    for number in (2, 5):
        assert driver.asked[1]["listVersion"] == number
        driver.answers("Accepted", to="SendLocalList")
        driver.answers({"listVersion": number}, to="GetLocalListVersion")
    assert (driver.asked[1]["listVersion"], driver.asked[1]["updateType"]) == (4, "Differential")
    driver.answers(status, to="SendLocalList")
    driver.answers({"listVersion": version}, to="GetLocalListVersion")
    return driver


def test_a_list_that_is_too_old_is_refused_and_the_version_stays() -> None:
    driver = mismatch("VersionMismatch", 5)
    assert driver.verdict == "PASS"
    cleared = [frame[3] for frame in driver.sent if frame[0] == 2 and frame[2] == "SendLocalList"][-1]
    assert cleared == {"listVersion": 6, "updateType": "Full", "localAuthorizationList": []}


def test_a_list_that_is_too_old_is_taken() -> None:
    driver = mismatch("Accepted", 4)
    assert driver.texts == [
        "Step 10: SendLocalList.conf had status Accepted, VersionMismatch was due.",
        "Step 12: GetLocalListVersion.conf had listVersion 4, 5 was due.",
    ]


def test_a_list_fails_where_the_operator_has_seen_to_it() -> None:
    driver = enabled("TC_043_3_CS")
    driver.confirms("fail_local_list")
    driver.answers("Failed", to="SendLocalList")
    assert driver.verdict == "PASS"


def test_a_list_cannot_be_made_to_fail() -> None:
    driver = enabled("TC_043_3_CS")
    driver.confirms("fail_local_list", "impossible", "the store cannot be filled")
    assert (driver.verdict, driver.result["reason_code"]) == ("INCONCLUSIVE", "operator")


# TC_008 ---------------------------------------------------------------------------------------------------------------


def listed(case: str, version: int = 0) -> Driver:
    """TC_008_1 and _2 up to the list that the station has taken."""
    driver = Driver(case, dut=DUT)
    driver.configured("LocalPreAuthorize", "true")
    driver.unknown("AuthorizationCacheEnabled")
    driver.configured("LocalAuthListEnabled", "true")
    if case == "TC_008_2_CS":
        driver.configured("AuthorizeRemoteTxRequests", "true", readonly=True)
    driver.answers({"listVersion": version}, to="GetLocalListVersion")
    assert driver.asked[1] == {"listVersion": version + 1, "updateType": "Full", "localAuthorizationList": ENTRY}
    driver.answers("Accepted", to="SendLocalList")
    return driver


@pytest.mark.parametrize("charging_first", [True, False])
def test_a_listed_card_starts_a_transaction(charging_first: bool) -> None:
    driver = listed("TC_008_1_CS", 7)
    driver.status("Preparing")
    driver.confirms("plug_in")
    if charging_first:
        driver.status("Charging")
    driver.starts()
    if not charging_first:
        driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("PASS", [])


def test_a_listed_card_is_asked_about() -> None:
    driver = listed("TC_008_1_CS")
    driver.says("Authorize", idTag="VALID-1")
    assert driver.texts == ["Step 5: Authorize.req is no part of the scenario here."]


def test_a_listed_card_starts_a_transaction_remotely() -> None:
    driver = listed("TC_008_2_CS")
    assert driver.asked == ["RemoteStartTransaction", {"connectorId": 1, "idTag": "VALID-1"}]
    driver.answers("Accepted")
    driver.status("Preparing")
    driver.confirms("plug_in")
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert driver.row("6/Authorize.req/1//absent") == "passed"


def test_a_listed_card_is_asked_about_at_a_remote_start() -> None:
    driver = listed("TC_008_2_CS")
    driver.answers("Accepted", to="RemoteStartTransaction")
    driver.says("Authorize", idTag="VALID-1")
    assert driver.texts == ["Step 6: Authorize.req was sent, though it must not come here."]


def test_a_list_that_is_refused_ends_the_case() -> None:
    driver = Driver("TC_008_1_CS", dut=DUT)
    driver.configured("LocalPreAuthorize", "true")
    driver.unknown("AuthorizationCacheEnabled")
    driver.configured("LocalAuthListEnabled", "true")
    driver.answers({"listVersion": 0}, to="GetLocalListVersion")
    driver.answers("Failed", to="SendLocalList")
    assert driver.texts == ["Step 4: SendLocalList.conf had status Failed, Accepted was due."]
    assert driver.all_prompts == []
