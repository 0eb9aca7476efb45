"""Builtin functions and methods of containers that have a meaning of their own at compile time."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from ..analysis.types import BOOL, UNKNOWN, Arr, ListT, Num, Obj, TupleT, is_mutable
from ..checkpointing import checkpoint, checkpointed, replayed
from ..ir.nodes import Lit, Op, Ref, Var
from ..runtime import add, add_items, index_add, like, run_checkpointed, stop_gradient
from ..surgery import adjoint_of
from .calls import REFUSED_BUILTINS
from .lower import type_of
from .method_calls import MethodCalls
from .scalar_calls import ScalarCalls
from .sequence_calls import SequenceCalls
from .values import (
    Bound,
    DictVal,
    EnumVal,
    FuncVal,
    ListVal,
    ObjVal,
    Partial,
    RangeVal,
    ReversedVal,
    SetVal,
    SliceVal,
    TupleVal,
    ZipVal,
    is_atom,
)  # fmt: skip

TRANSFORMS = frozenset(
    {"grad", "value_and_grad", "jacobian", "jacfwd", "jacrev", "value_and_jacobian", "hessian", "hvp", "jvp", "vjp"})  # fmt: skip


class BuiltinCalls(SequenceCalls, ScalarCalls, MethodCalls):
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
        lowered = getattr(self, "call_" + name)
        names = _BY_POSITION.get(obj)
        return lowered if names is None else lambda args, kwargs, node: self.call_by_position(lowered, names, args, kwargs, node)

    def call_by_position(self, lowered: Any, names: tuple[str, ...], args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """A call of a builtin with its arguments by position; NotImplemented if one of them has no position or is left out."""
        given = {**dict(zip(names, args)), **kwargs}
        if len(given) < len(args) + len(kwargs) or not set(given) <= set(names[: len(given)]):
            return NotImplemented
        return lowered([given[name] for name in names[: len(given)]], {}, node)

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
            if isinstance(t, Num) and t.mixed:
                return None
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
                self.guard_class(v.cls, name.value)
                if (v.id, name.value) in self.maybe_absent and not hasattr(v.cls, name.value):
                    raise self.unsupported(f"the attribute {name.value!r} is set on some path only", node, f"set {name.value!r} on all paths")
                if (v.id, name.value) not in self.cells and not hasattr(v.cls, name.value) and hasattr(v.cls, "__getattr__"):
                    raise self.unsupported(f"it is not known whether {v.cls.__name__}.__getattr__() gives {name.value!r}", node, "call it")
                if (v.id, name.value) in self.cells or hasattr(v.cls, name.value):
                    return Lit(True)
                known = v.live is not None and hasattr(v.live, name.value)
                if v.live is not None and isinstance(v.origin, Ref):
                    self.guard(("has", id(v.live), name.value), ((v.live, "has"), name.value), known)
                if not known:
                    self.absent.add((v.id, name.value))
                return Lit(known)
            if isinstance(v, Ref):
                self.has_no_place("hasattr")
                known = hasattr(v.obj, name.value)
                if not isinstance(v.obj, ModuleType):
                    self.guard(("has", id(v.obj), name.value), ((v.obj, "has"), name.value), known)
                return Lit(known)
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

    def call_plain_setattr(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) != 3 or not isinstance(args[0], ObjVal) or not isinstance(args[1], Lit):
            raise self.unsupported("object.__setattr__ of this is not supported", node, "store to an attribute by its name")
        self.store_attribute(args[0], args[1].value, args[2], node, plain=True)
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


    # provided by the other parts
    absent: set[tuple[int, str]]
    atom: Callable[..., Any]
    call_value: Callable[..., Any]
    get_attribute: Callable[..., Any]
    guard: Callable[..., None]
    guard_class: Callable[..., None]
    length: Callable[..., Any]
    store_attribute: Callable[..., Any]
    varied_value: Callable[..., Any]


_HANDLERS: dict[Any, str] = {
    isinstance: "isinstance", issubclass: "issubclass", callable: "callable", hasattr: "hasattr", getattr: "getattr",
    object.__setattr__: "plain_setattr",
    setattr: "setattr", type: "type", len: "len", range: "range", zip: "zip", enumerate: "enumerate", reversed: "reversed",
    map: "map", filter: "filter", list: "list", tuple: "tuple", dict: "dict", sorted: "sorted", sum: "sum", min: "min",
    max: "max", any: "any", all: "all", float: "float", int: "int", bool: "bool", str: "str", repr: "repr", round: "round",
    abs: "abs", pow: "pow", divmod: "divmod", print: "print", copy.copy: "copy", copy.deepcopy: "deepcopy", super: "super",
    set: "set", frozenset: "set", inspect.signature: "signature", np.result_type: "result_type",
    adjoint_of: "adjoint_of", checkpoint: "checkpoint", checkpointed: "checkpointed", replayed: "replayed",
    add: "add", add_items: "add_items", index_add: "index_add", like: "like",
    run_checkpointed: "run_checkpointed", stop_gradient: "stop_gradient", functools.reduce: "reduce", dataclasses.replace: "replace",
    dataclasses.astuple: "astuple", dataclasses.asdict: "asdict",
    np.broadcast_arrays: "broadcast_arrays", np.piecewise: "piecewise", np.put_along_axis: "put_along_axis",
}  # fmt: skip

# The names of arguments, those that only have a position among them, of builtins that take some by name.
_BY_POSITION: dict[Any, tuple[str, ...]] = {
    round: ("number", "ndigits"), int: ("x, by position", "base"), pow: ("base", "exp", "mod"), enumerate: ("iterable", "start"),
    float: ("x, by position",), bool: ("x, by position",), abs: ("x, by position",),
}  # fmt: skip

__all__ = ["BuiltinCalls"]
