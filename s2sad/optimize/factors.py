"""Factors of a product that cancel, as the 2.0 of a square and the 0.5 of a root do.

    2.0 * (g / y * 0.5) * x      ->      g / y * x

Only powers of two are taken out: to multiply by them is exact but at the ends of the range, so that the product is the same.
An array that is no longer made by the factor is read as it is: nothing may store to it, and the product is made by another operation.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Op, Var
from ..ir.uses import innermost_loops, use_counts

DEPTH = 12  # operations between two factors


def cancel_factors(function: Function) -> Function:
    """Take pairs of factors out of products whose parts nothing else reads; changed in place."""
    uses = use_counts(function)
    defs = {s.target: s for s in ir.walk(function.body) if isinstance(s, Assign)}
    written = {r.find() for s in ir.walk(function.body) for r in effects.writes(s) or ()}
    loops = innermost_loops(function)
    for stmt in defs.values():
        outer = _scaled(stmt)
        if outer is None:
            continue
        inner = _find(outer[0], 1.0 / outer[1], uses, defs, DEPTH)
        if inner is None:
            continue
        found = _scaled(inner)
        assert found is not None
        if isinstance(inner.target.type, Arr):
            if inner.target is outer[0] or loops.get(outer[0]) is not loops[stmt]:
                continue
            if found[0].stored or effects.region_of(found[0]) in written:
                continue
        inner.op, stmt.op = Op("atom", (found[0],)), Op("atom", (outer[0],))
        if stmt.target.region is not None and outer[0].region is not None:
            stmt.target.region.union(outer[0].region)
    return function


def _scaled(stmt: Assign) -> tuple[Var, float] | None:
    """What a statement multiplies by a power of two, or divides, and by which; the type stays the same."""
    op = stmt.op
    if op.kind not in ("mul", "truediv") or len(op.args) != 2:
        return None
    value, factor = op.args
    if isinstance(value, Lit) and op.kind == "mul":
        value, factor = factor, value
    if not isinstance(value, Var) or not isinstance(factor, Lit) or type(factor.value) is not float or factor.value <= 0.0:
        return None
    t = type_of(value)
    same = t == stmt.target.type and isinstance(t, (Num, Arr)) and t.dtype is not None and t.dtype.kind == "f"
    if not same or isinstance(t, Num) and t.mixed or math.frexp(factor.value)[0] != 0.5 or factor.value == 1.0:
        return None
    return value, factor.value if op.kind == "mul" else 1.0 / factor.value


def _find(atom: Any, wanted: float, uses: Counter[Var], defs: dict[Var, Assign], depth: int) -> Assign | None:
    """The statement within a product that multiplies by the factor that is wanted."""
    if not isinstance(atom, Var) or uses[atom] != 1 or atom not in defs or depth == 0:
        return None
    stmt = defs[atom]
    scaled = _scaled(stmt)
    if scaled is not None and scaled[1] == wanted:
        return stmt
    if stmt.op.kind not in ("mul", "truediv", "neg"):
        return None
    for a in stmt.op.args[:1] if stmt.op.kind == "truediv" else stmt.op.args:
        found = _find(a, wanted, uses, defs, depth - 1)
        if found is not None:
            return found
    return None


__all__ = ["cancel_factors"]
