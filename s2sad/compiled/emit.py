"""Compiled functions as text."""

from __future__ import annotations

import ast
import inspect
import math
from typing import Any

import numpy as np

from ..analysis.types import Arr
from ..backend.bindings import Bindings
from ..backend.emit import Emitter
from ..backend.names import Names
from ..backend.operations import BINARY, builtin, call
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Function, Lit, Range, Ref, Var
from . import checked, linear
from .nodes import Advance, Count, Grow, Kernel, Start
from .numba import njit, prange


class KernelNames(Names):
    """Names of variables of which each is either an array or a number."""

    def _clash(self, a: Var, b: Var) -> bool:
        return isinstance(a.type, Arr) is not isinstance(b.type, Arr) or super()._clash(a, b)


class KernelEmitter(Emitter):
    """Prints one compiled function."""

    naming = KernelNames

    def __init__(self, kernel: Kernel, bindings: Bindings) -> None:
        self.kernel = kernel
        self.counts: dict[Var, str] = {}
        if kernel.independent:
            parallel = prange()
            self.prange = Ref(parallel, "prange", parallel, "numba")
            bindings.name_of(self.prange)
        super().__init__(kernel.function, bindings)
        for s in ir.walk(kernel.function.body):
            for p in s.phis if isinstance(s, ir.If) else ():  # None would be of another type, and nobody reads it
                p.then, p.orelse = (_zero(p.var) if isinstance(a, Lit) and a.value is None else a for a in (p.then, p.orelse))
            for c in s.carries if isinstance(s, ir.Loop) else ():
                c.init = _zero(c.phi) if isinstance(c.init, Lit) and c.init.value is None else c.init

    def definition(self) -> ast.FunctionDef:
        node = super().definition()
        node.decorator_list = [self.decorator()]
        return node

    def decorator(self) -> ast.expr:
        name = self.bindings.name_of(Ref(njit, "njit", njit, "numba"))
        options: dict[str, Any] = {"error_model": self.kernel.error_model}
        options["parallel"] = bool(self.kernel.independent)
        given = [ast.keyword(k, ast.Constant(v)) for k, v in options.items() if v and v != "python"]
        node: ast.expr = ast.Name(name, ast.Load())
        return ast.Call(node, [], given) if given else node

    # --- tapes -----------------------------------------------------------------------------------------------------------

    def atom(self, a: Any) -> ast.expr:
        return ast.Name(self.count(a.tape), ast.Load()) if isinstance(a, Count) else super().atom(a)

    def count(self, tape: Var) -> str:
        """The name of the number of entries on a tape."""
        if tape not in self.counts:
            taken = {*self.names.names.values(), *self.bindings.names, *self.counts.values()}
            name, k = f"{self.names[tape]}_size", 1
            while name in taken:
                k += 1
                name = f"{self.names[tape]}_size_{k}"
            self.counts[tape] = name
        return self.counts[tape]

    def stmt_Advance(self, stmt: Advance) -> list[ast.stmt]:
        op = ast.Add() if stmt.step > 0 else ast.Sub()
        return [ast.AugAssign(ast.Name(self.count(stmt.tape), ast.Store()), op, ast.Constant(abs(stmt.step)))]

    def stmt_Grow(self, stmt: Grow) -> list[ast.stmt]:
        size = ast.Name(self.count(stmt.tape), ast.Load())
        numpy = ast.Name(self.bindings.name_of(_NUMPY), ast.Load())

        def twice(tape: Var) -> ast.stmt:
            name = self.atom(tape)
            return self.assign(tape, ast.Call(ast.Attribute(numpy, "concatenate", ast.Load()), [ast.Tuple([name, name], ast.Load())], []))

        full = ast.Compare(size, [ast.Eq()], [call("len", self.atom(stmt.tape))])
        return [ast.If(full, [twice(t) for t in (stmt.tape, *stmt.others)], [])]

    def with_room(self, nodes: list[ast.stmt], grow: Grow) -> None:
        """Let a loop that makes room now and then be one around another, which runs while there is room.

        Arrays that a loop replaces cost far more in it than those that it only writes to.
        """
        loop = next((s for s in nodes if isinstance(s, ast.While)), None)
        if loop is None or isinstance(loop.test, ast.Constant) or _breaks(loop.body):
            return
        room = ast.Compare(ast.Name(self.count(grow.tape), ast.Load()), [ast.Lt()], [call("len", self.atom(grow.tape))])
        tests = loop.test.values if isinstance(loop.test, ast.BoolOp) and isinstance(loop.test.op, ast.And) else [loop.test]
        loop.body[1:] = [ast.While(ast.BoolOp(ast.And(), [*tests, room]), loop.body[1:] or [ast.Pass()], [])]

    def stmt_Start(self, stmt: Start) -> list[ast.stmt]:
        value = call("len", self.atom(stmt.tape)) if stmt.value is None else self.atom(stmt.value)
        return [ast.Assign([ast.Name(self.count(stmt.tape), ast.Store())], value, lineno=0)]

    # --- what the compiler wants to be written in its own way ------------------------------------------------------------

    def range(self, r: Range) -> ast.expr:
        if not r.reverse:
            return super().range(r)
        assert isinstance(r.step, Lit)
        start, stop, step = self.atom(r.start), self.atom(r.stop), r.step.value
        if step == 1:
            last: ast.expr = _minus(stop, 1)
            before = _minus(start, 1)
        else:  # the last index is a multiple of the step away from the first
            sign = 1 if step > 0 else -1
            near = _minus(stop, sign)
            gap = ast.BinOp(near, ast.Sub(), start) if step > 0 else ast.BinOp(start, ast.Sub(), near)
            rest = ast.BinOp(gap, ast.Mod(), ast.Constant(abs(step)))
            last = ast.BinOp(near, ast.Sub() if step > 0 else ast.Add(), rest) if abs(step) > 1 else near
            before = _minus(start, sign)
        if step == -1:
            return ast.Call(builtin("range"), [before] if _integer(last) == 0 else [last, before], [])
        back = ast.UnaryOp(ast.USub(), ast.Constant(step)) if step > 0 else ast.Constant(-step)
        return ast.Call(builtin("range"), [last, before, back], [])

    def stmt_Loop(self, stmt: Any) -> list[ast.stmt]:
        nodes = super().stmt_Loop(stmt)
        if id(stmt) in self.kernel.independent:
            for n in nodes:
                if isinstance(n, ast.For) and isinstance(n.iter, ast.Call):
                    n.iter.func = ast.Name(self.bindings.name_of(self.prange), ast.Load())
        if stmt.body.stmts and isinstance(stmt.body.stmts[0], Grow):
            self.with_room(nodes, stmt.body.stmts[0])
        return nodes


