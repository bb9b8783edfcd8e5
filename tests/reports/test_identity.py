"""Keys and certificates: made for demonstrations, read from files, refused when unusable."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.identity import demonstration_identity, is_demonstration, load_certificates, load_identity
from tests.reports.authority import NOW, Authority


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Test authority")


def pem(key: object, *, password: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)  # type: ignore[attr-defined, no-any-return]


def test_the_demonstration_identity_is_made_once_and_says_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "identity"
    identity = demonstration_identity(folder, NOW)
    assert identity.demonstration
    assert identity.subject == "CN=labapp demonstration laboratory,OU=DEMONSTRATION - not valid for certification"
    assert [is_demonstration(above) for above in identity.chain] == [True]
    assert stat.S_IMODE((folder / "demonstration.key").stat().st_mode) == 0o600
    assert demonstration_identity(folder, NOW).certificate == identity.certificate


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as refused:
        demonstration_identity(tmp_path / "file" / "identity", NOW)
    assert str(refused.value) == (
        f"{tmp_path / 'file' / 'identity'}: the demonstration identity cannot be written: Not a directory"
        " - make the folder writable, or set LABAPP_HOME to another one"
    )


@pytest.mark.parametrize("form", ["p12", "pem", "encrypted pem"])
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_laboratory_brings_its_own(tmp_path: Path, authority: Authority, form: str, kind: str) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    certificate = authority.certificate("Laboratory", key.public_key())
    password = None if form == "pem" else b"secret"
    path = tmp_path / "laboratory"
    if form == "p12":
        encryption = BestAvailableEncryption(b"secret")
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, [authority.root], encryption))
    else:
        chain = authority.root.public_bytes(Encoding.PEM) + certificate.public_bytes(Encoding.PEM)
        path.write_bytes(b"Some text\n" + pem(key, password=password) + chain)
    identity = load_identity(path, password, NOW)
    assert (identity.certificate, identity.chain) == (certificate, (authority.root,))
    assert not identity.demonstration
    if password:
        with pytest.raises(InputError, match="password is wrong"):
            load_identity(path, b"wrong", NOW)


def test_unusable_identities_are_refused(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "x.pem"

    def refusal(key: object, certificate: object, now: datetime = NOW) -> str:
        path.write_bytes(pem(key) + certificate.public_bytes(Encoding.PEM))  # type: ignore[attr-defined]
        with pytest.raises(InputError) as refused:
            load_identity(path, None, now)
        return refused.value.what

    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.certificate("Laboratory", key.public_key())
    other, weak, foreign = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024), None
    foreign = ed25519.Ed25519PrivateKey.generate()
    assert refusal(other, certificate) == "none of its certificates belongs to its key"
    assert refusal(weak, authority.certificate("L", weak.public_key())) == "its RSA key has 1024 bits"
    assert refusal(foreign, authority.certificate("L", foreign.public_key())) == "its key is neither RSA nor ECDSA"
    assert (
        refusal(key, authority.certificate("L", key.public_key(), signs=False))
        == "its certificate is not for signatures"
    )
    assert refusal(key, certificate, NOW + timedelta(days=9999)).startswith("the certificate is valid from ")
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    with pytest.raises(InputError, match="holds no key with a certificate"):
        load_identity(path, None, NOW)
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"is no PKCS#12 or PEM file"):
        load_identity(path, None, NOW)
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        load_identity(tmp_path / "none", None, NOW)


def test_certificates_of_a_reader_are_read(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "trust.pem"
    path.write_bytes(authority.root.public_bytes(Encoding.PEM) * 2)
    assert load_certificates(path) == (authority.root, authority.root)
    path.write_bytes(b"nothing")
    with pytest.raises(InputError) as refused:
        load_certificates(path)
    assert str(refused.value) == f"{path}: holds no certificate in PEM - name a PEM file with certificates"


def test_now_is_aware() -> None:
    assert NOW.tzinfo is UTC


def test_runs_that_begin_at_once_have_one_identity(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "identity"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: demonstration_identity(folder, NOW), range(8)))
    assert len({identity.certificate for identity in made}) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["identity"]


def test_a_folder_that_holds_something_else_gets_the_identity_too(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("kept")
    first = demonstration_identity(tmp_path, NOW)
    assert demonstration_identity(tmp_path, NOW).certificate == first.certificate
    assert (tmp_path / "notes.txt").read_text() == "kept"
