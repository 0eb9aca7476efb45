"""Operations on numbers that compile to the same values, and those that need a checked form."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from ..analysis.types import Num, Type
from ..ir.nodes import COMPARE, Lit, Op, Ref, Var
from . import checked
from .nodes import LARGEST, ROOM, NotCompiled

FLOAT, INT, BOOL = np.dtype(float), np.dtype(np.int64), np.dtype(bool)
FLOAT32, COMPLEX = np.dtype(np.float32), np.dtype(complex)
DTYPES = (FLOAT, INT, BOOL, FLOAT32, COMPLEX)
FLOATING = (FLOAT, FLOAT32, COMPLEX)
ARITHMETIC = frozenset({"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "pos"})

# functions of NumPy's that give the same for numbers, apart from the last bit
NUMPY = frozenset({
    np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh,
    np.exp, np.expm1, np.exp2, np.log, np.log1p, np.log2, np.log10, np.sqrt, np.square, np.abs, np.absolute, np.fabs,
    np.sign, np.floor, np.ceil, np.maximum, np.minimum, np.arctan2, np.hypot, np.copysign, np.isnan, np.isinf, np.isfinite,
    np.power, np.logaddexp,
})  # fmt: skip
# of these, the ones that are as fast on the elements of a loop as on a whole array
CHEAP = frozenset({
    np.sqrt, np.square, np.abs, np.absolute, np.fabs, np.sign, np.floor, np.ceil, np.maximum, np.minimum, np.copysign,
    np.isnan, np.isinf, np.isfinite, np.conj, np.conjugate,
})  # fmt: skip
# functions of math that raise nothing for numbers that are finite
_TOTAL = frozenset({
    math.atan, math.atan2, math.tanh, math.asinh, math.erf, math.erfc, math.fabs, math.copysign, math.isnan,
    math.isinf, math.isfinite, math.radians, math.degrees,
})  # fmt: skip
# those that do, and what stands for them
_CHECKED = {
    math.sin: checked.math_sin, math.cos: checked.math_cos, math.tan: checked.math_tan, math.sqrt: checked.math_sqrt,
    math.exp: checked.math_exp, math.log: checked.math_log, math.log2: checked.math_log2, math.log10: checked.math_log10,
    math.log1p: checked.math_log1p, math.expm1: checked.math_expm1, math.sinh: checked.math_sinh,
    math.cosh: checked.math_cosh, math.asin: checked.math_asin, math.acos: checked.math_acos,
    math.acosh: checked.math_acosh, math.atanh: checked.math_atanh, math.hypot: checked.math_hypot,
    math.pow: checked.math_pow, math.floor: checked.math_floor, math.ceil: checked.math_ceil,
    math.gamma: checked.math_gamma, math.lgamma: checked.math_lgamma,
}  # fmt: skip
_DIVISIONS = {"truediv": checked.divided, "floordiv": checked.floor_divided, "mod": checked.remainder}
_POWERS = {2: checked.squared, 3: checked.cubed}
# helpers of emitted code, for numbers
HELPERS = {"power_slope": checked.power_slope, "power_derivative": checked.power_derivative, "log_or_zero": checked.log_or_zero}


def number(t: Type) -> Num:
    """The type of a number that compiled code holds as the same number."""
    if not isinstance(t, Num):
        raise NotCompiled("a value that is not known to be a number or an array" if type(t) is Type else f"a {describe(t)}")
    if t.dtype not in DTYPES:
        raise NotCompiled(f"a number of type {t.dtype.name}")
    return t


def describe(t: Type) -> str:
    """What people call a value of this type."""
    cls = getattr(t, "cls", None)
    if cls is not None:
        return str(cls.__name__)
    return {"ListT": "list", "TupleT": "tuple", "TapeT": "tape"}.get(type(t).__name__, "value of unknown type")


def type_of(a: Any) -> Type:
    """The type of an atom."""
    if isinstance(a, (Var, Ref)):
        return a.type if not isinstance(a, Ref) or not isinstance(a.obj, (bool, int, float)) else type_of(Lit(a.obj))
    if isinstance(a, Lit):
        kind = type(a.value)
        if kind in (bool, int, float, complex):
            return Num(np.dtype(kind))
    return Type()


def is_float(a: Any) -> bool:
    t = type_of(a)
    return isinstance(t, Num) and t.dtype == FLOAT


def is_int(a: Any) -> bool:
    t = type_of(a)
    return isinstance(t, Num) and t.dtype == INT


def is_python(a: Any) -> bool:
    """Whether a number is certainly Python's own, with Python's errors."""
    t = type_of(a)
    return isinstance(t, Num) and t.py


OF_FLOAT = 2**47  # the integers that compiled code makes of floats; larger ones are an error


class Integers:
    """How large the integers of a function get at most; Python's have no limit, those of compiled code have."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def largest(self, a: Any) -> int:
        """The largest absolute value of an integer."""
        if isinstance(a, Lit) and isinstance(a.value, int):
            return abs(int(a.value))
        if isinstance(a, Ref) and isinstance(a.obj, int):
            return abs(int(a.obj))
        return self.known.get(a, LARGEST)

    def see(self, target: Var, op: Op) -> None:
        """Note how large a result may be. Raises NotCompiled for one that may not fit."""
        t = target.type
        if not isinstance(t, Num) or t.dtype != INT or not t.py:
            return
        found = self._result(op)
        if found > ROOM:
            raise too_large(target)
        self.known[target] = found

    def _result(self, op: Op) -> int:
        sizes = [self.largest(a) for a in op.args if isinstance(type_of(a), Num)]
        if op.kind in ("add", "sub"):
            return sum(sizes)
        if op.kind == "mul":
            return math.prod(sizes)
        if op.kind == "pow":
            power = op.args[1]
            if not isinstance(power, Lit) or type(power.value) is not int or power.value < 0:
                raise NotCompiled("a power of integers")
            return int(max(sizes[0], 1) ** max(power.value, 1))
        if op.kind == "lshift":
            raise NotCompiled("a shift of an integer to the left")
        if op.kind == "invert":
            return sizes[0] + 1
        if op.kind in ("or_", "xor"):
            return int(2 ** max(sizes).bit_length())
        if op.kind == "call":
            sizes += [self._given(type_of(a)) for a in op.args]
        return max([LARGEST, *sizes]) if op.kind in ("call", "getitem") else max(sizes, default=LARGEST)

    def _given(self, t: Any) -> int:
        """How large an integer gets that a function makes of a number, as `int` and `round` do."""
        if not isinstance(t, Num) or t.py and t.dtype.kind not in "f":
            return 0
        return OF_FLOAT if t.dtype.kind == "f" else int(2 ** (8 * t.dtype.itemsize - 1) - 1)


