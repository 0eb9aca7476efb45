"""Values and derivatives at a point: the program is run with every number noted where it is made and where it is used up.

A note follows each operation; in forward mode, another one follows its tangent. In reverse, one stands where the adjoint of
a variable is taken, when all of it has been collected, and where an operation contributes to the adjoint of an operand. What
runs is emitted code, as for every other derivative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..analysis.types import Num
from ..autodiff.forward import Forward
from ..autodiff.reverse import Reverse
from ..ir import nodes as ir
from ..ir.nodes import (
    SAFE,
    UNDEF,
    Assign,
    Block,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Loop,
    Op,
    Phi,
    Ref,
    Try,
    Var,
)
from ..runtime import unbroadcast
from .build import Graph
from .labels import numbers

SHORT = 12  # the longest text that is written beside a forward edge


class Notes:
    """What the run notes: values, adjoints or tangents by node, contributions by edge, each in the order of the run."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.expected: set[int] = set()  # the nodes whose values are noted
        self.undefined: set[Any] = set()  # variables that are not defined on every path
        self.values: dict[int, list[Any]] = defaultdict(list)
        self.adjoints: dict[int, list[Any]] = defaultdict(list)
        self.tangents: dict[int, list[Any]] = defaultdict(list)
        self.parts: dict[tuple[int, int], list[Any]] = defaultdict(list)

    def value(self, key: int, v: Any) -> None:
        """Called by the program that is observed."""
        self.values[key].append(_kept(v))

    def adjoint(self, key: int, v: Any) -> None:
        """Called by the program that is observed, in its reverse sweep."""
        self.adjoints[key].append(_kept(v))

    def tangent(self, key: int, v: Any) -> None:
        """Called by the program that is observed, where the tangent of a variable has been computed."""
        self.tangents[key].append(_kept(v))

    def part(self, source: int, target: int, v: Any) -> None:
        """Called by the program that is observed, where the adjoint of `target` is passed on to `source`."""
        self.parts[source, target].append(_kept(v))

    def statement(self, method: Any, keys: tuple[int, ...], atom: Any) -> Effect:
        """A statement that calls one of these methods."""
        if method == self.value:
            self.expected.add(keys[0])
        return Effect(Op("call", (*map(Lit, keys), atom), fn=Ref(method, method.__name__, method), data=SAFE))

    def of(self, method: Any, v: Any, atom: Any) -> list[Effect]:
        """The note of something that belongs to the variable `v`; none if the graph has no node for it, or it may not be there."""
        known = isinstance(v, Var) and v in self.graph.variables and atom is not None and atom not in self.undefined
        return [self.statement(method, (self.graph.variables[v],), atom)] if known else []


def _kept(v: Any) -> Any:
    """A value as it is now."""
    if isinstance(v, np.ndarray):
        return v.copy()
    return [_kept(i) for i in v] if isinstance(v, (list, tuple)) else v


def note_values(function: Function, notes: Notes) -> None:
    """Put notes behind everything that makes a value that the graph has a node for."""
    notes.undefined = may_be_undefined(function)

    def visit(block: Block) -> None:
        found: list[Any] = []
        for stmt in block.stmts:
            found.append(stmt)
            for inner in ir.blocks_of(stmt):
                visit(inner)
            if isinstance(stmt, (If, Try)):
                for v, end, a in merges(stmt):
                    end.stmts += notes.of(notes.value, v, a)
            elif isinstance(stmt, Loop):
                carries = [c for c in stmt.carries if c.phi not in notes.undefined]
                stmt.body.stmts[:0] = [n for c in carries for n in notes.of(notes.value, c.phi, c.phi)]
                found += [n for c in carries for n in notes.of(notes.value, c.result, c.result)]
            elif isinstance(stmt, Invoke) or isinstance(stmt, Assign) and stmt.op.kind != "atom":
                found += [n for v in ir.defs_of(stmt) for n in notes.of(notes.value, v, v)]
            if stmt in notes.graph.stores:
                found.append(notes.statement(notes.value, (notes.graph.stores[stmt],), stmt.base))
        block.stmts[:] = found

    visit(function.body)
    returned = [a for a in ir.result_atoms(function.result) if isinstance(a, Var) and a in notes.undefined and a in notes.graph.variables]
    if not function.body.diverges:  # what is returned is there
        function.body.stmts += [notes.statement(notes.value, (notes.graph.variables[a],), a) for a in returned]
    function.body.stmts[:0] = [n for p in function.params for n in notes.of(notes.value, p.var, p.var)]


def merges(stmt: If | Try) -> Iterator[tuple[Var, Block, Any]]:
    """The variables that a statement merges, with the end of each path that goes on and the value there."""
    if isinstance(stmt, If):
        blocks: tuple[Block, ...] = (stmt.then, stmt.orelse)
    else:
        blocks = (stmt.orelse if stmt.orelse.stmts else stmt.body, *(h.body for h in stmt.handlers))
    for p in stmt.phis:
        values = (p.then, p.orelse) if isinstance(p, Phi) else p.values
        for block, a in zip(blocks, values):
            if a is not UNDEF and not block.diverges:
                yield p.var, block, a


def may_be_undefined(function: Function) -> set[Any]:
    """The variables that merge paths or iterations of which one gives no value."""
    found: set[Any] = {UNDEF}
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Loop):
            for c in stmt.carries:
                if c.init in found:
                    found |= {c.phi, c.result}
        elif isinstance(stmt, If):
            found |= {p.var for p in stmt.phis if p.then in found or p.orelse in found}
        elif isinstance(stmt, Try):
            found |= {m.var for m in stmt.phis if any(v in found for v in m.values)}
    return found


