"""The texts of the package that are translated, found in its sources without gettext's programs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2] / "drf_accessflow_mfa"
CATALOGS = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/django.po"))

_LITERAL = r"""(u'(?:[^'\\]|\\.)*'|u"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(n?)(p?)gettext\({_LITERAL}(?:, {_LITERAL})?(?:, {_LITERAL})?(?:, ?count)?\)")
_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Text:
    """One text, as a catalog keeps it."""

    text: str
    plural: str = ""
    context: str | None = None

    def as_entry(self) -> polib.POEntry:
        """Return it as an entry without a translation."""
        more = {"msgid_plural": self.plural, "msgstr_plural": {0: "", 1: ""}} if self.plural else {}
        flags = ["python-format"] if "%(" in self.text else []
        return polib.POEntry(msgid=self.text, msgctxt=self.context, flags=flags, **more)


def find_texts() -> list[Text]:
    """Return every text of Python code and templates, once, in the order of files."""
    found = dict.fromkeys(
        text for path in sorted(PACKAGE.rglob("*.py")) for text in _in_code(path.read_text())
    )
    for path in sorted((PACKAGE / "templates").rglob("*")):
        if path.is_file():
            found.update(dict.fromkeys(_in_template(path.read_text())))
    return list(found)


def _in_template(source: str) -> Iterator[Text]:
    # Django turns a template into what xgettext reads: calls between filler.
    for _, has_context, *literals in _CALL.findall(templatize(source)):
        words = [ast.literal_eval(literal) for literal in literals if literal]
        context = words.pop(0) if has_context else None
        yield Text(text=words[0], plural="".join(words[1:]), context=context)


def _in_code(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            words = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            if name in _PLURAL and len(words) >= 2:
                yield Text(text=words[0], plural=words[1])
            elif name in _CONTEXT and len(words) == 2:
                yield Text(text=words[1], context=words[0])
            elif name in _PLAIN and words:
                yield Text(text=words[0])
