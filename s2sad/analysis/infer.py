"""Result types of operations, found by running them on small samples of their operands' types.

An operation is run three times, with three different assignments of sizes, and once with the sizes of the compiling call (see
`large_sizes.py` for large ones); what the results have in common is their type. Only functions of NumPy, `math` and the
operators are run, never the user's. What fails to run is unknown.
"""

from __future__ import annotations

import functools
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..rules import registry
from .large_sizes import extended, large, stand_in
from .types import (
    NONE,
    NOTHING,
    SAMPLES,
    UNKNOWN,
    Arr,
    Dim,
    ListT,
    Num,
    Obj,
    Symbols,
    TupleT,
    Type,
    literal_dim,
)  # fmt: skip

# the number of results depends on values, not on shapes
VALUE_DEPENDENT = frozenset(
    f
    for name in ("nonzero flatnonzero argwhere unique extract compress trim_zeros union1d intersect1d setdiff1d "
                 "unique_values unique_counts bincount histogram roots poly loadtxt fromstring delete").split()
    if (f := getattr(np, name, None)) is not None
) | {np.linalg.lstsq}  # fmt: skip
_RNG = np.random.default_rng(20)
_POOL = _RNG.uniform(0.25, 0.75, 200_000)


_BUILTINS = frozenset({len, abs, min, max, sum, float, int, bool, complex, round, tuple, list, range, divmod, pow})
_SAFE_NAMES = frozenset(
    "result_type can_cast promote_types broadcast_shapes iscomplexobj isrealobj isscalar iterable unravel_index ravel_multi_index "
    "tril_indices triu_indices tril_indices_from triu_indices_from diag_indices indices mgrid ogrid r_ c_ identity tri bincount "
    "unique flatnonzero argwhere nonzero lexsort partition argpartition matrix_rank packbits unpackbits setdiff1d union1d "
    "intersect1d isin in1d histogram cov corrcoef resize choose diagflat "
    "hanning hamming blackman bartlett kaiser vander".split()
)
_LARGEST = 2e7
LOOSE: Dim = (-1,) * SAMPLES  # a size that is another one for each array in a list


@functools.lru_cache(maxsize=4096)
def _runs(fn: Any) -> bool:
    if fn is as_strided:
        return False
    if isinstance(fn, np.ufunc) or fn in _BUILTINS:
        return True
    module = (getattr(fn, "__module__", None) or "").split(".")[0]
    if module in ("_operator", "operator", "math", "cmath") or isinstance(fn, type) and issubclass(fn, np.generic):
        return True
    if module == "s2sad" or getattr(fn, "__module__", "") == "s2sad.ir.nodes":
        return True
    if registry.adjoint_rule(fn) is not None or registry.is_zero(fn):
        return True
    return module == "numpy" and getattr(fn, "__name__", "") in _SAFE_NAMES


def runnable(fn: Any) -> bool:
    """Whether a function may be run to find its type: an operator, or array function without side effects."""
    return _hashable(fn) and _runs(fn)


def _modest(fn: Any, args: list[Any]) -> bool:
    """Whether no argument is code, and none is a number so large that a result of that size could not be held."""
    product = 1.0
    todo = args[:1] + args[2:] if fn in (np.full, np.full_like) else list(args)  # the size, not what fills it
    floats = fn is np.arange
    while todo:
        a = todo.pop()
        if isinstance(a, (tuple, list)):
            todo += a
        elif isinstance(a, Known):
            v = a.value
            if isinstance(v, (tuple, list)):
                todo += [Known(i) for i in v]
            elif callable(v) and not isinstance(v, type):
                return False
            elif isinstance(v, int) or isinstance(v, float) and floats:
                product *= max(1.0, abs(v), 1.0 / abs(v) if floats and v else 1.0)
    return product < _LARGEST


class CannotSample(Exception):
    """No small value of this type can be made."""


