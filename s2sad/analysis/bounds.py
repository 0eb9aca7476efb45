"""What the ranges of loops and the tests around a statement tell of the differences between whole numbers.

In `for i in range(n): for j in range(i): if k != j`, `j` is at most `i - 1`, and not `k`. Each of these is a bound of the
difference of two variables; bounds along a chain of variables add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..ir.nodes import Lit, Op, Range, Var
from .affine import Affine, affine
from .types import Num

Fact = tuple[Op, bool]  # a comparison, and whether it holds
_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
_OPPOSITE = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
_MOST = 12  # variables in one chain of bounds


class Bounds:
    """Bounds of differences of variables where a statement is; a variable of None stands for zero."""

    def __init__(
        self, definition: Callable[[Var], Op | None], iterated: Callable[[Var], Range | None], facts: Iterable[Fact] = ()
    ) -> None:  # fmt: skip
        self.definition = definition
        self.iterated = iterated
        self.limits: dict[tuple[Any, Any], int] = {}  # (a, b): a - b is at most this
        self.others: list[tuple[Any, Any, int]] = []  # a - b is not this
        self.known: set[Any] = {None}
        for op, holds in facts:
            self.fact(op, holds)

    def number(self, atom: Any) -> Affine | None:
        """An index as a variable plus a constant, in numbers that do not wrap around."""
        found = affine(atom, self.definition)
        if found is None or found.root is None:
            return found
        exact = self.iterated(found.root) is not None or isinstance(found.root.type, Num) and found.root.type.py
        if not exact or isinstance(found.root.type, Num) and found.root.type.dtype.kind != "i":
            return None
        self.learn(found.root)
        return found

    def learn(self, v: Var) -> None:
        """What the range of a variable tells."""
        if v in self.known:
            return
        self.known.add(v)
        steps = self.iterated(v)
        if steps is None or not isinstance(steps.step, Lit) or type(steps.step.value) is not int or steps.step.value == 0:
            return
        start, stop = self.number(steps.start), self.number(steps.stop)
        up, me = steps.step.value > 0, Affine(v, 0)
        if start is not None:
            self.at_most(start, me, 0) if up else self.at_most(me, start, 0)
        if stop is not None:
            self.at_most(me, stop, -1) if up else self.at_most(stop, me, -1)

    def fact(self, op: Op, holds: bool) -> None:
        if op.kind not in _MIRRORED or len(op.args) != 2:
            return
        a, b = self.number(op.args[0]), self.number(op.args[1])
        if a is None or b is None:
            return
        kind = op.kind if holds else _OPPOSITE[op.kind]
        if kind == "ne":
            self.others.append((a.root, b.root, b.offset - a.offset))
            return
        if kind in ("lt", "le", "eq"):
            self.at_most(a, b, -(kind == "lt"))
        if kind in ("gt", "ge", "eq"):
            self.at_most(b, a, -(kind == "gt"))

    def at_most(self, a: Affine, b: Affine, more: int) -> None:
        """Learn that a number is at most another one and some more."""
        key = (a.root, b.root)
        limit = b.offset - a.offset + more
        if a.root is not b.root and limit < self.limits.get(key, limit + 1):
            self.limits[key] = limit

    def most(self, a: Affine, b: Affine) -> int | None:
        """An upper bound of `a - b`; None if there is none to be seen."""
        self.use_others()
        found = self.chain(a.root, b.root)
        return None if found is None else found + a.offset - b.offset

    def least(self, a: Affine) -> int | None:
        """A lower bound of a number."""
        found = self.most(Affine(None, 0), a)
        return None if found is None else -found

    def chain(self, a: Any, b: Any) -> int | None:
        """The smallest sum of bounds on a way from one variable to another."""
        best: dict[Any, int] = {a: 0}
        for _ in range(_MOST):
            changed = False
            for (x, y), limit in self.limits.items():
                if x in best and best[x] + limit < best.get(y, best[x] + limit + 1):
                    best[y] = best[x] + limit
                    changed = True
            if not changed:
                break
        return best.get(b)

    def use_others(self) -> None:
        """A difference that is at most some number, and not that number, is at most one less."""
        for a, b, other in self.others:
            for x, y, value in ((a, b, other), (b, a, -other)):
                if x is not y and self.chain(x, y) == value:
                    self.limits[x, y] = value - 1


__all__ = ["Bounds", "Fact"]
