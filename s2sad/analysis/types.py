"""The type lattice: what is known of a value before it is there.

Sizes are symbolic. A size is kept as a tuple of sample sizes, one for each of three imagined calls and one for the call
that the program is compiled for: `n` may be (5, 11, 17, 8), then `n - 1` is (4, 10, 16, 7) and the literal 3 is
(3, 3, 3, 3). Two sizes are the same expression if their samples agree. The result type of an operation is found by
running it on small arrays of those sizes (see `infer.py`), so that shape rules need not be written twice. If only the
compiling call's sizes fit the program, they still tell the rank.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

SAMPLES = 4  # three symbolic calls, and the call that is compiled for
Dim = tuple[int, ...]


@dataclass(frozen=True)
class Type:
    """Base of all types. `Type()` itself is "unknown"."""

    @property
    def floating(self) -> bool:
        """Whether a value of this type can carry a derivative."""
        return True


UNKNOWN = Type()


@dataclass(frozen=True)
class Num(Type):
    """A scalar; `py` if it is a Python number, else a NumPy scalar. `ints` are the sample values of an integer.

    A float that is `mixed` may be an integer in some calls, as what `total = 0` becomes in a loop: an array made of it has one
    dtype or another.
    """

    dtype: Any
    py: bool = True
    ints: Dim | None = None
    mixed: bool = False

    @property
    def floating(self) -> bool:
        return self.dtype.kind in "fc"

    def __str__(self) -> str:
        name = self.dtype.name.rstrip("0123456789") if self.py else self.dtype.name
        return name


@dataclass(frozen=True)
class Arr(Type):
    """An ndarray. `shape` is None if the rank is unknown; `dtype` None if the dtype is."""

    dtype: Any = None
    shape: tuple[Dim, ...] | None = None

    @property
    def floating(self) -> bool:
        return self.dtype is None or self.dtype.kind in "fc"

    @property
    def ndim(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    def __str__(self) -> str:
        dtype = "?" if self.dtype is None else self.dtype.str.lstrip("<>=|")
        if self.shape is None:
            return f"{dtype}[...]"
        return f"{dtype}[{', '.join(dim_name(d) for d in self.shape)}]"


@dataclass(frozen=True)
class ListT(Type):
    """A list (or other sequence) whose length is not known."""

    elem: Type = UNKNOWN

    @property
    def floating(self) -> bool:
        return self.elem.floating


@dataclass(frozen=True)
class TupleT(Type):
    """A tuple. `fields` are the names of the items where the class of the tuple gives them names."""

    items: tuple[Type, ...]
    fields: tuple[str, ...] = field(default=(), compare=False)

    @property
    def floating(self) -> bool:
        return any(t.floating for t in self.items)


@dataclass(frozen=True)
class Obj(Type):
    """A value of a known Python class that carries no derivative by itself: str, None, dtype, exception, ..."""

    cls: type

    @property
    def floating(self) -> bool:
        return False


@dataclass(frozen=True)
class TapeT(Type):
    """A tape. One that `shrinks` gives back its memory while it is read: it is filled in the reverse sweep, as others may be."""

    shrinks: bool = False

    @property
    def floating(self) -> bool:
        return False


FLOAT = Num(np.dtype(float))
INT = Num(np.dtype(int))
BOOL = Num(np.dtype(bool))
COMPLEX = Num(np.dtype(complex))
STR = Obj(str)
NONE = Obj(type(None))


class NoItem:
    """The type of the items of a list into which nothing has been put yet."""


NO_ITEM = Obj(NoItem)


def literal_dim(n: int) -> Dim:
    return (n,) * SAMPLES


class Symbols:
    """Hands out sample sizes for new symbolic sizes, always in the same order."""

    def __init__(self) -> None:
        self._count = itertools.count()
        self._given: set[Dim] = set()
        self.same: dict[Dim, Dim] = {}  # sizes that an operation has shown to be equal

    def canonical(self, t: Type) -> Type:
        """The type with equal sizes written alike."""
        if self.same and isinstance(t, Arr) and t.shape is not None:
            shape = tuple(self.size(d) for d in t.shape)
            return t if shape == t.shape else Arr(t.dtype, shape)
        return t

    def size(self, d: Dim) -> Dim:
        while d in self.same:
            d = self.same[d]
        return d

    def fresh(self, actual: Any = None) -> Dim:
        # a fixed scramble of small numbers: distinct tuples without a common divisor, so that no two of them are in proportion, and
        # twice half of a size is not taken for that size
        while True:
            k = next(self._count)
            more = k // 300  # there are not many small numbers
            scramble = [5 + (7 * k + 5 * j + (k * k * (j + 1)) // 3) % (13 + 4 * j + more) for j in range(SAMPLES - 1)]
            scramble[0] = 2  # the smallest: x[:3] and x[1:4] are then seen to be shorter than 3 for some sizes
            if math.gcd(*scramble) == 1 and tuple(scramble) not in self._given:
                break
        self._given.add(tuple(scramble))
        return (*scramble, scramble[0] if actual is None else int(actual))

    def int(self, py: bool = True, actual: Any = None) -> Num:
        return Num(np.dtype(int), py, self.fresh(actual))


def dim_name(d: Dim) -> str:
    return str(d[0]) if len(set(d)) == 1 else "n" + "_".join(map(str, d))


def shape_of(t: Type) -> tuple[Dim, ...] | None:
    """Shape of a number or array, None if unknown."""
    if isinstance(t, Num):
        return ()
    if isinstance(t, Arr):
        return t.shape
    return None


def dtype_of(t: Type) -> Any:
    return t.dtype if isinstance(t, (Num, Arr)) else None


def is_scalar(t: Type) -> bool:
    return isinstance(t, Num)


def is_array(t: Type) -> bool:
    return isinstance(t, Arr)


def has_sign(t: Type) -> bool:
    """Whether the negative of every value of this type is exact: not of booleans, unsigned integers, the least integer of NumPy's."""
    if not isinstance(t, (Num, Arr)) or t.dtype is None:
        return False
    return t.dtype.kind in "fc" or isinstance(t, Num) and t.py and t.dtype.kind == "i"


