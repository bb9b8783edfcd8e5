"""labapp: the application of an OCPP certification test laboratory."""

__version__ = "0.1.0"
