"""Lowering of builtins on numbers and text, and of functions that mark or copy a value."""

from __future__ import annotations

import builtins
import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis import infer
from ..analysis.types import BOOL, FLOAT, STR, UNKNOWN, Arr, ListT, Num, Type
from ..checkpointing import checkpointed, replayed
from ..errors import AmbiguousMemoryError, DifferentiationError
from ..ir.nodes import REPLAYED, Block, Effect, Lit, Op, Ref, Slots, Var, With
from ..runtime import stop_gradient
from .lower import Core, type_of
from .values import CheckpointedVal, DictVal, ListVal, Partial, Poison, SuperVal, TupleVal, has_own, is_atom


class ScalarCalls(Core):
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
        atoms = [self.atom(a) for a in args]
        t: Type = infer.run(builtins.round, [self.sampled(a) for a in atoms], {}, self.symbols)
        return self.emit(Op("call", tuple(atoms), fn=self.builtin("round")), t, "rounded", varied=False)

    def call_abs(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        v = args[0]
        if isinstance(v, Lit):
            return Lit(abs(v.value))
        if has_own(v, "__abs__"):
            return self.call_value(self.own_method(v, "__abs__", node), [], {}, node)
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
        taken = self.frame.function.extra["node"].args
        names = [a.id for a in (*taken.posonlyargs, *taken.args)]
        if frame.cls is None or not names:
            raise self.unsupported("super() outside a method", node)
        return SuperVal(frame.cls, self.lookup(names[0], node))

    # provided by the other parts
    run_time_list: Callable[..., Any]
    array_method: Callable[..., Any]
    atom: Callable[..., Any]
    binary: Callable[..., Any]
    builtin: Callable[..., Any]
    call_dict: Callable[..., Any]
    call_value: Callable[..., Any]
    get_attribute: Callable[..., Any]
    lookup: Callable[..., Any]
    make_list: Callable[..., Any]
    opaque: Callable[..., Any]
    own_method: Callable[..., Any]
    primitive: Callable[..., Any]
    spelled: Callable[..., Any]
    truth: Callable[..., Any]
    varied_value: Callable[..., Any]


__all__ = ["ScalarCalls"]
