"""The tool that changes operators: what it changes, what it leaves alone, and that a fork runs it."""

import ast

import pytest

from drf_accessflow_mfa.services.require import slugs_of
from scripts.mutation import uncached
from scripts.mutation.known import known
from scripts.mutation.operators import changes_in, mutated_tree
from scripts.mutation.rules import ROOT


def says(source):
    return [change.says for change in changes_in(ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a, b):\n    return a < b", ["return a < b -> return None", "a < b -> a <= b"]),
        ("def f(a):\n    x = not a", ["not a -> a"]),
        ("def f(a, b):\n    x = a and b", ["a and b -> a or b", "a and b -> b", "a and b -> a"]),
        ("def f(a, b):\n    x = a - b", ["a - b -> a + b"]),
        ("def f(a):\n    return True", ["True -> False"]),
        ("def f(rows):\n    x = rows.filter(a=b, c=d)", ["a=b -> (nothing)", "c=d -> (nothing)"]),
        ("def f(a):\n    if a:\n        raise E", ["a -> not a", "raise E -> pass"]),
        ("def f(a):\n    a.b = c", ["a.b = c -> pass"]),
        ("LIMIT = 5", ["5 -> 6"]),
        ('def f():\n    logger.info("a text")', ["logger.info('a text') -> pass"]),
    ],
)
def test_an_operator_is_changed(source, expected):
    assert says(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A text."""',
        "from a import b",
        "x: int | None",
        "def f(a: int = a) -> bool: pass",
        "@dataclass(frozen=True)\nclass A: pass",
        "if TYPE_CHECKING:\n    x = 1",
        'name = _("A label")',
        'name = cast("str", label)',
    ],
)
def test_what_no_test_should_see_is_left_alone(source):
    assert says(source) == []


def test_a_change_is_made_once_and_compiles():
    source = "def f(a, b):\n    return a < b or a > 5"

    made = [ast.unparse(mutated_tree(source, number)) for number in range(len(says(source)))]

    assert len(set(made)) == len(made) == 7
    assert ast.unparse(ast.parse(source)) not in made
    for text in made:
        compile(text, "x", "exec")


def test_a_change_knows_its_function_and_its_lines():
    source = "class A:\n  def f(self):\n    def g():\n      return (1 +\n          2)\n    return g"

    places = {change.says: change.place for change in changes_in(ast.parse(source))}

    place = places["1 + 2 -> 1 - 2"]
    assert (place.scope, place.first_line, place.last_line, place.in_function) == ("A.f", 4, 5, True)


def test_each_mutant_that_lives_for_a_reason_is_still_one():
    for file, scope, change in known():
        changes = changes_in(ast.parse((ROOT / file).read_text()))
        assert (scope, change) in {(one.place.scope or "(module)", one.says) for one in changes}, change


def test_what_the_package_has_computed_once_is_forgotten_before_a_test_is_measured():
    slugs_of(("refunds",))
    assert slugs_of.cache_info().currsize

    uncached.pytest_runtest_setup()

    assert not slugs_of.cache_info().currsize
