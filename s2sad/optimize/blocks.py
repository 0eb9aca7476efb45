"""Long chains of elementwise operations on large arrays, block by block.

                                            x_bar = np.empty_like(x)
    s = np.sin(x)                           for start in range(0, len(x), 16384):
    y = s * np.exp(-x)              ->          x_part = x[start : start + 16384]
    ...                                         s = np.sin(x_part)
    x_bar = y_bar * np.cos(x)                   ...
                                                x_bar[start : start + 16384] = y_bar * np.cos(x_part)

What an operation makes is then still in the cache when the next one reads it. Only on request: sums are sums of those of the
blocks, in their order, which does not depend on the machine but is another one than NumPy's. Everything else is computed
element by element from the same operands.

Arrays of one axis and of one length take part. A chain ends where all of it is needed: at a number that was summed up, at a store,
at anything that is not elementwise. What is read behind a chain is stored in an array of the whole length.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import INT, Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Carry, Function, Lit, Loop, Note, Op, Range, Ref, Region, Store, Var

_ENOUGH = 4  # operations that are worth a loop
_OPERATORS = (ir.ARITHMETIC | frozenset(ir.COMPARE) | frozenset({"and_", "or_", "xor", "invert", "copy"})) - {"is_", "is_not", "in_", "not_in"}


def strip_mine(function: Function, block: int, workers: int = 1) -> Function:
    """The function with chains of elementwise operations run in blocks of `block` elements; changed in place.

    With more than one of `workers`, so many threads run the blocks.
    """
    length = _length(function.body)
    if length is not None:
        function.body.stmts[:] = _Miner(function, length, block, workers).run()
    return function


def _length(block: Block) -> Any:
    """The size of the arrays with the most operations at the top of a function, if it may be large."""
    counts: dict[Any, int] = {}
    for stmt in block:
        if type(stmt) is Assign and _elementwise(stmt.op) and isinstance(stmt.target.type, Arr) and stmt.target.type.ndim == 1:
            size = stmt.target.type.shape[0]  # type: ignore[index]
            if len(set(size)) > 1:  # a size that is not a constant
                counts[size] = counts.get(size, 0) + 1
    best = max(counts, key=lambda d: counts[d], default=None)
    return best if best is not None and counts[best] >= _ENOUGH else None


class _Miner:
    """Goes through the statements at the top of a function in order; `chain` is the open one."""

    def __init__(self, function: Function, length: Any, block: int, workers: int) -> None:
        self.workers = workers
        self.function = function
        self.length = length
        self.size = block
        self.out: list[Any] = []
        self.chain: list[Assign] = []
        self.after: list[Any] = []  # statements that need what the open chain makes
        self.behind: set[Var] = set()  # what is known only behind it

    def run(self) -> list[Any]:
        for i, stmt in enumerate(self.function.body.stmts):
            self.statement(stmt, i)
        self.close(len(self.function.body.stmts))
        return self.out

    def statement(self, stmt: Any, i: int) -> None:
        if isinstance(stmt, Note):
            (self.after if self.chain else self.out).append(stmt)
            return
        if not isinstance(stmt, Assign) or not effects.is_pure(stmt.op) or effects.is_volatile(stmt.op):
            self.close(i)
            self.out.append(stmt)
            return
        needs = {a for a in stmt.op.atoms() if isinstance(a, Var)}
        if self.member(stmt):
            if needs & self.behind:
                self.split(i)
            self.chain.append(stmt)
            if not self.long(stmt.target):
                self.behind.add(stmt.target)
        elif needs & self.behind or any(s.target in needs for s in self.chain):
            self.after.append(stmt)
            self.behind.add(stmt.target)
        else:
            self.out.append(stmt)

    def member(self, stmt: Assign) -> bool:
        """Whether a statement computes elements from elements, or a sum over them."""
        op = stmt.op
        if self.long(stmt.target):
            fresh = stmt.target.type.dtype is not None and not stmt.target.view  # type: ignore[attr-defined]
            return fresh and _elementwise(op) and all(self.long(a) or _number(a) for a in op.args)
        t = stmt.target.type
        return isinstance(t, Num) and t.dtype.kind in "fc" and _sums(op) and all(self.long(a) for a in op.args)

    def long(self, atom: Any) -> bool:
        return isinstance(atom, Var) and isinstance(atom.type, Arr) and atom.type.shape == (self.length,)

    # --- one chain -------------------------------------------------------------------------------------------------------

    def close(self, i: int) -> None:
        """Write the open chain; `i` is the position of the next statement."""
        self.write(self.chain, self.read_from(i))
        self.chain, self.after, self.behind = [], [], set()

    def split(self, i: int) -> None:
        """Write what is needed of the open chain for what is known behind it only; the rest goes on."""
        needed = {a for s in self.after for a in ir.uses_of(s)}
        first: list[Assign] = []
        for stmt in reversed(self.chain):
            if stmt.target in needed or not self.long(stmt.target):
                first.insert(0, stmt)
                needed.update(stmt.op.atoms())
        rest = [s for s in self.chain if s not in first]
        later = self.read_from(i)
        again = self.cheap(first, rest, i) if self.enough(first) else []
        rest = [*again, *rest]
        behind = {s.target for s in again}
        self.write(first, (later | {a for s in rest for a in s.op.atoms()}) - behind)
        self.chain, self.after, self.behind = rest, [], set()

    def cheap(self, first: list[Assign], rest: list[Assign], i: int) -> list[Assign]:
        """What is computed again in the next loop, as that takes less time than to store it and to read it."""
        made = {s.target for s in first}
        members = [*rest, *(s for s in self.function.body.stmts[i:] if isinstance(s, Assign) and self.member(s))]
        others = {a for s in (*self.after, *self.function.body.stmts[i:]) if s not in members for x in ir.within(s) for a in ir.uses_of(x)}
        others |= set(ir.result_atoms(self.function.result))
        read = {a for s in members for a in s.op.atoms()}
        again: list[Assign] = []
        for stmt in first:
            v = stmt.target
            plain = stmt.op.kind in ("add", "sub", "mul", "neg") and not any(a in made for a in stmt.op.args)
            if plain and self.long(v) and v in read and v not in others:
                again.append(stmt)
        return again

    def read_from(self, i: int) -> set[Any]:
        """What statements behind the open chain read."""
        stmts = (*self.after, *self.function.body.stmts[i:])
        return {a for stmt in stmts for s in ir.within(stmt) for a in ir.uses_of(s)} | set(ir.result_atoms(self.function.result))

    def enough(self, chain: list[Assign]) -> bool:
        return sum(self.long(s.target) for s in chain) >= _ENOUGH

    def write(self, chain: list[Assign], later: set[Any]) -> None:
        """Write a chain, as a loop if it is long enough, and what comes behind it."""
        if self.enough(chain):
            params = [p.var for p in self.function.params]
            self.out += [*_Loop(chain, later, self.long, self.size, params, self.workers).statements(), *self.after]
        else:
            order = {id(s): k for k, s in enumerate(self.function.body.stmts)}
            self.out += sorted([*chain, *self.after], key=lambda s: order[id(s)])


class _Loop:
    """The loop over blocks for one chain."""

    def __init__(self, chain: list[Assign], later: set[Any], long: Any, size: int, params: list[Var], workers: int) -> None:
        self.workers = workers
        self.totals: list[Any] = []
        self.params = params
        self.chain = chain
        self.later = later
        self.long = long
        self.size = size
        self.start = Var("start", INT)
        self.body: list[Any] = []
        self.parts: dict[Var, Var] = {}

    def statements(self) -> list[Any]:
        made = {s.target for s in self.chain}
        read = [a for s in self.chain for a in s.op.args if self.long(a) and a not in made]
        whole = next((p for p in self.params if p in read), read[0])
        before: list[Any] = []
        stop = self.define("stop", INT, Op("add", (self.start, Lit(self.size))))
        part = self.define("part", type_of(Lit(None)), Op("slice", (self.start, stop, Lit(None))))
        carries: list[Carry] = []
        for stmt in self.chain:
            op = ir.substitute_op(stmt.op, lambda a: self.part(a, part) if self.long(a) else a)
            if not isinstance(stmt.target.type, Arr):
                carries.append(self.sum(stmt, op))
                continue
            new = self.parts[stmt.target] = Var(stmt.target.hint, stmt.target.type, False, stmt.target.named, Region())
            self.body.append(Assign(new, op, stmt.span))
            if stmt.target in self.later:
                new.hint, new.named = f"{stmt.target.hint}_part", False
                before.append(Assign(stmt.target, _empty(whole, stmt.target), stmt.span))
                self.body.append(Store(stmt.target, part, new, None, stmt.span, "set"))
        length = Var("length", INT)
        before.append(Assign(length, Op("call", (whole,), fn=Ref(len, "len", len, "builtins"))))
        if carries:  # the sum of no blocks would be a number of Python
            once = Var("length", INT)
            before.append(Assign(once, Op("call", (length, Lit(1)), fn=Ref(max, "max", max, "builtins"))))
            length = once
        body = Block([*self.body, *self.totals])
        workers = self.workers if self.workers > 1 else 0
        loop = Loop(Range(Lit(0), length, Lit(self.size)), self.start, carries, body, workers=workers)
        return [*before, loop]

    def define(self, hint: str, type: Any, op: Op) -> Var:
        var = Var(hint, type)
        self.body.append(Assign(var, op))
        return var

    def part(self, array: Var, part: Var) -> Var:
        """The block of an array."""
        if array not in self.parts:
            self.parts[array] = self.define(f"{array.hint}_part", array.type, Op("getitem", (array, part)))
            self.parts[array].region, self.parts[array].view = array.region, True
        return self.parts[array]

    def sum(self, stmt: Assign, op: Op) -> Carry:
        t = stmt.target.type
        phi, of_block, total = (Var(stmt.target.hint, t, named=stmt.target.named) for _ in range(3))
        of_block.named = False
        self.body.append(Assign(of_block, op, stmt.span))
        # in threads, sums are added up outside: what they are made of has to be there at the end
        (self.body if self.workers == 1 else self.totals).append(Assign(total, Op("add", (phi, of_block)), stmt.span))
        return Carry(phi, Lit(0.0), total, stmt.target)


def _empty(whole: Var, target: Var) -> Op:
    fn = Ref(np.empty_like, "np.empty_like", np)
    if target.type.dtype == whole.type.dtype:  # type: ignore[attr-defined]
        return Op("call", (whole,), fn=fn)
    return Op("call", (whole,), (("dtype", Lit(target.type.dtype.name)),), fn=fn)  # type: ignore[attr-defined]


def _elementwise(op: Op) -> bool:
    if op.kind in _OPERATORS:
        return op.data is None
    if op.kind != "call" or not isinstance(op.fn, Ref) or op.kwargs or op.name or any(isinstance(a, ir.Star) for a in op.args):
        return False
    fn = op.fn.obj
    return isinstance(fn, np.ufunc) and fn.nout == 1 and fn.signature is None and len(op.args) == fn.nin or fn is np.where and len(op.args) == 3


def _sums(op: Op) -> bool:
    """Whether an operation adds up over all elements."""
    if op.kind == "matmul":
        return True
    return op.kind == "call" and isinstance(op.fn, Ref) and not op.kwargs and op.fn.obj in (np.sum, np.dot) and len(op.args) <= 2 and (
        op.fn.obj is np.dot or len(op.args) == 1
    )  # fmt: skip


def _number(atom: Any) -> bool:
    t = type_of(atom)
    return isinstance(t, Num) or isinstance(t, Arr) and t.ndim == 0

