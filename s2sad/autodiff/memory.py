"""Adjoints of memory: buffers that are added to in place, views of them, and companions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from ..analysis import effects
from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    float_like,
    is_mutable,
)  # fmt: skip
from ..errors import AmbiguousMemoryError
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import (
    Assign,
    Block,
    Effect,
    Lit,
    Op,
    Ref,
    Region,
    Store,
    Var,
)
from ..rules import registry
from .companions import ORDERS_IN_MEMORY, NeedsCompanions
from .scopes import Scope
from .shapes import Shapes

READ_ONLY = (np.diagonal, np.broadcast_to, np.imag, sliding_window_view, as_strided)


class Memory(Shapes):
    """The part of `Adjoints` that knows buffers."""

    # --- which adjoints are buffers ---------------------------------------------------------------------------------------

    def find_buffered(self) -> None:
        """Arrays and lists that are indexed or stored to get a buffer that is added to in place."""
        for stmt in ir.walk(self.function.body):
            if isinstance(stmt, Assign) and stmt.op.kind == "getitem" and isinstance(stmt.op.args[0], Var):
                base = stmt.op.args[0]
                if not isinstance(base.type, (TupleT, Num)):
                    self.buffered.add(base)
            elif isinstance(stmt, Store) and isinstance(stmt.base, Var):
                self.buffered.add(stmt.base)
            elif isinstance(stmt, (Assign, Effect)) and stmt.op.kind == "method" and isinstance(stmt.op.args[0], Var):
                self.buffered.add(stmt.op.args[0])
        places = self.structure.places
        for v in places:
            if v.region is not None and v.region.stored and v.varied:
                self.buffered.add(v)

    def is_memory(self, v: Var) -> bool:
        """Whether the adjoint of `v` is part of a shadow: its memory is stored to."""
        if v in self.facts:
            return self.facts[v][1]
        return v.region is not None and v.region.stored and isinstance(v.type, (Arr, ListT))

    def view_base(self, v: Var) -> Var | None:
        """The variable of which `v` is a view, if its memory is stored to."""
        place = self.structure.places.get(v)
        if place is None or not isinstance(place.stmt, Assign) or not self.is_memory(v):
            return None
        op = place.stmt.op
        if op.kind in ("getitem", "atom", "call", "getattr") and effects.is_view(op, v):
            base = op.args[0]
            return base if isinstance(base, Var) else None
        return None

    def ambiguous(self, region: Region | None, error: AmbiguousMemoryError) -> Exception:
        """What to raise where it is not known which array a name stands for: start again with companions for it."""
        number = self.number_of(region)
        return error if number is None else NeedsCompanions(number)

    def number_of(self, region: Region | None) -> int | None:
        """The number of memory that may get companions."""
        found = [n for n, known in enumerate(self.regions) if region is not None and known.find() is region.find()]
        if any(r.find() is region.find() for r in self.replayed if region is not None):
            return None
        return found[0] if found and not self.plan.impossible.union(self.plan.wanted) & set(found) else None

    def contribute_memory(self, v: Var, g: Any, merge: bool) -> None:
        """Add to the shadow of memory that is stored to; at a merge of paths the shadow itself is handed on."""
        if not merge and self.behind_read_only(v):
            self.contribute_through(v, self.bar_atom(g))
            return
        if v in self.companions.of:
            if not merge:  # a merge hands the companion itself on
                self.add_to_companion(v, g)
            return
        g = self.bar_atom(g)
        root = self.root_of(v)
        if merge:
            if root is not v or self.found_buffer(root) is not None or self.crosses_loop(root):
                place = self.structure.places[v].stmt
                raise self.ambiguous(v.region, AmbiguousMemoryError(
                    f"{v.hint!r} reaches a merge of paths or iterations under more than one name, and is stored to",
                    getattr(place, "span", None) or self.function.span, construct="store",
                    hint=f"copy {v.hint!r} before storing to it"))  # fmt: skip
            if not self.is_own_memory(g):
                g = self.as_buffer(g, v)
            self.scope.bars[root] = g
            self.forget_views(root, self.scope)
            self.note_touched(self.scope, root)
            return
        g = self.project(g, v)
        home = self.home(root)
        if root is v and self.found_buffer(root) is None and (home is self.scope or self._inline_of(home)):
            home.bars[root] = self.as_buffer(g, v)
            return
        buf = self.buffer(v)
        if isinstance(v.type, ListT):  # `+=` would extend the list
            everything = self.emit(Op("slice", (Lit(None), Lit(None), Lit(None))), Obj(slice), "all")
            self.append(Store(buf, everything, self.call("add", (buf, g), UNKNOWN, buf.hint)))
            return
        self.append(Store(buf, None, g, "add", role="accumulate"))

    def add_to_companion(self, v: Var, g: Any) -> None:
        g, buf = self.project(self.bar_atom(g), v), self.buffer(v)
        if not isinstance(v.type, ListT):
            self.append(Store(buf, None, g, "add", role="accumulate"))
        elif is_mutable(v.type.elem):
            self.append(Effect(Op("call", (buf, g), fn=self.runtime_ref("add_items"))))
        else:
            everything = self.emit(Op("slice", (Lit(None), Lit(None), Lit(None))), Obj(slice), "all")
            self.append(Store(buf, everything, self.call("add", (buf, g), UNKNOWN, buf.hint)))

    def adjoint_of_companion(self, stmt: Assign) -> None:
        """The adjoint of an operation whose result has a companion."""
        v, op = stmt.target, stmt.op
        if isinstance(v.type, ListT) and is_mutable(v.type.elem):
            if op.kind == "list":  # the arrays have companions of their own, numbers beside them do not
                self.numbers_beside_arrays(op, v)
            return
        if v in self.companions.shares:
            outer, test = self.scope, self.need(self.companions.shares[v])
            inner = self.scope = Scope(Block(), Block(), outer, "if")
            self.through_rule(stmt, self.buffer(v))
            self.scope = outer
            self.append(ir.If(test, Block(), inner.out, [], stmt.span))
        elif not effects.is_view(op, v):
            bar = self.buffer(v)
            self.shadow_vars.add(bar)
            self.through_rule(stmt, bar)

    def numbers_beside_arrays(self, op: Op, v: Var) -> None:
        for k, a in enumerate(op.args):
            if self.active(a) and isinstance(type_of(a), Num):
                self.contribute(a, self.emit(Op("getitem", (self.buffer(v), Lit(k))), float_like(type_of(a)), f"{a.hint}_bar"))

    def read_only_view(self, v: Var) -> bool:
        """Whether NumPy made `v` a view that cannot be written through, or one whose adjoint is not a view (`.imag`, `as_strided`)."""
        op = self.definition_of(v)
        return op is not None and op.kind == "call" and isinstance(op.fn, Ref) and any(op.fn.obj is f for f in READ_ONLY)

    def behind_read_only(self, v: Any) -> bool:
        """Whether `v` is such a view, or a view of one: its buffer cannot be one, either."""
        while isinstance(v, Var):
            if self.read_only_view(v):
                return True
            op = self.definition_of(v)
            if op is None or not effects.is_view(op, v):
                return False
            v = op.args[0]
        return False

    def definition_of(self, v: Var) -> Op | None:
        place = self.structure.places.get(v)
        return place.stmt.op if place is not None and isinstance(place.stmt, Assign) else None

    def contribute_through(self, v: Var, g: Any) -> None:
        """Add to the shadow of the memory behind a read-only view."""
        stmt = self.structure.places[v].stmt
        op, g, base = stmt.op, self.project(g, v), stmt.op.args[0]
        if op.kind == "getitem":
            self.add_part(base, op.args[1], g)
        elif not self.read_only_view(v) or op.fn.obj in (np.imag, sliding_window_view, as_strided):
            self.through_rule(stmt, g)
        elif op.fn.obj is np.broadcast_to:
            self.contribute(base, self.project(self.exact(g, v), base))
        else:
            rest = tuple(self.need(a) for a in op.args[1:])
            kwargs = tuple((k, self.need(a)) for k, a in op.kwargs)
            fn = self.runtime_ref("place_diagonal")
            whole = Op("call", (self.exact(g, v), self.need(base), *rest), kwargs, fn=fn)
            self.contribute(base, self.emit(whole, float_like(type_of(base)), f"{base.hint}_bar"))

    def add_part(self, base: Var, index: Any, g: Any) -> None:
        """Add the adjoint of `base[index]`, in an array of its own, to that of `base`."""
        whole = self.emit(Op("call", (self.need(base),), fn=self.numpy_ref("zeros_like")), float_like(base.type), f"{base.hint}_bar")
        self.append(Effect(Op("call", (whole, self.need(index), g), fn=self.runtime_ref("index_add"))))
        self.contribute(base, whole)

    def found_buffer(self, v: Var) -> Any:
        """The adjoint of `v` as it is known here: in this scope or one around it."""
        scope: Scope | None = self.scope
        while scope is not None:
            if v in scope.bars:
                return scope.bars[v]
            if self.lives_in(v, scope):
                return None
            scope = scope.parent
        return None

    def crosses_loop(self, v: Var) -> bool:
        scope: Scope | None = self.scope
        while scope is not None and not self.lives_in(v, scope):
            if scope.kind == "loop":
                return True
            scope = scope.parent
        return False

    def root_of(self, v: Var) -> Var:
        base = self.view_base(v)
        while base is not None:
            v, base = base, self.view_base(base)
        return v

    def forget_views(self, root: Var, scope: Scope | None) -> None:
        """The buffer of an array is another one from here on: views of the old one must not be used for views of the array."""
        while scope is not None:
            for v in [v for v in scope.bars if v is not root and self.view_base(v) is not None and self.root_of(v) is root]:
                del scope.bars[v]
            scope = scope.parent

    def as_buffer(self, g: Any, v: Var) -> Any:
        """An adjoint as memory that may be added to in place."""
        g = self.exact(g, v)
        scalar = isinstance(v.type, Arr) and not v.type.ndim  # arithmetic on arrays without axes makes NumPy scalars
        if not isinstance(g, Var) or not self.is_fresh(g) or scalar or self.in_one_piece(v):
            new = Var(f"{v.hint}_bar", float_like(v.type), False, region=Region())
            self.own.add(new)
            copied = Op("call", (g,), fn=self.numpy_ref("array")) if scalar else Op("copy" if isinstance(v.type, Arr) else "deepcopy", (g,))
            self.append(Assign(new, copied))
            g = new
        if not g.named:
            g.hint = f"{v.hint}_bar"
        self.shadow_vars.add(g)
        return g

    def in_one_piece(self, v: Var) -> bool:
        """Whether views of `v` are made that its adjoint only has if it is in one piece, too: a sum of adjoints may have other strides."""
        t, region = v.type, effects.region_of(v)
        if not isinstance(t, Arr) or t.ndim == 1 or region is None or not self.contiguous(v):
            return False
        return region in {r.find() for r in self.strided}

    @functools.cached_property
    def strided(self) -> set[Region]:
        """The memory that is made a view or a copy of, depending on strides."""
        return effects.layout_matters(self.function.body)

    def buffer(self, v: Var) -> Var:
        """The memory in which the adjoint of `v` is collected."""
        if v in self.companions.of:
            companion: Var = self.need(self.companions.of[v])
            return companion
        base = self.view_base(v)
        if base is not None:
            return self.view_buffer(v, base)
        home = self.home(v)
        bar = self.found_buffer(v)
        if self.is_own_memory(bar):
            return bar
        if bar is not None and (inner := self.made_in(v, bar, home)) is not home:
            here, self.scope = self.scope, inner
            bar = self.as_buffer(self.bar_atom(bar), v)
            self.scope = here
            between: Any = here
            while between is not inner.parent:
                between.bars[v] = bar
                self.note_touched(between, v)
                between = between.parent
            return bar
        if not self.is_own_memory(bar):
            here, self.scope = self.scope, home
            try:
                bar = self.zeros_buffer(v) if bar is None else self.as_buffer(self.bar_atom(bar), v)
            finally:
                self.scope = here
            home.bars[v] = bar
            scope: Scope | None = self.scope
            while scope is not None and scope is not home:  # what inner scopes remember of it is out of date
                if scope.bars is not home.bars:
                    scope.bars.pop(v, None)
                scope = scope.parent
        result: Var = bar
        return result

    def made_in(self, v: Var, bar: Any, home: Scope) -> Scope:
        """The outermost scope, up to `home`, in which `bar` is the adjoint of `v`."""
        found: Scope | None = None
        scope: Scope | None = self.scope
        while scope is not None:
            if v in scope.bars:
                if scope.bars[v] is not bar:
                    break
                found = scope
            if scope is home:
                break
            scope = scope.parent
        return found or home

    def zeros_buffer(self, v: Var) -> Var:
        if v.type is UNKNOWN and not self.may_be_undefined(v):
            bar = self.call("buffer_like", (self.shape_source(v),), UNKNOWN, f"{v.hint}_bar")
        else:
            bar = self.zeros(v)
        if not isinstance(bar, Var):
            bar = self.emit(Op("atom", (bar,)), float_like(v.type), f"{v.hint}_bar")
        self.shadow_vars.add(bar)
        return bar

    def view_buffer(self, v: Var, base: Var) -> Var:
        """The same view of the base's buffer."""
        home = self.shadow_home(v)
        bar = home.bars.get(v)
        if bar is not None:
            result: Var = bar
            return result
        buf = self.buffer(base)
        op = self.structure.places[v].stmt.op
        checked = self.check_view(op, v)
        here, self.scope = self.scope, home
        try:
            args = (buf, *(self.in_order(a, base) for a in op.args[1:]))
            kwargs = tuple((k, self.in_order(a, base)) for k, a in op.kwargs)
            new = self.emit(Op(op.kind, args, kwargs, op.fn, op.name, op.data), float_like(v.type), f"{v.hint}_bar", view_of=buf)
            if checked:
                fn = self.runtime_ref("require_view")
                self.append(Effect(Op("call", (new, buf), fn=fn, data=ir.SAFE)))
                place = self.structure.places[v]
                if (v, "view") not in self.exported:
                    self.exported[(v, "view")] = v
                    self.insert_after(place, Effect(Op("call", (v, op.args[0]), fn=fn, data=ir.SAFE), place.stmt.span))
        finally:
            self.scope = here
        self.shadow_vars.add(new)
        home.bars[v] = new
        return new

    def in_order(self, a: Any, base: Var) -> Any:
        """An argument of a view of `base` for the same view of its buffer: the order of elements in memory is that of `base`."""
        if isinstance(a, Lit) and a.value in ORDERS_IN_MEMORY:
            return self.call("layout", (self.need(base), a), Obj(str), "order")
        return self.need(a)

    def shadow_home(self, v: Var) -> Scope:
        """Where the buffer of a view is made: where `v` is defined, or in a branch that has the base's buffer."""
        home, root = self.home(v), self.root_of(v)
        bar = self.found_buffer(root)
        made = self.made_in(root, bar, self.home(root)) if bar is not None else home
        scope: Scope | None = self.scope
        while scope is not None and scope is not home and scope is not made:
            scope = scope.parent
        return scope or home

    def check_view(self, op: Op, v: Var) -> bool:
        """Whether the emitted code has to make sure that a result is a view; refuse what cannot be told even then."""
        if op.kind in ("getitem", "atom"):
            return False
        fn = op.fn.obj if isinstance(op.fn, Ref) else None
        rule = registry.adjoint_rule(fn)
        if rule is not None and rule.memory == "view":
            return False
        if rule is not None and rule.memory == "maybe_view" and self.contiguous(op.args[0]):
            return False
        if rule is not None and isinstance(v.type, Arr) and isinstance(type_of(op.args[0]), Arr):
            if self.plan.careful and (number := self.number_of(v.region)) is not None:
                raise NeedsCompanions(number)
            return True
        name = op.fn.name if isinstance(op.fn, Ref) else op.name
        raise AmbiguousMemoryError(
            f"{name} may return a view or a copy, and this memory is stored to",
            getattr(self.structure.places[v].stmt, "span", None), construct="call", hint="copy before you store")  # fmt: skip

    def contiguous(self, atom: Any) -> bool:
        place = self.structure.places.get(atom) if isinstance(atom, Var) else None
        return effects.contiguous(atom, place.stmt if place is not None else None)

    # provided by the other parts
    replayed: list[Region]
    home: Callable[..., Scope]
    lives_in: Callable[..., bool]
    note_touched: Callable[..., None]
    bar_atom: Callable[..., Any]
    through_rule: Callable[..., None]
    insert_after: Callable[..., None]
    exported: dict[Any, Any]
    _inline_of: Callable[..., bool]
