"""A certification authority for tests, and identities below it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from labapp.reports.identity import Identity

NOW = datetime.now(UTC)


class Authority:
    """Signs certificates; `root` is its own. above: the authority that issued it, None for one that stands alone."""

    def __init__(self, name: str, above: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.chain: tuple[x509.Certificate, ...] = (above.root, *above.chain) if above else ()
        issuer = above or self
        self.root = _certificate(self.name, self.key.public_key(), issuer.name, issuer.key, authority=True, signs=True)

    def certificate(self, name: str, public: Any, *, signs: bool = True, stamps: bool = False) -> x509.Certificate:
        """A certificate for a public key. signs: whether its key may sign; stamps: whether it may do so for time stamps only."""
        return _certificate(_name(name), public, self.name, self.key, authority=False, signs=signs, stamps=stamps)

    def identity(self, name: str, *, stamps: bool = False) -> Identity:
        """A new key with its certificate. stamps: for time stamps, which the authority of the tests signs with RSA."""
        key = rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(ec.SECP256R1())
        return Identity(key, self.certificate(name, key.public_key(), stamps=stamps), (self.root, *self.chain))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name,
    public: Any,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    signs: bool,
    stamps: bool = False,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=signs and not authority,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(signer, hashes.SHA256())
