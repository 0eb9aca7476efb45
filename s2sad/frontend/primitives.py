"""Lowering of calls of functions that have a rule, and of functions that are taken as they are."""

from __future__ import annotations

import functools
import inspect
import types
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .. import runtime
from ..analysis import infer
from ..analysis.types import UNKNOWN, Arr, ListT, Num, Obj, TupleT, Type
from ..errors import AmbiguousMemoryError, DifferentiationError, NoRuleError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Effect, Lit, Op, Ref, Var
from ..rules import registry
from .lower import Restart, type_of
from .operands import Operands
from .outline import Outlining
from .values import DictVal, ListVal, ObjVal, Poison, TupleVal, is_atom

# NumPy functions that change an argument
MUTATORS = frozenset(
    f for name in "put place putmask fill_diagonal copyto put_along_axis".split() if (f := getattr(np, name, None)) is not None
)  # fmt: skip
# our own, which change their first argument
ADDING = frozenset({runtime.index_add, runtime.add_items})
# those that take a sequence of arrays, or make an array of a sequence themselves
SEQUENCE_FUNCTIONS = frozenset(
    f for name in ("array asarray asanyarray ascontiguousarray asfortranarray concatenate concat stack vstack hstack dstack "
                   "column_stack row_stack block broadcast_arrays meshgrid select ix_ choose piecewise zeros ones "
                   "empty copy atleast_1d atleast_2d atleast_3d").split()
    if (f := getattr(np, name, None)) is not None
) | {np.linalg.multi_dot, np.ndarray.astype}  # fmt: skip
# those of SciPy that take a tuple, (matrix, how it was factorised)
TUPLE_FUNCTIONS = frozenset({"cho_solve", "lu_solve"})
VIEWS_OF_INPUT = frozenset(
    {np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.atleast_1d, np.atleast_2d, np.atleast_3d}
)
# functions whose second parameter has a value for which they return their operand
ITSELF_FOR: dict[Any, tuple[str, int]] = {np.diff: ("n", 0), np.linalg.matrix_power: ("n", 1), np.polyder: ("m", 0), np.polyint: ("m", 0)}

_PURE_BUILTINS = frozenset({
    len, isinstance, issubclass, hasattr, callable, abs, min, max, sum, float, int, bool, str, range, round, pow, tuple, list,
    sorted, any, all, zip, enumerate, reversed, repr, type, dict, set, frozenset, divmod, complex,
})  # fmt: skip
_IMPURE_NUMPY = frozenset({"random", "save", "savez", "load", "loadtxt", "savetxt", "seterr", "set_printoptions", "fromfile"})
_DTYPE_TESTS = tuple(getattr(np, name) for name in ("isdtype", "issubdtype") if hasattr(np, name))  # isdtype: from NumPy 2 on