class ObservedReverse(Reverse):
    """Reverse mode that leaves notes."""

    notes: Notes

    def take(self, v: Var) -> Any:
        bar = super().take(v)
        if bar is not None and v in self.notes.graph.variables:
            self.note(self.notes.adjoint, (self.notes.graph.variables[v],), bar)
        return bar

    def contribute(self, v: Any, g: Any, merge: bool = False) -> None:
        stmt = self.scope.current
        if not merge and isinstance(stmt, Assign) and isinstance(v, Var) and g is not None and self.active(v):
            source, target = (self.notes.graph.variables.get(x) for x in (v, stmt.target))
            if source is not None and target is not None and source != target:
                self.note(self.notes.part, (source, target), g)
        super().contribute(v, g, merge)

    def note(self, method: Any, keys: tuple[int, ...], bar: Any) -> None:
        atom = self.bar_atom(bar)
        if atom is not None and not (isinstance(atom, Lit) and atom.value is None):
            self.append(self.notes.statement(method, keys, atom))


class ObservedForward(Forward):
    """Forward mode that leaves notes."""

    notes: Notes

    def run(self) -> Function:
        function = super().run()
        for v in self.given:
            dot = self.dots[v]
            defined = [i for i, s in enumerate(function.body.stmts) if any(d is dot for d in ir.defs_of(s))]
            at = defined[0] + 1 if defined else 0
            function.body.stmts[at:at] = self.notes.of(self.notes.tangent, v, dot)
        return function

    def tangent_Assign(self, stmt: Assign) -> None:
        super().tangent_Assign(stmt)
        if stmt.target not in self.given and stmt.op.kind != "atom":
            self.note(stmt.target)

    def tangent_If(self, stmt: If) -> None:
        before = list(merges(stmt))
        super().tangent_If(stmt)
        self.note_merges(before)

    def tangent_Loop(self, stmt: Loop) -> None:
        carries = [c for c in stmt.carries if c.phi not in self.notes.undefined]
        super().tangent_Loop(stmt)
        stmt.body.stmts[:0] = [n for c in carries for n in self.notes.of(self.notes.tangent, c.phi, self.dot(c.phi))]
        for c in carries:
            self.note(c.result)

    def tangent_Try(self, stmt: Try) -> None:
        before = list(merges(stmt))
        super().tangent_Try(stmt)
        self.note_merges(before)

    def note_merges(self, found: list[tuple[Var, Block, Any]]) -> None:
        for v, end, a in found:
            dot = self.dot(a)
            if dot is None and self.dot(v) is not None and isinstance(v.type, Num):
                dot = Lit(0.0)
            if a not in self.notes.undefined:
                end.stmts += self.notes.of(self.notes.tangent, v, dot)

    def note(self, v: Var) -> None:
        self.out.stmts += self.notes.of(self.notes.tangent, v, self.dot(v))


def annotate(notes: Notes, mode: str) -> None:
    """Put what was noted on the nodes and edges of the graph. `mode` is "adjoint" or "tangent"."""
    graph = notes.graph
    graph.mode = mode
    nodes = graph.nodes()
    for key, node in nodes.items():
        derivatives = notes.tangents[key] if mode == "tangent" else notes.adjoints[key][::-1]
        node.reached = bool(notes.values[key]) or key not in notes.expected
        node.forward = numbers(notes.values[key])
        if node.active:
            node.backward = numbers([_like(d, notes.values[key]) for d in derivatives])
            if node.kind == "input" and not derivatives and notes.values[key]:
                node.backward = "0"  # nothing of it reaches the result
    for e in graph.edges:
        if e.again or e.chooses:
            continue
        source = nodes[e.source]
        e.forward = source.forward if len(source.forward) <= SHORT else ""
        if mode == "tangent":
            e.backward = source.backward if len(source.backward) <= SHORT else ""
        elif parts := notes.parts.get((e.source, e.target)):
            e.backward = numbers(_summed(parts[::-1], len(notes.adjoints[e.target]), notes.values[e.source]))


def _shape(values: list[Any]) -> tuple[int, ...] | None:
    """The shape of some numbers or arrays; None if it is not the same for all, or one is something else."""
    shapes = {v.shape if isinstance(v, np.ndarray) else () if np.isscalar(v) else None for v in values}
    return shapes.pop() if len(shapes) == 1 else None


def _like(d: Any, values: list[Any]) -> Any:
    """A derivative in the shape of the values; a number may stand for an array that is filled with it."""
    shape = _shape(values)
    return np.broadcast_to(d, shape) if shape is not None and np.isscalar(d) else d


def _summed(parts: list[Any], times: int, values: list[Any]) -> list[Any]:
    """What an operation that ran some times has contributed each time: one part for each use of the operand."""
    shape = _shape(values)
    if shape is not None and _shape(parts[:1]) is not None:
        parts = [g if np.shape(g) == shape else unbroadcast(g, np.zeros(shape, np.result_type(g))) for g in parts]
    uses = len(parts) // times if times and len(parts) % times == 0 else 1
    if uses == 1 or _shape(parts) is None:
        return parts
    return [sum(parts[k + 1 : k + uses], parts[k]) for k in range(0, len(parts), uses)]


__all__ = ["Notes", "ObservedForward", "ObservedReverse", "annotate", "note_values"]
