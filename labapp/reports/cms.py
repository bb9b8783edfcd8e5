"""Detached CMS signatures (RFC 5652, DER) in one fixed form, so that every byte of a signature is either signed or determined.

The form: SHA-256; one signer, named by issuer and serial number; signed attributes content type, message digest, signing time and
signing certificates (RFC 5035), which are the signer's and those above it; these certificates; no unsigned attributes, no revocation lists.
`openssl cms -verify -binary -inform DER` reads it.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from labapp.reports.identity import Identity, SigningKey, chain_above


class BadSignature(Exception):
    """The signature does not hold; the text says why."""


@dataclass(frozen=True)
class Signed:
    """A signature that holds. at: signing time by the signer's clock. chain: certificates above the signer's, nearest first."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    at: datetime


def sign_detached(data: bytes, identity: Identity, at: datetime) -> bytes:
    """The signature of an identity on data. at: aware, kept in whole seconds."""
    attributes = _attributes(data, identity.certificate, identity.chain, at)
    signature = _raw_signature(identity.key, _to_be_signed(attributes))
    return _assembled(
        identity.certificate, identity.chain, attributes, _mechanism(identity.key.public_key()), signature
    )


def verify_detached(data: bytes, signature: bytes) -> Signed:
    """Check a signature on data with the certificate inside it; whether that one is to be trusted is another question.

    Raises: BadSignature, also for anything in the signature that `sign_detached` does not write.
    """
    try:
        with warnings.catch_warnings(action="error"):
            return _verified(data, signature)
    except BadSignature:
        raise
    # Foreign bytes meet the parsers of two libraries here; whatever those raise, it is no signature of this form.
    except Exception as error:
        raise BadSignature(f"it cannot be read: {type(error).__name__}") from error


def _verified(data: bytes, signature: bytes) -> Signed:
    content: Any = cms.ContentInfo.load(signature, strict=True)
    if content["content_type"].native != "signed_data":
        raise BadSignature("it is no signature")
    signed = content["content"]
    if len(signed["signer_infos"]) != 1:
        raise BadSignature(f"it has {len(signed['signer_infos'])} signers where one is due")
    signer = signed["signer_infos"][0]
    if signer["unsigned_attrs"].native:
        raise BadSignature("it carries unsigned attributes")
    certificate, others = _certificates(signed, signer)
    chain = chain_above(certificate, others)
    if len(chain) != len(others):
        raise BadSignature("it carries certificates that are none of the signer's")
    attributes = signer["signed_attrs"]
    at = _signing_time(attributes)
    if _to_be_signed(attributes) != _to_be_signed(_attributes(data, certificate, chain, at)):
        raise BadSignature("the signed digest is not that of the data")
    raw = signer["signature"].native
    _check(certificate, _to_be_signed(attributes), raw)
    mechanism = _mechanism(certificate.public_key())
    if _assembled(certificate, chain, _attributes(data, certificate, chain, at), mechanism, raw) != signature:
        raise BadSignature("it holds something besides the signature")
    return Signed(certificate, chain, at)


def _certificates(signed: Any, signer: Any) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The signer's certificate and the others. Raises BadSignature when the signer's is missing or one stands twice."""
    every = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in signed["certificates"]]
    if len(set(every)) != len(every):
        raise BadSignature("it carries a certificate twice")
    sid = signer["sid"].chosen
    for certificate in every:
        issuer = asn1_x509.Name.load(certificate.issuer.public_bytes())
        if certificate.serial_number == sid["serial_number"].native and issuer.dump() == sid["issuer"].dump():
            return certificate, [other for other in every if other != certificate]
    raise BadSignature("it does not carry the signer's certificate")


def _signing_time(attributes: Any) -> datetime:
    for attribute in attributes:
        if attribute["type"].native == "signing_time":
            moment: datetime = attribute["values"][0].native
            return moment
    raise BadSignature("it states no signing time")


def _attributes(data: bytes, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], at: datetime) -> Any:
    """The signed attributes. The certificates above the signer's are named too: nothing else in the signature would protect the topmost."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    digests = [hashlib.sha256(each.public_bytes(Encoding.DER)).digest() for each in (certificate, *chain)]
    values = {
        "content_type": cms.ContentType("data"),
        "message_digest": core.OctetString(hashlib.sha256(data).digest()),
        "signing_time": cms.Time({"utc_time": core.UTCTime(moment)}),
        "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [{"cert_hash": digest} for digest in digests]}),
    }
    return cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": (value,)}) for name, value in values.items()])


def _to_be_signed(attributes: Any) -> bytes:
    """The attributes as they are signed: as a SET, not with the tag that they have inside the signature (RFC 5652, 5.4)."""
    return bytes(attributes.untag().dump())


def _mechanism(key: object) -> Any:
    name = "sha256_rsa" if isinstance(key, rsa.RSAPublicKey) else "sha256_ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _raw_signature(key: SigningKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _check(certificate: x509.Certificate, data: bytes, signature: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise BadSignature("the signer's key is neither RSA nor ECDSA")
    except InvalidSignature:
        raise BadSignature("the signature does not fit the signer's key") from None


def _assembled(
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    attributes: Any,
    mechanism: Any,
    signature: bytes,
) -> bytes:
    own = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    above = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in chain]
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": own.issuer, "serial_number": own.serial_number}
                    )
                }
            ),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": mechanism,
            "signature": signature,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": (digest,),
            "encap_content_info": {"content_type": "data"},
            "certificates": (own, *above),
            "signer_infos": (signer,),
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
