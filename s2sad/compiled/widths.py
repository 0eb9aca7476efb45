"""Numbers of `float32` and of complex type, which compiled code gives NumPy's types.

In NumPy, a number of Python's takes the type of the `float32` that it meets; in compiled code, it would make it a double. So it
is made a `float32` first. Everything that would still have another type than in NumPy is refused.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import Num
from ..ir.nodes import COMPARE, Lit, Op, Ref
from . import scalars
from .nodes import NotCompiled
from .scalars import ARITHMETIC, COMPLEX, FLOAT, FLOAT32, INT

FLOAT32_OF = Ref(np.float32, "np.float32", np)
FLOAT64_OF = Ref(np.float64, "np.float64", np)
_COMPLEX = frozenset({np.conj, np.conjugate, np.abs, np.absolute, np.real, np.imag, builtins.abs})
Emit = Callable[[Op, Any], Any]


def dtype_of(a: Any) -> Any:
    return getattr(scalars.type_of(a), "dtype", None)


def is_weak(a: Any) -> bool:
    """Whether a number takes the type of the one it meets."""
    t = scalars.type_of(a)
    return isinstance(t, Num) and t.dtype in (FLOAT, INT) and (t.py or isinstance(a, Lit))


def single(a: Any, emit: Emit) -> Any:
    """A number as `float32`."""
    return a if dtype_of(a) == FLOAT32 else emit(Op("call", (a,), fn=FLOAT32_OF), Num(FLOAT32, False))


def fitted(op: Op, target: Any, emit: Emit) -> Op:
    """The operation with operands that give it NumPy's type. Raises NotCompiled if nothing does."""
    found = {dtype_of(a) for a in op.args}
    if COMPLEX in found or target.type.dtype == COMPLEX:
        return _complex(op)
    if FLOAT32 not in found:
        if target.type.dtype == FLOAT32 and op.kind in ARITHMETIC and all(map(is_weak, op.args)):
            return Op(op.kind, tuple(single(a, emit) for a in op.args))
        if target.type.dtype == FLOAT32 and not (op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.float32):
            raise NotCompiled("a number of type float32 that is made of others")
        return op
    done = _single(op, emit)
    kinds = {dtype_of(a) for a in done.args}
    if target.type.dtype == FLOAT32 and kinds != {FLOAT32} and done.kind != "ifexp":
        raise NotCompiled("a number of type float32 that is made of others")
    if target.type.dtype == FLOAT and kinds == {FLOAT32} and done.kind in ARITHMETIC:
        raise NotCompiled("a number of type float64 that is made of float32")
    return done


def _single(op: Op, emit: Emit) -> Op:
    kind, args = op.kind, op.args
    if kind == "atom":
        return op
    if kind == "pow":
        if isinstance(args[1], Lit) and args[1].value == 2:
            return Op("mul", (args[0], args[0]))
        raise NotCompiled("a power of float32")
    if kind in ARITHMETIC or kind in COMPARE:
        if kind in ("floordiv", "mod") or any(dtype_of(a) == scalars.BOOL for a in args):
            raise NotCompiled(f"the operation {kind!r} on float32")
        return Op(kind, tuple(single(a, emit) if is_weak(a) else a for a in args))
    if kind == "ifexp":
        return Op(kind, (args[0], *(single(a, emit) if is_weak(a) else a for a in args[1:])))
    if kind == "call" and isinstance(op.fn, Ref) and not op.kwargs:
        return _single_call(op, emit)
    raise NotCompiled(f"the operation {kind!r} on float32")


def _single_call(op: Op, emit: Emit) -> Op:
    f, args = op.fn.obj, op.args
    try:
        if f in scalars.NUMPY:
            return Op("call", tuple(single(a, emit) if is_weak(a) else a for a in args), fn=op.fn)
    except TypeError:
        pass
    if f in (builtins.abs, np.negative, np.float32, np.float64):
        return op
    if getattr(f, "__module__", "") == "math" or f in (builtins.float, builtins.int, math.floor, math.ceil):
        double = tuple(emit(Op("call", (a,), fn=FLOAT64_OF), Num(FLOAT)) if dtype_of(a) == FLOAT32 else a for a in args)
        return Op("atom", double) if f is builtins.float else Op("call", double, fn=op.fn)
    raise NotCompiled(f"a call of {op.fn.name}() with float32")


def _complex(op: Op) -> Op:
    kind, args = op.kind, op.args
    if kind in ("add", "sub", "mul", "truediv", "neg", "pos", "eq", "ne", "atom", "ifexp", "copy"):
        if any(dtype_of(a) in (scalars.BOOL, FLOAT32) for a in args[kind == "ifexp" :]):
            raise NotCompiled("a complex number with a truth value or a float32")
        return op
    if kind == "pow" and isinstance(args[1], Lit) and args[1].value == 2 and type(args[1].value) is int:
        return Op("mul", (args[0], args[0]))
    if kind == "call" and isinstance(op.fn, Ref) and not op.kwargs and len(args) == 1:
        try:
            if op.fn.obj in _COMPLEX:
                return op
        except TypeError:
            pass
        raise NotCompiled(f"a call of {op.fn.name}() with complex numbers")
    raise NotCompiled(f"the operation {kind!r} on complex numbers")


def dtype_argument(dtype: Any) -> tuple[Any, ...]:
    """The second argument of `np.empty` for elements of this type."""
    if dtype == FLOAT:
        return ()
    return (Ref(dtype.type, f"np.{'bool_' if dtype == scalars.BOOL else dtype.name}", np),)


__all__ = ["FLOAT32_OF", "dtype_argument", "dtype_of", "fitted", "is_weak", "single"]
