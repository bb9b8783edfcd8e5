#!/usr/bin/env python3
"""csms_request for the central system arthexis 0.2.0, through what its operators have: its HTTP actions and its forms.

arthexis.py URL IDENTITY '{"message": …, "fields": {…}}'   with ARTHEXIS_USER and ARTHEXIS_PASSWORD in the environment. Exit code 0: the
request was sent, whatever the station answered; 1: it was not, the reason on standard error; 3: this central system cannot be told to.
"""

import datetime
import html.parser
import http.cookiejar
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import zoneinfo


class Impossible(Exception):
    """The central system has no way to be told this."""


class Form(html.parser.HTMLParser):
    """What a form of the administration holds before anybody types."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("submit", "file", "image"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values[name] = given.get("value") or ""
        elif tag == "select":
            self._select = name
            self.values.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.values.setdefault(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.strip()


class Operator:
    """One logged-in operator of the central system."""

    def __init__(self, url: str, identity: str) -> None:
        self.url, self.identity = url.rstrip("/"), identity
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self.fill(
            "/admin/login/", {"username": os.environ["ARTHEXIS_USER"], "password": os.environ["ARTHEXIS_PASSWORD"]}
        )

    def open(self, path: str, data: bytes | None = None, **headers: str) -> tuple[str, str]:
        """The address that answered, and what it said."""
        request = urllib.request.Request(self.url + path, data, {"Referer": self.url + path, **headers})
        with self._opener.open(request, timeout=25) as answer:
            return answer.geturl(), answer.read().decode()

    def fill(self, path: str, values: dict[str, str]) -> str:
        """Send a form with these values; the address that it leads to."""
        form = Form()
        form.feed(self.open(path)[1])
        filled = {**form.values, **values}
        address, text = self.open(path, urllib.parse.urlencode(filled).encode())
        if "errornote" in text:
            said = re.findall(r'class="errorlist[^>]*>(.*?)</ul>', text, re.S)
            raise Impossible(f"{path} refuses: {re.sub('<[^>]+>', ' ', ' '.join(said)).strip()}")
        return address

    def choose(self, action: str) -> None:
        """Do an action of the administration's list of charge points, for the station as a whole, which was listed first."""
        path = "/admin/ocpp/charger/"
        text = self.open(path)[1]
        numbers = [int(each) for each in re.findall(r'name="_selected_action" value="(\d+)"', text)]
        form = Form()
        form.feed(text)
        sent = {"csrfmiddlewaretoken": form.values["csrfmiddlewaretoken"], "action": action, "index": "0"}
        self.open(path, urllib.parse.urlencode({**sent, "_selected_action": str(min(numbers))}).encode())

    def act(self, action: str, connector: int | None = None, **fields: object) -> None:
        """Do an action of its HTTP interface. A refusal by the station is no refusal to send."""
        part = f"/connector/{connector}" if connector else ""
        body = json.dumps({"action": action, **fields}).encode()
        try:
            self.open(f"/ocpp/chargers/{self.identity}{part}/action/", body, **{"Content-Type": "application/json"})
        except urllib.error.HTTPError as refusal:
            said = refusal.read().decode()
            if not re.search(r"rejected with status|did not include a status|failed", said):
                raise SystemExit(f"{action}: {refusal.code} {said[:300]}") from refusal


def nested(fields: dict) -> dict:
    """Fields by path as a person would fill them in: None and descriptions such as <present> left to the central system."""
    result: dict = {}
    for path, value in fields.items():
        steps = re.findall(r"([^.\[\]]+)|\[(\d*)\]", path)
        place: object = result
        for number, (name, index) in enumerate(steps):
            key = name or int(index or 0)
            last = number == len(steps) - 1
            following = value if last else ([] if steps[number + 1][1] or not steps[number + 1][0] else {})
            if last and (value is None or (isinstance(value, str) and re.fullmatch(r"<[^<>]+>", value))):
                break
            if isinstance(place, list):
                while len(place) <= key:
                    place.append(None if last else {})
                if last:
                    place[key] = value
            elif last:
                place[key] = value
            else:
                place.setdefault(key, following)
            place = place[key] if not last else place
    return result


def moment(text: str) -> dict[str, str]:
    """A time stamp of OCPP as the two inputs of a form, in the zone of the central system."""
    at = datetime.datetime.fromisoformat(text).astimezone(zoneinfo.ZoneInfo("America/Monterrey"))
    return {"0": at.strftime("%Y-%m-%d"), "1": at.strftime("%H:%M:%S")}


