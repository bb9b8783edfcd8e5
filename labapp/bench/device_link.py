"""The link of a run, from its project: the tool as central system or as charge point, its secrets stopped at the edge."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType

from labapp.domain.project import Project
from labapp.engine.ports import Clock, Link
from labapp.links.client import ChargePointLink
from labapp.links.server import CentralSystemLink
from labapp.ocpp.masking import Masker
from labapp.ocpp.versions import VERSIONS

#: Name of the secret of HTTP Basic authentication, in placeholders and masks.
PASSWORD = "password"
#: Name of the new password for the case that changes it.
AUTHORIZATION_KEY = "authorization_key"


def secrets_of(project: Project) -> Mapping[str, str]:
    """The secrets of a project by their names."""
    held = {PASSWORD: project.connection.password, AUTHORIZATION_KEY: project.values.authorization_key}
    return {name: secret.reveal() for name, secret in held.items() if secret is not None}


def device_link(project: Project, clock: Clock, further: Mapping[str, str] = MappingProxyType({})) -> Link:
    """The tool's end of the connection to the project's device; nothing is opened yet. further: secrets besides the project's."""
    connection = project.connection
    subprotocol = VERSIONS[project.ocpp].subprotocol
    held = {**secrets_of(project), **further}
    # Digests of masked values are compared within one session of the bench only.
    masker = Masker(held, secrets.token_bytes(32))
    password = held.get(PASSWORD) if connection.security_profile > 0 else None
    role = CentralSystemLink if project.sut == "cs" else ChargePointLink
    return role(
        connection.listen if project.sut == "cs" else connection.url,
        connection.identity,
        subprotocol,
        password,
        clock,
        masker.mask_frame,
        unmask=masker.reveal,
        unmask_value=masker.reveal_value,
    )
