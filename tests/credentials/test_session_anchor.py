"""The value in a session that a verification is tied to, and the key that changes with it (rule 5)."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save
from django.test import RequestFactory
from django.utils import timezone

from drf_accessflow_mfa.credentials import session, session_rows
from drf_accessflow_mfa.credentials.caller import binding_of
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


@pytest.fixture
def request_of(db, clock):
    """A request with a saved session that holds some data."""

    def make(**data):
        request = RequestFactory().get("/")
        request.session = SessionStore()
        request.session.update(data)
        request.session.save()
        return request

    return make


@pytest.fixture
def logged_in(request_of):
    return request_of(**{SESSION_KEY: "7", "basket": "full"})


def test_a_request_without_a_session_or_without_a_user_in_it_has_no_credential(request_of):
    for request in (SimpleNamespace(), SimpleNamespace(session=None), request_of(basket="full")):
        with pytest.raises(CredentialUnsupported):
            session.credential_of(request)


def test_until_it_is_remembered_the_value_is_another_at_each_call(logged_in):
    first, second = session.credential_of(logged_in), session.credential_of(logged_in)

    assert first.identity != second.identity
    assert len(first.identity) >= 43
    assert (first.kind, first.scheme, first.user_key) == ("session", "Session", "7")
    first.remember()
    assert session.credential_of(logged_in).identity == first.identity


def test_a_new_key_holds_the_data_and_the_old_one_nothing_for_a_minute(logged_in):
    old_key, credential = logged_in.session.session_key, session.credential_of(logged_in)
    credential.remember()
    logged_in.session["written"] = "during the request"

    credential.renew()

    assert logged_in.session.session_key != old_key
    logged_in.session.save()
    kept = SessionStore(logged_in.session.session_key).load()
    assert kept["basket"] == "full"
    assert kept["written"] == "during the request"
    assert kept[session.ANCHOR_KEY] == credential.identity
    grave = Session.objects.get(session_key=old_key)
    assert SESSION_KEY not in grave.get_decoded()
    assert session.ANCHOR_KEY not in grave.get_decoded()
    assert (grave.expire_date - timezone.now()).total_seconds() == 60


def test_a_session_that_was_ended_meanwhile_gets_no_new_key(logged_in):
    credential = session.credential_of(logged_in)
    credential.remember()
    Session.objects.all().delete()

    credential.renew()

    assert SESSION_KEY not in logged_in.session
    assert not Session.objects.exists()


def test_the_new_key_is_saved_at_once(logged_in):
    credential = session.credential_of(logged_in)
    credential.remember()

    credential.renew()

    assert SessionStore(logged_in.session.session_key)[session.ANCHOR_KEY] == credential.identity


def test_a_log_in_draws_a_new_value_and_a_session_without_a_user_gets_none(logged_in, request_of):
    session.credential_of(logged_in).remember()
    before = logged_in.session[session.ANCHOR_KEY]
    stranger = request_of()

    for request in (logged_in, stranger, SimpleNamespace(), SimpleNamespace(session=None)):
        session.forget_anchor(request)

    assert logged_in.session[session.ANCHOR_KEY] not in (None, before)
    assert len(logged_in.session[session.ANCHOR_KEY]) >= 43
    assert session.ANCHOR_KEY not in stranger.session


def test_the_binding_of_a_session_is_found_where_it_verified_something(logged_in, request_of):
    user = SimpleNamespace(pk=7)
    credential = session.credential_of(logged_in)

    assert session.find_binding(logged_in, user) is None
    credential.remember()
    assert session.find_binding(logged_in, user) == binding_of(credential)
    assert session.find_binding(SimpleNamespace(), user) is None
    assert session.find_binding(SimpleNamespace(session=None), user) is None


class TestDjangosOwn:
    """A session in Django's table: one statement moves it, and the request's end need not write it again."""

    @pytest.fixture
    def renewed(self, logged_in):
        credential = session.credential_of(logged_in)
        credential.remember()
        credential.renew()
        return logged_in.session

    def test_it_moves_with_one_statement_and_tells_the_middleware(self, logged_in, django_assert_num_queries):
        logged_in.session = SessionStore(logged_in.session.session_key)
        credential = session.credential_of(logged_in)

        with django_assert_num_queries(1):
            credential.renew()

        assert logged_in.session.modified

    def test_what_has_not_changed_since_is_not_written_again(self, renewed, django_assert_num_queries):
        with django_assert_num_queries(0):
            renewed.save()
            renewed.save()

    def test_what_has_changed_since_is_written_and_so_is_what_changes_back(self, renewed):
        for basket in ("fuller", "full"):
            renewed["basket"] = basket

            renewed.save()

            assert SessionStore(renewed.session_key)["basket"] == basket

    def test_what_changes_within_a_value_is_written(self, logged_in):
        logged_in.session["basket"] = ["apple"]
        session.credential_of(logged_in).renew()
        logged_in.session["basket"].append("pear")

        logged_in.session.save()

        assert SessionStore(logged_in.session.session_key)["basket"] == ["apple", "pear"]

    def test_a_key_that_the_host_draws_after_that_is_written(self, renewed):
        moved = renewed.session_key

        renewed.cycle_key()
        renewed.save()

        assert renewed.session_key != moved
        assert SessionStore(renewed.session_key)["basket"] == "full"
        assert not SessionStore(moved).load()

    def test_a_session_that_is_created_anew_takes_no_others_row(self, renewed):
        with pytest.raises(CreateError):
            renewed.save(must_create=True)

    def test_who_listens_for_saves_of_sessions_is_told_of_the_new_one(self, logged_in):
        told = []

        def tell(instance, **_):
            told.append(instance.pk)

        post_save.connect(tell, sender=Session)
        try:
            session.credential_of(logged_in).renew()
        finally:
            post_save.disconnect(tell, sender=Session)

        assert told == [logged_in.session.session_key]

    def test_elsewhere_a_transaction_moves_it_or_not_at_all(self, logged_in, monkeypatch):
        """As on MariaDB, whose SQL for one statement we do not write."""
        monkeypatch.setattr(session_rows, "_MOVING", {})
        session_rows._moving.cache_clear()
        old_key = logged_in.session.session_key

        session.credential_of(logged_in).renew()

        session_rows._moving.cache_clear()
        assert SessionStore(logged_in.session.session_key)["basket"] == "full"
        assert set(SessionStore(old_key).load()) == {session.RENEWED_KEY, "_session_expiry"}

    def test_elsewhere_one_that_was_ended_stays_ended(self, logged_in, monkeypatch):
        monkeypatch.setattr(session_rows, "_MOVING", {})
        session_rows._moving.cache_clear()
        Session.objects.all().delete()

        session.credential_of(logged_in).renew()

        session_rows._moving.cache_clear()
        assert not Session.objects.exists()


class TestOtherBackEnds:
    """A host keeps its sessions where it likes; each is moved through its own ``save`` and ``create``."""

    @pytest.fixture(params=["cache", "cached_db", "file"])
    def elsewhere(self, request, clock, db, settings, tmp_path):
        settings.SESSION_FILE_PATH = str(tmp_path)
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        store = import_module(f"django.contrib.sessions.backends.{request.param}").SessionStore
        logged_in = RequestFactory().get("/")
        logged_in.session = store()
        logged_in.session.update({SESSION_KEY: "7", "basket": "full"})
        logged_in.session.save()
        return logged_in

    def test_a_new_key_holds_the_data_and_the_old_one_nobody(self, elsewhere):
        store, old_key = type(elsewhere.session), elsewhere.session.session_key
        credential = session.credential_of(elsewhere)
        credential.remember()

        credential.renew()
        elsewhere.session.save()

        assert elsewhere.session.session_key != old_key
        kept = store(elsewhere.session.session_key).load()
        assert (kept["basket"], kept[session.ANCHOR_KEY]) == ("full", credential.identity)
        assert set(store(old_key).load()) == {session.RENEWED_KEY, "_session_expiry"}

    def test_one_that_was_ended_meanwhile_gets_no_new_key(self, elsewhere):
        store, credential = type(elsewhere.session), session.credential_of(elsewhere)
        credential.remember()
        old_key = elsewhere.session.session_key
        store(old_key).delete()

        credential.renew()

        assert SESSION_KEY not in elsewhere.session
        assert not store(old_key).load()

    def test_a_back_end_whose_new_session_starts_empty_gets_the_data_all_the_same(
        self, elsewhere, monkeypatch
    ):
        create = elsewhere.session.create

        def create_empty():
            elsewhere.session._session_cache = {}
            create()

        monkeypatch.setattr(elsewhere.session, "create", create_empty)

        session.credential_of(elsewhere).renew()

        assert elsewhere.session["basket"] == "full"
