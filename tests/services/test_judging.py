"""Which of several devices judges, which refusal is told, and what is kept of a code (rules 2 and 3)."""

import pytest
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice

from drf_accessflow_mfa.devices.kinds import Judgement
from drf_accessflow_mfa.devices.registry import devices_of
from drf_accessflow_mfa.models import AttemptBudget, AuditEvent
from drf_accessflow_mfa.services.attempts import Factor, begin_guess
from drf_accessflow_mfa.services.judging import judge_guess
from drf_accessflow_mfa.services.log import Act
from drf_accessflow_mfa.services.outcomes import Accepted, CodeRefused, Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import NOON, ORIGIN, enrolled, with_app

pytestmark = pytest.mark.django_db
ACCEPTED, WRONG, REPLAYED = Judgement.ACCEPTED, Judgement.WRONG_CODE, Judgement.REPLAYED
UNREADABLE = Judgement.SECRET_UNREADABLE


@pytest.fixture
def rita():
    return enrolled()


@pytest.fixture
def paper(rita):
    """A static device of django-otp's: it forgets each token once it is used."""
    device = StaticDevice.objects.create(user=rita.user, name="paper")
    device.token_set.create(token="123456")
    return device


def spent(person):
    return len(AttemptBudget.objects.get(user=person.user).spent)


def send(person, code):
    return verify(person.caller(), code, origin=ORIGIN, now=NOON)


def judged(person, *verdicts):
    """The outcome of a guess that each of the person's devices judges in turn, and which were asked."""
    devices = [*devices_of(person.user, using="default", now=NOON)]
    assert len(devices) == len(verdicts)
    asked, answers = [], dict(zip((device.id for device in devices), verdicts, strict=True))

    def judge(device, plain):
        asked.append(device.id)
        return answers[device.id]

    act = Act(caller=person.caller(), origin=ORIGIN, now=NOON, using="default")
    with transaction.atomic():
        outcome = judge_guess(act, "123456", Factor.CODES, find=lambda: devices, judge=judge)
    return outcome, [devices.index(device) for device in devices if device.id in asked]


def told(person):
    event = AuditEvent.objects.filter(subject=person.user, kind="mfa.failed").latest("id")
    return event.reason, event.device


def test_no_further_device_is_asked_once_one_has_accepted(rita):
    with_app(rita)

    outcome, asked = judged(rita, ACCEPTED, REPLAYED)

    assert isinstance(outcome, Accepted)
    assert asked == [0]


@pytest.mark.parametrize(
    ("verdicts", "told_of", "is_counted"),
    [
        ((WRONG, WRONG), 0, True),
        ((WRONG, REPLAYED), 1, False),
        ((REPLAYED, WRONG), 0, False),
        ((UNREADABLE, WRONG), 1, True),
        ((WRONG, UNREADABLE), 0, True),
        ((UNREADABLE, UNREADABLE), 0, False),
    ],
)
def test_the_most_telling_refusal_is_logged_and_counts_or_not(rita, verdicts, told_of, is_counted):
    with_app(rita)
    devices = [device.id for device in devices_of(rita.user, using="default", now=NOON)]

    outcome, _ = judged(rita, *verdicts)

    assert isinstance(outcome, CodeRefused)
    assert told(rita) == (verdicts[told_of].value, devices[told_of])
    assert rita.budget() == ((1, 1) if is_counted else (0, 0))


def test_of_a_code_that_its_device_remembers_nothing_is_kept(rita):
    assert isinstance(send(rita, rita.code(now=NOON)), Verified)

    assert spent(rita) == 0


def test_a_code_that_its_device_forgets_is_kept_and_its_repetition_is_no_guess(rita, paper):
    assert isinstance(send(rita, "123456"), Verified)
    assert spent(rita) == 1

    assert isinstance(send(rita, "123456"), CodeRefused)

    assert told(rita)[0] == "replayed"
    assert rita.budget() == (0, 0)


def test_a_code_that_was_never_right_is_a_guess_though_its_device_forgets_codes(rita, paper):
    send(rita, "123456")

    send(rita, "654321")

    assert told(rita)[0] == "wrong_code"
    assert rita.budget() == (1, 1)


def test_a_device_that_remembers_its_codes_takes_a_repeated_code_of_another_for_a_guess(rita):
    wrong = rita.wrong_code()
    with transaction.atomic():
        begin_guess(rita.user, Factor.CODES, now=NOON, using="default").succeed(wrong)

    send(rita, wrong)

    assert told(rita)[0] == "wrong_code"
    assert rita.budget() == (1, 1)


def test_a_token_that_is_handed_out_anew_counts_anew(rita, paper):
    send(rita, "123456")
    paper.token_set.create(token="123456")

    assert isinstance(send(rita, "123456"), Verified)
    assert isinstance(send(rita, "123456"), CodeRefused)
