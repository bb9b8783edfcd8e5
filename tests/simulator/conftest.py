"""Every simulator test also asks that the model did not stumble inside a handler: the peer would see InternalError only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ocpp.exceptions import OCPPError


@pytest.fixture(autouse=True)
def _no_fault_in_the_model(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    faults = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.msg.startswith("Error while handling") and not issubclass(record.exc_info[0], OCPPError)
    ]
    assert faults == []
