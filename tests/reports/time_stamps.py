"""A time stamp authority on this machine (RFC 3161 over HTTP)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import tsp
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from labapp.reports.pdf_signing import asn1_certificate, signer_of
from tests.reports.authority import Authority


@contextmanager
def time_stamp_authority(authority: Authority) -> Iterator[str]:
    """The URL of an authority that stamps with a certificate below `authority`, while the context lasts."""
    identity = authority.identity("Time stamps", stamps=True)
    signer = signer_of(identity)
    chain = [asn1_certificate(above) for above in identity.chain]
    stamper = DummyTimeStamper(signer.signing_cert, signer.signing_key, certs_to_embed=chain)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            data = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
