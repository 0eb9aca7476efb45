"""What names stand for while a function is lowered.

A value is an atom of the elementary form (`Var`, `Lit`, `Ref`) or one of the compile-time values below, which leave no
trace in the program: tuples, lists and dicts of known structure, objects, functions, ranges. The contents of mutable
ones live in the lowerer's cells, so that branches and loops merge them like variables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from ..ir.nodes import Lit, Ref, Slots, Var


@dataclass(frozen=True, eq=False, slots=True)
class TupleVal:
    items: tuple[Any, ...]
    cls: Any = None  # a namedtuple class
    origin: Any = None  # an atom that holds this very tuple at run time


@dataclass(frozen=True, eq=False, slots=True)
class KeysVal(TupleVal):
    """The keys of a dict, all known: in order like a tuple, and with the operators of a set."""


@dataclass(frozen=True, eq=False, slots=True)
class ViewVal(TupleVal):
    """The values or the items of a dict: `items` are those at the time when it was made, what it shows are those of now."""

    base: Any = None
    pairs: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ListVal:
    """A list of known length; its items are in cell `(id, "items")`."""

    id: int
    site: Any  # where it was made: a key for restarting with a dynamic list instead
    origin: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class DictVal:
    """A dict with known keys; cell `(id, "items")` holds a tuple of (key, value) pairs."""

    id: int
    site: Any
    origin: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class SetVal:
    """A set of known constants, in the order in which they come; one that is changed is made again at run time."""

    items: tuple[Any, ...]
    site: Any


@dataclass(frozen=True, eq=False, slots=True)
class KnownVal:
    """An object that only the compiler looks at: a signature, its parameters."""

    obj: Any


@dataclass(frozen=True, eq=False, slots=True)
class ObjVal:
    """An instance of a Python class; attribute `a` is in cell `(id, "a")`."""

    id: int
    cls: Any
    origin: Any = None
    live: Any = None  # the live object of the compiling call, if any


@dataclass(frozen=True, eq=False, slots=True)
class FuncVal:
    """A function defined while lowering, with the frame it closes over."""

    node: Any
    frame: Any
    name: str
    defaults: tuple[Any, ...] = ()
    kw_defaults: tuple[Any, ...] = ()
    cls: Any = None  # the defining class, for super()


@dataclass(frozen=True, eq=False, slots=True)
class Bound:
    """A method with its first argument."""

    fn: Any
    self: Any


@dataclass(frozen=True, eq=False, slots=True)
class Partial:
    fn: Any
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, eq=False, slots=True)
class ArrayMethod:
    """`x.sum` of a value, not called yet."""

    base: Any
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class RangeVal:
    start: Any
    stop: Any
    step: Any


@dataclass(frozen=True, eq=False, slots=True)
class ZipVal:
    items: tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class EnumVal:
    item: Any
    start: Any


@dataclass(frozen=True, eq=False, slots=True)
class ReversedVal:
    item: Any


@dataclass(frozen=True, eq=False, slots=True)
class CheckpointedVal:
    """What a `for` loop iterates over, and how many of its states are to be kept."""

    item: Any
    slots: Slots


@dataclass(frozen=True, eq=False, slots=True)
class AdjointVal:
    """What `adjoint_of(h)` is in the head of a `with` statement: the name, what it stands for, and the call."""

    name: str
    value: Any
    node: Any


@dataclass(frozen=True, eq=False, slots=True)
class SliceVal:
    start: Any
    stop: Any
    step: Any


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceVal:
    """One of several compile-time values, chosen by a run-time key; it can be called."""

    key: Any
    options: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, eq=False, slots=True)
class SuperVal:
    cls: Any
    self: Any


@dataclass(frozen=True, eq=False, slots=True)
class Poison:
    """A value that cannot be used; using it is an error with this reason, or starts lowering again for `site`.

    `merged`, where there is one, makes the value after all: a variable that forward mode can follow, and reverse mode cannot.
    """

    reason: str
    site: Any = None
    merged: Any = None


@dataclass(eq=False, slots=True)
class Frame:
    """One activation of a function that is being lowered."""

    id: int
    name: str
    locals: frozenset[str]
    parent: Frame | None
    scope: Any
    filename: str
    lines: tuple[str, ...]
    key: Any = None  # identity of the code, to notice recursion
    nonlocals: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    cls: Any = None
    call_span: Any = None
    self_name: str | None = None
    in_loop: int = 0
    line_offset: int = 0
    around: Frame | None = None  # of the scope of a comprehension: the function that it is in
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def function(self) -> Frame:
        return self.around or self


def has_own(value: Any, name: str) -> bool:
    """Whether an object has a method of this name, or a named tuple one that is written in its class."""
    if isinstance(value, TupleVal):
        return isinstance(getattr(value.cls, name, None), FunctionType)
    return isinstance(value, ObjVal) and bool(name) and hasattr(value.cls, name)


def in_order_of_a_set(items: Any) -> tuple[Any, ...]:
    """The items of a set as Python iterates over them; of strings and the like, where another run has another order, sorted."""

    def fixed(item: Any) -> bool:
        return isinstance(item, (int, float, complex)) or isinstance(item, tuple) and all(map(fixed, item))

    return tuple(items) if all(map(fixed, items)) else tuple(sorted(items, key=repr))


def is_atom(v: Any) -> bool:
    return isinstance(v, (Var, Lit, Ref))


def same(a: Any, b: Any) -> bool:
    """Whether two values are certainly the same."""
    if a is b:
        return True
    if isinstance(a, Lit) and isinstance(b, Lit):
        return type(a.value) is type(b.value) and a.value == b.value and repr(a.value) == repr(b.value)
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.obj is b.obj and a.name == b.name
    if isinstance(a, TupleVal) and isinstance(b, TupleVal):
        return len(a.items) == len(b.items) and a.cls is b.cls and all(map(same, a.items, b.items))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, SetVal) and isinstance(b, SetVal):
        return set(a.items) == set(b.items)
    if isinstance(a, (ListVal, DictVal, ObjVal)) and type(a) is type(b):
        return bool(a.id == b.id)
    if isinstance(a, Bound) and isinstance(b, Bound):
        return same(a.fn, b.fn) and same(a.self, b.self)
    if isinstance(a, FuncVal) and isinstance(b, FuncVal):
        return a.node is b.node and a.frame is b.frame and same(a.defaults, b.defaults)
    if isinstance(a, (RangeVal, SliceVal)) and type(a) is type(b):
        return same(a.start, b.start) and same(a.stop, b.stop) and same(a.step, b.step)
    if isinstance(a, (ArrayMethod,)) and isinstance(b, ArrayMethod):
        return same(a.base, b.base) and a.name == b.name
    return not is_atom(a) and not is_atom(b) and type(a) is type(b) and a == b
