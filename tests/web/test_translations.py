"""German, Spanish and French are complete, and what is committed is what is used."""

import re

import polib
import pytest
from django.test import Client
from django.utils import translation

from tests.support.texts import CATALOGS, find_texts

EVERY_CATALOG = pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
PLACEHOLDER = re.compile(r"%\(\w+\)s|</?\w+>")


def test_there_is_a_catalog_for_each_language():
    assert [path.parts[-3] for path in CATALOGS] == ["de", "es", "fr"]


@EVERY_CATALOG
def test_every_text_is_translated(path):
    catalog = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))}

    missing = [
        text.text
        for text in find_texts()
        if (text.context, text.text) not in catalog or not catalog[text.context, text.text].translated()
    ]

    assert missing == [], "run make messages, and translate what it adds"


@EVERY_CATALOG
def test_no_other_app_of_the_example_translates_our_words_in_its_own_way(path):
    entries = [entry for entry in polib.pofile(str(path)) if not entry.msgid_plural]

    with translation.override(path.parts[-3]):
        said = {
            entry.msgid: translation.pgettext(entry.msgctxt, entry.msgid)
            if entry.msgctxt
            else translation.gettext(entry.msgid)
            for entry in entries
        }

    assert said == {entry.msgid: entry.msgstr for entry in entries}, "a context makes a word ours"


@EVERY_CATALOG
def test_a_translation_keeps_the_placeholders(path):
    for entry in polib.pofile(str(path)):
        for said in (entry.msgstr, *entry.msgstr_plural.values()):
            if said:
                assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(entry.msgid)), said


@EVERY_CATALOG
def test_the_compiled_catalog_is_the_one_that_is_read(path):
    written = polib.pofile(str(path))
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    def said(entries):
        return {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in entries}

    assert said(compiled) == said(written.translated_entries())


@pytest.mark.parametrize(("wanted", "spoken"), [("de", "de"), ("ar", "en"), ("en", "en"), ("xx", "en")])
def test_our_texts_say_in_which_language_they_are(nina, refunds, wanted, spoken):
    client = Client(headers={"accept-language": wanted})
    client.force_login(nina.user)

    page = client.get("/account/security/").content.decode()

    assert f'<div class="afm" lang="{spoken}"' in page
    assert f'<div class="afm-banner" lang="{spoken}"' in page
    assert f'<mfa-dialog lang="{spoken}"' in page
