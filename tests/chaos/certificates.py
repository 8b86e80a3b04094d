"""Certificates for servers on loopback: a good one, one for another name, one that has run out."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

KINDS = ("good", "another name", "run out")


@dataclass(frozen=True)
class Certificates:
    """What servers show, by kind, and the context of a client that trusts whoever signed them."""

    folder: Path

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "all.pem"))

    def server(self, kind: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / f"{kind}.pem", self.folder / f"{kind}.key")
        return context


def make_certificates(folder: Path) -> Certificates:
    """One file for each kind in `folder`, and one with all of them, to trust."""
    now = datetime.now(UTC)
    address = x509.IPAddress(IPv4Address("127.0.0.1"))
    _make(folder / "good", address, now + timedelta(days=30))
    _make(folder / "another name", x509.DNSName("elsewhere.example.org"), now + timedelta(days=30))
    _make(folder / "run out", address, now - timedelta(days=1))
    (folder / "all.pem").write_bytes(
        b"".join((folder / f"{kind}.pem").read_bytes() for kind in KINDS)
    )
    return Certificates(folder)


def _make(path: Path, name: x509.GeneralName, ends: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=60))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.with_suffix(".pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