def sample(t: Type, k: int) -> Any:
    if isinstance(t, Num):
        kind = t.dtype.kind
        if kind in "iu":
            if t.ints is None:
                raise CannotSample
            v: Any = t.ints[k]
        elif kind == "b":
            v = True
        elif kind == "f":
            if t.mixed and k == 0:
                return 1
            v = 0.625
        elif kind == "c":
            v = 0.625 + 0.25j
        else:
            raise CannotSample
        return v if t.py else t.dtype.type(v)
    if isinstance(t, Arr):
        if t.shape is None or t.dtype is None:
            raise CannotSample
        shape = tuple(d[k] for d in t.shape)
        size = math.prod(shape)
        if size > len(_POOL):
            raise CannotSample
        a = _POOL[:size].reshape(shape)
        if t.dtype.kind in "fc":
            a = a.astype(t.dtype)
            if len(shape) >= 2 and shape[-1] == shape[-2]:
                a = (a + np.swapaxes(a, -1, -2)) / 8 + np.eye(shape[-1], dtype=t.dtype)
            return a
        return np.ones(shape, t.dtype)
    if isinstance(t, TupleT):
        return tuple(sample(i, k) for i in t.items)
    if isinstance(t, ListT):
        return [sample(t.elem, k) for _ in range(3 + k)]
    if t in (NONE, NOTHING):
        return None
    if isinstance(t, Obj) and t.cls is str:
        raise CannotSample
    raise CannotSample


def abstract(results: list[Any]) -> Type:
    """The type that `SAMPLES` results have in common."""
    first = results[0]
    if any(type(r) is not type(first) for r in results):
        numbers = all(isinstance(r, (int, float, np.integer, np.floating)) and not isinstance(r, bool) for r in results)
        return Num(np.result_type(*results, float), not any(isinstance(r, np.generic) for r in results), mixed=True) if numbers else UNKNOWN
    if isinstance(first, (bool, np.bool_)):
        return Num(np.dtype(bool), isinstance(first, bool))
    if isinstance(first, (int, np.integer)):
        kind = np.dtype(int) if isinstance(first, int) else first.dtype
        return Num(kind, isinstance(first, int), tuple(int(r) for r in results))
    if isinstance(first, (float, complex)) and not isinstance(first, np.generic):
        return Num(np.dtype(type(first)))
    if isinstance(first, np.generic):
        return Num(first.dtype, False) if first.dtype.kind in "fc" else UNKNOWN
    if isinstance(first, np.ndarray):
        if type(first) is not np.ndarray:
            return UNKNOWN
        dtype: Any = first.dtype if all(r.dtype == first.dtype for r in results) else None
        if dtype is not None and dtype.kind not in "fciub":
            return Obj(np.ndarray)
        if any(r.ndim != first.ndim for r in results):
            return Arr(dtype, None)
        return Arr(dtype, tuple(tuple(r.shape[i] for r in results) for i in range(first.ndim)))
    if isinstance(first, tuple):
        if any(len(r) != len(first) for r in results):
            return UNKNOWN
        items = tuple(abstract([r[i] for r in results]) for i in range(len(first)))
        return TupleT(items, getattr(first, "_fields", ()))
    if isinstance(first, list):
        return ListT(_item(results)) if first else ListT(UNKNOWN)
    if first is None:
        return Obj(type(None))
    if isinstance(first, (str, np.dtype, type, slice)):
        return Obj(type(first))
    return UNKNOWN


def _item(results: list[list[Any]]) -> Type:
    """The type of every item of the lists."""
    first = abstract([r[0] if r else None for r in results])
    if not isinstance(first, Arr) or first.shape is None:
        return first
    pairs = [(a, r[0]) for r in results for a in r]
    if any(not isinstance(a, np.ndarray) or a.ndim != len(first.shape) for a, _ in pairs):
        return UNKNOWN if any(not isinstance(a, np.ndarray) for a, _ in pairs) else Arr(None, None)
    dtype = first.dtype if all(a.dtype == b.dtype for a, b in pairs) else None
    return Arr(dtype, tuple(LOOSE if any(a.shape[i] != b.shape[i] for a, b in pairs) else d for i, d in enumerate(first.shape)))


