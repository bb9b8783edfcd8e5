"""The measurement of the mobile network: modem dialogue, throughput and latency."""
