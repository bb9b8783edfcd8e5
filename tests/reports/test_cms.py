"""Detached signatures: what is signed holds, and every byte of a signature counts."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from labapp.reports.cms import BadSignature, sign_detached, verify_detached
from labapp.reports.identity import Identity
from tests.reports.authority import Authority

DATA = b'{"files":[]}\n'
AT = datetime(2026, 11, 21, 12, 0, 0, 999_999, tzinfo=UTC)


@pytest.fixture(scope="module")
def laboratory() -> Identity:
    return Authority("Issuer", Authority("Root")).identity("Laboratory")


def refusal(data: bytes, signature: bytes) -> str:
    with pytest.raises(BadSignature) as refused:
        verify_detached(data, signature)
    return str(refused.value)


def test_a_signature_tells_who_and_when(laboratory: Identity) -> None:
    signed = verify_detached(DATA, sign_detached(DATA, laboratory, AT))
    assert signed.certificate == laboratory.certificate
    assert signed.chain == laboratory.chain
    assert signed.at == AT.replace(microsecond=0)


def test_an_rsa_key_signs_too() -> None:
    authority, key = Authority("Root"), rsa.generate_private_key(65537, 2048)
    identity = Identity(key, authority.certificate("Laboratory", key.public_key()), (authority.root,))
    assert verify_detached(DATA, sign_detached(DATA, identity, AT)).certificate == identity.certificate


def test_openssl_agrees(tmp_path: Path, laboratory: Identity) -> None:
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "signature").write_bytes(sign_detached(DATA, laboratory, datetime.now(UTC)))
    (tmp_path / "root.pem").write_bytes(laboratory.chain[-1].public_bytes(Encoding.PEM))
    command = (
        "openssl cms -verify -binary -inform DER -purpose any -in signature -content data -CAfile root.pem -out checked"
    )
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, (tmp_path / "checked").read_bytes()) == (0, DATA), done.stderr


def test_other_data_is_refused(laboratory: Identity) -> None:
    assert refusal(DATA + b" ", sign_detached(DATA, laboratory, AT)) == "the signed digest is not that of the data"


def test_every_byte_of_the_signature_counts(laboratory: Identity) -> None:
    signature = sign_detached(DATA, laboratory, AT)
    chance = random.Random(7)
    for position in range(chance.randrange(11), len(signature), 11):
        changed = bytearray(signature)
        changed[position] ^= 1 << chance.randrange(8)
        refusal(DATA, bytes(changed))
    for changed in (signature + b"\0", signature[:-1], b"", b"-----BEGIN CMS-----"):
        assert refusal(DATA, bytes(changed)).startswith("it cannot be read: ")


def edited(signature: bytes, edit: Any) -> bytes:
    """The signature after `edit` has changed its SignedData."""
    content = cms.ContentInfo.load(signature)
    edit(content["content"])
    return bytes(content.dump(force=True))


def test_unsigned_attributes_are_refused(laboratory: Identity) -> None:
    def add(signed: Any) -> None:
        attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Integer(1)]})
        signed["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])

    signature = edited(sign_detached(DATA, laboratory, AT), add)
    assert refusal(DATA, signature) == "it carries unsigned attributes"


def test_surplus_certificates_are_refused(laboratory: Identity) -> None:
    stranger = Authority("Stranger").root.public_bytes(Encoding.DER)

    def add(signed: Any) -> None:
        signed["certificates"].append(cms.CertificateChoices("certificate", asn1_x509.Certificate.load(stranger)))

    signature = edited(sign_detached(DATA, laboratory, AT), add)
    assert refusal(DATA, signature) == "it carries certificates that are none of the signer's"


def test_missing_certificates_are_refused(laboratory: Identity) -> None:
    without_chain = replace(laboratory, chain=())
    assert verify_detached(DATA, sign_detached(DATA, without_chain, AT)).chain == ()

    def drop(kept: slice) -> Any:
        def edit(signed: Any) -> None:
            signed["certificates"] = cms.CertificateSet(list(signed["certificates"])[kept])

        return edit

    assert refusal(DATA, edited(sign_detached(DATA, without_chain, AT), drop(slice(0)))) == (
        "it does not carry the signer's certificate"
    )


def test_the_signature_of_another_key_is_refused(laboratory: Identity) -> None:
    stranger = Authority("Root").identity("Laboratory")
    forged = replace(laboratory, key=stranger.key)
    assert refusal(DATA, sign_detached(DATA, forged, AT)) == "the signature does not fit the signer's key"


def test_two_signers_are_refused(laboratory: Identity) -> None:
    def double(signed: Any) -> None:
        signed["signer_infos"].append(signed["signer_infos"][0].copy())

    assert refusal(DATA, edited(sign_detached(DATA, laboratory, AT), double)) == "it has 2 signers where one is due"
