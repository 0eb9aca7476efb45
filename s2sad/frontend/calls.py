"""Lowering of calls: what is called, with which arguments; user functions are lowered in place."""

from __future__ import annotations

import functools
import inspect
import operator
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ..analysis.types import UNKNOWN, Arr, ListT, Num, TupleT, Type, is_mutable
from ..checkpointing import CHECKPOINTED
from ..errors import DifferentiationError, NoRuleError, NoSourceError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Effect, Lit, Op, Ref, Region, Store, Var
from ..rules import registry
from ..variants import function_state
from .array_calls import advice_for
from .classes import Classes
from .facts import is_generator, kept, scope_of
from .iterators import changed_before_use, exhausted, is_iterator
from .lower import type_of
from .mutations import STATE, keeps_state
from .outline import Outline
from .primitives import Primitives, _pure_call
from .scope import LiveScope, StaticClass, StaticFunction, function_source
from .values import (
    ArrayMethod,
    Bound,
    ChoiceVal,
    EnumVal,
    Frame,
    FuncVal,
    ObjVal,
    Partial,
    ReversedVal,
    TupleVal,
    ZipVal,
    is_atom,
)  # fmt: skip

MAX_DEPTH = 120
MAX_RECURSION = 24
IN_PLACE_OPERATORS = {
    operator.iadd: "+=", operator.isub: "-=", operator.imul: "*=", operator.itruediv: "/=", operator.ifloordiv: "//=", operator.imod: "%=",
    operator.ipow: "**=", operator.imatmul: "@=", operator.iand: "&=", operator.ior: "|=", operator.ixor: "^=", operator.ilshift: "<<=",
    operator.irshift: ">>=", operator.iconcat: "+=",
}  # fmt: skip
REFUSED_BUILTINS = {
    "eval": "write the expression out", "exec": "write the statements out", "locals": "name the variables",
    "globals": "name the variables", "vars": "name the attributes", "input": "pass the value in", "open": "read it outside",
}  # fmt: skip


