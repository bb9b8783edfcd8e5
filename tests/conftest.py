"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is not a fault of the code: examples have no deadline of their own.
settings.register_profile("labapp", parent=settings(), deadline=None)
settings.load_profile("labapp")