def run(fn: Any, types: list[Any], kwargs: dict[str, Any], symbols: Symbols) -> Type:
    """The type of `fn(*args, **kwargs)`. An argument is a `Type`, or `Known(value)`.

    Only functions that do nothing but compute are run, on arguments that are no code and of modest size.
    """
    if fn is as_strided:  # on other arrays it would read memory that nobody owns
        return _strided(types, kwargs)
    if not runnable(fn):
        return UNKNOWN
    found = _outcome(fn, types, kwargs)
    if found is _NO_SAMPLES:
        return _fresh_ints(_fallback(fn, types, kwargs), symbols)
    if found is _FAILS:
        whole = _as_integers([types, kwargs], symbols)
        if whole is not None and (found := _outcome(fn, *whole)) is not _FAILS and found is not _NO_SAMPLES:
            return _fresh_ints(_unsized(found, symbols, lambda axis: False), symbols)
        return _actual(fn, types, kwargs, symbols)
    if fn is operator.pow and not _natural(types[1]):
        found = _whole_or_fraction(found)
    found = _without_contents(fn, types, kwargs, found, symbols)
    return _any_dtype(found) if registry.dtype_varies(fn) else found


_NO_SAMPLES, _FAILS = Type(), Type()


def _as_integers(t: Any, symbols: Symbols) -> Any:
    """Operands in which the numbers that may be an integer or a float are integers; None if there are none."""
    if isinstance(t, Num) and t.mixed:
        return symbols.int(t.py)
    if isinstance(t, TupleT):
        items = _as_integers(list(t.items), symbols)
        return None if items is None else TupleT(tuple(items), t.fields)
    if isinstance(t, slice):
        parts = _as_integers([t.start, t.stop, t.step], symbols)
        return None if parts is None else slice(*parts)
    if isinstance(t, dict):
        values = _as_integers(list(t.values()), symbols)
        return None if values is None else dict(zip(t, values))
    if isinstance(t, (list, tuple)):
        new = [_as_integers(i, symbols) for i in t]
        return None if all(i is None for i in new) else type(t)([i if n is None else n for i, n in zip(t, new)])
    return None


def _natural(t: Any) -> bool:
    """Whether a number is certainly no negative integer."""
    if isinstance(t, Known):
        return not isinstance(t.value, int) or t.value >= 0
    if isinstance(t, Num) and t.ints is not None and len(set(t.ints)) == 1:
        return t.ints[0] >= 0
    return not (isinstance(t, Num) and t.py and t.dtype.kind == "i")


def _whole_or_fraction(power: Type) -> Type:
    """The type of an integer to the power of an integer that may be negative: a float then, in Python."""
    return Num(np.dtype(float), True, mixed=True) if isinstance(power, Num) and power.py and power.dtype.kind == "i" else power

_SIZES = frozenset({len, np.shape, np.size, np.ndim})  # they look at shapes only
_OUTCOMES: dict[Any, Type] = {}  # of functions whose results depend on their arguments alone


def _without_contents(fn: Any, types: list[Any], kwargs: dict[str, Any], found: Type, symbols: Symbols) -> Type:
    """A type without what only shows in the numbers of the samples: integers and sizes that depend on them are new symbols."""
    operands = [*types, *kwargs.values()]
    if fn in VALUE_DEPENDENT or fn is np.where and len(operands) == 1 or fn is np.arange and any(map(_is_float, operands)):
        return _fresh_ints(_fresh_dims(found, symbols), symbols)
    if any(map(_has_contents, operands)) and (fn not in _SIZES or isinstance(types[0], ListT)):
        found = _fresh_ints(found, symbols)
    if isinstance(fn, np.ufunc) or fn in _ELEMENTWISE or not _has_sizes(found) or not any(map(_decides, operands)):
        return found
    other = _outcome(fn, [_other(t) for t in types], {k: _other(t) for k, t in kwargs.items()})
    return _common(found, other, symbols)


def _parts(t: Any) -> Any:
    """The operands in a tuple or list of them."""
    return t.items if isinstance(t, TupleT) else t if isinstance(t, (tuple, list)) else None


def _is_float(t: Any) -> bool:
    return isinstance(t, Num) and t.dtype.kind == "f"


