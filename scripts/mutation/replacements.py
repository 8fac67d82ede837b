"""The standard operators of mutation: what may stand in the place of a node."""

import ast
from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.BitAnd: ast.BitOr,
}
_TWINS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_NARROWING = {"filter", "exclude", "update", "get", "Q"}


def replacements_of(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST | None]:
    """Yield what may stand in the place of a node; ``None``: nothing at all."""
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
        if name == "test" and not isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
            yield ast.UnaryOp(op=ast.Not(), operand=node)
        if name == "ifs":
            yield None
    elif isinstance(node, ast.stmt):
        yield from _of_statement(parent, node)
    elif isinstance(node, ast.keyword):
        if isinstance(parent, ast.Call) and node.arg is not None and _name_of(parent.func) in _NARROWING:
            yield None
    elif isinstance(node, ast.ExceptHandler) and not isinstance(node.body[0], ast.Raise):
        yield ast.ExceptHandler(type=node.type, name=node.name, body=[ast.Raise()])


def _of_expression(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            ops = [*node.ops[:index], _COMPARISONS[type(operator)](), *node.ops[index + 1 :]]
            yield ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)
        for index in range(len(node.values)):
            left = [*node.values[:index], *node.values[index + 1 :]]
            yield ast.BoolOp(op=node.op, values=left) if len(left) > 1 else left[0]
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield ast.BinOp(left=node.left, op=_ARITHMETIC[type(node.op)](), right=node.right)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TWINS:
        twin = ast.Name(id=_TWINS[node.func.id], ctx=ast.Load())
        yield ast.Call(func=twin, args=node.args, keywords=node.keywords)


def _of_constant(value: object) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int):
        yield ast.Constant(value=value + 1)
    elif isinstance(value, str) and value:
        yield ast.Constant(value=f"XX{value}")
    elif isinstance(value, bytes) and value:
        yield ast.Constant(value=b"XX" + value)


def _of_statement(parent: ast.AST, node: ast.stmt) -> Iterator[ast.stmt]:
    if _is_droppable(node):
        yield ast.Pass()
    elif isinstance(node, ast.Return):
        if node.value is not None and not _is_plain(node.value):
            yield ast.Return(value=ast.Constant(value=None))
        if not isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.Pass()


def _is_droppable(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, (ast.Call, ast.YieldFrom))
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], (ast.Attribute, ast.Subscript))
    return isinstance(node, (ast.AugAssign, ast.Raise, ast.Continue, ast.Delete))


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
