"""Atoms and operations of the elementary form as Python expressions."""

from __future__ import annotations

import ast
import keyword
import math
from typing import Any

from ..analysis.types import Num
from ..ir.nodes import UNDEF, Lit, Op, Ref, Star, Var
from .bindings import Bindings
from .fold import Folding
from .names import Names

BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv, "mod": ast.Mod,
    "pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "or_": ast.BitOr, "xor": ast.BitXor,
    "lshift": ast.LShift, "rshift": ast.RShift,
}  # fmt: skip
_UNARY: dict[str, type[ast.unaryop]] = {"neg": ast.USub, "pos": ast.UAdd, "invert": ast.Invert, "not_": ast.Not}
_COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt, "le": ast.LtE, "eq": ast.Eq, "ne": ast.NotEq, "gt": ast.Gt, "ge": ast.GtE, "is_": ast.Is,
    "is_not": ast.IsNot, "in_": ast.In, "not_in": ast.NotIn,
}  # fmt: skip
_NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_OPPOSITE = {"eq": "ne", "ne": "eq", "is_": "is_not", "is_not": "is_", "in_": "not_in", "not_in": "in_"}


class Operations:
    """The part of the emitter that knows expressions."""

    folding: Folding
    names: Names
    bindings: Bindings

    def atom(self, a: Any) -> ast.expr:
        if isinstance(a, Star):
            return ast.Starred(self.atom(a.atom), ast.Load())
        if isinstance(a, Var):
            op = self.folding.ops.get(a)
            if op is not None:
                outer, self.in_index = self.in_index, self.in_index and op.kind in ("slice", "tuple")
                node = self.op(op)
                self.in_index = outer
                return node
            return ast.Name(self.names[a], ast.Load())
        if isinstance(a, Lit):
            return constant(a.value)
        if isinstance(a, Ref):
            return builtin(a.name) if a.module == "builtins" and a.name.isidentifier() else dotted(self.bindings.name_of(a))
        if a is UNDEF:
            return ast.Constant(None)
        raise TypeError(f"not an atom: {a!r}")

    in_index = False

    def index(self, a: Any) -> ast.expr:
        """The expression between brackets: the only place where slices may be written with colons."""
        self.in_index, outer = True, self.in_index
        node = self.atom(a)
        self.in_index = outer
        if isinstance(node, ast.Tuple) and not node.elts:
            return node
        return node

    def negate(self, a: Any) -> ast.expr:
        node = self.atom(a)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return node.operand
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for kind, opposite in _OPPOSITE.items():
                if isinstance(node.ops[0], _COMPARE[kind]):
                    if kind in ("eq", "ne") and not _scalar_compare(self.folding.ops.get(a)):
                        break
                    return ast.Compare(node.left, [_COMPARE[opposite]()], node.comparators)
        return ast.UnaryOp(ast.Not(), node)

    def op(self, op: Op) -> ast.expr:
        kind = op.kind
        args = op.args
        if kind in BINARY:
            left, right = self.atom(args[0]), self.atom(args[1])
            if kind == "add" and (positive := without_sign(right)) is not None:
                return ast.BinOp(left, ast.Sub(), positive)
            two = kind == "mul" and isinstance(left, ast.Constant) and isinstance(left.value, float) and left.value == 2.0
            if two and isinstance(args[1], Var) and args[1].type.floating:
                return _scaled(left, right)  # exact wherever the factor stands
            return ast.BinOp(left, BINARY[kind](), right)
        if kind in _UNARY:
            if kind == "neg":
                return _negative(self.atom(args[0]))
            return self.negate(args[0]) if kind == "not_" else ast.UnaryOp(_UNARY[kind](), self.atom(args[0]))
        if kind in _COMPARE:
            return ast.Compare(self.atom(args[0]), [_COMPARE[kind]()], [self.atom(args[1])])
        method = getattr(self, "op_" + kind)
        node: ast.expr = method(op)
        return node

    def op_atom(self, op: Op) -> ast.expr:
        return self.atom(op.args[0])

    def op_copy(self, op: Op) -> ast.expr:
        return ast.Call(ast.Attribute(self.atom(op.args[0]), "copy", ast.Load()), [], [])

    def op_deepcopy(self, op: Op) -> ast.expr:
        import copy

        return ast.Call(dotted(self.bindings.name_of(Ref(copy.deepcopy, "deepcopy", copy.deepcopy, "copy"))), [self.atom(op.args[0])], [])

    def op_unpack(self, op: Op) -> ast.expr:
        return ast.Call(builtin("tuple"), [self.atom(op.args[0])], [])

    def op_getitem(self, op: Op) -> ast.expr:
        return ast.Subscript(self.atom(op.args[0]), self.index(op.args[1]), ast.Load())

    def op_getattr(self, op: Op) -> ast.expr:
        return ast.Attribute(self.atom(op.args[0]), op.name, ast.Load())

    def op_tuple(self, op: Op) -> ast.expr:
        return ast.Tuple([self.atom(a) for a in op.args], ast.Load())

    def op_list(self, op: Op) -> ast.expr:
        return ast.List([self.atom(a) for a in op.args], ast.Load())

    def op_set(self, op: Op) -> ast.expr:
        return ast.Set([self.atom(a) for a in op.args])

    def op_dict(self, op: Op) -> ast.expr:
        return ast.Dict([self.atom(a) for a in op.args[::2]], [self.atom(a) for a in op.args[1::2]])

    def op_slice(self, op: Op) -> ast.expr:
        parts = [None if isinstance(a, Lit) and a.value is None else self.atom(a) for a in op.args]
        if self.in_index:
            return ast.Slice(*parts)
        return ast.Call(builtin("slice"), [ast.Constant(None) if p is None else p for p in parts], [])

    def op_fstring(self, op: Op) -> ast.expr:
        values: list[ast.expr] = []
        for a, f in zip(op.args, op.data):
            if f is None:
                values.append(ast.Constant(a.value))
            else:
                conversion, spec = f
                format_spec = ast.JoinedStr([ast.Constant(spec)]) if spec else None
                values.append(ast.FormattedValue(self.atom(a), conversion, format_spec))
        return ast.JoinedStr(values)

    def op_ifexp(self, op: Op) -> ast.expr:
        test, then, orelse = op.args
        if isinstance(orelse, Lit) and orelse.value is False or orelse is test:
            return _boolop(ast.And, self.atom(test), self.atom(then))
        if isinstance(then, Lit) and then.value is True or then is test:
            return _boolop(ast.Or, self.atom(test), self.atom(orelse))
        return ast.IfExp(self.atom(test), self.atom(then), self.atom(orelse))

    def op_method(self, op: Op) -> ast.expr:
        base, *args = op.args
        return ast.Call(ast.Attribute(self.atom(base), op.name, ast.Load()), [self.atom(a) for a in args], self.keywords(op))

    def op_call(self, op: Op) -> ast.expr:
        if op.name and op.args:  # the author wrote a method or attribute of an array
            base = ast.Attribute(self.atom(op.args[0]), op.name, ast.Load())
            if op.name in ("T", "real", "imag"):
                return base
            args = [self.atom(a) for a in op.args[1:]]
            if len(args) == 1 and isinstance(args[0], ast.Tuple) and args[0].elts and op.name in ("reshape", "transpose"):
                args = args[0].elts
            return ast.Call(base, args, self.keywords(op))
        args = [self.atom(a) for a in op.args]
        if isinstance(op.fn, Ref) and op.fn.obj is range and len(args) == 3:
            if isinstance(op.args[2], Lit) and op.args[2].value == 1:
                args = args[:2]
                if isinstance(op.args[0], Lit) and op.args[0].value == 0:
                    args = args[1:]
        return ast.Call(self.atom(op.fn), args, self.keywords(op))

    def keywords(self, op: Op) -> list[ast.keyword]:
        return [ast.keyword(k, self.atom(v)) for k, v in op.kwargs]


