"""The command line: make one request, and answer its challenge on the terminal."""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import httpx

from drf_accessflow_mfa.client import terminal
from drf_accessflow_mfa.client.auth import AskForCode, EnrollDevice, StepUpAuth
from drf_accessflow_mfa.client.challenge import Challenge
from drf_accessflow_mfa.client.errors import EnrollmentRequired, Locked, StepUpError
from drf_accessflow_mfa.client.inner import InnerAuth

OK, HTTP_ERROR, USAGE, STEP_UP_FAILED, LOCKED, INTERRUPTED = 0, 1, 2, 3, 4, 130

_EPILOG = """\
exit codes:
  0  the answer is below 400
  1  the answer is 400 or above, or there is none
  2  wrong arguments
  3  a second factor was required and not shown
  4  too many wrong codes: wait

The answer goes to the standard output, everything else to the standard error
output. What stands in arguments can be seen by other users of the machine: let
tokens, headers and bodies be read from files with @FILE, and the password asked
for.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = _parser()
    arguments = parser.parse_intermixed_args(argv)
    _complete(parser, arguments)
    try:
        return _print(_request_or_enroll(arguments), with_headers=arguments.include)
    except Locked as error:
        terminal.say(str(error))
        return LOCKED
    except StepUpError as error:
        terminal.say(str(error))
        return STEP_UP_FAILED
    except httpx.HTTPError as error:
        terminal.say(f"No answer: {error}")
        return HTTP_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drf_accessflow_mfa.client",
        description="Make a request. When it is challenged, ask for a code and make it again.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("method", metavar="METHOD", nargs="?", help="GET by default, POST with -d")
    parser.add_argument("address", metavar="URL")
    parser.add_argument("-H", dest="headers", metavar="HEADER", action="append", default=[], type=_text)
    parser.add_argument("-d", dest="data", metavar="JSON", type=_text, help="the body")
    credential = parser.add_mutually_exclusive_group()
    for scheme in ("Token", "Bearer"):
        credential.add_argument(
            f"--{scheme.lower()}",
            dest="authorization",
            metavar="T",
            type=partial(_authorization, scheme),
            help=f"Authorization: {scheme} T",
        )
    credential.add_argument("--basic", metavar="USER[:PASSWORD]", help="asks for the password without one")
    parser.add_argument(
        "--code-from-stdin", action="store_true", help="read codes, one a line, where no terminal is there"
    )
    parser.add_argument("-i", dest="include", action="store_true", help="print status and headers too")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="30 by default")
    return parser


def _text(argument: str) -> str:
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{argument[1:]} cannot be read: {error}") from error


def _authorization(scheme: str, argument: str) -> str:
    token = _text(argument)
    if not token.isascii() or not token.isprintable() or not token:
        raise argparse.ArgumentTypeError("a token is printable ASCII")
    return f"{scheme} {token}"


def _complete(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Turn what argparse took as text into what a request is made of."""
    address = arguments.address
    method = arguments.method or ("GET" if arguments.data is None else "POST")
    if not method.isascii() or not method.isalpha():
        parser.error(f"{method} is no method")
    arguments.method = method.upper()
    try:
        arguments.url = httpx.URL(address)
    except httpx.InvalidURL as error:
        parser.error(f"{address}: {error}")
    if arguments.url.scheme not in ("http", "https") or not arguments.url.host:
        parser.error(f"{address}: an address starts with http:// or https://")
    arguments.headers = [_header(parser, line) for line in arguments.headers]
    if arguments.data is not None:
        try:
            json.loads(arguments.data)
        except ValueError as error:
            parser.error(f"-d is no JSON: {error}")


def _header(parser: argparse.ArgumentParser, line: str) -> tuple[str, str]:
    name, separator, value = line.partition(":")
    if not separator or not name.strip() or not line.isprintable() or not line.isascii():
        parser.error(f"-H is no header (Name: value): {line!r}")
    return name.strip(), value.strip()


def _request_or_enroll(arguments: argparse.Namespace) -> httpx.Response:
    inner = _inner_auth(arguments)
    try:
        return _request(arguments, inner)
    except EnrollmentRequired as error:
        if error.enroll_url is None or not _wants_to_enroll(error):
            raise
    return _request(arguments, inner, enroll=terminal.ask_for_first_code)


def _request(
    arguments: argparse.Namespace, inner: InnerAuth, *, enroll: EnrollDevice | None = None
) -> httpx.Response:
    auth = StepUpAuth(inner, ask=_prompt_of(arguments), enroll=enroll)
    headers = httpx.Headers(arguments.headers)
    content = None
    if arguments.data is not None:
        headers.setdefault("Content-Type", "application/json")
        content = arguments.data.encode()
    with httpx.Client(auth=auth, timeout=arguments.timeout) as client:
        return client.request(arguments.method, arguments.url, headers=headers, content=content)


def _inner_auth(arguments: argparse.Namespace) -> InnerAuth:
    if arguments.basic is not None:
        user, separator, password = arguments.basic.partition(":")
        return user, password if separator else terminal.read_secretly(f"Password of {user}: ")
    authorization: str | None = arguments.authorization
    if authorization is None:
        return None

    def authorize(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = authorization
        return request

    return authorize


def _prompt_of(arguments: argparse.Namespace) -> AskForCode:
    if not arguments.code_from_stdin or sys.stdin.isatty():
        return terminal.ask_for_code

    def read_line(challenge: Challenge) -> str:
        return sys.stdin.readline().strip()

    return read_line


def _wants_to_enroll(error: EnrollmentRequired) -> bool:
    terminal.say(str(error))
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Set up an authenticator app now? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _print(answer: httpx.Response, *, with_headers: bool) -> int:
    output = sys.stdout.buffer
    if with_headers:
        output.write(f"{answer.http_version} {answer.status_code} {answer.reason_phrase}\n".encode())
        output.writelines(name + b": " + value + b"\n" for name, value in answer.headers.raw)
        output.write(b"\n")
    output.write(answer.content)
    if answer.content and sys.stdout.isatty():
        output.write(b"\n")
    output.flush()
    if not answer.is_error:
        return OK
    terminal.say(f"{answer.status_code} {answer.reason_phrase}")
    return HTTP_ERROR
