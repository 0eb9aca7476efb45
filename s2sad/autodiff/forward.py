"""Forward mode: a program in, out comes the program that carries tangents along.

Behind each statement comes that of its tangent, before each store the same store to the tangent's memory. What happens
to references happens to their tangents in step: an array has a tangent of the same shape, a view of it is the same view of
the tangent, a list has a list of tangents. So aliases need no analysis: the tangents are aliased as their primals are.
A value whose tangent is certainly zero has none; one is made where paths or containers ask for it.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any

from .. import runtime
from ..analysis import effects
from ..analysis.types import UNKNOWN, Arr, ListT, Num, TupleT, float_like, is_mutable
from ..errors import AmbiguousMemoryError, NoRuleError
from ..frontend.lower import type_of
from ..frontend.lowerer import Program
from ..frontend.values import DictVal, ListVal, ObjVal, TupleVal, is_atom
from ..ir import nodes as ir
from ..ir.nodes import (
    Assign,
    Block,
    Carry,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Loop,
    MultiPhi,
    Op,
    Outlined,
    Param,
    Phi,
    Ref,
    Region,
    Store,
    Struct,
    Try,
    Var,
    With,
)
from .tangent_memory import TangentMemory, helper, join
from .templates import Splicer

ALONG = frozenset({"tuple", "list", "dict"})  # what holds tangents as it holds values
Part = tuple[Outlined, Function]
HIDDEN = frozenset({"ifexp", "method", "getattr", "fstring", "slice", "set", "inplace"})


class Forward(TangentMemory):
    """One run of forward mode on a program. `parts` collects the recursive functions that it calls."""

    def __init__(self, program: Program, function: Function | None = None, parts: list[Part] | None = None) -> None:
        self.program = program
        self.function = program.function if function is None else function
        self.parts: list[Part] = [] if parts is None else parts
        self.splicer = Splicer(symbols=program.lowerer.symbols)
        self.splicer.frames.append(program.lowerer.frames[0])
        self.splicer.index_memo = program.lowerer.index_memo
        self.dots: dict[Var, Any] = {}
        self.given: set[Var] = set()  # variables whose tangents are arguments
        self.shadows: dict[Region, Region] = {}
        self.tries: list[Try] = []  # those whose bodies are transformed
        self.out = Block()
        self.facts: dict[Var, tuple[bool, bool, Region | None]] = {}
        self.made: dict[Var, Assign] = {}
        self.settle_facts()

    def settle_facts(self) -> None:
        """Decide what is active and what is memory once and for all: rules may join regions as they are spliced."""
        found = [p.var for p in self.function.params]
        for stmt in ir.walk(self.function.body):
            found += [*ir.defs_of(stmt), *ir.inner_defs_of(stmt)]
            if isinstance(stmt, Assign):
                self.made[stmt.target] = stmt
        for v in found:
            region = None if v.region is None else v.region.find()
            self.facts[v] = (v.varied and v.type.floating, v.stored, region)

    # --- the whole ------------------------------------------------------------------------------------------------------

    def run(self) -> Function:
        """The function that returns the pair of value and tangent. Tangents of the parameters are keyword arguments."""
        f = self.function
        taken = {p.var.hint for p in f.params}
        entry = [s for s in self.program.lowerer.entry if any(s is t for t in f.body.stmts)]
        params, last = list(f.params), len(entry)
        head = f.body.stmts[:last]
        for name in self.program.wrt:
            hint = f"{name}_dot"
            while hint in taken:
                hint += "_"
            taken.add(hint)
            var = Var(hint, UNKNOWN, False, True, Region())
            at = len(params) - (1 if params and params[-1].kind == "kwvar" else 0)
            params.insert(at, Param(var, None, "kwonly"))
            self.receive(self.program.inputs[name], var)
        unpacked, self.out = self.out.stmts, Block()
        f.body.stmts[:last] = []
        for stmt in head:  # parts of arguments, whose tangents are parts of arguments, too
            for v in ir.defs_of(stmt):
                if self.active(v) and v not in self.given:
                    raise NoRuleError("an argument is taken apart in a way that forward mode does not follow", f.span)
        self.block(f.body)
        outer, self.out = self.out, f.body
        result = Struct("tuple", (self.owned(f.result), self.tangent_of(f.result)))
        self.out = outer
        f.body.stmts[:0] = [*head, *unpacked]
        return Function(f.name, params, f.body, result, span=f.span)

    def receive(self, value: Any, dot: Any) -> None:
        """Take the tangent of an argument apart as the argument is taken apart."""
        copies = self.program.lowerer.__dict__.get("entry_copies", {})
        if isinstance(value, Var):
            leaf = copies[value][0] if value in copies else value
            if isinstance(dot, Var):
                dot.type = self.dot_type(leaf.type)
                if not is_mutable(dot.type):
                    dot.region = None
            self.given.add(leaf)
            self.dots[leaf] = dot
            self.link(dot, leaf)
            return
        part: list[tuple[Any, Op]] = []
        initial = self.program.initial
        if isinstance(value, TupleVal):
            part = [(v, Op("getitem", (dot, Lit(i)))) for i, v in enumerate(value.items)]
        elif isinstance(value, ListVal):
            part = [(v, Op("getitem", (dot, Lit(i)))) for i, v in enumerate(initial[(value.id, "items")])]
        elif isinstance(value, DictVal):
            part = [(v, Op("getitem", (dot, Lit(k)))) for k, v in initial[(value.id, "items")]]
        elif isinstance(value, ObjVal):
            attributes = [(k[1], v) for k, v in initial.items() if isinstance(k, tuple) and k[0] == value.id]
            part = [(v, Op("getattr", (dot,), name=a)) for a, v in attributes if not a.startswith("$")]
        for v, op in part:
            if not self.holds_active(v):
                continue
            hint = f"{v.hint}_dot" if isinstance(v, Var) else "part_dot"
            var = Var(hint, UNKNOWN, False, isinstance(v, Var) and v.named, Region())
            self.out.stmts.append(Assign(var, op))
            self.receive(v, var)

    def holds_active(self, value: Any) -> bool:
        if isinstance(value, Var):
            copies = self.program.lowerer.__dict__.get("entry_copies", {})
            return self.active(copies[value][0] if value in copies else value)
        return isinstance(value, (TupleVal, ListVal, DictVal, ObjVal))

    def owned(self, result: Any) -> Any:
        """A result in memory that is no argument's and no other result's."""

        atoms = [a for a in ir.result_atoms(result) if isinstance(a, Var)]

        def own(atom: Any) -> Any:
            if isinstance(atom, Var) and is_mutable(atom.type) and not (atoms.count(atom) == 1 and self.is_alone(atom)):
                return self.copied(atom, atom.type, "value")
            return atom

        return ir.substitute_result(result, own)

    def is_alone(self, v: Var) -> bool:
        """Whether nothing else shares the memory of a value that was just computed."""
        made = next((s for s in self.out.stmts if isinstance(s, Assign) and s.target is v), None)
        return made is not None and made.op.kind in ir.ARITHMETIC and not v.stored

    def tangent_of(self, result: Any) -> Any:
        """The tangent of a result, with its structure; None for what holds no floats."""
        if isinstance(result, Struct):
            items = tuple(self.tangent_of(i) for i in result.items)
            if result.kind != "object":
                return dataclasses.replace(result, items=items)
            whole = dataclasses.is_dataclass(result.cls)
            if whole:
                items = tuple(v if isinstance(d, Lit) and d.value is None and is_atom(v) else d for d, v in zip(items, result.items))
            return Struct("object", items, result.keys, result.cls if whole else types.SimpleNamespace)
        if isinstance(result, Lit):
            return self.zeros(result) if isinstance(result.value, (float, complex)) else Lit(None)
        if not type_of(result).floating:
            return Lit(None)
        dot = self.needed(result)
        if isinstance(dot, Var) and is_mutable(dot.type) and not self.is_alone(dot):
            return self.copied(dot, dot.type, f"{result.hint}_dot" if isinstance(result, Var) else "tangent")
        return dot

    # --- statements -------------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        """Put the tangents into a block."""
        outer, self.out = self.out, Block([], block.diverges)
        try:
            for stmt in block.stmts:
                method = getattr(self, "tangent_" + type(stmt).__name__, None)
                if method is None:
                    self.out.stmts.append(stmt)
                else:
                    method(stmt)
            block.stmts[:] = self.out.stmts
        finally:
            self.out = outer

    def at_end(self, block: Block, atoms: list[Any]) -> list[Any]:
        """The tangents of atoms at the end of a block."""
        outer, self.out = self.out, block
        try:
            return [self.needed(a) for a in atoms]
        finally:
            self.out = outer

    def tangent_If(self, stmt: If) -> None:
        self.block(stmt.then)
        self.block(stmt.orelse)
        for p in [p for p in stmt.phis if self.active(p.var)]:
            if not self.stored(p.var) and self.dot(p.then) is None and self.dot(p.orelse) is None:
                continue
            then, orelse = self.at_end(stmt.then, [p.then])[0], self.at_end(stmt.orelse, [p.orelse])[0]
            stmt.phis.append(Phi(self.merged(p.var, [then, orelse]), then, orelse))
        self.out.stmts.append(stmt)

    def merged(self, v: Var, values: list[Any]) -> Var:
        """A variable for the tangent of a merge."""
        dot = Var(f"{v.hint}_dot", self.dot_type(v.type), False, v.named)
        if is_mutable(dot.type):
            dot.region = Region()
            for a in values:
                if isinstance(a, Var) and a.region is not None:
                    dot.region.union(a.region)
        self.define(v, dot)
        return dot

    def tangent_Loop(self, stmt: Loop) -> None:
        carried = [c for c in stmt.carries if self.active(c.phi) or self.active(c.result)]
        added = []
        for c in carried:
            init = self.needed(c.init)
            new = Carry(self.merged(c.phi, [init]), init, None, self.merged(c.result, [init]))
            assert isinstance(new.phi, Var)
            if new.phi.region is not None and new.result.region is not None:
                new.phi.region.union(new.result.region)
            added.append(new)
        if self.active(stmt.index):
            raise NoRuleError("a loop over differentiated values that is run as it stands has no forward rule", stmt.span, construct="for")
        self.block(stmt.test_block)
        self.block(stmt.body)
        for new, value in zip(added, self.at_end(stmt.body, [c.next for c in carried])):
            new.next = value
            if isinstance(value, Var) and value.region is not None and new.phi.region is not None:
                new.phi.region.union(value.region)
        stmt.carries += added
        self.out.stmts.append(stmt)

    def tangent_Try(self, stmt: Try) -> None:
        before = {id(s) for inner in ir.blocks_of(stmt) for s in ir.walk(inner)}
        for inner in ir.blocks_of(stmt):
            self.tries += [stmt] if inner is stmt.body and stmt.handlers else []
            self.block(inner)
            self.tries[:] = [t for t in self.tries if t is not stmt]
        for s in (s for inner in ir.blocks_of(stmt) for s in ir.walk(inner) if id(s) not in before):
            if isinstance(s, Assign) and s.op.data is None:  # a tangent that nobody reads need not be computed here, either
                s.op = dataclasses.replace(s.op, data=ir.DERIVED)
            elif isinstance(s, Store):
                s.role = ir.DERIVED
        self.check_errors(stmt, [s for s in ir.walk(stmt.body) if id(s) not in before])
        ends = [stmt.orelse if stmt.orelse.stmts else stmt.body, *(h.body for h in stmt.handlers)]
        for m in [m for m in stmt.phis if self.active(m.var)]:
            values = [self.at_end(b, [a])[0] for b, a in zip(ends, m.values)]
            stmt.phis.append(MultiPhi(self.merged(m.var, values), values))
        self.out.stmts.append(stmt)

    def check_errors(self, stmt: Try, tangents: list[Any]) -> None:
        """Refuse a handler that would catch an error of a tangent as one of the author's."""
        risky = [s for s in tangents if isinstance(s, Assign) and may_raise(s.op)]
        if not risky:
            return
        for h in stmt.handlers:
            made = self.made.get(h.type)
            types_ = made.op.args if made is not None and made.op.kind == "tuple" else (h.type,)
            known = [t.obj if isinstance(t, Ref) else None for t in types_]
            if any(not isinstance(c, type) or issubclass(ZeroDivisionError, c) or issubclass(OverflowError, c) for c in known):
                raise AmbiguousMemoryError(
                    "a handler may catch an error of the derivative, which divides by a number that may be zero", risky[0].span or stmt.span,
                    construct="try", hint="catch the error that the body raises, such as ValueError")  # fmt: skip

    def tangent_With(self, stmt: With) -> None:
        if self.active(stmt.target):
            raise NoRuleError("a context that holds differentiated values has no forward rule", stmt.span, construct="with")
        self.block(stmt.body)
        self.out.stmts.append(stmt)

    def tangent_Store(self, stmt: Store) -> None:
        base, value = stmt.base, stmt.value
        if self.active(base) and type_of(base) is UNKNOWN:
            self.out.stmts.append(self.certain("require_floats", (base,), stmt))
            self.out.stmts.append(Store(self.dot(base), stmt.index, self.of_kind(value), stmt.aug, stmt.span))
        elif self.active(base):
            if isinstance(base.type, Arr) and base.type.dtype is None and self.active(value):
                self.out.stmts.append(self.certain("require_floats", (base,), stmt))
            buffer = self.dot(base)
            if stmt.aug is None or self.dot(value) is not None:
                dot = self.needed(value) if isinstance(type_of(base), ListT) else self.dot(value)
                self.out.stmts.append(Store(buffer, stmt.index, Lit(0.0) if dot is None else dot, stmt.aug, stmt.span))
        elif self.active(value) and type_of(base).floating:
            raise AmbiguousMemoryError("a store to memory that is not followed", stmt.span, construct="store")
        self.out.stmts.append(stmt)

    def tangent_Effect(self, stmt: Effect) -> None:
        op = stmt.op
        base = op.args[0] if op.args else None
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is runtime.index_add and self.active(base):
            self.out.stmts.append(self.certain("require_floats", (base,), stmt))
            same = Op("call", (self.dot(base), op.args[1], self.of_kind(op.args[2])), fn=op.fn)
            self.out.stmts.append(Effect(same, stmt.span))
        elif op.kind == "method" and (isinstance(type_of(base), ListT) or type_of(base) is UNKNOWN) and self.active(base):
            if op.name != "append":
                raise NoRuleError(f"the method {op.name} of a list has no forward rule", stmt.span, construct="call")
            self.out.stmts.append(Effect(Op("method", (self.dot(base), self.of_kind(op.args[1])), name="append"), stmt.span))
        else:
            self.check_harmless(stmt)
        self.out.stmts.append(stmt)

    def check_harmless(self, stmt: Any) -> None:
        """Refuse an unknown call that may change memory that has tangents."""
        for a in stmt.op.atoms():
            if self.active(a) and effects.region_of(a) in (effects.writes(stmt) or ()):
                raise NoRuleError("a call may change what is differentiated", stmt.span, construct="call")

    def tangent_Invoke(self, stmt: Invoke) -> None:
        """The tangent part of a recursive function takes the tangents of its arguments, too."""
        fn = stmt.fn
        if "tangent" not in fn.names:
            fn.names["tangent"] = ""
            self.parts.append((fn, self.part_of(fn)))
        dots = [self.needed(stmt.args[k]) for k in fn.active()]
        results = stmt.results[:-1]
        found = []
        for i in fn.seeded():
            t = self.dot_type(fn.types[i])
            found.append(Var(f"{results[i].hint}_dot", t, False, region=Region() if is_mutable(t) else None))
        written = [*stmt.writes, *(d for k, d in zip(fn.active(), dots) if k in fn.changed())]
        self.out.stmts.append(Invoke([*results, *found], fn, [*stmt.args, *dots], stmt.span, "tangent", writes=written))
        for i, dot in zip(fn.seeded(), found):
            if self.active(results[i]):
                self.define(results[i], dot)

    def part_of(self, fn: Outlined) -> Function:
        """A recursive function that takes and returns tangents beside its values."""
        body = Function(fn.name, [Param(p) for p in fn.params], fn.body, Struct("tuple", tuple(fn.results)))
        inner = self.again(body)
        for k in fn.changed():
            join(fn.params[k], Region(caller=True))  # the caller sees what is stored
        dots = []
        for k in fn.active():
            p = fn.params[k]
            t = self.dot_type(p.type)
            dot = Var(f"{p.hint}_dot", t, False, True, Region(caller=True) if is_mutable(t) else None)
            inner.given.add(p)
            inner.dots[p] = dot
            inner.link(dot, p)
            dots.append(dot)
        inner.block(fn.body)
        fn.body.stmts[:0] = inner.out.stmts
        found = inner.at_end(fn.body, [fn.results[i] for i in fn.seeded()])
        results = (*fn.results, *found)
        doc = f"{fn.name} and the tangents of its results."
        made = Function(fn.name, [*body.params, *(Param(d) for d in dots)], fn.body, Struct("tuple", results), doc)
        if len(results) == 1:
            made.result = results[0]
        return made

    def again(self, function: Function) -> Forward:
        return Forward(self.program, function, self.parts)

    def of_kind(self, atom: Any) -> Any:
        """The tangent of an atom; zeros are of the kind of the value, a number for an integer."""
        if self.dot(atom) is not None or not isinstance(atom, Var) or type_of(atom) is not UNKNOWN and not isinstance(type_of(atom), TupleT):
            return self.needed(atom)
        return self.emit(Op("call", (atom,), fn=helper("zeros_of_kind")), UNKNOWN, atom)

    def changed_in_place(self, stmt: Assign) -> None:
        """`x op= y` of what may be an array or a number: its tangent is of the same kind, and is changed in the same way."""
        v, (x, y), kind = stmt.target, stmt.op.args, stmt.op.name
        dot, t = self.of_kind(x), float_like(v.type)
        if kind in ("add", "sub"):
            terms = [(kind, self.of_kind(y))]
        else:
            terms = [("mul", y)] if kind == "mul" else [("truediv", y)]
            if (y_dot := self.dot(y)) is not None:
                factor = x if kind == "mul" else self.emit(Op("truediv", (x, y)), t, v)
                slope = self.emit(Op("mul", (factor, y_dot)), t, v)
                terms = [*terms, ("add", slope)] if kind == "mul" else [("sub", slope), *terms]
        self.out.stmts.append(self.certain("require_floats", (x,), stmt))
        for name, operand in terms:
            memory = Region()
            join(dot, memory)
            new = Var(f"{v.hint}_dot", t, False, region=memory)
            self.out.stmts.append(Assign(new, Op("inplace", (dot, operand), name=name), stmt.span))
            dot = new
        self.out.stmts.append(stmt)
        self.define(v, dot)

    def tangent_Assign(self, stmt: Assign) -> None:
        v, op = stmt.target, stmt.op
        if op.kind == "inplace" and self.active(v):
            self.changed_in_place(stmt)
            return
        self.out.stmts.append(stmt)
        if v in self.given:
            return
        if op.kind == "method" and op.name == "pop" and self.active(op.args[0]):
            pop = Op("method", (self.dot(op.args[0]), *op.args[1:]), name="pop")
            if self.active(v):
                self.define(v, self.emit(pop, self.dot_type(v.type), v))
            else:
                self.out.stmts.append(Effect(pop, stmt.span))
            return
        if op.kind != "unpack" and not effects.is_pure(op):
            self.check_harmless(stmt)
        if not self.active(v):
            return
        dot = self.assigned(stmt)
        if dot is None and (self.stored(v) or not isinstance(v.type, (Num, Arr))):
            dot = self.zeros(v)
        if dot is not None:
            self.define(v, dot)

    def assigned(self, stmt: Assign) -> Any:
        """The tangent of what an operation returns; None if it is certainly zero."""
        v, op = stmt.target, stmt.op
        kind = op.kind
        first = op.args[0] if op.args else None
        t = float_like(v.type)
        if kind == "atom":
            return self.dot(first)
        if kind in ("copy", "deepcopy", "getitem", "unpack"):
            base = self.dot(first)
            if base is None or kind == "getitem" and isinstance(type_of(first), Num):
                return base
            dot = self.emit(Op(kind, (base, *op.args[1:])), t, v)
            if kind == "getitem" and isinstance(type_of(first), Arr) and isinstance(v.type, Arr) and not v.view:
                dot.region, dot.view = Region(), False  # NumPy copies what an array of indices selects
            return dot
        if kind in ALONG:
            keys = kind == "dict"
            along = self.of_kind if kind == "list" else self.needed
            return self.emit(Op(kind, tuple(a if keys and i % 2 == 0 else along(a) for i, a in enumerate(op.args))), t, v)
        if isinstance(v.type, ListT) and (kind in ("add", "mul") or kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is list):
            if kind == "call" and not isinstance(type_of(first), ListT) and not self.active(first):  # a list of what has no tangent
                return self.emit(Op("call", (self.emit(op, v.type, v),), fn=helper("zeros_like")), t, v)
            return self.emit(ir.substitute_op(op, lambda a: self.needed(a) if isinstance(type_of(a), ListT) or self.active(a) else a), t, v)
        if kind in HIDDEN:
            raise NoRuleError(f"{kind} of a differentiated value has no forward rule", stmt.span, construct=kind)
        if v.view and self.stored(v):
            return self.view(stmt)
        dot = self.through_rule(stmt)
        return None if dot is None else self.fitted(dot, stmt)

def may_raise(op: Op) -> bool:
    """Whether an operation on Python numbers may divide by zero or overflow."""
    return op.kind in ("truediv", "pow") and not any(
        isinstance(t := type_of(a), Arr) or isinstance(t, Num) and not t.py for a in op.args if not isinstance(a, Lit))
