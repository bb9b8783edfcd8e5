"""The identity with which a laboratory or a person signs: a private key, its certificate, and the certificates above it.

A laboratory's own identity comes from a PKCS#12 or PEM file. Without one, a demonstration identity is made on first use: a small
authority of its own and a certificate below it, whose subjects say what they are. Whatever it signs is a demonstration.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.content import DEMONSTRATION

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_LIFE = timedelta(days=3650)
_SHORTEST_RSA = 2048
_PASSWORD = "give its password through an environment variable, or correct the file"


@dataclass(frozen=True)
class Identity:
    """A key with its certificate. chain: the certificates above it, nearest first, the root last where it is known."""

    key: SigningKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def subject(self) -> str:
        """The subject of the certificate, as RFC 4514 writes it."""
        return subject_of(self.certificate)

    @property
    def demonstration(self) -> bool:
        """Whether what it signs is a demonstration."""
        return is_demonstration(self.certificate)


def subject_of(certificate: x509.Certificate) -> str:
    """The subject of a certificate, as RFC 4514 writes it."""
    return certificate.subject.rfc4514_string()


def is_demonstration(certificate: x509.Certificate) -> bool:
    """Whether a certificate says of itself that it is for demonstrations."""
    return any(
        name.value == DEMONSTRATION
        for name in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    )


def demonstration_identity(folder: Path, now: datetime) -> Identity:
    """The demonstration identity in a folder, made when there is none. now: aware; the certificates are valid for ten years from it.

    The folder holds `demonstration-ca.pem`, `demonstration.pem` and the key `demonstration.key` (file mode 0600).
    Raises: EnvironmentFault when the folder cannot be written; InputError when its files are damaged.
    """
    certificate_file, key_file = folder / "demonstration.pem", folder / "demonstration.key"
    if not (certificate_file.exists() and key_file.exists()):
        try:
            _publish_demonstration(folder, now)
        except OSError as error:
            raise EnvironmentFault(
                f"the demonstration identity cannot be written: {error.strerror}",
                where=str(folder),
                mend="make the folder writable, or set LABAPP_HOME to another one",
            ) from error
    return _identity_of(
        _read(key_file) + _read(certificate_file) + _read(folder / "demonstration-ca.pem"), None, key_file
    )


def load_identity(path: Path, password: bytes | None, now: datetime) -> Identity:
    """The identity in a PKCS#12 file (.p12, .pfx) or in a PEM file with key and certificates.

    password: of the key, None when it has none. now: aware; the certificate must be valid at that time.
    Raises: InputError when the file is unusable, and says why.
    """
    data = _read(path)
    read = _identity_of if b"-----BEGIN " in data else _from_pkcs12
    identity = read(data, password, path)
    certificate = identity.certificate
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise InputError(
            f"the certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}",
            where=str(path),
            mend="use a certificate that is valid today",
        )
    return identity


def load_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file. Raises InputError when it cannot be read or holds none."""
    try:
        return tuple(x509.load_pem_x509_certificates(_read(path)))
    except ValueError:
        raise InputError(
            "holds no certificate in PEM", where=str(path), mend="name a PEM file with certificates"
        ) from None


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a certificate carries the signature of another one's key, and names it as its issuer."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def chain_above(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those of the other certificates that lead upwards from the certificate, nearest first."""
    rest = [other for other in others if other != certificate]
    chain: list[x509.Certificate] = []
    lowest = certificate
    while above := next((other for other in rest if issued_by(lowest, other)), None):
        chain.append(above)
        rest.remove(above)
        lowest = above
    return tuple(chain)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), mend="correct the name") from error


def _from_pkcs12(data: bytes, password: bytes | None, path: Path) -> Identity:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError):
        raise InputError(
            "is no PKCS#12 or PEM file, or its password is wrong", where=str(path), mend=_PASSWORD
        ) from None
    if certificate is None or key is None:
        raise InputError("holds no key with a certificate", where=str(path), mend="export both into the file")
    return _checked(key, certificate, others, path)


def _identity_of(pem: bytes, password: bytes | None, path: Path) -> Identity:
    try:
        certificates = x509.load_pem_x509_certificates(pem)
        key = load_pem_private_key(_key_block(pem), password)
    except (ValueError, TypeError):
        raise InputError(
            "holds no key with a certificate, or the key's password is wrong", where=str(path), mend=_PASSWORD
        ) from None
    for certificate in certificates:
        if _public_bytes(certificate.public_key()) == _public_bytes(key.public_key()):
            return _checked(key, certificate, certificates, path)
    raise InputError(
        "none of its certificates belongs to its key", where=str(path), mend="put the right certificate into the file"
    )


def _key_block(pem: bytes) -> bytes:
    """The one private key of a PEM text. Raises ValueError when there is none."""
    begin = pem.index(b"-----BEGIN ", max(pem.find(b"PRIVATE KEY-----") - 40, 0))
    end = pem.index(b"PRIVATE KEY-----", pem.index(b"-----END ", begin)) + len(b"PRIVATE KEY-----")
    return pem[begin:end]


def _checked(key: object, certificate: x509.Certificate, others: Iterable[x509.Certificate], path: Path) -> Identity:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _SHORTEST_RSA:
        raise InputError(f"its RSA key has {key.key_size} bits", where=str(path), mend=f"use at least {_SHORTEST_RSA}")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise InputError("its key is neither RSA nor ECDSA", where=str(path), mend="use an RSA or ECDSA key")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise InputError(
            "its certificate is not for signatures", where=str(path), mend="use one with the key usage digitalSignature"
        )
    return Identity(key, certificate, chain_above(certificate, others))


def _public_bytes(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined, no-any-return]


def _publish_demonstration(folder: Path, now: datetime) -> None:
    """Make the identity aside and put it in its place in one step: of several runs that begin at once, one makes it for all."""
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = Path(tempfile.mkdtemp(prefix=".identity-", dir=folder.parent))
    try:
        _make_demonstration(aside, now)
        try:
            aside.rename(folder)
        except OSError:
            if not (folder / "demonstration.key").exists():
                # The folder is there and holds something else: its certificates come before its key, which is looked for.
                for name in ("demonstration-ca.pem", "demonstration.pem", "demonstration.key"):
                    (aside / name).replace(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make_demonstration(folder: Path, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, name = _name("labapp demonstration authority"), _name("labapp demonstration laboratory")
    authority = _certificate(
        authority_name, authority_name, authority_key.public_key(), authority_key, now, authority=True
    )
    leaf = _certificate(name, authority_name, key.public_key(), authority_key, now, authority=False)
    _write_private(folder / "demonstration.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "demonstration-ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "demonstration.pem").write_bytes(leaf.public_bytes(Encoding.PEM))


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMONSTRATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    begin = now.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LIFE)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
