"""Keys rotate under load and go; a secret that no key opens is refused, audited, and can be removed."""

from contextlib import ExitStack
from pathlib import Path

from tests.adversarial.acts import insides, keys
from tests.adversarial.attack import DEVICES, REFUSED, VAULT, administrator, opens, post
from tests.support.crowds import Crowd, begin_enrollment
from tests.support.insiders import Insider, insider_of

pytest_plugins = ["tests.support.crowd_server"]

INSIDES, KEYS = insides.__name__, keys.__name__
USERS = 2
APPS_EACH = 12


def test_keys_rotate_while_users_verify_and_then_the_old_one_goes(crowd: Crowd, tmp_path: Path) -> None:
    with ExitStack() as stack:
        rotating, *using = [
            stack.enter_context(insider_of(crowd.server.environment, log=tmp_path / str(number)))
            for number in range(USERS + 1)
        ]
        ids = rotating.call(f"{KEYS}.equip", USERS * APPS_EACH)
        for number, user in enumerate(using):
            user.begin(f"{KEYS}.verify_until_the_old_key_is_gone", ids[number::USERS])

        rotated = rotating.call(f"{KEYS}.rotate_all")
        outcomes = [user.answer() for user in using]

    assert rotated == len(ids)
    assert [refused for refused, _ in outcomes] == [0] * USERS
    assert all(passes >= 2 for _, passes in outcomes)


def test_a_device_with_a_damaged_secret_is_refused_audited_and_removed_with_a_recovery_code(
    crowd: Crowd, insider: Insider
) -> None:
    person = crowd.pick("newcomer")
    client = crowd.token(person)
    enrolling = begin_enrollment(client)
    recovery_code = enrolling.confirm(crowd.code(enrolling.app)).json()["recovery_codes"][0]
    client.delete("/api/mfa/verifications/").raise_for_status()

    assert insider.call(f"{INSIDES}.damage_secret", enrolling.app.device) == 1

    assert post(client, crowd.code(enrolling.app)) == REFUSED
    assert crowd.events(person)["mfa.failed", "secret_unreadable"] == 1
    assert client.get(VAULT).json()["code"] == "mfa_required"
    assert post(client, recovery_code)[0] == 201
    assert client.delete(f"{DEVICES}{enrolling.app.device}/").status_code == 204
    assert client.get(VAULT).json()["code"] == "mfa_enrollment_required"


def test_an_administrator_removes_a_device_whose_secret_is_lost(crowd: Crowd, insider: Insider) -> None:
    person = crowd.pick("app")
    client = crowd.token(person)
    insider.call(f"{INSIDES}.damage_secret", person.device)
    assert post(client, crowd.code(person)) == REFUSED
    user_id = insider.call(f"{INSIDES}.user_id", person.username)

    answer = administrator(crowd).post(f"/api/mfa/users/{user_id}/reset/", json={"reason": "lost"})

    assert answer.json()["devices"] == [person.device]
    assert not opens(client)
    enrolling = begin_enrollment(client)
    assert enrolling.confirm(crowd.code(enrolling.app)).status_code == 200
    assert opens(client)
