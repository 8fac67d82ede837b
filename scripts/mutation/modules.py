"""Change what runs while a module is imported, in a process that has imported it already.

The changed module is executed beside the one that is loaded, and what came out otherwise is moved into it:
constants wherever they were imported, the defaults and the code of functions, the values of classes.
"""

import sys
from enum import EnumMeta
from types import CodeType, FunctionType, ModuleType
from typing import Any

from scripts.mutation.rules import PACKAGE

_OF_A_FUNCTION = ("__code__", "__defaults__", "__kwdefaults__")
_OF_ITSELF = {"__name__", "__file__", "__spec__", "__loader__", "__builtins__", "__cached__", "__doc__"}


def change_module(module: ModuleType, code: CodeType) -> None:
    """Make a loaded module what the code would have made of it.

    Raises ``LookupError`` where that cannot be done.
    """
    namespace = {name: value for name, value in vars(module).items() if name in _OF_ITSELF}
    exec(code, namespace)  # noqa: S102 - our own source, with one change
    for name, new in namespace.items():
        old = vars(module).get(name)
        if name in _OF_ITSELF or old is new:
            continue
        if getattr(new, "__module__", None) == module.__name__ and (function := _function_in(new)):
            _change_function(_function_in(old), function)
            _forget(old)
        elif isinstance(new, type) and new.__module__ == module.__name__:
            _change_class(old, new)
        elif repr(new) != repr(old) and " at 0x" not in repr(new):
            _replace_everywhere(name, old, new)


def _function_in(value: Any) -> Any:
    inner = getattr(value, "__wrapped__", value)
    return inner if isinstance(inner, FunctionType) else None


def _change_function(old: Any, new: FunctionType) -> None:
    for name in _OF_A_FUNCTION:
        setattr(old, name, getattr(new, name))


def _forget(value: Any) -> None:
    if clear := getattr(value, "cache_clear", None):
        clear()


def _change_class(old: Any, new: type) -> None:
    if isinstance(new, EnumMeta):
        if _members_of(old) != _members_of(new):
            raise LookupError(f"the members of {new.__name__} cannot be changed")
        return
    for name, value in list(vars(new).items()):
        if function := _function_in(value):
            _change_function(_function_in(vars(old)[name]), function)
        elif isinstance(value, (int, str, tuple, dict, frozenset, list)) and not name.startswith("__"):
            setattr(old, name, value)


def _members_of(enumeration: Any) -> list[tuple[str, Any]]:
    return [(member.name, member.value) for member in enumeration]


def _replace_everywhere(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        is_ours = module.__name__.partition(".")[0] == PACKAGE
        if is_ours and vars(module).get(name, new) is old:
            setattr(module, name, new)
