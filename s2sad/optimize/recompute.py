"""Numbers that are computed again from others, where that takes less time than a tape.

    for _ in range(n):                              for _ in range(n):
        x_tape.append(x)                                x_tape.append(x)
        k = x * (a - x)                                 k = x * (a - x)
        k_tape.append(k)                      ->        ...
        ...                                         for x in reversed(x_tape):
    for k, x in zip(...):                               k = x * (a - x)
        ...                                             ...

Saving a number and taking it back costs as much as about three operations on floats. What is computed again is the same bit
for bit: the same operations on the same operands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..analysis import effects
from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Loop, Op, Pop, Push, Range, Var
from ..ir.uses import all_blocks
from .places import Places

_FEW = 12  # values of which all are tried
_MOST = 30  # operations for one value
_TAPE = 3  # operations on floats that take as long as saving a number and taking it back
_COSTS = {"add": 1, "sub": 1, "mul": 1, "truediv": 1, "neg": 1, "pos": 1, "pow": 2}
_NUMPY = 3  # how much longer they take on NumPy's scalars


@dataclass
class _Pair:
    """A loop and the one of the reverse sweep that takes up its tapes."""

    forward: Loop
    reverse: Loop
    entries: list[tuple[Push, Pop]] = field(default_factory=list)


def recompute_numbers(function: Function) -> Function:
    """Replace tapes of numbers by computations in the reverse sweep; changed in place. Exact."""
    pairs = _pairs(function)
    if any(len(pair.entries) > 1 for pair in pairs):
        places = Places(function)
        values: dict[Var, Var] = {}
        for pair in pairs:
            values.update(_Plan(pair, places).run())
        if values:
            for stmt in ir.walk(function.body):
                ir.substitute(stmt, lambda a: values.get(a, a) if isinstance(a, Var) else a)
            function.result = ir.substitute_result(function.result, lambda a: values.get(a, a) if isinstance(a, Var) else a)
    return function


def _pairs(function: Function) -> list[_Pair]:
    """The loops whose tapes get one entry in each iteration, which is taken off in one of the reverse sweep's."""
    found: dict[Var, list[tuple[Any, Any]]] = {}
    holders = {id(s.body): s for s in ir.walk(function.body) if type(s) is Loop}
    for block in all_blocks(function):
        holder = holders.get(id(block))
        for s in block:
            if isinstance(s, (Push, Pop, ir.Mark, ir.Cut)):
                found.setdefault(s.tape, []).append((s, holder))
    pairs: dict[tuple[int, int], _Pair] = {}
    for uses in found.values():
        if len(uses) != 2:
            continue
        (push, forward), (pop, reverse) = uses
        if type(push) is Push and type(pop) is Pop and forward is not None and reverse is not None and forward is not reverse:
            pair = pairs.setdefault((id(forward), id(reverse)), _Pair(forward, reverse))
            pair.entries.append((push, pop))
    return list(pairs.values())


