"""Companions: adjoint memory that is made beside its primal, in the forward sweep.

Mostly the reverse sweep makes the buffer of an array when its first contribution arrives. That needs to know which array
a name stands for. Where paths or iterations merge names of several arrays (`z = x if c else y`), or arrays are kept in
lists and have names of their own, only the run can tell. There every array gets a companion when it is made, and what
happens to references happens to their companions in step: a view of an array is the same view of its companion, a
merge picks the companion of what it picks, a list of arrays has a list of their companions.

    y = 2.0 * x                      y = 2.0 * x
                                     y_bar = np.zeros_like(y)
    z = y if c else x        ->      z = y if c else x
                                     z_bar = y_bar if c else x_bar

The reverse sweep reads and adds to companions; when it comes to where an array was made, all of its adjoint is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .. import runtime
from ..analysis import effects
from ..analysis.types import NO_ITEM, Arr, ListT, Num, Obj, TupleT, float_like, is_mutable
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Carry,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Loop,
    MultiPhi,
    Op,
    Phi,
    Ref,
    Region,
    Store,
    Try,
    Var,
    With,
)
from ..rules import registry


@dataclass(frozen=True)
class Plan:
    """Which memory, by number, gets companions, and which cannot have them.

    With `careful`, so does memory that an operation makes a view or a copy of, as its strides have it; without, emitted
    code expects a view there, and stops with an error if it is none.
    """

    wanted: frozenset[int] = frozenset()
    impossible: frozenset[int] = frozenset()
    careful: bool = False
    check: bool = False

    def after(self, needs: NeedsCompanions) -> Plan:
        """The plan for the next attempt."""
        return replace(self, wanted=self.wanted | {needs.number})

    def without(self, number: int) -> Plan:
        return replace(self, wanted=self.wanted - {number}, impossible=self.impossible | {number})


class NeedsCompanions(Exception):
    """Reverse mode has to start again with companions for the memory of this number."""

    def __init__(self, number: int) -> None:
        self.number = number


class NoCompanions(Exception):
    """Something happens to this memory that companions cannot follow."""


def regions_in_order(function: Function) -> list[Region]:
    """The memory of a program in order of appearance: the same numbers each time it is lowered."""
    found: dict[Region, None] = {}

    def add(v: Any) -> None:
        if isinstance(v, Var) and v.region is not None:
            found.setdefault(v.region.find())

    for p in function.params:
        add(p.var)
    for stmt in ir.walk(function.body):
        for v in (*ir.defs_of(stmt), *ir.inner_defs_of(stmt)):
            add(v)
    return list(found)


class Companions:
    """The companions of all that lives in some regions. `of` has the companion of each variable."""

    def __init__(self, function: Function, regions: set[Region]) -> None:
        self.function = function
        self.regions = regions
        self.of: dict[Var, Any] = {}
        self.shares: dict[Var, Var] = {}  # target of an operation that may copy -> whether it made a view
        self.made: set[int] = set()  # ids of the statements that were inserted: they have no adjoints
        self.displaced: dict[int, Var] = {}  # id of a store to a list -> the companion that was there
        self.shadow_regions: dict[Region, Region] = {r: Region() for r in regions}
        for region in self.shadow_regions.values():
            region.stored = True  # in the reverse sweep: a companion is one object, and not made again
        self.slices = {s.target for s in ir.walk(function.body) if isinstance(s, Assign) and s.op.kind == "slice"}
        self.tries: list[Try] = []  # the `try` statements around, by whose bodies
        for p in function.params:
            if self.has(p.var):
                raise NoCompanions("a parameter")
        self.block(function.body)

    def has(self, atom: Any) -> bool:
        """Whether an atom is memory with a companion."""
        return (
            isinstance(atom, Var) and atom.region is not None and atom.region.find() in self.regions and atom.type.floating
            and is_mutable(atom.type)
        )  # fmt: skip

    def new(self, v: Var) -> Var:
        if not isinstance(v.type, (Arr, ListT)):
            raise NoCompanions(f"{v.hint} is not known to be an array or a list")
        assert v.region is not None
        var = Var(f"{v.hint}_bar", float_like(v.type), False, region=self.shadow_regions[v.region.find()])
        self.of[v] = var
        return var

    def companion(self, atom: Any) -> Any:
        """The companion of an operand; of a number that is kept in a list, its adjoint so far."""
        if atom is UNDEF or isinstance(atom, Lit) and atom.value is None:
            return atom
        if self.has(atom):
            if atom not in self.of:
                raise NoCompanions(f"{atom.hint} is made where it cannot be followed")
            return self.of[atom]
        t = atom.type if isinstance(atom, (Var, Ref)) else None
        if isinstance(atom, Lit) or isinstance(t, Num):
            return Lit(0.0)
        raise NoCompanions("something that is not known is kept")

    # --- statements -----------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        for stmt in list(block.stmts):
            before, after = self.stmt(stmt)
            self.made.update(id(s) for s in (*before, *after))
            i = next(i for i, s in enumerate(block.stmts) if s is stmt)
            block.stmts[i : i + 1] = [*before, stmt, *after]

    def stmt(self, stmt: Any) -> tuple[list[Any], list[Any]]:
        """What to insert before and after a statement."""
        if isinstance(stmt, Assign):
            return [], self.assignment(stmt)
        if isinstance(stmt, Effect):
            return [], self.effect(stmt)
        if isinstance(stmt, Store):
            return self.store(stmt)
        if isinstance(stmt, If):
            self.block(stmt.then)
            self.block(stmt.orelse)
            for p in [p for p in stmt.phis if self.has(p.var)]:
                stmt.phis.append(Phi(self.new(p.var), self.merged(p.then), self.merged(p.orelse)))
        elif isinstance(stmt, Loop):
            self.loop(stmt)
        elif isinstance(stmt, Try):
            for inner in ir.blocks_of(stmt):
                self.tries += [stmt] if inner is stmt.body and stmt.handlers else []
                self.block(inner)
                self.tries = [t for t in self.tries if t is not stmt]
            for m in [m for m in stmt.phis if self.has(m.var)]:
                stmt.phis.append(MultiPhi(self.new(m.var), [self.merged(v) for v in m.values]))
        elif isinstance(stmt, With):
            if self.has(stmt.target):
                raise NoCompanions("a context is memory")
            self.block(stmt.body)
        elif isinstance(stmt, Invoke) and any(self.has(a) for a in stmt.results):
            raise NoCompanions("a recursive function returns it")
        return [], []

    def merged(self, atom: Any) -> Any:
        if atom is not UNDEF and not self.has(atom) and not (isinstance(atom, Lit) and atom.value is None):
            raise NoCompanions("it merges with something else")
        return self.companion(atom)

    def loop(self, stmt: Loop) -> None:
        if self.has(stmt.index):
            raise NoCompanions("it is iterated over as it stands")
        carried = [c for c in stmt.carries if self.has(c.phi) or self.has(c.result)]
        added = []
        for c in carried:
            if not self.has(c.phi) or not self.has(c.result):
                raise NoCompanions("it merges with something else")
            added.append(Carry(self.new(c.phi), self.merged(c.init), None, self.new(c.result)))
        self.block(stmt.test_block)
        self.block(stmt.body)
        for c, new in zip(carried, added):
            new.next = self.merged(c.next)
        stmt.carries += added

    def assignment(self, stmt: Assign) -> list[Any]:
        v, op = stmt.target, stmt.op
        if op.kind == "method" and op.name == "pop" and self.has(op.args[0]):
            taken = Op("method", (self.companion(op.args[0]), *op.args[1:]), name="pop")
            return [Assign(self.new(v), taken, stmt.span)] if self.has(v) else [Effect(taken, stmt.span)]
        if not self.has(v):
            if isinstance(v.type, TupleT) and any(self.has(a) for a in op.atoms()):
                raise NoCompanions("it is kept in a tuple")
            return []
        sources = [a for a in op.atoms() if self.has(a)]
        if isinstance(v.type, ListT):
            made = op.kind == "list" or is_mutable(v.type.elem) or op.kind in ("getitem", "atom") and effects.is_view(op, v)
            return [Assign(self.new(v), self.list_op(op, sources) if made else zeros(v), stmt.span)]
        if not effects.is_view(op, v):
            return [Assign(self.new(v), zeros(v), stmt.span)]
        if len(sources) != 1 or sources[0] is not op.args[0]:
            raise NoCompanions("it may share memory with several arrays")
        base = op.args[0]
        if isinstance(op.fn, Ref) and op.fn.obj is as_strided:
            raise NoCompanions("elements of it may be one element")
        same = ir.substitute_op(op, lambda a: self.companion(a) if a is base else a)
        if self.is_view(op):
            return [Assign(self.new(v), same, stmt.span)]
        orders = {a: Var("order", Obj(str)) for a in op.atoms() if isinstance(a, Lit) and a.value in ORDERS_IN_MEMORY}
        known = [Assign(var, Op("call", (base, a), fn=_helper("layout")), stmt.span) for a, var in orders.items()]
        return [*known, *self.perhaps_view(stmt, ir.substitute_op(same, lambda a: orders.get(a, a)))]

    def is_view(self, op: Op) -> bool:
        """Whether an operation that may share memory certainly does."""
        if op.kind in ("getitem", "atom"):
            return True
        rule = registry.adjoint_rule(op.fn.obj if isinstance(op.fn, Ref) else None)
        if rule is None or not isinstance(op.args[0].type, Arr):
            raise NoCompanions(f"{getattr(op.fn, 'name', op.name or op.kind)} may return a view or a copy")
        return rule.memory == "view"

    def perhaps_view(self, stmt: Assign, same: Op) -> list[Any]:
        """A view of the companion if NumPy made a view, else a companion of its own."""
        v = stmt.target
        shares = Var("shares", Num(np.dtype(bool)), False)
        self.shares[v] = shares
        test = Op("call", (v, stmt.op.args[0]), fn=Ref(np.may_share_memory, "np.may_share_memory", np), data=ir.SAFE)
        companion = self.new(v)
        view, own = (Var(companion.hint, companion.type, False, region=companion.region) for _ in range(2))
        view.view = True
        if any(catches_all(t) for t in self.tries):
            raise NoCompanions("a handler would catch the error that says it is no view")
        checked = (view, same.args[0], UNCAUGHT) if self.tries else (view, same.args[0])
        certain = Effect(Op("call", checked, fn=_helper("require_view"), data=ir.SAFE), stmt.span)
        branch = If(shares, Block([Assign(view, same, stmt.span), certain]), Block([Assign(own, zeros(v), stmt.span)]), [], stmt.span)
        branch.phis.append(Phi(companion, view, own))
        return [Assign(shares, test, stmt.span), branch]

    # --- lists ----------------------------------------------------------------------------------------------------------

    def list_op(self, op: Op, sources: list[Any]) -> Op:
        """The operation that makes the list of companions."""
        if op.kind == "list":
            return Op("list", tuple(self.companion(a) for a in op.args))
        plain = op.kind in ("getitem", "add", "mul", "atom") or op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is list
        if not plain or not sources or any(isinstance(a, Var) and isinstance(a.type, ListT) and not self.has(a) for a in op.atoms()):
            raise NoCompanions("a list is made of it in a way that is not followed")
        return ir.substitute_op(op, lambda a: self.companion(a) if self.has(a) else a)

    def effect(self, stmt: Effect) -> list[Any]:
        op = stmt.op
        base = op.args[0] if op.args else None
        if op.kind == "method" and isinstance(base, Var) and isinstance(base.type, ListT) and self.has(base):
            if op.name != "append":
                raise NoCompanions(f"the method {op.name} of a list")
            return [Effect(Op("method", (self.companion(base), self.companion(op.args[1])), name=op.name), stmt.span)]
        return []

    def store(self, stmt: Store) -> tuple[list[Any], list[Any]]:
        base, value = stmt.base, stmt.value
        if not self.has(base) or not isinstance(base.type, ListT):
            return [], []
        companion = self.companion(base)
        if not is_mutable(base.type.elem):
            if stmt.index not in self.slices:
                return [], []
            fresh = Var(companion.hint, companion.type, False, region=Region())  # all items were replaced: there may be more now
            return [], [Assign(fresh, zeros(base), stmt.span), Store(companion, stmt.index, fresh, None, stmt.span)]
        before, new = [], None
        if self.has(value):
            new = self.companion(value)
        elif isinstance(value, Var) and value.type == ListT(NO_ITEM):  # an empty list
            new = Var(companion.hint, companion.type, False, region=companion.region)
            before.append(Assign(new, Op("list", ()), stmt.span))
        else:
            raise NoCompanions("something else is kept in the list")
        old = Var(new.hint, new.type, False, region=new.region)
        old.view = True
        self.displaced[id(stmt)] = old
        before.append(Assign(old, Op("getitem", (companion, stmt.index)), stmt.span))
        return before, [Store(companion, stmt.index, new, None, stmt.span)]


ORDERS_IN_MEMORY = ("K", "A")  # as arguments of views: which elements come first depends on strides
UNCAUGHT = Ref(BaseException, "BaseException", BaseException, "builtins")


def catches_all(stmt: Try) -> bool:
    """Whether a handler catches every exception."""
    return any(h.type is None or isinstance(h.type, Ref) and h.type.obj is BaseException for h in stmt.handlers)


def zeros(v: Var) -> Op:
    if isinstance(v.type, Arr) and v.type.dtype is not None and v.type.dtype.kind in "fc":
        return Op("call", (v,), fn=Ref(np.zeros_like, "np.zeros_like", np))
    return Op("call", (v,), fn=_helper("zeros_like"))


def _helper(name: str) -> Ref:
    fn = getattr(runtime, name)
    return Ref(fn, name, fn, "s2sad.runtime")


__all__ = ["ORDERS_IN_MEMORY", "Companions", "Plan", "NeedsCompanions", "NoCompanions", "UNCAUGHT", "catches_all", "regions_in_order"]
