"""Builtin functions and methods of containers that have a meaning of their own at compile time."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    is_mutable,
)  # fmt: skip
from ..checkpointing import checkpoint, checkpointed, replayed
from ..errors import AmbiguousMemoryError, DifferentiationError
from ..ir.nodes import REPLAYED, Assign, Block, Effect, Lit, Op, Ref, Region, Slots, Var, With
from ..rules import registry
from ..runtime import add, index_add, like, run_checkpointed, stop_gradient
from ..surgery import adjoint_of
from .calls import REFUSED_BUILTINS
from .iterators import CHANGING
from .lower import Core, Restart, type_of
from .values import (
    ArrayMethod,
    Bound,
    CheckpointedVal,
    DictVal,
    EnumVal,
    FuncVal,
    KeysVal,
    KnownVal,
    ListVal,
    ObjVal,
    Partial,
    Poison,
    RangeVal,
    ReversedVal,
    SetVal,
    SliceVal,
    SuperVal,
    TupleVal,
    ViewVal,
    ZipVal,
    is_atom,
)  # fmt: skip

TRANSFORMS = frozenset(
    {"grad", "value_and_grad", "jacobian", "jacfwd", "jacrev", "value_and_jacobian", "hessian", "hvp", "jvp", "vjp"})  # fmt: skip


class BuiltinCalls(Core):
    def builtin(self, name: str) -> Ref:
        obj = getattr(builtins, name)
        return Ref(obj, name, obj, "builtins")

    def handler(self, obj: Any) -> Callable[[list[Any], dict[str, Any], Any], Any] | None:
        try:
            name = _HANDLERS.get(obj)
        except TypeError:
            return None
        if name is None:
            if (getattr(obj, "__module__", None) or "").startswith("s2sad.") and getattr(obj, "__name__", "") in TRANSFORMS:
                return lambda args, kwargs, node: self.call_transform(obj, args, kwargs, node)
            if getattr(obj, "__module__", None) == "builtins" and getattr(obj, "__name__", "") in REFUSED_BUILTINS:
                return lambda args, kwargs, node: self.refuse_builtin(obj, node)
            return None
        return getattr(self, "call_" + name)

    def call_transform(self, transform: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`grad(f, wrt)` inside a differentiated function: the gradient of a function that is known now."""
        if transform.__name__ == "jvp":
            from ..inner import call_jvp  # needs this module

            return call_jvp(self, args, node)
        if transform.__name__ == "vjp":
            raise self.unsupported("vjp inside a function that is differentiated itself", node, "use grad or jvp there")
        if not args or not isinstance(args[0], Ref) or not callable(args[0].obj):
            raise self.unsupported(
                f"{transform.__name__} of this, inside a function that is differentiated itself, is not supported", node,
                "define the inner function at module level, or take its gradient there")  # fmt: skip
        known = [v.value for v in (*args[1:], *kwargs.values()) if isinstance(v, Lit)]
        if len(known) != len(args) - 1 + len(kwargs) or len(args) > 2:
            raise self.unsupported(f"the arguments of {transform.__name__} have to be written out", node)
        gradient = transform(args[0].obj, *known[: len(args) - 1], **dict(zip(kwargs, known[len(args) - 1 :])))
        return Ref(gradient, gradient.__name__, gradient, "s2sad.generated")

    def refuse_builtin(self, obj: Any, node: Any) -> Any:
        raise self.unsupported(f"{obj.__name__}() is not supported", node, REFUSED_BUILTINS[obj.__name__])

    # --- questions ---------------------------------------------------------------------------------------------------

    def python_class(self, value: Any) -> Any:
        """The class of a value, None if it is not known."""
        if isinstance(value, Lit):
            return type(value.value)
        if isinstance(value, TupleVal):
            return value.cls or tuple
        for kind, cls in ((ListVal, list), (DictVal, dict), (SetVal, set), (RangeVal, range), (SliceVal, slice), (ZipVal, zip)):
            if isinstance(value, kind):
                return cls
        if isinstance(value, ObjVal):
            return value.cls
        if isinstance(value, (FuncVal, Bound, Partial)):
            return type(self.python_class)
        if isinstance(value, Ref) and not isinstance(value.type, (Num, Arr)):
            return None if value.type is UNKNOWN and is_mutable(UNKNOWN) and not callable(value.obj) and value.obj is None else type(value.obj)
        if is_atom(value):
            t = type_of(value)
            if isinstance(t, Num):
                if t.py:
                    return {"f": float, "i": int, "b": bool, "c": complex}.get(t.dtype.kind)
                return t.dtype.type
            if isinstance(t, Arr):
                return np.ndarray
            if isinstance(t, ListT):
                return list
            if isinstance(t, TupleT):
                return tuple
            if isinstance(t, Obj):
                return t.cls
        return None

    def class_info(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return value.obj
        if isinstance(value, (TupleVal, ListVal)):
            parts = tuple(self.class_info(v) for v in self.items(value))
            return None if any(p is None for p in parts) else parts
        return None

    def call_isinstance(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        cls, info = self.python_class(args[0]), self.class_info(args[1])
        if cls is not None and info is not None:
            try:
                return Lit(issubclass(cls, info))
            except TypeError:
                pass
        if not is_atom(args[0]) and self.varied_value(args[0]):
            raise self.unsupported("this isinstance test cannot be decided", node)
        return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin("isinstance")), BOOL, "test", varied=False)

    def call_issubclass(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        a, b = self.class_info(args[0]), self.class_info(args[1])
        return Lit(issubclass(a, b)) if a is not None and b is not None else NotImplemented

    def call_callable(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0]
        if isinstance(v, (FuncVal, Bound, Partial)):
            return Lit(True)
        if isinstance(v, Ref):
            return Lit(callable(v.obj))
        if isinstance(v, ObjVal):
            return Lit(any("__call__" in vars(c) for c in v.cls.__mro__))
        if isinstance(v, Lit) or (isinstance(v, Var) and isinstance(v.type, (Num, Arr, ListT, TupleT))):
            return Lit(False)
        return NotImplemented

    def call_hasattr(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v, name = args
        if isinstance(name, Lit):
            if isinstance(v, ObjVal):
                if (v.id, name.value) in self.cells or hasattr(v.cls, name.value):
                    return Lit(True)
                known = v.live is not None and hasattr(v.live, name.value)
                if not known:
                    self.absent.add((v.id, name.value))
                return Lit(known)
            if isinstance(v, Ref):
                self.has_no_place("hasattr")
                return Lit(hasattr(v.obj, name.value))
            cls = self.python_class(v)
            if cls is not None:
                return Lit(hasattr(cls, name.value))
        return NotImplemented

    def call_getattr(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not isinstance(args[1], Lit):
            raise self.unsupported("getattr with a computed name is not supported", node)
        if len(args) == 3:
            known = self.call_hasattr(args[:2], {}, node)
            if isinstance(known, Lit) and not known.value:
                return args[2]
        return self.get_attribute(args[0], args[1].value, node)

    def call_setattr(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not isinstance(args[1], Lit):
            raise self.unsupported("setattr with a computed name is not supported", node)
        self.store_attribute(args[0], args[1].value, args[2], node)
        return Lit(None)

    def call_type(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) != 1:
            raise self.unsupported("type() with three arguments is not supported", node)
        cls = self.python_class(args[0])
        if cls is None:
            return NotImplemented if not self.varied_value(args[0]) else self.emit(
                Op("call", (self.atom(args[0]),), fn=self.builtin("type")), Obj(type), "cls", varied=False)  # fmt: skip
        return Ref(cls, cls.__name__, cls, cls.__module__)

    def call_len(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0]
        if isinstance(v, (TupleVal, ListVal, DictVal)):
            return Lit(len(self.items(v)))
        if isinstance(v, SetVal):
            return Lit(len(v.items))
        if isinstance(v, Lit) and hasattr(v.value, "__len__"):
            return Lit(len(v.value))
        if isinstance(v, ObjVal):
            return self.call_value(self.get_attribute(v, "__len__", node), [], {}, node)
        if isinstance(v, RangeVal):
            atom = self.atom(v)
            return self.emit(Op("call", (atom,), fn=self.builtin("len")), self.symbols.int(), "n", varied=False)
        if isinstance(v, (ZipVal, EnumVal, ReversedVal)):
            raise self.unsupported("this has no length", node)
        return self.length(self.atom(v))

    # --- sequences ---------------------------------------------------------------------------------------------------

    def call_range(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        atoms = [self.atom(a) for a in args]
        start, stop, step = (Lit(0), atoms[0], Lit(1)) if len(atoms) == 1 else (*atoms, Lit(1))[:3]
        return RangeVal(start, stop, step)

    def call_zip(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        kwargs.pop("strict", None)
        return ZipVal(tuple(args)) if args else TupleVal(())

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
        return self._listed(args[0], node, lambda items: TupleVal(items))

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

    @property
    def dtypes(self) -> dict[Var, Any]:
        return self.__dict__.setdefault("_dtypes", {})

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
            total = start
            for item in items:
                if total is None or (isinstance(total, Lit) and total.value == 0 and not isinstance(item, Lit)):
                    total = item
                else:
                    total = self.binary("add", total, item, node)
            return total if total is not None else Lit(0)
        if not is_atom(value):
            value = self._listed(value, node, lambda items: self.make_list(items, node))
        atom = self.atom(value)
        t = type_of(atom)
        if isinstance(t, Arr) and t.ndim != 1:
            raise self.unsupported("sum() of an array of more than one dimension", node, "use np.sum with an axis")
        elem: Type = UNKNOWN
        if isinstance(t, ListT):
            elem = t.elem
            if isinstance(elem, Num) and elem.ints is not None:
                elem = self.symbols.int()
        elif isinstance(t, Arr) and t.dtype is not None:
            elem = Num(t.dtype, False)
        result = self.emit(Op("call", (atom,), fn=self.builtin("sum")), elem, "total", fresh=True)
        if start is not None and not (isinstance(start, Lit) and start.value == 0):
            return self.binary("add", start, result, node)
        return result

    def extremum(self, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if "key" in kwargs:
            if self.varied_args(args, kwargs):
                raise self.unsupported(f"{name}() with key= is not supported", node)
            return NotImplemented
        if len(args) == 1 and not is_atom(args[0]):
            items = self.sequence_items(args[0], None, node)
            if items is None:
                args = [self._listed(args[0], node, lambda items: self.make_list(items, node))]
            else:
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
            return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin(name)), t, name, varied=False)
        if len(args) > 2:  # one rule, for two at a time
            first = args[0]
            for other in args[1:]:
                first = self.extremum(name, [first, other], {}, node)
            return first
        return self.scalar_call(name, args, node)

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

    # --- numbers and text --------------------------------------------------------------------------------------------

    def call_float(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if not args:
            return Lit(0.0)
        v = args[0]
        if isinstance(v, Lit):
            return self.literal_call(float, v, node)
        atom = self.atom(v)
        t = type_of(atom)
        if atom in self.texts:
            raise self.unsupported("a differentiated value passes through a string", node, "keep it a number")
        if isinstance(t, Num) and t.py and t.dtype.kind == "f":
            return atom
        return self.emit(Op("call", (atom,), fn=self.builtin("float")), FLOAT, "value")

    def literal_call(self, function: Any, v: Lit, node: Any) -> Lit:
        try:
            return Lit(function(v.value))
        except (TypeError, ValueError, OverflowError) as err:
            raise self.unsupported(f"this call always fails: {err}", node) from None

    def call_int(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0] if args else Lit(0)
        if isinstance(v, Lit) and len(args) <= 1:
            return self.literal_call(int, v, node)
        t = type_of(v) if is_atom(v) else None
        if isinstance(t, Num) and t.py and t.dtype.kind == "i":
            return v
        kind = self.symbols.int()
        if isinstance(t, Num) and t.ints is not None:
            kind = Num(np.dtype(int), True, t.ints)
        return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin("int")), kind, "n", varied=False)

    def call_bool(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        known = self.truth(args[0]) if args else False
        if known is not None:
            return Lit(known)
        return self.emit(Op("call", (self.atom(args[0]),), fn=self.builtin("bool")), BOOL, "test", varied=False)

    def call_str(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if args and isinstance(args[0], Lit) and len(args) == 1:
            return Lit(str(args[0].value))
        return self.spelled(self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin("str")), STR, "text", varied=False), args)

    def call_repr(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.spelled(self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin("repr")), STR, "text", varied=False), args)

    def call_round(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        t: Type = self.symbols.int() if len(args) == 1 else FLOAT
        return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=self.builtin("round")), t, "rounded", varied=False)

    def call_abs(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0]
        if isinstance(v, Lit):
            return Lit(abs(v.value))
        if isinstance(v, ObjVal):
            return self.call_value(self.get_attribute(v, "__abs__", node), [], {}, node)
        return self.primitive(self.builtin("abs"), args, kwargs, node)

    def call_pow(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) == 2:
            return self.binary("pow", args[0], args[1], node)
        return NotImplemented

    def call_divmod(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return TupleVal((self.binary("floordiv", *args, node), self.binary("mod", *args, node)))

    def call_print(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        self.printing = True
        try:
            atoms = tuple(self.atom(a) for a in args)
            kws = tuple((k, self.atom(v)) for k, v in kwargs.items())
        finally:
            self.printing = False
        self.append(Effect(Op("call", atoms, kws, fn=self.builtin("print")), self.span(node)))
        return Lit(None)

    def call_stop_gradient(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) + len(kwargs) != 1 or not kwargs.keys() <= {"x"}:
            raise self.unsupported("stop_gradient takes one argument", node)
        return self.stopped(args[0] if args else kwargs["x"], node)

    def stopped(self, value: Any, node: Any) -> Any:
        """The value itself, but not varied. The call stays in the emitted code, for derivatives of that."""
        if isinstance(value, TupleVal):
            return TupleVal(tuple(self.stopped(item, node) for item in value.items), value.cls)
        if not self.varied_value(value):
            return value
        if not is_atom(value):
            raise self.unsupported("stop_gradient of a container is not supported", node, "stop the numbers and arrays in it")
        fn = Ref(stop_gradient, "stop_gradient", stop_gradient, "s2sad.runtime")
        var = self.emit(Op("call", (value,), fn=fn), type_of(value), "stopped", varied=False, view_of=(value,))
        self.stops.append((var, self.error(
            AmbiguousMemoryError, "memory given to stop_gradient is stored to", node, "stop the gradient of a copy")))  # fmt: skip
        return var

    @property
    def stops(self) -> list[tuple[Var, DifferentiationError]]:
        """What stop_gradient returned. It shares memory with its operand, so it must not be stored to."""
        return self.__dict__.setdefault("_stops", [])

    def call_checkpointed(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        names = ("steps", "slots", "memory", "disk")
        given = {**dict(zip(names, args)), **kwargs}
        if len(args) > len(names) or "steps" not in given or not given.keys() <= set(names):
            raise self.unsupported("checkpointed takes a range and slots=, memory= or disk=", node)
        options = [given.get("slots", Lit(None)), given.get("memory", Lit(None)), given.get("disk", Lit(0))]
        if not all(map(is_atom, options)) or any(map(self.varied, options)):
            raise self.unsupported("slots=, memory= and disk= of checkpointed have to be numbers that are not differentiated", node)
        if all(isinstance(a, Lit) for a in options):
            try:
                checkpointed((), *(a.value for a in options))
            except (TypeError, ValueError) as err:
                raise self.unsupported(str(err), node) from None
        return CheckpointedVal(given["steps"], Slots(*options))

    def call_run_checkpointed(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        raise self.unsupported("the gradient of a checkpointed loop cannot be differentiated as text", node,
                               "differentiate s2sad.grad(f), or a text that was made without checkpointed()")  # fmt: skip

    def call_checkpoint(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`checkpoint(f)` in a function that is lowered: a function that calls `f` with a mark around the call."""
        if len(args) != 1 or kwargs:
            raise self.unsupported("checkpoint takes one function", node)
        return Partial(Ref(replayed, "replayed", replayed, "s2sad.checkpointing"), (args[0],), ())

    def call_replayed(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.marked(lambda: self.call_value(args[0], args[1:], kwargs, node), node)

    def marked(self, run: Callable[[], Any], node: Any) -> Any:
        """Lower a call of a checkpointed function, between marks."""
        mark = With(REPLAYED, None, Block(), self.span(node))
        with self.into(mark.body):
            value = run()
        self.append(mark)
        self.block.diverges = self.block.diverges or mark.body.diverges
        return value

    def call_deepcopy(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`copy.deepcopy`: what is one object in the original is one in the copy."""
        copies: dict[Any, Any] = {}

        def deep(v: Any) -> Any:
            if isinstance(v, (ListVal, DictVal)):
                if v.id not in copies:
                    items = self.items(v)
                    made = self.make_list((), node) if isinstance(v, ListVal) else self.call_dict([], {}, node)
                    if not isinstance(made, (ListVal, DictVal)):  # a list that only the run knows
                        copies[v.id] = Poison("a deep copy of a list that holds itself")
                        made = self.run_time_list(tuple(map(deep, items)))
                        copies[v.id] = made
                        return made
                    copies[v.id] = made  # a list may hold itself
                    self.cells[(made.id, "items")] = tuple(map(deep, items)) if isinstance(v, ListVal) else tuple((k, deep(i)) for k, i in items)
                return copies[v.id]
            if isinstance(v, TupleVal):
                return TupleVal(tuple(map(deep, v.items)), v.cls)
            if v in copies:
                return copies[v]
            if isinstance(v, Var) and v.region is not None:
                if any(isinstance(o, Var) and o.region is not None and o.region.find() is v.region.find() for o in copies):
                    raise self.unsupported("a deep copy of arrays that may be one array", node, "copy them one by one")
                if isinstance(v.type, ListT) or v.type is UNKNOWN and v.varied:
                    copies[v] = self.emit(Op("deepcopy", (v,), name="deepcopy"), v.type, "items", varied=v.varied, fresh=True)
                    return copies[v]
            copied = self.call_copy([v], {}, node)
            copies[v] = self.opaque(Ref(copy.deepcopy, "copy.deepcopy", copy), [v], {}, node, safe=True) if copied is NotImplemented else copied
            return copies[v]

        return deep(args[0])

    def call_copy(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0]
        if isinstance(v, ListVal):
            return self.make_list(self.items(v), node)
        if isinstance(v, DictVal):
            return self.call_dict([v], {}, node)
        if isinstance(v, (TupleVal, Lit)):
            return v
        if is_atom(v) and isinstance(type_of(v), Arr):
            return self.array_method(v, "copy", [], {}, node)
        if is_atom(v) and isinstance(type_of(v), Num):
            return v
        if self.varied_value(v) or not is_atom(v):
            raise self.unsupported("copying this is not supported", node)
        return NotImplemented

    def call_super(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if args:
            cls = args[0].obj if isinstance(args[0], Ref) else None
            return SuperVal(cls, args[1])
        frame = self.frame
        while frame.cls is None and frame.parent is not None:
            frame = frame.parent
        first = next(iter(frame.extra.get("params", ())), None) or "self"
        if frame.cls is None:
            raise self.unsupported("super() outside a method", node)
        return SuperVal(frame.cls, self.lookup(first, node))

    # --- methods -----------------------------------------------------------------------------------------------------

    def call_method(self, method: ArrayMethod, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        base, name = method.base, method.name
        if name in ("astype", "view", "sum", "prod", "cumsum", "cumprod", "mean"):
            self.refuse_objects([base, *args], kwargs, node)
        if isinstance(base, KnownVal):
            if name == "keys" and not args:
                return KeysVal(tuple(map(Lit, base.obj)))
            raise self.unsupported(f"{name!r} of a signature is not supported", node)
        if isinstance(base, SetVal):
            return self.set_method(base, name, args, kwargs, node)
        if isinstance(base, ListVal):
            return self.list_method(base, name, args, kwargs, node)
        if isinstance(base, DictVal):
            return self.dict_method(base, name, args, kwargs, node)
        if isinstance(base, TupleVal):
            return self.tuple_method(base, name, args, kwargs, node)
        t = type_of(base)
        if isinstance(base, Lit):
            consts = [self.constant(a) for a in args]
            if all(c is not None for c in consts) and not kwargs and isinstance(base.value, str):
                try:
                    value = getattr(base.value, name)(*(c.value for c in consts))
                    if isinstance(value, (str, int, bool)):
                        return Lit(value)
                    if isinstance(value, list):
                        return self.make_list(tuple(Lit(v) for v in value), node)
                except Exception:
                    pass
            return self.opaque_method(base, name, args, kwargs, node, STR if isinstance(base.value, str) else UNKNOWN)
        if isinstance(t, (Arr, Num)) or (self.varied(base) and not isinstance(t, (ListT, TupleT))):
            return self.array_method(base, name, args, kwargs, node)
        if isinstance(t, ListT):
            done = self.run_time_list_method(base, name, args, node)
            if done is not NotImplemented:
                return done
            if name == "copy":
                copied = self.emit(Op("call", (base,), fn=self.builtin("list")), t, "items", view_of=[base] if is_mutable(t.elem) else [])
                return copied
        if base.varied if isinstance(base, Var) else False:
            raise self.unsupported(f"the method {name!r} of a run-time container is not supported", node)
        return self.opaque_method(base, name, args, kwargs, node)

    def check_list(self, base: Any, node: Any) -> None:
        if isinstance(base, Var) and base.region is not None and base.region.caller:
            raise self.error(AmbiguousMemoryError, "a list from outside the function is changed", node, "copy it first")

    def opaque_method(self, base: Any, name: str, args: list[Any], kwargs: dict[str, Any], node: Any, t: Type = UNKNOWN) -> Any:
        if self.varied_value(base) or any(self.varied_value(a) for a in (*args, *kwargs.values())):
            raise self.unsupported(f"it is not known what the method {name!r} does here", node)
        if isinstance(base, Ref) and isinstance(base.obj, (list, dict, set)) and name in CHANGING:
            raise self.error(
                AmbiguousMemoryError, f"a {type(base.obj).__name__} from outside the function is changed", node, "pass it in, or copy it first")
        if not isinstance(base, Lit):
            self.let_out([*args, *kwargs.values()], node)
        atoms = (base, *(self.atom(a) for a in args))
        self.after_call()
        if isinstance(base, Var) and not isinstance(t, Obj):
            if base.region is None:
                base.region = Region()
            base.region.stored = True  # it may change the object
        return self.emit(Op("method", atoms, tuple((k, self.atom(v)) for k, v in kwargs.items()), name=name), t, name, varied=False)

    def array_attribute(self, atom: Any, name: str, node: Any) -> Any:
        fn = registry.method_function(name)
        t = type_of(atom)
        if isinstance(t, Num) and name in ("real", "T") and t.dtype.kind != "c":
            return atom
        if fn is None:
            raise self.unsupported(f"the attribute {name!r} of an array is not supported", node)
        if name == "mT":
            raise self.unsupported("the attribute 'mT' is not supported", node, "use np.swapaxes(x, -1, -2)")
        return self.primitive(self.numpy_ref(fn), [atom], {}, node, method=name)

    def numpy_ref(self, fn: Any) -> Ref:
        name = getattr(fn, "__name__", "f")
        module = getattr(fn, "__module__", "numpy") or "numpy"
        if module.startswith("s2sad"):
            return Ref(fn, name, fn, module)
        prefix = "np.linalg." if "linalg" in module and not hasattr(np, name) else "np."
        return Ref(fn, prefix + name, np)

    def array_method(self, base: Any, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if name == "fill":
            self.array_store(base, Lit(Ellipsis), self.atom(args[0]), None, node)
            return Lit(None)
        if name in ("sort", "partition") and isinstance(type_of(base), Arr):
            value = self.primitive(self.numpy_ref(getattr(np, name)), [base, *args], kwargs, node)
            self.array_store(base, Lit(Ellipsis), self.atom(value), None, node)
            return Lit(None)
        if name == "itemset" or name in ("resize", "put", "partition", "setfield", "byteswap", "view", "setflags"):
            raise self.unsupported(f"the array method {name!r} is not supported", node, "write the store with an index")
        if name == "item" and not args and isinstance(type_of(base), (Num, Arr)):
            if self.varied(base):
                t = type_of(base)
                if isinstance(t, Arr) and t.shape != ():
                    base = self.primitive(self.numpy_ref(np.reshape), [base, TupleVal(())], {}, node)
                return self.primitive(self.builtin("float"), [base], {}, node)
            return self.opaque_method(base, name, args, kwargs, node)
        fn = registry.method_function(name)
        if fn is None:
            if not self.varied(base) and not self.varied_args(args, kwargs):
                return self.opaque_method(base, name, args, kwargs, node)
            made = self.method_as_it_stands(base, name, args, kwargs, node)
            if made is not NotImplemented:
                return made
            raise self.no_rule(f"the array method {name!r}", node)
        if registry.packs_arguments(name) and len(args) > 1:
            args = [TupleVal(tuple(args))]
        elif registry.packs_arguments(name) and name == "transpose" and not args:
            args = []
        return self.primitive(self.numpy_ref(fn), [base, *args], kwargs, node, method=name)

    def list_method(self, base: ListVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        key = (base.id, "items")
        items = self.items(base)
        if name in ("append", "extend", "insert", "pop", "reverse", "clear", "sort", "remove"):
            self.check_private_container(base, node)
        if name == "append":
            self.cells[key] = (*items, args[0])
            return Lit(None)
        if name == "extend":
            more = self.sequence_items(args[0], None, node)
            self.check_not_read(args[0], base, node)
            if more is None:
                raise Restart(base.site)
            self.cells[key] = items + tuple(more)
            return Lit(None)
        if name == "insert" and isinstance(args[0], Lit):
            new = list(items)
            new.insert(args[0].value, args[1])
            self.cells[key] = tuple(new)
            return Lit(None)
        if name == "pop" and (not args or isinstance(args[0], Lit)) and items:
            new = list(items)
            value = new.pop(*(a.value for a in args))
            self.cells[key] = tuple(new)
            return value
        if name == "copy":
            return self.make_list(items, node)
        if name == "reverse":
            self.cells[key] = tuple(reversed(items))
            return Lit(None)
        if name == "clear":
            self.cells[key] = ()
            return Lit(None)
        consts = [self.constant(i) for i in items]
        target = self.constant(args[0]) if args else None
        if name in ("index", "count") and target is not None and all(c is not None for c in consts):
            return Lit(getattr([c.value for c in consts], name)(target.value))
        if not self.varied_value(base) and name in ("index", "count"):
            return self.opaque_method(self.atom(base), name, args, kwargs, node)
        raise Restart(base.site) if base.site not in self.dynamic_sites else self.unsupported(f"list.{name} is not supported here", node)

    def dict_method(self, base: DictVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        items = self.items(base)
        if name in ("pop", "update", "setdefault", "clear", "popitem"):
            self.check_private_container(base, node)
        if name == "items":
            return ViewVal(tuple(TupleVal((Lit(k), v)) for k, v in items), base=base, pairs=True)
        if name == "keys":
            return KeysVal(tuple(Lit(k) for k, _ in items))
        if name == "values":
            return ViewVal(tuple(v for _, v in items), base=base)
        if name == "copy":
            return self.call_dict([base], {}, node)
        key = self.constant_key(args[0]) if args else None
        if name in ("get", "pop", "setdefault") and key is not None:
            found = [v for k, v in items if k == key.value]
            default = args[1] if len(args) > 1 else Lit(None)
            if name == "pop":
                if not found and len(args) < 2:
                    self.missing_key(base, key, node)
                self.cells[(base.id, "items")] = tuple(p for p in items if p[0] != key.value)
            if name == "setdefault" and not found:
                self.cells[(base.id, "items")] = (*items, (key.value, default))
            return found[0] if found else default
        if name == "update":
            other = args[0] if args else None
            if other is not None and not isinstance(other, DictVal):
                raise self.unsupported("dict.update with keys that are not known", node)
            pairs = dict(items)
            pairs.update(dict(self.items(other)) if other is not None else {})
            pairs.update(kwargs)
            self.cells[(base.id, "items")] = tuple(pairs.items())
            return Lit(None)
        if not self.varied_value(base):
            return self.opaque_method(self.atom(base), name, args, kwargs, node)
        raise self.unsupported(f"dict.{name} is not supported here", node)

    def set_method(self, base: SetVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        operator = {"difference": "sub", "union": "or_", "intersection": "and_"}.get(name)
        if operator is not None and len(args) == 1:
            other = args[0] if isinstance(args[0], SetVal) else self.call_set(args, {}, node)
            if isinstance(other, SetVal):
                return self.binary(operator, base, other, node)
        if name == "copy":
            return base
        raise Restart(base.site)

    def tuple_method(self, base: TupleVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if base.cls is not None and name == "_replace":
            items = [kwargs.get(f, v) for f, v in zip(base.cls._fields, base.items)]
            return TupleVal(tuple(items), base.cls)
        consts = [self.constant(i) for i in base.items]
        target = self.constant(args[0]) if args else None
        if name in ("index", "count") and target is not None and all(c is not None for c in consts):
            return Lit(getattr(tuple(c.value for c in consts), name)(target.value))
        if base.cls is not None and isinstance(getattr(base.cls, name, None), type(lambda: 0)):
            method = getattr(base.cls, name)
            return self.call_live(Ref(method, name, method), method, [base, *args], kwargs, node)
        raise self.unsupported(f"the tuple method {name!r} is not supported", node)

    # provided by the other parts
    spelled: Callable[..., Any]
    refuse_objects: Callable[..., Any]
    let_out: Callable[..., Any]
    after_call: Callable[..., Any]
    atom: Callable[..., Any]
    truth: Callable[..., Any]
    constant: Callable[..., Any]
    constant_key: Callable[..., Any]
    get_attribute: Callable[..., Any]
    store_attribute: Callable[..., Any]
    call_value: Callable[..., Any]
    call_live: Callable[..., Any]
    primitive: Callable[..., Any]
    binary: Callable[..., Any]
    length: Callable[..., Any]
    iterable: Callable[..., Any]
    unrollable: Callable[..., Any]
    element: Callable[..., Any]
    sequence_items: Callable[..., Any]
    opaque: Callable[..., Any]
    item_type: Callable[..., Any]
    make_list: Callable[..., Any]
    make_set: Callable[..., Any]
    run_time_list: Callable[..., Any]
    run_time_list_method: Callable[..., Any]
    list_append: Callable[..., Any]
    list_extend: Callable[..., Any]
    array_store: Callable[..., Any]
    absent: set[tuple[int, str]]
    computed_early: Callable[..., Any]
    items_now: Callable[..., Any]
    check_not_read: Callable[..., Any]
    varied_value: Callable[..., Any]
    varied_args: Callable[..., Any]
    no_rule: Callable[..., DifferentiationError]
    missing_key: Callable[..., None]
    join_types: Callable[..., Type]
    lookup: Callable[..., Any]
    site: Callable[..., Any]
    method_as_it_stands: Callable[..., Any]


_HANDLERS: dict[Any, str] = {
    isinstance: "isinstance", issubclass: "issubclass", callable: "callable", hasattr: "hasattr", getattr: "getattr",
    setattr: "setattr", type: "type", len: "len", range: "range", zip: "zip", enumerate: "enumerate", reversed: "reversed",
    map: "map", filter: "filter", list: "list", tuple: "tuple", dict: "dict", sorted: "sorted", sum: "sum", min: "min",
    max: "max", any: "any", all: "all", float: "float", int: "int", bool: "bool", str: "str", repr: "repr", round: "round",
    abs: "abs", pow: "pow", divmod: "divmod", print: "print", copy.copy: "copy", copy.deepcopy: "deepcopy", super: "super",
    set: "set", frozenset: "set", inspect.signature: "signature", np.result_type: "result_type",
    adjoint_of: "adjoint_of", checkpoint: "checkpoint", checkpointed: "checkpointed", replayed: "replayed",
    add: "add", index_add: "index_add", like: "like",
    run_checkpointed: "run_checkpointed", stop_gradient: "stop_gradient", functools.reduce: "reduce", dataclasses.replace: "replace",
    dataclasses.astuple: "astuple", dataclasses.asdict: "asdict",
    np.broadcast_arrays: "broadcast_arrays", np.piecewise: "piecewise", np.put_along_axis: "put_along_axis",
}  # fmt: skip

__all__ = ["NONE", "Assign", "BuiltinCalls"]
