"""What holds for every test."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

pytest_plugins = ["tests.storage.databases"]

# The tests start some hundred commands: none of them, nor the workers, shall compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A busy machine is not a fault of the code: examples have no deadline of their own.
settings.register_profile("labapp", parent=settings(), deadline=None)
settings.load_profile("labapp")
