from dataclasses import replace
from pathlib import Path

from config import Config
from tracker.mail.smtp import SmtpTransport
from tracker.mail.transport import FolderTransport, MemoryTransport, transport_of


def test_folder_transport_writes_one_file_for_each_mail(tmp_path: Path) -> None:
    with FolderTransport(tmp_path / "mails") as line:
        line.send(b"first", sender="loop@example.org", recipient="olu@example.org")
        line.send(b"second", sender="loop@example.org", recipient="olu@example.org")
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.read_bytes() for file in files] == [b"first", b"second"]
    assert {file.suffix for file in files} == {".eml"}


def test_memory_transport_keeps_mails_in_order() -> None:
    with MemoryTransport() as line:
        line.send(b"first", sender="a@example.org", recipient="b@example.org")
    assert line.sent == [("a@example.org", "b@example.org", b"first")]


def test_transport_of_settings_is_the_folder_without_a_mail_server(settings: Config) -> None:
    assert isinstance(transport_of(settings), FolderTransport)
    with_server = replace(settings, smtp_host="mail.example.org")
    assert isinstance(transport_of(with_server), SmtpTransport)
