"""Restores of elements that no adjoint reads again, and zeros in adjoints that nothing adds to or reads again.

Where a nest of loops stores to each element once, and the adjoints of an iteration read elements that earlier iterations stored,

    for i in range(1, n):                       for i in reversed(range(1, n)):
        saved.append(d[i])               ->         d[i] = saved.pop()
        d[i] -= w * d[i - 1]                        ... d[i - 1] ...

the element that is put back is read by nobody: those before it are still to come, and hold what they held. The saves go
with the restores (see `dead`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..analysis import effects
from ..analysis.affine import Affine, components, takes_one_axis
from ..analysis.bounds import Bounds
from ..analysis.nests import Indices, Path, counts, earlier, exclude, natural, placed, statements
from ..analysis.types import Arr
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, If, Lit, Loop, Range, Store, Var
from ..ir.uses import replace_variables, use_counts
from .stores import same_atom


def drop_restores(function: Function) -> Function:
    """The function without restores of elements that nothing reads afterwards; changed in place."""
    found = _Restores(function)
    known: dict[Var, Any] = {}
    for i, stmt in enumerate(function.body.stmts):
        if isinstance(stmt, Loop):
            known.update(found.nest(stmt, function.body.stmts[i + 1 :]))
    if known:
        replace_variables(function, known)
    return function


_AFTER = 9  # the block of what comes behind the loops


class _Place(NamedTuple):
    """Where a restore is: the loops around it, and for each the axes that its variable selects from and what is added to it."""

    path: Path
    loops: tuple[Loop, ...]
    offsets: list[list[tuple[int, int]]]
    shape: tuple[Any, ...]  # of the array
    again: set[Var]  # what is loaded from there behind it


class _Restores:
    def __init__(self, function: Function) -> None:
        self.result = [effects.region_of(a) for a in ir.result_atoms(function.result)]
        self.indices = Indices(function)
        self.defs = self.indices.defs
        self.uses = use_counts(function)

    def nest(self, outer: Loop, after: list[Any]) -> dict[Var, Any]:
        """Drop such stores in a loop at the top of the function, and in the loops and branches within it.

        What is put back is known where it is loaded again at once: these loads are left out, too. What they are is returned.
        """
        known: dict[Var, Any] = {}
        for path, stmt in list(statements(outer, ())):
            if isinstance(stmt, Store) and stmt.role in ("restore", "zero") and stmt.aug is None:
                block = ir.blocks_of(path[-1].stmt)[path[-1].block]
                again = self.loaded_again(stmt, block)
                if self.needless(stmt, outer, after, again):
                    block.stmts[:] = [s for s in block.stmts if s is not stmt]
                    known.update(dict.fromkeys(again, stmt.value))
        for block in (b for s in ir.within(outer) for b in ir.blocks_of(s)) if known else ():
            block.stmts[:] = [s for s in block.stmts if not isinstance(s, Assign) or s.target not in known]
        return known

    def loaded_again(self, store: Store, block: Block) -> set[Var]:
        """What is loaded from the place that a value is put back to, behind that in its block, where nothing else stores to the array."""
        region = effects.region_of(store.base)
        if not isinstance(store.value, Var) or effects.region_of(store.value) is not None and store.value.stored:
            return set()
        behind = [x for s in block.stmts[block.stmts.index(store) + 1 :] for x in ir.within(s)]
        if any((w := effects.writes(s)) is None or region in w for s in behind):
            return set()
        found = {
            s.target for s in behind if isinstance(s, Assign) and s.op.kind == "getitem" and s.op.args[0] is store.base
            and same_atom(s.op.args[1], store.index, self.defs) and s.target.type == store.value.type
        }  # fmt: skip
        used = sum(a in found for s in behind for a in ir.uses_of(s))
        return found if used == sum(self.uses[v] for v in found) else set()

    def needless(self, store: Store, outer: Loop, after: list[Any], again: set[Var]) -> bool:
        base, region = store.base, effects.region_of(store.base)
        if not isinstance(base, Var) or not isinstance(base.type, Arr) or region is None or region.caller:
            return False
        everything = list(statements(outer, ()))
        path = next(p for p, s in everything if s is store)
        loops = tuple(step.stmt for step in path if not isinstance(step.stmt, If))
        if not all(counts(loop) for loop in loops):
            return False
        offsets = self.indices.offsets(store.index, loops, self.indices.bounds(path))
        if offsets is None:  # some element may be stored to more than once
            return False
        everything += placed(after, _AFTER)
        if region in self.result or any(region in _reached(s) for _, s in everything):
            return False
        if any(v is not base and effects.region_of(v) is region for _, s in everything for v in _vars(s) if not self.is_row(v, base)):
            return False
        place = _Place(path, loops, offsets, base.type.shape or (), again)
        for around, s in everything:
            if s is store or not any(effects.region_of(v) is region for v in _vars(s)):
                continue
            if not self.harmless(s, base, region, place, around):
                return False
        return True

    def is_row(self, v: Var, base: Var) -> bool:
        """Whether `v` is a part of the array by its index, and not only another name for it."""
        op = self.defs.get(v)
        return op is not None and op.kind == "getitem" and op.args[0] is base

    def harmless(self, stmt: Any, base: Var, region: Any, place: _Place, around: Path) -> bool:
        """Whether what a statement reads of the array is not what the restore puts back."""
        if isinstance(stmt, Store) and stmt.aug in (None, "add", "sub"):
            rows = [v for v in (stmt.base, stmt.index, stmt.value) if isinstance(v, Var) and v not in place.again and self.is_row(v, base)]
            read = [self.defs[v].args[1] for v in rows]
            if stmt.base is base and stmt.aug is not None:
                read.append(stmt.index)
            return base not in (stmt.index, stmt.value) and all(self.before(index, place, around) for index in read)
        if not isinstance(stmt, Assign):
            return not self.reads(stmt, region) and not isinstance(stmt, ir.Push)
        op = stmt.op
        if stmt.target in place.again:
            return True
        rows = [v for v in op.atoms() if isinstance(v, Var) and v not in place.again and self.is_row(v, base)]
        parts = [(v, self.defs[v].args[1]) for v in rows]
        if base in [a for a in op.atoms() if isinstance(a, Var)]:
            if op.kind == "getitem" and op.args[0] is base:
                if stmt.target.region is not None and effects.is_view(op, stmt.target):
                    return True  # what is read through it is looked at where it is read
                parts.append((base, op.args[1]))
            elif effects.reads_contents(op):
                return False
        return all(self.before(index, place, around) for _, index in parts)

    def before(self, index: Any, place: _Place, around: Path) -> bool:
        """Whether elements are put back in an iteration after this one, or in this one and are read before that."""
        bounds = self.indices.bounds(around)
        parts = components(index, self.defs.get)
        common = [a.stmt for a, b in zip(around, place.path) if a.stmt is b.stmt]
        for loop, axes in zip(place.loops, place.offsets):
            ahead = [self.ahead(loop, parts, axis, offset, bounds, place.shape, loop in common) for axis, offset in axes]
            most = max((d for d in ahead if d is not None), default=-1)
            if loop not in common:  # all of it is run before this statement, or after it
                return most > 0 or earlier(around, place.path) or exclude(around, place.path)
            if most:
                return most > 0
            own = bounds.number(loop.index)
            for (axis, offset), steps in zip(axes, ahead):  # what is left are elements of this iteration
                if steps is None:
                    continue
                first, last = self.indices.interval(parts[axis], bounds)
                if first is not None and own is not None and first is last:
                    bounds.at_most(first, Affine(own.root, offset), 0)
                    bounds.at_most(Affine(own.root, offset), first, 0)
        return earlier(around, place.path) or exclude(around, place.path)

    def ahead(
        self, loop: Loop, parts: tuple[Any, ...], axis: int, offset: int, bounds: Bounds, shape: tuple[Any, ...], common: bool
    ) -> int | None:
        """How many steps a loop has left until the iteration that stores to some elements; at least so many, None if that is not known.

        Of a loop that is not around the statement: 1 if it has no such iteration.
        """
        if axis >= len(parts) or not all(takes_one_axis(p, self.defs.get) for p in parts[: axis + 1]):
            return None
        first, last = self.indices.interval(parts[axis], bounds, shape[axis] if axis < len(shape) else None)
        own = bounds.number(loop.index)
        if first is None or own is None or not natural(first, bounds):
            return None
        up = _negated(bounds.most(own, first), -offset)  # the iteration that stores, less the one that is running
        down = _negated(None if last is None else bounds.most(last, own), offset)
        if not common:
            return 1 if max(up or 0, down or 0) > 0 else None
        return up if _upwards(loop) else down

    def reads(self, stmt: Any, region: Any) -> bool:
        """Whether a statement reads the contents of the array."""
        if isinstance(stmt, Assign):
            return region in effects.reads_now(stmt.op, stmt.target)
        if isinstance(stmt, Store):
            own = effects.region_of(stmt.base) is region and stmt.aug is not None
            return own or any(effects.region_of(a) is region for a in (stmt.index, stmt.value))
        return any(effects.region_of(a) is region for a in ir.uses_of(stmt))


def _upwards(loop: Loop) -> bool:
    assert isinstance(loop.iter, Range) and isinstance(loop.iter.step, Lit)
    return (loop.iter.step.value > 0) is not loop.iter.reverse


def _negated(most: int | None, more: int) -> int | None:
    return None if most is None else more - most


def _reached(stmt: Any) -> set[Any]:
    """The memory that a call of a recursive function reads or changes by way of what its forward part has saved."""
    if not isinstance(stmt, ir.Invoke):
        return set()
    return {*(r.find() for r in stmt.reads), *(effects.writes(stmt) or ())}


def _vars(stmt: Any) -> list[Var]:
    return [a for a in (*ir.uses_of(stmt), *ir.defs_of(stmt), *ir.inner_defs_of(stmt)) if isinstance(a, Var)]
