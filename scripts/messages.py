"""Bring the catalogs up to date with the texts of the package, and compile them.

A new text comes out empty, one that is gone goes; translate with any editor of
.po files and run this again. Needs gettext's programs no more than the tests do.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.texts import CATALOGS, find_texts  # noqa: E402


def main() -> None:
    """Update and compile every catalog."""
    texts = find_texts()
    for path in CATALOGS:
        catalog = polib.pofile(str(path), wrapwidth=100)
        known = {(entry.msgctxt, entry.msgid): entry for entry in catalog}
        catalog[:] = [known.get((text.context, text.text)) or text.as_entry() for text in texts]
        catalog.save()
        catalog.save_as_mofile(str(path.with_suffix(".mo")))
        print(f"{path.relative_to(ROOT)}: {len(catalog.untranslated_entries())} to translate")  # noqa: T201


if __name__ == "__main__":
    main()