def too_large(v: Var) -> NotCompiled:
    return NotCompiled(f"the integer {v.hint}, which may not fit in 64 bits")


class Divisions:
    """Divisions by numbers that may be zero, by what happens then."""

    def __init__(self) -> None:
        self.raising = False  # Python's numbers: ZeroDivisionError
        self.silent = False  # NumPy's: infinity or NaN

    @property
    def error_model(self) -> str:
        return "python" if self.raising and not self.silent else "numpy"


def compiled_op(op: Op, target: Var, divisions: Divisions, mixed: bool) -> Op:
    """The operation on numbers as compiled code does it. Raises NotCompiled if it would give something else.

    With `mixed`, the function has divisions of both kinds, and those that raise have to be calls.
    """
    kind, args = op.kind, op.args
    for a in args:
        number(type_of(a))
    number(target.type)
    if kind in COMPARE:
        if kind in ("is_", "is_not", "in_", "not_in"):
            raise NotCompiled(f"`{kind.strip('_').replace('_', ' ')}`")
        return Op(kind, args)
    if kind in ("not_", "atom", "ifexp"):
        return Op(kind, args)
    if kind in ("and_", "or_", "xor", "invert"):
        if kind == "invert" and not all(is_int(a) for a in args):
            raise NotCompiled("`~` of something other than an integer")
        return Op(kind, args)
    if kind in ARITHMETIC:
        return _arithmetic(op, divisions, mixed)
    if kind == "call" and isinstance(op.fn, Ref) and not op.kwargs:
        return _call(op, target)
    if kind == "copy":
        return Op("atom", args)
    raise NotCompiled(f"the operation {kind!r} on numbers")


