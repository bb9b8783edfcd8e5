"""`[driver.ACTION]` of a project: the command or the HTTP call that performs an action, and what is wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from labapp.domain import templates
from labapp.domain.actions import ACTIONS
from labapp.domain.settings import Secret, setting

#: The call of every action that has none of its own.
DEFAULT = "default"

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class DriverCall:
    """What performs an action without an operator: a command or an HTTP call. `{argument}` stands for an argument of the action."""

    command: tuple[str, ...] = setting(
        (), "program and its arguments, run without a shell", required_when="no url is given"
    )
    folder: Path | None = setting(None, "folder in which the command runs; without it, that of the project file")
    environment: Mapping[str, str] = setting(_NOTHING, "variables of the command's environment, besides labapp's own")
    url: str = setting("", "URL to call", required_when="no command is given")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = setting("POST", "method of the HTTP call")
    headers: Mapping[str, str] = setting(_NOTHING, "headers of the HTTP call")
    body: str = setting("", "body of the HTTP call: JSON, a form, or any text, as its Content-Type says")
    secret: Secret | None = setting(
        None, "what {secret} stands for in environment, headers and body, named, never written here"
    )
    done: tuple[int, ...] = setting(
        (), "exit codes or HTTP statuses that mean done; without it, exit code 0, or any status from 200 to 299"
    )
    reasons: Mapping[str, str] = setting(
        _NOTHING, "why the action is impossible, by exit code or HTTP status; without it, what the call has said"
    )
    timeout: float = setting(60.0, "for the end of the command or the response", unit="seconds", at_least=0.1)

    @property
    def header_of_content(self) -> str:
        """The Content-Type that the headers state, "" when they state none."""
        return next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")

    @property
    def form_of_body(self) -> Literal["json", "form", "text"]:
        """How values stand in the body: as its Content-Type says; without one it is JSON where it looks like it."""
        stated = self.header_of_content.lower()
        if "json" in stated or (not stated and self.body.lstrip()[:1] in ("{", "[")):
            return "json"
        return "form" if "x-www-form-urlencoded" in stated else "text"

    def is_done(self, code: int) -> bool:
        """Whether an exit code or an HTTP status means that the action is done."""
        if self.done:
            return code in self.done
        return code == 0 if self.command else 200 <= code <= 299

    def body_for(self, arguments: Mapping[str, Any]) -> str:
        """The body with its values."""
        fill = {"json": templates.as_json, "form": templates.as_form, "text": templates.as_text}
        return fill[self.form_of_body](self.body, arguments)


def arguments_of(action: str, args: Mapping[str, Any], secret: str = "") -> dict[str, Any]:
    """What the templates of a call may name: the action's arguments, `action`, all of them as `args`, and the secret."""
    return {**args, "action": action, "args": dict(args), "secret": secret}


class CallFault(NamedTuple):
    """What is wrong with a call. key: of its table."""

    key: str
    what: str
    mend: str


def faults_of_call(action: str, call: DriverCall) -> Iterator[CallFault]:
    """Everything that is wrong with the call of an action, or of "default"."""
    if bool(call.command) == bool(call.url):
        yield CallFault("command", "needs a command or a url, and not both", "keep one of the two")
    elif call.url:
        yield from _of_url(call)
    if call.command and templates.placeholders(call.command[0]):
        yield CallFault("command", f'the program "{call.command[0]}" must be a fixed one', "put values after it")
    yield from _of_the_other_kind(call)
    yield from _of_names(call)
    yield from _of_placeholders(action, call)
    yield from _of_codes(call)
    yield from _of_body(action, call)


