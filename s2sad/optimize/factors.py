"""Factors of a product that cancel, as the 2.0 of a square and the 0.5 of a root do.

    2.0 * (g / y * 0.5) * x      ->      g / y * x
    g * -0.5 * (2.0 * x)         ->      -g * x
    -g * np.exp(x) * (2.0 * x)   ->      -2.0 * g * np.exp(x) * x

The last one has an array less to make, where `g` is a number. Only powers of two are taken out: to multiply by them is exact
but at the ends of the range, so that the product is the same. The author's own products stay as they are next to adjoints.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Op, Var
from ..ir.uses import all_blocks, reverse_sweep, use_counts

DEPTH = 12  # operations between two factors


def cancel_factors(function: Function) -> Function:
    """Join the factors of products whose parts nothing else reads; changed in place."""
    uses = use_counts(function)
    defs = {s.target: s for s in ir.walk(function.body) if isinstance(s, Assign)}
    inner = {a for s in defs.values() for a in _operands(s.op) if isinstance(a, Var) and uses[a] == 1}
    before: dict[int, Assign] = {}
    adjoints = [s for s in ir.walk(reverse_sweep(function)) if isinstance(s, Assign)]
    for stmt in adjoints or list(defs.values()):
        if stmt.target not in inner and stmt.op.kind in ("mul", "truediv", "neg", "getitem"):
            product = _Product(uses, defs, before)
            product.take(stmt, DEPTH)
            product.join()
    for block in all_blocks(function) if before else ():
        block.stmts[:] = [s for stmt in block.stmts for s in ((before[id(stmt)], stmt) if id(stmt) in before else (stmt,))]
    return function


class _Product:
    """The statements of one product: those that multiply by a power of two, the outermost first, and those with a number."""

    def __init__(self, uses: Counter[Var], defs: dict[Var, Assign], before: dict[int, Assign]) -> None:
        self.uses = uses
        self.defs = defs
        self.before = before  # id of a statement -> what is to be inserted before it
        self.scaled: list[Assign] = []
        self.numbers: list[tuple[Assign, int]] = []

    def take(self, stmt: Assign, depth: int) -> None:
        if _scaled(stmt) is not None:
            self.scaled.append(stmt)
        for k, a in enumerate(_operands(stmt.op) if depth else ()):
            if not isinstance(a, Var) or not _same_dtype(a, stmt.target):
                continue
            if isinstance(a.type, Num) and isinstance(stmt.target.type, Arr) and stmt.op.kind in ("mul", "truediv"):
                self.numbers.append((stmt, k))
            if self.uses[a] == 1 and a in self.defs:
                self.take(self.defs[a], depth - 1)

    def join(self) -> None:
        """Put one factor where it costs least, and nothing where the others were."""
        factors = [_scaled(s) for s in self.scaled]
        total = math.prod(f for _, f in factors)
        at = max((k for k, s in enumerate(self.scaled) if isinstance(s.target.type, Num)), default=None)
        if at is None and total != 1.0 and self.scaled and self.numbers:
            self.multiply(*self.numbers[-1], total)
        elif len(self.scaled) < 2:
            return
        elif at is None and total != 1.0:
            at = len(self.scaled) - 1
        for k, (stmt, (value, _)) in enumerate(zip(self.scaled, factors)):
            if k == at and total != 1.0:
                stmt.op = Op("neg", (value,)) if total == -1.0 else Op("mul", (Lit(total), value))
            else:  # of an array: another name for its memory would see what is stored to it
                stmt.op = Op("atom" if isinstance(stmt.target.type, Num) else "copy", (value,))

    def multiply(self, stmt: Assign, k: int, factor: float) -> None:
        """Multiply the number that is operand `k` of a statement."""
        number = stmt.op.args[k]
        made = self.defs.get(number)
        while made is not None and made.op.kind == "neg" and self.uses[number] == 1:
            number, factor = made.op.args[0], -factor
            made = self.defs.get(number) if isinstance(number, Var) else None
        op = Op("neg", (number,)) if factor == -1.0 else Op("mul", (Lit(factor), number))
        new = Var(stmt.target.hint, stmt.op.args[k].type)
        self.before[id(stmt)] = Assign(new, op if factor != 1.0 else Op("atom", (number,)), stmt.span)
        stmt.op = Op(stmt.op.kind, tuple(new if i == k else a for i, a in enumerate(stmt.op.args)))


def _scaled(stmt: Assign) -> Any:
    """What a statement multiplies by a power of two, or divides, and by which; the type stays the same. None for others."""
    op = stmt.op
    if op.kind not in ("mul", "truediv") or len(op.args) != 2:
        return None
    value, factor = op.args
    if isinstance(value, Lit) and op.kind == "mul":
        value, factor = factor, value
    if not isinstance(value, Var) or not isinstance(factor, Lit) or type(factor.value) is not float or factor.value == 0.0:
        return None
    t = type_of(value)
    same = t == stmt.target.type and isinstance(t, (Num, Arr)) and t.dtype is not None and t.dtype.kind == "f"
    if not same or isinstance(t, Num) and t.mixed or isinstance(t, Arr) and not t.ndim or not _power_of_two(factor.value):
        return None
    return value, factor.value if op.kind == "mul" else 1.0 / factor.value


def _power_of_two(x: float) -> bool:
    return math.isfinite(x) and abs(math.frexp(x)[0]) == 0.5 and abs(x) != 1.0 and 2.0**-500 < abs(x) < 2.0**500


def _operands(op: Op) -> tuple[Any, ...]:
    """The operands of which a result is a multiple."""
    if op.kind in ("mul", "neg"):
        return op.args
    return op.args[:1] if op.kind == "truediv" or op.kind == "getitem" and isinstance(type_of(op.args[0]), Arr) else ()


def _same_dtype(a: Var, b: Var) -> bool:
    """Whether a factor may move from one value to the other: neither is in less precision."""
    ta, tb = a.type, b.type
    if not isinstance(ta, (Num, Arr)) or not isinstance(tb, (Num, Arr)) or ta.dtype is None or tb.dtype is None:
        return False
    weak = isinstance(ta, Num) and ta.py and tb.dtype == np.dtype(np.float32)
    return bool(ta.dtype.kind == tb.dtype.kind == "f" and (ta.dtype == tb.dtype or weak))


__all__ = ["cancel_factors"]
