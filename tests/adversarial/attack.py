"""What the attacks share: steps of attackers and of owners, over HTTP."""

from datetime import timedelta

from tests.support.crowds import DEVICES, VAULT, VERIFICATIONS, Crowd, begin_enrollment

STEP = timedelta(seconds=30)
CREDENTIALS = ("session", "basic", "token", "knox", "jwt", "oauth2")


def client_by(crowd: Crowd, person, kind):
    """A new client of the person, by a kind of credential."""
    return getattr(crowd.server.clients, kind)(person.username)


def post(client, code, **fields):
    """Send a code, and return the status and the answer's own code."""
    answer = client.post(VERIFICATIONS, json={"code": code, **fields})
    return answer.status_code, answer.json().get("code")


REFUSED, LOCKED = (400, "mfa_failed"), (429, "mfa_locked")


def verify(crowd: Crowd, client, person):
    """Verify with the person's code of this moment."""
    answer = client.post(VERIFICATIONS, json={"code": crowd.code(person)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def opens(client, path=VAULT):
    """Whether a guarded view lets the client in; refused is 401 or 403, never anything else."""
    status = client.get(path).status_code
    assert status in {200, 401, 403}, status
    return status == 200


def guess(crowd: Crowd, client, person, times=5):
    """Send wrong codes, one after another."""
    return [post(client, code) for code in crowd.wrong_codes(person, times)]


def enroll(crowd: Crowd, client):
    """Enroll an app, and return it with the confirmation's answer."""
    enrolling = begin_enrollment(client)
    return enrolling.app, enrolling.confirm(crowd.code(enrolling.app))


def administrator(crowd: Crowd):
    """A verified administrator's client."""
    person = crowd.pick("administrator")
    client = crowd.token(person)
    verify(crowd, client, person)
    return client


__all__ = ["CREDENTIALS", "DEVICES", "LOCKED", "REFUSED", "STEP", "VAULT", "VERIFICATIONS"]
