"""Lowering of calls that make an object."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import Obj
from ..errors import AmbiguousMemoryError
from ..ir.nodes import Lit, Op, Ref
from .outline import Outlining
from .structures import generated_init
from .values import ObjVal, TupleVal, is_atom

_HEAP_TYPE = 1 << 9  # set for classes that are written in Python

_LIBRARIES = frozenset({"numpy", "contextlib", "warnings", "decimal", "fractions", "collections", "datetime", "re", "logging"})


class Classes(Outlining):
    # --- classes -----------------------------------------------------------------------------------------------------

    def construct(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        cls = fn.obj
        if issubclass(cls, BaseException):
            atoms = tuple(self.atom(a) for a in args)
            return self.emit(Op("call", atoms, fn=fn), Obj(cls), "error", varied=False, fresh=True)
        if _makes_its_own(cls):
            raise self.unsupported(f"the class {cls.__name__} has a __new__ of its own", node, "make the instance before the call, or use __init__")
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            self.check_named_tuple(cls, node)
            bound = inspect.signature(cls.__new__).bind(cls, *args, **kwargs)
            bound.apply_defaults()
            items = tuple(v if is_atom(v) or not isinstance(v, (int, float, str, bool, type(None), tuple)) else Lit(v)
                          for v in list(bound.arguments.values())[1:])  # fmt: skip
            return TupleVal(items, cls)
        if cls in (memoryview, bytearray):
            raise self.error(AmbiguousMemoryError, f"{cls.__name__} gives access to memory that cannot be followed", node, "index the array itself")
        if not self.varied_args(args, kwargs) and str(cls.__module__ or "").split(".")[0] in _LIBRARIES:
            return self.opaque(fn, args, kwargs, node, Obj(cls))
        if not self.varied_args(args, kwargs) and not (
            dataclasses.is_dataclass(cls) or isinstance(cls.__init__, types.FunctionType) or _is_plain(cls)
        ):
            return self.opaque(fn, args, kwargs, node, Obj(cls))
        if issubclass(cls, np.generic) and len(args) == 1:
            return self.primitive(fn, args, kwargs, node)
        if not isinstance(cls.__init__, types.FunctionType) and cls.__init__ is not object.__init__:
            raise self.no_rule(fn, node)
        if type(cls) not in (type,) and not getattr(type(cls), "__module__", "").startswith("abc"):
            raise self.unsupported(f"the class {cls.__name__} has a metaclass", node)
        value = ObjVal(self.new_id(), cls)
        self.guard_class(cls, "__init__")
        self.seed_defaults(value)
        if dataclasses.is_dataclass(cls) and "__init__" in cls.__dict__ and generated_init(cls.__dict__["__init__"]):
            self.construct_dataclass(value, cls, args, kwargs, node)
        elif isinstance(cls.__init__, types.FunctionType):
            self.call_live(Ref(cls.__init__, f"{fn.name}.__init__", fn.root, fn.module), cls.__init__, [value, *args], kwargs, node)
        return value

    def construct_dataclass(self, value: ObjVal, cls: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> None:
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        positional = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
        given = dict(zip(positional, args))
        if len(args) > len(positional) or not given.keys().isdisjoint(kwargs):
            raise self.unsupported(f"{cls.__name__}() takes other arguments", node)
        given.update(kwargs)
        passed = []  # what `InitVar` declares is no field: it is handed to `__post_init__`
        declared = {**cls.__dataclass_fields__}
        fields = {f.name: f for f in dataclasses.fields(cls)}
        for name in (n for n in declared if n in fields or n in {p.name for p in parameters}):
            f = declared[name]
            if name in given:
                v = given.pop(name)
            elif f.default is not dataclasses.MISSING:
                v = self.embed(f.default, name, default=True)
            elif f.default_factory is not dataclasses.MISSING:
                v = self.call_value(self.embed(f.default_factory, name), [], {}, node)
            elif not f.init:
                continue  # set in `__post_init__`
            else:
                raise self.unsupported(f"{cls.__name__}() is missing the field {name!r}", node)
            if name in fields:
                self.cells[(value.id, name)] = v
            else:
                passed.append(v)
        if given:
            raise self.unsupported(f"{cls.__name__}() got an unexpected field {next(iter(given))!r}", node)
        self.guard_class(cls, "__post_init__")
        post = getattr(cls, "__post_init__", None)
        if post is not None:
            self.call_live(Ref(post, "__post_init__", post), post, [value, *passed], {}, node)

    # provided by the other parts
    atom: Callable[..., Any]
    check_named_tuple: Callable[..., None]
    call_live: Callable[..., Any]
    call_value: Callable[..., Any]
    embed: Callable[..., Any]
    guard_class: Callable[..., None]
    no_rule: Callable[..., Any]
    opaque: Callable[..., Any]
    primitive: Callable[..., Any]
    seed_defaults: Callable[..., Any]
    varied_args: Callable[..., Any]


def _is_plain(cls: Any) -> bool:
    """Whether a class is written in Python and has no `__init__`, so that its instances start without attributes."""
    inherited: Any = object
    return type(cls) is type and all(getattr(cls, name) is getattr(inherited, name) for name in ("__init__", "__new__")) and all(
        b is object or b.__flags__ & _HEAP_TYPE for b in cls.__mro__)  # fmt: skip


def _makes_its_own(cls: Any) -> bool:
    """Whether a class of the user's has a `__new__` that is written out."""
    new = cls.__new__
    if not isinstance(new, types.FunctionType) or str(new.__globals__.get("__name__")).startswith("namedtuple_"):
        return False
    return str(new.__module__ or "").split(".")[0] not in _LIBRARIES


__all__ = ["Classes"]
