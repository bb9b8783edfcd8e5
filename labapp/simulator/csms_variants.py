"""The variants in which a simulated central system can be had: all of them keep to the specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from labapp.domain.errors import InputError
from labapp.simulator.csms_settings import CsmsConfig


@dataclass(frozen=True)
class CsmsVariant:
    """A named difference from the standard central system, with what it means."""

    help: str
    apply: Callable[[CsmsConfig], CsmsConfig]


def _with(**fields: Any) -> Callable[[CsmsConfig], CsmsConfig]:
    return lambda config: replace(config, **fields)


#: Every variant of the simulated central system by name.
CSMS_VARIANTS: Mapping[str, CsmsVariant] = MappingProxyType(
    {
        "asks_configuration": CsmsVariant(
            "asks for configuration keys after each boot", _with(after_boot=("configuration",))
        ),
        "sets_configuration": CsmsVariant(
            "sets what is metered after each boot, and reads it back", _with(after_boot=("sampling", "configuration"))
        ),
        "triggers_status": CsmsVariant("triggers a StatusNotification after each boot", _with(after_boot=("trigger",))),
        "vendor_data": CsmsVariant("sends a vendor's DataTransfer.req every 20 s", _with(vendor_data_every=20.0)),
        "pipelines": CsmsVariant(
            "does not wait for the answer before it sends the next request",
            _with(pipelines=True, after_boot=("configuration", "trigger", "vendor_data")),
        ),
        "stops_by_policy": CsmsVariant("stops each transaction after 2 s", _with(stops_after=2.0)),
        "slow_answers": CsmsVariant("answers after 20 s", _with(answer_delay=20.0)),
        "slow_requests": CsmsVariant("sends a request 20 s after it was told to", _with(request_delay=20.0)),
        "no_parents": CsmsVariant("tells no parentIdTag", _with(tells_parents=False)),
        "expiry_dates": CsmsVariant("tells when an idTag expires", _with(tells_expiry=True)),
        "silent_stop": CsmsVariant("leaves idTagInfo out of StopTransaction.conf", _with(tells_on_stop=False)),
        "no_heartbeat": CsmsVariant(
            "gives the heartbeat interval 0: the station chooses one", _with(heartbeat_interval=0)
        ),
        "rare_heartbeat": CsmsVariant("gives a heartbeat interval of one day", _with(heartbeat_interval=86400)),
        "large_ids": CsmsVariant("counts transactions from 2000000001", _with(first_transaction=2000000001)),
        "three_phases_omitted": CsmsVariant("leaves out numberPhases 3", _with(omits_three_phases=True)),
        "relative_profiles": CsmsVariant("sends every TxProfile as Relative", _with(relative_profiles=True)),
        "no_connector_at_start": CsmsVariant(
            "leaves connectorId out of RemoteStartTransaction.req unless it is asked for", _with(names_connector=False)
        ),
        "empty_key_list": CsmsVariant("asks for all keys by an empty list", _with(empty_key_list=True)),
        "lower_case_tags": CsmsVariant("writes identifiers in lower case", _with(lower_case_tags=True)),
        "optional_fields": CsmsVariant("fills optional fields of requests", _with(fills_optional_fields=True)),
        "rejects_data": CsmsVariant("answers DataTransfer with Rejected", _with(data_transfer_status="Rejected")),
        "unknown_message": CsmsVariant(
            "answers DataTransfer with UnknownMessageId", _with(data_transfer_status="UnknownMessageId")
        ),
        "accepts_data": CsmsVariant(
            "answers DataTransfer with Accepted, of which a vendor is warned", _with(data_transfer_status="Accepted")
        ),
        "roomy_json": CsmsVariant("writes JSON over several lines, members in another order", _with(roomy_json=True)),
        "whole_seconds": CsmsVariant("writes timestamps without milliseconds", _with(milliseconds=False)),
    }
)


def csms_config(base: CsmsConfig, variants: Iterable[str] = (), defects: Iterable[str] = ()) -> CsmsConfig:
    """The central system with the variants applied in order, and the defects added.

    Raises InputError for an unknown name.
    """
    config = base
    for name in variants:
        if name not in CSMS_VARIANTS:
            raise InputError(f"unknown variant {name!r}", mend=f"use one of {', '.join(CSMS_VARIANTS)}")
        config = CSMS_VARIANTS[name].apply(config)
    return replace(config, defects=config.defects | frozenset(defects))
