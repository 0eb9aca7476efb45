"""Loops over elements that hand arrays to each other become one loop, in which the elements are numbers.

    for i in range(len(x)):                          for i in range(len(x)):
        y[i] = np.sin(x[i])                              y = np.sin(x[i])
    for i in range(len(x)):               ->             z[i] = y * x[i]
        z[i] = y[i] * x[i]

Loops are joined if one reads what the other stores, both run over the same numbers, what stands between them can go elsewhere,
and no element is then read or stored to at another time, as seen from those that meet in memory. An array of the function's own
that nothing reads any more is not made.
"""

from __future__ import annotations

from typing import Any

from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Lit, Loop, Note, Range
from . import arrays
from .effects import Knowledge
from .forward import Forwarding

ENABLED = True


def fuse(done: Any) -> None:
    """Join the loops of a translation, in place."""
    if ENABLED:
        Fusion(done).run()


def parallel(done: Any) -> set[int]:
    """The identities of the loops that run in parallel: Numba does that for ranges by steps of one."""
    found = set()
    for loop in ir.walk(done.body):
        count = done.independent.get(id(loop))
        if count is None or not isinstance(loop.iter.step, Lit) or loop.iter.step.value != 1 or loop.iter.reverse:
            continue
        if count >= arrays.LARGE or count * _cost(loop) >= arrays.MUCH:
            found.add(id(loop))
    return found


def _cost(loop: Loop) -> int:
    """The operations in the body of a loop."""
    return sum(10 if s.op.kind == "call" else 1 for s in ir.walk(loop.body) if isinstance(s, Assign) and isinstance(s.target.type, Num))


class Fusion:
    """The loops of one function."""

    def __init__(self, done: Any) -> None:
        self.done, self.known = done, Knowledge(done)

    def run(self) -> None:
        self._block(self.done.body)
        Forwarding(self.done).run()

    def _block(self, block: Block) -> None:
        k = 0
        while k < len(block.stmts):
            joined = self._joined(block, k) if isinstance(block.stmts[k], Loop) else None
            k = k + 1 if joined is None else joined
        for s in block.stmts:
            for inner in ir.blocks_of(s):
                self._block(inner)

    def _joined(self, block: Block, k: int) -> int | None:
        """Join a loop to one before it; the position of the result, None if there is none."""
        two = block.stmts[k]
        if not self._plain(two):
            return None
        for j in range(k - 1, -1, -1):
            one = block.stmts[j]
            if isinstance(one, Loop) and self._plain(one) and self.known.same_range(one, two) and self._linked(one, two):
                moved = self._between(block.stmts, j, k)
                if moved is not None and self._compatible(one, two):
                    before, notes, after = moved
                    block.stmts[j : k + 1] = [*before, self._one(one, notes, two), *after]
                    return j + len(before)
        return None

    def _plain(self, loop: Loop) -> bool:
        """Whether it is a loop over numbers that ends where its range does, and whose body only computes and stores."""
        r = loop.iter
        if not isinstance(r, Range) or loop.go is not None or not isinstance(r.step, Lit) or type(r.step.value) is not int or r.step.value < 1:
            return False
        e = self.known.effects(loop)
        return not e.raises and not e.barrier and not any(isinstance(v, tuple) for v in e.defined)

    def _linked(self, one: Loop, two: Loop) -> bool:
        return bool(self.known.effects(one).stored & self.known.effects(two).loaded)

    def _between(self, stmts: list[Any], j: int, k: int) -> tuple[list[Any], list[Any], list[Any]] | None:
        """What stands between two loops: what goes before them, comments, and what goes after them; None if something can do neither."""
        first, second = self.known.effects(stmts[j]), self.known.effects(stmts[k])
        before: list[Any] = []
        notes: list[Any] = []
        after: list[Any] = []
        for s in stmts[j + 1 : k]:
            if isinstance(s, Note) and not s.barrier:
                notes.append(s)
                continue
            e = self.known.effects(s)
            if not self.known.ordered(first, e) and not any(self.known.ordered(self.known.effects(a), e) for a in after):
                before.append(s)
            elif not self.known.ordered(e, second):
                after.append(s)
            else:
                return None
        return before, notes, after

    def _compatible(self, one: Loop, two: Loop) -> bool:
        """Whether each element is still read and stored to in the same order."""
        if self.known.effects(one).defined & self.known.effects(two).used:
            return False
        down = isinstance(one.iter, Range) and one.iter.reverse
        second = self.known.effects(two)
        found = [a for a in self.known.accesses(one) if self.known.meet({a[0]}, second.stored | (second.loaded if a[2] else set()))]
        for a, at, stores in found:
            for b, where, also in self.known.accesses(two):
                if (stores or also) and self.known.shares(a, b):
                    if a is not b or len(at) != len(where):
                        return False
                    gaps = [y - x for (i, x), (j, y) in zip(at, where) if i is one.index and j is two.index]
                    if not any(g >= 0 if down else g <= 0 for g in gaps):
                        return False
        return True

    def _one(self, one: Loop, notes: list[Any], two: Loop) -> Loop:
        """Both loops as one."""
        old, new = two.index, one.index
        assert new is not None
        if new.hint == "_":
            new.hint = old.hint if old is not None else "_"
        for s in ir.walk(two.body):
            ir.substitute(s, lambda a: new if a is old else a)
            if isinstance(s, Assign):
                self.known.made[s.target] = s.op
        joined = Loop(one.iter, new, [*one.carries, *two.carries], Block([*one.body.stmts, *notes, *two.body.stmts]), span=one.span)
        self.known.joined(joined, one, two)
        counts = [self.done.independent.pop(id(loop), None) for loop in (one, two)]
        if None not in counts and self._apart(one, two):
            self.done.independent[id(joined)] = max(counts)
        self.done.kept += [joined, one, two]
        return joined

    def _apart(self, one: Loop, two: Loop) -> bool:
        """Whether no iteration reads what another one stores, after the loops were joined."""
        stored = self.known.effects(one).stored | self.known.effects(two).stored
        found: dict[Any, set[int]] = {}
        for loop in (one, two):
            for a, at, _ in self.known.accesses(loop):
                if a in stored:
                    first = next(((k, x) for k, (i, x) in enumerate(at) if i is one.index), None)
                    found.setdefault(a, set()).add(first)  # type: ignore[arg-type]
        return all(len(places) == 1 and None not in places for places in found.values())


__all__ = ["fuse", "parallel"]
