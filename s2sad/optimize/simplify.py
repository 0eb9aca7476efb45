"""Copies, branches and loop-carried values that say nothing new, and arithmetic with 0 and 1 that is exact."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import runtime
from ..analysis.types import Arr, Num, shape_of
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Function, If, Lit, Loop, Op, Pop, Push, Ref, Try, Var


def propagate_copies(function: Function) -> Function:
    """Replace variables that only rename another value, in place. `y = x; z = y * y` becomes `z = x * x`."""
    replaced: dict[Var, Any] = {}

    def resolve(atom: Any) -> Any:
        while isinstance(atom, Var) and atom in replaced:
            atom = replaced[atom]
        return atom

    stmts = ir.walk(function.body)
    changed = True
    while changed:
        changed = False
        defs = {s.target: s.op for s in stmts if isinstance(s, Assign)}
        for stmt in stmts:
            if replaced:
                ir.substitute(stmt, resolve)
            if isinstance(stmt, Assign) and stmt.target not in replaced:
                new = simpler(stmt.op, defs)
                if new is not None and not isinstance(new, Op):
                    _rename(new, stmt.target)
                    replaced[stmt.target] = new
                    changed = True
                elif new is not None:
                    stmt.op = new
                    changed = True
            elif isinstance(stmt, Loop):
                for c in stmt.carries:
                    nxt, init = resolve(c.next), resolve(c.init)
                    if (nxt is c.phi or nxt is init) and init is not UNDEF and c.phi not in replaced and c.phi is not init:
                        replaced[c.phi] = init
                        replaced[c.result] = init
                        changed = True
            elif isinstance(stmt, If):
                for p in stmt.phis:
                    new = _merged(stmt, p)
                    if new is not None and p.var not in replaced:
                        replaced[p.var] = new
                        changed = True
        function.result = ir.substitute_result(function.result, resolve)
    if not replaced:
        return function
    for stmt in stmts:
        if isinstance(stmt, (Push, Pop, Try)):
            continue
        if isinstance(stmt, Loop):
            stmt.carries = [c for c in stmt.carries if c.phi not in replaced]
        elif isinstance(stmt, If):
            stmt.phis = [p for p in stmt.phis if p.var not in replaced]
    _remove(function.body, replaced)
    return function


def _merged(stmt: If, p: ir.Phi) -> Any:
    """The one value that `p` can have, or another result of the branch that is the same wherever `p` is read."""
    if p.then is p.orelse and p.then is not UNDEF:
        return p.then
    for q in stmt.phis:
        if q is p:
            continue
        if (p.orelse is UNDEF and q.then is p.then and q.orelse is not UNDEF) or (
            p.then is UNDEF and q.orelse is p.orelse and q.then is not UNDEF
        ):
            return q.var
    return None


def _rename(kept: Any, gone: Var) -> None:
    """The name that the author gave survives."""
    if isinstance(kept, Var) and gone.named and not kept.named:
        kept.hint, kept.named = gone.hint, True


def _remove(block: ir.Block, replaced: dict[Var, Any]) -> None:
    block.stmts[:] = [s for s in block.stmts if not (isinstance(s, Assign) and s.target in replaced)]
    for s in block.stmts:
        for inner in ir.blocks_of(s):
            _remove(inner, replaced)


def simpler(op: Op, defs: dict[Var, Op]) -> Any:
    """An atom or operation equal to `op` bit for bit, or None."""
    kind, args = op.kind, op.args
    if kind == "atom":
        return args[0]
    if kind == "mul":
        for a, b in (args, args[::-1]):
            if isinstance(a, Lit) and type(a.value) in (int, float) and a.value == 1 and (_float(b) or type(a.value) is int and _integer(b)):
                return b
        for a, b in (args, args[::-1]):
            # (-x) * y: the sign goes to the front, where it may meet another
            if isinstance(a, Lit) and a.value == -1.0 and isinstance(a.value, float) and _float(b):
                return Op("neg", (b,))
    if kind == "truediv" and isinstance(args[1], Lit) and args[1].value == 1.0 and _float(args[0]):
        return args[0]
    if kind in ("add", "sub", "floordiv") and _integer(args[0]) and isinstance(args[1], Lit) and type(args[1].value) is int:
        if args[1].value == (1 if kind == "floordiv" else 0):
            return args[0]
        inner = defs.get(args[0]) if kind in ("add", "sub") else None
        if inner is not None and inner.kind in ("add", "sub") and _integer(inner.args[0]) and type(getattr(inner.args[1], "value", None)) is int:
            step = args[1].value if kind == "add" else -args[1].value
            step += inner.args[1].value if inner.kind == "add" else -inner.args[1].value
            return inner.args[0] if not step else Op("add" if step > 0 else "sub", (inner.args[0], Lit(abs(step))))
    if kind == "pow" and isinstance(args[1], Lit) and args[1].value == 1 and _float(args[0]):
        return args[0]
    if kind == "neg" and isinstance(args[0], Var):
        inner = defs.get(args[0])
        if inner is not None and inner.kind == "neg" and _float(inner.args[0]):
            return inner.args[0]
    if kind in ("add", "sub", "mul") and all(isinstance(a, Lit) and type(a.value) in (int, float) for a in args):
        return Lit(ir.OPERATORS[kind](args[0].value, args[1].value))
    if kind == "neg" and isinstance(args[0], Lit) and isinstance(args[0].value, (int, float)):
        return Lit(-args[0].value)
    if kind == "getattr" and op.name in ("shape", "size", "ndim"):
        return _sized_by(op, 0, defs)
    if kind == "call" and isinstance(op.fn, Ref):
        if op.fn.obj is runtime.restore_axes:
            return _sized_by(op, 1, defs)
        return _transposed_twice(op, defs) or _call(op)
    return None


def _sized_by(op: Op, k: int, defs: dict[Var, Op]) -> Op | None:
    """`x.size` for `(x**2).size`: an operation that reads only the shape of operand `k` takes it from what that was made of."""
    source = op.args[k] if k < len(op.args) else None
    while isinstance(source, Var) and isinstance(source.type, Arr) and source.type.shape is not None:
        inner = defs.get(source)
        if inner is None or inner.kind not in ir.ARITHMETIC or inner.kind == "matmul":
            break
        shape = source.type.shape
        alike = next((a for a in inner.args if isinstance(a, Var) and isinstance(a.type, Arr) and a.type.shape == shape), None)
        if alike is None:
            break
        source = alike
    if source is None or source is op.args[k]:
        return None
    return Op(op.kind, (*op.args[:k], source, *op.args[k + 1 :]), op.kwargs, op.fn, op.name, op.data)


def _transposed_twice(op: Op, defs: dict[Var, Op]) -> Any:
    """The matrix `a` of `a.T.T`."""
    if op.fn.obj is not np.transpose or len(op.args) != 1 or op.kwargs or not isinstance(op.args[0], Var):
        return None
    inner = defs.get(op.args[0])
    if inner is None or inner.kind != "call" or not isinstance(inner.fn, Ref) or inner.fn.obj is not np.transpose:
        return None
    return inner.args[0] if len(inner.args) == 1 and not inner.kwargs and isinstance(inner.args[0], Var) else None


def _call(op: Op) -> Any:
    obj = op.fn.obj
    if obj is np.broadcast_to and len(op.args) == 2 and isinstance(op.args[0], Var):
        return None
    if obj is np.where and len(op.args) == 3 and isinstance(op.args[0], Lit) and op.args[0].value is True:
        t, other = type_of(op.args[1]), type_of(op.args[2])
        if isinstance(t, Arr) and t.shape is not None and isinstance(other, Num) and other.py and _takes(t, other):
            return Op("copy", (op.args[1],))
    if obj is np.conjugate and len(op.args) == 1 and not op.kwargs:
        t = type_of(op.args[0])
        if isinstance(t, (Num, Arr)) and t.dtype is not None and t.dtype.kind == "f":
            return op.args[0] if isinstance(t, Num) and not t.mixed else Op("copy", op.args) if isinstance(t, Arr) and t.ndim else None
    if obj is runtime.unbroadcast:
        g, x = op.args
        tg, tx = type_of(g), type_of(x)
        if isinstance(tg, (Num, Arr)) and isinstance(tx, (Num, Arr)) and tg.dtype is not None and tg.dtype == tx.dtype:
            if shape_of(tg) is not None and shape_of(tg) == shape_of(tx) and not isinstance(tg, Arr):
                return g
    return None


def _takes(t: Arr, number: Num) -> bool:
    """Whether an array and a number of Python make an array of the dtype of the first."""
    kinds = "biufc"
    return t.dtype is not None and kinds.find(t.dtype.kind) >= kinds.find(number.dtype.kind)


def _integer(atom: Any) -> bool:
    """Whether an atom is a variable that holds an integer of Python: sums of these are exact."""
    t = type_of(atom)
    return isinstance(atom, Var) and isinstance(t, Num) and t.dtype.kind == "i" and t.py


def _float(atom: Any) -> bool:
    t = type_of(atom)
    # an operation on an array makes a new array: dropping it would let two names share memory
    return isinstance(t, Num) and t.dtype.kind in "fc"