def _zero(v: Var) -> Lit:
    kind: Any = v.type
    return Lit(kind.dtype.type(0).item())


def _minus(node: ast.expr, k: int) -> ast.expr:
    """`node - k`, worked out for constants."""
    value = _integer(node)
    if value is not None:
        return _number(value - k)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) and (right := _integer(node.right)) is not None:
        total = (right if isinstance(node.op, ast.Add) else -right) - k
        if total == 0:
            return node.left
        return ast.BinOp(node.left, ast.Add() if total > 0 else ast.Sub(), _number(abs(total)))
    return ast.BinOp(node, ast.Sub() if k > 0 else ast.Add(), _number(abs(k)))


def _integer(node: ast.expr) -> int | None:
    """The integer that an expression is; None for another expression."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _integer(node.operand)
        return None if value is None else -value
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _number(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def helpers(functions: list[Function], bindings: Bindings) -> list[ast.stmt]:
    """The definitions of the functions of ours that functions call, compiled as they are."""
    numbers: dict[str, Any] = {}
    matrices: set[str] = set()
    for f in functions:
        for s in ir.walk(f.body):
            fn = s.op.fn if isinstance(s, (Assign, Effect)) else None
            module = getattr(fn.obj, "__module__", "") if isinstance(fn, Ref) else ""
            if module == checked.__name__:
                numbers[fn.name] = fn.obj  # type: ignore[union-attr]
            elif module == linear.__name__:
                matrices.add(fn.name)  # type: ignore[union-attr]
    out = [_definition(numbers[name], {}, bindings) for name in sorted(numbers)]
    return out + [_definition(f, {"error_model": "numpy"}, bindings) for f in linear.needed(matrices).values()]


def _definition(function: Any, options: dict[str, Any], bindings: Bindings) -> ast.stmt:
    node = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(node, ast.FunctionDef)
    decorator: ast.expr = ast.Name(bindings.name_of(Ref(njit, "njit", njit, "numba")), ast.Load())
    if options:
        decorator = ast.Call(decorator, [], [ast.keyword(k, ast.Constant(v)) for k, v in options.items()])
    node.decorator_list = [decorator]
    for name, module in (("math", math), ("np", np)):
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node)):
            bindings.name_of(Ref(module, name, module))
    return node


def _breaks(body: list[ast.stmt]) -> bool:
    """Whether a loop with this body may be left by `break`."""
    nested = [inner for s in body if not isinstance(s, (ast.For, ast.While)) for inner in ast.iter_child_nodes(s) if isinstance(inner, ast.stmt)]
    return any(isinstance(s, ast.Break) for s in body) or bool(nested) and _breaks(nested)


_NUMPY = Ref(np, "np", np)
__all__ = ["BINARY", "KernelEmitter", "helpers"]
