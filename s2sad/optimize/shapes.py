"""Arrays that are saved for their shape only are not saved.

    z_tape.append(z)                   ...
    z = z_tape.pop()           ->      ...
    z_bar = np.zeros_like(z)           z_bar = np.zeros((x.shape[0], W.shape[1]))

An argument of the same shape and dtype serves as well; where there is none, the sizes are those of arguments. Strides are those of
the argument, or of a new array: where something looks at them, the saved array stays what the zeros are made like.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import UNKNOWN, Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Op, Pop, Ref, Var
from ..ir.uses import all_blocks, use_counts

_ZEROS = Ref(np.zeros, "np.zeros", np)


def save_no_shapes(function: Function) -> Function:
    """Take shapes of saved arrays from arguments, where nothing else of them is read; changed in place."""
    saved = {s.target: 0 for s in ir.walk(function.body) if isinstance(s, Pop) and isinstance(s.target.type, Arr) and not s.more}
    params = [p.var for p in function.params if isinstance(p.var.type, Arr) and p.var.type.shape]
    if not saved or not params:
        return function
    sensitive = effects.strides_matter(function.body)
    for stmt in ir.walk(function.body):
        v = _shaped_like(stmt)
        if v in saved and effects.region_of(stmt.target) not in sensitive:
            saved[v] += 1
    uses = use_counts(function)
    wanted = {v for v, count in saved.items() if count == uses[v]}
    for block in all_blocks(function):
        for stmt in list(block.stmts):
            if (v := _shaped_like(stmt)) in wanted:
                before = _from_params(stmt, v.type, params)
                at = next(i for i, s in enumerate(block.stmts) if s is stmt)
                block.stmts[at:at] = before
    return function


def _shaped_like(stmt: Any) -> Any:
    """The array whose shape, and nothing else, `np.zeros_like` takes in a statement."""
    plain = isinstance(stmt, Assign) and stmt.op.kind == "call" and isinstance(stmt.op.fn, Ref) and stmt.op.fn.obj is np.zeros_like
    return stmt.op.args[0] if plain and len(stmt.op.args) == 1 and not stmt.op.kwargs else None


def _from_params(stmt: Assign, t: Arr, params: list[Var]) -> list[Assign]:
    """Let `stmt` make its zeros from arguments if their types say how; returns the statements needed before it."""
    same = next((p for p in params if p.type == t), None)
    if same is not None:
        stmt.op = Op("call", (same,), fn=stmt.op.fn)
        return []
    if t.dtype != np.dtype(float) or t.shape is None:
        return []
    places: dict[Any, tuple[Var, int]] = {}
    for p in params:
        assert isinstance(p.type, Arr) and p.type.shape is not None
        for axis, size in enumerate(p.type.shape):
            places.setdefault(size, (p, axis))
    before: list[Assign] = []
    sizes: list[Any] = []
    for size in t.shape:
        if len(set(size)) == 1:
            sizes.append(Lit(size[0]))
            continue
        if size not in places:
            return []
        param, axis = places[size]
        shape = Var("shape", UNKNOWN)
        n = Var("n", Num(np.dtype(int), True, size))
        before += [Assign(shape, Op("getattr", (param,), name="shape")), Assign(n, Op("getitem", (shape, Lit(axis))))]
        sizes.append(n)
    pair = Var("shape", UNKNOWN)
    before.append(Assign(pair, Op("tuple", tuple(sizes))))
    stmt.op = Op("call", (pair,), fn=_ZEROS)
    return before


__all__ = ["save_no_shapes"]
