"""Reverse mode: a program in, the program of its gradient out.

The forward program is kept; behind it, block by block and statement by statement in reverse order, come the adjoints.
Adjoints of values are values (`bars`), added up where a value is used more than once. Adjoints of memory (arrays that
are indexed or stored to, lists) are buffers of their own that are added to in place; a view's buffer is the same view
of its base's buffer. A store saves what it overwrites and its adjoint restores it; later passes drop what nobody reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    float_like,
    is_mutable,
    literal_dim,
    shape_of,
)
from ..errors import AmbiguousMemoryError, NonScalarOutputError, NoRuleError, UnsupportedSyntaxError
from ..frontend.lower import type_of
from ..frontend.lowerer import Program
from ..frontend.values import DictVal, ListVal, ObjVal, TupleVal, is_atom
from ..ir import nodes as ir
from ..ir.nodes import (
    OPERATORS,
    UNDEF,
    Assign,
    Block,
    Carry,
    Each,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Loop,
    MultiPhi,
    Op,
    Param,
    Phi,
    Pop,
    Push,
    Range,
    Ref,
    Region,
    Store,
    Struct,
    Try,
    Var,
    With,
)  # fmt: skip
from ..rules import registry
from .checkpoints import Checkpoints
from .companions import Companions, Plan, regions_in_order
from .containers import check_lists
from .returned import check_returned
from .scopes import Scope, Structure, Transport
from .surgery import without_blocks
from .templates import Splicer


class Reverse(Transport, Checkpoints):
    """One run of reverse mode on one program; `plan` says which memory gets companions."""

    def __init__(self, program: Program, plan: Plan | None = None) -> None:
        for stmt in ir.walk(program.function.body):
            for made in (stmt, *ir.defs_of(stmt)):
                if made in program.lowerer.backward:
                    raise program.lowerer.backward[made]
        self.regions = regions_in_order(program.function)
        self.plan = plan or Plan()
        regions = {self.regions[n] for n in self.plan.wanted}
        self.companions = Companions(program.function, regions)
        Transport.__init__(self, program.function)
        self.saves.update(self.companions.displaced.values())
        self.program = program
        self.splicer = Splicer(symbols=program.lowerer.symbols)
        self.splicer.frames.append(program.lowerer.frames[0])
        self.splicer.index_memo = program.lowerer.index_memo
        self.scope = Scope(program.function.body, Block(), None, "top")
        self.top = self.scope
        self.leaves: set[Var] = set()
        self.shadows: dict[Var, Any] = {}
        self.buffered: set[Var] = set()
        self.settle_facts()
        self.find_buffered()
        checkpoints = self.find_replayed(program.function)
        check_lists(program.function, self.structure, regions, self.ambiguous)
        check_returned(program.function, self.ambiguous)
        if checkpoints:
            self.prepare(program.function.body)
            self.structure = Structure(program.function)

    # --- the whole ------------------------------------------------------------------------------------------------------

    def run(self, seed: Any, value: bool) -> Function:
        """The gradient function. `seed` is "scalar", or "structure" for an adjoint with the result's structure."""
        f = self.function
        for v in self.program.inputs.values():
            self.mark_leaves(v)
        names = {p.var.hint for p in f.params}
        seed_name = f.name if f.name.isidentifier() else "f"
        seed_name = "f" if seed_name == "<lambda>" else seed_name
        hint = f"{seed_name}_bar"
        while hint in names:
            hint += "_"
        seed_var = Var(hint, UNKNOWN, False, True)
        self.own.add(seed_var)
        params = [Param(p.var, p.default, p.kind) for p in f.params]
        if seed == "scalar":
            self.check_scalar(f.result)
            seed_var.type = Num(np.dtype(float), True)  # 1.0 unless it is given
            self.contribute_result(f.result, seed_var)
            at = next((i for i, p in enumerate(params) if p.kind in ("var", "kwvar", "kwonly")), len(params))
            if at == len(params):
                params.insert(at, Param(seed_var, Lit(1.0)))
            else:
                at = next((i for i, p in enumerate(params) if p.kind == "kwvar"), len(params))
                params.insert(at, Param(seed_var, Lit(1.0), "kwonly"))
        else:
            params.insert(0, Param(seed_var, None))
            self.contribute_result(f.result, seed_var)
        self.block(f.body)
        gradients = [self.gradient(self.program.inputs[name], name) for name in self.program.wrt]
        result: Any = gradients[0] if not self.program.as_tuple else Struct("tuple", tuple(gradients))
        body = Block([*self.tape_inits, *f.body.stmts], f.body.diverges)
        if value:
            primal = self.primal_result(f.result, body)
            result = Struct("tuple", (primal, result))
        body.stmts[:] = [ir.Note(ir.FORWARD), *body.stmts, ir.Note(ir.REVERSE), *self.scope.out.stmts]
        function = Function(f.name, params, body, result, span=f.span)
        without_blocks(function, followed=False)
        return function

    def check_scalar(self, result: Any) -> None:
        if self.function.body.diverges:  # it always raises, and so does the gradient
            return
        t = type_of(result) if is_atom(result) else None
        if isinstance(result, Struct) or isinstance(t, (ListT, TupleT)) or (isinstance(t, Arr) and t.shape not in (None, ())):
            what = "a tuple or other container" if not isinstance(t, Arr) else f"an array of {t.ndim} dimension{'' if t.ndim == 1 else 's'}"
            raise NonScalarOutputError(
                f"{self.function.name}() returns {what}, and grad needs a single number", self.function.span,
                construct="function", hint="use vjp, or sum the result")  # fmt: skip
        if isinstance(t, Obj) or (isinstance(result, Lit) and not isinstance(result.value, (int, float))):
            raise NonScalarOutputError(
                f"{self.function.name}() does not return a number", self.function.span, construct="function",
                hint="return a float")  # fmt: skip
        if isinstance(t, Num) and t.dtype.kind == "c":
            raise NonScalarOutputError(
                f"{self.function.name}() returns a complex number, and grad needs a real one", self.function.span,
                construct="function", hint="return its absolute value or its real part, or use vjp")  # fmt: skip
        if isinstance(result, Var) and (t is UNKNOWN or (isinstance(t, Arr) and t.shape is None)) and result.varied:
            check = Ref(_scalar_check(), "require_scalar", _scalar_check(), "s2sad.runtime")
            self.function.body.stmts.append(Effect(Op("call", (result,), fn=check), self.function.span))

    def contribute_result(self, result: Any, bar: Any) -> None:
        if isinstance(result, Struct):
            for i, item in enumerate(result.items):
                if not any(isinstance(a, Var) and a.varied for a in ir.result_atoms(item)):
                    continue
                if result.kind == "object":
                    part = self.emit(Op("getattr", (bar,), name=result.keys[i]), self.bar_type(item), "part")
                else:
                    key = result.keys[i] if result.kind == "dict" else i
                    part = self.emit(Op("getitem", (bar, Lit(key))), self.bar_type(item), "part")
                self.contribute_result(item, part)
            return
        if isinstance(result, Var) and self.active(result):
            if isinstance(bar, Var) and bar.type is UNKNOWN:
                bar.type = float_like(result.type)
            exported = result
            self.contribute(exported, bar)

    def bar_type(self, item: Any) -> Type:
        return float_like(type_of(item)) if is_atom(item) else UNKNOWN

    def primal_result(self, result: Any, body: Block) -> Any:
        """The value, in memory that the reverse sweep does not restore."""

        def own(atom: Any) -> Any:
            if isinstance(atom, Var) and atom.region is not None and isinstance(atom.type, (Arr, ListT)):
                value = Var("value", atom.type, False, False, Region())
                body.stmts.append(Assign(value, Op("copy" if isinstance(atom.type, Arr) else "deepcopy", (atom,))))
                return value
            if isinstance(atom, Var) and atom.region is not None and is_mutable(atom.type) and atom.region.stored:
                value = Var("value", atom.type, False, False, Region())
                body.stmts.append(Assign(value, Op("deepcopy", (atom,))))
                return value
            return atom

        return ir.substitute_result(result, own)

    def mark_leaves(self, value: Any) -> None:
        low = self.program.lowerer
        copies = low.__dict__.get("entry_copies", {})
        if isinstance(value, Var):
            self.leaves.add(copies[value][0] if value in copies else value)
        elif isinstance(value, TupleVal):
            for v in value.items:
                self.mark_leaves(v)
        elif isinstance(value, (ListVal, DictVal)):
            items = self.program.initial.get((value.id, "items"), ())
            for item in items:
                self.mark_leaves(item[1] if isinstance(value, DictVal) else item)
        elif isinstance(value, ObjVal) and value.id not in self.marked:
            self.marked.add(value.id)
            for (id_, name), v in self.initial_attributes(value):
                if id_ == value.id and not name.startswith("$"):
                    self.mark_leaves(v)

    @property
    def marked(self) -> set[int]:
        """Objects among the arguments that were visited: they may refer back to each other."""
        return self.__dict__.setdefault("_marked", set())

    def initial_attributes(self, value: ObjVal) -> list[Any]:
        return [(k, v) for k, v in self.program.initial.items() if isinstance(k, tuple) and k[0] == value.id]

    def gradient(self, value: Any, name: str) -> Any:
        """The gradient of a parameter, with its structure."""
        low = self.program.lowerer
        if isinstance(value, Var):
            copies = low.__dict__.get("entry_copies", {})
            leaf = copies[value][0] if value in copies else value
            if not leaf.type.floating:
                return Lit(None)
            return self.finished(leaf)
        if isinstance(value, TupleVal):
            return Struct("tuple" if value.cls is None else "named", tuple(self.gradient(v, name) for v in value.items), cls=value.cls)
        if isinstance(value, ListVal):
            return Struct("list", tuple(self.gradient(v, name) for v in self.program.initial[(value.id, "items")]))
        if isinstance(value, DictVal):
            items = self.program.initial[(value.id, "items")]
            return Struct("dict", tuple(self.gradient(v, name) for _, v in items), tuple(k for k, _ in items))
        if isinstance(value, ObjVal):
            return self.object_gradient(value, name)
        return Lit(None)

    def object_gradient(self, value: ObjVal, name: str) -> Any:
        import dataclasses
        import types

        if value.id in self.open_objects:
            raise UnsupportedSyntaxError(
                f"{name!r} holds an object that refers back to itself, as its gradient would have to", self.function.span, construct="argument",
                hint="differentiate with respect to the parts of it, given as parameters of their own")  # fmt: skip
        self.open_objects.append(value.id)
        attributes = [(k[1], v) for k, v in self.initial_attributes(value)]
        names = tuple(a for a, _ in attributes)
        items = tuple(self.gradient(v, name) for _, v in attributes)
        self.open_objects.pop()
        cls = value.cls if dataclasses.is_dataclass(value.cls) else types.SimpleNamespace
        if cls is not types.SimpleNamespace:
            # what holds no floats is kept, so that the gradient is a valid instance
            items = tuple(
                v if isinstance(g, Lit) and g.value is None and is_atom(v) else g for g, (_, v) in zip(items, attributes)
            )
        return Struct("object", items, names, cls=cls)

    @property
    def open_objects(self) -> list[int]:
        """The objects of which the gradient is being made, from outside in."""
        return self.__dict__.setdefault("_open_objects", [])

    def finished(self, leaf: Var) -> Any:
        """The gradient of one number or array, as a value of its own."""
        bar = self.take(leaf)
        t = leaf.type
        if bar is None:
            zero = self.zeros(leaf)
            return Lit(0.0) if zero is ir.NOTHING and isinstance(t, Num) else zero
        bar = self.as_complex(self.bar_atom(bar), leaf)
        hint = f"{leaf.hint}_bar"
        if isinstance(t, Num):
            if isinstance(bar, Var) and not bar.named and bar not in self.finished_vars and not self.is_carried(bar):
                bar.hint, bar.named = hint, True
                self.finished_vars.add(bar)
            return bar
        if not isinstance(t, (Arr,)) or t.shape is None or t.dtype is None:
            helper = self.call("like", (leaf, bar), UNKNOWN, hint)
            helper.named = True
            return helper
        bar = self.exact(bar, leaf)
        number = not t.ndim and bar not in self.shadow_vars  # arithmetic on arrays without axes makes numbers
        if number or not self.is_fresh(bar) or bar in self.finished_vars:
            new = Var(hint, bar.type if isinstance(bar, Var) else t, False, True, Region())
            self.own.add(new)
            copied = Op("copy", (bar,)) if t.ndim else Op("call", (bar,), fn=self.numpy_ref("array"))
            self.append(Assign(new, copied))
            bar = new
        if isinstance(bar, Var):
            self.finished_vars.add(bar)
            if not bar.named:
                bar.hint, bar.named = hint, True
        return bar

    def is_carried(self, bar: Var) -> bool:
        """Whether an adjoint comes out of a loop, in which it is that of another variable."""
        return any(isinstance(s, Loop) and any(c.result is bar for c in s.carries) for s in self.scope.out.stmts)

    @property
    def finished_vars(self) -> set[Any]:
        return self.__dict__.setdefault("_finished", set())

    # --- blocks ---------------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        """Append the adjoints of a block's statements, last first, to the current scope."""
        for stmt in list(reversed(block.stmts)):
            if id(stmt) in self.companions.made:
                continue
            self.scope.current = stmt
            method = getattr(self, "adjoint_" + type(stmt).__name__, None)
            if method is not None:
                method(stmt)

    def nested(self, block: Block, kind: str, stmt: Any) -> Scope:
        scope = Scope(block, Block(), self.scope, kind, stmt)
        return scope

    def adjoint_If(self, stmt: If) -> None:
        taken = {p: self.take(p.var) for p in stmt.phis if self.active(p.var)}
        live = {p: b for p, b in taken.items() if b is not None}
        if stmt.then.diverges or stmt.orelse.diverges:
            block = stmt.orelse if stmt.then.diverges else stmt.then
            if stmt.then.diverges and stmt.orelse.diverges:
                return
            self.inline(block, stmt)
            return
        scopes = []
        outer = self.scope
        for block, pick in ((stmt.then, "then"), (stmt.orelse, "orelse")):
            scope = self.nested(block, "if", stmt)
            scope.bars = dict(outer.bars)
            self.scope = scope
            scope.current = None
            for p, bar in live.items():
                self.contribute(getattr(p, pick), bar, merge=True)
            self.block(block)
            scopes.append(scope)
            self.scope = outer
        phis = self.join_branches(scopes[0], scopes[1], outer)
        a, b = scopes[0].out, scopes[1].out
        if not a.stmts and not b.stmts and not phis:
            return
        test = self.need(stmt.test)
        self.append(If(test, a, b, phis, stmt.span))

    def join_branches(self, then: Scope, orelse: Scope, outer: Scope) -> list[Phi]:
        """The merges of the adjoints that two branches contributed to; `outer` continues with their results."""
        phis = []
        for v in dict.fromkeys([*then.touched, *orelse.touched]):
            values = []
            for scope in (then, orelse):
                # a loop around may carry the adjoint only since the other branch asked for it
                self.scope = scope
                values.append(self.merged_bar(scope.bars.get(v, outer.bars.get(v)), v))
            self.scope = outer
            new = Var(f"{v.hint}_bar", self.joined(values), False)
            if is_mutable(new.type):
                new.region = Region()
                for a in values:
                    if isinstance(a, Var) and a.region is not None:
                        new.region.union(a.region)
            self.own.add(new)
            if self.is_memory(v):
                self.shadow_vars.add(new)
            phis.append(Phi(new, values[0], values[1]))
            outer.bars[v] = new
            self.forget_views(v, outer)
            self.note_touched(outer, v)
        return phis

    def merged_bar(self, bar: Any, v: Var) -> Any:
        """The adjoint of `v` at the end of a branch, as memory if `v` is memory."""
        if bar is None and (self.is_memory(v) or v in self.buffered):
            bar = self.found_buffer(v)  # a branch has made it where `v` is defined
        value = self.zeros(v) if bar is None else self.exact(self.bar_atom(bar), v)
        return self.as_buffer(value, v) if self.is_memory(v) and not self.is_own_memory(value) else value

    def joined(self, atoms: list[Any]) -> Type:
        from ..analysis.types import join

        t = type_of(atoms[0])
        for a in atoms[1:]:
            t = join(t, type_of(a), self.splicer.symbols)
        return t

    def inline(self, block: Block, stmt: Any) -> None:
        """The adjoint of a block that certainly ran, in the current scope's place."""
        outer = self.scope
        scope = self.nested(block, "inline", stmt)
        scope.out = outer.out
        scope.bars = outer.bars
        scope.touched = outer.touched
        scope.carries = outer.carries
        scope.cache = outer.cache  # what one of them takes from a tape is gone for the other
        self.scope = scope
        self.block(block)
        self.scope = outer

    def adjoint_With(self, stmt: With) -> None:
        if stmt.context is ir.REPLAYED:
            self.adjoint_replayed(stmt)
            return
        context = self.definition(stmt.context)
        same = isinstance(context, Op) and context.kind == "call" and isinstance(context.fn, Ref) and context.fn.obj is np.errstate
        if not same:
            self.inline(stmt.body, stmt)
            return
        outer = self.scope
        first = len(outer.out.stmts)
        self.inline(stmt.body, stmt)
        new = outer.out.stmts[first:]
        if new:
            del outer.out.stmts[first:]
            assert isinstance(context, Op)
            again = self.emit(ir.substitute_op(context, self.need), UNKNOWN, "context")
            outer.out.stmts.append(With(again, None, Block(new), stmt.span))

    def definition(self, atom: Any) -> Op | None:
        place = self.structure.places.get(atom) if isinstance(atom, Var) else None
        return place.stmt.op if place is not None and isinstance(place.stmt, Assign) else None

    def adjoint_Try(self, stmt: Try) -> None:
        self.inline(stmt.final, stmt)
        live = [(m, b) for m in stmt.phis if self.active(m.var) and (b := self.take(m.var)) is not None]
        blocks = [stmt.body, *(h.body for h in stmt.handlers)]
        alive = [i for i, b in enumerate(blocks) if not b.diverges]
        if not alive:
            return
        if alive == [0] or (len(alive) == 1):
            i = alive[0]
            outer = self.scope
            scope = self.nested(blocks[i], "inline", stmt)
            scope.out, scope.bars, scope.touched, scope.carries = outer.out, outer.bars, outer.touched, outer.carries
            scope.cache = outer.cache
            self.scope = scope
            for m, bar in live:
                self.contribute(m.values[i], bar, merge=True)
            self.block(blocks[i])
            self.scope = outer
            return
        outer = self.scope
        scopes: dict[int, Scope] = {}
        for i in alive:
            scope = self.nested(blocks[i], "if", stmt)
            scope.bars = dict(outer.bars)
            self.scope = scope
            for m, bar in live:
                self.contribute(m.values[i], bar, merge=True)
            self.block(blocks[i])
            scopes[i] = scope
            self.scope = outer
        if not any(s.out.stmts or s.touched for s in scopes.values()):
            return
        path = Var("path", Num(np.dtype(int)), False, False)
        stmt.phis.append(MultiPhi(path, [Lit(i) if i in alive else UNDEF for i in range(len(blocks))]))
        from .scopes import Place

        place = self.structure.block_of(stmt)
        self.structure.places[path] = Place(place, stmt, self.structure.owner[id(place)][0])
        self._choose(alive, scopes, path, outer)

    def _choose(self, alive: list[int], scopes: dict[int, Scope], path: Var, outer: Scope) -> None:
        """An If over the recorded path."""
        self.scope = outer
        if len(alive) == 1:
            raise AssertionError
        i, rest = alive[0], alive[1:]
        test = self.emit(Op("eq", (self.need(path), Lit(i))), Num(np.dtype(bool)), "test")
        then = scopes[i]
        if len(rest) == 1:
            orelse = scopes[rest[0]]
        else:
            orelse = self.nested(Block(), "if", None)
            orelse.bars = dict(outer.bars)
            self._choose(rest, scopes, path, orelse)
            self.scope = outer
        phis = self.join_branches(then, orelse, outer)
        self.append(If(test, then.out, orelse.out, phis))

    # --- loops ----------------------------------------------------------------------------------------------------------

    def adjoint_Loop(self, stmt: Loop) -> None:
        outer = self.scope
        state = [c for c in stmt.carries if self.active(c.result) or self.active(c.phi)]
        incoming = {c: self.take(c.result) for c in state}
        chosen = [c for c in state if incoming[c] is not None]
        irregular = stmt.iter is None or stmt.go is not None or isinstance(stmt.iter, Each)
        saved = (len(outer.out.stmts), dict(outer.bars), dict(outer.touched), dict(self.shadows), dict(outer.cache),
                 self.snapshot_scopes())  # fmt: skip
        while True:
            self.scope = outer
            scope = self.nested(stmt.body, "loop", stmt)
            carries: dict[Carry, Carry] = {}
            for c in chosen:
                bar = incoming[c]
                init = self.zeros(c.result) if bar is None else self.exact(self.bar_atom(bar), c.result)
                if self.is_memory(c.phi):
                    init = self.as_buffer(init, c.result)
                phi = Var(f"{c.phi.hint}_bar", float_like(c.phi.type), False)
                if is_mutable(phi.type):
                    phi.region = Region()
                    if isinstance(init, Var) and init.region is not None:
                        phi.region.union(init.region)
                self.own.add(phi)
                result = Var(phi.hint, phi.type, False, region=phi.region)
                self.own.add(result)
                if self.is_memory(c.phi):
                    self.shadow_vars.update((phi, result))
                carries[c] = Carry(phi, init, None, result)
            index = None
            if id(stmt) in self.heads:
                index = stmt.index
            elif stmt.index is not None and not irregular:
                index = Var(stmt.index.hint, stmt.index.type, False, stmt.index.named)
                self.own.add(index)
                self.index_of[stmt.index] = index
            self.start_iteration(stmt, scope)
            self.scope = scope
            for c, carry in carries.items():
                self.contribute(c.next, carry.phi, merge=True)
            self.block(stmt.body)
            missing = [c for c in state if c not in chosen and self.peek(c.phi) is not None]
            if not missing:
                break
            # an adjoint that starts at zero but is fed from iteration to iteration
            chosen += missing
            self.rollback(outer, saved)
            if stmt.index is not None:
                self.index_of.pop(stmt.index, None)
        for c, carry in carries.items():
            bar = self.take(c.phi)
            carry.next = self.zeros(c.phi) if bar is None else self.exact(self.bar_atom(bar), c.phi)
            share_region(carry)
        self.scope = outer
        body = scope.out
        extra = list(scope.carries.items())
        for v, carry in extra:
            bar = scope.bars[v]
            self.scope = scope
            carry.next = self.exact(self.bar_atom(bar), v)
            self.scope = outer
            share_region(carry)
            outer.bars[v] = carry.result
            self.forget_views(v, outer)
            self.note_touched(outer, v)
        all_carries = [*carries.values(), *(c for _, c in extra)]
        if stmt.index is not None:
            self.index_of.pop(stmt.index, None)
        if not body.stmts and not all_carries:
            return
        if irregular:
            trips = self.count_trips(stmt)
            steps: Any = Range(Lit(0), self.need(trips), Lit(1))
        else:
            r = stmt.iter
            assert isinstance(r, Range)
            self.finish_body(stmt)
            steps = Range(self.need(r.start), self.need(r.stop), self.need(r.step), not r.reverse)
        self.append(Loop(steps, index, all_carries, body, span=stmt.span, mirrors=None if irregular else stmt.index))
        for c, carry in carries.items():
            self.contribute(c.init, carry.result, merge=True)

    def snapshot_scopes(self) -> list[Any]:
        states = []
        scope: Scope | None = self.scope
        while scope is not None:
            states.append((scope, len(scope.out.stmts), dict(scope.bars), dict(scope.touched), dict(scope.cache), dict(scope.carries)))
            scope = scope.parent
        return states

    def rollback(self, outer: Scope, saved: Any) -> None:
        """Forget a first attempt at a loop's adjoint."""
        for scope, n, bars, touched, cache, carries in saved[5]:
            del scope.out.stmts[n:]
            for target, source in ((scope.bars, bars), (scope.touched, touched), (scope.cache, cache), (scope.carries, carries)):
                target.clear()
                target.update(source)
        self.shadows = saved[3]

    def count_trips(self, stmt: Loop) -> Var:
        """The number of iterations that a forward loop of unknown length has run."""
        known = self.__dict__.setdefault("_trips", {})
        if id(stmt) not in known:
            from .scopes import Place

            t = Num(np.dtype(int))
            phi, nxt, result = Var("trips", t), Var("trips", t), Var("trips", t)
            stmt.body.stmts.insert(0, Assign(nxt, Op("add", (phi, Lit(1)))))
            stmt.carries.append(Carry(phi, Lit(0), nxt, result))
            block = self.structure.block_of(stmt)
            self.structure.places[result] = Place(block, stmt, self.structure.owner[id(block)][0])
            self.structure.places[phi] = Place(stmt.body, None, stmt, True)
            self.structure.places[nxt] = Place(stmt.body, stmt.body.stmts[0], stmt)
            known[id(stmt)] = result
        result_var: Var = known[id(stmt)]
        return result_var

    def adjoint_Invoke(self, stmt: Invoke) -> None:
        """The call's reverse part takes what its forward part saved and the adjoints of its results, and undoes its stores."""
        fn = stmt.fn
        if isinstance(fn, ir.Stepped):
            self.adjoint_stepped(stmt)
            return
        bars = {i: self.take(stmt.results[i]) for i in fn.seeded() if self.active(stmt.results[i])}
        shared = [k for k in fn.active() if k in fn.changed() and self.active(stmt.args[k])]
        if all(b is None for b in bars.values()) and not shared:
            self.restore_changed(stmt)
            return
        seeds = []
        for i in fn.seeded():
            bar = bars.get(i)
            seeds.append(self.zeros(stmt.results[i]) if bar is None else self.exact(self.bar_atom(bar), stmt.results[i]))
        written: list[Any] = [self.need(a) for a in stmt.writes]
        apart = []  # adjoints that are added to those of the arguments afterwards
        for k in fn.shadowed():
            a = stmt.args[k]
            seed = self.buffer(a) if k in shared else self.shadow_of(a) if k in fn.gathered() and self.active(a) else None
            if seed is None:  # what the caller does not differentiate has an adjoint of its own, too
                seed = self.call("zeros_like", (self.need(a),), float_like(a.type), f"{a.hint}_bar")
                self.shadow_vars.add(seed)
                apart.append((a, seed))
            seeds.append(seed)
            written.append(seed)
        found = []
        for k in fn.returned():
            a = stmt.args[k]
            var = Var(f"{getattr(a, 'hint', 'value')}_bar", float_like(fn.params[k].type), False)
            if is_mutable(var.type):
                var.region = Region()
            self.own.add(var)
            found.append(var)
        saved = self.need(stmt.results[-1])
        reads = [a.region for a in stmt.args if isinstance(a, Var) and a.region is not None]
        self.append(Invoke(found, fn, [saved, *seeds], stmt.span, "reverse", reads, written))
        for k, var in zip(fn.returned(), found):
            self.contribute(stmt.args[k], var)
        for a, var in apart:
            self.contribute(a, var)

    def shadow_of(self, a: Var) -> Var | None:
        """Where the adjoint of an array that is only read may be added to in place: in its buffer, or that of what it is a part of."""
        if self.is_memory(a):
            return None if self.behind_read_only(a) else self.buffer(a)
        op = self.definition_of(a)
        if op is not None and op.kind == "getitem" and effects.is_view(op, a):
            base = op.args[0]
            if not isinstance(base, Var) or not isinstance(base.type, Arr) or base not in self.buffered or self.is_memory(base):
                return None
            buf = self.buffer(base)
            return self.emit(Op("getitem", (buf, self.need(op.args[1]))), float_like(a.type), f"{a.hint}_bar", view_of=buf)
        return self.buffer(a) if a in self.buffered and isinstance(a.type, Arr) else None

    def restore_changed(self, stmt: Invoke) -> None:
        """Save the arrays that a call stores to, before it, and put them back here: its reverse part is not needed."""
        block = self.structure.block_of(stmt)
        for a in stmt.writes:
            saved = Var(f"{a.hint}_saved", a.type, False, region=Region())
            self.insert_before(block, stmt, Assign(saved, Op("copy", (a,)), stmt.span))
            self.saves.add(saved)
            self.append(Store(self.need(a), Lit(Ellipsis), self.need(saved), None, stmt.span, role="restore"))


