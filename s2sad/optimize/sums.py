"""Sums of adjoints the way one writes them: `a * b + a * b` is `2.0 * a * b`, and `a + -b` is `a - b`.

Where `p` is `-0.5 * x`, `g * p + g * x * -0.5` is `-(g * x)`.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from ..analysis.types import Arr, Num, has_sign
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Lit, Note, Op, Var
from ..ir.uses import all_blocks, definitions, use_counts
from .order import reads_any, written
from .stores import same_atom


def tidy_sums(function: Function) -> Function:
    """Collect equal terms and move signs out of sums; changed in place."""
    uses = use_counts(function)
    defs = definitions(function)
    for block in all_blocks(function):
        _Sums(block, uses, defs).run()
    return function


class _Sums:
    """One block; `where` tells which statement defines a variable."""

    def __init__(self, block: Block, uses: Counter[Var], defs: dict[Var, Op]) -> None:
        self.block = block
        self.uses = uses
        self.defs = defs
        self.where: dict[Var, Assign] = {}

    def run(self) -> None:
        i = 0
        while i < len(self.block.stmts):
            stmt = self.block.stmts[i]
            if isinstance(stmt, Note) and stmt.barrier:
                self.where.clear()
            if isinstance(stmt, Assign):
                before = len(self.block.stmts)
                self.signs(i, stmt)
                if stmt.op.kind == "add":
                    self.doubled(i, stmt)
                i += len(self.block.stmts) - before
                self.where[stmt.target] = stmt
            i += 1

    def temporary(self, atom: Any, *kinds: str) -> Op | None:
        """The operation behind an unnamed variable that is used once."""
        if not isinstance(atom, Var) or atom.named or self.uses[atom] != 1:
            return None
        stmt = self.where.get(atom)
        return stmt.op if stmt is not None and stmt.op.kind in kinds else None

    def signs(self, i: int, stmt: Assign) -> None:
        """The same value with fewer signs, or with the sign where a sum can take it."""
        kind = stmt.op.kind
        if kind == "neg":
            self.twice_negated(i, stmt)
        if kind not in ("add", "sub", "mul", "truediv") or not all(_number(x) for x in stmt.op.args):
            return
        for k in (1, 0):
            inner = self.temporary(stmt.op.args[k], "neg")
            if inner is None or (kind == "sub" and k == 0) or self.stale(i, stmt.op.args[k]):
                continue
            if not has_sign(type_of(inner.args[0])) or not has_sign(stmt.target.type):
                continue
            a, b = (inner.args[0] if n == k else x for n, x in enumerate(stmt.op.args))
            if kind in ("mul", "truediv"):
                t = stmt.target.type
                product = Var("product", t, region=ir.Region() if isinstance(t, Arr) else None)
                self.insert(i, Assign(product, Op(kind, (a, b)), stmt.span))
                stmt.op = Op("neg", (product,))
            elif k == 1:
                stmt.op = Op("sub" if kind == "add" else "add", (a, b))
            else:
                stmt.op = Op("sub", (b, a))
            return

    def twice_negated(self, i: int, stmt: Assign) -> None:
        """`-(-(a * b))` of arrays: the product is made for this variable, so that no two names share memory."""
        inner = self.temporary(stmt.op.args[0], "neg")
        first = self.temporary(inner.args[0], *ir.ARITHMETIC) if inner is not None else None
        if inner is not None and first is not None and not self.stale(i, stmt.op.args[0], inner.args[0]):
            stmt.op = first

    def equal_products(self, a: Op, b: Op) -> bool:
        return any(all(self.equal(x, y) for x, y in zip(a.args, args)) for args in (b.args, b.args[::-1]))

    def equal(self, a: Any, b: Any) -> bool:
        """Whether two operands are certainly equal: the same, or the same element loaded twice."""
        if same_atom(a, b, self.defs):
            return True
        x, y = self.temporary(a, "getitem"), self.temporary(b, "getitem")
        if x is None or y is None or not all(same_atom(p, q, self.defs) for p, q in zip(x.args, y.args)):
            return False
        i, j = sorted(next(k for k, s in enumerate(self.block.stmts) if s is self.where[v]) for v in (a, b))
        return not reads_any(x, written(self.block.stmts[i:j]))

    def stale(self, i: int, *temporaries: Any) -> bool:
        """Whether what the operations behind temporaries read is changed before position `i`."""
        for v in temporaries:
            at = next((k for k, s in enumerate(self.block.stmts) if s is self.where[v]), None)
            if at is None or reads_any(self.where[v].op, written(self.block.stmts[at:i])):
                return True
        return False

    def insert(self, i: int, stmt: Assign) -> None:
        self.block.stmts.insert(i, stmt)
        self.where[stmt.target] = stmt
        self.uses[stmt.target] = 1

    def doubled(self, i: int, stmt: Assign) -> None:
        """`p * q + p * q`, or the last two terms of a longer sum."""
        a, b = stmt.op.args
        last = self.temporary(b, "mul")
        if last is None or not _double(stmt.target):
            return
        first, rest = self.temporary(a, "mul"), None
        start: Any = a
        if first is None and (inner := self.temporary(a, "add")) is not None:
            rest, start = inner.args
            first = self.temporary(start, "mul")
        if first is None or self.stale(i, start, b):
            return
        for p, q in ((first, last), (last, first)):
            if (alike := self.multiples(p, q, stmt.target.type)) is not None:
                self.join(i, stmt, b, rest, self.multiple(i, stmt, *alike))
                return
        if not self.equal_products(first, last):
            return
        p, q = last.args
        if type_of(p) != stmt.target.type and type_of(q) == stmt.target.type and isinstance(type_of(p), Arr):
            p, q = q, p
        if not has_sign(type_of(p)):  # twice a boolean, or an integer of 8 bits, is a float of 64
            return
        self.join(i, stmt, b, rest, self.multiple(i, stmt, 2.0, p, q))

    def join(self, i: int, stmt: Assign, last: Var, rest: Any, op: Op) -> None:
        """Let a sum be an operation, and the `rest` of the sum."""
        if rest is not None:
            at = next(k for k, s in enumerate(self.block.stmts) if s is stmt)
            product = Var(last.hint, last.type, region=ir.Region() if isinstance(last.type, Arr) else None)
            self.insert(at, Assign(product, op, stmt.span))
            op = Op("add", (rest, product))
        stmt.op = op

    def multiple(self, i: int, stmt: Assign, factor: float, p: Any, q: Any) -> Op:
        """The operation that gives `factor * p * q`, behind the others that it takes."""
        if factor == 1.0:
            return Op("mul", (p, q))
        value = p if factor != -1.0 else stmt.target
        new = Var("product", type_of(value), region=ir.Region() if isinstance(type_of(value), Arr) else None)
        self.insert(i, Assign(new, Op("mul", (p, q) if factor == -1.0 else (Lit(factor), p)), stmt.span))
        return Op("neg", (new,)) if factor == -1.0 else Op("mul", (new, q))

    def multiples(self, short: Op, long: Op, total: Any) -> tuple[float, Any, Any] | None:
        """`g * r` and `g * x * c`, where `r` is `c * x`, as a multiple of `g * x`; by powers of two, which is exact."""
        for inner, c in (long.args, long.args[::-1]):
            product = self.temporary(inner, "mul")
            if product is None or not _power(c) or type_of(inner) != total:
                continue
            for g, r in (short.args, short.args[::-1]):
                for p, x in (product.args, product.args[::-1]):
                    if p is g and isinstance(r, Var) and self.scaled(r, x, c) and type_of(r) == type_of(x) and has_sign(type_of(g)):
                        return 2.0 * c.value, g, x
        return None

    def scaled(self, r: Var, x: Any, c: Lit) -> bool:
        """Whether `r` certainly is `c * x`: in memory that nothing stores to."""
        op = self.defs.get(r)
        if op is None or op.kind != "mul" or any(v.region is not None and v.region.find().stored for v in (r, x) if isinstance(v, Var)):
            return False
        return any(a is x and isinstance(b, Lit) and type(b.value) is float and b.value == c.value for a, b in (op.args, op.args[::-1]))


def _number(atom: Any) -> bool:
    return isinstance(type_of(atom), (Num, Arr))


def _power(atom: Any) -> bool:
    """Whether an atom is a power of two."""
    return isinstance(atom, Lit) and type(atom.value) is float and abs(math.frexp(atom.value)[0]) == 0.5 and 1e-100 < abs(atom.value) < 1e100


def _double(var: Var) -> bool:
    """Whether `2.0 * var` has the type of `var`."""
    t = var.type
    if isinstance(t, Arr):
        return t.dtype is not None and t.dtype.kind in "fc" and bool(t.ndim)
    return isinstance(t, Num) and t.dtype.kind in "fc" and t.dtype.itemsize >= 8
