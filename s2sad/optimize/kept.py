"""What an array keeps is not saved.

    s_tape.append(s)
    y[i] = s / x[i]                      ->     y[i] = s / x[i]
    ...                                         ...
    s = s_tape.pop()
    q = s / x[i]                                q = y[i]

Where a nest of loops stores to each element once, and neither the rest of the program nor the reverse sweep stores to the
array afterwards (see `restores`), every element holds what it was given. Exact: the element has the dtype of what was stored.
"""

from __future__ import annotations

import math
from typing import Any

from ..analysis import effects
from ..analysis.affine import Affine, components, takes_one_axis
from ..analysis.nests import Indices, Path, Step, counts, exclude, natural, statements
from ..analysis.types import Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, If, Lit, Loop, Op, Pop, Ref, Region, Store, Var
from ..ir.uses import replace_variables, reverse_sweep
from .saved import DEPTH, Tapes

_WORTH = 2  # operations that take longer than to load an element
_WORK = {"truediv": 2, "pow": 2, "matmul": 2, "tuple": 0}
_EXACT = frozenset({"add", "sub", "mul", "truediv"})  # the same bits for Python's floats and for NumPy's


def load_what_is_kept(function: Function) -> Function:
    """Replace what is taken off tapes, or computed from that, by elements of arrays; changed in place."""
    found = _Sweeps(function)
    for path, store in found.stores():
        found.replace(path, store)
    if found.replaced:
        replace_variables(function, found.replaced)
    return function