def _has_contents(t: Any) -> bool:
    """Whether an operand has a value, or elements, that its type does not tell."""
    parts = _parts(t)
    if parts is not None:
        return any(map(_has_contents, parts))
    return isinstance(t, (Arr, ListT)) or isinstance(t, Num) and t.dtype.kind not in "iu"


def _decides(t: Any) -> bool:
    """Whether an operand is an array of integers or truth values, or a list: it may decide on the sizes of a result."""
    parts = _parts(t)
    if parts is not None:
        return any(map(_decides, parts))
    return isinstance(t, ListT) or isinstance(t, Arr) and t.dtype is not None and t.dtype.kind in "iub"


def _other(t: Any) -> Any:
    """The operand with other contents."""
    parts = _parts(t)
    if parts is not None:
        return [_other(i) for i in parts] if isinstance(t, list) else tuple(_other(i) for i in parts)
    return Other(t) if _decides(t) else t


def _has_sizes(t: Type) -> bool:
    if isinstance(t, TupleT):
        return any(map(_has_sizes, t.items))
    return _has_sizes(t.elem) if isinstance(t, ListT) else isinstance(t, Arr) and bool(t.shape)


def _common(a: Type, b: Type, symbols: Symbols) -> Type:
    """The type `a`, in which the sizes that `b` has in another way, or not at all, are new symbols."""
    if isinstance(a, Arr) and a.shape is not None:
        if isinstance(b, Arr) and (b.shape is None or len(b.shape) != len(a.shape)):
            return Arr(a.dtype, None)
        sizes = b.shape if isinstance(b, Arr) and b.shape is not None else (None,) * len(a.shape)
        return Arr(a.dtype, tuple(d if d == e else symbols.fresh() for d, e in zip(a.shape, sizes)))
    if isinstance(a, TupleT):
        items = b.items if isinstance(b, TupleT) and len(b.items) == len(a.items) else (UNKNOWN,) * len(a.items)
        return TupleT(tuple(_common(i, j, symbols) for i, j in zip(a.items, items)), a.fields)
    return ListT(_common(a.elem, b.elem if isinstance(b, ListT) else UNKNOWN, symbols)) if isinstance(a, ListT) else a


def _fresh_ints(t: Type, symbols: Symbols) -> Type:
    if isinstance(t, Num) and t.ints is not None:
        return Num(t.dtype, t.py, symbols.fresh(), t.mixed)
    if isinstance(t, TupleT):
        return TupleT(tuple(_fresh_ints(i, symbols) for i in t.items), t.fields)
    return ListT(_fresh_ints(t.elem, symbols)) if isinstance(t, ListT) else t


def _strided(types: list[Any], kwargs: dict[str, Any]) -> Type:
    """The type of `as_strided(x, shape)`: the dtype of `x`, and the sizes that are known."""
    given, shape = types[0], types[1] if len(types) > 1 else kwargs.get("shape")
    if not isinstance(given, Arr):
        return UNKNOWN
    if shape is None or isinstance(shape, Known) and shape.value is None:
        return given
    parts = shape.value if isinstance(shape, Known) else shape.items if isinstance(shape, TupleT) else shape
    if not isinstance(parts, (tuple, list)):
        return Arr(given.dtype, None)
    dims: list[Dim] = []
    for part in parts:
        size = part.value if isinstance(part, Known) else part
        if isinstance(size, int):
            dims.append(literal_dim(size))
        elif isinstance(size, Num) and size.ints is not None:
            dims.append(size.ints)
        else:
            return Arr(given.dtype, None)
    return Arr(given.dtype, tuple(dims))


def _outcome(fn: Any, types: list[Any], kwargs: dict[str, Any]) -> Type:
    """What the results on all samples have in common, or `_FAILS`, or `_NO_SAMPLES`."""
    if not isinstance(fn, np.ufunc) and getattr(fn, "__module__", None) not in ("_operator", "math", "numpy"):
        return _sampled(fn, types, kwargs)
    try:
        key = (fn, *map(_exact, types), *((name, _exact(t)) for name, t in kwargs.items()))
        found = _OUTCOMES.get(key)
    except TypeError:  # an argument without a hash
        return _sampled(fn, types, kwargs)
    if found is None:
        if len(_OUTCOMES) >= 4096:
            _OUTCOMES.clear()
        found = _OUTCOMES[key] = _sampled(fn, types, kwargs)
    return found


