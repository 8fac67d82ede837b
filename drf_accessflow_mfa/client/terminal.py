"""The prompts of a command line. They write to the standard error output and read the terminal."""

import getpass
import importlib
import sys
import warnings
from collections.abc import Sequence

from drf_accessflow_mfa.client.challenge import Challenge, Enrollment


def ask_for_code(challenge: Challenge) -> str:
    """Ask for a code; return it, empty when nobody is there or nothing was typed."""
    if challenge.refusals:
        say("The code was not accepted.")
    else:
        say(": ".join(filter(None, (challenge.flow, challenge.detail))))
    return read_secretly("Code from your authenticator app: ")


def ask_for_first_code(enrollment: Enrollment) -> str:
    """Show an enrollment as text and, where segno is installed, as a QR code; ask for its first code."""
    if enrollment.refusals:
        say("The code was not accepted.")
    else:
        say("Scan this with an authenticator app, or open the address in one:")
        draw_qr(enrollment.otpauth_uri)
        say(enrollment.otpauth_uri)
    return read_secretly("Code that the app shows: ")


def show_recovery_codes(codes: Sequence[str]) -> None:
    """Show the recovery codes."""
    say("Your recovery codes, shown this once. Each works once in place of a code:")
    for code in codes:
        say(f"  {code}")


def draw_qr(text: str) -> None:
    """Draw a QR code, if segno is there to do it."""
    try:
        segno = importlib.import_module("segno")
    except ImportError:
        return
    encoding = (sys.stderr.encoding or "").lower()
    segno.make(text).terminal(out=sys.stderr, compact=encoding.startswith("utf"))


def say(line: str) -> None:
    """Write a line, without what could steer the terminal: some of it comes from servers."""
    sys.stderr.write("".join(filter(str.isprintable, line)) + "\n")
    sys.stderr.flush()


def read_secretly(prompt: str) -> str:
    """Return a line typed on the terminal without showing it; empty without a terminal."""
    with warnings.catch_warnings():
        # Without a terminal getpass would read a code from whatever is piped in.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt).strip()
        except (getpass.GetPassWarning, EOFError):
            return ""
