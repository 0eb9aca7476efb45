"""What statements take as NumPy code and compiled, by estimate: only where that is less are they compiled.

The numbers are nanoseconds, measured with NumPy 2.4 and Numba 0.68 on x86-64; `benchmarks/facts.py` measures some of them again.
"""

from __future__ import annotations

import builtins
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..analysis.types import Arr, Num
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import Assign, Loop, Op, Ref, Store, Var
from . import scalars

CALL, SCALAR, ARRAY, RESULT, MADE = 100.0, 15.0, 55.0, 25.0, 200.0  # of compiled code: a call, each argument, each result
OPERATION, NUMPY_SCALAR, FUNCTION, UFUNC = 20.0, 60.0, 30.0, 350.0  # of Python: on numbers, of a ufunc on an array
REDUCTION, VIEW = 1500.0, 90.0
ELEMENT, FUSED, SUMMED = 0.4, 0.15, 0.6  # an element of an array in NumPy, compiled in one loop with others, and in a sum
PARALLEL = 2**17  # elements that two processors share
STREAMED, LARGE = 1.5, 30_000  # one of an array that no cache holds
WORTH, EACH = 20_000.0, 500.0  # what a call, and each operation, has to gain for `backend="auto"`: Numba takes 10 ms for each
# for each element: compiled, and in NumPy
SLOW: dict[Any, tuple[float, float]] = {
    np.sin: (8.0, 8.0), np.cos: (8.0, 8.0), np.tan: (8.0, 0.9), np.exp: (3.0, 0.6), np.expm1: (5.0, 0.8), np.exp2: (3.0, 0.6),
    np.log: (3.0, 0.6), np.log1p: (5.0, 0.7), np.log2: (3.0, 0.6), np.log10: (3.0, 0.8), np.tanh: (8.0, 0.8), np.sinh: (8.0, 0.8),
    np.cosh: (8.0, 0.8), np.arctan: (8.0, 0.8), np.arcsin: (4.0, 3.0), np.arccos: (4.0, 3.0), np.arcsinh: (10.0, 1.5),
    np.arccosh: (10.0, 1.5), np.arctanh: (10.0, 1.5), np.power: (9.0, 2.0), np.hypot: (4.0, 8.0), np.logaddexp: (14.0, 14.0),
    np.arctan2: (11.0, 2.0), "pow": (1.0, 15.0),
}  # fmt: skip
_LOST = 20_000.0  # what one operation may lose for the sake of those around it


@dataclass
class Gain:
    """The time that statements take in both ways, and how many there are that do something."""

    numpy: float
    compiled: float
    operations: int

    def worthwhile(self, automatic: bool) -> bool:
        """Whether they are worth compiling; `automatic`: nobody asked for it."""
        gain = self.numpy - self.compiled
        return gain > max(WORTH, EACH * self.operations, 0.3 * self.numpy) if automatic else gain > 0.0


def gain(stmts: list[Any], done: Any) -> Gain:
    """The estimate for statements without loops."""
    found = _total([s for s in stmts if s not in done.again])
    compiled = found.compiled + sum(SCALAR if isinstance(v.type, Num) else ARRAY for v in done.params.values())
    compiled += sum(_result(v) for v in done.results)
    return Gain(found.numpy, compiled, found.operations)


def slow_allowed(stmts: list[Any]) -> bool:
    """Whether statements together gain from being compiled, functions included that NumPy computes faster; loops are not counted."""
    found = _total(stmts)
    return found.numpy > found.compiled


def _total(stmts: list[Any]) -> Gain:
    found = Gain(0.0, CALL, 0)
    for s in stmts:
        if isinstance(s, Loop):
            continue
        numpy, compiled = _statement(s)
        found = Gain(found.numpy + numpy, found.compiled + compiled, found.operations + (numpy > 0.0))
        inner = _total([i for b in ir.blocks_of(s) for i in b])
        found = Gain(found.numpy + inner.numpy, found.compiled + inner.compiled - CALL, found.operations + inner.operations)
    return found


def _result(v: Var) -> float:
    if isinstance(v.type, Num):
        return RESULT if v.type.py else RESULT + NUMPY_SCALAR
    n = elements(v.type)
    return MADE + n * (STREAMED if n > LARGE else ELEMENT)


def elements(t: Any) -> int:
    """The number of elements of an array in the call that is compiled for; 1 for anything else."""
    shape = t.shape if isinstance(t, Arr) else None
    return math.prod(max(s[-1], 1) for s in shape) if shape else 1


def loses(op: Op, n: int) -> bool:
    """Whether an operation on so many elements had better be NumPy's."""
    compiled, numpy = slow(op) or (0.0, 0.0)
    return (_shared(compiled, n) - numpy) * n > _LOST


def slow(op: Op) -> tuple[float, float] | None:
    """The times for an element, of an operation that takes longer than arithmetic."""
    if op.kind == "pow":
        return SLOW["pow"] if getattr(op.args[1], "value", None) not in (1, 2, 1.0, 2.0) else None
    if op.kind == "call" and op.data is None and getattr(getattr(op.fn, "obj", None), "__name__", "") in scalars.HELPERS:
        return SLOW[np.power]
    try:
        return SLOW.get(op.fn.obj) if isinstance(op.fn, Ref) else None
    except TypeError:
        return None


def _shared(cost: float, n: int) -> float:
    """The time for an element, where two processors share them."""
    return cost / 2.0 if n >= PARALLEL else cost


def _statement(s: Any) -> tuple[float, float]:
    """The time of a statement in NumPy, and compiled."""
    if isinstance(s, Store):
        n = elements(primal_type(s.value)) if s.index is not None else elements(primal_type(s.base))
        return UFUNC * (n > 1) + NUMPY_SCALAR + n * ELEMENT, n * _shared(ELEMENT, n)
    if not isinstance(s, Assign):
        return 0.0, 0.0
    op, t = s.op, s.target.type
    if op.kind in ("atom", "tuple", "slice", "list", "getattr"):
        return 0.0, 0.0
    n = max(elements(t), *(elements(primal_type(a)) for a in op.args), 1)
    if isinstance(t, Num) and n == 1:
        return _number(op, t)
    if op.kind == "getitem" or s.target.view:
        return (NUMPY_SCALAR / 2.0 if isinstance(t, Num) else VIEW), 1.0
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is builtins.len:
        return OPERATION, 1.0
    each = slow(op)
    if each is not None:
        return UFUNC + n * each[1], n * _shared(each[0], n)
    reduces = elements(t) < n
    passed = STREAMED if n > LARGE else ELEMENT
    return (REDUCTION if reduces else UFUNC) + n * passed, n * _shared(SUMMED if reduces else FUSED, n)


def _number(op: Op, t: Num) -> tuple[float, float]:
    if op.kind != "call":
        return OPERATION if t.py else NUMPY_SCALAR, 1.0
    numpy = isinstance(op.fn, Ref) and isinstance(op.fn.obj, np.ufunc)
    return (1.5 * NUMPY_SCALAR if numpy else FUNCTION), 6.0


__all__ = ["Gain", "elements", "gain", "loses", "slow", "slow_allowed"]