def _scaled(factor: ast.expr, node: ast.expr) -> ast.expr:
    """`2.0 * a * b` for 2.0 times `a * b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_scaled(factor, node.left), node.op, node.right)
    return ast.BinOp(factor, ast.Mult(), node)


def _negative(node: ast.expr) -> ast.expr:
    """`-a * b` for the negative of `a * b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_negative(node.left), node.op, node.right)
    return ast.UnaryOp(ast.USub(), node)


def without_sign(node: ast.expr) -> ast.expr | None:
    """`a * b` for `-a * b`; None if there is no sign in front."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        left = without_sign(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None


def call(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(builtin(name), list(args), [])


def _boolop(cls: Any, left: ast.expr, right: ast.expr) -> ast.expr:
    values = []
    for v in (left, right):
        values += v.values if isinstance(v, ast.BoolOp) and isinstance(v.op, cls) and v is left else [v]
    return ast.BoolOp(cls(), values)


def _scalar_compare(op: Op | None) -> bool:
    from ..analysis.types import Obj
    from ..frontend.lower import type_of

    return op is not None and all(isinstance(type_of(a), (Num, Obj)) for a in op.args)


class Builtin(ast.Name):
    """The name of a builtin, which a parameter or variable of the author's may hide."""


def builtin(name: str) -> ast.expr:
    return Builtin(name, ast.Load())


def alike(a: Any, b: Any) -> bool:
    """Whether two expressions are the same, be they read or stored to."""
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(alike, a, b))
    if not isinstance(a, ast.AST):
        return type(a) is type(b) and bool(a == b)
    return type(a) is type(b) and all(alike(getattr(a, f, None), getattr(b, f, None)) for f in a._fields if f != "ctx")


class Unhide(ast.NodeTransformer):
    """Write builtins that the author's names hide as attributes of the module `builtins`."""

    def __init__(self, hidden: set[str]) -> None:
        self.hidden = hidden
        self.used = False

    def visit_Builtin(self, node: Builtin) -> ast.expr:
        if node.id not in self.hidden:
            return ast.Name(node.id, ast.Load())
        self.used = True
        return ast.Attribute(ast.Name("builtins", ast.Load()), node.id, ast.Load())


def dotted(name: str) -> ast.expr:
    if name.isidentifier() and not keyword.iskeyword(name):
        return ast.Name(name, ast.Load())
    return ast.parse(name, mode="eval").body


def constant(value: Any) -> ast.expr:
    if isinstance(value, tuple):
        return ast.Tuple([constant(v) for v in value], ast.Load())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if isinstance(value, float) and not math.isfinite(value):
            text = "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
            return ast.Call(builtin("float"), [ast.Constant(text)], [])
        if value < 0 or (value == 0 and math.copysign(1, value) < 0):
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)