def _of_url(call: DriverCall) -> Iterator[CallFault]:
    try:
        parts = urlsplit(call.url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        usable = False
    if not usable:
        yield CallFault("url", f'"{call.url}" is no URL of an HTTP call', 'write it as "http://HOST:PORT/PATH"')
    if call.method == "GET" and call.body:
        yield CallFault("body", "a GET has no body", "write another method, or put the values into the url")


def _of_the_other_kind(call: DriverCall) -> Iterator[CallFault]:
    if call.command and not call.url:
        for key in ("headers", "body"):
            if getattr(call, key):
                yield CallFault(key, "belongs to an HTTP call, and this is a command", "leave it out, or give a url")
    if call.url and not call.command and call.environment:
        yield CallFault("environment", "belongs to a command, and this is an HTTP call", "leave it out")


def _of_names(call: DriverCall) -> Iterator[CallFault]:
    for name in call.environment:
        if not _VARIABLE.fullmatch(name):
            yield CallFault("environment", f'"{name}" is no name of a variable', "write letters, digits and _")
    for name in call.headers:
        if not _TOKEN.fullmatch(name):
            yield CallFault("headers", f'"{name}" is no name of a header', "write letters, digits and -")


def _of_placeholders(action: str, call: DriverCall) -> Iterator[CallFault]:
    arguments = {each.name: each.type for each in ACTIONS[action].arguments} if action in ACTIONS else {}
    known = {**arguments, "action": "string", "args": "object", "secret": "string"}
    named = {key: [path for text in texts for path in templates.placeholders(text)] for key, texts in _texts(call)}
    for key, paths in named.items():
        for path in dict.fromkeys(paths):
            name = templates.root(path)
            if name not in known:
                yield CallFault(key, f"{{{path}}} is no argument of {action}", _use(action, arguments))
            elif path != name and known[name] != "object":
                yield CallFault(key, f"{{{path}}}: {name} has no members", f"write {{{name}}}")
            elif name == "secret" and key in ("command", "url"):
                shown = "an argument, which everybody on the machine can see" if key == "command" else "a URL"
                where = "environment" if key == "command" else "headers or body"
                yield CallFault(key, f"a secret never stands in {shown}", f"put {{secret}} into {where}")
            elif name == "secret" and call.secret is None:
                mend = 'write secret = "env:NAME" or "keyring:SERVICE/USER"'
                yield CallFault(key, "names {secret}, and the call has none", mend)
    if call.secret is not None and "secret" not in [path for paths in named.values() for path in paths]:
        place = "environment" if call.command else "headers or body"
        yield CallFault("secret", "is used nowhere", f"put {{secret}} into {place}, or leave it out")


def _use(action: str, arguments: Mapping[str, str]) -> str:
    if action == DEFAULT:
        return "use {action}, {args} or a member as {args.connector}"
    return f"use {', '.join(f'{{{each}}}' for each in arguments)}" if arguments else "the action has no argument"


def _texts(call: DriverCall) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "command", call.command
    yield "environment", tuple(call.environment.values())
    yield "url", (call.url,)
    yield "headers", tuple(call.headers.values())
    yield "body", (call.body,)


def _of_codes(call: DriverCall) -> Iterator[CallFault]:
    low, high, name = (0, 255, "exit code") if call.command else (100, 599, "HTTP status")
    for code in call.done:
        if not low <= code <= high:
            yield CallFault("done", f"{code} is no {name}", f"write {low} to {high}")
    for key in call.reasons:
        if not (key.isdecimal() and len(key) <= 3 and low <= int(key) <= high):
            yield CallFault("reasons", f'"{key}" is no {name}', f"write {low} to {high}")
        elif call.is_done(int(key)):
            yield CallFault("reasons", f"{key} means done", "give reasons for the others")


def _of_body(action: str, call: DriverCall) -> Iterator[CallFault]:
    """A JSON body must be JSON with any arguments: tried with those that the action takes."""
    if call.form_of_body != "json":
        return
    samples: Mapping[str, Any] = {"integer": 1, "string": 'a "b" \\ c', "object": {"a": [1]}}
    args = {each.name: samples[each.type] for each in ACTIONS[action].arguments} if action in ACTIONS else {}
    body = call.body_for(arguments_of(action, args, "s"))
    try:
        json.loads(body)
    except ValueError as error:
        shown = body if len(body) <= 80 else f"{body[:79]}…"
        mend = "put texts into quotation marks and other values without, or state another Content-Type"
        yield CallFault("body", f"gives no JSON, as {shown}: {error}", mend)
