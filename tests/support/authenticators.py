"""Authenticators of other makers, enrolled with nothing but the QR code that we draw."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pyotp


def read_qr(svg: str, *, directory: Path) -> str:
    """Return the text of a QR code: drawn by a browser, photographed, and read by zbarimg.

    Needs chromium and zbarimg.
    """
    page = directory / "qr.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:40px;zoom:2'>{svg}")
    picture = directory / "qr.png"
    _run(
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={directory / 'chromium'}",
        "--window-size=1200,1200",
        f"--screenshot={picture}",
        page.as_uri(),
    )
    return _run("zbarimg", "--quiet", "--raw", str(picture)).strip()


class OathTool:
    """``oathtool``, told only the secret of an ``otpauth://`` URI."""

    def __init__(self, uri: str) -> None:
        self._secret = parse_qs(urlsplit(uri).query)["secret"][0]

    def code_at(self, moment: datetime) -> str:
        """Return the code that it shows at a moment."""
        now = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return _run("oathtool", "--totp", "--base32", f"--now={now}", "-", stdin=self._secret).strip()


class PyOTP:
    """pyotp, told the whole ``otpauth://`` URI."""

    def __init__(self, uri: str) -> None:
        totp = pyotp.parse_uri(uri)
        assert isinstance(totp, pyotp.TOTP)
        self._totp = totp

    def code_at(self, moment: datetime) -> str:
        """Return the code that it shows at a moment."""
        return self._totp.at(moment)


class KeePassXC:
    """A KeePassXC database with one entry that holds the whole ``otpauth://`` URI; it knows only now."""

    _PASSWORD = "correct horse"
    _EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile><Root><Group><Name>Root</Name><Entry>
<String><Key>Title</Key><Value>{title}</Value></String>
<String><Key>otp</Key><Value ProtectInMemory="True">{uri}</Value></String>
</Entry></Group></Root></KeePassFile>
"""

    def __init__(self, uri: str, *, directory: Path) -> None:
        self._title = unquote(urlsplit(uri).path).strip("/").replace("/", " ")
        self._database = directory / "authenticator.kdbx"
        export = directory / "authenticator.xml"
        export.write_text(self._EXPORT.format(title=escape(self._title), uri=escape(uri)))
        self._ask("import", "--set-password", str(export), str(self._database), passwords=2)

    def code(self) -> str:
        """Return the code that it shows now."""
        return self._ask("show", "--quiet", "--totp", str(self._database), self._title).strip()

    def _ask(self, *arguments: str, passwords: int = 1) -> str:
        return _run("keepassxc-cli", *arguments, stdin=f"{self._PASSWORD}\n" * passwords)


def _run(*command: str, stdin: str = "") -> str:
    done = subprocess.run(command, input=stdin, check=False, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
