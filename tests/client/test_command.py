"""``python -m drf_accessflow_mfa.client``, at a terminal and without one."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.client.members import VAULT, Member
from tests.client.terminal import COMMAND, Terminal, run
from tests.support.clients import PASSWORD

PROMPT = "Code from your authenticator app: "


def token_of(member: Member) -> str:
    return member.plain("token").headers["Authorization"].removeprefix("Token ")


def vault(member: Member) -> str:
    return f"{member.server.base_url}{VAULT}"


@pytest.mark.parametrize("form", ["token", "basic", "basic without password", "header"])
def test_at_a_terminal_it_asks_for_the_code_and_prints_the_answer(rita: Member, form: str) -> None:
    credential = {
        "token": ["--token", token_of(rita)],
        "basic": ["--basic", f"{rita.username}:{PASSWORD}"],
        "basic without password": ["--basic", rita.username],
        "header": ["-H", f"Authorization: Token {token_of(rita)}"],
    }[form]
    with Terminal("GET", vault(rita), *credential) as terminal:
        if form == "basic without password":
            terminal.expect(f"Password of {rita.username}: ")
            terminal.enter(PASSWORD)
        terminal.expect("production-database: This needs a fresh second factor.")
        terminal.expect(PROMPT)
        code = rita.next_code()
        terminal.enter(code)

        assert terminal.finish() == 0

    answer = json.loads(terminal.shown.strip())
    assert answer["opened_by"] == rita.username
    assert code not in terminal.shown
    assert PASSWORD not in terminal.shown


def test_a_body_from_a_pipe_is_read_once_and_sent_twice(rita: Member) -> None:
    piped = ["sh", "-c", """printf '{"note": "Piped."}' | exec "$@\"""", "sh", *COMMAND]
    arguments = (vault(rita), "--token", token_of(rita), "-d", "@/dev/stdin")
    with Terminal(*arguments, command=piped) as terminal:
        terminal.expect(PROMPT)
        terminal.enter(rita.next_code())

        assert terminal.finish() == 0

    assert '"note":"Piped."' in terminal.shown


def test_a_wrong_code_is_asked_for_again_and_three_are_enough(rita: Member) -> None:
    with Terminal("GET", vault(rita), "--token", token_of(rita)) as terminal:
        for _ in range(2):
            terminal.expect(PROMPT)
            terminal.enter(rita.wrong_code())
            terminal.expect("The code was not accepted.")
        terminal.expect(PROMPT)
        terminal.enter(rita.wrong_code())

        assert terminal.finish() == 3

    assert "No code was accepted (3 tried)." in terminal.shown


WITHOUT_SEGNO = (
    "import sys; sys.modules['segno'] = None; "
    "from drf_accessflow_mfa.client.command import main; sys.exit(main())"
)


@pytest.mark.parametrize("has_segno", [True, False])
def test_it_offers_enrollment_on_the_spot(nina: Member, has_segno: bool) -> None:
    command = COMMAND if has_segno else [sys.executable, "-c", WITHOUT_SEGNO]
    arguments = (vault(nina), "--token", token_of(nina), "-d", '{"note": "In."}')
    with Terminal(*arguments, command=command) as terminal:
        terminal.expect(r"Set up an authenticator app now\? \[y/N\] ")
        terminal.enter("y")
        terminal.expect("Scan this with an authenticator app")
        drawn = terminal.expect(r"(?s)(.*)otpauth://totp/\S+secret=([A-Z2-7]+)\S*")
        nina.secret = drawn[2]
        terminal.expect("Code that the app shows: ")
        terminal.enter(nina.code())

        assert terminal.finish() == 0

    assert any(block in drawn[1] for block in "▀▄█") is has_segno
    assert len(re.findall(r"^  [0-9A-Z-]{29}\r$", terminal.shown, re.MULTILINE)) == 10
    assert '"note":"In."' in terminal.shown


def test_who_declines_enrollment_is_told_where_to_do_it(nina: Member) -> None:
    with Terminal("GET", vault(nina), "--token", token_of(nina)) as terminal:
        terminal.expect("must be set up first, at http://")
        terminal.expect(r"\[y/N\] ")
        terminal.enter("")

        assert terminal.finish() == 3


def test_in_a_script_codes_come_from_the_standard_input(rita: Member) -> None:
    codes = f"{rita.wrong_code()}\n{rita.next_code()}\n"

    done = run(vault(rita), "--token", token_of(rita), "--code-from-stdin", stdin=codes)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["opened_by"] == rita.username
    assert done.stderr == ""


@pytest.mark.parametrize("flag", [[], ["--code-from-stdin"]])
def test_in_a_script_without_a_code_the_step_up_fails(rita: Member, flag: list[str]) -> None:
    """What is piped in is not taken for a code unless it is said to be one."""
    piped = "" if flag else rita.next_code()

    done = run(vault(rita), "--token", token_of(rita), *flag, stdin=piped)

    assert done.returncode == 3
    assert "none was given" in done.stderr
    assert done.stdout == ""


def test_in_a_script_nobody_is_enrolled(nina: Member) -> None:
    done = run(vault(nina), "--token", token_of(nina), "--code-from-stdin", stdin="y\n")

    assert done.returncode == 3
    assert "must be set up first" in done.stderr


def test_a_lock_has_an_exit_code_of_its_own(rita: Member) -> None:
    wrong = f"{rita.wrong_code()}\n" * 3
    arguments = (vault(rita), "--token", token_of(rita), "--code-from-stdin")

    codes = [run(*arguments, stdin=wrong).returncode for _ in range(2)]

    assert codes == [3, 4]


def test_secrets_and_bodies_can_be_files(rita: Member, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{token_of(rita)}\n")
    (tmp_path / "note.json").write_text('{"note": "From a file."}')

    done = run(
        *(f"{rita.server.base_url}/api/vault/staging-logs/", "-i"),
        *("--token", f"@{tmp_path / 'token'}", "-d", f"@{tmp_path / 'note.json'}"),
    )

    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition("\n\n")
    assert head.startswith("HTTP/1.1 201 Created\n")
    assert json.loads(body)["note"] == "From a file."


def test_an_error_of_the_server_is_printed_and_is_an_exit_code(rita: Member) -> None:
    done = run(f"{rita.server.base_url}/api/vault/nothing/", "--token", token_of(rita))

    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "access_flow_unknown"
    assert done.stderr == "403 Forbidden\n"


def test_no_answer_is_an_exit_code() -> None:
    done = run("http://127.0.0.1:1/")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No answer: ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["GET"],
        ["GET", "/api/"],
        ["GET", "ftp://host/"],
        ["GET", "http://host:port/"],
        ["GE T", "http://host/"],
        ["GET", "http://host/", "more"],
        ["http://host/", "-d", "{"],
        ["http://host/", "-d", "@/does/not/exist"],
        ["http://host/", "-H", "no header"],
        ["http://host/", "-H", "X: a\r\nY: b"],
        ["http://host/", "--token", "a\nb"],
        ["http://host/", "--token", "a", "--bearer", "b"],
        ["http://host/", "--timeout", "soon"],
    ],
)
def test_wrong_arguments_are_a_usage_error(arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.returncode == 2, done.stderr
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_help_documents_the_exit_codes() -> None:
    done = run("--help")

    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.split("exit codes:\n")[1].splitlines()[:5]] == list(
        "01234"
    )
