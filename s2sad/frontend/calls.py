"""Lowering of calls: what is called, with which arguments; user functions are lowered in place."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import operator
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ..analysis import infer
from ..analysis.types import BOOL, FLOAT, STR, UNKNOWN, Arr, ListT, Num, Obj, TupleT, Type, is_mutable
from ..checkpointing import CHECKPOINTED
from ..errors import AmbiguousMemoryError, DifferentiationError, NoRuleError, NoSourceError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Effect, Lit, Op, Ref, Store, Var
from ..rules import registry
from .array_calls import advice_for
from .iterators import changed_before_use, exhausted
from .lower import Poisoned, Restart, type_of
from .mutations import STATE, keeps_state
from .outline import Outline, Outlining
from .scope import LiveScope, StaticClass, StaticFunction, function_source
from .statements import assigned_names, declared
from .structures import generated_init
from .values import (
    ArrayMethod,
    Bound,
    ChoiceVal,
    DictVal,
    EnumVal,
    Frame,
    FuncVal,
    ListVal,
    ObjVal,
    Partial,
    Poison,
    ReversedVal,
    SuperVal,
    TupleVal,
    ZipVal,
    is_atom,
)  # fmt: skip

MAX_DEPTH = 120
MAX_RECURSION = 24
# NumPy functions that change an argument
MUTATORS = frozenset(
    f for name in "put place putmask fill_diagonal copyto put_along_axis".split() if (f := getattr(np, name, None)) is not None
)  # fmt: skip
# those that take a sequence of arrays, or make an array of a sequence themselves
SEQUENCE_FUNCTIONS = frozenset(
    f for name in ("array asarray asanyarray ascontiguousarray asfortranarray concatenate concat stack vstack hstack dstack "
                   "column_stack row_stack block broadcast_arrays meshgrid select ix_ choose piecewise full full_like zeros ones "
                   "empty copy atleast_1d atleast_2d atleast_3d").split()
    if (f := getattr(np, name, None)) is not None
) | {np.linalg.multi_dot, np.ndarray.astype}  # fmt: skip
# those of SciPy that take a tuple, (matrix, how it was factorised)
TUPLE_FUNCTIONS = frozenset({"cho_solve", "lu_solve"})
IN_PLACE_OPERATORS = {
    operator.iadd: "+=", operator.isub: "-=", operator.imul: "*=", operator.itruediv: "/=", operator.ifloordiv: "//=", operator.imod: "%=",
    operator.ipow: "**=", operator.imatmul: "@=", operator.iand: "&=", operator.ior: "|=", operator.ixor: "^=", operator.ilshift: "<<=",
    operator.irshift: ">>=", operator.iconcat: "+=",
}  # fmt: skip
VIEWS_OF_INPUT = frozenset(
    {np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.atleast_1d, np.atleast_2d, np.atleast_3d}
)
REFUSED_BUILTINS = {
    "eval": "write the expression out", "exec": "write the statements out", "locals": "name the variables",
    "globals": "name the variables", "vars": "name the attributes", "input": "pass the value in", "open": "read it outside",
}  # fmt: skip


def takes_sequences(function: Any) -> bool:
    """Whether a library function takes a list or tuple as it is, and not as an array."""
    if getattr(function, "__name__", "") in TUPLE_FUNCTIONS:
        return (getattr(function, "__module__", None) or "").startswith("scipy.")
    return function in SEQUENCE_FUNCTIONS


class Calls(Outlining):
    def call_value(self, fn: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        discard, self.discard = getattr(self, "discard", False), False
        del discard
        if isinstance(fn, FuncVal):
            return self.call_local(fn, args, kwargs, node)
        if isinstance(fn, Bound):
            return self.call_value(fn.fn, [fn.self, *args], kwargs, node)
        if isinstance(fn, Partial):
            return self.call_value(fn.fn, [*fn.args, *args], {**dict(fn.kwargs), **kwargs}, node)
        if isinstance(fn, ChoiceVal):
            return self.choose(fn.key, fn.options, lambda f: self.call_value(f, args, kwargs, node), node)
        if isinstance(fn, ArrayMethod):
            return self.call_method(fn, args, kwargs, node)
        if isinstance(fn, ObjVal):
            return self.call_value(self.object_attribute(fn, "__call__", node), args, kwargs, node)
        if isinstance(fn, Ref):
            return self.call_known(fn, args, kwargs, node)
        if isinstance(fn, Var):
            if any(self.varied_value(a) for a in (*args, *kwargs.values())) or fn.varied:
                raise self.unsupported("it is not known which function is called here", node, "call a function by its name")
            return self.opaque(fn, args, kwargs, node)
        raise self.unsupported("this cannot be called", node)

    def call_known(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        obj = fn.obj
        self.refuse_objects(args, kwargs, node)
        if obj is np.vectorize and args and (self.touches_objects(args, kwargs) or isinstance(getattr(args[0], "obj", None), StaticFunction)):
            raise self.error(NoRuleError, "np.vectorize has no derivative rule", node, "write the loop, or vectorise the function itself")
        if obj in IN_PLACE_OPERATORS and args and not isinstance(self.numeric_type(args[0]), Num):
            raise self.unsupported(
                f"operator.{obj.__name__} may change its first argument", node, f"write the statement, such as a {IN_PLACE_OPERATORS[obj]} b")
        handler = self.handler(obj)
        if handler is not None:
            result = handler(args, kwargs, node)
            if result is not NotImplemented:
                return result
        if getattr(type(obj), "__s2sad_opaque__", False) and not self.varied_args(args, kwargs):
            return self.emit(Op("call", tuple(self.atom(a) for a in args), fn=fn, data=ir.SAFE), UNKNOWN, varied=False, fresh=True)
        expand = registry.expansion_of(obj)
        if expand is not None and (self.varied_args(args, kwargs) or self.touches_objects(args, kwargs) or registry.expands_always(expand)):
            try:
                given = inspect.signature(obj).bind(*args, **kwargs).arguments
            except TypeError as err:
                raise self.unsupported(f"{fn.name}: {err}", node) from None
            return expand(self, fn, given, node)
        if isinstance(obj, types.MethodType):
            inner = self.embed(obj.__func__, fn.name + ".__func__", parent=fn)
            owner = self.embed(obj.__self__, fn.name + ".__self__", parent=fn)
            if not (isinstance(owner, Ref) and not self.varied_args(args, kwargs)):
                return self.call_value(inner, [owner, *args], kwargs, node)
        if isinstance(obj, functools.partial):
            bound = [self.embed(a, f"{fn.name}.args[{i}]", parent=fn) for i, a in enumerate(obj.args)]
            named = {k: self.embed(v, f"{fn.name}.keywords[{k!r}]", parent=fn) for k, v in obj.keywords.items()}
            return self.call_value(self.embed(obj.func, fn.name + ".func", parent=fn), [*bound, *args], {**named, **kwargs}, node)
        if getattr(obj, "__name__", "") == "at" and isinstance(getattr(obj, "__self__", None), np.ufunc):
            return self.mutate(fn, args, kwargs, node)
        if getattr(obj, "__name__", "") == "outer" and isinstance(getattr(obj, "__self__", None), np.ufunc):
            result = self.call_outer(fn, args, kwargs, node)
            if result is not NotImplemented:
                return result
        if (getattr(obj, "__module__", None) or "").startswith("s2sad.runtime") and not self.varied_args(args, kwargs):
            return self.primitive(fn, args, kwargs, node)
        if self.is_beyond_its_rule(obj, args, kwargs):
            return self.call_live(fn, obj, args, kwargs, node)
        if isinstance(obj, StaticFunction):
            return self.call_static(fn, args, kwargs, node)
        if isinstance(obj, StaticClass):
            raise self.unsupported("classes are followed only with --import", node, "use --import, or the decorator")
        if registry.adjoint_rule(obj) is not None or registry.is_zero(obj):
            return self.primitive(fn, args, kwargs, node)
        if isinstance(obj, np.ufunc) or self.numeric_library(obj):
            return self.primitive(fn, args, kwargs, node)
        if obj is functools.partial and args:
            return Partial(args[0], tuple(args[1:]), tuple(kwargs.items()))
        if isinstance(obj, type):
            return self.construct(fn, args, kwargs, node)
        special = getattr(obj, "__s2sad__", None)
        if special is not None:
            return self.call_value(special(self, fn, args, kwargs), args, kwargs, node)
        wrapped = obj
        if isinstance(obj, functools._lru_cache_wrapper):
            wrapped = obj.__wrapped__
        if isinstance(wrapped, types.FunctionType):
            return self.call_live(fn, wrapped, args, kwargs, node)
        if isinstance(obj, np.vectorize):
            if self.varied_args(args, kwargs):
                raise self.error(NoRuleError, "np.vectorize has no derivative rule", node, "write the loop, or vectorise the function itself")
        call: Any = getattr(type(obj), "__call__", None)  # noqa: B004 (of the class, not the object)
        if isinstance(call, types.FunctionType) and self.varied_args(args, kwargs):
            owner = self.object_of(obj, fn)
            return self.call_live(Ref(call, call.__name__, call), call, [owner, *args], kwargs, node)
        if not self.varied_args(args, kwargs):
            return self.opaque(fn, args, kwargs, node)
        raise self.no_rule(fn, node)

    def numeric_type(self, value: Any) -> Type | None:
        return type_of(value) if is_atom(value) else None

    def refuse_objects(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> None:
        """Refuse `dtype=object` for differentiated values."""
        dtypes = [*args[1:], *(v for k, v in kwargs.items() if k == "dtype")]
        named = any(isinstance(d, Ref) and d.obj in (object, np.object_) for d in dtypes if isinstance(getattr(d, "obj", None), type))
        spelled = isinstance(kwargs.get("dtype"), Lit) and kwargs["dtype"].value in ("O", "object")
        if (named or spelled) and self.varied_args(args, kwargs):
            raise self.unsupported(
                "differentiated values cannot be followed into a NumPy array of objects", node, "use a list, a tuple or a float array")

    def no_rule(self, fn: Any, node: Any, detail: str = "") -> DifferentiationError:
        name = fn.name if isinstance(fn, Ref) else str(fn)
        advice = advice_for(getattr(fn, "obj", None)) or f"register one with @s2sad.adjoint({name}), or wrap the argument in s2sad.stop_gradient"
        return self.error(NoRuleError, f"{name} has no derivative rule{detail}", node, advice)

    def varied_args(self, args: list[Any], kwargs: dict[str, Any]) -> bool:
        return any(self.varied_value(a) for a in (*args, *kwargs.values()))

    def numeric_library(self, obj: Any) -> bool:
        module = getattr(obj, "__module__", None) or ""
        if isinstance(obj, types.BuiltinFunctionType) or isinstance(obj, type(np.sum)) and not isinstance(obj, types.FunctionType):
            return module.split(".")[0] in ("numpy", "math", "cmath")
        return module.split(".")[0] == "numpy" and not isinstance(obj, type)

    # --- operations with rules -----------------------------------------------------------------------------------

    def primitive(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any, method: str = "") -> Any:
        """A call that stays a call in the emitted code."""
        obj = fn.obj
        if obj in (np.ndim,) and len(args) == 1:
            t = type_of(args[0]) if is_atom(args[0]) else None
            if isinstance(t, Num):
                return Lit(0)
            if isinstance(t, Arr) and t.shape is not None:
                return Lit(len(t.shape))
        if obj is np.iterable and len(args) == 1:
            t = type_of(args[0]) if is_atom(args[0]) else None
            if isinstance(t, Num) or (isinstance(t, Arr) and t.shape is not None) or isinstance(args[0], (TupleVal, ListVal)):
                return Lit(not isinstance(t, Num) and not (isinstance(t, Arr) and t.shape == ()))
        if obj in (np.isrealobj, np.iscomplexobj) and len(args) == 1 and is_atom(args[0]):
            t = type_of(args[0])
            if isinstance(t, (Num, Arr)) and t.dtype is not None:
                return Lit((t.dtype.kind == "c") == (obj is np.iscomplexobj))
        if any(obj is test for test in _DTYPE_TESTS) and len(args) == 2 and not kwargs and isinstance(args[0], Var):
            dtype, kind = self.dtypes.get(args[0]), self.constant(args[1])
            if dtype is not None and kind is not None:
                try:
                    return Lit(bool(obj(dtype, kind.value)))
                except (TypeError, ValueError):
                    pass  # the call raises it when it runs
        if obj is np.size and len(args) == 1 and is_atom(args[0]) and isinstance(type_of(args[0]), (Arr, Num)):
            return self.get_attribute(args[0], "size", node) if isinstance(type_of(args[0]), Arr) else Lit(1)
        if obj is np.shape and len(args) == 1 and is_atom(args[0]) and isinstance(type_of(args[0]), (Arr, Num)):
            return self.get_attribute(args[0], "shape", node)
        if obj in MUTATORS or getattr(obj, "__name__", "") == "at" and isinstance(getattr(obj, "__self__", None), np.ufunc):
            return self.mutate(fn, args, kwargs, node)
        args, kwargs = out_by_name(obj, args, kwargs)
        if obj is np.clip:
            args = self.bounds_of_clip(args, kwargs)
        if obj is np.einsum and self.varied_args(args, kwargs):
            args = self.spelled_einsum(args, node)
        self.refuse_changes(fn, kwargs, node)
        if obj is np.sign and args and is_atom(args[0]) and getattr(getattr(type_of(args[0]), "dtype", None), "kind", "f") == "c":
            if self.varied_args(args, kwargs):
                raise self.no_rule(fn, node, " for complex numbers")
        out = kwargs.pop("out", None)
        if out is not None and not (isinstance(out, Lit) and out.value is None):
            return self.into_out(fn, args, kwargs, out, node)
        if isinstance(obj, np.ufunc) and len(args) == obj.nin + 1 and obj.nout == 1:
            return self.into_out(fn, args[:-1], kwargs, args[-1], node)
        ufunc = isinstance(obj, np.ufunc) or isinstance(getattr(obj, "__self__", None), np.ufunc)
        library = (getattr(obj, "__module__", None) or "").split(".")[0]
        if not takes_sequences(obj) and (ufunc or library in ("numpy", "scipy")):
            args = [self.as_array(a, node) if self.varied_value(a) else a for a in args]
        if obj is np.stack and args and is_atom(args[0]) and isinstance(type_of(args[0]), ListT) and self.varied_value(args[0]):
            args = [self.primitive(Ref(np.array, "np.array", np), [args[0]], {}, node), *args[1:]]  # its adjoint is an array
        rule = registry.adjoint_rule(obj)
        if self.varied_args(args, kwargs) and rule is None and not registry.is_zero(obj):
            raise self.no_rule(fn, node)
        special = self.specialised(fn, args, kwargs, node, method)
        if special is not None:
            return special
        if isinstance(obj, np.ufunc) and obj.signature is None or obj is np.where:
            self.unify(args)
        elif obj in (np.dot, np.matmul):
            self.unify(args, contract=True)
        t = infer.run(obj, [self.sampled(a) for a in args], {k: self.sampled(v) for k, v in kwargs.items()}, self.symbols)
        if obj is np.squeeze and len(args) + len(kwargs) == 1 and not self._sizes_certain(args):
            t = Arr(getattr(t, "dtype", None), None) if isinstance(t, Arr) else UNKNOWN
        atoms = tuple(self.atom(a) for a in args)
        kws = tuple((k, self.atom(v)) for k, v in kwargs.items())
        memory = rule.memory if rule is not None else ("fresh" if registry.is_zero(obj) or isinstance(obj, np.ufunc) else "maybe_view")
        if obj is np.einsum and _only_reorders(args) or self.returns_itself(fn, args, kwargs, t, method, node):
            memory = "maybe_view"
        if memory != "fresh" and obj in VIEWS_OF_INPUT and len(args) > 0 and isinstance(type_of(atoms[0]), (Num, ListT, TupleT)):
            memory = "fresh"  # an array made of numbers and lists
        if isinstance(t, Num) and t.dtype.kind in "iu" and t.ints is None:
            t = self.symbols.int(t.py)
        op = Op("call", atoms, kws, fn=fn, name=method)
        varied = None if not registry.is_zero(obj) else False
        result = self.emit(op, t, varied=varied, fresh=memory == "fresh", view_of=atoms if memory != "fresh" else None)
        if obj is np.einsum and memory != "fresh" and isinstance(result, Var):
            self.stops.append((result, self.error(
                AmbiguousMemoryError, "np.einsum that sums nothing gives a view, and this memory is stored to", node,
                "use .T, np.transpose or indices, or copy the result")))  # fmt: skip
        if obj is getattr(np, "unstack", None) and isinstance(result, Var):
            views = self.error(AmbiguousMemoryError, "np.unstack gives views, and this memory is stored to", node, "index the array instead")
            self.stops.append((result, views))
        outside = bool(args) and isinstance(args[0], Ref) and isinstance(args[0].type, Obj)
        if memory != "fresh" and obj in VIEWS_OF_INPUT and outside and isinstance(result, Var):
            self.stops.append((result, self.error(
                AmbiguousMemoryError, f"this array may be memory of {args[0].name}, an object from outside the function", node,
                "copy it first: np.array(...)")))  # fmt: skip
        return result

    def returns_itself(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], made: Type, method: str, node: Any) -> bool:
        """Whether a function that makes new memory for most arguments may hand on that of its operand for these."""
        obj, operand = fn.obj, args[0] if args and is_atom(args[0]) else None
        if obj is np.nan_to_num:
            copy = args[1] if len(args) > 1 else kwargs.get("copy", Lit(True))
            if not (isinstance(copy, Lit) and copy.value is True):
                raise self.error(
                    NoRuleError, "np.nan_to_num changes its argument unless copy=True", node, "store its result: x[...] = np.nan_to_num(x)")
        if obj in (np.array, np.ndarray.astype, getattr(np, "astype", None)):
            copy, given = kwargs.get("copy", Lit(True)), type_of(operand)
            converts = isinstance(given, Arr) and isinstance(made, Arr) and None not in (given.dtype, made.dtype) and given.dtype != made.dtype
            return not converts and not (isinstance(copy, Lit) and copy.value is True)
        if obj is np.conj:
            return bool(method) and getattr(made, "dtype", None) is None
        if obj in (np.diff, np.linalg.matrix_power):
            count = args[1] if len(args) > 1 else kwargs.get("n", Lit(1))
            return not isinstance(count, Lit) or count.value == (0 if obj is np.diff else 1)
        return obj is np.diag and self._rank(operand) != 1

    def _sizes_certain(self, args: list[Any]) -> bool:
        t = type_of(args[0]) if args and is_atom(args[0]) else None
        return isinstance(t, Num) or (isinstance(t, Arr) and t.shape is not None and all(len(set(d)) == 1 or d in self.base_dims for d in t.shape))

    def as_array(self, value: Any, node: Any) -> Any:
        """A list or tuple of numbers as the array that NumPy makes of it."""
        if isinstance(value, (ListVal, TupleVal)) or is_atom(value) and isinstance(type_of(value), (ListT, TupleT)):
            return self.primitive(Ref(np.array, "np.array", np), [value], {}, node)
        return value

    def specialised(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any, method: str = "") -> Any:
        obj = fn.obj
        given = type_of(args[0]) if args and is_atom(args[0]) else None
        if obj is np.conj and method and isinstance(given, Arr) and given.dtype is not None and given.dtype.kind != "c":
            return args[0]  # the function makes an array, the method of a real one returns it
        if obj is np.diag and isinstance(given, Arr) and given.ndim == 2 and set(kwargs) <= {"k"}:
            return self.primitive(self.numpy_ref(np.diagonal), [*args, *kwargs.values()], {}, node)
        if obj in (np.asarray, np.asanyarray) and len(args) == 1 and not kwargs and is_atom(args[0]) and isinstance(type_of(args[0]), Arr):
            return args[0]
        if obj in (np.asarray, np.asanyarray) and args and is_atom(args[0]) and isinstance(type_of(args[0]), Arr):
            dtype = args[1] if len(args) > 1 else kwargs.get("dtype")
            t: Any = type_of(args[0])
            plain = all(k == "dtype" or k in ("order", "copy") and isinstance(v, Lit) and v.value is None for k, v in kwargs.items())
            if plain and len(args) <= 2 and t.dtype is not None and self.dtype_of(dtype, t.dtype) == t.dtype:
                return args[0]
        return None

    def dtype_of(self, value: Any, default: Any) -> Any:
        """The dtype that an argument `dtype=` stands for, None if it is not known; no argument and None stand for `default`."""
        if value is None or isinstance(value, Lit) and value.value is None:
            return default
        if isinstance(value, Var):
            return self.dtypes.get(value)
        try:
            return np.dtype(value.obj if isinstance(value, Ref) else value.value) if isinstance(value, (Ref, Lit)) else None
        except TypeError:
            return None

    def into_out(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], out: Any, node: Any) -> Any:
        """`f(x, out=y)`: the result is stored to `y`."""
        if isinstance(out, TupleVal) and len(out.items) == 1:
            out = out.items[0]
        if "where" in kwargs:
            raise self.error(NoRuleError, f"{fn.name}(where=..., out=...) is not supported", node, "use np.where")
        value = self.primitive(fn, args, kwargs, node)
        self.array_store(self.atom(out), Lit(Ellipsis), self.atom(value), None, node)
        return out

    def mutate(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        obj = fn.obj
        base = self.atom(args[0])
        if not self.varied_args(args, kwargs):
            self.check_private(base, node)
            self.mark_stored(base)
            atoms = tuple(self.atom(a) for a in args)
            self.append(Effect(Op("call", atoms, tuple((k, self.atom(v)) for k, v in kwargs.items()), fn=fn), self.span(node)))
            return Lit(None)
        if getattr(obj, "__name__", "") == "at" and obj.__self__ in (np.add, np.subtract) and len(args) == 3:
            value = self.atom(args[2])
            if obj.__self__ is np.subtract:
                value = self.operate("neg", (value,), node)
            self.array_store(base, args[1], value, "add.at", node)
            return Lit(None)
        if obj is np.copyto and len(args) == 2 and not kwargs:
            self.array_store(base, Lit(Ellipsis), self.atom(args[1]), None, node)
            return Lit(None)
        if obj is np.fill_diagonal and len(args) == 2 and not kwargs and self._rank(base) == 2:
            n = self.emit(Op("call", (self.emit(Op("getattr", (base,), name="shape"), UNKNOWN, "shape", varied=False, fresh=True),),
                             fn=self.builtin("min")), self.symbols.int(), "n", varied=False)  # fmt: skip
            np_ref, size = Ref(np.arange, "np.arange", np), n.type
            assert isinstance(size, Num) and size.ints is not None
            index = self.emit(Op("call", (n,), fn=np_ref), Arr(np.dtype(int), (size.ints,)), "diagonal", varied=False, fresh=True)
            self.array_store(base, TupleVal((index, index)), self.atom(args[1]), None, node)
            return Lit(None)
        if self.mutate_where(obj, base, args, kwargs, node):
            return Lit(None)
        raise self.no_rule(fn, node, " (it changes its argument)")

    def mutate_where(self, obj: Any, base: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> bool:
        """`np.copyto(..., where=)`, `np.putmask`, `np.place` and `np.put` as stores; False for forms that repeat values."""
        mask = kwargs.get("where") if obj is np.copyto and set(kwargs) == {"where"} and len(args) == 2 else None
        value = args[1] if mask is not None else args[2] if len(args) == 3 and not kwargs else None
        if value is None:
            return False
        base_t, value_t = type_of(base), type_of(self.atom(value))
        fits = isinstance(value_t, Num) or isinstance(value_t, Arr) and value_t.shape == ()
        if obj in (np.putmask, np.place):
            mask = args[1]
        if mask is not None:
            same = isinstance(value_t, Arr) and isinstance(base_t, Arr) and value_t.shape is not None and value_t.shape == base_t.shape
            if not (fits or obj is np.copyto or same and obj is np.putmask):
                return False
            chosen = self.primitive(self.numpy_ref(np.where), [mask, value, base], {}, node)
            self.array_store(base, Lit(Ellipsis), self.atom(chosen), None, node)
            return True
        if obj is not np.put:
            return False
        if not (fits or isinstance(value_t, Arr) and value_t.ndim == 1):  # of another length, the store is an error
            return False
        if not self._rank(base):
            return False
        at = self.flat_index(base, args[1], node)
        self.array_store(base, at, self.atom(value), None, node)
        return True

    def _rank(self, atom: Any) -> int | None:
        t = type_of(atom)
        return t.ndim if isinstance(t, Arr) else None

    def check_private(self, base: Any, node: Any) -> None:
        if isinstance(base, Var) and base.region is not None and base.region.caller:
            raise self.error(AmbiguousMemoryError, "a store to memory from outside the function", node, "copy it first")

    def opaque(self, fn: Any, args: list[Any], kwargs: dict[str, Any], node: Any, t: Type = UNKNOWN, safe: bool = False) -> Any:
        """A call that is executed as it stands: nothing that flows in or out is differentiated.

        A `safe` one is known not to change its arguments; any other may.
        """
        safe = safe or (isinstance(fn, Ref) and (isinstance(fn.obj, type) or _pure_call(Op("call", fn=fn))))
        if not safe:
            self.let_out([*args, *kwargs.values()], node)
        if args and _is_bound(fn, args[0]):
            args = args[1:]
        atoms = tuple(self.atom(a) for a in args)
        kws = tuple((k, self.atom(v)) for k, v in kwargs.items())
        for a in (*atoms, *(v for _, v in kws)):
            if isinstance(a, Var) and a.region is not None and a.region.varied:
                raise self.unsupported("an unknown function is given memory that holds differentiated values", node)
        if not safe:
            for a in (*atoms, *(v for _, v in kws)):
                if isinstance(a, Var) and isinstance(a.type, (Arr, ListT)):
                    self.mark_stored(a)
        self.after_call()
        return self.emit(Op("call", atoms, kws, fn=fn, data=ir.SAFE if safe else None), t, varied=False)

    def let_out(self, values: list[Any], node: Any) -> None:
        """Containers are given to code that may change them: what the compiler knows of their contents ends here."""
        for v in values:
            if isinstance(v, ListVal):
                if v.origin is None and v.site not in self.dynamic_sites:
                    raise Restart(v.site)
            if isinstance(v, (ListVal, TupleVal)):
                self.let_out(list(self.items(v)), node)
            if isinstance(v, DictVal):
                self.let_out([i for _, i in self.items(v)], node)
            if isinstance(v, DictVal) or (isinstance(v, ListVal) and v.origin is not None):
                gone = Poison("this container was given to a function that may have changed it")
                items = self.items(v)
                self.later.append((v, tuple((k, gone) for k, _ in items) if isinstance(v, DictVal) else (gone,) * len(items)))

    def is_repeatable(self, block: Block) -> bool:
        """Whether a block does the same when it runs again."""
        from ..analysis import effects  # needs the lowerer

        def same(stmt: Any) -> bool:
            if not isinstance(stmt, (Assign, Effect)):
                return not isinstance(stmt, ir.With) and not (isinstance(stmt, ir.Loop) and isinstance(stmt.iter, ir.Each))
            if isinstance(stmt, Effect):
                return False
            return stmt.target in self.repeatable or effects.is_pure(stmt.op) and not effects.is_volatile(stmt.op)

        return all(map(same, ir.walk(block)))

    @property
    def repeatable(self) -> set[Any]:
        """Results of calls that are executed as they stand, and give the same when they run again."""
        return self.__dict__.setdefault("_repeatable", set())

    @property
    def later(self) -> list[Any]:
        """Contents of containers after the call that is being lowered."""
        return self.__dict__.setdefault("_later", [])

    def after_call(self) -> None:
        for value, items in self.later:
            self.cells[(value.id, "items")] = items
        self.later.clear()

    # --- user functions --------------------------------------------------------------------------------------------

    def call_live(self, fn: Ref, function: types.FunctionType, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        try:
            source = function_source(function)
        except NoSourceError as err:
            if not self.varied_args(args, kwargs):
                return self.opaque(fn, args, kwargs, node)
            raise self.error(NoSourceError, err.message, node, err.hint or "give it a rule with @s2sad.adjoint") from None
        self.sources[function.__code__] = source.text
        scope = LiveScope(function)

        def run() -> Any:
            n_pos = len(function.__defaults__ or ())
            defaults = tuple(
                self.embed(d, f"{fn.name}.__defaults__[{i}]", parent=fn, default=True)
                for i, d in enumerate(function.__defaults__ or ())
            )  # fmt: skip
            del n_pos
            kw = function.__kwdefaults__ or {}
            kw_defaults = tuple(
                self.embed(kw[a.id], f"{fn.name}.__kwdefaults__[{a.id!r}]", parent=fn, default=True) if a.id in kw else None
                for a in source.node.args.kwonlyargs
            )  # fmt: skip
            frame = self.new_frame(source.node, function.__name__, None, scope, source.filename, source.lines, function.__code__, node)
            frame.cls = source.defining_class or _class_cell(function)
            return self.run_body(frame, source.node, args, kwargs, defaults, kw_defaults, node)

        if not self.varied_args(args, kwargs) and not self.touches_objects(args, kwargs):
            if self.inactive_depth and any(f.key is function.__code__ for f in self.frames):
                return self.opaque(fn, args, kwargs, node)  # an inactive recursion is not followed
            return self.trial(fn, args, kwargs, run, node)
        return self.marked(run, node) if function in CHECKPOINTED else run()

    def touches_objects(self, args: list[Any], kwargs: dict[str, Any]) -> bool:
        return any(isinstance(a, (ObjVal, FuncVal, Bound, Partial)) for a in (*args, *kwargs.values()))

    def trial(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], run: Callable[[], Any], node: Any) -> Any:
        """Follow an inactive call for its types; emit the call itself unless its body is shorter."""
        state = dict(self.cells)
        block, count, frames, marked = Block(), self.count, list(self.frames), self.adjoint_blocks
        self.inactive_depth += 1
        try:
            with self.into(block):
                value = run()
        except (DifferentiationError, RecursionError) as err:
            self.cells, self.count, self.frames = state, count, frames
            if _is_about_outside(err):
                self.changes_state()
            return self.opaque(fn, args, kwargs, node)
        finally:
            self.inactive_depth -= 1
        changed = any(k in state and self.cells.get(k) is not v for k, v in state.items())
        effects = any(isinstance(s, (Store, Effect)) for s in ir.walk(block))
        leaves = list(self._leaves(value)) if is_atom(value) or isinstance(value, TupleVal) else [None]
        constant = all(isinstance(a, (Lit, Ref)) for a in leaves) and not any(isinstance(a, Ref) and is_mutable(a.type) for a in leaves)
        size = len(ir.walk(block))
        if changed or effects or None in leaves or block.diverges or size <= 3 or self.adjoint_blocks > marked:
            self.block.stmts += block.stmts
            self.block.diverges = self.block.diverges or block.diverges
            return value
        pure = not any(isinstance(s, (ir.Raise, ir.Assert, ir.Try, ir.With)) for s in ir.walk(block)) and all(
            not isinstance(s, Assign) or s.op.kind != "call" or _pure_call(s.op) for s in ir.walk(block)
        )
        if constant and pure:
            return value
        self.cells, self.count = state, count
        if isinstance(value, TupleVal):
            t: Type = TupleT(tuple(type_of(a) if is_atom(a) else UNKNOWN for a in value.items))
        else:
            t = type_of(value)
        if isinstance(value, Var) and value.region is not None and any(value is a for a in args):
            return value
        result = self.opaque(fn, args, kwargs, node, t, safe=True)
        if self.is_repeatable(block):
            self.repeatable.add(result)
        return value if constant else result

    def call_local(self, fn: FuncVal, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        outer = fn.frame
        frame = self.new_frame(fn.node, fn.name, outer, outer.scope, outer.filename, outer.lines, fn.node, node)
        frame.cls = fn.cls or outer.cls
        return self.run_body(frame, fn.node, args, kwargs, fn.defaults, fn.kw_defaults, node)

    def call_static(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        static: StaticFunction = fn.obj
        source = static.source
        module_frame = self.new_frame(source.node, source.name, None, static.scope, source.filename, source.lines, source.node, node)
        self.frames.append(module_frame)
        try:
            self.static_decorators(static)
            if keeps_state(source.node, [*source.node.args.defaults, *source.node.args.kw_defaults]):
                raise self.unsupported(STATE, node, "pass the value in")
            defaults = tuple(self.expr(d) for d in source.node.args.defaults)
            kw_defaults = tuple(None if d is None else self.expr(d) for d in source.node.args.kw_defaults)
        finally:
            self.frames.pop()
        frame = self.new_frame(source.node, source.name, None, static.scope, source.filename, source.lines, source.node, node)

        def run() -> Any:
            return self.run_body(frame, source.node, args, kwargs, defaults, kw_defaults, node)

        return self.marked(run, node) if static.scope.is_checkpointed(source) and self.varied_args(args, kwargs) else run()

    def static_decorators(self, static: StaticFunction) -> None:
        decorator = static.scope.unknown_decorator(static.source)
        if decorator is not None:
            raise self.unsupported(
                f"what the decorator makes of {static.source.name}() is not known from the text", decorator, "use --import to run the module")

    def new_frame(self, node: Any, name: str, parent: Any, scope: Any, filename: str, lines: Any, key: Any, call: Any) -> Frame:
        args = node.args
        names = [a.id for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
        names += [a.id for a in (args.vararg, args.kwarg) if a is not None]
        body = node.body if isinstance(node.body, list) else [gast.Expr(node.body)]
        nonlocals = frozenset(declared(body, gast.Nonlocal))
        globals_ = frozenset(declared(body, gast.Global))
        local = frozenset([*names, *assigned_names(body)]) - nonlocals - globals_
        frame = Frame(self.new_id(), name, local, parent, scope, filename, lines, key, nonlocals, globals_)
        frame.call_span = self.span(call)
        frame.extra["call"] = (getattr(call, "lineno", 0), getattr(call, "col_offset", 0))
        return frame

    def run_body(
        self, frame: Frame, node: Any, args: list[Any], kwargs: dict[str, Any], defaults: tuple[Any, ...],
        kw_defaults: tuple[Any, ...], call: Any,
    ) -> Any:  # fmt: skip
        """Lower a function's body in place of its call and return its value."""
        if any(isinstance(n, (gast.Yield, gast.YieldFrom, gast.Await)) for n in _own_nodes(node)):
            raise self.unsupported(f"{frame.name!r} is a generator", call, "return a list instead")
        if isinstance(node, gast.AsyncFunctionDef):
            raise self.unsupported(f"{frame.name!r} is an async function", call, "make it a plain function")
        frame.extra["node"] = node
        names = parameter_ids(node)
        self.bind(frame, node, args, kwargs, defaults, kw_defaults, call)
        code = self.code_key(frame)
        if code in self.outlined_codes:
            return self.call_outlined(frame, node, names, lambda f: self.run_bound(f, node), call)
        self.calls[code] += 1
        frame.extra["arguments"] = self.arguments_key([self.cells[(frame.id, n)] for n in names])
        for outer in self.frames:
            if outer.key is frame.key and outer.parent is frame.parent and outer.extra.get("arguments") == frame.extra["arguments"]:
                raise Outline(code)
        if len(self.frames) > MAX_DEPTH or sum(f.key is frame.key for f in self.frames) > MAX_RECURSION:
            raise self.unsupported(
                f"{frame.name!r} recurses to a depth that is not known", call,
                "make the depth a constant, or write the recursion as a loop")  # fmt: skip
        return self.run_bound(frame, node)

    def given_once(self, value: Any) -> Any:
        """Remember that Python would give the items of this list only once."""
        self.one_shot.append(value)
        return value

    @property
    def one_shot(self) -> list[Any]:
        return self.__dict__.setdefault("_one_shot", [])

    def check_iterators(self, frame: Frame, node: Any) -> None:
        """Refuse a second use of an iterator in a function, and a generator expression whose names change before it runs."""
        given = frozenset(
            n for n in parameter_ids(node)
            if isinstance(v := self.cells.get((frame.id, n)), (ZipVal, EnumVal, ReversedVal)) or any(v is o for o in self.one_shot)
        )  # fmt: skip
        key = (id(node), given)
        found = self.__dict__.setdefault("_iterators_checked", {})
        if key not in found:
            found[key] = node, exhausted(node, given), changed_before_use(node)
        _, again, changed = found[key]
        if again is not None:
            raise self.unsupported(
                f"the iterator {again[1]!r} is used more than once, and gives its items only once", again[0], "make it a list: list(...) or [...]")
        if changed is not None:
            raise self.unsupported(
                f"{changed[1]!r} changes after an iterator over it was made, which would see the change", changed[0],
                "make a list of it: [...] for (...), list(...)")  # fmt: skip

    def run_bound(self, frame: Frame, node: Any) -> Any:
        """Lower a function's body; its parameters are bound."""
        for flag in ("$skip", "$ret"):
            self.cells[(frame.id, flag)] = Lit(False)
        self.frames.append(frame)
        outer_node = self.node
        first = len(self.block.stmts)
        try:
            self.check_iterators(frame, node)
            if isinstance(node, gast.Lambda):
                return self.expr(node.body)
            self.body(node.body)
            if self.block.diverges:
                return Lit(None)
            returned = self.flag("$ret")
            if not isinstance(returned, Lit):
                def fall_off() -> None:
                    self.cells[(frame.id, "$value")] = Lit(None)

                self.branch(returned, lambda: None, fall_off)
            value = self.cells.get((frame.id, "$value"), Lit(None))
            return value
        finally:
            self.frames.pop()
            self.node = outer_node
            for flag in ("$skip", "$go", "$ret", "$value"):
                self.cells.pop((frame.id, flag), None)
            del first

    def bind(
        self, frame: Frame, node: Any, args: list[Any], kwargs: dict[str, Any], defaults: tuple[Any, ...],
        kw_defaults: tuple[Any, ...], call: Any,
    ) -> None:  # fmt: skip
        a = node.args
        positional = [p.id for p in (*a.posonlyargs, *a.args)]
        cells = self.cells
        kwargs = dict(kwargs)
        if len(args) > len(positional) and a.vararg is None:
            raise self.unsupported(f"{frame.name}() takes {len(positional)} positional arguments but {len(args)} were given", call)
        for name, value in zip(positional, args):
            cells[(frame.id, name)] = value
        if a.vararg is not None:
            cells[(frame.id, a.vararg.id)] = TupleVal(tuple(args[len(positional) :]))
        first_default = len(positional) - len(defaults)
        for i, name in enumerate(positional[len(args) :], start=min(len(args), len(positional))):
            if name in kwargs:
                cells[(frame.id, name)] = kwargs.pop(name)
            elif i >= first_default:
                cells[(frame.id, name)] = defaults[i - first_default]
            else:
                raise self.unsupported(f"{frame.name}() is missing the argument {name!r}", call)
        for p, default in zip(a.kwonlyargs, kw_defaults):
            if p.id in kwargs:
                cells[(frame.id, p.id)] = kwargs.pop(p.id)
            elif default is not None:
                cells[(frame.id, p.id)] = default
            else:
                raise self.unsupported(f"{frame.name}() is missing the argument {p.id!r}", call)
        if a.kwarg is not None:
            value = self.new_dict(tuple(kwargs.items()), ("kwargs", frame.id))
            cells[(frame.id, a.kwarg.id)] = value
        elif kwargs:
            raise self.unsupported(f"{frame.name}() got an unexpected keyword argument {next(iter(kwargs))!r}", call)

    # --- classes -----------------------------------------------------------------------------------------------------

    def construct(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        cls = fn.obj
        if issubclass(cls, BaseException):
            atoms = tuple(self.atom(a) for a in args)
            return self.emit(Op("call", atoms, fn=fn), Obj(cls), "error", varied=False, fresh=True)
        if _makes_its_own(cls):
            raise self.unsupported(f"the class {cls.__name__} has a __new__ of its own", node, "make the instance before the call, or use __init__")
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
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
        self.seed_defaults(value)
        if dataclasses.is_dataclass(cls) and "__init__" in cls.__dict__ and generated_init(cls.__dict__["__init__"]):
            self.construct_dataclass(value, cls, args, kwargs, node)
        elif isinstance(cls.__init__, types.FunctionType):
            self.call_live(Ref(cls.__init__, f"{fn.name}.__init__", fn.root, fn.module), cls.__init__, [value, *args], kwargs, node)
        return value

    def construct_dataclass(self, value: ObjVal, cls: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> None:
        fields = [f for f in dataclasses.fields(cls) if f.init]
        given = dict(zip([f.name for f in fields if not getattr(f, "kw_only", False)], args))
        given.update(kwargs)
        for f in dataclasses.fields(cls):
            if f.name in given:
                v = given.pop(f.name)
            elif f.default is not dataclasses.MISSING:
                v = self.embed(f.default, f.name, default=True)
            elif f.default_factory is not dataclasses.MISSING:
                v = self.call_value(self.embed(f.default_factory, f.name), [], {}, node)
            else:
                raise self.unsupported(f"{cls.__name__}() is missing the field {f.name!r}", node)
            self.cells[(value.id, f.name)] = v
        if given:
            raise self.unsupported(f"{cls.__name__}() got an unexpected field {next(iter(given))!r}", node)
        post = getattr(cls, "__post_init__", None)
        if post is not None:
            self.call_live(Ref(post, "__post_init__", post), post, [value], {}, node)

    # provided by the other parts
    adjoint_blocks: int
    is_beyond_its_rule: Callable[..., bool]
    marked: Callable[..., Any]
    seed_defaults: Callable[..., Any]
    changes_state: Callable[..., Any]
    stops: list[Any]
    choose: Callable[..., Any]
    expr: Callable[..., Any]
    atom: Callable[..., Any]
    body: Callable[..., Any]
    flag: Callable[..., Any]
    embed: Callable[..., Any]
    builtin: Callable[..., Any]
    handler: Callable[..., Any]
    operate: Callable[..., Any]
    call_method: Callable[..., Any]
    object_of: Callable[..., Any]
    object_attribute: Callable[..., Any]
    dtypes: Any
    constant: Callable[..., Any]
    get_attribute: Callable[..., Any]
    array_store: Callable[..., Any]
    numpy_ref: Callable[..., Any]
    flat_index: Callable[..., Any]
    call_outer: Callable[..., Any]
    bounds_of_clip: Callable[..., list[Any]]
    spelled_einsum: Callable[..., list[Any]]
    refuse_changes: Callable[..., None]
    varied_value: Callable[..., Any]


_LIBRARIES = frozenset({"numpy", "contextlib", "warnings", "decimal", "fractions", "collections", "datetime", "re", "logging"})
_PURE_BUILTINS = frozenset({
    len, isinstance, issubclass, hasattr, callable, abs, min, max, sum, float, int, bool, str, range, round, pow, tuple, list,
    sorted, any, all, zip, enumerate, reversed, repr, type, dict, set, frozenset, divmod, complex,
})  # fmt: skip
_IMPURE_NUMPY = frozenset({"random", "save", "savez", "load", "loadtxt", "savetxt", "seterr", "set_printoptions", "fromfile"})


def _pure_call(op: Op) -> bool:
    """Whether a call has no effect besides its result."""
    fn = op.fn
    if not isinstance(fn, Ref):
        return False
    obj = fn.obj
    if isinstance(obj, np.ufunc):
        return len(op.args) <= obj.nin and not _has_out(op)
    if isinstance(obj, type) and (issubclass(obj, (BaseException, np.generic, np.dtype)) or obj in _PURE_BUILTINS):
        return True
    try:
        if obj in _PURE_BUILTINS:
            return True
        if obj in MUTATORS:
            return False
    except TypeError:
        return False
    module = (getattr(obj, "__module__", None) or "").split(".")
    if module[0] in ("math", "cmath", "_operator", "operator"):
        return True
    if module[0] == "numpy":
        return "random" not in module and getattr(obj, "__name__", "") not in _IMPURE_NUMPY and not _has_out(op)
    if module[0] == "s2sad":
        return True
    return registry.adjoint_rule(obj) is not None or registry.is_zero(obj)


def _has_out(op: Op) -> bool:
    """Whether a call of a NumPy function stores its result to an argument."""
    out = next((a for k, a in op.kwargs if k == "out"), None)
    if out is None and (names := _parameters_from_out(op.fn.obj)) is not None and len(op.args) > names[0]:
        out = op.args[names[0]]
    return out is not None and not (isinstance(out, Lit) and out.value is None)


def out_by_name(fn: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, `out` and those behind it by name."""
    try:
        names = _parameters_from_out(fn)
    except TypeError:  # it has no hash
        return args, kwargs
    if names is None or len(args) <= names[0]:
        return args, kwargs
    at, behind = names
    return args[:at], {**dict(zip(behind, args[at:])), **kwargs}


@functools.lru_cache(maxsize=1024)
def _parameters_from_out(fn: Any) -> tuple[int, tuple[str, ...]] | None:
    """The position of a NumPy function's parameter `out`, and the names from there on."""
    if isinstance(fn, (np.ufunc, type)) or (getattr(fn, "__module__", None) or "").split(".")[0] != "numpy":
        return None
    try:
        names = [p.name for p in inspect.signature(fn).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = {"dot": ["a", "b", "out"], "concatenate": ["arrays", "axis", "out"]}.get(getattr(fn, "__name__", ""), [])
    return (names.index("out"), tuple(names[names.index("out") :])) if "out" in names else None


def parameter_ids(node: Any) -> list[str]:
    a = node.args
    ids = [p.id for p in (*a.posonlyargs, *a.args)]
    ids += [a.vararg.id] if a.vararg is not None else []
    ids += [p.id for p in a.kwonlyargs]
    return ids + ([a.kwarg.id] if a.kwarg is not None else [])


def _class_cell(function: types.FunctionType) -> Any:
    names = function.__code__.co_freevars
    if "__class__" in names and function.__closure__:
        return function.__closure__[names.index("__class__")].cell_contents
    return None


_DTYPE_TESTS = tuple(getattr(np, name) for name in ("isdtype", "issubdtype") if hasattr(np, name))  # isdtype: from NumPy 2 on


def _is_about_outside(err: Exception) -> bool:
    """Whether a function could not be followed because it changes what is outside of it."""
    return any(text in str(err) for text in ("from outside", "memory from outside", "global statement", "to the global"))


def _only_reorders(args: list[Any]) -> bool:
    """Whether this `np.einsum` of one operand sums nothing: then NumPy gives a view of the operand."""
    if len(args) != 2:
        return False
    text = args[0].value if isinstance(args[0], Lit) else None
    if not isinstance(text, str):
        return True
    labels, arrow, output = text.replace(" ", "").partition("->")
    return set(labels) <= set(output) if arrow else len(set(labels)) == len(labels)


def _is_plain(cls: Any) -> bool:
    """Whether a class is written in Python and has no `__init__`, so that its instances start without attributes."""
    inherited: Any = object
    return type(cls) is type and all(getattr(cls, name) is getattr(inherited, name) for name in ("__init__", "__new__")) and all(
        b is object or b.__flags__ & _HEAP_TYPE for b in cls.__mro__)  # fmt: skip


_HEAP_TYPE = 1 << 9  # set for classes that are written in Python


def _is_bound(fn: Any, owner: Any) -> bool:
    """Whether `fn` is written as a method of `owner`, which then is its first argument by itself."""
    if not (isinstance(fn, Ref) and isinstance(owner, Ref) and isinstance(fn.obj, types.FunctionType)):
        return False
    path, _, name = fn.name.rpartition(".")
    return path == owner.name and getattr(getattr(owner.obj, name, None), "__func__", None) is fn.obj


def _makes_its_own(cls: Any) -> bool:
    """Whether a class of the user's has a `__new__` that is written out."""
    new = cls.__new__
    if not isinstance(new, types.FunctionType) or str(new.__globals__.get("__name__")).startswith("namedtuple_"):
        return False
    return str(new.__module__ or "").split(".")[0] not in _LIBRARIES



def _own_nodes(node: Any) -> Any:
    """The nodes of a function, those of nested functions not included."""
    todo = list(node.body) if isinstance(node.body, list) else [node.body]
    while todo:
        n = todo.pop()
        yield n
        if not isinstance(n, (gast.FunctionDef, gast.Lambda, gast.ClassDef)):
            todo += list(gast.iter_child_nodes(n))


__all__ = ["BOOL", "FLOAT", "STR", "Calls", "DictVal", "ListT", "ListVal", "Poisoned", "SuperVal"]
