"""What is saved is what the reverse sweep asks for, not what it would compute that from.

    product_tape.append(product)                S = product + R
    S = product + R                      ->     S_tape.append(S)
    ...                                         ...
    S = product_tape.pop() + R                  S = S_tape.pop()

Where nothing else reads the operand again, and the result takes no more memory. Exact: both sweeps do the same operation on
the same operands, in memory that nothing stores to.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Lit, Loop, Op, Pop, Push, Range, Var
from ..ir.uses import all_blocks, use_counts

DEPTH = 4  # operations between an operand and what is the same in both sweeps


def save_results(function: Function) -> Function:
    """Save results in place of their operands; changed in place."""
    found = Tapes(function)
    while any(found.better(tape) for tape in list(found.entries)):
        pass
    return function


class Tapes:
    """The tapes that are written to in one place and read in one, and what makes the values around them."""

    KINDS = frozenset({*ir.ARITHMETIC, "matmul", "getitem"})  # of operations that are compared

    def __init__(self, function: Function) -> None:
        self.uses = use_counts(function)
        self.made: dict[Var, Assign] = {}
        self.home: dict[int, Block] = {}  # id of a statement -> the block that it is in
        self.loops: dict[Var, Loop] = {}  # by their index
        self.changed: set[Any] = set()
        places: dict[Var, list[Any]] = {}
        for block in all_blocks(function):
            for s in block:
                self.home[id(s)] = block
                self.changed.update(r.find() for r in effects.writes(s) or ())
                if isinstance(s, Assign):
                    self.made[s.target] = s
                elif isinstance(s, Loop) and s.index is not None:
                    self.loops[s.index] = s
                elif isinstance(s, (Push, Pop, ir.Mark, ir.Cut)):
                    places.setdefault(s.tape, []).append(s)
        self.entries = {t: tuple(s) for t, s in places.items() if len(s) == 2 and type(s[0]) is Push and type(s[1]) is Pop
                        and not s[0].more and not s[1].more and isinstance(s[0].value, Var)}  # fmt: skip
        self.pushed = {pop.target: push.value for push, pop in self.entries.values()}

    def better(self, tape: Var) -> bool:
        """Save another value on a tape, if that is better."""
        push, pop = self.entries[tape]
        if self.uses[pop.target] != 1 or self.uses[push.value] < 2:
            return False
        forward, reverse = self.home[id(push)], self.home[id(pop)]
        again = next((s for s in reverse if isinstance(s, Assign) and pop.target in s.op.atoms()), None)
        if again is None or not self.alike(again.target, push.value):
            return False
        if push.value.named and not again.target.named and isinstance(again.target.type, Num):
            return False  # the author's name says more, and the operation takes no time to speak of
        start = next(i for i, s in enumerate(forward.stmts) if s is push)
        for first in forward.stmts[start + 1 :]:
            if isinstance(first, Assign) and self.same(again.op, first.op, DEPTH) and self.alike(first.target, again.target):
                self.move(tape, first, again)
                return True
        return False

    def alike(self, a: Var, b: Any) -> bool:
        """Whether two values are certainly of one type and size, in memory that nothing stores to."""
        t = a.type
        known = isinstance(t, Num) or isinstance(t, Arr) and t.shape is not None and t.dtype is not None
        return known and t == b.type and not a.view and not any(self.stored(v) for v in (a, b))

    def stored(self, v: Var) -> bool:
        region = effects.region_of(v)
        return region is not None and (region.stored or region.caller or region in self.changed)

    def same(self, again: Op, first: Op, depth: int) -> bool:
        """Whether an operation of the reverse sweep certainly gives what one of the forward sweep gave."""
        if (again.kind, again.name, again.data, len(again.args)) != (first.kind, first.name, first.data, len(first.args)):
            return False
        if again.kind not in self.KINDS or again.kwargs or first.kwargs or again.data is not None:
            return False
        return all(self.equal(a, b, depth) for a, b in zip(again.args, first.args))

    def equal(self, again: Any, first: Any, depth: int) -> bool:
        if isinstance(again, Lit) and isinstance(first, Lit):
            return type(again.value) is type(first.value) and str(again.value) == str(first.value)
        if not isinstance(again, Var) or not isinstance(first, Var) or self.stored(again) or self.stored(first):
            return False
        if again is first or self.pushed.get(again) is first or self.counted(again, first):
            return True
        a, b = self.made.get(again), self.made.get(first)
        return depth > 0 and a is not None and b is not None and self.same(a.op, b.op, depth - 1)

    def counted(self, again: Var, first: Var) -> bool:
        """Whether these are the variables of a loop and of the one that goes back through its iterations."""
        r, f = self.loops.get(again), self.loops.get(first)
        if r is None or f is None or r.mirrors is not first or not isinstance(r.iter, Range) or not isinstance(f.iter, Range):
            return False
        if r.iter.reverse is f.iter.reverse:
            return False
        return f.go is None and all(self.equal(a, b, 2) for a, b in zip(r.iter.atoms(), f.iter.atoms()))

    def move(self, tape: Var, first: Assign, again: Assign) -> None:
        push, pop = self.entries[tape]
        forward, reverse = self.home[id(push)], self.home[id(pop)]
        forward.stmts[:] = [s for s in forward.stmts if s is not push]
        at = next(i for i, s in enumerate(forward.stmts) if s is first)
        forward.stmts.insert(at + 1, push)
        reverse.stmts[:] = [s for s in reverse.stmts if s is not again]
        for v, change in ((push.value, -1), (first.target, 1), (pop.target, -1)):
            self.uses[v] += change
        push.value, pop.target = first.target, again.target
        tape.hint = f"{first.target.hint}_tape"
        self.pushed = {o.target: p.value for p, o in self.entries.values()}


__all__ = ["Tapes", "save_results"]
