"""The OCPP 1.6 cases whose system under test is a charge point."""
