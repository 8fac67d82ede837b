"""What runs while a module is imported is changed in a process that has imported it already."""

import sys
from types import ModuleType

import pytest

from scripts.mutation.modules import change_module

SOURCE = """
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

LIMIT = 5

class Kind(StrEnum):
    GOOD = "good"

class Row(NamedTuple):
    name: str
    kind: Kind = Kind.GOOD
    count: int = 0

@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    text: str = field(repr=False)
    number: int = 1

def double(number: int = 2) -> int:
    return number * 2
"""


@pytest.fixture
def module(monkeypatch):
    """A module of the package, and another that has imported from it."""
    loaded = ModuleType("drf_accessflow_mfa.invented")
    user = ModuleType("drf_accessflow_mfa.user")
    for one in (loaded, user):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    exec(SOURCE, vars(loaded))
    for name in ("LIMIT", "Row", "Secret", "double"):
        setattr(user, name, getattr(loaded, name))
    return loaded


def changed(module, old, new):
    assert SOURCE.count(old) == 1
    change_module(module, compile(SOURCE.replace(old, new), "x", "exec"))
    return sys.modules["drf_accessflow_mfa.user"]


def test_a_constant_is_another_wherever_it_was_imported(module):
    user = changed(module, "LIMIT = 5", "LIMIT = 6")

    assert (module.LIMIT, user.LIMIT) == (6, 6)


def test_a_default_of_a_function_is_another(module):
    assert changed(module, "int = 2", "int = 3").double() == 6


def test_a_default_of_a_tuple_and_of_a_dataclass_is_another(module):
    user = changed(module, "count: int = 0", "count: int = 1")
    assert user.Row("a").count == 1

    user = changed(module, "number: int = 1", "number: int = 2")
    assert user.Secret(text="a").number == 2


def test_a_field_that_was_hidden_is_shown(module):
    assert "word" not in repr(module.Secret(text="word"))

    user = changed(module, "repr=False", "repr=True")

    assert "word" in repr(user.Secret(text="word"))


def test_what_is_as_it_was_is_left_alone(module):
    before = dict(vars(module))

    change_module(module, compile(SOURCE, "x", "exec"))

    assert vars(module) == before


def test_members_of_an_enumeration_cannot_be_changed(module):
    with pytest.raises(LookupError):
        changed(module, '"good"', '"XXgood"')