class _Sweeps(Tapes):
    """The two sweeps, and which statement of the one belongs to which of the other."""

    KINDS = Tapes.KINDS | {"tuple", *ir.COMPARE}

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.function = function
        self.indices = Indices(function)
        self.replaced: dict[Var, Any] = {}
        self.base: Any = None  # the array that is looked at, what is stored to it, and where
        self.store: Any = None
        self.path: Path = ()
        self.unknown = False  # whether something may change any memory
        back = {id(s) for s in reverse_sweep(function)}
        self.where: dict[Var, Path] = {}  # of what defines variables
        self.written: dict[Region, list[tuple[Path, Any]]] = {}  # what changes memory
        self.reverse: list[tuple[Path, Any]] = []
        for at, stmt in enumerate(function.body):
            here = (Step(0, at, None),)
            for path, s in [(here, stmt), *statements(stmt, here)]:
                if id(stmt) in back:
                    self.reverse.append((path, s))
                if isinstance(s, Assign):
                    self.where[s.target] = path
                self.unknown = self.unknown or effects.writes(s) is None
                for region in effects.writes(s) or ():
                    self.written.setdefault(region.find(), []).append((path, s))
        self.back = {id(s) for _, s in self.reverse}

    def stores(self) -> list[tuple[Path, Store]]:
        """The stores whose elements keep their values until the function ends."""
        kept: list[tuple[Path, Store]] = []
        for region, places in self.written.items():
            if self.unknown or region.caller or any(id(s) in self.back or not isinstance(s, Store) or s.aug is not None for _, s in places):
                continue
            last = places[-1][0][0].at  # the statement at the top that stores last
            nest = [(path, s) for path, s in places if path[0].at == last]
            if len({s.base for _, s in places}) == 1:
                kept.extend(place for place in nest if self.axes(*place) and all(self.spares(other, place) for other in nest if other is not place))
        return kept

    def spares(self, other: tuple[Path, Store], place: tuple[Path, Store]) -> bool:
        """Whether one store leaves alone what another one stores."""
        if exclude(other[0], place[0]) and self.axes(*other) == self.axes(*place):
            return True
        a, b = self.spread(*other), self.spread(*place)
        return any(pair in b and (low > b[pair][1] or high < b[pair][0]) for pair, (low, high) in a.items())

    def spread(self, path: Path, store: Store) -> dict[tuple[int, int], tuple[float, float]]:
        """Within which numbers the difference of two parts of an index is; a part of -1 stands for zero."""
        bounds = self.indices.bounds(path)
        parts = components(store.index, self.indices.defs.get)
        if not all(takes_one_axis(p, self.indices.defs.get) for p in parts):
            return {}
        numbers = [Affine(None, 0), *(bounds.number(p) for p in parts)]
        found = {}
        for i, a in enumerate(numbers):
            for k, b in enumerate(numbers[:i]):
                if a is not None and b is not None and natural(a, bounds) and natural(b, bounds):
                    most, least = bounds.most(a, b), bounds.most(b, a)
                    found[i - 1, k - 1] = (-math.inf if least is None else -least, math.inf if most is None else most)
        return found

    def axes(self, path: Path, store: Store) -> Any:
        """The loops around a store, and the axis of each."""
        around = [step.stmt for step in path[1:]]
        loops = tuple(s for s in around if not isinstance(s, If))
        if not loops or not all(counts(s) and s.checkpoint is None for s in loops):
            return None
        offsets = self.indices.offsets(store.index, loops, self.indices.bounds(path))
        parts = components(store.index, self.indices.defs.get)
        if offsets is None or not all(axis < len(parts) for axes in offsets for axis, _ in axes):
            return None
        return loops, offsets

    def replace(self, path: Path, store: Store) -> None:
        """Load an element where the reverse sweep asks for what was stored to it."""
        value, base = store.value, store.base
        if not isinstance(value, Var) or not self.loaded_alike(base, store.index, value):
            return
        if all(s is not self.made.get(base) for s in self.function.body):
            return  # made within a loop, or in a branch
        self.base, self.store, self.path = base, store, path
        for where, stmt in self.reverse:
            if not isinstance(stmt, (Pop, Assign)) or stmt.target in self.replaced or not self.gives(stmt, value):
                continue
            loops = self.mirrored(where, path)
            if loops is not None and self.fits(stmt.target, value):
                self.load(where, stmt, loops)

    def loaded_alike(self, base: Any, index: Any, value: Var) -> bool:
        """Whether what is loaded from a place has the dtype and the shape of what was stored there."""
        parts = components(index, self.indices.defs.get)
        whole = [isinstance(p, Var) and isinstance(p.type, Num) and p.type.dtype.kind == "i" or isinstance(p, Lit) for p in parts]
        if not isinstance(base.type, Arr) or base.type.shape is None or base.type.dtype is None or not all(whole):
            return False
        rest = base.type.shape[len(parts) :]
        if isinstance(value.type, Num):
            return not rest and value.type.dtype == base.type.dtype and not value.type.mixed
        if not isinstance(value.type, Arr) or value.type.dtype != base.type.dtype or value.type.shape is None or self.stored(value):
            return False
        return bool(rest) and value.type.shape == rest

    def gives(self, stmt: Pop | Assign, value: Var) -> bool:
        """Whether a statement takes a value off its tape, or computes it from what is taken off one."""
        if self.stored(stmt.target):
            return False
        if isinstance(stmt, Pop):
            return self.pushed.get(stmt.target) is value
        first = self.made.get(value)
        return first is not None and self.same(stmt.op, first.op, DEPTH) and self.work(stmt.op) >= _WORTH

    def work(self, op: Op) -> int:
        """How much is not done any more if the result of an operation is loaded: the operations for it alone, and tapes."""
        found = _WORK.get(op.kind, 1)
        for a in op.args:
            if isinstance(a, Var) and self.uses[a] == 1:
                made = self.made.get(a)
                found += _WORTH if a in self.pushed else self.work(made.op) if made is not None else 0
        return found

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
        inner = [s.stmt for s in self.path if isinstance(s.stmt, Loop)][-1]
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
        found: dict[Var, Var] = {}
        if len(reverse) < len(forward):
            return None
        for r, f in zip(reverse[1:], forward[1:]):
            if r.block != f.block or type(r.stmt) is not type(f.stmt):
                return None
            if isinstance(f.stmt, If):
                if not self.equal(r.stmt.test, f.stmt.test, DEPTH):
                    return None
            elif self.opposite(r.stmt, f.stmt):
                found[f.stmt.index] = r.stmt.index
            else:
                return None
        return found

    def opposite(self, r: Any, f: Any) -> bool:
        """Whether one loop goes through the range of another one backwards."""
        return counts(r) and counts(f) and r.checkpoint is None is f.checkpoint and self.counted(r.index, f.index)

    def fits(self, target: Var, value: Var) -> bool:
        """Whether a NumPy number may take the place of a Python one, where it is one."""
        if not isinstance(target.type, Num):
            return target.type == value.type
        if target.type.dtype != value.type.dtype:  # type: ignore[attr-defined]
            return False
        if not target.type.py:
            return True
        users = [s for _, s in self.reverse if target in ir.uses_of(s)]
        users_of_result = target in ir.result_atoms(self.function.result)
        return not users_of_result and all(self.numpy_anyway(s) for s in users)

    def numpy_anyway(self, stmt: Any) -> bool:
        """Whether a statement computes in NumPy's numbers, whatever one operand is."""
        if not isinstance(stmt, Assign) or stmt.op.kind not in _EXACT:
            return False
        return isinstance(stmt.target.type, Arr) or isinstance(stmt.target.type, Num) and not stmt.target.type.py

    def load(self, where: Path, stmt: Pop | Assign, loops: dict[Var, Var]) -> None:
        """Write a load of the element for a statement."""
        new: list[Any] = []
        index = self.again(self.store.index, loops, new)
        if index is None:
            return
        old, base = stmt.target, self.base
        kind = Num(base.type.dtype, py=False) if isinstance(old.type, Num) else old.type
        item = Var(old.hint, kind, False, old.named)
        if isinstance(kind, Arr):
            item.region, item.view = base.region, True
        block = ir.blocks_of(where[-1].stmt)[where[-1].block]
        at = next(k for k, s in enumerate(block.stmts) if s is stmt)
        block.stmts[at : at + 1] = [*new, Assign(item, Op("getitem", (base, index)))]
        self.replaced[old] = item

    def again(self, atom: Any, loops: dict[Var, Var], new: list[Any]) -> Any:
        """An index of the forward sweep in the variables of the reverse sweep, computed by `new` statements; None if it cannot be."""
        if not isinstance(atom, Var):
            return atom
        if atom in loops:
            return loops[atom]
        made = self.made.get(atom)
        if any(made is s for s in self.function.body) or made is None and any(p.var is atom for p in self.function.params):
            return atom
        if made is None or made.op.kind not in ("add", "sub", "tuple") or made.op.kwargs:
            return None
        args = [self.again(a, loops, new) for a in made.op.args]
        if any(a is None for a in args):
            return None
        target = Var(atom.hint, atom.type, False, atom.named)
        new.append(Assign(target, Op(made.op.kind, tuple(args))))
        return target


__all__ = ["load_what_is_kept"]
