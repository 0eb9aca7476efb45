"""Adjoints of stores, and of what changes lists: what was overwritten is put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    float_like,
    is_mutable,
)  # fmt: skip
from ..errors import AmbiguousMemoryError
from ..frontend.lower import type_of
from ..frontend.values import TupleVal
from ..ir import nodes as ir
from ..ir.nodes import (
    Assign,
    Effect,
    Lit,
    Op,
    Ref,
    Region,
    Store,
    Var,
)
from .shapes import hint_of
from .variables import Variables


class Stores(Variables):
    """The part of `Adjoints` that knows stores."""

    # --- stores ---------------------------------------------------------------------------------------------------------------

    def adjoint_Store(self, stmt: Store) -> None:
        base = stmt.base
        kept = self.keep_for_check(base, stmt)
        if isinstance(base, Var) and isinstance(base.type, ListT) and base.varied:
            self.buffer(base)  # as long as the list is now
        self.restore(stmt)
        self.check_restored(base, kept, stmt)
        if not isinstance(base, Var) or not base.varied or not base.type.floating:
            return
        if isinstance(base.type, ListT):
            self.adjoint_list_store(stmt)
            return
        index, value = stmt.index, stmt.value
        imag = self.behind_read_only(base)  # the others cannot be stored to
        if imag and not self.of_imag(base):
            raise AmbiguousMemoryError(
                "a store through a view of .imag, or one that NumPy makes read-only", stmt.span, construct="store",
                hint="store to .imag itself, or to the array")  # fmt: skip
        buf = self.buffer(base)
        at = None if index is None else self.need(index)
        kind = "basic" if index is None else self.index_kind(index)
        part = self.store_value_bar(stmt, buf, at, kind) if self.active(value) else None
        if part is not None and isinstance(base.type, Arr) and base.type.dtype is None:
            self.require_floats(base, stmt)
        if stmt.aug is None:
            # before the value's adjoint is passed on: the value may be part of the same memory
            self.append(Store(buf, at, Lit(0.0), None, stmt.span, role="zero"))
        if part is not None:
            self.contribute(value, self.emit(Op("neg", (part,)), type_of(part), f"{hint_of(value)}_bar") if imag else part)

    def require_floats(self, base: Var, stmt: Store) -> None:
        """Have the forward sweep make sure, in front of a store, that the array does not cut off what is behind the point."""
        block = self.structure.block_of(stmt)
        args = self.checked_in_try((base,), block)
        self.insert_before(block, stmt, Effect(Op("call", args, fn=self.runtime_ref("require_floats"), data=ir.SAFE), stmt.span))

    def of_imag(self, v: Var) -> bool:
        """Whether `v` is the imaginary part of an array: the same of the array's adjoint is its adjoint's negative."""
        op = self.definition_of(v)
        return op is not None and op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.imag and not self.behind_read_only(op.args[0])

    def store_value_bar(self, stmt: Store, buf: Var, at: Any, kind: str | None) -> Any:
        """The adjoint of a stored value, in memory of its own."""
        value, base = stmt.value, stmt.base
        assert isinstance(base.type, Arr)
        if base.type.dtype is not None and base.type.dtype.kind not in "fc":
            return None
        t = self.splicer.array_item_type(base.type, self.index_value(stmt.index)) if at is not None else base.type
        if isinstance(t, (Num, Arr)):
            t = float_like(t)
        elif isinstance(type_of(value), Num) and kind == "basic" and isinstance(base.type, Arr) and t is UNKNOWN:
            t = UNKNOWN
        hint = f"{hint_of(value)}_bar"
        if at is None:
            part: Any = self.emit(Op("copy", (buf,)), t, hint)
        elif kind in ("basic", "mask"):
            part = self.emit(Op("getitem", (buf, at)), t, hint, view_of=buf if kind == "basic" else None)
            if kind == "basic" and not isinstance(t, Num):
                if isinstance(t, Arr):
                    part = self.emit(Op("copy", (part,)), t, hint)
                else:
                    part = self.emit(Op("call", (part,), fn=self.numpy_ref("array")), t, hint)
        elif stmt.aug == "add.at":
            part = self.emit(Op("getitem", (buf, at)), t, hint)
        else:
            part = self.call("stored", (buf, at), t, hint)
        if stmt.aug == "sub":
            part = self.emit(Op("neg", (part,)), type_of(part), hint)
        return part

    def index_value(self, index: Any) -> Any:
        """An index atom as the compile-time value that `array_item_type` takes."""
        from ..frontend.values import SliceVal

        if isinstance(index, Var):
            place = self.structure.places.get(index)
            if place is not None and isinstance(place.stmt, Assign):
                op = place.stmt.op
                if op.kind == "tuple":
                    return TupleVal(tuple(self.index_value(a) for a in op.args))
                if op.kind == "slice":
                    return SliceVal(*op.args)
        return index

    def keep_for_check(self, base: Any, stmt: Any, after: bool = False) -> Var | None:
        """In a checked program, the contents of memory before, or `after`, a statement of the forward sweep."""
        if not self.plan.check or not isinstance(base, Var) or not isinstance(base.type, (Arr, ListT)):
            return None
        kept = Var(f"{base.hint}_kept", base.type, False, region=Region())
        self.saves.add(kept)
        copied = Assign(kept, Op("copy" if isinstance(base.type, Arr) else "deepcopy", (base,)), getattr(stmt, "span", None))
        block = self.structure.block_of(stmt)
        if after:
            i = next(i for i, s in enumerate(block.stmts) if s is stmt)
            stmt = block.stmts[i + 1] if i + 1 < len(block.stmts) else None
        if stmt is None:
            block.stmts.append(copied)
            self.structure.places[kept] = type(self.structure.places[base])(block, copied, self.structure.owner[id(block)][0])
        else:
            self.insert_before(block, stmt, copied)
        return kept

    def check_restored(self, base: Any, kept: Var | None, stmt: Any) -> None:
        if kept is not None:
            where = Lit(f"{base.hint}, line {stmt.span.line}" if getattr(stmt, "span", None) else base.hint)
            fn = self.runtime_ref("check_restored")
            self.append(Effect(Op("call", (self.need(base), self.need(kept), where), fn=fn, data=ir.SAFE), getattr(stmt, "span", None)))

    def restore(self, stmt: Store) -> None:
        """Save what a store overwrites, before it, and put it back here."""
        base = stmt.base
        if not isinstance(base, Var) or isinstance(base.type, Obj):  # what is read from a dict is kept
            return
        block = self.structure.block_of(stmt)
        if stmt.index is None:
            saved = Var(f"{base.hint}_saved", base.type, False, region=Region())
            self.insert_before(block, stmt, Assign(saved, Op("copy", (base,)), stmt.span))
            self.saves.add(saved)
            at: Any = Lit(Ellipsis)
        else:
            kind = self.index_kind(stmt.index) if isinstance(base.type, Arr) else "basic"
            if isinstance(base.type, Arr):
                t = self.splicer.array_item_type(base.type, self.index_value(stmt.index))
            else:
                t = UNKNOWN if not isinstance(base.type, ListT) else base.type if self.is_slice(stmt.index) else base.type.elem
            view = Var(f"{base.hint}_saved", t, False, region=Region() if is_mutable(t) else None)
            load = Assign(view, Op("getitem", (base, stmt.index)), stmt.span)
            saved = view
            self.saves.add(view)
            self.insert_before(block, stmt, load)
            if isinstance(base.type, Arr) and not isinstance(t, Num) and kind in ("basic", None):
                if view.region is not None and base.region is not None:
                    view.region = base.region
                    view.view = True
                saved = Var(f"{base.hint}_saved", t, False, region=Region())
                op = Op("copy", (view,)) if isinstance(t, Arr) else Op("call", (view,), fn=self.numpy_ref("array"))
                self.insert_before(block, stmt, Assign(saved, op, stmt.span))
                self.saves.add(saved)
            elif t is UNKNOWN and not isinstance(base.type, ListT):  # it may be a view
                saved = Var(f"{base.hint}_saved", t, False, region=Region())
                self.insert_before(block, stmt, Assign(saved, Op("call", (view,), fn=self.runtime_ref("kept")), stmt.span))
                self.saves.add(saved)
            at = stmt.index
        self.restoring = True
        target, at, value = self.need(base), self.need(at), self.need(saved)
        self.restoring = False
        self.append(Store(target, at, value, None, stmt.span, role="restore"))

    # --- lists ----------------------------------------------------------------------------------------------------------------

    def adjoint_Effect(self, stmt: Effect) -> None:
        op = stmt.op
        if op.kind == "method" and op.name == "append" and isinstance(op.args[0], Var) and isinstance(op.args[0].type, ListT):
            base, value = op.args
            if value in self.companions.of:
                self.append(Effect(Op("method", (self.buffer(base),), name="pop"), stmt.span))
            elif base.varied:
                buf = self.buffer(base)
                hint = f"{hint_of(value)}_bar"
                part = self.emit(Op("method", (buf,), name="pop"), float_like(type_of(value)), hint)
                self.contribute(value, part)
            kept = self.keep_for_check(base, stmt)
            self.append(Effect(Op("method", (self.need(base),), name="pop", data="restore"), stmt.span))
            self.check_restored(base, kept, stmt)
        else:
            self.restore_arguments(stmt)

    def restore_arguments(self, stmt: Any) -> None:
        """Save the arrays and lists that an unknown call may change, before it, and put them back here."""
        changed = effects.writes(stmt)
        if not changed or effects.is_pure(stmt.op):
            return
        block = self.structure.block_of(stmt)
        for a in stmt.op.atoms():
            if not isinstance(a, Var) or effects.region_of(a) not in changed:
                continue
            if not isinstance(a.type, (Arr, ListT)):
                self.check_no_array(a, stmt)
                continue
            saved = Var(f"{a.hint}_saved", a.type, False, region=Region())
            everything: Any = Lit(Ellipsis)
            if isinstance(a.type, Arr):
                op = Op("copy", (a,))
            else:
                op = Op("call", (a,), fn=Ref(list, "list", list, "builtins"))
                everything = self.emit(Op("slice", (Lit(None),) * 3), Obj(slice), "part")
            self.insert_before(block, stmt, Assign(saved, op, stmt.span))
            self.saves.add(saved)
            self.append(Store(self.need(a), everything, self.need(saved), None, stmt.span, role="restore"))

    def check_no_array(self, v: Var, stmt: Any) -> None:
        """Refuse a call that changes something which is not known to be an array, but may be a part of one."""
        if self.made_of_array(v, set()):
            raise AmbiguousMemoryError(
                f"it is not known what {v.hint!r} is, which this changes: it may be a part of an array", stmt.span, construct="call",
                hint="take the part out of the array itself, or copy it first")  # fmt: skip

    def made_of_array(self, v: Any, seen: set[Any]) -> bool:
        """Whether an array is among what a value was made of."""
        if not isinstance(v, Var) or v.region is None or v in seen:
            return False
        seen.add(v)
        place = self.structure.places.get(v)
        if isinstance(v.type, Arr) or place is None:
            return True
        stmt = place.stmt if place.stmt is not None else place.owner
        if isinstance(stmt, Assign):
            return any(self.made_of_array(a, seen) for a in stmt.op.atoms())
        return any(self.made_of_array(a, seen) for a in (ir.uses_of(stmt) if stmt is not None else ()))

    def adjoint_pop(self, stmt: Assign) -> None:
        base, v = stmt.op.args[0], stmt.target
        if not isinstance(base, Var) or not isinstance(base.type, ListT):
            return
        bar = self.take(v) if self.active(v) else None
        buf = self.buffer(base) if base.varied or v in self.companions.of else None  # as long as the list is now
        self.append(Effect(Op("method", (self.need(base), self.need(v)), name="append", data="restore"), stmt.span))
        if v in self.companions.of:
            self.append(Effect(Op("method", (buf, self.buffer(v)), name="append"), stmt.span))
        elif buf is not None:
            g = self.zeros(v) if bar is None else self.exact(self.bar_atom(bar), v)
            self.append(Effect(Op("method", (buf, g), name="append"), stmt.span))

    def adjoint_list_store(self, stmt: Store) -> None:
        buf = self.buffer(stmt.base)
        at = self.need(stmt.index)
        if stmt.aug is not None:
            raise AmbiguousMemoryError("an augmented store to a run-time list", stmt.span, hint="write items[i] = items[i] + value")
        if id(stmt) in self.companions.displaced:
            self.append(Store(buf, at, self.need(self.companions.displaced[id(stmt)]), None, stmt.span))
            return
        if self.active(stmt.value):
            part = self.emit(Op("getitem", (buf, at)), float_like(type_of(stmt.value)), f"{hint_of(stmt.value)}_bar")
            self.contribute(stmt.value, part)
        if self.is_slice(stmt.index):  # all items were replaced: those of before are back
            old = self.call("zeros_like", (self.need(stmt.base),), float_like(stmt.base.type), buf.hint)
            self.append(Store(buf, at, old, None, stmt.span, role="zero"))
            return
        zero: Any = Lit(0.0)
        if isinstance(stmt.value, Var):
            zero = self.zeros(stmt.value) if self.one_shape(stmt) else self.zeros_of_item(stmt, at)
        self.append(Store(buf, at, zero, None, stmt.span, role="zero"))

    def one_shape(self, stmt: Store) -> bool:
        """Whether what is stored to a list certainly has the shape of what it replaces."""
        t, elem = stmt.value.type, stmt.base.type.elem
        return isinstance(t, Num) or isinstance(t, Arr) and t.shape is not None and isinstance(elem, Arr) and elem.shape == t.shape

    def zeros_of_item(self, stmt: Store, at: Any) -> Any:
        """A zero adjoint of the item that a store replaced: here it is back."""
        old = self.emit(Op("getitem", (self.need(stmt.base), at)), stmt.base.type.elem, hint_of(stmt.value), view_of=stmt.base)
        return self.call("zeros_like", (old,), float_like(stmt.base.type.elem), f"{old.hint}_bar")

    def is_slice(self, index: Any) -> bool:
        place = self.structure.places.get(index) if isinstance(index, Var) else None
        return place is not None and isinstance(place.stmt, Assign) and place.stmt.op.kind == "slice"

    # provided by the other parts
    index_kind: Callable[..., str | None]
    checked_in_try: Callable[..., tuple[Any, ...]]