class Calls(Primitives, Classes):
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
        if type(obj).__hash__ is None:
            return self.call_object(fn, args, kwargs, node)
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
            for k, v in obj.keywords.items():  # which may be replaced in it
                self.guards[("item", id(obj.keywords), k)] = (((obj.keywords, "item"), k), v)
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
        if hasattr(type(obj), "__s2sad__"):
            return self.call_value(obj.__s2sad__(self, fn, args, kwargs), args, kwargs, node)
        wrapped = obj
        if isinstance(obj, functools._lru_cache_wrapper):
            wrapped = obj.__wrapped__
        if isinstance(wrapped, types.FunctionType):
            return self.call_live(fn, wrapped, args, kwargs, node)
        if isinstance(obj, np.vectorize):
            if self.varied_args(args, kwargs):
                raise self.error(NoRuleError, "np.vectorize has no derivative rule", node, "write the loop, or vectorise the function itself")
        return self.call_object(fn, args, kwargs, node)

    def call_object(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """A call of an instance of a class from outside."""
        obj = fn.obj
        call: Any = getattr(type(obj), "__call__", None)  # noqa: B004 (of the class, not the object)
        if isinstance(call, types.FunctionType) and self.varied_args(args, kwargs):
            owner = self.object_of(obj, fn)
            self.guard_class(type(obj), "__call__")
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


    # --- user functions --------------------------------------------------------------------------------------------

    def call_live(self, fn: Ref, function: types.FunctionType, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        try:
            source = function_source(function)
        except NoSourceError as err:
            if not self.varied_args(args, kwargs):
                return self.opaque(fn, args, kwargs, node)
            raise self.error(NoSourceError, err.message, node, err.hint or "give it a rule with @s2sad.adjoint") from None
        self.sources[function.__code__] = source.text
        self.guards[("function", id(function))] = (function, function_state(function))
        self.guards.update(function.__dict__.get("__s2sad_guards__", {}))
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
        block, count, frames, marked, start = Block(), self.count, list(self.frames), self.adjoint_blocks, Region().born
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
        effects = any(isinstance(s, (Store, Effect)) or _may_change(s, start) for s in ir.walk(block))
        leaves = list(self._leaves(value)) if is_atom(value) or isinstance(value, TupleVal) else [None]
        constant = all(isinstance(a, (Lit, Ref)) for a in leaves) and not any(isinstance(a, Ref) and is_mutable(a.type) for a in leaves)
        size = len(ir.walk(block))
        memory = [a.region.find() for a in leaves if isinstance(a, Var) and a.region is not None]
        given = {id(a) for a in args}
        views = any(isinstance(a, Var) and a.region is not None and a.region.find().born < start and id(a) not in given for a in leaves)
        tangled = views or len(set(memory)) < len(memory)  # results that share memory, with the arguments or each other
        if changed or effects or tangled or None in leaves or block.diverges or size <= 3 or self.adjoint_blocks > marked:
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
        nonlocals, globals_, assigned = scope_of(node)
        local = frozenset([*names, *assigned]) - nonlocals - globals_
        frame = Frame(self.new_id(), name, local, parent, scope, filename, lines, key, nonlocals, globals_)
        frame.call_span = self.span(call)
        frame.extra["node"] = node
        frame.extra["call"] = (getattr(call, "lineno", 0), getattr(call, "col_offset", 0))
        return frame

    def run_body(
        self, frame: Frame, node: Any, args: list[Any], kwargs: dict[str, Any], defaults: tuple[Any, ...],
        kw_defaults: tuple[Any, ...], call: Any,
    ) -> Any:  # fmt: skip
        """Lower a function's body in place of its call and return its value."""
        if is_generator(node):
            raise self.unsupported(f"{frame.name!r} is a generator", call, "return a list instead")
        if isinstance(node, gast.AsyncFunctionDef):
            raise self.unsupported(f"{frame.name!r} is an async function", call, "make it a plain function")
        names = parameter_ids(node)
        self.bind(frame, node, args, kwargs, defaults, kw_defaults, call)
        code = self.code_key(frame)
        if code in self.outlined_codes:
            return self.call_outlined(frame, node, names, lambda f: self.run_bound(f, node), call)
        self.calls[code] += 1
        frame.extra["arguments"] = self.arguments_key([self.cells[(frame.id, n)] for n in names])
        for outer in (f.function for f in self.frames):
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
            if self.is_given_once(self.cells.get((frame.id, n)))
        )  # fmt: skip
        again = kept(node, f"exhausted {sorted(given)}", lambda function: exhausted(function, given))
        changed = kept(node, "changed before use", changed_before_use)
        if again is not None:
            raise self.unsupported(
                f"the iterator {again[1]!r} is used more than once, and gives its items only once", again[0], "make it a list: list(...) or [...]")
        if changed is not None:
            raise self.unsupported(
                f"{changed[1]!r} changes after an iterator over it was made, which would see the change", changed[0],
                "make a list of it: [...] for (...), list(...)")  # fmt: skip

    def check_returned(self, value: Any, stmt: Any) -> None:
        """Refuse a second use of an iterator that a call returned."""
        node = self.frame.function.extra.get("node")
        if is_iterator(stmt.value) or node is None or not self.is_given_once(value):
            return
        again = exhausted(node, frozenset(), stmt)
        if again is not None:
            raise self.unsupported(
                f"the iterator {again[1]!r} is used more than once, and gives its items only once", again[0], "make it a list: list(...) or [...]")

    def is_given_once(self, value: Any) -> bool:
        return isinstance(value, (ZipVal, EnumVal, ReversedVal)) or any(value is o for o in self.one_shot)

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


    # provided by the other parts
    is_beyond_its_rule: Callable[..., bool]
    adjoint_blocks: int
    atom: Callable[..., Any]
    body: Callable[..., Any]
    call_method: Callable[..., Any]
    call_outer: Callable[..., Any]
    changes_state: Callable[..., Any]
    choose: Callable[..., Any]
    embed: Callable[..., Any]
    expr: Callable[..., Any]
    flag: Callable[..., Any]
    handler: Callable[..., Any]
    marked: Callable[..., Any]
    object_attribute: Callable[..., Any]
    object_of: Callable[..., Any]
    varied_value: Callable[..., Any]


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


def _may_change(stmt: Any, start: int) -> bool:
    """Whether a call that is executed as it stands may change an array or a list that was there before `start`."""
    if isinstance(stmt, ir.Invoke):
        return any(a.region.find().born < start for a in stmt.writes if isinstance(a, Var) and a.region is not None)
    if not isinstance(stmt, Assign):
        return False
    op = stmt.op
    if op.kind not in ("call", "method") or op.data == ir.SAFE or op.kind == "call" and _pure_call(op):
        return False
    given = [a for a in op.atoms() if isinstance(a, Var) and a.region is not None and (isinstance(a.type, (Arr, ListT)) or a.type is UNKNOWN)]
    return any(a.region.find().born < start for a in given if a.region is not None)


def _is_about_outside(err: Exception) -> bool:
    """Whether a function could not be followed because it changes what is outside of it."""
    return any(text in str(err) for text in ("from outside", "memory from outside", "global statement", "to the global"))


__all__ = ["REFUSED_BUILTINS", "Calls"]
