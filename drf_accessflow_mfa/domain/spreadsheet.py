"""Texts that a spreadsheet must not take for formulas (CWE-1236)."""

_DANGEROUS = frozenset("=+-@\t\r\n\0'＝＋－＠")  # noqa: RUF001 - their full-width forms count too


def safe_cell(text: str) -> str:
    """Return a text that every spreadsheet shows as text.

    A leading apostrophe marks what would start a formula; a text that starts
    with one gets another, so that taking one off gives the text back.
    """
    return f"'{text}" if text and text.lstrip(" ")[:1] in _DANGEROUS else text
