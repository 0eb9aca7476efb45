"""What the reverse sweep computes again, takes off a tape or loads again, and which statement of the forward sweep that is."""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..analysis.nests import Indices, Path, counts, exclude, placed
from ..analysis.types import Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, If, Loop, Op, Ref, Region, Store, Var
from ..ir.uses import reverse_sweep
from .saved import DEPTH, Tapes


class Sweeps(Tapes):
    """The two sweeps, and which statement of the one belongs to which of the other."""

    KINDS = Tapes.KINDS | {"tuple", *ir.COMPARE}

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.function = function
        self.indices = Indices(function)
        self.path: Path = ()  # of the statement of the forward sweep that is looked at
        self.unknown = False  # whether something may change any memory
        start = len(function.body.stmts) - len(reverse_sweep(function).stmts)
        self.where: dict[Var, Path] = {}  # of what defines variables
        self.written: dict[Region, list[tuple[Path, Any]]] = {}  # what changes memory
        self.reverse: list[tuple[Path, Any]] = []
        for path, s in placed(function.body):
            if path[0].at >= start:
                self.reverse.append((path, s))
            if isinstance(s, Assign):
                self.where[s.target] = path
            changed = effects.writes(s)
            self.unknown = self.unknown or changed is None
            for region in changed or ():
                self.written.setdefault(region.find(), []).append((path, s))
        self.back = {id(s) for _, s in self.reverse}

    def equal(self, again: Any, first: Any, depth: int) -> bool:
        """As for all tapes; and for elements of arrays that are stored to, if not between the two loads."""
        a, b = (self.made.get(v) if isinstance(v, Var) else None for v in (again, first))
        if a is not None and b is not None and a.op.kind == b.op.kind == "getitem" and a.op.args[0] is b.op.args[0]:
            if self.stored(a.op.args[0]):
                alike = depth > 0 and isinstance(a.target.type, Num) and self.equal(a.op.args[1], b.op.args[1], depth - 1)
                return alike and self.loaded_again(a.target, b.target, b.op)
        return super().equal(again, first, depth)

    def same(self, again: Op, first: Op, depth: int) -> bool:
        """As for all tapes; and for the sizes of an array, whatever is stored to it."""
        shape = again.kind == first.kind == "getattr" and again.name == first.name == "shape"
        length = again.kind == first.kind == "call" and all(isinstance(op.fn, Ref) and op.fn.obj is len for op in (again, first))
        if (shape or length) and isinstance(again.args[0], Var) and isinstance(again.args[0].type, Arr):
            return again.args[0] is first.args[0]
        return super().same(again, first, depth)

    def loaded_again(self, again: Var, first: Var, op: Op) -> bool:
        """Whether nothing stores to an element in the iterations in which the two sweeps load it."""
        back, loops = ([s.stmt for s in self.where[v] if isinstance(s.stmt, Loop)] for v in (again, first))
        if not loops or len(back) != len(loops) or not all(self.opposite(r, f) for r, f in zip(back, loops)):
            return False
        inner = next((s.stmt for s in reversed(self.path) if isinstance(s.stmt, Loop)), None)
        region = effects.region_of(op.args[0])
        for path, s in self.written.get(region, []) if region is not None else []:
            if not any(step.stmt is loops[-1] for step in path):
                continue
            elsewhere = isinstance(s, Store) and self.indices.apart(op.args[1], s.index, self.indices.bounds(path))
            if elsewhere or loops[-1] is inner and exclude(path, self.path):
                continue
            return False
        return not self.unknown

    def stored(self, v: Var) -> bool:
        """As for all tapes; what the caller passes is stored to in no other way, as stores to it go to a copy."""
        region = effects.region_of(v)
        return region is not None and (region.stored or region in self.changed)

    def mirrored(self, reverse: Path, forward: Path) -> dict[Var, Var] | None:
        """The variables of loops around a statement of the forward sweep, and those of the loops that go back through them.

        None if the statement of the reverse sweep is not run for each time, and only those times, that the other one is.
        """
        if len(reverse) < len(forward):
            return None
        pairs = [(r, f) for r, f in zip(reverse[1:], forward[1:])]
        if any(r.block != f.block or not isinstance(f.stmt, If) and not self.opposite(r.stmt, f.stmt) for r, f in pairs):
            return None
        here, self.path = self.path, ()  # the tests have to agree in every iteration
        agree = all(isinstance(r.stmt, If) and self.equal(r.stmt.test, f.stmt.test, DEPTH) for r, f in pairs if isinstance(f.stmt, If))
        self.path = here
        found = {f.stmt.index: r.stmt.index for r, f in pairs if isinstance(f.stmt, Loop) and f.stmt.index is not None}
        return found if agree else None

    def opposite(self, r: Any, f: Any) -> bool:
        """Whether one loop goes backwards through the iterations of another one."""
        return counts(r) and counts(f) and r.checkpoint is None is f.checkpoint and r.mirrors is f.index is not r.index
