"""The computation graph of a program: one node for each operation of the elementary form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import BOOL, Arr, ListT, Num, Obj, TupleT
from ..ir import nodes as ir
from ..ir.nodes import (
    Assign,
    Block,
    Effect,
    Function,
    If,
    Invoke,
    Lit,
    Loop,
    Op,
    Region,
    Star,
    Store,
    Try,
    Var,
    With,
)
from .labels import Labels
from .model import Edge, Group, Kind, Node

INDEXING = frozenset({"slice", "tuple"})


@dataclass
class Graph:
    """A computation graph. `mode` says what the second number of each node is, "adjoint" or "tangent"; "" if there is none."""

    root: Group
    edges: list[Edge] = field(default_factory=list)
    mode: str = ""
    variables: dict[Var, int] = field(default_factory=dict)  # the node of each variable
    stores: dict[Any, int] = field(default_factory=dict)  # the node of each store
    made: dict[int, Node] = field(default_factory=dict)  # all nodes by their keys, also those in groups that are still open

    def nodes(self) -> dict[int, Node]:
        """All nodes by their keys."""
        return {n.key: n for n in self.root.nodes()}

    def dot(self) -> str:
        """The graph in Graphviz's language. Needs the Python package graphviz."""
        from .draw import dot_source

        return dot_source(self)

    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""
        from .draw import mermaid_source

        return mermaid_source(self)

    def svg(self) -> str:
        """The graph as a picture. Raises ImportError without the package graphviz, OSError without its program `dot`."""
        from .draw import svg_source

        return svg_source(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg()}
        except (ImportError, OSError):
            return {"text/markdown": f"```mermaid\n{self.mermaid()}```", "text/plain": self.mermaid()}


def build(function: Function) -> Graph:
    """The graph of a function in its elementary form."""
    graph = Graph(Group(function.name))
    builder = _Builder(graph, graph.root)
    for p in function.params:
        builder.parameter(p.var)
    builder.block(function.body)
    builder.results(function.result)
    done: list[Any] = []
    todo = [s.fn for s in ir.walk(function.body) if isinstance(s, Invoke)]
    while todo:
        fn = todo.pop(0)
        if any(fn is d for d in done):
            continue
        done.append(fn)
        group = Group(f"def {fn.name}({', '.join(p.hint for p in fn.params)})")
        graph.root.items.append(group)
        inner = _Builder(graph, group)
        for var in fn.params:
            inner.parameter(var)
        inner.block(fn.body)
        inner.results(ir.Struct("tuple", tuple(fn.results)))
        todo += [s.fn for s in ir.walk(fn.body) if isinstance(s, Invoke)]
    _drop_unused_inputs(graph)
    return graph


def _drop_unused_inputs(graph: Graph) -> None:
    """Objects and containers whose parts are inputs of their own need no node; numbers and arrays that nothing reads keep theirs."""
    kept = {e.source for e in graph.edges} | {key for v, key in graph.variables.items() if isinstance(v.type, (Arr, Num)) and v.type.floating}
    graph.root.items = [i for i in graph.root.items if isinstance(i, Group) or i.kind != "input" or i.key in kept or i.result]


class _LoopMemory:
    """Which memory the body of a loop stores to, and the nodes that read it before that under names from outside."""

    def __init__(self, known: set[Var]) -> None:
        self.known = known
        self.stored: set[Region] = set()
        self.readers: dict[Region, list[Node]] = {}


