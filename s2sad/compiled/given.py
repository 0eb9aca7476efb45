"""Arrays that a compiled function returns, and large ones that it uses, are made in front of its call and given to it.

It takes less time to give an array than to return one, and NumPy makes large ones faster, in larger pages of memory.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from ..analysis.types import Arr
from ..ir.nodes import Assign, Lit, Op, Param, Ref, Region, Var
from .estimate import elements
from .forward import drop_unused
from .nodes import Kernel
from .parts import LEN, MAX, MIN

LARGE = 2**19  # elements of an array that NumPy gives large pages
_SIZES = frozenset({"tuple", "getattr", "getitem", "add", "sub", "mul", "floordiv"})


class Given:
    """The results of one function, whose translation is `done`."""

    def __init__(self, done: Any) -> None:
        self.done = done
        self.outside = {inner: outer for outer, inner in done.params.items()}
        self.made = {s.target: s for s in done.body.stmts if isinstance(s, Assign)}
        self.before: list[Assign] = []

    def give(self, kernel: Kernel) -> list[Assign]:
        """Turn arrays into arguments; what makes them goes in front of the call."""
        times = Counter(a for a in self.done.results.values() if isinstance(a, Var))
        returned = {a: v for v, a in self.done.results.items() if isinstance(a, Var) and times[a] == 1}
        kept = {t.var for t in self.done.tapes.values() if not t.inner or t.room is None} | {a for a in times if times[a] > 1}
        for a, made in self.made.items():
            if a in kept or not isinstance(a.type, Arr) or not self._plain(made.op) or a not in returned and self._elements(a) < LARGE:
                continue
            v = returned.get(a) or Var(a.hint, a.type, named=True, region=Region())
            self.before.append(Assign(v, self._op(made.op)))
            self.done.body.stmts.remove(made)
            a.hint = self.done.unused_name(a.hint)
            kernel.function.params.append(Param(a))
            kernel.args.append(v)
            kernel.writes.append(v)
            if a in returned:
                kernel.results.remove(v)
                del self.done.results[v]
        drop_unused(self.done)
        return self.before

    def _elements(self, a: Var) -> int:
        """How many elements it has in the call that is compiled for, by estimate."""
        tape = next((t for t in self.done.tapes.values() if t.var is a), None)
        if tape is None:
            return elements(a.type)
        sizes = [origin.sample() for _, origin, *_ in tape.shapes]
        return tape.entries * math.prod(max(s[-1], 1) for s in sizes if s is not None)

    def _plain(self, op: Op) -> bool:
        """Whether it makes an array without values, of a size that is known outside."""
        if op.kind != "call" or not isinstance(op.fn, Ref) or op.fn.obj not in (np.empty, np.empty_like):
            return False
        if op.fn.obj is np.empty_like and op.args[0] in self.done.packed:
            return False  # it has to be contiguous
        return all(map(self._known, op.args))

    def _known(self, a: Any) -> bool:
        if isinstance(a, (Lit, Ref)) or a in self.outside:
            return True
        made = self.made.get(a)
        if made is None:
            return False
        plain = made.op.kind in _SIZES or made.op.kind == "call" and any(made.op.fn.obj is f.obj for f in (LEN, MAX, MIN))
        return plain and all(map(self._known, made.op.args))

    def _op(self, op: Op) -> Op:
        return Op(op.kind, tuple(map(self._atom, op.args)), fn=op.fn, name=op.name)

    def _atom(self, a: Any) -> Any:
        if isinstance(a, (Lit, Ref)) or a in self.outside:
            return self.outside.get(a, a)
        made = self.made[a]
        target = Var(a.hint, a.type)
        self.before.append(Assign(target, self._op(made.op)))
        return target


__all__ = ["Given"]
