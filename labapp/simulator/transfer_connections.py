"""What the connections of all transfers have in common: how long they may take, and whom they trust."""

from __future__ import annotations

import ssl

#: Seconds that a connection may take, or say nothing.
TIMEOUT = 20.0


def trusting_context() -> ssl.SSLContext:
    """A TLS client context that takes every certificate.

    A laboratory's file server has a certificate of its own making, and a simulated station has no installed roots to check
    it with; what it downloads is judged by its content.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
