"""What an array keeps is not saved.

    s_tape.append(s)
    y[i] = s / x[i]                      ->     y[i] = s / x[i]
    ...                                         ...
    s = s_tape.pop()
    q = s / x[i]                                q = y[i]

Where a nest of loops stores to each element once, and neither the rest of the program nor the reverse sweep stores to the
array afterwards (see `restores`), every element holds what it was given. Exact: the element has the dtype of what was stored. (Parts
with several axes may lie otherwise in memory, which decides in what order NumPy adds them up.)
"""

from __future__ import annotations

import math
from typing import Any

from ..analysis.affine import Affine, components, takes_one_axis
from ..analysis.nests import Path, counts, exclude, natural
from ..analysis.types import Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, If, Lit, Op, Pop, Store, Var
from ..ir.uses import replace_variables
from .saved import DEPTH
from .sweeps import Sweeps

_WORTH = 2  # operations that take longer than to load an element
_WORK = {"truediv": 2, "pow": 2, "matmul": 2, "tuple": 0}
_EXACT = frozenset({"add", "sub", "mul", "truediv"})  # the same bits for Python's floats and for NumPy's


def load_what_is_kept(function: Function) -> Function:
    """Replace what is taken off tapes, or computed from that, by elements of arrays; changed in place."""
    if not any(isinstance(s, Store) for top in function.body for s in ir.within(top) if s is not top):
        return function
    found = _Kept(function)
    for path, store in found.stores():
        found.replace(path, store)
    if found.replaced:
        replace_variables(function, found.replaced)
    return function


class _Kept(Sweeps):
    """The arrays whose elements keep what they are given."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.replaced: dict[Var, Any] = {}
        self.base: Any = None  # the array that is looked at, and what is stored to it
        self.store: Any = None

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
        return None if offsets is None else (loops, offsets)

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
        literal = [isinstance(p, Lit) and type(p.value) is int for p in parts]
        whole = [known or isinstance(p, Var) and isinstance(p.type, Num) and p.type.dtype.kind == "i" for p, known in zip(parts, literal)]
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
