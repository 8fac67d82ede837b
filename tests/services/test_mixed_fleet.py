"""The encryption key changes while processes with the old and with the new settings serve one database."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from tests.support.servers import ExampleServer, serve_beside, serve_example

OLD, NEW = "old-key-" * 6, "new-key-" * 6
STEP = timedelta(seconds=30)
MFA = "/api/mfa/"
VAULT = "/api/vault/production-database/"


def enroll(server: ExampleServer, username: str) -> pyotp.TOTP:
    """Enroll the user at a server, and return their authenticator."""
    client = server.clients.token(username)
    begun = client.post(f"{MFA}devices/", json={"name": "phone"}).raise_for_status().json()
    authenticator = pyotp.TOTP(begun["secret"])
    confirmation = f"{MFA}devices/{begun['id']}/confirmation/"
    client.post(confirmation, json={"code": authenticator.at(server.now())}).raise_for_status()
    return authenticator


@pytest.mark.parametrize("steps", [([OLD], [OLD, NEW]), ([OLD, NEW], [NEW, OLD]), ([NEW, OLD], [NEW])])
def test_at_each_step_of_a_change_of_keys_both_kinds_of_processes_read_what_the_other_sealed(
    tmp_path: Path, steps: tuple[list[str], list[str]]
) -> None:
    """[old] to [old, new] to [new, old], which seals all anew, to [new]."""
    before, after = (",".join(keys) for keys in steps)
    with (
        serve_example(directory=tmp_path, environment={"MFA_ENCRYPTION_KEYS": before}) as earlier,
        serve_beside(
            earlier, log=tmp_path / "later.log", environment={"MFA_ENCRYPTION_KEYS": after}
        ) as later,
    ):
        people = {"rita": (earlier, later), "omar": (later, earlier)}
        authenticators = {name: enroll(here, name) for name, (here, _) in people.items()}
        earlier.pass_time(STEP)

        for name, (here, there) in people.items():
            client, code = there.clients.token(name), authenticators[name].at(there.now())
            assert client.post(f"{MFA}verifications/", json={"code": code}).status_code == 201
            assert client.get(VAULT).status_code == 200
            again = here.clients.token(name).post(f"{MFA}verifications/", json={"code": code})
            assert again.status_code == 400
