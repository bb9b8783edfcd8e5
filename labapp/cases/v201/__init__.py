"""The test cases of OCPP 2.0.1."""
