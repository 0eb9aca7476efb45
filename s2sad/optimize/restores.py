"""Restores of elements that no adjoint reads again, and zeros in adjoints that nothing adds to or reads again.

Where a loop stores to each element once, and the adjoints of an iteration read elements that earlier iterations stored,

    for i in range(1, n):                       for i in reversed(range(1, n)):
        saved.append(d[i])               ->         d[i] = saved.pop()
        d[i] -= w * d[i - 1]                        ... d[i - 1] ...

the element that is put back is read by nobody: those before it are still to come, and hold what they held. The saves go
with the restores (see `dead`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..analysis import effects
from ..analysis.affine import affine, components, smallest
from ..analysis.types import Arr
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, If, Lit, Loop, Op, Range, Store, Var
from .stores import same_atom


def drop_restores(function: Function) -> Function:
    """The function without restores of elements that nothing reads afterwards; changed in place."""
    found = _Restores(function)
    for i, stmt in enumerate(function.body.stmts):
        if isinstance(stmt, Loop):
            found.nest(stmt, function.body.stmts[i + 1 :])
    return function


class _Restores:
    def __init__(self, function: Function) -> None:
        self.defs: dict[Var, Op] = {}
        self.ranges: dict[Var, Range] = {}
        self.result = [effects.region_of(a) for a in ir.result_atoms(function.result)]
        for s in ir.walk(function.body):
            if isinstance(s, Assign):
                self.defs[s.target] = s.op
            elif isinstance(s, Loop) and s.index is not None and isinstance(s.iter, Range):
                self.ranges[s.index] = s.iter

    def nest(self, outer: Loop, after: list[Any]) -> None:
        """Drop such stores in a loop at the top of the function, and in the loops within it."""
        for loops, block, stmt in list(_stores(outer, ())):
            if stmt.role in ("restore", "zero") and stmt.aug is None and self.needless(stmt, loops, block, outer, after):
                block.stmts[:] = [s for s in block.stmts if s is not stmt]

    def needless(self, store: Store, loops: tuple[Loop, ...], block: Block, outer: Loop, after: list[Any]) -> bool:
        base, region = store.base, effects.region_of(store.base)
        if not isinstance(base, Var) or not isinstance(base.type, Arr) or region is None or region.caller or loops[-1].body is not block:
            return False
        offsets = self.offsets(store.index, loops)
        if offsets is None:  # some element may be stored to more than once
            return False
        everything = list(self.statements(outer, {}))
        if any(region in _reached(s) for s in (*(s for _, s in everything), *_all(after))):
            return False
        if any(v is not base and effects.region_of(v) is region for _, s in everything for v in _vars(s) if not self.is_row(v, base)):
            return False
        if region in self.result or any(self.reads(s, region) for s in _all(after)):
            return False
        at = next(i for i, s in enumerate(block.stmts) if s is store)
        later = {id(x) for s in block.stmts[at + 1 :] for x in _all([s])}
        for known, s in everything:
            if s is store or not any(effects.region_of(v) is region for v in _vars(s)):
                continue
            if not self.harmless(s, base, region, offsets, store, loops, id(s) in later, known):
                return False
        return True

    def offsets(self, index: Any, loops: tuple[Loop, ...]) -> dict[Var, tuple[int, int]] | None:
        """For the variable of each loop around, the axis that it selects from and what is added to it.

        None if not every loop has its own axis: then two iterations may select the same element.
        """
        found: dict[Var, tuple[int, int]] = {}
        for axis, part in enumerate(components(index, self.defs.get)):
            a = affine(part, self.defs.get)
            if a is None:
                return None
            if a.root is None or a.root not in self.ranges:
                continue
            low = smallest(a, self.ranges.get)
            if a.root in found or low is None or low < 0:
                return None
            found[a.root] = (axis, a.offset)
        inside = [loop.index for loop in loops]
        return found if all(v in found for v in inside) and len(found) == len(inside) else None

    def is_row(self, v: Var, base: Var) -> bool:
        """Whether `v` is a part of the array by its index, and not only another name for it."""
        op = self.defs.get(v)
        return op is not None and op.kind == "getitem" and op.args[0] is base

    def harmless(
        self, stmt: Any, base: Var, region: Any, offsets: dict[Var, tuple[int, int]], store: Store, loops: tuple[Loop, ...], later: bool,
        known: dict[Var, int],
    ) -> bool:  # fmt: skip
        """Whether what a statement reads of the array is not what the restore puts back."""
        if isinstance(stmt, Store) and stmt.base is base and stmt.aug in ("add", "sub"):
            inside = any(effects.region_of(a) is region for a in (stmt.index, stmt.value))
            return not inside and self.before(stmt.index, offsets, store, loops, later, known)
        if not isinstance(stmt, Assign):
            return not self.reads(stmt, region) and not isinstance(stmt, ir.Push)
        op = stmt.op
        parts = [(v, self.defs[v].args[1]) for v in op.atoms() if isinstance(v, Var) and v is not base and self.is_row(v, base)]
        if base in [a for a in op.atoms() if isinstance(a, Var)]:
            if op.kind == "getitem" and op.args[0] is base:
                if stmt.target.region is not None and effects.is_view(op, stmt.target):
                    return True  # what is read through it is looked at where it is read
                parts.append((base, op.args[1]))
            elif effects.reads_contents(op):
                return False
        return all(self.before(index, offsets, store, loops, later, known) for _, index in parts)

    def before(
        self, index: Any, offsets: dict[Var, tuple[int, int]], store: Store, loops: tuple[Loop, ...], later: bool, known: dict[Var, int]
    ) -> bool:
        """Whether an element is put back in an iteration after this one, or in this one and is read before that."""
        parts, own = components(index, self.defs.get), components(store.index, self.defs.get)
        if len(parts) != len(own):
            return False
        for axis, (p, q) in enumerate(zip(parts, own)):
            if any(axis == a for a, _ in offsets.values()):
                continue
            if not same_atom(p, q, self.defs):
                return False
        for loop in loops:
            assert loop.index is not None and isinstance(loop.iter, Range)
            axis, offset = offsets[loop.index]
            a = affine(parts[axis], self.defs.get)
            low = smallest(a, self.ranges.get) if a is not None else None
            if a is not None and low is not None and a.root in known:
                low = max(low, known[a.root] + a.offset)
            if a is None or a.root is not loop.index or low is None or low < 0:
                return False
            step = loop.iter.step
            assert isinstance(step, Lit)
            upwards = (step.value > 0) is not loop.iter.reverse
            distance = (a.offset - offset) * (1 if upwards else -1)
            if distance:
                return distance > 0  # the iteration that puts this element back is still to come
        return not later

    def statements(self, stmt: Any, known: dict[Var, int]) -> Iterable[tuple[dict[Var, int], Any]]:
        """The statements within one, each with the lower bounds that the branches around it tell of variables."""
        for block in ir.blocks_of(stmt):
            inner = {**known, **self.bound(stmt.test, block is stmt.then)} if isinstance(stmt, If) else known
            for s in block:
                yield inner, s
                yield from self.statements(s, inner)

    def bound(self, test: Any, holds: bool) -> dict[Var, int]:
        """What `i > c` and its like tell of the variable."""
        op = self.defs.get(test) if isinstance(test, Var) else None
        if op is None or op.kind not in ("gt", "ge", "lt", "le", "eq"):
            return {}
        i, c = op.args
        if not isinstance(i, Var) or not isinstance(c, Lit) or type(c.value) is not int:
            return {}
        if op.kind == "eq":
            return {i: c.value} if holds else {}
        if (op.kind in ("gt", "ge")) is not holds:
            return {}
        return {i: c.value + (op.kind in ("gt", "le"))}

    def reads(self, stmt: Any, region: Any) -> bool:
        """Whether a statement reads the contents of the array."""
        if isinstance(stmt, Assign):
            return region in effects.reads_now(stmt.op, stmt.target)
        if isinstance(stmt, Store):
            own = effects.region_of(stmt.base) is region and stmt.aug is not None
            return own or any(effects.region_of(a) is region for a in (stmt.index, stmt.value))
        return any(effects.region_of(a) is region for a in ir.uses_of(stmt))


def _stores(loop: Loop, outer: tuple[Loop, ...]) -> Iterable[tuple[tuple[Loop, ...], Block, Store]]:
    """The stores in a nest of loops over ranges, with the loops around each."""
    if not isinstance(loop.iter, Range) or loop.index is None or not isinstance(loop.iter.step, Lit) or loop.go is not None:
        return
    loops = (*outer, loop)
    for s in loop.body:
        if isinstance(s, Store):
            yield loops, loop.body, s
        elif isinstance(s, Loop):
            yield from _stores(s, loops)


def _all(stmts: Iterable[Any]) -> Iterable[Any]:
    for s in stmts:
        yield s
        for block in ir.blocks_of(s):
            yield from _all(block)


def _reached(stmt: Any) -> set[Any]:
    """The memory that a call of a recursive function reads or changes by way of what its forward part has saved."""
    if not isinstance(stmt, ir.Invoke):
        return set()
    return {*(r.find() for r in stmt.reads), *(effects.writes(stmt) or ())}


def _vars(stmt: Any) -> list[Var]:
    return [a for a in (*ir.uses_of(stmt), *ir.defs_of(stmt), *ir.inner_defs_of(stmt)) if isinstance(a, Var)]