class _Plan:
    """What is computed again in the iterations of one loop."""

    def __init__(self, pair: _Pair, places: Places) -> None:
        self.pair = pair
        self.places = places
        self.made = {s.target: s for s in pair.forward.body if type(s) is Assign}
        self.pops = {push.value: pop for push, pop in pair.entries if isinstance(push.value, Var)}
        self.again: dict[Var, Var] = {}  # values of the forward loop, and the variables that have them again
        self.base: set[Any] = set()  # values that stay on tapes

    def run(self) -> dict[Var, Var]:
        """The variables that were taken off a tape, and those that are computed instead."""
        chosen = self.possible([v for v in self.made if v in self.pops])
        loss, together = self.loss(chosen)
        while chosen:
            tried = [self.loss(self.possible([v for v in chosen if v is not left])) for left in self.candidates(chosen, together)]
            best = min(range(len(tried)), key=lambda k: tried[k][0])
            if loss <= 0 and tried[best][0] >= loss:
                break
            left = self.candidates(chosen, together)[best]
            chosen = self.possible([v for v in chosen if v is not left])
            loss, together = tried[best]
        if not chosen:
            return {}
        self.rewrite([v for v in self.made if v in together], chosen)
        return {self.pops[v].target: self.again[v] for v in chosen}

    def possible(self, chosen: list[Var]) -> list[Var]:
        """Those that can be computed, where the others stay on tapes."""
        while True:
            found = [v for v in chosen if self.needed(v, set(chosen)) is not None]
            if len(found) == len(chosen):
                return chosen
            chosen = found

    def loss(self, chosen: list[Var]) -> tuple[int, Counter[Var]]:
        """The time that it takes to compute some values, less that of their tapes; and how many of them need each value."""
        together: Counter[Var] = Counter(a for v in chosen for a in self.needed(v, set(chosen)) or ())
        return self.cost(together) - _TAPE * len(chosen), together

    def candidates(self, chosen: list[Var], together: Counter[Var]) -> list[Var]:
        """The values of which one stays on its tape: of many, only that which costs most alone."""
        if len(chosen) <= _FEW:
            return chosen
        return [max(chosen, key=lambda v: self.cost(a for a in self.needed(v, set(chosen)) or () if together[a] == 1))]

    def needed(self, v: Var, chosen: set[Var]) -> set[Var] | None:
        """What has to be computed for a value; None if that cannot be. What is not `chosen` stays on its tape."""
        op = self.made[v].op
        if self.time(op, v) > _TAPE:
            return None
        found = {v}
        for a in op.atoms():
            if not isinstance(a, Var) or a in found or a in self.pops and a not in chosen:
                continue
            if a is self.pair.forward.index and self.counted():
                continue
            if a in self.made:
                inner = self.needed(a, chosen)
                if inner is None or len(found | inner) > _MOST:
                    return None
                found |= inner
            elif not self.outside(a):
                return None
        return found

    def cost(self, values: Iterable[Var]) -> int:
        return sum(self.time(self.made[v].op, v) for v in values)

    def outside(self, a: Var) -> bool:
        return self.places.sees(a, self.pair.forward) and self.places.sees(a, self.pair.reverse)

    def counted(self) -> bool:
        """Whether the variable of one loop is that of the other in the iterations that belong together."""
        f, r = self.pair.forward.iter, self.pair.reverse.iter
        if not isinstance(f, Range) or not isinstance(r, Range) or f.reverse is r.reverse or self.pair.reverse.index is None:
            return False
        return all(
            a is b or isinstance(a, Lit) and isinstance(b, Lit) and type(a.value) is type(b.value) and a.value == b.value
            for a, b in zip(f.atoms(), r.atoms())
        )

    def time(self, op: Op, v: Var) -> int:
        """The time an operation takes, in operations on floats; more than a tape if it is not one on numbers."""
        numbers = isinstance(v.type, Num) and v.type.dtype.kind in "fciu"
        if not numbers or op.kind not in _COSTS or effects.is_volatile(op) or effects.reads_contents(op):
            return _TAPE + 1
        if op.kind == "pow" and not isinstance(op.args[1], Lit):
            return _TAPE + 1
        return _COSTS[op.kind] * (1 if isinstance(v.type, Num) and v.type.py else _NUMPY)

    def rewrite(self, order: list[Var], chosen: list[Var]) -> None:
        body = self.pair.reverse.body
        new: list[Any] = []
        for v in order:
            old = self.made[v]
            op = ir.substitute_op(old.op, self.value)
            self.again[v] = Var(v.hint, v.type, False, v.named)
            new.append(Assign(self.again[v], op, old.span))
        gone = {id(self.pops[v]) for v in chosen}
        first = [pop for push, pop in self.pair.entries if push.value in self.base]
        moved = gone | {id(p) for p in first}
        body.stmts[:] = [*first, *new, *(s for s in body if id(s) not in moved)]
        pushes = {id(push) for push, pop in self.pair.entries if id(pop) in gone}
        self.pair.forward.body.stmts[:] = [s for s in self.pair.forward.body if id(s) not in pushes]

    def value(self, atom: Any) -> Any:
        """What has the value of an atom of the forward loop in the reverse sweep."""
        if not isinstance(atom, Var):
            return atom
        if atom in self.again:
            return self.again[atom]
        if atom in self.pops:
            self.base.add(atom)
            return self.pops[atom].target
        return self.pair.reverse.index if atom is self.pair.forward.index else atom


