"""Lowering of subscripts and attributes that are read."""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from ..analysis import infer, multiples
from ..analysis.types import (
    STR,
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    is_index,
    is_mutable,
    literal_dim,
)
from ..errors import AmbiguousMemoryError
from ..ir.nodes import Lit, Op, Raise, Ref, Var
from .lower import Core, _refresh, type_of
from .values import (
    ArrayMethod,
    Bound,
    ChoiceVal,
    DictVal,
    FuncVal,
    KnownVal,
    ListVal,
    ObjVal,
    Partial,
    SetVal,
    SliceVal,
    SuperVal,
    TupleVal,
    is_atom,
)  # fmt: skip

_ARRAY_ATTRIBUTES = frozenset("T real imag shape ndim size dtype mT".split())


class Subscripts(Core):
    # --- subscripts and attributes -----------------------------------------------------------------------------------

    def expr_Slice(self, node: Any) -> Any:
        start, stop, step = (Lit(None) if n is None else self.expr(n) for n in (node.lower, node.upper, node.step))
        return SliceVal(start, stop, step)

    def expr_Subscript(self, node: Any) -> Any:
        base, flat = self.subscripted(node.value)
        if flat:
            return self.load(base, self.flat_index(base, self.expr(node.slice), node), node)
        return self.get_item(base, self.expr(node.slice), node)

    def subscripted(self, node: Any) -> tuple[Any, bool]:
        """What is subscripted; for `array.flat`, the array, and True."""
        if not isinstance(node, gast.Attribute) or node.attr != "flat":
            return self.expr(node), False
        base = self.expr(node.value)
        return (base, True) if self.has_flat(base) else (self.get_attribute(base, node.attr, node), False)

    def has_flat(self, base: Any) -> bool:
        """Whether a value is an array of known rank, with at least one axis."""
        t = type_of(base) if isinstance(base, Var) else None
        return isinstance(t, Arr) and bool(t.ndim)

    def flat_index(self, base: Var, index: Any, node: Any) -> Any:
        """The index of an array for an index of its `.flat`: quotients and remainders by sizes, for negative ones, too."""
        rank = base.type.ndim  # type: ignore[attr-defined]
        t = type_of(index)
        if not isinstance(t, Num):
            size = self.get_attribute(base, "size", node)
            counted = self.primitive(Ref(np.arange, "np.arange", np), [size], {}, node)
            index = self.get_item(counted, index, node)
        if rank == 1:
            return index
        shape = self.get_attribute(base, "shape", node)
        parts = []
        for axis in range(rank - 1, -1, -1):
            if axis == 0:
                parts.append(index)
                break
            n = self.get_item(shape, Lit(axis), node)
            parts.append(self.binary("mod", index, n, node))
            index = self.binary("floordiv", index, n, node)
        return TupleVal(tuple(reversed(parts)))

    def expr_Attribute(self, node: Any) -> Any:
        base = self.expr(node.value)
        if node.attr == "flat" and self.has_flat(base):
            copied = self.primitive(Ref(np.ndarray.flatten, "np.ndarray.flatten", np), [base], {}, node, method="flatten")
            error = self.error(
                AmbiguousMemoryError, ".flat of an array that is stored to", node, "index it, as in a.flat[i], or use a.flatten()")
            self.stops.extend([(base, error), (copied, error)])
            return copied
        return self.get_attribute(base, node.attr, node)

    def expr_Starred(self, node: Any) -> Any:
        raise self.unsupported("this starred expression is not supported", node)

    def get_item(self, base: Any, index: Any, node: Any) -> Any:
        if isinstance(base, (TupleVal, ListVal)):
            items = self.items(base)
            if isinstance(index, Lit) and isinstance(index.value, int):
                try:
                    return items[index.value]
                except IndexError:
                    raise self.unsupported(f"index {index.value} is out of range", node) from None
            if isinstance(index, SliceVal):
                parts = [index.start, index.stop, index.step]
                if all(isinstance(p, Lit) for p in parts):
                    chosen = items[slice(*(p.value for p in parts))]
                    return TupleVal(chosen) if isinstance(base, TupleVal) else self.make_list(chosen, node)
            for item in items:  # which of them it is only the run can tell: they have to be run-time lists
                self.kept(item)
            if isinstance(base, TupleVal) and not isinstance(index, SliceVal) and items and all(
                is_atom(i) and isinstance(type_of(i), ListT) for i in items
            ):
                return self.get_item(self.run_time_list(items), index, node)
            return self.get_item(self.atom(base), index, node)
        if isinstance(base, DictVal):
            key = self.constant_key(index)
            if key is not None:
                for k, v in self.items(base):
                    if k == key.value:
                        return v
                self.missing_key(base, key, node)
            if not is_atom(index):
                raise self.unsupported("a dict is indexed by a computed container", node)
            if not all(is_atom(v) and not isinstance(type_of(v), Obj) for _, v in self.items(base)):
                return ChoiceVal(index, self.items(base))
            if not self.varied_value(base):
                return self.emit(Op("getitem", (self.atom(base), self.atom(index))), UNKNOWN, "item", varied=False)
            return self.choose(index, self.items(base), lambda v: v, node)
        if isinstance(base, ObjVal):
            if isinstance(base.live, Mapping) and isinstance(base.origin, Ref):
                found = self.live_item(base.origin, index, node)
                if found is not None:
                    return found
            return self.call_value(self.get_attribute(base, "__getitem__", node), [index], {}, node)
        if isinstance(base, Lit) and isinstance(base.value, str) and isinstance(index, Lit):
            return Lit(base.value[index.value])
        if isinstance(base, Ref) and (base.obj is np.r_ or base.obj is np.c_) and self.varied_value(index):
            return self.strung_together(base.obj is np.c_, index, node)
        if isinstance(base, Ref):
            found = self.live_item(base, index, node)
            if found is not None:
                return found
        if self.varied_value(index) and not isinstance(type_of(base), (Arr, ListT, TupleT, Num)) and not (self.in_emitted_code and is_atom(base)):
            method = getattr(type(base.obj), "__getitem__", None) if isinstance(base, Ref) else None
            if not isinstance(method, types.FunctionType):
                raise self.unsupported("it is not known how this depends on its index", node)
            return self.call_value(Bound(Ref(method, "__getitem__", method), self.object_of(base.obj, base)), [index], {}, node)
        return self.load(self.atom(base), index, node)

    def strung_together(self, columns: bool, index: Any, node: Any) -> Any:
        """`np.r_[...]` of numbers and vectors as `np.hstack`, `np.c_[...]` of vectors and matrices as `np.column_stack`."""
        items = index.items if isinstance(index, TupleVal) else (index,)
        types = [type_of(i) if is_atom(i) else UNKNOWN for i in items]
        ranks = {0 if isinstance(t, Num) else t.ndim if isinstance(t, Arr) else None for t in types}
        dtypes = [getattr(t, "dtype", None) for t in types]
        plain = [isinstance(t, Num) and t.py for t in types]  # beside others, these give way to their precision: np.hstack knows only arrays
        alike = not any(plain) or all(plain) or any(d == np.dtype(float) and not p for d, p in zip(dtypes, plain))
        if not alike or any(d is None or d.kind not in "bif" for d in dtypes) or not ranks <= ({1, 2} if columns else {0, 1}):
            raise self.unsupported("np.c_[...] of these" if columns else "np.r_[...] of these", node, "use np.concatenate or np.column_stack")
        fn = Ref(np.column_stack, "np.column_stack", np) if columns else Ref(np.hstack, "np.hstack", np)
        return self.primitive(fn, [TupleVal(tuple(items))], {}, node)

    def choose(self, key: Any, options: tuple[tuple[Any, Any], ...], use: Callable[[Any], Any], node: Any) -> Any:
        """`use` of the option whose key equals a run-time key: a chain of branches."""
        place = (self.frame.id, f"$value{self.new_id()}")

        def take(i: int) -> None:
            if i == len(options):
                error = self.emit(Op("call", (key,), fn=self.builtin("KeyError")), Obj(KeyError), "error", varied=False, fresh=True)
                self.append(Raise(error, None, self.span(node)))
                self.block.diverges = True
                return
            test = self.truth(same := self.compare("eq", key, Lit(options[i][0]), node))

            def found() -> None:
                self.cells[place] = use(options[i][1])

            if test is not None:
                found() if test else take(i + 1)
            else:
                self.branch(self.atom(same), found, lambda: take(i + 1))

        take(0)
        return self.cells.pop(place, Lit(None))

    def missing_key(self, base: Any, key: Any, node: Any) -> None:
        fn = self.builtin("KeyError")
        error = self.emit(Op("call", (Lit(key.value),), fn=fn), Obj(KeyError), "error", varied=False, fresh=True)
        self.append(Raise(error, None, self.span(node)))
        self.block.diverges = True
        raise self.unsupported(f"the key {key.value!r} is not in the dict", node)

    def load(self, base: Any, index: Any, node: Any) -> Any:
        """`base[index]` of a run-time value."""
        index = self.array_index(index, node) if isinstance(type_of(base), Arr) else index
        t = self.item_type(type_of(base), index)
        atom = self.index_atom(index)
        basic = self.is_basic(index)
        base_type = type_of(base)
        if isinstance(base_type, Arr) and basic is False:
            return self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), fresh=True)
        if isinstance(base_type, ListT) and isinstance(index, SliceVal):
            part = self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), view_of=[base] if is_mutable(base_type.elem) else [],
                             varied=self.varied(base) and t.floating)  # fmt: skip
            part.view = False  # a list of its own, of the same items
            return part
        return self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), view_of=[base],
                         varied=self.varied(base) and t.floating)  # fmt: skip

    def item_hint(self, base: Any) -> str:
        return f"{base.hint}_item" if isinstance(base, Var) and base.named else "item"

    def is_basic(self, index: Any) -> bool | None:
        """Whether an index is basic (a view), advanced (a copy: False) or unknown (None)."""
        if isinstance(index, (Lit, SliceVal)):
            return not (isinstance(index, Lit) and isinstance(index.value, bool))
        if isinstance(index, TupleVal):
            parts = [not isinstance(i, TupleVal) and self.is_basic(i) for i in index.items]
            if any(p is False for p in parts):
                return False
            return None if any(p is None for p in parts) else True
        if isinstance(index, ListVal):
            return False
        t = type_of(index)
        if isinstance(t, Num):
            return True if is_index(t) else False if t.dtype.kind == "b" else None  # a truth value is a mask without axes
        if isinstance(t, (Arr, ListT)):
            return False
        if isinstance(t, Obj) and t.cls is slice:
            return True
        return None

    def array_index(self, index: Any, node: Any) -> Any:
        """An index of an array with lists for the tuples in it: NumPy makes arrays of both."""
        if not isinstance(index, TupleVal) or not any(isinstance(i, TupleVal) for i in index.items):
            return index
        return TupleVal(tuple(self.make_list(i.items, node) if isinstance(i, TupleVal) else i for i in index.items))

    def index_atom(self, index: Any) -> Any:
        return self.atom(index)

    def item_type(self, t: Type, index: Any) -> Type:
        if isinstance(t, TupleT):
            if isinstance(index, Lit) and isinstance(index.value, int) and -len(t.items) <= index.value < len(t.items):
                return t.items[index.value]
            if isinstance(index, SliceVal) and all(isinstance(p, Lit) for p in (index.start, index.stop, index.step)):
                return TupleT(t.items[slice(index.start.value, index.stop.value, index.step.value)])
            if t.items and all(isinstance(item, Num) for item in t.items) and is_index(type_of(index)):
                return functools.reduce(self.join_types, t.items, t.items[0])  # whichever the run asks for
            return UNKNOWN
        if isinstance(t, ListT):
            if isinstance(index, SliceVal):
                return t
            it = type_of(index)
            elem = _refresh(t.elem, self.loose_dims, self.symbols)
            if isinstance(elem, Num) and elem.ints is not None:
                elem = Num(elem.dtype, elem.py, self.symbols.fresh())
            return elem if isinstance(it, Num) else UNKNOWN
        if isinstance(t, Obj) and t.cls is str:
            return STR
        if isinstance(t, Num) and not t.py:  # x[..., None] of a NumPy scalar
            return infer.run(operator.getitem, [t, self.sampled(index)], {}, self.symbols)
        if not isinstance(t, Arr):
            return UNKNOWN
        return self.array_item_type(t, index)

    def array_item_type(self, t: Arr, index: Any) -> Type:
        parts = list(index.items) if isinstance(index, TupleVal) else [index]
        if t.shape is None or t.dtype is None:
            sliced = any(isinstance(p, SliceVal) or isinstance(p, Lit) and p.value is Ellipsis for p in parts)
            return Arr(t.dtype, None) if sliced else UNKNOWN
        key: list[Any] = []
        open_slices: list[tuple[int, Any]] = []
        for i, p in enumerate(parts):
            if isinstance(p, SliceVal):
                bounds = (p.start, p.stop, p.step)
                if all(isinstance(b, Lit) for b in bounds):
                    key.append(slice(*(b.value for b in bounds)))
                else:
                    open_slices.append((i, p))
                    key.append(slice(None))
            elif isinstance(p, Lit):
                key.append(0 if type(p.value) is int else p.value)  # which one does not matter, and samples are small
            elif isinstance(p, (ListVal, TupleVal)):
                listed = self.sample_index(p)
                if listed is None:
                    return UNKNOWN
                key.append(listed)
            else:
                pt = type_of(p)
                if is_index(pt):
                    key.append(0)
                elif isinstance(pt, Arr) and pt.dtype is not None and pt.dtype.kind == "b" and pt.shape is not None:
                    if len(parts) == 1 and len(pt.shape) <= len(t.shape):
                        size = self.remembered_size(("mask", p), (p,), None)
                        return Arr(t.dtype, (size, *t.shape[len(pt.shape) :]))
                    return Arr(t.dtype, None)
                elif isinstance(pt, Arr) and pt.dtype is not None and pt.shape is not None:
                    key.append(("array", pt))
                else:
                    return UNKNOWN
        if key and all(k == 0 and type(k) is int for k in key):  # an element of an empty array has a type, too
            one = literal_dim(1)
            t = Arr(t.dtype, tuple(one if i < len(key) and 0 in d else d for i, d in enumerate(t.shape)))
        results = []
        marks: list[list[Any]] = [[] for _ in open_slices]
        for k in range(infer.SAMPLES):
            try:
                a = np.broadcast_to(np.ones((), t.dtype), tuple(d[k] for d in t.shape or ()))  # takes no memory
                concrete = [np.zeros(tuple(d[k] for d in p[1].shape), int) if isinstance(p, tuple) else p for p in key]
                results.append(a[tuple(concrete)] if isinstance(index, TupleVal) else a[concrete[0]])
                for m, (i, _) in enumerate(open_slices):
                    probe = list(concrete)
                    probe[i] = slice(0, 0)
                    marks[m].append(a[tuple(probe)].shape)
            except Exception:
                return UNKNOWN
        out = infer.abstract(results)
        if open_slices and isinstance(out, Arr) and out.shape is not None:
            shape = list(out.shape)
            for m, (_, p) in enumerate(open_slices):
                axis = next((ax for ax in range(len(shape)) if marks[m][0][ax] != results[0].shape[ax]), None)
                if axis is None:
                    return Arr(t.dtype, None)
                shape[axis] = self.slice_size(out.shape[axis], p)
            return Arr(t.dtype, tuple(shape))
        if isinstance(out, Num) and out.ints is not None:  # of any value
            return Num(out.dtype, out.py, self.symbols.fresh())
        return out

    def sample_index(self, value: Any) -> Any:
        """A list that selects as many elements as the list `value` does, of the same nesting; None where that is not known."""
        if isinstance(value, (ListVal, TupleVal)):
            items = [self.sample_index(item) for item in self.items(value)]
            return None if any(item is None for item in items) else items
        known, t = self.constant(value), type_of(value) if is_atom(value) else None
        if known is not None:
            return known.value if isinstance(known.value, bool) else 0 if isinstance(known.value, int) else None
        return 0 if t is not None and is_index(t) else None

    def slice_size(self, size: Any, p: SliceVal) -> Any:
        """The size of a slice with computed bounds: one symbol for each (size, bounds)."""
        if isinstance(p.step, Lit) and p.step.value in (None, 1):
            known = multiples.slice_size(size, p.start, p.stop)
            if known is not None:
                return known
            if (found := multiples.ratio(size, (p.start, p.stop), self.dims)) is not None:
                self.ratios.setdefault(found[0], found)

        def part(b: Any) -> Any:
            return ("=", b.value) if isinstance(b, Lit) else (b, getattr(type_of(b), "ints", None))

        parts = (part(p.start), part(p.stop), part(p.step))
        # x[:n] with n the known length of something else is at most that; it stays a symbol of its own
        return self.remembered_size((size, *parts), (p.start, p.stop, p.step), self.actual_slice(size[-1], p))

    def remembered_size(self, key: Any, atoms: tuple[Any, ...], actual: Any) -> Any:
        """One symbol for each `key` made of atoms, and another one each time if one of them is memory that changes."""
        if any(isinstance(a, Var) and a.stored for a in atoms):
            return self.symbols.fresh(actual)
        if key not in self.index_memo:
            self.index_memo[key] = self.symbols.fresh(actual)
        return self.index_memo[key]

    def actual_slice(self, size: int, p: SliceVal) -> int:
        """Length of a slice in the call that is compiled for."""
        bounds = []
        for b in (p.start, p.stop, p.step):
            ints = getattr(type_of(b), "ints", None)
            bounds.append(b.value if isinstance(b, Lit) else ints[-1] if ints is not None else None)
        try:
            return len(range(*slice(*bounds).indices(size)))
        except (TypeError, ValueError):
            return size

    def get_attribute(self, base: Any, name: str, node: Any) -> Any:
        if isinstance(base, ObjVal):
            return self.object_attribute(base, name, node)
        if isinstance(base, SuperVal):
            return self.super_attribute(base, name, node)
        if isinstance(base, TupleVal) and base.cls is not None and name in base.cls._fields:
            return base.items[base.cls._fields.index(name)]
        if isinstance(base, (ListVal, DictVal, TupleVal, SetVal)):
            return ArrayMethod(base, name)
        if isinstance(base, KnownVal):
            return KnownVal(base.obj.parameters) if name == "parameters" else ArrayMethod(base, name)
        if isinstance(base, Ref):
            found = self.live_attribute(base, name, node)
            if found is not None:
                return found
        if isinstance(base, (FuncVal, Bound, Partial)):
            if name in ("__name__", "__doc__", "__qualname__", "__module__"):
                return Lit(getattr(base, "name", "function"))
            raise self.unsupported(f"the attribute {name!r} of a function", node)
        atom = self.atom(base)
        t = type_of(atom)
        if isinstance(t, (Arr, Num)) or (t is UNKNOWN and name in _ARRAY_ATTRIBUTES):
            if name == "ndim" and isinstance(t, (Arr, Num)) and (isinstance(t, Num) or t.shape is not None):
                return Lit(0 if isinstance(t, Num) else len(t.shape))  # type: ignore[arg-type]
            if name == "ndim":
                return self.emit(Op("getattr", (atom,), name="ndim"), self.symbols.int(), "ndim", varied=False, fresh=True)
            if name == "shape":
                if isinstance(t, Num):
                    return TupleVal(())
                shape = t.shape if isinstance(t, Arr) else None
                st: Type = TupleT(tuple(Num(np.dtype(int), True, d) for d in shape)) if shape is not None else Obj(tuple)
                return self.emit(Op("getattr", (atom,), name="shape"), st, "shape", varied=False, fresh=True)
            if name == "size":
                size: Type = self.symbols.int()
                if isinstance(t, Arr) and t.shape is not None:
                    size = Num(np.dtype(int), True, tuple(int(np.prod([d[k] for d in t.shape])) for k in range(infer.SAMPLES)))
                if isinstance(t, Num) or isinstance(t, Arr) and t.shape is not None and all(d == literal_dim(d[0]) for d in t.shape):
                    return Lit(size.ints[0] if isinstance(t, Arr) else 1)  # type: ignore[attr-defined]
                return self.emit(Op("getattr", (atom,), name="size"), size, "size", varied=False, fresh=True)
            if name == "dtype" and isinstance(t, (Arr, Num)) and t.dtype is not None:
                return self.known_dtype(self.emit(Op("getattr", (atom,), name="dtype"), Obj(np.dtype), "dtype", varied=False, fresh=True), t.dtype)
            if name in ("itemsize", "nbytes", "strides", "flags", "dtype"):
                return self.emit(Op("getattr", (atom,), name=name), UNKNOWN, name, varied=False, fresh=True)
            if name in ("T", "real", "imag", "mT"):
                return self.array_attribute(atom, name, node)
            if isinstance(t, Num) and t.py and not hasattr(float, name) and not hasattr(int, name):
                raise self.unsupported(f"a Python number has no attribute {name!r}", node)
            return ArrayMethod(atom, name)
        if isinstance(atom, Var) and (dtype := self.dtypes.get(atom)) is not None and name in ("kind", "char", "name", "str", "itemsize"):
            return Lit(getattr(dtype, name))
        if isinstance(t, TupleT) and name in t.fields:
            return self.load(atom, Lit(t.fields.index(name)), node)
        if isinstance(t, (ListT, TupleT)):
            return ArrayMethod(atom, name)
        if self.varied(atom):
            return ArrayMethod(atom, name)
        return ArrayMethod(atom, name) if t is UNKNOWN or isinstance(t, Obj) else self.emit(
            Op("getattr", (atom,), name=name), UNKNOWN, name, varied=False
        )

    # provided by the other parts
    array_attribute: Callable[..., Any]
    atom: Callable[..., Any]
    binary: Callable[..., Any]
    builtin: Callable[..., Any]
    call_value: Callable[..., Any]
    compare: Callable[..., Any]
    constant: Callable[..., Any]
    constant_key: Callable[..., Any]
    expr: Callable[..., Any]
    join_types: Callable[..., Any]
    kept: Callable[..., Any]
    known_dtype: Callable[..., Any]
    live_attribute: Callable[..., Any]
    live_item: Callable[..., Any]
    loose_dims: set[Any]
    make_list: Callable[..., Any]
    object_attribute: Callable[..., Any]
    dims: dict[int, Any]
    ratios: dict[int, tuple[int, int, int]]
    object_of: Callable[..., Any]
    primitive: Callable[..., Any]
    run_time_list: Callable[..., Any]
    stops: list[Any]
    super_attribute: Callable[..., Any]
    truth: Callable[..., Any]
    varied_value: Callable[..., Any]


def value_items(value: Any) -> Any:
    obj = value.obj if isinstance(value, Ref) else value.value
    return obj if isinstance(obj, dict) else None


__all__ = ["Subscripts", "value_items"]
