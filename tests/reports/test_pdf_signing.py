"""Signing a report: prepared fields, the order of signatures, time stamps."""

from __future__ import annotations

import io
import logging

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf
from pypdf import PdfReader

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.pdf import draw_report
from labapp.reports.pdf_signing import ROLES, add_signature, signature_fields, signer_of
from labapp.reports.pdf_verification import BadPdf, embedded_report, verify_pdf_signatures
from labapp.reports.template import Template
from tests.reports.authority import Authority
from tests.reports.conftest import Sealed
from tests.reports.time_stamps import time_stamp_authority


def test_the_laboratory_certifies_and_the_roles_are_open(sealed: Sealed) -> None:
    assert signature_fields(sealed.documents.pdf) == {
        "laboratory": True,
        "tested": False,
        "checked": False,
        "authorised": False,
    }
    (signature,) = verify_pdf_signatures(sealed.documents.pdf)
    assert (signature.field, signature.certificate) == ("laboratory", sealed.identity.certificate)
    catalogue = PdfReader(io.BytesIO(sealed.documents.pdf)).trailer["/Root"]
    assert catalogue["/Perms"]["/DocMDP"]["/Reference"][0]["/TransformParams"]["/P"] == 2  # type: ignore[index]


def test_every_role_signs_once_in_any_order(sealed: Sealed) -> None:
    people = {role: Authority("People").identity(f"Person {role}, Łódź") for role in ROLES}
    pdf = sealed.documents.pdf
    for role in reversed(ROLES):
        pdf = add_signature(pdf, role, people[role])
    found = verify_pdf_signatures(pdf)
    assert [one.field for one in found] == ["laboratory", "authorised", "checked", "tested"]
    assert [one.certificate for one in found[1:]] == [people[one.field].certificate for one in found[1:]]
    with pytest.raises(InputError) as refused:
        add_signature(pdf, "tested", people["tested"])
    assert str(refused.value) == "the report: is signed as 'tested' already - make the report again to sign anew"


def test_a_signature_is_seen_on_the_page(sealed: Sealed) -> None:
    person = Authority("People").identity("Łucja Żak")
    pages = PdfReader(io.BytesIO(add_signature(sealed.documents.pdf, "checked", person))).pages
    fields = {each.get_object()["/T"]: each.get_object() for each in pages[-1]["/Annots"]}  # type: ignore[attr-defined]
    assert sorted(fields) == ["authorised", "checked", "laboratory", "tested"]
    appearance = fields["checked"]["/AP"]["/N"]["/Resources"]["/XObject"]
    assert len(appearance) == 1


def test_the_content_is_inside(sealed: Sealed) -> None:
    assert embedded_report(sealed.documents.pdf) == sealed.report
    attached = PdfReader(io.BytesIO(sealed.documents.pdf)).attachments
    assert attached == {"content.json": [sealed.report.to_bytes()]}
    with pytest.raises(BadPdf, match=r"^it carries no content\.json$"):
        embedded_report(b"%PDF-1.7")


def test_only_what_the_laboratory_certified_is_signed(sealed: Sealed) -> None:
    with pytest.raises(InputError) as refused:
        add_signature(sealed.documents.pdf, "approved", sealed.identity)
    assert str(refused.value) == "the report: has no signature field 'approved' - make the report again: labapp report"
    with pytest.raises(InputError) as refused:
        add_signature(b"hello", "tested", sealed.identity)
    assert str(refused.value) == "the report: is no PDF that can be read - make the report again"


def test_a_time_stamp_is_taken_where_an_authority_is_named(sealed: Sealed) -> None:
    with time_stamp_authority(Authority("Time")) as url:
        signed = add_signature(sealed.documents.pdf, "tested", sealed.identity, url)
    assert len(signed) > len(add_signature(sealed.documents.pdf, "tested", sealed.identity)) + 1000
    assert [one.field for one in verify_pdf_signatures(signed)] == ["laboratory", "tested"]


def test_an_authority_that_does_not_answer_is_named(sealed: Sealed, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(EnvironmentFault) as refused:
        add_signature(sealed.documents.pdf, "tested", sealed.identity, "http://127.0.0.1:1/")
    assert str(refused.value).startswith("http://127.0.0.1:1/: the time stamp authority gave no time stamp: ")
    assert str(refused.value).endswith(" - check [report] timestamp_authority, or leave it out")
    assert caplog.record_tuples == []
    assert logging.getLogger("pyhanko").level == logging.NOTSET


def signed_in(pdf: bytes, field: str, sealed: Sealed, *, certify: bool) -> bytes:
    """The PDF signed in a new field, as any program could do it."""
    metadata = PdfSignatureMetadata(field_name=field, certify=certify, docmdp_permissions=MDPPerm.FILL_FORMS)
    output = io.BytesIO()
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer_of(sealed.identity), output=output)
    return output.getvalue()


@pytest.mark.parametrize(("field", "certify"), [("laboratory", False), ("tested", True)])
def test_the_first_signature_must_be_the_laboratorys_certification(
    sealed: Sealed, template: Template, field: str, certify: bool
) -> None:
    pdf = signed_in(draw_report(sealed.report, template).pdf, field, sealed, certify=certify)
    with pytest.raises(BadPdf) as refused:
        verify_pdf_signatures(pdf)
    assert str(refused.value) == "the first signature is not the laboratory's, which certifies the document"


def test_a_field_that_was_not_prepared_may_not_be_signed(sealed: Sealed) -> None:
    pdf = signed_in(sealed.documents.pdf, "approved", sealed, certify=False)
    with pytest.raises(BadPdf) as refused:
        verify_pdf_signatures(pdf)
    assert str(refused.value) == "it is signed in a field that the laboratory has not prepared: approved"
