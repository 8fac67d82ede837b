"""Mutants that change one operator, constant, condition or statement of a module.

Left alone are what no test should see: annotations, docstrings, decorators,
and texts for people and for the operational log.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.mutation.replacements import replacements_of

_TEXTS = {"_", "gettext", "gettext_lazy", "ngettext", "info", "warning", "error", "exception", "debug"}
_NAMES = {"__all__", "verbose_name", "verbose_name_plural", "logger", "access_log"}
_SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "type_params", "bases", "keywords"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node stands: the outermost function, or the module."""

    scope: str = ""
    """The qualified name of the outermost function; of the class, or empty, outside of one."""
    first_line: int = 0
    """Of the statement that holds the node."""
    last_line: int = 0
    in_function: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One node of a tree, and what may stand in its place."""

    place: Place
    _parent: ast.AST = field(repr=False)
    _field: str = field(repr=False)
    _index: int | None = field(repr=False)
    _old: ast.AST = field(repr=False)
    _new: ast.AST | None = field(repr=False)

    @property
    def says(self) -> str:
        """Return the change on one line."""
        return f"{_text_of(self._old)} -> {_text_of(self._new)}"

    def make(self) -> None:
        """Change the tree that this was found in."""
        if self._index is None:
            setattr(self._parent, self._field, self._new)
            return
        nodes = getattr(self._parent, self._field)
        nodes[self._index : self._index + 1] = [] if self._new is None else [self._new]


def changes_in(tree: ast.Module) -> list[Change]:
    """Return every change of a module, in the order of its source."""
    return list(_walk(tree, Place()))


def mutated_tree(source: str, number: int) -> ast.Module:
    """Return the tree of a source with the change of this number made."""
    tree = ast.parse(source)
    changes_in(tree)[number].make()
    return ast.fix_missing_locations(tree)


def _walk(node: ast.AST, place: Place) -> Iterator[Change]:
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED_FIELDS and not (name == "keywords" and isinstance(node, ast.Call)):
            continue
        children = value if isinstance(value, list) else [value]
        if name == "args" and _is_for_type_checkers(node):
            children = [None, *children[1:]]
        for index, child in enumerate(children):
            if isinstance(child, ast.AST) and not _is_left_alone(node, child):
                inner = _place_of(node, name, child, place)
                at = index if isinstance(value, list) else None
                yield from _changes_of(node, name, at, child, inner)
                yield from _walk(child, inner)


def _changes_of(
    parent: ast.AST, name: str, index: int | None, child: ast.AST, place: Place
) -> Iterator[Change]:
    for new in replacements_of(parent, name, child):
        yield Change(place=place, _parent=parent, _field=name, _index=index, _old=child, _new=new)


def _place_of(parent: ast.AST, name: str, child: ast.AST, place: Place) -> Place:
    """Return where a child stands. Defaults of arguments are made where the function is defined."""
    scope, in_function = place.scope, place.in_function
    if isinstance(parent, ast.ClassDef) and not in_function and name == "body":
        scope = parent.name if scope in ("", parent.name) else scope
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and name == "body" and not in_function:
        scope, in_function = f"{scope}.{parent.name}".lstrip("."), True
    if not isinstance(child, ast.stmt):
        return Place(
            scope=scope, in_function=in_function, first_line=place.first_line, last_line=place.last_line
        )
    last = child.end_lineno or child.lineno
    if isinstance(child, (ast.If, ast.While, ast.For, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)):
        last = max(child.lineno, child.body[0].lineno - 1)
    return Place(scope=scope, in_function=in_function, first_line=child.lineno, last_line=last)


def _is_for_type_checkers(node: ast.AST) -> bool:
    """Tell whether the first argument of a call is."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"cast", "TypeVar"}


def _is_left_alone(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(child, (ast.Import, ast.ImportFrom, ast.JoinedStr)):
        return True
    if isinstance(child, ast.Call):
        called = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
        return called in _TEXTS or (isinstance(parent, ast.Raise) and not child.keywords)
    if isinstance(child, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in _NAMES for target in child.targets)
    if isinstance(child, ast.ClassDef) and child.name == "Meta":
        return True
    return isinstance(child, ast.If) and _text_of(child.test) == "TYPE_CHECKING"


def _text_of(node: ast.AST | None) -> str:
    if node is None:
        return "(nothing)"
    if isinstance(node, (ast.If, ast.While)):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())[:160]