def _arithmetic(op: Op, divisions: Divisions, mixed: bool) -> Op:
    kind, args = op.kind, op.args
    if kind == "truediv" and any(getattr(type_of(a), "dtype", None) == COMPLEX for a in args):
        nonzero = isinstance(args[1], Lit) and args[1].value != 0
        return op if nonzero or all(is_python(a) for a in args) else Op("call", args, fn=checked.ref(checked.complex_divided))
    if any(type_of(a) == Num(BOOL) or getattr(type_of(a), "dtype", None) == BOOL for a in args) and kind != "mul":
        raise NotCompiled("arithmetic with truth values")
    if kind in ("truediv", "floordiv", "mod"):
        divisor = args[1]
        if isinstance(divisor, Lit) and divisor.value != 0:
            return Op(kind, args)
        if all(is_python(a) for a in args):
            divisions.raising = True
            if mixed:
                return Op("call", args, fn=checked.ref(_DIVISIONS[kind]))
        else:
            divisions.silent = True
        return Op(kind, args)
    if kind == "pow":
        base, power = args
        if is_int(base) and is_int(power):
            if not isinstance(power, Lit) or power.value < 0:
                raise NotCompiled("a power of integers")  # NumPy's are an error where the exponent is negative
            return Op(kind, args)
        known = _POWERS.get(power.value) if isinstance(power, Lit) and type(power.value) in (int, float) else None
        if all(is_python(a) for a in args):
            if known is not None and is_float(base):
                return Op("call", (base,), fn=checked.ref(known))
            return Op("call", args, fn=checked.ref(checked.power))
        if is_int(power):
            return _whole_power(op, divisions)
    return Op(kind, args)


def _whole_power(op: Op, divisions: Divisions) -> Op:
    """A float of NumPy's to an integer, which Numba takes for a division, with an error where it is by zero, if that is negative."""
    base, power = op.args
    if not isinstance(power, Lit):
        return Op("call", op.args, fn=checked.ref(checked.whole_power))
    if power.value == -1:
        divisions.silent = True
        return Op("truediv", (Lit(1.0), base))
    return op if power.value >= 0 else Op("pow", (base, Lit(float(power.value))))


def _call(op: Op, target: Var) -> Op:
    f, args = op.fn.obj, op.args
    plain = Op("call", args, fn=op.fn)
    if f is np.power and all(map(is_int, args)):
        return _arithmetic(Op("pow", args), Divisions(), False)
    try:
        if f in NUMPY:
            return plain
        if f in _TOTAL:
            return plain
        if f in _CHECKED and (f is not math.log or len(args) == 1):
            return Op("call", args, fn=checked.ref(_CHECKED[f]))
    except TypeError:
        pass
    if f is builtins.abs and len(args) == 1:
        return plain
    if f is builtins.float and len(args) == 1:
        return plain
    if f is builtins.bool and len(args) == 1:
        return Op("ne", (args[0], Lit(0)))
    if f is builtins.int and len(args) == 1:
        return plain if is_int(args[0]) else Op("call", args, fn=checked.ref(checked.truncated))
    if f in (builtins.max, builtins.min) and len(args) == 2 and all(type_of(a) == type_of(args[0]) or is_float(a) for a in args):
        return plain
    helper = HELPERS.get(getattr(f, "__name__", "")) if getattr(f, "__module__", "").startswith("s2sad.runtime") else None
    if helper is not None:
        return Op("call", args, fn=checked.ref(helper))
    if f in (operator.neg, np.negative) and len(args) == 1:
        return Op("neg", args)
    if (f is np.float64 or f is np.float32) and len(args) == 1:
        return Op("call", args, fn=op.fn)
    if f in (np.conj, np.conjugate, np.real, np.imag) and len(args) == 1:
        return Op("call", args, fn=op.fn)
    raise NotCompiled(f"a call of {op.fn.name}()")