def is_index(t: Type) -> bool:
    """Whether an array that takes a value of this type as an index takes it as the number of an element: a float raises an error."""
    return isinstance(t, Num) and (t.dtype.kind in "iu" or t.mixed and t.dtype.kind == "f")


def is_mutable(t: Type) -> bool:
    """Whether a value of this type may be changed in place."""
    if isinstance(t, Num):
        return False
    if isinstance(t, Obj):
        return t.cls not in (str, type(None), NoItem, bytes, np.dtype, type, slice) and not issubclass(t.cls, type)
    if isinstance(t, TupleT):
        return any(is_mutable(i) for i in t.items)
    return True


def join(a: Type, b: Type, symbols: Symbols) -> Type:
    """The least type that covers both; sizes that differ become a new symbol."""
    if a == b:
        return a
    if isinstance(a, Num) and isinstance(b, Num):
        if a.dtype == b.dtype:
            return Num(a.dtype, a.py and b.py, symbols.fresh(_actual(a.ints)) if a.dtype.kind in "iu" else None, a.mixed or b.mixed)
        kinds = {a.dtype.kind, b.dtype.kind}
        if kinds <= set("iufc"):  # a truth value is no number where it is an index
            return Num(np.result_type(a.dtype, b.dtype), a.py and b.py, mixed=bool(kinds & set("iu")))
        return UNKNOWN
    if isinstance(a, Arr) and isinstance(b, Arr):
        dtype = a.dtype if a.dtype == b.dtype else None
        if dtype is None and a.dtype is not None and b.dtype is not None and {a.dtype.kind, b.dtype.kind} <= set("fc"):
            dtype = None
        if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
            return Arr(dtype, None)
        shape = tuple(x if x == y else symbols.fresh(x[-1]) for x, y in zip(a.shape, b.shape))
        return Arr(dtype, shape)
    if isinstance(a, ListT) and isinstance(b, ListT):
        return ListT(join(a.elem, b.elem, symbols))
    if isinstance(a, TupleT) and isinstance(b, TupleT):
        if len(a.items) == len(b.items):
            return TupleT(tuple(join(x, y, symbols) for x, y in zip(a.items, b.items)))
        return UNKNOWN
    return UNKNOWN


