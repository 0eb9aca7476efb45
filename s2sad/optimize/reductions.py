"""Sums of adjoints over less: the sign, and the matrix that all rows are multiplied by, come after the sum.

    (-g).sum(axis=0)                            ->      -g.sum(axis=0)
    (g @ W).sum(axis=0)                         ->      g.sum(axis=0) @ W
    np.sum(g * x)                               ->      g @ x
    g.sum(axis=1, keepdims=True)[:, 0]          ->      g.sum(axis=1)
    (x.T @ g).T                                 ->      g.T @ x

The products of matrices are added in another order, which changes their last digits; so this is done to what the reverse sweep
adds up, and not to the author's own sums. The others are exact.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Lit, Op, Ref, Region, Var
from ..ir.uses import all_blocks, definitions, reverse_sweep, use_counts
from .order import reads_any, written

_TRANSPOSE = Ref(np.transpose, "np.transpose", np)


def reduce_first(function: Function) -> Function:
    """Let sums of adjoints come first; changed in place. Products of matrices are equal to rounding."""
    uses, defs = use_counts(function), definitions(function)
    adjoints = {id(s) for s in ir.walk(reverse_sweep(function))}
    for block in all_blocks(function):
        _Reductions(block, uses, defs, adjoints).run()
    return function


class _Reductions:
    """One block; `where` tells which statement defines a variable, `adjoints` has the ids of those of the reverse sweep."""

    def __init__(self, block: Block, uses: Counter[Var], defs: dict[Var, Op], adjoints: set[int]) -> None:
        self.adjoints = adjoints
        self.block = block
        self.uses = uses
        self.defs = defs
        self.where: dict[Var, Assign] = {}

    def run(self) -> None:
        for stmt in list(self.block.stmts):
            if not isinstance(stmt, Assign):
                continue
            if _axis(stmt.op) is not None:
                self.sum_first(stmt)
            elif stmt.op.kind == "getitem":
                self.not_kept(stmt)
            elif id(stmt) in self.adjoints and _transposes(stmt.op):
                self.transposed(stmt)
            self.where[stmt.target] = stmt

    def temporary(self, atom: Any, before: Assign) -> Any:
        """The statement of this block that makes a temporary, used once, if what it reads is still as it was at `before`."""
        if not isinstance(atom, Var) or atom.named or self.uses[atom] != 1 or atom not in self.where:
            return None
        made = self.where[atom]
        i, j = (next(k for k, s in enumerate(self.block.stmts) if s is x) for x in (made, before))
        changed = written(self.block.stmts[i:j])
        return None if reads_any(made.op, changed) else made

    def sum_first(self, stmt: Assign) -> None:
        negative = False
        source = self.temporary(stmt.op.args[0], stmt)
        while source is not None and source.op.kind == "neg" and _floating(source.target):
            negative = not negative
            stmt.op = _of(stmt.op, source.op.args[0])
            source = self.temporary(stmt.op.args[0], stmt)
        if source is not None and id(stmt) in self.adjoints:
            if source.op.kind == "matmul":
                self.product(stmt, source)
            elif source.op.kind == "mul" and _axis(stmt.op) == (None, False) and _vectors(*source.op.args):
                stmt.op = Op("matmul", source.op.args)
        if negative:
            self.insert(stmt, stmt.op, stmt.target.type, lambda v: Op("neg", (v,)))

    def product(self, stmt: Assign, source: Any) -> None:
        """The sum over one axis of a product of matrices."""
        axis, keepdims = _axis(stmt.op) or (None, True)
        if keepdims or axis not in (0, 1) or not _floating(source.target) or not all(map(_matrix, source.op.args)):
            return
        first, second = source.op.args
        if not (first.type.dtype == second.type.dtype == source.target.type.dtype):
            return
        summed: Any = (first, second)[axis]
        t = Arr(summed.type.dtype, (summed.type.shape[1 - axis],))
        self.insert(stmt, _of(stmt.op, summed), t, lambda v: Op("matmul", (v, second) if axis == 0 else (first, v)))

    def not_kept(self, stmt: Assign) -> None:
        """The first element along the one axis that a sum kept."""
        source = self.temporary(stmt.op.args[0], stmt)
        negative = None
        if source is not None and source.op.kind == "neg":
            negative, source = source, self.temporary(source.op.args[0], stmt)
        if source is None or (found := _axis(source.op)) is None:
            return
        axis, keepdims = found
        t = source.target.type
        if not keepdims or axis is None or not isinstance(t, Arr) or t.shape is None:
            return
        op = self.defs.get(stmt.op.args[1]) if isinstance(stmt.op.args[1], Var) else None
        parts = list(op.args) if op is not None and op.kind == "tuple" else [stmt.op.args[1]]
        first = [isinstance(p, Lit) and type(p.value) is int and p.value == 0 for p in parts]
        if len(parts) > len(t.shape) or [k for k, f in enumerate(first) if f] != [axis % len(t.shape)]:
            return
        if not all(f or _whole(self.defs.get(p) if isinstance(p, Var) else None) for p, f in zip(parts, first)):
            return
        kwargs = tuple((k, a) for k, a in source.op.kwargs if k != "keepdims")
        stmt.op = Op(source.op.kind, source.op.args, kwargs, source.op.fn, source.op.name, source.op.data)
        self.own(stmt)
        if negative is not None:
            self.insert(stmt, stmt.op, stmt.target.type, lambda v: Op("neg", (v,)))

    def transposed(self, stmt: Assign) -> None:
        """The transpose of a product, one of whose factors is a transpose."""
        source = self.temporary(stmt.op.args[0], stmt)
        if source is None or source.op.kind != "matmul" or not all(_matrix(a) for a in source.op.args):
            return
        inner = [self.defs.get(a) for a in source.op.args if isinstance(a, Var)]
        if not any(op is not None and _transposes(op) for op in inner) or not _floating(source.target):
            return
        turned: list[Any] = []
        for a, op in zip(source.op.args[::-1], inner[::-1]):
            if op is not None and _transposes(op):
                turned.append(op.args[0])
            else:
                shape = a.type.shape
                turned.append(self.before(stmt, Op("call", (a,), fn=_TRANSPOSE, name="T"), Arr(a.type.dtype, shape and shape[::-1]), a))
        stmt.op = Op("matmul", tuple(turned))
        self.own(stmt)

    def own(self, stmt: Assign) -> None:
        """What was a view is an array of its own now."""
        stmt.target.view = False
        stmt.target.region = Region() if isinstance(stmt.target.type, Arr) else None

    def insert(self, stmt: Assign, op: Op, t: Any, rest: Any) -> None:
        """Compute `op` before a statement, which becomes `rest` of it."""
        stmt.op = rest(self.before(stmt, op, t, None))

    def before(self, stmt: Assign, op: Op, t: Any, view_of: Var | None) -> Var:
        new = Var(stmt.target.hint if view_of is None else view_of.hint, t, region=Region() if isinstance(t, Arr) else None)
        if view_of is not None and view_of.region is not None and new.region is not None:
            new.region.union(view_of.region)
            new.view = True
        made = Assign(new, op)
        self.block.stmts.insert(next(k for k, s in enumerate(self.block.stmts) if s is stmt), made)
        self.where[new] = made
        self.defs[new] = op
        self.uses[new] = 1
        return new


def _axis(op: Op) -> tuple[int | None, bool] | None:
    """The axis of a plain sum and whether it is kept; None for anything else."""
    if op.kind != "call" or not isinstance(op.fn, Ref) or op.fn.obj is not np.sum or len(op.args) != 1:
        return None
    given = dict(op.kwargs)
    axis, keepdims = given.pop("axis", Lit(None)), given.pop("keepdims", Lit(False))
    if given or not isinstance(axis, Lit) or not isinstance(keepdims, Lit) or not (axis.value is None or type(axis.value) is int):
        return None
    return axis.value, bool(keepdims.value)


def _of(op: Op, array: Any) -> Op:
    return Op(op.kind, (array, *op.args[1:]), op.kwargs, op.fn, op.name, op.data)


def _whole(op: Op | None) -> bool:
    return op is not None and op.kind == "slice" and all(isinstance(a, Lit) and a.value is None for a in op.args)


def _transposes(op: Op) -> bool:
    return op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.transpose and len(op.args) == 1 and not op.kwargs and _matrix(op.args[0])


def _matrix(atom: Any) -> bool:
    t = type_of(atom)
    return isinstance(atom, Var) and isinstance(t, Arr) and t.ndim == 2


def _vectors(a: Any, b: Any) -> bool:
    """Whether both are vectors of one size and of one floating type."""
    t = type_of(a)
    return isinstance(a, Var) and isinstance(b, Var) and isinstance(t, Arr) and t.ndim == 1 and t == b.type and _floating(a)


def _floating(v: Var) -> bool:
    return isinstance(v.type, (Arr, Num)) and v.type.dtype is not None and v.type.dtype.kind == "f"


__all__ = ["reduce_first"]
