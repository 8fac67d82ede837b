"""Of two acts at one moment on one request each counts exactly once, over worker processes and databases."""

from tests.support.servers import ExampleServer
from tests.support.storms import at_once, tally

REQUESTS = "/api/mfa/requests/"
APPROVERS = ("omar", "olga", "otto", "oona")
SETUP = f"""
from django.contrib.auth.models import Group, User
from drf_accessflow_mfa.models import AccessFlow
approvers = Group.objects.get(name="approvers")
for name in {APPROVERS!r}:
    user = User.objects.filter(username=name).first()
    user = user or User.objects.create_user(name, password="accessflow-demo")
    user.groups.add(approvers)
for needed in (1, 2):
    flow = AccessFlow.objects.create(slug=f"needs-{{needed}}", approvals_required=needed, max_extensions=3)
    flow.requesters.set(Group.objects.filter(name="requesters"))
    flow.approvers.set([approvers])
"""


def test_simultaneous_acts_each_count_once(example_server: ExampleServer) -> None:
    example_server.manage("shell", "-v0", "-c", SETUP)
    rita = example_server.clients.token("rita")
    approvers = [example_server.clients.token(name) for name in APPROVERS]

    opened = at_once([lambda: rita.post(REQUESTS, json={"flow": "needs-1"})] * 8)
    assert tally(opened) == {201: 1, 409: 7}
    request = next(answer.json()["id"] for answer in opened if answer.status_code == 201)

    decisions = ["approve", "reject", "approve", "reject"]
    decided = at_once(
        [
            lambda client=client, said=said: client.post(
                f"{REQUESTS}{request}/decision/", json={"decision": said}
            )
            for client, said in zip(approvers, decisions, strict=True)
        ]
    )
    assert tally(decided) == {200: 1, 409: 3}
    assert {answer.json()["code"] for answer in decided if answer.status_code == 409} == {
        "transition_refused"
    }
    assert len(rita.get(f"{REQUESTS}{request}/").json()["decisions"]) == 1

    request = rita.post(REQUESTS, json={"flow": "needs-2"}).json()["id"]
    omar = approvers[0]
    one_person = at_once(
        [lambda: omar.post(f"{REQUESTS}{request}/decision/", json={"decision": "approve"})] * 6
    )
    assert tally(one_person) == {200: 1, 409: 5}
    shown = rita.get(f"{REQUESTS}{request}/").json()
    assert (shown["status"], len(shown["decisions"])) == ("pending_approval", 1)
    approvers[1].post(f"{REQUESTS}{request}/decision/", json={"decision": "approve"}).raise_for_status()

    extended = at_once([lambda: rita.post(f"{REQUESTS}{request}/extension/", json={"duration": 60})] * 6)
    assert tally(extended) == {200: 3, 409: 3}
    assert len(rita.get(f"{REQUESTS}{request}/").json()["extensions"]) == 3

    ended = at_once(
        [
            lambda: omar.post(f"{REQUESTS}{request}/revocation/", json={}),
            lambda: rita.post(f"{REQUESTS}{request}/cancellation/", json={}),
        ]
        * 3
    )
    assert tally(ended) == {200: 1, 409: 5}
