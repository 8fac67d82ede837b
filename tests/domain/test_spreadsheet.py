"""No cell of an export is a formula."""

# ruff: noqa: RUF001

import pytest

from drf_accessflow_mfa.domain.spreadsheet import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "  @x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
    ],
)
def test_what_a_spreadsheet_could_run_is_marked_as_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", " ", "refunds", "a=b", "2026-06-01T12:00:00+00:00", '{"a": 1}', "192.0.2.1"]
)
def test_other_texts_stay_as_they_are(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["=1", "'quoted", "''", "plain"])
def test_taking_one_apostrophe_off_gives_the_text_back(text):
    cell = safe_cell(text)

    assert (cell[1:] if cell.startswith("'") else cell) == text
