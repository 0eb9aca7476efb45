"""What statements of a compiled function read and change, and so which of them may change places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import Arr
from ..ir import nodes as ir
from ..ir.nodes import Assert, Assign, Effect, Lit, Loop, Note, Op, Raise, Range, Ref, Store, Var
from . import checked, linear
from .nodes import Advance, Count, Grow, Start

_TOTAL = frozenset({  # checked operations that raise nothing
    "complex_divided", "whole_power", "slice_end", "power_slope", "power_derivative", "log_or_zero",
})  # fmt: skip
_DIVISIONS = frozenset({"truediv", "floordiv", "mod"})
Index = tuple[tuple[Any, int], ...]  # for each axis, a variable (None for none) and what is added to it
Access = tuple[Var, Index, bool]  # an element of an array, and whether it is stored to


@dataclass
class Effects:
    """What a statement does, with those inside it. `used` and `defined` have positions of tapes, too, as pairs."""

    used: set[Any] = field(default_factory=set)
    defined: set[Any] = field(default_factory=set)
    loaded: set[Var] = field(default_factory=set)  # arrays
    stored: set[Var] = field(default_factory=set)
    raises: bool = False
    barrier: bool = False


class Knowledge:
    """What is known of a compiled function whose translation is `done`."""

    def __init__(self, done: Any) -> None:
        self.done = done
        self.made: dict[Any, Op] = {s.target: s.op for s in ir.walk(done.body) if isinstance(s, Assign)}
        self._effects: dict[int, tuple[Any, Effects]] = {}
        self._accesses: dict[int, tuple[Loop, list[Access]]] = {}
        self._shares: dict[tuple[Var, Var], bool] = {}

    def effects(self, stmt: Any) -> Effects:
        """What a statement does; found once, so it must not be changed afterwards."""
        if id(stmt) not in self._effects:
            e = Effects()
            for s in ir.within(stmt):
                self._add(s, e)
            self._effects[id(stmt)] = stmt, e
        return self._effects[id(stmt)][1]

    def forget(self) -> None:
        """Find everything anew: statements were changed."""
        self.made = {s.target: s.op for s in ir.walk(self.done.body) if isinstance(s, Assign)}
        self._effects.clear()
        self._accesses.clear()

    def joined(self, loop: Loop, one: Loop, two: Loop) -> None:
        """Take note of a loop whose body is that of two others, the second of which has just got other names."""
        a, b = self.effects(one), self.effects(two)
        self._effects[id(loop)] = loop, Effects(
            a.used | b.used, a.defined | b.defined, a.loaded | b.loaded, a.stored | b.stored, a.raises or b.raises, a.barrier or b.barrier)
        self._accesses.pop(id(two), None)
        self._accesses[id(loop)] = loop, list(dict.fromkeys([*self.accesses(one), *self.accesses(two)]))

    def _add(self, s: Any, e: Effects) -> None:
        e.used.update(("position", a.tape) if isinstance(a, Count) else a for a in ir.uses_of(s) if isinstance(a, (Var, Count)))
        e.defined.update(ir.defs_of(s))
        e.defined.update(ir.inner_defs_of(s))
        if isinstance(s, Effect) or isinstance(s, Assign) and _on_matrices(s.op):
            e.raises = e.barrier = True  # it takes arrays under other names
        if isinstance(s, Assign):
            e.raises |= self.may_raise(s.op)
            e.loaded.update(a for a in s.op.args if s.op.kind == "getitem" and isinstance(a, Var) and isinstance(a.type, Arr))
        elif isinstance(s, Store):
            e.stored.add(s.base)
            e.raises |= s.aug in _DIVISIONS and self.done.divisions.error_model == "python"
            if s.aug is not None:
                e.loaded.add(s.base)
        elif isinstance(s, (Advance, Start)):
            e.defined.add(("position", s.tape))
            e.used.update({("position", s.tape), s.tape})
            if isinstance(s, Start) and isinstance(s.value, Count):
                e.used.add(("position", s.value.tape))
        elif isinstance(s, (Raise, Assert)):
            e.raises = True
        elif isinstance(s, Grow) or isinstance(s, Note) and s.barrier:
            e.barrier = True
        elif isinstance(s, Loop) and s.iter is None:
            e.raises = True  # it may never end

    def may_raise(self, op: Op) -> bool:
        """Whether an operation may raise an exception."""
        if op.kind in _DIVISIONS:
            nonzero = isinstance(op.args[1], Lit) and op.args[1].value != 0
            return not nonzero and self.done.divisions.error_model == "python"
        if op.kind != "call" or not isinstance(op.fn, Ref):
            return False
        return _on_matrices(op) or getattr(op.fn.obj, "__module__", "") == checked.__name__ and op.fn.obj.__name__ not in _TOTAL

    def ordered(self, one: Effects, two: Effects) -> bool:
        """Whether two statements have to stay in their order."""
        if one.barrier or two.barrier or one.raises and two.raises:
            return True
        if not self.done.alone and (one.raises and two.stored or two.raises and one.stored):
            return True  # a handler may see what was stored
        if one.defined & two.used or one.used & two.defined or one.defined & two.defined:
            return True
        return self.meet(one.stored, two.loaded | two.stored) or self.meet(one.loaded, two.stored)

    def meet(self, some: set[Var], others: set[Var]) -> bool:
        """Whether an array of the first set may share memory with one of the second."""
        return any(self.shares(a, b) for a in some for b in others)

    def shares(self, a: Var, b: Var) -> bool:
        """Whether two arrays may share memory."""
        if a is b:
            return True
        if (a, b) not in self._shares:
            self._shares[a, b] = bool(self.done.may_share(a, b))
        return self._shares[a, b]

    # --- indices ---------------------------------------------------------------------------------------------------------

    def affine(self, a: Any) -> tuple[Any, int]:
        """An integer as a variable plus a constant."""
        offset = 0
        while isinstance(a, Var):
            op = self.made.get(a)
            if op is None or op.kind not in ("add", "sub") or not isinstance(op.args[1], Lit) or type(op.args[1].value) is not int:
                return a, offset
            offset += op.args[1].value if op.kind == "add" else -op.args[1].value
            a = op.args[0]
        return (None, offset + a.value) if isinstance(a, Lit) and type(a.value) is int else (a, offset)

    def index(self, a: Any) -> Index:
        """The index of an element."""
        op = self.made.get(a) if isinstance(a, Var) else None
        parts = op.args if op is not None and op.kind == "tuple" else (a,)
        return tuple((object(), 0) if isinstance(p, Count) else self.affine(p) for p in parts)  # a position moves on

    def accesses(self, loop: Loop) -> list[Access]:
        """The elements that a loop reads or stores to; found once, as the effects."""
        if id(loop) not in self._accesses:
            self._accesses[id(loop)] = loop, list(dict.fromkeys(self._found(loop)))
        return self._accesses[id(loop)][1]

    def _found(self, loop: Loop) -> list[Access]:
        found = []
        for s in ir.walk(loop.body):
            if isinstance(s, Store):
                found.append((s.base, self.index(s.index), True))
            elif isinstance(s, Assign) and s.op.kind == "getitem" and isinstance(s.op.args[0], Var) and isinstance(s.op.args[0].type, Arr):
                found.append((s.op.args[0], self.index(s.op.args[1]), False))
        return found

    # --- sizes -----------------------------------------------------------------------------------------------------------

    def amount(self, a: Any) -> Any:
        """Something that is equal for integers that are certainly equal."""
        if not isinstance(a, Var):
            return a.value if isinstance(a, Lit) else a
        op = self.made.get(a)
        size = None if op is None else self._size(op)
        if size is not None:
            return size
        if op is not None and (op.kind in ("add", "sub", "mul", "floordiv") or op.kind == "call"):
            return op.kind, op.fn.name if op.fn is not None else "", tuple(map(self.amount, op.args))
        return a

    def _size(self, op: Op) -> Any:
        size = self.done.size_of_made(op, self.made)
        if size is None:
            return None
        sample = size.sample()
        return ("size", sample) if sample is not None else ("size", size.array, size.axis)

    def same_range(self, one: Loop, two: Loop) -> bool:
        """Whether two loops certainly run over the same numbers, in the same order."""
        if not isinstance(one.iter, Range) or not isinstance(two.iter, Range) or one.iter.reverse is not two.iter.reverse:
            return False
        return all(self.amount(a) == self.amount(b) for a, b in zip(one.iter.atoms(), two.iter.atoms()))


def _on_matrices(op: Op) -> bool:
    """Whether an operation is a call of a function for matrices."""
    return op.kind == "call" and isinstance(op.fn, Ref) and getattr(op.fn.obj, "__module__", "") == linear.__name__


__all__ = ["Effects", "Index", "Knowledge"]