def _exact(t: Any) -> Any:
    """An argument of `run` as a key that tells 1 from True and from 1.0. Raises TypeError for values of other kinds."""
    if isinstance(t, Type):
        return t
    if isinstance(t, (Known, Other)):
        return type(t), _exact(t.value)
    if isinstance(t, tuple):
        return (tuple, *map(_exact, t))
    if isinstance(t, slice):
        return slice, _exact(t.start), _exact(t.stop), _exact(t.step)
    if t is None or isinstance(t, (bool, int, float, complex, str, type, np.dtype, np.ufunc)):
        return type(t), t
    raise TypeError


def _sampled(fn: Any, types: list[Any], kwargs: dict[str, Any]) -> Type:
    if not _modest(fn, [*types, *kwargs.values()]):
        return _NO_SAMPLES
    results: list[Any] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for k in range(SAMPLES):
            if k == SAMPLES - 1 and any(map(large, (*types, *kwargs.values()))):
                found = extended(abstract(results), [*types, *kwargs.values()])
                if found is not None:
                    return found
            try:
                args = [_sample(t, k) for t in types]
                kws = {n: _sample(t, k) for n, t in kwargs.items()}
                results.append(fn(*args, **kws))
            except CannotSample:
                return _NO_SAMPLES
            except Exception:
                return _FAILS
            except BaseException as error:  # a check of emitted code, which no handler in it is to catch
                if type(error) is BaseException:
                    return _FAILS
                raise
    return abstract(results)


def _any_dtype(t: Type) -> Type:
    if isinstance(t, TupleT):
        return TupleT(tuple(_any_dtype(i) for i in t.items), t.fields)
    return Arr(None, t.shape) if isinstance(t, Arr) else UNKNOWN


def _actual(fn: Any, types: list[Any], kwargs: dict[str, Any], symbols: Symbols) -> Type:
    """Where symbolic sizes do not fit the program: the type for the sizes of the compiling call, sizes unknown."""
    try:
        k = SAMPLES - 1
        elementwise = isinstance(fn, np.ufunc) and fn.signature is None or _hashable(fn) and fn in _ELEMENTWISE
        take = stand_in(_sample) if elementwise or _hashable(fn) and fn in _LINEAR_TIME else _sample
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = fn(*[take(t, k) for t in types], **{n: take(t, k) for n, t in kwargs.items()})
    except Exception:
        return _fresh_ints(_fallback(fn, types, kwargs), symbols)
    except BaseException as error:
        if type(error) is BaseException:
            return _fresh_ints(_fallback(fn, types, kwargs), symbols)
        raise
    t = _unsized(abstract([result] * SAMPLES), symbols, _surely_one(fn, types))
    return _any_dtype(t) if registry.dtype_varies(fn) else t


def _surely_one(fn: Any, types: list[Any]) -> Callable[[int], bool]:
    """Of an axis of the result, counted from the end: whether its size is 1 in every call, not only in the compiling one."""
    elementwise = isinstance(fn, np.ufunc) and fn.signature is None or _hashable(fn) and fn in _ELEMENTWISE
    shapes = [t.shape for t in types if isinstance(t, Arr)]
    one = literal_dim(1)

    def surely(axis: int) -> bool:
        return elementwise and all(s is not None and (len(s) < axis or s[-axis] == one) for s in shapes)

    return surely


_ELEMENTWISE = frozenset({operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
                          operator.neg, operator.pos, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne})  # fmt: skip


_LINEAR_TIME = frozenset({np.reshape, np.ravel, np.transpose, np.sum, np.mean, np.max, np.min, np.prod, np.concatenate, np.stack, np.hstack,
                          np.vstack, np.broadcast_to, np.squeeze, np.expand_dims, np.where, np.clip, np.diff, np.cumsum, np.split})  # fmt: skip


