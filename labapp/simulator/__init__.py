"""A charging station and a CSMS that follow the specification, with variants and defects."""
