"""Elements that were just stored or read are numbers that are at hand; stores and arrays that nothing reads are left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis.types import Arr, Num, TupleT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, If, Lit, Loop, Note, Op, Ref, Store, Var
from . import scalars
from .effects import Index, Knowledge
from .nodes import Advance, Count
from .parts import LEN
from .views import Size, Unit

_MAKERS = (np.empty, np.empty_like)
Known = dict[Var, dict[Index, Any]]  # of arrays, the elements whose values are at hand


class Forwarding:
    """One function, changed in place."""

    def __init__(self, done: Any) -> None:
        self.done, self.known = done, Knowledge(done)
        self.instead: dict[Var, Any] = {}

    def run(self) -> None:
        self._sizes()
        self._positions()
        self._block(self.done.body, {})
        self._replace()
        self.known.forget()
        while self._dead_stores(self.done.body) or self._dead_arrays() or self.dead(self.done.body):
            self.known.forget()

    # --- sizes -----------------------------------------------------------------------------------------------------------

    def _sizes(self) -> None:
        """Take the sizes of arrays that are made here from those that they are made like, or from the numbers they are made with."""
        for block in _blocks(self.done.body):
            out: list[Any] = []
            for s in block.stmts:
                if isinstance(s, Assign) and isinstance(s.target.type, Num):
                    size = self.done.size_of_made(s.op, self.known.made)
                    if size is not None:
                        out += self._sized(s, size)
                out.append(s)
            block.stmts[:] = out

    def _sized(self, s: Assign, size: Size) -> list[Any]:
        origin = self.done.origin(size)
        if isinstance(origin, Unit):
            s.op = Op("atom", (Lit(1),))
        elif type(origin) is Size and origin.array is not size.array:
            if origin.axis == 0:
                s.op = Op("call", (origin.array,), fn=LEN)
                return []
            shape = Var("shape", TupleT(()))
            s.op = Op("getitem", (shape, Lit(origin.axis)))
            return [Assign(shape, Op("getattr", (origin.array,), name="shape"))]
        elif (made := self.known.made.get(size.array)) is not None and made.kind == "call" and made.fn.obj is np.empty:
            sizes = self.known.made.get(made.args[0])
            s.op = Op("atom", (made.args[0] if sizes is None or sizes.kind != "tuple" else sizes.args[size.axis],))
        return []

    def _positions(self) -> None:
        """Read numbers of entries where they are kept, if these only grow."""
        falling = {s.tape for s in ir.walk(self.done.body) if isinstance(s, Advance) and s.step < 0}
        for target, op in self.known.made.items():
            if op.kind == "atom" and isinstance(op.args[0], Count) and target in self.done.entries and op.args[0].tape not in falling:
                self.instead[target] = op.args[0]

    # --- values at hand --------------------------------------------------------------------------------------------------

    def _block(self, block: Block, at_hand: Known) -> None:
        out: list[Any] = []
        for s in block.stmts:
            ir.substitute(s, self._value)
            if isinstance(s, Assign):
                self.known.made[s.target] = s.op
                if self.known.effects(s).barrier:
                    at_hand.clear()
                if self._loads(s) and self._load(s, at_hand):
                    continue
            elif isinstance(s, Store):
                out += self._store(s, at_hand)
                continue
            elif isinstance(s, (If, Loop)):
                e = self.known.effects(s)
                if isinstance(s, Loop):
                    self._changed(e.stored, at_hand)
                    if e.barrier:
                        at_hand.clear()
                for inner in ir.blocks_of(s):
                    self._block(inner, {a: dict(v) for a, v in at_hand.items()})
                if isinstance(s, Loop):
                    for c in s.carries:
                        c.next = self._value(c.next)
                    s.test, s.go = self._value(s.test), self._value(s.go)
                else:
                    for p in s.phis:
                        p.then, p.orelse = self._value(p.then), self._value(p.orelse)
                self._changed(e.stored, at_hand)
                if e.barrier:
                    at_hand.clear()
            elif not isinstance(s, Note) and self.known.effects(s).barrier:
                at_hand.clear()
            out.append(s)
        block.stmts[:] = out

    def _value(self, a: Any) -> Any:
        while isinstance(a, Var) and a in self.instead:
            a = self.instead[a]
        return a

    def _replace(self) -> None:
        self.done.results = {v: self._value(a) for v, a in self.done.results.items()}

    def _loads(self, s: Assign) -> bool:
        base = s.op.args[0] if s.op.kind == "getitem" else None
        return isinstance(base, Var) and isinstance(base.type, Arr) and isinstance(s.target.type, Num)

    def _load(self, s: Assign, at_hand: Known) -> bool:
        """Whether the value of an element is at hand, so that it is not loaded."""
        array, index = s.op.args[0], self.known.index(s.op.args[1])
        found = at_hand.setdefault(array, {})
        if index in found:
            self.instead[s.target] = found[index]
            return True
        found[index] = s.target
        return False

    def _store(self, s: Store, at_hand: Known) -> list[Any]:
        array, index = s.base, self.known.index(s.index)
        dtype = array.type.dtype
        old = at_hand.get(array, {}).get(index)
        out: list[Any] = []
        if s.aug is not None and old is not None and dtype in scalars.FLOATING:
            total = Var(array.hint, Num(dtype, False))
            out.append(Assign(total, Op(s.aug, (old, s.value)), s.span))
            s = Store(array, s.index, total, None, s.span, s.role)
        self._changed({array}, at_hand, index)
        if s.aug is None:
            value = s.value
            if isinstance(value, Lit):
                value = Lit(float(value.value)) if dtype == scalars.FLOAT else None
            if value is not None and getattr(scalars.type_of(value), "dtype", None) == dtype:
                at_hand.setdefault(array, {})[index] = value
        return [*out, s]

    def _changed(self, arrays: set[Var], at_hand: Known, index: Index | None = None) -> None:
        """Forget the elements of arrays that are stored to; with `index`, those of the one array that may be this one."""
        for other in list(at_hand):
            if other in arrays and index is not None:
                at_hand[other] = {k: v for k, v in at_hand[other].items() if _differ(k, index)}
            elif self.known.meet(arrays, {other}):
                del at_hand[other]

    # --- what nothing reads ----------------------------------------------------------------------------------------------

    def _dead_stores(self, block: Block) -> bool:
        """Leave out stores to elements that are stored to again before anything reads them."""
        changed = False
        later: list[tuple[Var, Index]] = []
        out: list[Any] = []
        for s in reversed(block.stmts):
            for inner in ir.blocks_of(s):
                changed |= self._dead_stores(inner)
            if isinstance(s, Store) and s.aug is None:
                place = s.base, self.known.index(s.index)
                if place in later:
                    changed = True
                    continue
                later.append(place)
                out.append(s)
                continue
            e = self.known.effects(s)
            later = [p for p in later if not self.known.meet(e.loaded | e.stored, {p[0]}) and not e.barrier]
            if e.raises and not self.done.alone or e.defined & {i for _, index in later for i, _ in index}:
                later = []
            out.append(s)
        block.stmts[:] = reversed(out)
        return changed

    def _dead_arrays(self) -> bool:
        """Leave out the arrays that are made here and only stored to."""
        kept = {a for a in self.done.results.values() if isinstance(a, Var)}
        kept |= {t.var for t in self.done.tapes.values() if not t.inner}
        read = set(kept)
        made = set()
        for s in ir.walk(self.done.body):
            if isinstance(s, Store):
                read.update(a for a in (s.index, s.value) if isinstance(a, Var))
                if s.aug is not None:
                    continue
            elif isinstance(s, Assign) and _makes(s):
                made.add(s.target)
                read.update(a for a in s.op.args if isinstance(a, Var))
            else:
                read.update(a for a in ir.uses_of(s) if isinstance(a, Var))
                read.update(t for t in (getattr(s, "tape", None), *getattr(s, "others", ())) if isinstance(t, Var))
        dead = made - read
        if dead:
            for block in _blocks(self.done.body):
                block.stmts[:] = [
                    s for s in block.stmts
                    if not (isinstance(s, Store) and s.base in dead or isinstance(s, Assign) and s.target in dead)
                ]  # fmt: skip
        return bool(dead)

    def dead(self, block: Block) -> bool:
        """Leave out what is computed for nothing."""
        used = {a for s in ir.walk(self.done.body) for a in ir.uses_of(s) if isinstance(a, Var)}
        used |= {a for a in self.done.results.values() if isinstance(a, Var)}
        changed = False
        for b in _blocks(block):
            kept = [s for s in b.stmts if not self._useless(s, used)]
            changed |= len(kept) < len(b.stmts)
            b.stmts[:] = kept
        return changed

    def _useless(self, s: Any, used: set[Var]) -> bool:
        if isinstance(s, Assign):
            return s.target not in used and not self.known.may_raise(s.op) and not isinstance(s.target.type, Arr)
        if isinstance(s, Loop):
            return s.iter is not None and not any(not isinstance(i, Note) for i in s.body) and not s.carries and s.go is None
        if isinstance(s, If):
            return not s.phis and not any(not isinstance(i, Note) for b in (s.then, s.orelse) for i in b) and not (
                s.then.diverges or s.orelse.diverges
            )
        return False


def drop_unused(done: Any) -> None:
    """Leave out what is computed for nothing, once more."""
    again = Forwarding(done)
    while again.dead(done.body):
        pass


def _makes(s: Assign) -> bool:
    return isinstance(s.target.type, Arr) and s.op.kind == "call" and isinstance(s.op.fn, Ref) and s.op.fn.obj in _MAKERS


def _differ(one: Index, two: Index) -> bool:
    """Whether two indices are certainly those of different elements: variables among them are not negative, constants may be."""
    return any(i is j and x != y and (i is not None or (x < 0) is (y < 0)) for (i, x), (j, y) in zip(one, two))


def _blocks(block: Block) -> list[Block]:
    """A block and those within it."""
    return [block, *(inner for s in ir.walk(block) for inner in ir.blocks_of(s))]


__all__ = ["Forwarding", "drop_unused"]