def _unsized(t: Type, symbols: Symbols, surely_one: Callable[[int], bool]) -> Type:
    if isinstance(t, Arr) and t.shape is not None:
        n = len(t.shape)
        keep = [d == LOOSE or d[0] == 1 and surely_one(n - i) for i, d in enumerate(t.shape)]
        return Arr(t.dtype, tuple(d if k else symbols.fresh(d[-1]) for d, k in zip(t.shape, keep)))
    if isinstance(t, Num) and t.ints is not None:
        return Num(t.dtype, t.py, symbols.fresh(t.ints[-1]))
    if isinstance(t, TupleT):
        return TupleT(tuple(_unsized(i, symbols, surely_one) for i in t.items), t.fields)
    return ListT(_unsized(t.elem, symbols, surely_one)) if isinstance(t, ListT) else t


class Known:
    """An argument whose value is known."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Other:
    """An array or list with other contents than its samples have: to see what depends on them."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def sample(self, k: int) -> Any:
        """Zeros for an array, a longer list for a list."""
        made = sample(self.value, k)
        return np.zeros_like(made) if isinstance(made, np.ndarray) else [*made, *made[:2]]


def _sample(t: Any, k: int) -> Any:
    if isinstance(t, Known):
        return t.value
    if isinstance(t, Other):
        return t.sample(k)
    if isinstance(t, tuple):
        return tuple(_sample(i, k) for i in t)
    if isinstance(t, list):
        return [_sample(i, k) for i in t]
    if isinstance(t, slice):
        return slice(_sample(t.start, k), _sample(t.stop, k), _sample(t.step, k))
    return sample(t, k)


def _hashable(fn: Any) -> bool:
    try:
        hash(fn)
    except TypeError:
        return False
    return True


def _fresh_dims(t: Type, symbols: Symbols) -> Type:
    if isinstance(t, Arr) and t.shape is not None:
        return Arr(t.dtype, tuple(symbols.fresh() for _ in t.shape))
    if isinstance(t, TupleT):
        return TupleT(tuple(_fresh_dims(i, symbols) for i in t.items), t.fields)
    return t


_REDUCTIONS = frozenset({np.sum, np.prod, np.mean, np.max, np.min, np.amax, np.amin, np.var, np.std, np.median, np.linalg.norm, np.any, np.all})


def _fallback(fn: Any, types: list[Any], kwargs: dict[str, Any]) -> Type:
    """A weaker answer where sampling failed: elementwise functions keep what is certain, and reductions of all axes."""
    if _hashable(fn) and fn in _REDUCTIONS and len(types) == 1 and not kwargs and isinstance(types[0], Arr) and types[0].dtype is not None:
        return _sampled(fn, [Arr(types[0].dtype, (literal_dim(2),))], {})
    if _hashable(fn) and fn in (np.array, np.asarray, np.ascontiguousarray):
        wanted = types[1] if len(types) > 1 else None
        dtype = np.dtype(wanted.value) if isinstance(wanted, Known) and isinstance(wanted.value, type) and issubclass(wanted.value, np.generic) else (
            getattr(types[0], "dtype", None))  # fmt: skip
        return Arr(dtype, None)
    if _hashable(fn) and fn is np.histogram:  # edges have to increase, those of a sample do not
        return TupleT((Arr(None, None), Arr(None, None)))
    if isinstance(fn, np.ufunc) and fn.nout == 1 and fn.signature is None:
        if any(isinstance(t, Arr) for t in types):
            dtypes = [t.dtype for t in types if isinstance(t, (Arr, Num))]
            if len(dtypes) == len(types) and all(d is not None for d in dtypes):
                try:
                    probe = fn(*[np.ones((), d)[()] if isinstance(t, Arr) else _sample(t, 0) for t, d in zip(types, dtypes)])
                    return Arr(np.asarray(probe).dtype, None)
                except Exception:
                    return Arr(None, None)
            return Arr(None, None)
    return UNKNOWN


def broadcast_index(n: Dim) -> bool:
    return n == literal_dim(1)