class Primitives(Operands, Outlining):
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
        if isinstance(obj, np.ufunc) and len(args) > obj.nin and self.varied_args(args, kwargs):
            raise self.error(NoRuleError, f"{fn.name} with arrays for its results is not supported", node, "assign its results")
        ufunc = isinstance(obj, np.ufunc) or isinstance(getattr(obj, "__self__", None), np.ufunc)
        library = (getattr(obj, "__module__", None) or "").split(".")[0]
        if not takes_sequences(obj) and (ufunc or library in ("numpy", "scipy")):
            args = [self.as_array(a, node) if self.varied_value(a) else a for a in args]
        if obj is np.stack and args and is_atom(args[0]) and isinstance(type_of(args[0]), ListT) and self.varied_value(args[0]):
            args = [self.primitive(Ref(np.array, "np.array", np), [args[0]], {}, node), *args[1:]]  # its adjoint is an array
        rule = registry.adjoint_rule(obj)
        if self.varied_args(args, kwargs) and rule is None and not registry.is_zero(obj):
            raise self.no_rule(fn, node)
        if rule is not None and obj is not np.block and (ufunc or library in ("numpy", "scipy")) and self.varied_args(args, kwargs):
            args, kwargs = self.operands_as_arrays(rule, args, kwargs, node, takes_sequences(obj))
        special = self.specialised(fn, args, kwargs, node, method)
        if special is not None:
            return special
        if isinstance(obj, np.ufunc) and obj.signature is None or obj is np.where:
            self.unify(args)
        elif obj in (np.dot, np.matmul):
            self.unify(args, contract=True)
        t = infer.run(obj, [self.sampled(a) for a in args], {k: self.sampled(v) for k, v in kwargs.items()}, self.symbols)
        t = self.with_loose_sizes(t)
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
        if obj is as_strided:
            self.strided.add(result)
        if obj is np.einsum and memory != "fresh" and isinstance(result, Var):
            self.stops.append((result, self.error(
                AmbiguousMemoryError, "np.einsum that sums nothing gives a view, and this memory is stored to", node,
                "use .T, np.transpose or indices, or copy the result")))  # fmt: skip
        if (obj is getattr(np, "unstack", None) or obj is np.meshgrid and memory != "fresh") and isinstance(result, Var):
            views = self.error(
                AmbiguousMemoryError, f"{fn.name} gives views, and this memory is stored to", node, "index or copy the array instead")
            self.stops.append((result, views))
        if isinstance(t, Arr) and t.dtype is None and isinstance(result, Var) and any(map(self.is_mixed, (*args, *kwargs.values()))):
            self.mixed.append((result, self.error(
                AmbiguousMemoryError, "this array holds integers or floats, whichever it is made of, and is stored to", node,
                "say which, as in dtype=float")))  # fmt: skip
        outside = bool(args) and isinstance(args[0], Ref) and isinstance(args[0].type, Obj)
        if memory != "fresh" and obj in VIEWS_OF_INPUT and outside and isinstance(result, Var):
            self.stops.append((result, self.error(
                AmbiguousMemoryError, f"this array may be memory of {args[0].name}, an object from outside the function", node,
                "copy it first: np.array(...)")))  # fmt: skip
        return result

    @property
    def mixed(self) -> list[tuple[Var, DifferentiationError]]:
        """Arrays that may hold integers or floats, and what to raise if differentiated values are stored to them."""
        return self.__dict__.setdefault("_mixed", [])

    def is_mixed(self, value: Any) -> bool:
        """Whether a number, or one in a list or tuple, may be an integer or a float."""
        if isinstance(value, (ListVal, TupleVal)):
            return any(map(self.is_mixed, self.items(value)))
        t = type_of(value) if is_atom(value) else None
        if isinstance(t, ListT):
            t = t.elem
        return isinstance(t, Num) and t.mixed

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
        if obj is np.meshgrid:
            copy = kwargs.get("copy", Lit(True))
            return not (isinstance(copy, Lit) and copy.value is True)
        if obj is np.conj:
            return bool(method) and getattr(made, "dtype", None) is None
        if obj in ITSELF_FOR:
            name, same = ITSELF_FOR[obj]
            count = args[1] if len(args) > 1 else kwargs.get(name, Lit(1))
            return not isinstance(count, Lit) or count.value == same
        return obj is np.diag and self._rank(operand) != 1

    def _sizes_certain(self, args: list[Any]) -> bool:
        t = type_of(args[0]) if args and is_atom(args[0]) else None
        return isinstance(t, Num) or (isinstance(t, Arr) and t.shape is not None and all(len(set(d)) == 1 or d in self.base_dims for d in t.shape))

    def specialised(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any, method: str = "") -> Any:
        obj = fn.obj
        given = type_of(args[0]) if args and is_atom(args[0]) else None
        if obj is np.conj and method and isinstance(given, Arr) and given.dtype is not None and given.dtype.kind != "c":
            return args[0]  # the function makes an array, the method of a real one returns it
        if obj is np.diag and isinstance(given, Arr) and given.ndim == 2 and set(kwargs) <= {"k"}:
            return self.primitive(self.numpy_ref(np.diagonal), [*args, *kwargs.values()], {}, node)
        if obj in (np.asarray, np.asanyarray) and len(args) == 1 and not kwargs and is_atom(args[0]) and isinstance(type_of(args[0]), Arr):
            return args[0]
        if obj is getattr(np.linalg, "diagonal", None) and len(args) == 1 and set(kwargs) <= {"offset"}:
            offset = kwargs.get("offset", Lit(0))
            plain = isinstance(given, Arr) and given.ndim == 2
            more = ([] if offset == Lit(0) else [offset]) if plain else [offset, Lit(-2), Lit(-1)]
            return self.primitive(self.numpy_ref(np.diagonal), [args[0], *more], {}, node)
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
        self.check_fits(out, value, node)
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
        if obj is np.copyto and len(args) == 2:
            self.check_fits(base, args[1], node)
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
        value = self.as_array(value, node)
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
        if args and isinstance(args[0], ObjVal) and args[0].origin is not None and isinstance(getattr(fn, "obj", None), _METHODS_IN_C):
            self.check_contents(args[0], fn.obj, node)
            args = [args[0].origin, *args[1:]]  # a method in C sees nothing of the attributes
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

    def check_contents(self, base: ObjVal, method: Any, node: Any) -> None:
        """Refuse methods inherited from dict and the like that change an object of the caller's, or read floats to differentiate by."""
        if not isinstance(base.live, (dict, list, set, deque)):
            return
        kind = next(c.__name__ for c in base.cls.__mro__ if c.__module__ in ("builtins", "collections"))
        if method.__name__ not in _READING:
            raise self.error(
                AmbiguousMemoryError, f"{kind}.{method.__name__}() may change an object from outside the function", node,
                f"pass a plain {kind}")  # fmt: skip
        self.check_not_closed(base, node)

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

    # provided by the other parts
    array_store: Callable[..., Any]
    atom: Callable[..., Any]
    bounds_of_clip: Callable[..., Any]
    builtin: Callable[..., Any]
    constant: Callable[..., Any]
    flat_index: Callable[..., Any]
    get_attribute: Callable[..., Any]
    no_rule: Callable[..., Any]
    numpy_ref: Callable[..., Any]
    operate: Callable[..., Any]
    refuse_changes: Callable[..., Any]
    with_loose_sizes: Callable[..., Type]
    check_fits: Callable[..., None]
    check_not_closed: Callable[..., None]
    spelled_einsum: Callable[..., Any]
    stops: list[Any]
    varied_args: Callable[..., Any]