class _Builder:
    """Walks the statements of one function."""

    def __init__(self, graph: Graph, group: Group) -> None:
        self.graph, self.group = graph, group
        self.labels = Labels()
        self.paths: set[Var] = set()  # parameters, and parts of parameters that are reached by attributes and constant indices
        self.memory: dict[Region, tuple[int, ...]] = {}  # the stores that memory has seen last
        self.loops: list[_LoopMemory] = []
        self.tests: dict[Var, str] = {}  # conditions that have no name

    # --- nodes and edges -----------------------------------------------------------------------------------------------

    def node(self, label: str, kind: Kind, var: Var | None = None) -> Node:
        node = Node(len(self.graph.made), label, kind, var is not None and var.varied and var.type.floating)
        self.graph.made[node.key] = node
        self.group.items.append(node)
        if var is not None:
            self.graph.variables[var] = node.key
        return node

    def edge(self, source: Any, target: Node, again: bool = False, chooses: bool = False) -> None:
        """Edges to `target` from where the value of an atom comes from."""
        if isinstance(source, Star):
            source = source.atom
        if not isinstance(source, Var):
            return
        hidden = self.labels.hidden(source)
        if hidden is not None and source not in self.graph.variables:
            for a in hidden.atoms():
                self.edge(a, target, again, chooses)
            return
        if source.region is not None:
            for loop in self.loops:
                if source.region.find() not in loop.stored and source in loop.known:
                    loop.readers.setdefault(source.region.find(), []).append(target)
        self.connect(self.origins(source), target, again, chooses)

    def connect(self, origins: tuple[int, ...], target: Node, again: bool = False, chooses: bool = False) -> None:
        for key in origins:
            if not any(e.source == key and e.target == target.key and e.again == again for e in self.graph.edges):
                self.graph.edges.append(Edge(key, target.key, again, chooses))

    def origins(self, v: Var) -> tuple[int, ...]:
        """The node that makes a value, or the stores that changed its memory since."""
        made = self.graph.variables.get(v, -1)
        stores = self.memory.get(v.region.find(), ()) if v.region is not None else ()
        if stores and max(stores) > made:
            return stores
        return (made,) if made >= 0 else ()

    def stored(self, base: Any, node: Node) -> None:
        if isinstance(base, Var) and base.region is not None:
            self.memory[base.region.find()] = (node.key,)
            for loop in self.loops:
                loop.stored.add(base.region.find())

    def results(self, result: Any) -> None:
        for a in ir.result_atoms(result):
            if isinstance(a, Var):
                for key in self.origins(a):
                    self.graph.made[key].result = True

    # --- statements ----------------------------------------------------------------------------------------------------

    def parameter(self, v: Var) -> None:
        self.paths.add(v)
        self.node(v.hint, "input", v)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            method = getattr(self, f"on_{type(stmt).__name__}", None)
            if method is not None:
                method(stmt)

    def on_Assign(self, stmt: Assign) -> None:
        v, op = stmt.target, stmt.op
        base = op.args[0] if op.args else None
        if op.kind in INDEXING and not v.varied or op.kind == "atom" and not isinstance(base, Var):
            self.labels.hide(v, op)
        elif base in self.paths and (op.kind == "getattr" or op.kind == "getitem" and self.is_part(base, op)):
            self.paths.add(v)
            if isinstance(v.type, (Obj, TupleT, ListT)) or not v.type.floating:
                self.labels.hide(v, op)
            else:
                self.node(self.labels.op_text(op), "input", v)
                self.labels.hide(v, op)
        elif op.kind == "atom" and base in self.graph.variables:
            self.graph.variables[v] = self.graph.variables[base]  # another name
        else:
            kind: Kind = "test" if v.type == BOOL else "operation"
            text = self.labels.op_text(op)
            if kind == "test" and not v.named:
                self.tests[v] = text
            else:
                text = f"{self.labels.names[v]} = {text}"
            node = self.node(text, kind, v)
            for a in op.atoms():
                self.edge(a, node)
            if op.kind == "method":
                self.stored(base, node)

    def is_part(self, base: Any, op: Op) -> bool:
        """Whether an item is taken from a container that is an argument, and not from an array."""
        return not isinstance(base.type, (Arr, Num)) and not base.stored and isinstance(op.args[1], Lit)

    def on_Store(self, stmt: Store) -> None:
        node = self.node(self.labels.store_text(stmt), "store")
        node.active = isinstance(stmt.base, Var) and stmt.base.varied
        self.graph.stores[stmt] = node.key
        for a in (stmt.base, stmt.index, stmt.value):
            self.edge(a, node)
        self.stored(stmt.base, node)

    def on_Effect(self, stmt: Effect) -> None:
        node = self.node(self.labels.op_text(stmt.op), "store")
        for a in stmt.op.atoms():
            self.edge(a, node)
        if stmt.op.kind == "method" and stmt.op.args:
            self.stored(stmt.op.args[0], node)
            node.active = isinstance(stmt.op.args[0], Var) and stmt.op.args[0].varied

    def on_Invoke(self, stmt: Invoke) -> None:
        text = f"{stmt.fn.name}({', '.join(self.labels.atom_text(a) for a in stmt.args)})"
        for v in stmt.results[:-1]:  # the last one holds what the reverse part needs
            node = self.node(f"{self.labels.names[v]} = {text}", "call", v)
            for a in stmt.args:
                self.edge(a, node)

    def inside(self, title: str, block: Block) -> dict[Region, tuple[int, ...]]:
        """Build a block in a group of its own; returns the stores that memory has seen last at its end."""
        outer, self.group = self.group, Group(title)
        before = dict(self.memory)
        self.block(block)
        if self.group.items:
            outer.items.append(self.group)
        self.group = outer
        after, self.memory = self.memory, before
        return after

    def join(self, *ends: dict[Region, tuple[int, ...]]) -> None:
        """Go on after paths that end with these stores."""
        for region in {r: None for end in ends for r in end}:
            keys = [k for end in ends for k in end.get(region, self.memory.get(region, ()))]
            self.memory[region] = tuple(dict.fromkeys(keys))

    def on_If(self, stmt: If) -> None:
        test = self.tests.get(stmt.test) or self.labels.atom_text(stmt.test)
        ends = [self.inside(f"if {test}", stmt.then), self.inside(f"else of: if {test}", stmt.orelse)]
        self.join(*(end for end, block in zip(ends, (stmt.then, stmt.orelse)) if not block.diverges))
        for p in stmt.phis:
            node = self.node(self.labels.names[p.var], "merge", p.var)
            for a in (p.then, p.orelse):
                self.edge(a, node)
            self.edge(stmt.test, node, chooses=True)

    def on_Loop(self, stmt: Loop) -> None:
        outer, self.group = self.group, Group("")
        outer.items.append(self.group)
        before = dict(self.memory)
        for c in stmt.carries:
            node = self.node(self.labels.names[c.phi], "merge", c.phi)
            self.edge(c.init, node)
        self.loops.append(_LoopMemory(set(self.graph.variables)))
        self.block(stmt.test_block)
        self.block(stmt.body)
        found = self.loops.pop()
        for region in found.stored & found.readers.keys():
            for reader in found.readers[region]:
                self.connect(self.memory[region], reader, again=True)
        for c in stmt.carries:
            self.edge(c.next, self.graph.made[self.graph.variables[c.phi]], again=True)
            self.graph.variables[c.result] = self.graph.variables[c.phi]
        self.group.title = f"while {self.tests[stmt.test]}" if stmt.test in self.tests else self.labels.loop_text(stmt)
        self.group = outer
        self.join(before, self.memory)

    def on_Try(self, stmt: Try) -> None:
        ends = [self.inside("try", stmt.body)]
        for h in stmt.handlers:
            kind = "" if h.type is None else f" {self.labels.atom_text(h.type)}"
            ends.append(self.inside(f"except{kind}", h.body))
        self.join(*ends)
        self.memory = self.inside("finally", stmt.final)
        for m in stmt.phis:
            node = self.node(self.labels.names[m.var], "merge", m.var)
            for a in m.values:
                self.edge(a, node)

    def on_With(self, stmt: With) -> None:
        self.memory = self.inside(f"with {self.labels.atom_text(stmt.context)}", stmt.body)

