"""The OCPP protocol without sockets: frames, builders, schemas, tolerated messages."""