class OutlinedReverse(Reverse):
    """Reverse mode of a recursive function: its forward and reverse parts in one body, to be split."""

    def __init__(self, fn: ir.Outlined, program: Program) -> None:
        result = Struct("tuple", tuple(fn.results))
        function = Function(fn.name, [Param(v) for v in fn.params], fn.body, result)
        super().__init__(Program(function, {}, None, (), program.lowerer))
        self.fn = fn
        for k in fn.changed():
            region = fn.params[k].region
            assert region is not None
            region.union(Region(caller=True))  # the caller sees what is stored and restored

    def number_of(self, region: Region | None) -> int | None:
        return None  # no companions here: the caller has made the buffers of its arrays

    def run_split(self) -> tuple[Function, list[Var]]:
        """The function with both parts, whose results are the primal's and the adjoints; and the seeds."""
        fn = self.fn
        self.leaves.update(fn.params)
        seeds = []
        for i in fn.seeded():
            a = fn.results[i]
            seed = Var(f"{fn.name}_bar", float_like(fn.types[i]), False, region=Region() if is_mutable(fn.types[i]) else None)
            self.own.add(seed)
            seeds.append(seed)
            if isinstance(a, Var) and self.active(a):
                self.contribute(a, seed)
        for k in fn.shadowed():
            p = fn.params[k]
            shadow = Var(f"{p.hint}_bar", float_like(p.type), False, region=Region(caller=True))
            self.own.add(shadow)
            self.shadow_vars.add(shadow)
            self.scope.bars[p] = shadow
            seeds.append(shadow)
        self.block(fn.body)
        bars = tuple(self.finished(fn.params[k]) for k in fn.returned())
        body = Block([*self.tape_inits, *fn.body.stmts])
        body.stmts += [ir.Note(ir.REVERSE, barrier=True), *self.scope.out.stmts]
        params = [*self.function.params, *(Param(s) for s in seeds)]
        function = Function(fn.name, params, body, Struct("tuple", (*fn.results, *bars)))
        without_blocks(function, followed=False)
        return function, seeds


def share_region(carry: Carry) -> None:
    """What an iteration hands on may be the memory that the next one starts with."""
    if isinstance(carry.next, Var) and carry.phi.region is not None and carry.next.region is not None:
        carry.phi.region.union(carry.next.region)


def _scalar_check() -> Any:
    from .. import runtime

    return runtime.require_scalar


__all__ = ["AmbiguousMemoryError", "NoRuleError", "OPERATORS", "Pop", "Push", "Reverse", "Store", "effects", "literal_dim",
           "registry", "shape_of"]  # fmt: skip
