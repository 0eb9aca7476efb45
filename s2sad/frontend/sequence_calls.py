"""Lowering of builtins that make or look through sequences."""

from __future__ import annotations

import builtins
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import BOOL, INT, UNKNOWN, Arr, ListT, Num, Obj, TupleT, Type
from ..errors import AmbiguousMemoryError
from ..ir.nodes import Lit, Op, Raise, Ref, Var
from .lower import Core, type_of
from .values import (
    DictVal,
    EnumVal,
    KnownVal,
    ListVal,
    RangeVal,
    ReversedVal,
    SetVal,
    TupleVal,
    ZipVal,
    is_atom,
)


class SequenceCalls(Core):
    # --- sequences ---------------------------------------------------------------------------------------------------

    def call_range(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        atoms = [self.atom(a) for a in args]
        start, stop, step = (Lit(0), atoms[0], Lit(1)) if len(atoms) == 1 else (*atoms, Lit(1))[:3]
        return RangeVal(start, stop, step)

    def call_zip(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        strict = kwargs.get("strict", Lit(False))
        if not isinstance(strict, Lit):
            raise self.unsupported("zip() with strict= that only the run tells", node, "write strict=True")
        if strict.value and len(args) > 1:
            first, *others = [self.length_of(a, node) for a in args]
            for n, other in enumerate(others, 2):
                self.check_strict(first, other, n, node)
        return ZipVal(tuple(args)) if args else TupleVal(())

    def length_of(self, value: Any, node: Any) -> Any:
        """The number of items of what `zip(..., strict=True)` takes."""
        if isinstance(value, (ReversedVal, EnumVal)):
            return self.length_of(value.item, node)
        if is_atom(value) or isinstance(value, RangeVal):
            return self.length(self.atom(value))
        items = self.sequence_items(value, None, node)
        if items is None:
            raise self.unsupported("zip() with strict=True of what has no length", node, "make a list of it first")
        return Lit(len(items))

    def check_strict(self, first: Any, other: Any, n: int, node: Any) -> None:
        """What Python raises where the sequences that `zip(..., strict=True)` takes differ in length."""
        sizes = [a.value if isinstance(a, Lit) else getattr(type_of(a), "ints", None) for a in (first, other)]
        if sizes[0] == sizes[1] is not None:
            return

        def refuse() -> None:
            message = Lit(f"zip() argument {n} is not as long as the first one")
            error = self.emit(Op("call", (message,), fn=self.builtin("ValueError")), Obj(ValueError), "error", varied=False, fresh=True)
            self.append(Raise(error, None, self.span(node)))
            self.block.diverges = True

        self.branch(self.atom(self.compare("ne", first, other, node)), refuse, lambda: None)

    def call_enumerate(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return EnumVal(args[0], args[1] if len(args) > 1 else kwargs.get("start", Lit(0)))

    def call_reversed(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return ReversedVal(args[0])

    def call_map(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        fn, *seqs = args
        value = seqs[0] if len(seqs) == 1 else ZipVal(tuple(seqs))
        spread = len(seqs) > 1

        def call(item: Any) -> Any:
            return self.call_value(fn, list(self.items(item)) if spread else [item], {}, node)

        return self.computed_early(lambda: self.map_over(value, call, node), node)

    def map_over(self, value: Any, function: Callable[[Any], Any], node: Any) -> Any:
        plan = self.iterable(value, node)
        items = self.unrollable(plan, 64)
        if items is not None:
            made, k = [], 0
            while k < len(items):
                made.append(function(items[k]))
                items, k = self.items_now(value, items, 64, node), k + 1
            return self.make_list(tuple(made), node)
        result = self.run_time_list(())
        key = (self.frame.id, "$item")

        def start(loop: Any) -> None:
            self.cells[key] = self.element(plan, loop, node)

        def body(loop: Any) -> Any:
            self.list_append(result, function(self.cells.pop(key)), node)
            return None

        self.loop(start, body)
        return result

    def call_list(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not args:
            return self.make_list((), node)
        return self._listed(args[0], node, lambda items: self.make_list(items, node))

    def call_tuple(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not args:
            return TupleVal(())
        if self.sequence_items(args[0], None, node) is None:
            return self.run_time_tuple(args[0], node)
        return self._listed(args[0], node, lambda items: TupleVal(items))

    def run_time_tuple(self, value: Any, node: Any) -> Any:
        """`tuple(value)` of a length that only the run knows. A list is another thing as an index, in comparisons and sums."""
        if self.varied_value(value):
            raise self.unsupported(
                "a tuple of differentiated values whose number is not known is not supported", node, "make a list: list(...), or index the array")
        if not is_atom(value):
            value = self._listed(value, node, lambda items: self.make_list(items, node))
        return self.emit(Op("call", (self.atom(value),), fn=self.builtin("tuple")), Obj(tuple), "items", varied=False)

    def _listed(self, value: Any, node: Any, make: Callable[[tuple[Any, ...]], Any]) -> Any:
        items = self.sequence_items(value, None, node)
        if items is not None:
            return make(tuple(items))
        if not self.varied_value(value):
            atom = self.atom(value) if not isinstance(value, (ZipVal, EnumVal, ReversedVal)) else None
            if atom is not None:
                t = type_of(atom)
                if isinstance(t, Arr) and t.shape:
                    elem = self.item_type(t, Lit(0))
                else:
                    elem = t.elem if isinstance(t, ListT) else (INT if isinstance(t, Obj) and t.cls is range else UNKNOWN)
                made = self.emit(Op("call", (atom,), fn=self.builtin("list")), ListT(elem), "items", varied=False, fresh=isinstance(elem, Num))
                made.view = made.view and elem is UNKNOWN  # a list of its own, of the same items
                return made
        return self.map_over(value, lambda item: item, node)

    def call_set(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not args:
            return NotImplemented
        if isinstance(args[0], SetVal):
            return args[0]
        items = self.sequence_items(args[0], None, node) if not is_atom(args[0]) or isinstance(args[0], Lit) else None
        known = self.make_set(tuple(items), node) if items is not None else None
        return NotImplemented if known is None else known

    def call_result_type(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`np.result_type` of values whose dtypes are known is known, too, and cannot fail."""
        probes = []
        for a in args:
            t = type_of(a) if is_atom(a) else None
            if isinstance(a, Lit) and isinstance(a.value, (int, float, complex)):
                probes.append(a.value)
            elif isinstance(t, Num):
                probes.append(t.dtype.type(1).item() if t.py else t.dtype)
            elif isinstance(t, Arr) and t.dtype is not None:
                probes.append(t.dtype)
            else:
                return NotImplemented
        try:
            dtype = np.result_type(*probes)
        except TypeError:
            return NotImplemented
        return self.known_dtype(self.emit(Op("call", (Lit(dtype.name),), fn=self.numpy_ref(np.dtype)), Obj(np.dtype), "dtype", varied=False), dtype)

    def known_dtype(self, var: Var, dtype: Any) -> Var:
        """Remember which dtype a run-time value is."""
        self.dtypes[var] = dtype
        return var

    def call_signature(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], Ref):
            self.has_no_place("signature")
            try:
                return KnownVal(inspect.signature(args[0].obj))
            except (TypeError, ValueError):
                return NotImplemented
        return NotImplemented

    def call_dict(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        pairs: list[tuple[Any, Any]] = []
        if args:
            if isinstance(args[0], DictVal):
                pairs = list(self.items(args[0]))
            else:
                items = self.sequence_items(args[0], None, node) if not isinstance(args[0], Ref) else None
                if items is None:
                    return NotImplemented if not self.varied_args(args, kwargs) else self._bad_dict(node)
                for item in items:
                    k, v = self.sequence_items(item, 2, node)
                    key = self.constant_key(k)
                    if key is None:
                        self._bad_dict(node)
                    pairs.append((key.value, v))
        site = self.site(node)
        value = self.new_dict((*pairs, *kwargs.items()), site)
        self.sites[value.id] = site
        return value

    def _bad_dict(self, node: Any) -> Any:
        raise self.unsupported("a dict whose keys are not known", node)

    def call_sum(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        start = args[1] if len(args) > 1 else kwargs.get("start")
        value = args[0]
        items = self.sequence_items(value, None, node) if not is_atom(value) or isinstance(type_of(value), TupleT) else None
        if items is not None:
            total = start if start is not None else Lit(0)
            for k, item in enumerate(items):
                plain = k == 0 and isinstance(total, Lit) and type(total.value) is int and total.value == 0
                total = item if plain and self.is_its_sum(item, len(items) > 1) else self.binary("add", total, item, node)
            return total
        if not is_atom(value):
            value = self._listed(value, node, lambda items: self.make_list(items, node))
        atom = self.atom(value)
        t = type_of(atom)
        if isinstance(t, Arr) and t.ndim != 1:
            raise self.unsupported("sum() of an array of more than one dimension", node, "use np.sum with an axis")
        elem: Type = UNKNOWN
        if isinstance(t, ListT):
            elem = t.elem
            if isinstance(elem, Num) and (elem.ints is not None or elem.dtype.kind == "b"):  # truth values are counted
                elem = self.symbols.int(elem.py)
            elif isinstance(elem, Num) and elem.floating:
                elem = dataclasses.replace(elem, mixed=True)  # the sum of no items is an integer
        elif isinstance(t, Arr) and t.dtype is not None:
            elem = Num(t.dtype, False, mixed=t.dtype.kind in "fc") if t.dtype.kind != "b" else self.symbols.int(False)
        result = self.emit(Op("call", (atom,), fn=self.builtin("sum")), elem, "total", fresh=True)
        if start is not None and not (isinstance(start, Lit) and start.value == 0):
            return self.binary("add", start, result, node)
        return result

    def is_its_sum(self, item: Any, more: bool) -> bool:
        """Whether `0 + item` need not be written: not for truth values, which become integers, nor for an array that would be handed on."""
        t = type_of(item) if is_atom(item) else None
        if isinstance(t, Num):
            return t.dtype.kind in "iufc"
        certain = t is UNKNOWN and self.varied_value(item) or isinstance(t, Arr) and (t.dtype is None or t.dtype.kind != "b")
        return certain and more

    def extremum(self, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if "key" in kwargs:
            if self.varied_args(args, kwargs):
                raise self.unsupported(f"{name}() with key= is not supported", node)
            return NotImplemented
        if len(args) == 1 and "default" in kwargs:
            return self.extremum_or(name, args[0], kwargs["default"], node)
        if len(args) == 1 and not is_atom(args[0]):
            items = self.sequence_items(args[0], None, node)
            if items is None:
                args = [self._listed(args[0], node, lambda items: self.make_list(items, node))]
            elif items:
                args = list(items)
                if len(args) == 1:
                    return args[0]
        if all(isinstance(a, Lit) for a in args) and len(args) > 1:
            value = getattr(builtins, name)(*(a.value for a in args))
            return Lit(value)
        if not self.varied_args(args, kwargs):
            t: Type = UNKNOWN
            types = [type_of(a) for a in args]
            if len(args) > 1 and all(isinstance(x, Num) for x in types):
                t = types[0]
                for other in types[1:]:
                    t = self.join_types(t, other)
            elif len(args) == 1 and isinstance(types[0], ListT) and isinstance(types[0].elem, Num):
                t = types[0].elem
                if t.ints is not None:
                    t = self.symbols.int(t.py)
            return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin(name)), t, name, varied=False)
        t = type_of(args[0]) if len(args) == 1 and is_atom(args[0]) else UNKNOWN
        listed = t.elem if isinstance(t, ListT) else None
        if len(args) > 1 and any(isinstance(a, (TupleVal, ListVal)) for a in args) or isinstance(listed, (TupleT, ListT)):
            hint = "compare numbers, or let np.argmax or np.argmin find the index"
            raise self.unsupported(f"{name}() of tuples or lists is not supported", node, hint)
        if len(args) > 2:  # one rule, for two at a time
            first = args[0]
            for other in args[1:]:
                first = self.extremum(name, [first, other], {}, node)
            return first
        return self.scalar_call(name, args, node)

    def extremum_or(self, name: str, value: Any, default: Any, node: Any) -> Any:
        """`max(value, default=...)`."""
        items = self.sequence_items(value, None, node) if not is_atom(value) else None
        if items is not None:
            return self.extremum(name, [value], {}, node) if items else default
        if not is_atom(value):
            value = self._listed(value, node, lambda items: self.make_list(items, node))
        key = (self.frame.id, f"$value{self.new_id()}")

        def some() -> None:
            self.cells[key] = self.extremum(name, [value], {}, node)

        def none() -> None:
            self.cells[key] = default

        self.branch(self.atom(self.compare("gt", self.length(value), Lit(0), node)), some, none, expr=True)
        return self.cells.pop(key)

    def scalar_call(self, name: str, args: list[Any], node: Any) -> Any:
        atoms = tuple(self.atom(a) for a in args)
        types = [type_of(a) for a in atoms]
        t: Type = UNKNOWN
        if len(types) > 1 and all(isinstance(x, Num) for x in types):
            t = types[0]
            for other in types[1:]:
                t = self.join_types(t, other)
        elif len(types) == 1 and isinstance(types[0], ListT):
            t = types[0].elem
        elif len(types) == 1 and isinstance(types[0], Arr) and types[0].ndim == 1 and types[0].dtype is not None:
            t = Num(types[0].dtype, False)
        given = [a for a in atoms if len(atoms) > 1 and isinstance(type_of(a), Arr)] if name in ("max", "min") else []  # one of them is returned
        result = self.emit(Op("call", atoms, fn=self.builtin(name)), t, name, fresh=not given, view_of=given or None)
        if given:
            self.stops.append((result, self.error(
                AmbiguousMemoryError, f"{name}() hands on one of its arguments, which may be an array that is stored to", node,
                f"use np.{name}imum, or copy the result")))  # fmt: skip
        return result

    def call_min(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.extremum("min", args, kwargs, node)

    def call_max(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.extremum("max", args, kwargs, node)

    def call_any(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self._quantified(args, node, any, "any")

    def call_all(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self._quantified(args, node, all, "all")

    def _quantified(self, args: list[Any], node: Any, function: Any, name: str) -> Any:
        items = self.sequence_items(args[0], None, node) if not is_atom(args[0]) else None
        if items is not None:
            truths = [self.truth(i) for i in items]
            if all(t is not None for t in truths):
                return Lit(function(truths))
            if any(t is (name == "any") for t in truths):
                return Lit(name == "any")
            args = [TupleVal(tuple(items))]
        return self.emit(Op("call", (self.atom(args[0]),), fn=self.builtin(name)), BOOL, name, varied=False)

    # provided by the other parts
    append: Callable[..., Any]
    atom: Callable[..., Any]
    binary: Callable[..., Any]
    block: Any
    branch: Callable[..., Any]
    builtin: Callable[..., Any]
    call_value: Callable[..., Any]
    compare: Callable[..., Any]
    computed_early: Callable[..., Any]
    length: Callable[..., Any]
    constant_key: Callable[..., Any]
    element: Callable[..., Any]
    item_type: Callable[..., Any]
    span: Callable[..., Any]
    items_now: Callable[..., Any]
    iterable: Callable[..., Any]
    join_types: Callable[..., Any]
    list_append: Callable[..., Any]
    make_list: Callable[..., Any]
    make_set: Callable[..., Any]
    numpy_ref: Callable[..., Any]
    run_time_list: Callable[..., Any]
    sequence_items: Callable[..., Any]
    site: Callable[..., Any]
    stops: list[Any]
    truth: Callable[..., Any]
    unrollable: Callable[..., Any]
    varied_args: Callable[..., Any]
    varied_value: Callable[..., Any]


__all__ = ["SequenceCalls"]
