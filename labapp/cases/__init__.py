"""The test cases as data, one package for each OCPP version and system under test."""
