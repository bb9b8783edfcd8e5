"""Checking the signatures of a report in PDF, and taking out the content model that it carries."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from labapp.domain.errors import InputError
from labapp.reports.content import FORMAT, Report
from labapp.reports.identity import chain_above, subject_of
from labapp.reports.pdf_signing import ATTACHMENT, LABORATORY, ROLES, asn1_certificate, quiet

#: Either usage will do, as for the manifest; pyHanko by itself asks for non-repudiation.
_FOR_SIGNATURES = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


class BadPdf(Exception):
    """The PDF is not as it was signed, or carries no content; the text says why."""


@dataclass(frozen=True)
class PdfSignature:
    """One signature that holds. at: by the signer's clock, or by a time stamp. chain: certificates above, nearest first."""

    field: str
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    at: datetime

    @property
    def subject(self) -> str:
        """Subject of the certificate."""
        return subject_of(self.certificate)


def verify_pdf_signatures(pdf: bytes) -> tuple[PdfSignature, ...]:
    """The signatures of a report, in their order; the laboratory's, which certifies the document, is the first.

    Each is judged as a whole (pyHanko's bottom line) with the certificate inside it; whether that one is trusted is another question.
    Raises: BadPdf when there is none, one does not hold, something was changed or added after it, or a part is not signed.
    """
    try:
        with quiet():
            return _signatures(pdf)
    except BadPdf:
        raise
    # Foreign bytes meet a large parser here; whatever it raises, the signatures cannot be relied on.
    except Exception as error:
        raise BadPdf(f"the signatures cannot be read: {type(error).__name__}") from error


def _signatures(pdf: bytes) -> tuple[PdfSignature, ...]:
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if not embedded:
        raise BadPdf("the report is not signed")
    first = embedded[0]
    if first.field_name != LABORATORY or first.docmdp_level is not MDPPerm.FILL_FORMS:
        raise BadPdf("the first signature is not the laboratory's, which certifies the document")
    found = tuple(_judged(signature, last=signature is embedded[-1]) for signature in embedded)
    names = [signature.field for signature in found]
    foreign = [name for name in names if name not in (LABORATORY, *ROLES)]
    if foreign or len(set(names)) != len(names):
        raise BadPdf(f"it is signed in a field that the laboratory has not prepared: {', '.join(foreign or names)}")
    return found


def _judged(embedded: EmbeddedPdfSignature, *, last: bool) -> PdfSignature:
    name = str(embedded.field_name)
    certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
    others = [x509.load_der_x509_certificate(each.dump()) for each in embedded.other_embedded_certs]
    chain = chain_above(certificate, others)
    if embedded.self_reported_timestamp is None:
        raise BadPdf(f"the signature {name} states no time")
    # Whole means: it holds with the certificates inside. So the topmost of them is the root here.
    top = asn1_certificate((certificate, *chain)[-1])
    status = validate_pdf_signature(
        embedded,
        ValidationContext(
            trust_roots=[top],
            other_certs=[asn1_certificate(each) for each in chain],
            moment=embedded.self_reported_timestamp,
            allow_fetching=False,
            revocation_mode="soft-fail",
        ),
        ts_validation_context=_time_stamp_context(embedded),
        key_usage_settings=_FOR_SIGNATURES,
    )
    due = SignatureCoverageLevel.ENTIRE_FILE if last else SignatureCoverageLevel.ENTIRE_REVISION
    if status.coverage is None or status.coverage < due:
        raise BadPdf(f"the signature {name} does not cover the whole {'file' if last else 'revision'}")
    if not status.intact:
        raise BadPdf(f"what the signature {name} covers was changed")
    if not status.docmdp_ok:
        raise BadPdf(f"after the signature {name} more was added than signatures")
    if not status.bottom_line:
        raise BadPdf(f"the signature {name} does not hold: {status.summary()}")
    return PdfSignature(name, certificate, chain, embedded.self_reported_timestamp)


def _time_stamp_context(embedded: EmbeddedPdfSignature) -> ValidationContext | None:
    """A context in which a time stamp holds with the certificates inside it; None without a time stamp."""
    stamps = list(extract_tst_data_iter(embedded.signer_info, signed=False))
    if not stamps:
        return None
    certificates = [each.chosen for stamp in stamps for each in stamp["certificates"]]
    return ValidationContext(trust_roots=certificates, allow_fetching=False, revocation_mode="soft-fail")


def embedded_report(pdf: bytes) -> Report:
    """The content model that a report carries inside.

    Raises: BadPdf when there is none, or it is not in the form in which labapp writes it.
    """
    try:
        root = PdfFileReader(io.BytesIO(pdf)).root
        entries = root["/Names"]["/EmbeddedFiles"]["/Names"]
        attached = {str(entries[index]): entries[index + 1] for index in range(0, len(entries), 2)}
        data: bytes = attached[ATTACHMENT]["/EF"]["/F"].data
    except Exception as error:  # as above
        raise BadPdf(f"it carries no {ATTACHMENT}") from error
    try:
        value = json.loads(data)
        format_ = value["content"]["format"]
        if format_ != FORMAT:
            raise BadPdf(f"its {ATTACHMENT} has format {format_}, and this labapp knows format {FORMAT}")
        report = Report.from_value(value)
    except (ValueError, KeyError, TypeError, RecursionError, InputError) as error:
        raise BadPdf(f"its {ATTACHMENT} cannot be read: {error}") from error
    if report.to_bytes() != data:
        raise BadPdf(f"its {ATTACHMENT} is not in canonical form")
    return report
