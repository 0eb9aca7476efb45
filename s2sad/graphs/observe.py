"""Values and derivatives at a point: the program is run with every number noted where it is made and where it is used up.

A note follows each operation; in forward mode, another one follows its tangent. In reverse, one stands where the adjoint of
a variable is taken, when all of it has been collected, and where an operation contributes to the adjoint of an operand. What
runs is emitted code, as for every other derivative.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..autodiff.forward import Forward
from ..autodiff.reverse import Reverse
from ..ir import nodes as ir
from ..ir.nodes import SAFE, Assign, Block, Effect, Function, If, Invoke, Lit, Loop, Op, Ref, Try, Var
from ..runtime import unbroadcast
from .build import Graph
from .labels import numbers

SHORT = 12  # the longest text that is written beside a forward edge


class Notes:
    """What the run notes: values, adjoints or tangents by node, contributions by edge, each in the order of the run."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.expected: set[int] = set()  # the nodes whose values are noted
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
        """The note of something that belongs to the variable `v`; none if the graph has no node for it."""
        known = isinstance(v, Var) and v in self.graph.variables and atom is not None
        return [self.statement(method, (self.graph.variables[v],), atom)] if known else []


def _kept(v: Any) -> Any:
    """A value as it is now."""
    if isinstance(v, np.ndarray):
        return v.copy()
    return [_kept(i) for i in v] if isinstance(v, (list, tuple)) else v


def note_values(function: Function, notes: Notes) -> None:
    """Put notes behind everything that makes a value that the graph has a node for."""

    def visit(block: Block) -> None:
        found: list[Any] = []
        for stmt in block.stmts:
            found.append(stmt)
            for inner in ir.blocks_of(stmt):
                visit(inner)
            if isinstance(stmt, Loop):
                stmt.body.stmts[:0] = [n for c in stmt.carries for n in notes.of(notes.value, c.phi, c.phi)]
            if isinstance(stmt, (If, Invoke, Loop, Try)) or isinstance(stmt, Assign) and stmt.op.kind != "atom":
                found += [n for v in ir.defs_of(stmt) for n in notes.of(notes.value, v, v)]
            if stmt in notes.graph.stores:
                found.append(notes.statement(notes.value, (notes.graph.stores[stmt],), stmt.base))
        block.stmts[:] = found

    visit(function.body)
    function.body.stmts[:0] = [n for p in function.params for n in notes.of(notes.value, p.var, p.var)]


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
        super().tangent_If(stmt)
        for p in [p for p in stmt.phis if p.var in self.facts]:
            self.note(p.var)

    def tangent_Loop(self, stmt: Loop) -> None:
        carries = list(stmt.carries)
        super().tangent_Loop(stmt)
        stmt.body.stmts[:0] = [n for c in carries for n in self.notes.of(self.notes.tangent, c.phi, self.dot(c.phi))]
        for c in carries:
            self.note(c.result)

    def tangent_Try(self, stmt: Try) -> None:
        super().tangent_Try(stmt)
        for m in [m for m in stmt.phis if m.var in self.facts]:
            self.note(m.var)

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


def _like(d: Any, values: list[Any]) -> Any:
    """A derivative in the shape of the values; a number may stand for an array that is filled with it."""
    shapes = {np.shape(v) for v in values}
    return np.broadcast_to(d, shapes.pop()) if len(shapes) == 1 and isinstance(d, (float, np.floating)) else d


def _summed(parts: list[Any], times: int, values: list[Any]) -> list[Any]:
    """What an operation that ran some times has contributed each time: one part for each use of the operand."""
    shapes = {np.shape(v) for v in values}
    if len(shapes) == 1:
        like = np.zeros(shapes.pop())
        parts = [unbroadcast(np.asarray(g, float), like) if np.ndim(g) or like.ndim else g for g in parts]
    uses = len(parts) // times if times and len(parts) % times == 0 else 1
    return [sum(parts[k + 1 : k + uses], parts[k]) for k in range(0, len(parts), uses)]


__all__ = ["Notes", "ObservedForward", "ObservedReverse", "annotate", "note_values"]
