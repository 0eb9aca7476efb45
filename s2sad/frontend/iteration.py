"""What can be iterated over, unpacked and unrolled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ..analysis.types import BOOL, UNKNOWN, Arr, ListT, Num, Obj, TupleT, literal_dim
from ..ir.nodes import Each, Lit, Loop, Op, Raise, Range, Ref, Var
from .lower import Core, type_of
from .values import (
    CheckpointedVal,
    DictVal,
    EnumVal,
    KnownVal,
    ListVal,
    RangeVal,
    ReversedVal,
    SetVal,
    SliceVal,
    TupleVal,
    ZipVal,
    is_atom,
)


@dataclass(eq=False, slots=True)
class Plan:
    """How to loop: `index` over a range of `length` and load, over a `range`, or over an object as it stands."""

    kind: str  # "range" | "index" | "each"
    value: Any = None
    length: Any = None
    parts: tuple[Any, ...] = ()
    start: Any = None
    reverse: bool = False


class Iteration(Core):
    def iterable(self, value: Any, node: Any) -> Any:
        """A compile-time sequence, or a `Plan`. Lengths are computed here, before the loop."""
        if isinstance(value, Plan):
            return value
        self.check_unchanged(value, node)
        if isinstance(value, RangeVal):
            return Plan("range", value)
        if isinstance(value, (TupleVal, ListVal)):
            items: tuple[Any, ...] | None = self.items(value)
            if items and all(isinstance(i, (Lit, Var)) and isinstance(type_of(i), Num) for i in items) and not self.varied_value(value):
                return Plan("each", self.atom(value), parts=items)
            return value
        if isinstance(value, DictVal):
            return TupleVal(tuple(Lit(k) for k, _ in self.items(value)))
        if isinstance(value, SetVal):
            return TupleVal(tuple(map(Lit, value.items)))
        if isinstance(value, KnownVal):
            return TupleVal(tuple(map(Lit, value.obj)))
        if isinstance(value, ZipVal):
            parts = tuple(self.iterable(v, node) for v in value.items)
            known = [self.unrollable(p) for p in parts]
            if all(k is not None for k in known):
                return TupleVal(tuple(TupleVal(t) for t in zip(*known)))
            if any(k is not None for k in known) and all(k is not None or _known_length(p) for k, p in zip(known, parts)):
                # beside a compile-time sequence, arrays of known length are taken apart, too
                columns = [k if k is not None else [self.at(p, Lit(i), node) for i in range(p.length.value)] for k, p in zip(known, parts)]
                return TupleVal(tuple(TupleVal(t) for t in zip(*columns)))
            parts = tuple(self.indexable(p, node) for p in parts)
            lengths = [p.length for p in parts]
            length = lengths[0]
            for other in lengths[1:]:
                if not self._same_length(length, other):
                    length = self.emit(Op("call", (length, other), fn=self.builtin("min")), self.symbols.int(), "n", varied=False)
            return Plan("zip", length=length, parts=parts)
        if isinstance(value, EnumVal):
            inner = self.iterable(value.item, node)
            items = self.unrollable(inner)
            if items is not None and isinstance(value.start, Lit):
                return TupleVal(tuple(TupleVal((Lit(i + value.start.value), v)) for i, v in enumerate(items)))
            return Plan("enumerate", value=self.indexable(inner, node), start=value.start)
        if isinstance(value, ReversedVal):
            inner = self.iterable(value.item, node)
            items = self.unrollable(inner)
            if items is not None:
                return TupleVal(tuple(reversed(items)))
            if isinstance(inner, Plan) and inner.kind == "range":
                return Plan("range", inner.value, reverse=not inner.reverse)
            plan = self.indexable(inner, node)
            return Plan("index", plan.value, plan.length, reverse=not plan.reverse) if plan.kind == "index" else plan
        if isinstance(value, Ref):
            found = self.live_items(value)
            if found is not None:
                return self.iterable(TupleVal(found), node)
            t = value.type
            if isinstance(t, Arr):
                return self._indexed(value)
            return Plan("each", value)
        if isinstance(value, Lit) and isinstance(value.value, str):
            return TupleVal(tuple(Lit(c) for c in value.value))
        if is_atom(value):
            t = type_of(value)
            if isinstance(t, TupleT):
                return TupleVal(tuple(self.load(value, Lit(i), node) for i in range(len(t.items))))
            if isinstance(t, (Arr, ListT)) or self.varied(value):
                return self._indexed(value)
            return Plan("each", value)
        if isinstance(value, CheckpointedVal):
            raise self.unsupported("checkpointed() is for the head of a for loop", node, "write for i in checkpointed(range(n))")
        raise self.unsupported("this cannot be iterated over", node)

    def _same_length(self, a: Any, b: Any) -> bool:
        ta, tb = type_of(a), type_of(b)
        return isinstance(ta, Num) and isinstance(tb, Num) and ta.ints is not None and ta.ints == tb.ints

    def _indexed(self, atom: Any) -> Plan:
        return Plan("index", atom, self.length(atom))

    def length(self, atom: Any) -> Any:
        t = type_of(atom)
        size: Any = self.symbols.int()
        if isinstance(t, Arr) and t.shape:
            size = Num(np.dtype(int), True, t.shape[0])
            if len(set(t.shape[0])) == 1:
                return Lit(t.shape[0][0])
        if isinstance(t, TupleT):
            return Lit(len(t.items))
        return self.emit(Op("call", (atom,), fn=self.builtin("len")), size, "n", varied=False, fresh=True)

    def indexable(self, plan: Any, node: Any) -> Plan:
        """A plan with a length whose k-th element can be asked for."""
        if isinstance(plan, (TupleVal, ListVal)):
            return self._indexed(self.atom(plan))
        if plan.kind in ("index", "zip", "enumerate"):
            if plan.kind == "enumerate":
                plan.length = plan.value.length
            return plan
        if plan.kind == "range":
            r = plan.value
            if isinstance(r.start, Lit) and r.start.value == 0 and isinstance(r.step, Lit) and r.step.value == 1:
                plan.length = r.stop
            else:
                steps = self.emit(Op("call", (r.start, r.stop, r.step), fn=self.builtin("range")), Obj(range), "steps", varied=False)
                plan.length = self.emit(Op("call", (steps,), fn=self.builtin("len")), self.symbols.int(), "n", varied=False)
            return plan
        listed = self.emit(Op("call", (plan.value,), fn=self.builtin("list")), ListT(UNKNOWN), "items", varied=False)
        return self._indexed(listed)

    def unrollable(self, plan: Any, limit: int = 4) -> tuple[Any, ...] | None:
        if isinstance(plan, (TupleVal, ListVal)):
            items = self.items(plan)
            return items if len(items) <= 64 else None
        if isinstance(plan, Plan) and plan.kind == "each" and plan.parts and limit > 4:
            return plan.parts
        if isinstance(plan, Plan) and plan.kind == "range" and limit > 4:
            r = plan.value
            if all(isinstance(p, Lit) for p in (r.start, r.stop, r.step)):
                steps = range(r.start.value, r.stop.value, r.step.value)
                if len(steps) <= 4:
                    items = tuple(Lit(i) for i in steps)
                    return tuple(reversed(items)) if plan.reverse else items
        if isinstance(plan, Plan) and plan.kind == "index" and limit > 4 and isinstance(plan.length, Lit) and plan.length.value <= 4:
            items = tuple(self.load(plan.value, Lit(i), None) for i in range(plan.length.value))
            return tuple(reversed(items)) if plan.reverse else items
        return None

    def element(self, plan: Any, loop: Loop, target: Any) -> Any:
        """Set the loop's iterator and return the element of this iteration."""
        if isinstance(plan, (TupleVal, ListVal)):
            plan = self._indexed(self.atom(plan))
        name = target.id if isinstance(target, gast.Name) else None
        if plan.kind == "range":
            r = plan.value
            loop.iter = Range(r.start, r.stop, r.step, plan.reverse)
            loop.index = Var(name or "i", self.symbols.int(actual=_actual(r.start)), False, name is not None)
            return loop.index
        if plan.kind == "each":
            loop.iter = Each(plan.value)
            t: Any = type_of(plan.value)
            if isinstance(t, TupleT) and t.items:
                t = ListT(functools.reduce(self.join_types, t.items))
            elem = t.elem if isinstance(t, ListT) else self.symbols.int() if isinstance(t, Obj) and t.cls is range else UNKNOWN
            if plan.parts:  # numbers, whichever it is the turn of
                elem = functools.reduce(self.join_types, map(type_of, plan.parts))
            if isinstance(elem, Num) and elem.ints is not None:
                elem = Num(elem.dtype, elem.py, self.symbols.fresh())
            loop.index = Var(name or "item", elem, False, name is not None)
            return loop.index
        index = Var("i", self.symbols.int(actual=0), False, False)
        if plan.kind == "enumerate" and isinstance(target, (gast.Tuple, gast.List)) and isinstance(target.elts[0], gast.Name):
            if isinstance(plan.start, Lit) and plan.start.value == 0:
                index.hint, index.named = target.elts[0].id, True
        loop.index = index
        loop.iter = Range(Lit(0), self.plan_length(plan), Lit(1))
        loop.header = plan
        return self.at(plan, index, target)

    def plan_length(self, plan: Plan) -> Any:
        return self.plan_length(plan.value) if plan.kind == "enumerate" else plan.length

    def at(self, plan: Plan, index: Any, node: Any) -> Any:
        """The element of a plan at a position."""
        if plan.kind == "index":
            position = index
            if plan.reverse:
                last = self.binary("sub", plan.length, Lit(1), node)
                position = self.binary("sub", last, index, node)
            return self.load(plan.value, position, node)
        if plan.kind == "zip":
            return TupleVal(tuple(self.at(p, index, node) for p in plan.parts))
        if plan.kind == "enumerate":
            zero = isinstance(plan.start, Lit) and plan.start.value == 0
            return TupleVal((index if zero else self.binary("add", index, plan.start, node), self.at(plan.value, index, node)))
        if plan.kind == "range":
            r = plan.value
            if plan.reverse:
                index = self.binary("sub", self.binary("sub", plan.length, Lit(1), node), index, node)
            if isinstance(r.start, Lit) and r.start.value == 0 and isinstance(r.step, Lit) and r.step.value == 1:
                return index
            return self.binary("add", r.start, self.binary("mul", index, r.step, node), node)
        raise self.unsupported("this cannot be iterated over here", node)

    def sequence_items(self, value: Any, count: int | None, node: Any) -> tuple[Any, ...] | None:
        """The items of a sequence, None if their number is not known (`count`: what unpacking expects)."""
        self.check_unchanged(value, node)
        if isinstance(value, (TupleVal, ListVal)):
            return self.items(value)
        if isinstance(value, DictVal):
            return tuple(Lit(k) for k, _ in self.items(value))
        if isinstance(value, (SetVal, KnownVal)):
            return tuple(self.iterable(value, node).items)
        if isinstance(value, (ZipVal, EnumVal, ReversedVal)):
            return self.unrollable(self.iterable(value, node), 64)
        if isinstance(value, RangeVal):
            parts = (value.start, value.stop, value.step)
            if all(isinstance(p, Lit) for p in parts):
                steps = range(*(p.value for p in parts))
                return tuple(Lit(i) for i in steps) if len(steps) <= 64 else None
            return None
        if isinstance(value, Plan):
            return self.unrollable(value, 64)
        if isinstance(value, Lit) and isinstance(value.value, (str, tuple)):
            return tuple(Lit(c) for c in value.value)
        if isinstance(value, Ref) and (found := self.live_items(value)) is not None:
            return found
        if is_atom(value):
            t = type_of(value)
            if isinstance(t, TupleT):
                return tuple(self.load(value, Lit(i), node) for i in range(len(t.items)))
            if isinstance(t, Arr) and t.shape and len(set(t.shape[0])) == 1:
                n = t.shape[0][0]
                if count is not None or n <= 64:
                    return tuple(self.load(value, Lit(i), node) for i in range(n))
            if count is not None and not isinstance(t, Num):
                if isinstance(t, Arr) and t.shape is not None or t is UNKNOWN or isinstance(t, (Arr, ListT, Obj)):
                    # Python checks the number of values when it unpacks; so does this program
                    if isinstance(t, (Arr, ListT)):
                        self.check_length(value, "ne", count, node)
                        return tuple(self.load(value, Lit(i), node) for i in range(count))
                    checked = self.emit(Op("unpack", (value, Lit(count))), TupleT((self.item_type(t, Lit(0)),) * count),
                                        "items", view_of=[value])  # fmt: skip
                    self.check_length(checked, "ne", count, node)
                    return tuple(self.load(checked, Lit(i), node) for i in range(count))
        return None

    def check_length(self, value: Any, test: str, count: int, node: Any) -> None:
        """What Python raises where a sequence of another length is unpacked."""
        length = self.emit(Op("call", (value,), fn=self.builtin("len")), Num(np.dtype(int), True), "n", varied=False, fresh=True)
        wrong = self.emit(Op(test, (length, Lit(count))), BOOL, "test", varied=False, fresh=True)

        def refuse() -> None:
            message = Lit(f"{'at least ' if test == 'lt' else ''}{count} values are needed to unpack")
            error = self.emit(Op("call", (message,), fn=self.builtin("ValueError")), Obj(ValueError), "error", varied=False, fresh=True)
            self.append(Raise(error, None, self.span(node)))
            self.block.diverges = True

        self.branch(wrong, refuse, lambda: None)

    # provided by the other parts
    check_unchanged: Callable[..., Any]
    atom: Callable[..., Any]
    load: Callable[..., Any]
    binary: Callable[..., Any]
    live_items: Callable[..., Any]
    builtin: Callable[..., Any]
    branch: Callable[..., Any]
    append: Callable[..., Any]
    span: Callable[..., Any]
    block: Any
    varied_value: Callable[..., Any]
    item_type: Callable[..., Any]
    join_types: Callable[..., Any]


def _known_length(plan: Any) -> bool:
    return isinstance(plan, Plan) and plan.kind == "index" and isinstance(plan.length, Lit) and plan.length.value <= 64


def _actual(atom: Any) -> Any:
    t = type_of(atom)
    return t.ints[-1] if isinstance(t, Num) and t.ints is not None else 0


__all__ = ["Iteration", "Plan", "SliceVal", "literal_dim"]
