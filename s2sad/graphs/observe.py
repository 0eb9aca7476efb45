"""Values and adjoints at a point: the program is run with every number noted where it is made and where it is used up.

Forward, a note follows each operation. In reverse, one stands where reverse mode takes the adjoint of a variable, when all
of it has been collected, and where an operation contributes to the adjoint of an operand. What runs is emitted code, as
for every other gradient.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..autodiff.reverse import Reverse
from ..ir import nodes as ir
from ..ir.nodes import SAFE, Assign, Block, Effect, Function, If, Lit, Loop, Op, Ref, Try, Var
from ..runtime import unbroadcast
from .build import Graph


class Notes:
    """What the run notes: values and adjoints by node, contributions by edge, each in the order of the run."""

    def __init__(self) -> None:
        self.values: dict[int, list[Any]] = defaultdict(list)
        self.adjoints: dict[int, list[Any]] = defaultdict(list)
        self.parts: dict[tuple[int, int], list[Any]] = defaultdict(list)

    def value(self, key: int, v: Any) -> None:
        """Called by the program that is observed."""
        self.values[key].append(_kept(v))

    def adjoint(self, key: int, v: Any) -> None:
        """Called by the program that is observed, in its reverse sweep."""
        self.adjoints[key].append(_kept(v))

    def part(self, source: int, target: int, v: Any) -> None:
        """Called by the program that is observed, where the adjoint of `target` is passed on to `source`."""
        self.parts[source, target].append(_kept(v))


def _kept(v: Any) -> Any:
    """A value as it is now."""
    if isinstance(v, np.ndarray):
        return v.copy()
    return [_kept(i) for i in v] if isinstance(v, (list, tuple)) else v


def note_values(function: Function, graph: Graph, notes: Notes) -> None:
    """Put notes behind everything that makes a value that the graph has a node for."""
    fn = Ref(notes.value, "value", notes.value)

    def note(v: Any) -> list[Any]:
        if not isinstance(v, Var) or v not in graph.variables:
            return []
        return [Effect(Op("call", (Lit(graph.variables[v]), v), fn=fn, data=SAFE))]

    def visit(block: Block) -> None:
        found: list[Any] = []
        for stmt in block.stmts:
            found.append(stmt)
            for inner in ir.blocks_of(stmt):
                visit(inner)
            if isinstance(stmt, Loop):
                heads = [n for c in stmt.carries for n in note(c.phi)]
                stmt.body.stmts[:0] = heads
            if isinstance(stmt, (Assign, If, Loop, Try)):
                for v in ir.defs_of(stmt):
                    if not (isinstance(stmt, Assign) and stmt.op.kind == "atom"):  # another name of what has been noted
                        found += note(v)
        block.stmts[:] = found

    visit(function.body)
    function.body.stmts[:0] = [n for p in function.params for n in note(p.var)]


class Observed(Reverse):
    """Reverse mode that leaves notes."""

    graph: Graph
    notes: Notes

    def take(self, v: Var) -> Any:
        bar = super().take(v)
        if bar is not None and v in self.graph.variables:
            self.note(self.notes.adjoint, "adjoint", (self.graph.variables[v],), bar)
        return bar

    def contribute(self, v: Any, g: Any, merge: bool = False) -> None:
        stmt = self.scope.current
        if not merge and isinstance(stmt, Assign) and isinstance(v, Var) and g is not None and self.active(v):
            ends = self.graph.variables.get(v), self.graph.variables.get(stmt.target)
            if None not in ends and ends[0] != ends[1]:
                self.note(self.notes.part, "part", ends, g)
        super().contribute(v, g, merge)

    def note(self, method: Any, name: str, keys: tuple[Any, ...], bar: Any) -> None:
        atom = self.bar_atom(bar)
        if atom is not None and not (isinstance(atom, Lit) and atom.value is None):
            self.append(Effect(Op("call", (*map(Lit, keys), atom), fn=Ref(method, name, method), data=SAFE)))


def annotate(graph: Graph, notes: Notes) -> None:
    """Put what was noted on the nodes and edges of the graph."""
    from .labels import numbers

    nodes = graph.nodes()
    graph.mode = "adjoint"
    for key, node in nodes.items():
        values, adjoints = notes.values[key], notes.adjoints[key][::-1]
        node.reached = bool(values) or node.kind == "store" or key not in graph.variables.values()
        node.forward = numbers(values)
        node.backward = numbers(adjoints) if node.active else ""
    for e in graph.edges:
        found = notes.parts.get((e.source, e.target))
        if found and not e.again:
            shapes = {np.shape(v) for v in notes.values[e.source]}
            shape = next(iter(shapes)) if len(shapes) == 1 else None
            e.backward = numbers([v if shape is None else unbroadcast(v, np.zeros(shape)) for v in found[::-1]])


__all__ = ["Notes", "Observed", "annotate", "note_values"]
