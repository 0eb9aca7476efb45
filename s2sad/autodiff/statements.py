"""Adjoints of single statements, and the bookkeeping of adjoints."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from .. import runtime
from ..analysis import effects
from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    dtype_of,
    float_like,
    is_mutable,
    literal_dim,
    shape_of,
)  # fmt: skip
from ..errors import AmbiguousMemoryError, NoRuleError
from ..frontend.lower import type_of
from ..frontend.values import ListVal, TupleVal, is_atom
from ..ir import nodes as ir
from ..ir.nodes import (
    OPERATORS,
    UNDEF,
    Assign,
    Block,
    Carry,
    Effect,
    Lit,
    Op,
    Pop,
    Push,
    Ref,
    Region,
    Store,
    Try,
    Var,
    With,
)
from ..rules import registry
from .companions import Companions, NeedsCompanions, Plan
from .scopes import Scope
from .templates import Splicer, Thunk, bind_operands, splice

_ONE = literal_dim(1)
_TEXT = "s2sad.runtime"
_FRESH = frozenset({np.zeros_like, np.full_like, np.outer, np.sum, np.where, np.dot, np.cumsum, np.concatenate, np.array})


class Masked:
    """An adjoint that is `value` where `test` holds (or, with `inverse`, where it does not) and 0 elsewhere.

    It stays in this form through elementwise rules, so that what the untaken side of `np.where` makes of it (a NaN, an
    infinity) is dropped at the end instead of multiplied by 0.
    """

    __slots__ = ("test", "value", "inverse")

    def __init__(self, test: Any, value: Any, inverse: bool) -> None:
        self.test, self.value, self.inverse = test, value, inverse


class Adjoints:
    """The part of `Reverse` that knows statements."""

    scope: Scope
    splicer: Splicer
    leaves: set[Var]
    shadows: dict[Var, Any]
    buffered: set[Var]
    own: set[Var]
    saves: set[Var]
    program: Any
    function: Any
    structure: Any
    restoring: bool
    companions: Companions
    regions: list[Region]
    plan: Plan
    facts: dict[Var, tuple[bool, bool]]

    # --- emitting -------------------------------------------------------------------------------------------------------

    def append(self, stmt: Any) -> None:
        self.scope.out.stmts.append(stmt)

    def emit(self, op: Op, t: Type, hint: str, view_of: Any = None) -> Var:
        var = Var(hint, t, False)
        if is_mutable(t):
            var.region = Region()
            if isinstance(view_of, Var) and view_of.region is not None:
                var.region.union(view_of.region)
                var.view = True
        self.own.add(var)
        self.append(Assign(var, op))
        return var

    def runtime_ref(self, name: str) -> Ref:
        fn = getattr(runtime, name)
        return Ref(fn, name, fn, _TEXT)

    def numpy_ref(self, name: str) -> Ref:
        return Ref(getattr(np, name), f"np.{name}", np)

    def call(self, name: str, args: tuple[Any, ...], t: Type, hint: str) -> Var:
        return self.emit(Op("call", args, fn=self.runtime_ref(name)), t, hint)

    def settle_facts(self) -> None:
        """Decide what is active and what is memory once and for all: the reverse sweep joins regions as it goes."""
        places = self.structure.places
        self.facts = {v: (v.varied and v.type.floating, v.stored and isinstance(v.type, (Arr, ListT))) for v in places}

    def active(self, atom: Any) -> bool:
        if not isinstance(atom, Var) or atom not in self.structure.places:
            return False
        return self.facts[atom][0] if atom in self.facts else atom.varied and atom.type.floating

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

    # --- adjoints of variables --------------------------------------------------------------------------------------------

    def lives_in(self, v: Var, scope: Scope) -> bool:
        """Whether `scope` mirrors the block that defines `v`, or the block around the `with` statements that do."""
        block = self.structure.places[v].block
        while block is not scope.fwd:
            stmt, outer = self.structure.owner[id(block)]
            if outer is None or not surely_runs(block, stmt):
                return False
            block = outer
        return True

    def home(self, v: Var) -> Scope:
        """The scope that mirrors the block in which `v` is defined."""
        scope: Scope | None = self.scope
        while scope is not None:
            if self.lives_in(v, scope):
                return scope
            scope = scope.parent
        raise AmbiguousMemoryError(
            f"{v.hint!r} is made on one path, kept in a container, and used where the paths have met",
            getattr(self.structure.places[v].stmt, "span", None) or self.function.span, construct="store",
            hint=f"make {v.hint!r} before the branch or the try statement")  # fmt: skip

    def note_touched(self, scope: Scope, v: Var) -> None:
        if not self.lives_in(v, scope) and scope.kind in ("if",):
            scope.touched[v] = None
        elif scope.kind == "inline" and scope.parent is not None and not self.lives_in(v, scope):
            self.note_touched(scope.parent, v)

    def peek(self, v: Var) -> Any:
        return self.scope.bars.get(v)

    def take(self, v: Var) -> Any:
        """The adjoint collected for `v` at its definition; None if nothing reached it."""
        return self.scope.bars.pop(v, None)

    def bar_atom(self, bar: Any) -> Any:
        """An adjoint as an atom: containers of adjoints become run-time ones."""
        if is_atom(bar):
            return bar
        if isinstance(bar, Masked):
            sides = (Lit(0.0), bar.value) if bar.inverse else (bar.value, Lit(0.0))
            found = self.splicer.infer(np.where, [bar.test, *sides])
            return self.emit(Op("call", (bar.test, *sides), fn=self.numpy_ref("where")), found, getattr(bar.value, "hint", "part_bar"))
        items = self.splicer.items(bar)
        atoms = tuple(Lit(None) if i is None else self.bar_atom(i) for i in items)
        kind = "tuple" if isinstance(bar, TupleVal) else "list"
        t: Type = TupleT(tuple(type_of(a) for a in atoms)) if kind == "tuple" else ListT(UNKNOWN)
        return self.emit(Op(kind, atoms), t, "parts")

    def entry(self, scope: Scope, v: Var) -> Any:
        """The adjoint of `v` as `scope` starts from it; loops carry it."""
        if v in scope.bars or self.lives_in(v, scope):
            return scope.bars.get(v)
        if scope.kind == "inline":
            assert scope.parent is not None
            return self.entry(scope.parent, v)
        if scope.kind == "if":
            assert scope.parent is not None
            outer = self.entry(scope.parent, v)
            if outer is not None:
                scope.bars[v] = outer
            return outer
        if scope.kind == "loop":
            assert scope.parent is not None
            outer = self.entry(scope.parent, v)
            here, self.scope = self.scope, scope.parent
            try:
                init = self.zeros(v) if outer is None else self.exact(self.bar_atom(outer), v)
            finally:
                self.scope = here
            phi = Var(f"{v.hint}_bar", float_like(v.type), False, region=Region() if is_mutable(v.type) else None)
            result = Var(phi.hint, phi.type, False, region=phi.region)
            if phi.region is not None and isinstance(init, Var) and init.region is not None:
                phi.region.union(init.region)
            self.own |= {phi, result}
            scope.carries[v] = Carry(phi, init, None, result)
            scope.bars[v] = phi
            return phi
        return scope.bars.get(v)

    def contribute(self, v: Any, g: Any, merge: bool = False) -> None:
        """Add `g` to the adjoint of `v`. With `merge`, `v` flows into a merge of paths and `g` is the merged adjoint."""
        if v is UNDEF or not self.active(v) or g is None or (isinstance(g, Lit) and g.value is None):
            return
        if isinstance(v.type, TupleT) or self._is_struct(v):
            self.contribute_struct(v, g)
            return
        if self.is_memory(v):
            self.contribute_memory(v, g, merge)
            return
        if isinstance(g, Masked) and self.stays_masked(v, g):
            self.scope.bars[v] = g
            return
        if isinstance(g, Masked) and self.joins_mask(v, g):
            return
        g = self.project(self.bar_atom(g), v)
        if v in self.buffered and isinstance(v.type, (Arr, ListT)):
            home = self.home(v)
            if v not in home.bars and home is not self.scope and not self._inline_of(home):
                self.buffer(v)
            if v in home.bars and isinstance(v.type, Arr):
                buf = self.buffer(v)
                self.append(Store(buf, None, g, "add", role="accumulate"))
                return
            if v not in home.bars:
                home.bars[v] = g
                return
        before = self.entry(self.scope, v)
        scope = self.scope
        while scope.kind == "inline" and not self.lives_in(v, scope) and scope.parent is not None:
            scope = scope.parent
        if before is None:
            scope.bars[v] = g
        else:
            scope.bars[v] = self.add(self.bar_atom(before), g, v)
        self.note_touched(scope, v)

    def stays_masked(self, v: Var, g: Masked) -> bool:
        """Whether a masked adjoint is all that reaches `v` so far, and fits it as it is."""
        shape, t = shape_of(v.type), type_of(g.value)
        return (
            v not in self.buffered and shape is not None and self.lives_in(v, self.scope) and v not in self.scope.bars
            and isinstance(t, (Num, Arr)) and (shape_of(t) == shape or shape_of(t) == ()) and t.dtype == dtype_of(v.type)
            and shape_of(type_of(g.test)) == shape
        )  # fmt: skip

    def joins_mask(self, v: Var, g: Masked) -> bool:
        """Add a masked adjoint to another one of `v` with the same mask or its opposite."""
        before = self.scope.bars.get(v)
        if not isinstance(before, Masked) or before.test is not g.test or type_of(before.value) != type_of(g.value):
            return False
        if before.inverse == g.inverse:
            self.scope.bars[v] = Masked(g.test, self.add(before.value, g.value, v), g.inverse)
            return True
        sides = (before.value, g.value) if g.inverse else (g.value, before.value)
        t = self.splicer.infer(np.where, [g.test, *sides])
        self.scope.bars[v] = self.emit(Op("call", (g.test, *sides), fn=self.numpy_ref("where")), t, f"{v.hint}_bar")
        return True

    def _inline_of(self, home: Scope) -> bool:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind == "inline":
            if scope is home:
                return True
            scope = scope.parent
        return scope is home

    def _is_struct(self, v: Var) -> bool:
        place = self.structure.places.get(v)
        return (
            place is not None and isinstance(place.stmt, Assign) and place.stmt.op.kind in ("list", "tuple", "dict")
            and v not in self.buffered
        )  # fmt: skip

    def contribute_struct(self, v: Var, g: Any) -> None:
        before = self.entry(self.scope, v)
        if before is None:
            self.scope.bars[v] = g
        elif isinstance(before, (TupleVal, ListVal)) and isinstance(g, (TupleVal, ListVal)):
            items = []
            for a, b in zip(self.splicer.items(before), self.splicer.items(g)):
                items.append(b if a is None else a if b is None else self.add(self.bar_atom(a), self.bar_atom(b), None))
            self.scope.bars[v] = TupleVal(tuple(items))
        else:
            self.scope.bars[v] = self.call("add", (self.bar_atom(before), self.bar_atom(g)), UNKNOWN, f"{v.hint}_bar")
        self.note_touched(self.scope, v)

    def ambiguous(self, region: Region | None, error: AmbiguousMemoryError) -> Exception:
        """What to raise where it is not known which array a name stands for: start again with companions for it."""
        number = self.number_of(region)
        return error if number is None else NeedsCompanions(number)

    def number_of(self, region: Region | None) -> int | None:
        """The number of memory that may get companions."""
        found = [n for n, known in enumerate(self.regions) if region is not None and known.find() is region.find()]
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
            if g not in self.shadow_vars:
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
            return  # the arrays have companions of their own
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

    def read_only_view(self, v: Var) -> bool:
        """Whether NumPy made `v` a view that cannot be written through, or one whose adjoint is not a view (`.imag`)."""
        op = self.definition_of(v)
        return op is not None and op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj in (np.diagonal, np.broadcast_to, np.imag)

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
        elif not self.read_only_view(v) or op.fn.obj is np.imag:
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

    @property
    def shadow_vars(self) -> set[Any]:
        return self.__dict__.setdefault("_shadow_vars", set())

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
        if not isinstance(g, Var) or not self.is_fresh(g) or scalar:
            new = Var(f"{v.hint}_bar", float_like(v.type), False, region=Region())
            self.own.add(new)
            copied = Op("call", (g,), fn=self.numpy_ref("array")) if scalar else Op("copy" if isinstance(v.type, Arr) else "deepcopy", (g,))
            self.append(Assign(new, copied))
            g = new
        if not g.named:
            g.hint = f"{v.hint}_bar"
        self.shadow_vars.add(g)
        return g

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
        if bar is not None and bar in self.shadow_vars:
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
        if bar is None or bar not in self.shadow_vars:
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
            args = (buf, *(self.need(a) for a in op.args[1:]))
            kwargs = tuple((k, self.need(a)) for k, a in op.kwargs)
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
        """Whether an array is certainly C-contiguous: made by the program in one piece."""
        place = self.structure.places.get(atom) if isinstance(atom, Var) else None
        stmt = place.stmt if place is not None else None
        if not isinstance(stmt, Assign) or atom.view:
            return False
        op = stmt.op
        if isinstance(atom.type, Arr) and atom.type.ndim == 1 and (op.kind in ir.ARITHMETIC or op.kind == "copy"):
            return True
        if op.kind == "call" and isinstance(op.fn, Ref) and not any(k == "order" for k, _ in op.kwargs):
            return op.fn.obj in (np.zeros, np.ones, np.empty, np.full, np.arange, np.linspace, np.eye)
        return False

    # --- shapes -----------------------------------------------------------------------------------------------------------

    def zeros(self, v: Var) -> Any:
        """A zero adjoint of `v`."""
        t = v.type
        if isinstance(t, Num):
            return ir.NOTHING
        if t is UNKNOWN and self.may_be_undefined(v):
            return ir.NOTHING
        atom = self.shape_source(v)
        if isinstance(t, Arr) and t.dtype is not None and t.dtype.kind in "fc":
            return self.emit(Op("call", (atom,), fn=self.numpy_ref("zeros_like")), t, f"{v.hint}_bar")
        return self.call("zeros_like", (atom,), float_like(t), f"{v.hint}_bar")

    def may_be_undefined(self, v: Var) -> bool:
        """Whether some path to `v` assigns nothing to it, so that its value cannot be looked at."""
        place = self.structure.places[v]
        stmt = place.stmt if place.stmt is not None else place.owner
        if isinstance(stmt, ir.Loop):
            return any(c.init is UNDEF and (c.result is v or c.phi is v) for c in stmt.carries)
        if isinstance(stmt, ir.If):
            return any(p.var is v and (p.then is UNDEF or p.orelse is UNDEF) for p in stmt.phis)
        return False

    def shape_source(self, v: Var) -> Any:
        """Something in scope that has the shape of `v`."""
        return self.need(v)

    def exact(self, bar: Any, v: Var) -> Any:
        """`bar` with exactly the shape of `v` (adjoints of sums are kept as the number that fills them)."""
        if not isinstance(v.type, Arr) or v.type.shape is None:
            return bar
        shape = shape_of(type_of(bar))
        if shape is None or shape == v.type.shape:
            return bar
        source = self.shape_source(v)
        if shape == ():
            return self.emit(Op("call", (source, bar), fn=self.numpy_ref("full_like")), float_like(v.type), f"{v.hint}_bar")
        zero = self.emit(Op("call", (source,), fn=self.numpy_ref("zeros_like")), float_like(v.type), "zeros")
        return self.emit(Op("add", (zero, bar)), float_like(v.type), f"{v.hint}_bar")

    def add(self, a: Any, b: Any, v: Var | None) -> Any:
        ta, tb = type_of(a), type_of(b)
        hint = f"{v.hint}_bar" if v is not None else "bar"
        if isinstance(a, Lit) and a.value == 0.0:
            return b
        if isinstance(ta, (Num, Arr)) and isinstance(tb, (Num, Arr)):
            t = self.splicer.infer(OPERATORS["add"], [a, b])
            if t is UNKNOWN:
                t = Arr(dtype_of(ta), None)
            return self.emit(Op("add", (a, b)), t, hint)
        if v is not None and isinstance(v.type, (ListT, Obj)):
            return self.call("add", (a, b), UNKNOWN, hint)
        if v is not None and v.type is UNKNOWN:
            return self.call("add", (a, b), UNKNOWN, hint)
        return self.emit(Op("add", (a, b)), float_like(v.type) if v is not None else UNKNOWN, hint)

    def project(self, g: Any, v: Var) -> Any:
        """`g` summed to the shape of `v` and brought to its dtype."""
        t: Any = v.type
        tg: Any = type_of(g)
        if isinstance(t, ListT):
            return g
        if not isinstance(t, (Num, Arr)) or not isinstance(tg, (Num, Arr)) or t.dtype is None or tg.dtype is None:
            if isinstance(t, Num) and t.py and t.dtype.kind == "f" and isinstance(tg, Num) and tg.dtype.kind == "f":
                return g
            return self.unbroadcast(g, v)
        shape, shape_g = shape_of(t), shape_of(tg)
        if shape is None or shape_g is None:
            return self.unbroadcast(g, v)
        if t.dtype.kind == "f" and tg.dtype.kind == "c":
            g = self.emit(Op("call", (g,), fn=self.numpy_ref("real")), type(tg)(*_real_fields(tg)), f"{v.hint}_bar")
            tg = type_of(g)
        if shape != shape_g:
            reduced = self.reduced(g, shape, shape_g, v)
            if reduced is None:
                return self.unbroadcast(g, v)
            g = reduced
            tg = type_of(g)
        if t.dtype != tg.dtype and not (isinstance(t, Num) and t.py) and t.dtype.kind in "fc" and not (
            isinstance(tg, Num) and tg.py) and tg.dtype.itemsize != t.dtype.itemsize and tg.dtype.kind == t.dtype.kind:  # fmt: skip
            if isinstance(tg, Arr):
                dtype = self.numpy_ref(t.dtype.name)
                op = Op("call", (g, dtype), fn=Ref(np.ndarray.astype, "np.ndarray.astype", np), name="astype")
                g = self.emit(op, Arr(t.dtype, tg.shape), f"{v.hint}_bar")
            else:
                g = self.emit(Op("call", (g,), fn=self.numpy_ref(t.dtype.name)), Num(t.dtype, False), f"{v.hint}_bar")
        return g

    def reduced(self, g: Any, shape: Any, shape_g: Any, v: Var) -> Any:
        """`g` summed over the axes along which `v` was broadcast; None if the shapes do not tell."""
        if len(shape_g) < len(shape):
            # smaller than v: it fills v by broadcasting
            tail = shape[len(shape) - len(shape_g) :]
            return g if all(a == b or b == _ONE for a, b in zip(tail, shape_g)) else None
        lead = len(shape_g) - len(shape)
        axes = list(range(lead))
        kept = []
        for i, (a, b) in enumerate(zip(shape, shape_g[lead:])):
            if a == b:
                continue
            if a == _ONE:
                kept.append(lead + i)
            elif b == _ONE and not lead and all(x == y or y == _ONE for x, y in zip(shape, shape_g)):
                continue
            else:
                return None
        if not axes and not kept:
            return g
        sum_ref = self.numpy_ref("sum")
        dtype = dtype_of(type_of(g))
        if kept:
            if lead:
                return None
            axis = Lit(kept[0]) if len(kept) == 1 else Lit(tuple(kept))
            op = Op("call", (g,), (("axis", axis), ("keepdims", Lit(True))), fn=sum_ref, name="sum")
            new_shape = tuple(_ONE if i in kept else d for i, d in enumerate(shape_g))
            return self.emit(op, Arr(dtype, new_shape), f"{v.hint}_bar")
        if len(axes) == len(shape_g):
            factors = self.factors(g)
            if factors is not None:
                return self.emit(Op("matmul", factors), Num(dtype, False), f"{v.hint}_bar")
            return self.emit(Op("call", (g,), fn=sum_ref), Num(dtype, False), f"{v.hint}_bar")
        axis = Lit(axes[0]) if len(axes) == 1 else Lit(tuple(axes))
        return self.emit(Op("call", (g,), (("axis", axis),), fn=sum_ref, name="sum"), Arr(dtype, shape), f"{v.hint}_bar")

    def factors(self, g: Any) -> tuple[Any, Any] | None:
        """The vectors of which `g`, made just now, is the product, so that its sum is their inner product."""
        last: Any = None
        for last in reversed(self.scope.out.stmts[-8:]):
            if not isinstance(last, Assign) or last.target is g:
                break
        if not isinstance(last, Assign) or last.target is not g or last.op.kind != "mul":
            return None
        a, b = (type_of(x) for x in last.op.args)
        plain = isinstance(a, Arr) and a == b == g.type and a.ndim == 1 and a.dtype is not None and a.dtype.kind == "f"
        return (last.op.args[0], last.op.args[1]) if plain else None

    def unbroadcast(self, g: Any, v: Var) -> Any:
        t = v.type
        out: Type = float_like(t) if isinstance(t, (Num, Arr)) else UNKNOWN
        return self.call("unbroadcast", (g, self.need(v)), out, f"{v.hint}_bar")

    def is_fresh(self, atom: Any) -> bool:
        """Whether an adjoint is memory that nothing else holds."""
        if not isinstance(atom, Var):
            return False
        if atom in self.aliased:
            return False
        if atom in self.shadow_vars:
            return True
        for stmt in reversed(self.scope.out.stmts):
            if isinstance(stmt, Assign) and stmt.target is atom:
                op = stmt.op
                if op.kind in ("add", "sub", "mul", "truediv", "neg", "pow", "copy", "matmul"):
                    return True
                if op.kind == "call" and isinstance(op.fn, Ref):
                    return isinstance(op.fn.obj, np.ufunc) or op.fn.obj in _FRESH
                return False
        return False

    @property
    def aliased(self) -> set[Any]:
        """Adjoints that were handed to more than one variable."""
        return self.__dict__.setdefault("_aliased", set())

    # --- assignments ------------------------------------------------------------------------------------------------------

    def adjoint_Assign(self, stmt: Assign) -> None:
        v, op = stmt.target, stmt.op
        if op.kind == "method" and op.name == "pop":
            self.adjoint_pop(stmt)
            return
        self.restore_arguments(stmt)
        if self.plan.check and v.stored and isinstance(v.type, (Arr, ListT)):
            self.check_restored(v, self.keep_for_check(v, stmt, after=True), stmt)
        if v in self.leaves or not self.active(v):
            return
        if v in self.companions.of:
            self.adjoint_of_companion(stmt)
            return
        if self.view_base(v) is not None:
            self.take(v)
            return
        bar = self.take(v)
        if bar is not None:
            self.through_rule(stmt, bar)

    def through_rule(self, stmt: Assign, bar: Any) -> None:
        """Pass the adjoint of a result on to the operands."""
        v, op = stmt.target, stmt.op
        if v.type is UNKNOWN and op.kind == "inplace":
            raise AmbiguousMemoryError("an in-place operation on an unknown value", stmt.span)
        kind = op.kind
        if kind in ("atom", "copy", "deepcopy"):
            self.contribute_once(op.args[0], bar)
        elif kind == "getitem":
            self.adjoint_getitem(stmt, bar)
        elif kind in ("tuple", "list"):
            self.adjoint_items(op, bar, v)
        elif kind in ("add", "mul") and isinstance(v.type, ListT):
            self.adjoint_joined(op, self.bar_atom(bar))
        elif kind == "unpack":
            packed = self.call("pack_like", (self.need(op.args[0]), self.bar_atom(bar)), float_like(op.args[0].type), f"{op.args[0].hint}_bar")
            self.contribute(op.args[0], packed)
        elif kind == "dict":
            for k, a in zip(op.args[::2], op.args[1::2]):
                if self.active(a):
                    self.contribute(a, self.emit(Op("getitem", (self.bar_atom(bar), k)), float_like(type_of(a)), "part"))
        elif kind in ("ifexp", "method", "getattr", "fstring", "slice", "set"):
            raise NoRuleError(f"{kind} of a differentiated value has no derivative rule", stmt.span, construct=kind)
        else:
            fn = OPERATORS.get(kind) if kind != "call" else (op.fn.obj if isinstance(op.fn, Ref) else None)
            self.apply_rule(stmt, fn, op.args, op.kwargs, bar)

    def contribute_once(self, a: Any, bar: Any) -> None:
        self.contribute(a, bar)

    def adjoint_items(self, op: Op, bar: Any, v: Var) -> None:
        bar = self.bar_atom(bar) if isinstance(bar, Masked) else bar
        for k, a in enumerate(op.args):
            if not self.active(a):
                continue
            if isinstance(bar, (TupleVal, ListVal)):
                part = self.splicer.items(bar)[k]
                if part is None:
                    continue
            else:
                t = float_like(type_of(a))
                bt = type_of(bar)
                if isinstance(bt, Arr) and bt.shape is not None:
                    t = self.splicer.item_type(bt, Lit(k))
                part = self.emit(Op("getitem", (bar, Lit(k))), t, f"{_hint(a)}_bar", view_of=bar)
            self.contribute(a, part)

    def adjoint_joined(self, op: Op, bar: Any) -> None:
        """The adjoint of `a + b` and `a * n` of lists."""
        if op.kind == "mul":
            for a in op.args:
                if isinstance(type_of(a), ListT):
                    self.contribute(a, self.call("unrepeat", (bar, self.need(a)), float_like(type_of(a)), f"{_hint(a)}_bar"))
            return
        a, b = op.args
        count = self.emit(Op("call", (self.need(a),), fn=Ref(len, "len", len, "builtins")), Num(np.dtype(int)), "n")
        for operand, bounds in ((a, (Lit(None), count)), (b, (count, Lit(None)))):
            if self.active(operand):
                part = self.emit(Op("slice", (*bounds, Lit(None))), Obj(slice), "part")
                self.contribute(operand, self.emit(Op("getitem", (bar, part)), float_like(operand.type), f"{operand.hint}_bar"))

    def adjoint_getitem(self, stmt: Assign, bar: Any) -> None:
        base, index = stmt.op.args
        if not self.active(base):
            return
        t = base.type
        if isinstance(t, TupleT):
            k = index.value if isinstance(index, Lit) else None
            if k is None:
                raise NoRuleError("a tuple is indexed by a computed number", stmt.span, construct="subscript")
            items: list[Any] = [None] * len(t.items)
            items[k] = self.bar_atom(bar)
            self.contribute_struct(base, TupleVal(tuple(items)))
            return
        if self._is_struct(base) and isinstance(index, Lit):
            n = len(self.structure.places[base].stmt.op.args)
            items = [None] * n
            items[index.value] = self.bar_atom(bar)
            self.contribute_struct(base, TupleVal(tuple(items)))
            return
        if isinstance(t, Num):
            self.contribute(base, bar)
            return
        g = self.bar_atom(bar)
        if self.behind_read_only(base):
            self.add_part(base, index, g)
            return
        buf = self.buffer(base)
        at = self.need(index)
        plain = isinstance(type_of(g), (Num, Arr)) and isinstance(type_of(index), Num)  # `+=` of a list's slice extends it
        if t is UNKNOWN or (isinstance(t, Arr) and self.index_kind(index) is None) or (isinstance(t, ListT) and not plain):
            self.append(Effect(Op("call", (buf, at, g), fn=self.runtime_ref("index_add")), stmt.span))
            return
        aug = "add"
        if isinstance(t, Arr) and self.index_kind(index) == "fancy":
            aug = "add.at"
        self.append(Store(buf, at, g, aug, stmt.span, role="accumulate"))

    def index_kind(self, index: Any) -> str | None:
        """basic, mask (no repeats), fancy (repeats are possible), or None: not known."""
        op = None
        if isinstance(index, Var):
            place = self.structure.places.get(index)
            op = place.stmt.op if place is not None and isinstance(place.stmt, Assign) else None
        if op is not None and op.kind == "tuple":
            kinds = [self.index_kind(a) for a in op.args]
            if any(k is None for k in kinds):
                return None
            if all(k == "basic" for k in kinds):
                return "basic"
            return "fancy"
        if op is not None and op.kind == "list":
            values = [a.value if isinstance(a, Lit) else None for a in op.args]
            if None not in values and all(isinstance(x, bool) for x in values):
                return "mask"
            distinct = None not in values and all(isinstance(x, int) and x >= 0 for x in values)
            return "mask" if distinct and len(set(values)) == len(values) else "fancy"
        if op is not None and op.kind == "slice":
            return "basic"
        t = type_of(index)
        if isinstance(index, Lit):
            return "basic"
        if isinstance(t, Num):
            return "basic" if t.dtype.kind in "iu" else None
        if isinstance(t, Arr) and t.dtype is not None:
            return "mask" if t.dtype.kind == "b" else "fancy"
        if isinstance(t, Obj) and t.cls is slice:
            return "basic"
        if isinstance(t, ListT):
            return "fancy"
        return None

    # --- rules --------------------------------------------------------------------------------------------------------------

    def apply_rule(self, stmt: Assign, fn: Any, args: tuple[Any, ...], kwargs: Any, bar: Any) -> None:
        y = stmt.target
        if registry.is_zero(fn):
            return
        rule = registry.adjoint_rule(fn)

        def fail(detail: str) -> NoRuleError:
            name = getattr(stmt.op.fn, "name", None) or stmt.op.kind
            return NoRuleError(
                f"the derivative rule of {name} does not work{detail}", stmt.span, construct="call",
                hint=f"supported: {', '.join(p.name for p in rule.parameters) if rule else 'nothing'}")  # fmt: skip

        if rule is None:
            name = getattr(stmt.op.fn, "name", None) or stmt.op.kind
            raise NoRuleError(f"{name} has no derivative rule", stmt.span, construct="call",
                              hint=f"register one with @s2sad.adjoint({name})")  # fmt: skip
        operands = bind_operands(rule, args, kwargs, fail)
        wanted: list[str] = []
        for name, a in operands.items():
            parts = a if isinstance(a, tuple) else (a,)
            if any(self.active(p) for p in parts):
                if name not in rule.targets:
                    raise fail(f" with respect to {name!r}")
                wanted.append(f"{name}_bar")
        if not wanted:
            return
        mask: Masked | None = None
        if isinstance(bar, Masked):
            if rule.elementwise and fn is not np.where and all(
                shape_of(type_of(a)) == shape_of(y.type) for a in args if self.active(a)
            ):
                mask, bar = bar, bar.value
            else:
                bar = self.bar_atom(bar)
        if isinstance(bar, TupleVal):
            bar = TupleVal(tuple(Lit(None) if i is None else i for i in bar.items))
        bar = self.whole(bar, y, rule.elementwise, args)
        if fn is np.where and len(args) == 3 and shape_of(type_of(args[0])) == shape_of(y.type) is not None:
            self.adjoint_where(args, bar, y)
            return
        names: dict[str, Any] = {}
        for name, a in operands.items():
            names[name] = self.operand(a)
        names[rule.result] = Thunk(lambda: self.need(y))
        names[f"{rule.result}_bar"] = bar
        for flag in ("where", "out"):
            if flag in operands and flag not in {p.name for p in rule.parameters}:
                raise fail(f" for the keyword {flag!r}")
        outer = self.splicer.node
        self.splicer.node = None
        kept = (bar.hint, bar.named) if isinstance(bar, Var) else None
        first = len(self.scope.out.stmts)
        try:
            found = splice(self.splicer, rule, names, wanted, self.scope.out)
        finally:
            self.splicer.node = outer
        if kept is not None:  # a template that hands the adjoint on has given it a name of its own
            bar.hint, bar.named = kept
        aliases = sum(found[w] is bar for w in wanted)
        for s in self.scope.out.stmts[first:]:
            for inner in (s, *(x for b in ir.blocks_of(s) for x in ir.walk(b))):
                for d in (*ir.defs_of(inner), *ir.inner_defs_of(inner)):
                    self.own.add(d)
                    d.named = False
                    if d.hint in operands or d.hint[: -len("_bar")] in operands:
                        a = operands.get(d.hint[: -len("_bar")])
                        d.hint = f"{a.hint}_bar" if isinstance(a, Var) else "value_bar"
                if isinstance(inner, Assign):
                    inner.span = stmt.span
        for w in wanted:
            g = found[w]
            operand = operands[w[: -len("_bar")]]
            if isinstance(operand, tuple):
                for k, a in enumerate(operand):
                    if self.active(a):
                        self.contribute(a, self.splicer.get_item(g, Lit(k), None) if not is_atom(g) else self.part(g, k, a))
            elif g is not None:
                if g is bar and isinstance(g, Var) and aliases > 1:
                    self.aliased.add(g)
                g = self.unspread(g, operand)
                self.contribute(operand, g if mask is None else Masked(mask.test, self.bar_atom(g), mask.inverse))

    def adjoint_where(self, args: tuple[Any, ...], bar: Any, y: Var) -> None:
        """Each side of `np.where` gets the adjoint where it was chosen."""
        if not any(self.active(a) for a in args[1:]):
            return
        test = self.need(args[0])
        for a, inverse in ((args[1], False), (args[2], True)):
            if not self.active(a):
                continue
            masked = Masked(test, bar, inverse)
            self.contribute(a, masked if shape_of(type_of(a)) == shape_of(y.type) else self.bar_atom(
                Masked(test, self.exact(bar, y), inverse)))  # fmt: skip

    def unspread(self, g: Any, operand: Any) -> Any:
        """The number behind `np.broadcast_to(number, shape)`, if it is certain that it fills the operand."""
        if not isinstance(g, Var) or not isinstance(operand, Var) or not self.scope.out.stmts:
            return g
        last = self.scope.out.stmts[-1]
        if not isinstance(last, Assign) or last.target is not g or last.op.kind != "call" or not isinstance(last.op.fn, Ref):
            return g
        if last.op.fn.obj is not np.broadcast_to or shape_of(operand.type) is None or operand in self.buffered_views:
            return g
        value = last.op.args[0]
        return value if isinstance(type_of(value), Num) and shape_of(g.type) == shape_of(operand.type) else g

    @property
    def buffered_views(self) -> set[Any]:
        return self.__dict__.setdefault("_buffered_views", set())

    def part(self, g: Any, k: int, a: Any) -> Any:
        return self.emit(Op("getitem", (g, Lit(k))), float_like(type_of(a)), f"{_hint(a)}_bar", view_of=g)

    def operand(self, a: Any) -> Any:
        if isinstance(a, tuple):
            return TupleVal(tuple(self.need(x) for x in a))
        if isinstance(a, (Lit, Ref)):
            return a
        if isinstance(a, Var) and a.type is not UNKNOWN and isinstance(a.type, Num):
            return Thunk(lambda: self.need(a))
        return Thunk(lambda: self.need(a))

    def whole(self, bar: Any, y: Var, elementwise: bool, args: tuple[Any, ...]) -> Any:
        """The adjoint of a result as its rule wants it: exact, unless every operand has the result's shape."""
        if not is_atom(bar):
            return bar
        shape = shape_of(y.type)
        if shape is None or shape_of(type_of(bar)) == shape:
            return bar
        if elementwise:
            if all(shape_of(type_of(a)) == shape for a in args if self.active(a)):
                return bar
        return self.exact(bar, y)

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
                "a store through a view of .imag", stmt.span, construct="store", hint="store to .imag itself")  # fmt: skip
        buf = self.buffer(base)
        at = None if index is None else self.need(index)
        kind = "basic" if index is None else self.index_kind(index)
        part = self.store_value_bar(stmt, buf, at, kind) if self.active(value) else None
        if stmt.aug is None:
            # before the value's adjoint is passed on: the value may be part of the same memory
            self.append(Store(buf, at, Lit(0.0), None, stmt.span, role="zero"))
        if part is not None:
            self.contribute(value, self.emit(Op("neg", (part,)), type_of(part), f"{_hint(value)}_bar") if imag else part)

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
        hint = f"{_hint(value)}_bar"
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
        if not isinstance(base, Var):
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
                hint = f"{_hint(value)}_bar"
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
            if not isinstance(a, Var) or not isinstance(a.type, (Arr, ListT)) or effects.region_of(a) not in changed:
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
            part = self.emit(Op("getitem", (buf, at)), float_like(type_of(stmt.value)), f"{_hint(stmt.value)}_bar")
            self.contribute(stmt.value, part)
        if self.is_slice(stmt.index):  # all items were replaced: those of before are back
            old = self.call("zeros_like", (self.need(stmt.base),), float_like(stmt.base.type), buf.hint)
            self.append(Store(buf, at, old, None, stmt.span, role="zero"))
            return
        zero = self.zeros(stmt.value) if isinstance(stmt.value, Var) else Lit(0.0)
        self.append(Store(buf, at, zero, None, stmt.span, role="zero"))

    def is_slice(self, index: Any) -> bool:
        place = self.structure.places.get(index) if isinstance(index, Var) else None
        return place is not None and isinstance(place.stmt, Assign) and place.stmt.op.kind == "slice"

    # provided by Transport
    exported: dict[Any, Any]

    def insert_after(self, place: Any, new: Any) -> None:  # pragma: no cover
        raise NotImplementedError

    def need(self, atom: Any) -> Any:  # pragma: no cover
        raise NotImplementedError

    def insert_before(self, block: Any, stmt: Any, new: Any) -> None:  # pragma: no cover
        raise NotImplementedError


def surely_runs(block: Any, stmt: Any) -> bool:
    """Whether a block runs to its end whenever what follows the statement around it is reached."""
    if isinstance(stmt, With):
        return True
    if isinstance(stmt, ir.If):
        return bool((stmt.orelse if block is stmt.then else stmt.then).diverges)
    if isinstance(stmt, Try):
        paths = [stmt.body, *(h.body for h in stmt.handlers)]
        return block is stmt.final or all(p is block or p.diverges for p in paths)
    return False


def _real_fields(t: Any) -> tuple[Any, ...]:
    dtype = np.dtype(f"f{t.dtype.itemsize // 2}")
    return (dtype, t.py, None) if isinstance(t, Num) else (dtype, t.shape)


def _hint(a: Any) -> str:
    return a.hint if isinstance(a, Var) else "value"


__all__ = ["Adjoints", "Pop", "Push", "gast"]
