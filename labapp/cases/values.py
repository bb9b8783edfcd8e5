"""The symbols of the case tables, `<Configured …>`, each with its key under [values] of PROJECT.toml."""

from __future__ import annotations

from labapp.domain.expectations import OMITTED, Computed, Symbol

CONNECTOR_ID = Symbol("connectorId", "connector_id")
VALID_ID_TAG = Symbol("validIdTag", "valid_id_tag")
VALID_ID_TAG_2 = Symbol("validIdTag2", "valid_id_tag_2")
PARENT_ID_TAG = Symbol("parentIdTag", "parent_id_tag")
INVALID_ID_TAG = Symbol("invalidIdTag", "invalid_id_tag")
EXPIRED_ID_TAG = Symbol("expiredIdTag", "expired_id_tag")
BLOCKED_ID_TAG = Symbol("blockedIdTag", "blocked_id_tag")
HEARTBEAT_INTERVAL = Symbol("heartbeatInterval", "heartbeat_interval")
METER_VALUE_INTERVAL = Symbol("meterValueSampleInterval", "meter_value_interval")
CLOCK_ALIGNED_INTERVAL = Symbol("clockAlignedDataInterval", "clock_aligned_interval")
CONNECTION_TIMEOUT = Symbol("connectionTimeOut", "connection_timeout")
TRANSACTION_DURATION = Symbol("transactionDuration", "transaction_duration")
RESERVATION_OFFSET = Symbol("reservationOffset", "reservation_offset")
FIRMWARE_LOCATION = Symbol("firmwareLocation", "firmware_location")
INVALID_FIRMWARE_LOCATION = Symbol("invalidFirmwareLocation", "invalid_firmware_location")
LOG_LOCATION = Symbol("logLocation", "log_location")
CHARGING_RATE_UNIT = Symbol("chargingRateUnit", "charging_rate_unit")
STACK_LEVEL = Symbol("stackLevel", "stack_level")
SCHEDULE_DURATION = Symbol("scheduleDuration", "schedule_duration")
LOCAL_LIMIT = Symbol("localLimit", "local_limit")
VENDOR_NAME = Symbol("vendorName", "vendor_name")
MODEL = Symbol("model", "model")
NUMBER_PHASES = Symbol("numberPhases", "number_phases")
MAX_TIME_DEVIATION = Symbol("maxTimeDeviation", "max_time_deviation")

#: Parameters of states, given where the state is used.
CONFIGURATION_KEY = Symbol("configurationKey", "")
CHARGING_PROFILE = Symbol("chargingProfile", "")
START_PROFILE = Symbol("chargingProfile", "", OMITTED)
RESERVATION_ID = Symbol("reservationId", "", OMITTED)

ACCEPTED = {"status": "Accepted"}
INVALID = {"status": "Invalid"}


def times(count: int, interval: Symbol) -> Computed:
    """So many intervals, in seconds."""
    return Computed(f"{count}x{interval.name}", lambda view: count * int(view.values[interval.key]))