def set_profile(operator: Operator, wanted: dict) -> None:
    """Enter a profile in the form for profiles, then send it."""
    profile = wanted.get("csChargingProfiles", {})
    schedule = profile.get("chargingSchedule", {})
    entered = {
        "connector_id": str(wanted.get("connectorId", 1)),
        "stack_level": str(profile.get("stackLevel", 0)),
        "purpose": str(profile.get("chargingProfilePurpose", "TxDefaultProfile")),
        "kind": str(profile.get("chargingProfileKind", "Absolute")),
        "transaction_id": str(profile.get("transactionId", "")),
        "schedule-0-charging_rate_unit": str(schedule.get("chargingRateUnit", "A")),
        "schedule-0-duration_seconds": str(schedule.get("duration", 300)),
        "_continue": "1",
    }
    periods = schedule.get("chargingSchedulePeriod", [{}])
    table = "schedule-0-charging_schedule_periods"
    entered[f"{table}-TOTAL_FORMS"] = str(len(periods))
    for number, period in enumerate(periods):
        entered[f"{table}-{number}-start_period"] = str(period.get("startPeriod", 0))
        entered[f"{table}-{number}-limit"] = str(period.get("limit", 6.0))
        entered[f"{table}-{number}-number_phases"] = str(period.get("numberPhases", ""))
    if "chargingProfileId" in profile:
        entered["charging_profile_id"] = str(profile["chargingProfileId"])
    for name, text in (
        ("valid_from", profile.get("validFrom")),
        ("valid_to", profile.get("validTo")),
        ("schedule-0-start_schedule", schedule.get("startSchedule")),
    ):
        entered |= {f"{name}_{part}": value for part, value in moment(text).items()} if text else {}
    address = operator.fill("/admin/ocpp/chargingprofile/add/", entered)
    number = re.search(r"/(\d+)/change/", address)
    if number is None:
        raise Impossible("the profile was not kept")
    operator.act("set_charging_profile", profile=int(number[1]), connectorId=wanted.get("connectorId", 1))


def send(operator: Operator, message: str, wanted: dict) -> None:
    """Have the request sent."""
    connector = wanted.get("connectorId")
    match message:
        case "ClearCache":
            operator.act("clear_cache")
        case "GetConfiguration":
            if wanted.get("key"):
                raise Impossible("it asks for all keys only")
            operator.choose("fetch_cp_configuration")
        case "ChangeConfiguration":
            operator.act("change_configuration", **{"key": "MeterValueSampleInterval", "value": "60", **wanted})
        case "ChangeAvailability":
            operator.act("change_availability", connectorId=connector or 0, type=wanted.get("type", "Operative"))
        case "UnlockConnector":
            operator.act("unlock_connector", connectorId=connector or 1)
        case "RemoteStartTransaction":
            tag = wanted.get("idTag", os.environ.get("ARTHEXIS_CARD", ""))
            profile = {"chargingProfile": wanted["chargingProfile"]} if "chargingProfile" in wanted else {}
            operator.act("remote_start", connectorId=connector or 1, idTag=tag, **profile)
        case "RemoteStopTransaction":
            operator.act("remote_stop", int(os.environ.get("ARTHEXIS_CONNECTOR", "1")))
        case "Reset":
            if wanted.get("type", "Soft") != "Soft":
                raise Impossible("it has a button for a Soft reset only")
            operator.act("reset")
        case "TriggerMessage":
            place = {"connectorId": connector} if connector else {}
            operator.act("trigger_message", target=wanted.get("requestedMessage", "StatusNotification"), **place)
        case "GetLocalListVersion":
            operator.act("get_local_list_version")
        case "SendLocalList":
            operator.act("send_local_list", **wanted)
        case "GetCompositeSchedule":
            duration = wanted.get("duration", 300)
            operator.act("get_composite_schedule", **{**wanted, "duration": duration})
        case "ReserveNow":
            raise Impossible("it chooses the connector of a reservation itself")
        case "SetChargingProfile":
            set_profile(operator, wanted)
        case "ClearChargingProfile":
            if wanted:
                raise Impossible("it clears all profiles only")
            operator.choose("clear_charging_profiles")
        case "DataTransfer":
            operator.act("data_transfer", **{"vendorId": "labapp", **wanted})
        case "GetDiagnostics":
            operator.act("get_diagnostics")
        case _:
            raise Impossible(f"its operators cannot send {message}")


def main() -> None:
    url, identity, text = sys.argv[1:]
    args = json.loads(text)
    try:
        send(Operator(url, identity), args["message"], nested(args.get("fields", {})))
    except Impossible as reason:
        print(reason, file=sys.stderr)
        raise SystemExit(3) from reason
    except OSError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(1) from fault


main()
