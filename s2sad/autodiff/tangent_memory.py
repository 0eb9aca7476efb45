"""Tangents of values and of memory: zeros where there are none, and memory that is shared as the primals share it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import runtime
from ..analysis import effects
from ..analysis.types import UNKNOWN, Arr, ListT, Num, Obj, Type, dtype_of, float_like, is_mutable, shape_of
from ..errors import AmbiguousMemoryError
from ..frontend.lower import type_of
from ..frontend.lowerer import Program
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Op,
    Outlined,
    Phi,
    Ref,
    Region,
    Try,
    Var,
)
from ..rules import registry
from .companions import UNCAUGHT, catches_all
from .tangents import Tangents

OF_ONE_ARRAY = frozenset({"unbroadcast", "broadcast_like", "cast_like"})  # what these return is no list, whatever they are given


class TangentMemory(Tangents):
    """The part of `Forward` that knows memory."""

    facts: dict[Var, tuple[bool, bool, Region | None]]
    dots: dict[Var, Any]
    made: dict[Var, Assign]
    shadows: dict[Region, Region]
    program: Program
    function: Function
    tries: list[Try]

    def copied(self, atom: Var, t: Type, hint: str) -> Var:
        var = Var(hint, t, False, False, Region())
        self.out.stmts.append(Assign(var, Op("copy" if isinstance(t, Arr) else "deepcopy", (atom,))))
        return var

    # --- tangents of atoms ------------------------------------------------------------------------------------------------

    def active(self, atom: Any) -> bool:
        return isinstance(atom, Var) and atom in self.facts and self.facts[atom][0]

    def stored(self, v: Var) -> bool:
        return v in self.facts and self.facts[v][1]

    def dot(self, atom: Any) -> Any:
        """The tangent of an atom; None if it is certainly zero."""
        return self.dots.get(atom) if self.active(atom) else None

    def needed(self, atom: Any) -> Any:
        """The tangent of an atom, zeros if need be."""
        found = self.dot(atom)
        return self.zeros(atom) if found is None else found

    def zeros(self, atom: Any) -> Any:
        """A zero tangent of an atom: memory of its own where the atom is memory."""
        if atom is UNDEF:
            return UNDEF
        if isinstance(atom, Lit):
            return Lit(0.0 if isinstance(atom.value, (int, float, complex)) else None)
        t = type_of(atom)
        if isinstance(t, Num):
            return Lit(0.0)
        if isinstance(t, Obj) and not t.floating:
            return Lit(None)
        if isinstance(t, Arr) and t.dtype is not None and t.dtype.kind in "fc":
            op = Op("call", (atom,), fn=Ref(np.zeros_like, "np.zeros_like", np))
        else:
            op = Op("call", (atom,), fn=helper("zeros_like"))
        return self.emit(op, float_like(t), atom)

    def dot_type(self, t: Type) -> Type:
        """The type of the tangent of a value of type `t`."""
        return float_like(t)

    def type_of(self, atom: Any) -> Type:
        return type_of(atom)

    def link(self, dot: Any, v: Any) -> None:
        """Note that a tangent lives in the memory that shadows the memory of `v`."""
        region = self.facts[v][2] if v in self.facts else None
        if region is None or not isinstance(dot, Var):
            return
        if dot.region is None:
            if not is_mutable(dot.type):
                return
            dot.region = Region()
        if region not in self.shadows:
            self.shadows[region] = Region()
            self.shadows[region].stored = region.stored
        join(dot, self.shadows[region])

    def emit(self, op: Op, t: Type, v: Any, hint: str = "") -> Var:
        """Append an operation whose result is (part of) the tangent of `v`."""
        var = Var(hint or f"{getattr(v, 'hint', 'value')}_dot", t, False)
        if is_mutable(t):
            var.region = Region()
            shared = [a for a in op.atoms() if isinstance(a, Var) and a.region is not None]
            if op.kind in ("getitem", "atom") and shared or isinstance(v, Var) and v.view and op.kind == "call":
                for a in shared:
                    join(a, var.region)
                var.view = True
        self.out.stmts.append(Assign(var, op))
        return var

    def define(self, v: Var, dot: Any) -> None:
        """Make `dot` the tangent of `v`."""
        if isinstance(dot, Var) and dot not in self.facts:
            self.link(dot, v)
            if v.named and not dot.named and not any(d is dot for d in self.dots.values()):
                dot.hint, dot.named = f"{v.hint}_dot", True
        self.dots[v] = dot

    # --- memory -------------------------------------------------------------------------------------------------------------

    def view(self, stmt: Assign) -> Any:
        """The tangent of a view of memory that is stored to is the same view, or the same copy, of the tangent."""
        v, op = stmt.target, stmt.op
        rule = registry.adjoint_rule(op.fn.obj if isinstance(op.fn, Ref) else None)
        name = op.fn.name if isinstance(op.fn, Ref) else op.kind
        if rule is not None and rule.memory != "fresh" and isinstance(type_of(op.args[0]), Num):  # of a number, which is no memory
            own = self.through_rule(stmt)
            return None if own is None else self.emit(Op("call", (v, own), fn=helper("like")), float_like(v.type), v)
        if rule is None or rule.memory == "fresh" or not isinstance(type_of(op.args[0]), Arr) and type_of(op.args[0]) is not UNKNOWN:
            raise AmbiguousMemoryError(
                f"{name} may return a view or a copy, and this memory is stored to", stmt.span, construct="call",
                hint="copy before you store")  # fmt: skip
        if self.dot(op.args[0]) is None:
            return None
        if rule.memory == "view" or effects.contiguous(op.args[0], self.made.get(op.args[0])):
            same = self.shown(stmt, name)
            if isinstance(op.fn, Ref) and not registry.is_linear(op.fn.obj) and registry.tangent_rule(op.fn.obj) is not None:
                join(same, self.dot(op.args[0]).region)
                self.out.stmts.append(self.certain("require_view", (same, self.dot(op.args[0])), stmt))
            return same
        if not isinstance(v.type, Arr) and getattr(rule.functions[0], "__name__", "") not in OF_ONE_ARRAY:  # a list of views and copies, perhaps
            same = self.shown(stmt, name)
            checked = self.certain("views_like", (same, self.dot(op.args[0]), v, op.args[0]), stmt)
            dot = self.emit(checked.op, float_like(v.type), v)
            made = dot.region = Region()
            for a in (same, self.dot(op.args[0])):
                join(a, made)
            dot.view = True
            return dot
        shares = Var("shares", Num(np.dtype(bool)), False)
        test = Op("call", (v, op.args[0]), fn=Ref(np.may_share_memory, "np.may_share_memory", np), data=ir.SAFE)
        outer, view, own = self.out, Block(), Block()
        self.out = view
        same = self.shown(stmt, name)
        view.stmts.append(self.certain("require_view", (same, self.dot(op.args[0])), stmt))
        self.out = own
        other = self.copied(self.shown(stmt, name), float_like(v.type), f"{v.hint}_dot")
        self.out = outer
        made = Region()
        dot = Var(f"{v.hint}_dot", float_like(v.type), False, region=made)
        for a in (same, other):
            join(a, made)
        self.out.stmts += [Assign(shares, test, stmt.span), If(shares, view, own, [Phi(dot, same, other)], stmt.span)]
        return dot

    def shown(self, stmt: Assign, name: str) -> Any:
        """What an operation shows of the tangent of its operand."""
        found = self.through_rule(stmt)
        if found is None:  # NumPy refuses these arguments
            raise AmbiguousMemoryError(
                f"{name} is not known to show the memory of its argument, which is stored to", stmt.span, construct="call",
                hint="copy before you store")  # fmt: skip
        return found

    def certain(self, name: str, args: tuple[Any, ...], stmt: Any) -> Effect:
        """The call of a helper that makes sure of a view; what it raises is no error that the author catches."""
        part = self.function is not self.program.function  # whoever calls it
        around = tries_in(self.program.function.body) if part else self.tries
        if any(catches_all(t) for t in around):
            raise AmbiguousMemoryError(
                "an array in a try block that may be a view or a copy", stmt.span, construct="try statement",
                hint="name the exceptions, or copy the array before you store")  # fmt: skip
        args += (UNCAUGHT,) if around else ()
        return Effect(Op("call", args, fn=helper(name), data=ir.SAFE), stmt.span)

    def fitted(self, dot: Any, stmt: Assign) -> Any:
        """A tangent with the shape and dtype of its primal, and memory of its own where the primal is stored to."""
        dot = self.shaped(dot, stmt)
        alone = not isinstance(dot, Var) or dot.region is None or not dot.region.stored and not self.stored(stmt.target)
        return dot if alone or self.is_fresh(dot) else self.copied(dot, dot.type, f"{stmt.target.hint}_dot")

    def shaped(self, dot: Any, stmt: Assign) -> Any:
        """A tangent with the shape and dtype of its primal."""
        v = stmt.target
        t, given = v.type, type_of(dot)
        if isinstance(t, Num) and isinstance(dot, Var) and not isinstance(given, Num) and not self.is_fresh(dot):
            return self.number(dot, v)
        if isinstance(t, Num):
            return dot
        if not isinstance(t, Arr) and not self.stored(v) and _broadcasts(stmt.op) and self.may_be_smaller(stmt):
            return self.stretched(dot, Op("call", (dot, v), fn=helper("broadcast_like")), float_like(t), v)
        if t is UNKNOWN and not isinstance(given, Arr) and not self.stored(v):
            return dot
        if not isinstance(t, Arr):
            return dot if not self.stored(v) else self.emit(Op("call", (v, dot), fn=helper("like")), float_like(t), v)
        shape, dtype = shape_of(given), dtype_of(given)
        if t.shape is None or shape is None or t.dtype is None or dtype is None:
            if self.stored(v):
                return self.emit(Op("call", (v, dot), fn=helper("like")), float_like(t), v)
            if self.may_be_smaller(stmt):
                return self.stretched(dot, Op("call", (dot, v), fn=helper("broadcast_like")), float_like(t), v)
            return dot
        if shape != t.shape and not self.all_vary(stmt):
            if not shape:
                return self.emit(Op("call", (v, dot), fn=Ref(np.full_like, "np.full_like", np)), float_like(t), v)
            size = self.emit(Op("getattr", (v,), name="shape"), UNKNOWN, v, "shape")
            dot = self.stretched(dot, Op("call", (dot, size), fn=Ref(np.broadcast_to, "np.broadcast_to", np)), Arr(dtype, t.shape), v)
        if dtype != t.dtype and t.dtype.kind in "fc":
            return self.emit(Op("call", (v, dot), fn=helper("like")), t, v)
        return dot

    def stretched(self, dot: Any, op: Op, t: Type, v: Var) -> Var:
        """A tangent in a larger shape, which shows the memory of the smaller one."""
        larger = self.emit(op, t, v)
        if larger.region is not None:
            join(dot, larger.region)
            larger.view = True
        return larger

    def may_be_smaller(self, stmt: Assign) -> bool:
        """Whether what has no tangent may make the result of an operation larger than its tangent.

        The other factor of a product is a factor of the tangent, too.
        """
        if stmt.op.kind in ("mul", "truediv", "pow", "matmul", "getattr") or len(stmt.op.args) < 2:
            return False
        still = [a for a in stmt.op.atoms() if self.dot(a) is None]
        return any(isinstance(a, Var) and (isinstance(type_of(a), (Arr, ListT)) or type_of(a) is UNKNOWN) for a in still) or any(
            isinstance(a, Ref) and a is not stmt.op.fn and isinstance(a.obj, (list, tuple, np.ndarray)) for a in still)  # fmt: skip

    def number(self, dot: Var, v: Var) -> Var:
        """The number in a tangent that may be an array without axes, whose memory a number does not share."""
        if isinstance(dot.type, Arr) and dot.type.shape == ():
            return self.emit(Op("getitem", (dot, Lit(()))), float_like(v.type), v)
        return self.emit(Op("call", (v, dot), fn=helper("like")), float_like(v.type), v)

    def all_vary(self, stmt: Assign) -> bool:
        """Whether all operands that are arrays have tangents, so that these make a result of the shape that the values make."""
        arrays = [a for a in stmt.op.atoms() if not isinstance(a, (Lit, Ref)) and not isinstance(type_of(a), Num)]
        return stmt.op.kind in ("add", "sub", "mul") and all(self.dot(a) is not None for a in arrays)

    def is_fresh(self, atom: Any) -> bool:
        """Whether a tangent was just made, in memory that nothing else reaches."""
        if not isinstance(atom, Var) or any(d is atom for d in self.dots.values()):
            return False
        made = next((s for s in reversed(self.out.stmts) if isinstance(s, Assign) and s.target is atom), None)
        if made is None or atom.view or made.op.kind == "atom":
            return False
        if made.op.kind in ir.ARITHMETIC:
            return True
        shared = {d.region.find() for d in self.dots.values() if isinstance(d, Var) and d.region is not None}
        fresh = made.op.kind == "call" and isinstance(made.op.fn, Ref) and effects.region_of(atom) not in shared
        rule = registry.adjoint_rule(made.op.fn.obj) if fresh else None
        return rule is not None and rule.memory == "fresh"


def tries_in(block: Block, seen: set[Outlined] | None = None) -> list[Try]:
    """The `try` statements with handlers in a block and in the recursive functions that it calls."""
    seen = set() if seen is None else seen
    found = []
    for stmt in ir.walk(block):
        if isinstance(stmt, Try) and stmt.handlers:
            found.append(stmt)
        elif isinstance(stmt, Invoke) and isinstance(stmt.fn, Outlined) and stmt.fn not in seen:
            seen.add(stmt.fn)
            found += tries_in(stmt.fn.body, seen)
    return found


def join(v: Any, region: Region) -> None:
    """Note that a variable may share memory of `region`."""
    if isinstance(v, Var) and v.region is not None:
        region.union(v.region)


def helper(name: str) -> Ref:
    fn = getattr(runtime, name)
    return Ref(fn, name, fn, "s2sad.runtime")


def _broadcasts(op: Op) -> bool:
    """Whether an operation stretches its operands to one shape."""
    if op.kind in ("add", "sub"):
        return True
    rule = registry.adjoint_rule(op.fn.obj) if op.kind == "call" and isinstance(op.fn, Ref) else None
    return rule is not None and rule.elementwise
