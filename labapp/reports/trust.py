"""Whether a certificate leads up to one that a reader trusts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from labapp.reports.pdf_signing import asn1_certificate


def leads_to(
    trust: Sequence[x509.Certificate], certificate: x509.Certificate, chain: Sequence[x509.Certificate], at: datetime
) -> bool:
    """Whether the certificate is one of those trusted, or was issued below one, and every step was valid at that time.

    at: aware, the time of the signature by its own statement: evidence outlives certificates. Revocation is not asked for.
    Call it outside a running event loop.
    """
    if certificate in trust:
        return True
    if not trust:
        return False
    above = [asn1_certificate(each) for each in chain]
    context = ValidationContext(
        trust_roots=[asn1_certificate(each) for each in trust],
        other_certs=above,
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(asn1_certificate(certificate), above, context)
    try:
        asyncio.run(validator.async_validate_usage(set()))  # type: ignore[no-untyped-call]
    except (PathError, ValidationError):
        return False
    return True