def _actual(ints: Dim | None) -> Any:
    return None if ints is None else ints[-1]


def covers(wide: Type, narrow: Type, free: set[Dim]) -> bool:
    """Whether every value of `narrow` is one of `wide`; sizes in `free` stand for any size."""
    if wide == narrow or wide is UNKNOWN or type(wide) is Type:
        return True
    if isinstance(wide, Num) and isinstance(narrow, Num):
        return wide.dtype == narrow.dtype and (wide.py == narrow.py or not wide.py) and (wide.mixed or not narrow.mixed) and (
            wide.ints == narrow.ints or wide.ints is None or wide.ints in free
        )
    if isinstance(wide, Arr) and isinstance(narrow, Arr):
        if wide.dtype is not None and wide.dtype != narrow.dtype:
            return False
        if wide.shape is None:
            return True
        if narrow.shape is None or len(wide.shape) != len(narrow.shape):
            return False
        return all(x == y or x in free for x, y in zip(wide.shape, narrow.shape))
    if isinstance(wide, ListT) and isinstance(narrow, ListT):
        return covers(wide.elem, narrow.elem, free)
    if isinstance(wide, TupleT) and isinstance(narrow, TupleT):
        return len(wide.items) == len(narrow.items) and all(
            covers(x, y, free) for x, y in zip(wide.items, narrow.items)
        )
    return False


def dims_in(t: Type) -> set[Dim]:
    if isinstance(t, Num):
        return {t.ints} if t.ints is not None else set()
    if isinstance(t, Arr):
        return set(t.shape or ())
    if isinstance(t, ListT):
        return dims_in(t.elem)
    if isinstance(t, TupleT):
        return set().union(*(dims_in(i) for i in t.items)) if t.items else set()
    return set()


def float_like(t: Type) -> Type:
    """The type of an adjoint of a value of type `t`."""
    if isinstance(t, Num) and t.dtype.kind not in "fc":
        return replace(t, dtype=np.dtype(float), ints=None)
    if isinstance(t, Arr) and t.dtype is not None and t.dtype.kind not in "fc":
        return replace(t, dtype=np.dtype(float))
    return t


def type_of_value(v: Any, symbols: Symbols, memo: dict[Any, Dim] | None = None) -> Type:
    """The type of a live value; sizes become symbols shared through `memo` (size 1 and 0 stay literal)."""
    memo = {} if memo is None else memo

    def dim(n: int) -> Dim:
        if n <= 1:
            return literal_dim(n)
        if n not in memo:
            memo[n] = symbols.fresh(n)
        return memo[n]

    if isinstance(v, (bool, np.bool_)):
        return Num(np.dtype(bool), isinstance(v, bool))
    if isinstance(v, np.generic):
        if v.dtype.kind in "iu":
            return Num(v.dtype, False, symbols.fresh(v))
        if v.dtype.kind in "fc":
            return Num(v.dtype, False)
        return Obj(type(v))
    if isinstance(v, int):
        return symbols.int(actual=v)
    if type(v) is float or type(v) is complex:
        return Num(np.dtype(type(v)))
    if isinstance(v, np.ndarray):
        if v.dtype.kind not in "fciub" or type(v) is not np.ndarray:
            return Obj(type(v))
        return Arr(v.dtype, tuple(dim(n) for n in v.shape))
    if type(v) is tuple:
        return TupleT(tuple(type_of_value(i, symbols, memo) for i in v))
    if type(v) is list:
        elem: Type | None = None
        for i in v:
            t = type_of_value(i, symbols, memo)
            elem = t if elem is None else join(elem, t, symbols)
        return ListT(elem if elem is not None else UNKNOWN)
    return Obj(type(v))
