"""The variants in which a simulated central system can be had: all of them keep to the specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from labapp.simulator.csms_settings import CsmsConfig
from labapp.simulator.variant import Variant, in_variants


def _with(**fields: Any) -> Callable[[CsmsConfig], CsmsConfig]:
    return lambda config: replace(config, **fields)


#: Every variant of the simulated central system by name.
CSMS_VARIANTS: Mapping[str, Variant[CsmsConfig]] = MappingProxyType(
    {
        "asks_configuration": Variant(
            "asks for configuration keys after each boot", _with(after_boot=("configuration",))
        ),
        "sets_configuration": Variant(
            "sets what is metered after each boot, and reads it back", _with(after_boot=("sampling", "configuration"))
        ),
        "triggers_status": Variant("triggers a StatusNotification after each boot", _with(after_boot=("trigger",))),
        "vendor_data": Variant("sends a vendor's DataTransfer.req every 20 s", _with(vendor_data_every=20.0)),
        "pipelines": Variant(
            "does not wait for the answer before it sends the next request",
            _with(pipelines=True, after_boot=("configuration", "trigger", "vendor_data")),
        ),
        "stops_by_policy": Variant("stops each transaction after 2 s", _with(stops_after=2.0)),
        "slow_answers": Variant("answers after 20 s", _with(answer_delay=20.0)),
        "slow_requests": Variant("sends a request 20 s after it was told to", _with(request_delay=20.0)),
        "no_parents": Variant("tells no parentIdTag", _with(tells_parents=False)),
        "expiry_dates": Variant("tells when an idTag expires", _with(tells_expiry=True)),
        "silent_stop": Variant("leaves idTagInfo out of StopTransaction.conf", _with(tells_on_stop=False)),
        "no_heartbeat": Variant("gives the heartbeat interval 0: the station chooses one", _with(heartbeat_interval=0)),
        "rare_heartbeat": Variant("gives a heartbeat interval of one day", _with(heartbeat_interval=86400)),
        "large_ids": Variant("counts transactions from 2000000001", _with(first_transaction=2000000001)),
        "three_phases_omitted": Variant("leaves out numberPhases 3", _with(omits_three_phases=True)),
        "relative_profiles": Variant("sends every TxProfile as Relative", _with(relative_profiles=True)),
        "no_connector_at_start": Variant(
            "leaves connectorId out of RemoteStartTransaction.req unless it is asked for", _with(names_connector=False)
        ),
        "empty_key_list": Variant("asks for all keys by an empty list", _with(empty_key_list=True)),
        "lower_case_tags": Variant("writes identifiers in lower case", _with(lower_case_tags=True)),
        "optional_fields": Variant("fills optional fields of requests", _with(fills_optional_fields=True)),
        "rejects_data": Variant("answers DataTransfer with Rejected", _with(data_transfer_status="Rejected")),
        "unknown_message": Variant(
            "answers DataTransfer with UnknownMessageId", _with(data_transfer_status="UnknownMessageId")
        ),
        "accepts_data": Variant(
            "answers DataTransfer with Accepted, of which a vendor is warned", _with(data_transfer_status="Accepted")
        ),
        "roomy_json": Variant("writes JSON over several lines, members in another order", _with(roomy_json=True)),
        "whole_seconds": Variant("writes timestamps without milliseconds", _with(milliseconds=False)),
    }
)


def csms_config(base: CsmsConfig, variants: Iterable[str] = (), defects: Iterable[str] = ()) -> CsmsConfig:
    """The central system with the variants applied in order, and the defects added.

    Raises InputError for an unknown name.
    """
    config = in_variants(base, variants, CSMS_VARIANTS)
    return replace(config, defects=config.defects | frozenset(defects))
