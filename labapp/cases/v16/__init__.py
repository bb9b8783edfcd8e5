"""The test cases of OCPP 1.6."""
