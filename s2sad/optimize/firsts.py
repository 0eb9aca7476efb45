"""The first addition to an element of an array of zeros stores it.

    z_bar = np.zeros_like(z)                 z_bar = np.zeros_like(z)
    z_bar[:, :m] += p                 ->     z_bar[:, :m] = p
    z_bar[:, m:] += q                        z_bar[:, m:] = q

and so in a loop that adds to each element once. Only the sign of a zero may become another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.affine import affine, components, smallest, takes_one_axis
from ..analysis.nests import Indices
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Loop, Op, Ref, Store, Var
from ..ir.uses import all_blocks, reverse_sweep


def store_first(function: Function) -> Function:
    """Store where nothing but zeros was before; changed in place."""
    facts = Indices(function)
    sweep = {id(s) for s in ir.walk(reverse_sweep(function))}
    for block in all_blocks(function):
        for i, stmt in enumerate(block.stmts):
            if isinstance(stmt, Assign) and _zeros(stmt.op) and isinstance(stmt.target.type, Arr) and id(stmt) in sweep:
                _Zeros(stmt.target, facts).follow(block.stmts[i + 1 :])
    return function


def _zeros(op: Op) -> bool:
    return op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj in (np.zeros_like, np.zeros)


def _loops(stmt: Any, store: Any) -> list[Loop]:
    """The loops around a store within a statement."""
    return [s for s in ir.within(stmt) if isinstance(s, Loop) and any(x is store for x in ir.within(s))]


class _Zeros:
    """What is stored to one new array of zeros, one statement after the other."""

    def __init__(self, array: Var, facts: Indices) -> None:
        self.array = array
        self.region = effects.region_of(array)
        self.facts = facts
        self.stored: list[Any] = []  # the indices

    def follow(self, stmts: list[Any]) -> None:
        """Until something else is done with the array than to add to parts of it."""
        for stmt in stmts:
            touching = [s for s in ir.within(stmt) if self.touches(s)]
            if not touching:
                continue
            store = touching[0]
            if len(touching) > 1 or not self.adds(store) or store is not stmt and self.stored:
                return
            if not self.each_once(store.index, _loops(stmt, store)) or any(not self.apart(store.index, i) for i in self.stored):
                return
            store.aug, store.role = None, "set"
            if store is not stmt:
                return
            self.stored.append(store.index)

    def touches(self, stmt: Any) -> bool:
        found = [*ir.uses_of(stmt), *ir.defs_of(stmt), *ir.inner_defs_of(stmt)]
        return any(isinstance(a, Var) and (a is self.array or effects.region_of(a) is self.region) for a in found)

    def adds(self, stmt: Any) -> bool:
        """Whether a statement adds to a part of the array, in the array's dtype."""
        if not isinstance(stmt, Store) or stmt.base is not self.array or stmt.aug != "add" or stmt.role != "accumulate":
            return False
        if stmt.index is None or effects.region_of(stmt.value) is self.region:
            return False
        t, own = type_of(stmt.value), self.array.type
        return isinstance(t, (Num, Arr)) and t.dtype is not None and (t.dtype == own.dtype or isinstance(t, Num) and t.py and t.dtype.kind == "f")

    def each_once(self, index: Any, loops: list[Loop]) -> bool:
        """Whether no two iterations of the loops select the same element: each has an axis of its own."""
        axes = components(index, self.facts.defs.get)
        if loops and not all(takes_one_axis(part, self.facts.defs.get) for part in axes):
            return False
        roots = set()
        for part in axes:
            a = affine(part, self.facts.defs.get)
            low = smallest(a, self.facts.ranges.get) if a is not None else None
            if a is not None and a.root is not None and low is not None and low >= 0:
                roots.add(a.root)
        return all(loop.index in roots for loop in loops)

    def apart(self, a: Any, b: Any) -> bool:
        """Whether two indices certainly select different elements: on one axis, one ends before the other starts."""
        parts_a, parts_b = components(a, self.facts.defs.get), components(b, self.facts.defs.get)
        for p, q in zip(parts_a, parts_b):
            if not takes_one_axis(p, self.facts.defs.get) or not takes_one_axis(q, self.facts.defs.get):
                return False  # from here on, the parts of the two may select from different axes
            x, y = self.interval(p), self.interval(q)
            if x is not None and y is not None and (x.before(y) or y.before(x)):
                return True
        return False

    def interval(self, part: Any) -> _Interval | None:
        """The elements that an index or a slice by steps of one selects; None if an end may be negative."""
        op = self.facts.defs.get(part) if isinstance(part, Var) else None
        if op is None or op.kind != "slice":
            low = self.bound(part)
            return None if low is None else _Interval(low, _Bound(low.root, low.factor, low.offset + 1))
        start, stop, step = op.args
        if not isinstance(step, Lit) or step.value not in (None, 1):
            return None
        first = _Bound(None, 0, 0) if isinstance(start, Lit) and start.value is None else self.bound(start)
        last = None if isinstance(stop, Lit) and stop.value is None else self.bound(stop)
        if first is None or last is None and not isinstance(stop, Lit):
            return None
        return _Interval(first, last)

    def bound(self, atom: Any) -> _Bound | None:
        """A multiple of a size plus a number, none of which is negative."""
        if isinstance(atom, Lit):
            return _Bound(None, 0, atom.value) if type(atom.value) is int and atom.value >= 0 else None
        op = self.facts.defs.get(atom) if isinstance(atom, Var) else None
        if op is None:
            return None
        if self.size(op):
            return _Bound(atom, 1, 0)
        if op.kind not in ("add", "mul") or len(op.args) != 2:
            return None
        a, b = (self.bound(x) for x in op.args)
        if a is None or b is None or a.root is not None and b.root is not None and (a.root is not b.root or op.kind == "mul"):
            return None
        root = b.root if a.root is None else a.root
        if op.kind == "add":
            return _Bound(root, a.factor + b.factor, a.offset + b.offset)
        n, other = (a.offset, b) if a.root is None else (b.offset, a)
        return _Bound(root, n * other.factor, n * other.offset)

    def size(self, op: Op) -> bool:
        """Whether an operation gives the length of an axis."""
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is len:
            return True
        if op.kind != "getitem" or not isinstance(op.args[0], Var) or not isinstance(op.args[1], Lit) or type(op.args[1].value) is not int:
            return False
        shape = self.facts.defs.get(op.args[0])
        return shape is not None and shape.kind == "getattr" and shape.name == "shape" and isinstance(type_of(shape.args[0]), Arr)


@dataclass(frozen=True)
class _Bound:
    """`factor * root + offset`, where `root` is a length."""

    root: Var | None
    factor: int
    offset: int


@dataclass(frozen=True)
class _Interval:
    """From `start` to before `stop`, or to the end."""

    start: _Bound
    stop: _Bound | None

    def before(self, other: _Interval) -> bool:
        """Whether it certainly ends before another one starts."""
        a, b = self.stop, other.start
        if a is None or a.offset > b.offset:
            return False
        return a.factor == b.factor == 0 or a.root is b.root and a.factor <= b.factor or a.factor == 0


__all__ = ["store_first"]