_METHODS_IN_C = (types.MethodDescriptorType, types.WrapperDescriptorType)
_READING = frozenset({"__contains__", "__eq__", "__getitem__", "__iter__", "__len__", "__ne__", "__repr__", "__reversed__", "copy", "count",
                      "get", "index", "items", "keys", "values"})  # fmt: skip


def takes_sequences(function: Any) -> bool:
    """Whether a library function takes a list or tuple as it is, and not as an array."""
    if getattr(function, "__name__", "") in TUPLE_FUNCTIONS:
        return (getattr(function, "__module__", None) or "").startswith("scipy.")
    return function in SEQUENCE_FUNCTIONS


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
        if obj in MUTATORS or obj in ADDING:
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
    if isinstance(getattr(fn, "__self__", None), np.ufunc):
        names = {"reduce": ["array", "axis", "dtype", "out", "keepdims", "initial", "where"], "accumulate": ["array", "axis", "dtype", "out"],
                 "reduceat": ["array", "indices", "axis", "dtype", "out"]}.get(fn.__name__, [])  # fmt: skip
        return (names.index("out"), tuple(names[names.index("out") :])) if names else None
    if isinstance(fn, (np.ufunc, type)) or (getattr(fn, "__module__", None) or "").split(".")[0] != "numpy":
        return None
    try:
        names = [p.name for p in inspect.signature(fn).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = {"dot": ["a", "b", "out"], "concatenate": ["arrays", "axis", "out"]}.get(getattr(fn, "__name__", ""), [])
    return (names.index("out"), tuple(names[names.index("out") :])) if "out" in names else None


def _only_reorders(args: list[Any]) -> bool:
    """Whether this `np.einsum` of one operand sums nothing: then NumPy gives a view of the operand."""
    if len(args) != 2:
        return False
    text = args[0].value if isinstance(args[0], Lit) else None
    if not isinstance(text, str):
        return True
    labels, arrow, output = text.replace(" ", "").partition("->")
    return set(labels) <= set(output) if arrow else len(set(labels)) == len(labels)


def _is_bound(fn: Any, owner: Any) -> bool:
    """Whether `fn` is written as a method of `owner`, which then is its first argument by itself."""
    if not (isinstance(fn, Ref) and isinstance(owner, Ref) and isinstance(fn.obj, types.FunctionType)):
        return False
    path, _, name = fn.name.rpartition(".")
    return path == owner.name and getattr(getattr(owner.obj, name, None), "__func__", None) is fn.obj


__all__ = ["ADDING", "MUTATORS", "Primitives", "SEQUENCE_FUNCTIONS", "TUPLE_FUNCTIONS", "VIEWS_OF_INPUT", "out_by_name", "takes_sequences"]
