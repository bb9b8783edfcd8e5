"""The OCPP 2.0.1 cases whose system under test is a CSMS."""
