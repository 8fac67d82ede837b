"""What counts is read where it is written: a replica that lags must not let anybody pass."""

from tests.people import API, by_token, post_code


class ReadsFromAReplica:
    """Sends every read of this package to a database that there is none of."""

    def db_for_read(self, model, **hints):
        return "replica" if model._meta.app_label == "drf_accessflow_mfa" else None

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *args, **hints):
        return True


def test_no_replica_is_asked_on_the_way_through_a_flow(rita, refunds, serve, settings):
    url, client = serve(access_flow="refunds"), by_token(rita)
    settings.DATABASE_ROUTERS = [ReadsFromAReplica()]

    refused = client.get(url)
    verified = post_code(client, rita.code())
    opened = client.get(url)
    status = client.get(API + "status/")

    answers = [answer.status_code for answer in (refused, verified, opened, status)]
    assert answers == [401, 201, 200, 200]
