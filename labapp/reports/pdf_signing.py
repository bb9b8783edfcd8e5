"""Signing the PDF: the content model as an attachment, prepared signature fields, and PAdES signatures (level B-B, or B-T).

The laboratory's signature comes first and certifies the document: afterwards only the prepared fields may be signed (DocMDP level 2).
A time stamp is taken only when an authority is given. These functions wait for the signer: call them outside a running event loop.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.content import DEMONSTRATION, Report
from labapp.reports.identity import Identity
from labapp.reports.pdf import FIELD_HEIGHT, FIELD_WIDTH, SIGNATURES, Drawn
from labapp.reports.typography import ALARM, BOLD, FAINT, INK, TEXT, printable, register_fonts

#: Name of the attachment that holds the content model.
ATTACHMENT = "content.json"
LABORATORY = "laboratory"
#: The roles that sign after the laboratory, in the order of their fields.
ROLES = tuple(name for name, _, _ in SIGNATURES if name != LABORATORY)

_LEFT_TOP = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MAX)

_CAPTIONS = {name: caption for name, caption, _ in SIGNATURES}


def seal_pdf(drawn: Drawn, report: Report, identity: Identity, authority: str | None = None) -> bytes:
    """The report with its content model inside, its fields prepared, and certified by the laboratory's signature.

    authority: URL of a time stamp authority. Raises: EnvironmentFault when that one does not answer.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(drawn.pdf))
    data = embed.EmbeddedFileObject.from_file_data(
        writer, report.to_bytes(), mime_type="application/json", params=embed.EmbeddedFileParams(embed_checksum=False)
    )
    embed.embed_file(
        writer,
        embed.FileSpec(
            ATTACHMENT,
            file_name=ATTACHMENT,
            embedded_data=data,
            description="Content of this report",
            af_relationship=generic.NameObject("/Data"),
        ),
    )
    for name, caption, _ in SIGNATURES:
        place = drawn.fields[name]
        box = tuple(round(edge) for edge in place.box)
        spec = fields.SigFieldSpec(name, on_page=place.page, box=box, readable_field_name=caption)  # type: ignore[arg-type]
        fields.append_signature_field(writer, spec)
    prepared = io.BytesIO()
    writer.write(prepared)  # type: ignore[no-untyped-call]
    return _signed(prepared.getvalue(), LABORATORY, identity, authority, certify=True)


def add_signature(pdf: bytes, role: str, identity: Identity, authority: str | None = None) -> bytes:
    """The PDF with one more signature, in the field of a role.

    Raises: InputError when the PDF has no such field, or it is signed already; EnvironmentFault as `seal_pdf`.
    """
    signed = signature_fields(pdf)
    if role not in signed or not signed.get(LABORATORY):
        raise InputError(
            f"has no signature field {role!r}", where="the report", mend="make the report again: labapp report"
        )
    if signed[role]:
        raise InputError(
            f"is signed as {role!r} already", where="the report", mend="make the report again to sign anew"
        )
    return _signed(pdf, role, identity, authority, certify=False)


def signature_fields(pdf: bytes) -> dict[str, bool]:
    """The signature fields by name, and whether each is signed. Raises InputError when it is no PDF that can be read."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        return {name: value is not None for name, value, _ in fields.enumerate_sig_fields(reader)}
    except (PdfError, ValueError, KeyError, TypeError) as error:
        raise InputError("is no PDF that can be read", where="the report", mend="make the report again") from error


def _signed(pdf: bytes, field: str, identity: Identity, authority: str | None, *, certify: bool) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=_CAPTIONS[field],
        certify=certify,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    stamp = StaticStampStyle(
        border_width=0,
        background=_Stamp(_CAPTIONS[field], identity, datetime.now().astimezone()),
        background_layout=_LEFT_TOP,
    )
    signer = PdfSigner(
        metadata,
        signer_of(identity),
        stamp_style=stamp,
        timestamper=_time_stamper(authority) if authority else None,
    )
    output = io.BytesIO()
    with quiet():
        try:
            signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=True, output=output)
        except OSError as error:
            raise _no_time_stamp(authority, error) from error
        except Exception as error:
            # With a time stamp authority, errors of several libraries mean one thing: it gave no usable answer.
            if authority:
                raise _no_time_stamp(authority, error) from error
            raise
    return output.getvalue()


def _time_stamper(authority: str) -> TimeStamper:
    # Few projects name an authority, and every report would wait for this import.
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    return RequestsHTTPTimeStamper(authority, timeout=20)  # type: ignore[no-untyped-call]


def _no_time_stamp(authority: str | None, error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        f"the time stamp authority gave no time stamp: {error}",
        where=authority or "",
        mend="check [report] timestamp_authority, or leave it out",
    )


def signer_of(identity: Identity) -> SimpleSigner:
    """The identity as pyHanko wants it."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1_certificate(above) for above in identity.chain])
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(asn1_certificate(identity.certificate), asn1_keys.PrivateKeyInfo.load(key), store)


def asn1_certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate in the other library's form."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


@contextmanager
def quiet() -> Iterator[None]:
    """pyHanko logs what it also raises; a person is told once."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class _Stamp(PdfContent):
    """What is seen in a signed field: who, when, and as what; it makes no claim that the signature holds."""

    def __init__(self, caption: str, identity: Identity, at: datetime) -> None:
        super().__init__()
        self.caption, self.identity, self.at = caption, identity, at

    def render(self) -> bytes:
        """The drawing, as pyHanko asks for it."""
        page = PdfFileReader(io.BytesIO(_drawing(self.caption, self.identity, self.at)))
        self.resources.xobject["/Stamp"] = self._ensure_writer.import_page_as_xobject(page)
        self.box = BoxConstraints(width=FIELD_WIDTH, height=FIELD_HEIGHT)
        return b"/Stamp Do"


def _drawing(caption: str, identity: Identity, at: datetime) -> bytes:
    register_fonts()
    buffer, height = io.BytesIO(), FIELD_HEIGHT
    canvas = Canvas(buffer, pagesize=(FIELD_WIDTH, height), pageCompression=1)
    names = identity.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 10)
    canvas.drawString(4, height - 16, printable(str(names[0].value) if names else identity.subject)[:48])
    canvas.setFillColor(FAINT)
    canvas.setFont(TEXT, 7.5)
    canvas.drawString(4, height - 29, f"{caption}: signed electronically")
    canvas.drawString(4, height - 40, at.strftime("%Y-%m-%d %H:%M:%S %z"))
    if identity.demonstration:
        canvas.setFillColor(ALARM)
        canvas.setFont(BOLD, 7.5)
        canvas.drawString(4, height - 54, DEMONSTRATION)
    canvas.setStrokeColor(HexColor("#1B6B3A"))
    canvas.setLineWidth(1.6)
    canvas.line(0.8, 4, 0.8, height - 4)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
