"""Graphs as texts for Graphviz and for Mermaid, which lay them out."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from .build import Graph
from .model import Edge, Group, Node

FORWARD, BACKWARD, PLAIN = "#1f5fa8", "#c2410c", "#4a5568"
FILLS = {
    "input": "#e6f0fb", "operation": "#ffffff", "merge": "#f3e8ff", "store": "#fef3c7", "test": "#f1f5f9", "call": "#dcfce7",
}  # fmt: skip


# --- Graphviz -----------------------------------------------------------------------------------------------


def dot_source(graph: Graph) -> str:
    """The graph in Graphviz's language. Raises ImportError without the Python package graphviz."""
    return str(_digraph(graph).source)


def svg_source(graph: Graph) -> str:
    """The graph laid out by Graphviz. Raises ImportError without the package, OSError without the program `dot`."""
    import graphviz

    try:
        return str(_digraph(graph).pipe(format="svg", encoding="utf-8"))
    except graphviz.ExecutableNotFound as error:
        raise OSError("Graphviz's program `dot` is not installed") from error


def _digraph(graph: Graph) -> Any:
    import graphviz

    drawing = graphviz.Digraph(
        graph.root.title,
        graph_attr={"fontname": "Helvetica", "fontsize": "12", "labelloc": "t", "ranksep": "0.35", "nodesep": "0.3"},
        node_attr={"fontname": "Helvetica", "fontsize": "12", "shape": "box", "style": "rounded,filled", "color": PLAIN},
        edge_attr={"fontname": "Helvetica", "fontsize": "10", "color": FORWARD if graph.mode else PLAIN, "arrowsize": "0.7"},
    )
    drawing.attr(label=_dot_legend(graph))
    _dot_group(drawing, graph.root, graph, "")
    nodes = graph.nodes()
    for e in graph.edges:
        style = "dashed" if e.again else "dotted" if e.chooses else "solid"
        attributes = {"style": style, "label": e.forward}
        if e.chooses:
            attributes["color"] = PLAIN
        if e.forward:
            attributes["fontcolor"] = FORWARD
        if not nodes[e.source].reached or not nodes[e.target].reached:
            attributes["color"] = "#cbd5e0"
        if e.again:
            attributes["constraint"] = "false"
        if e.backward and graph.mode == "tangent":
            attributes["label"] = _dot_lines(_dot_coloured(FORWARD, e.forward), _dot_coloured(BACKWARD, e.backward))
        drawing.edge(f"n{e.source}", f"n{e.target}", **attributes)
        if e.backward and graph.mode == "adjoint":
            # drawn from the result back to the operand, and laid out as the edge that it follows
            drawing.edge(
                f"n{e.source}", f"n{e.target}", label=e.backward, color=BACKWARD, fontcolor=BACKWARD, dir="back")  # fmt: skip
    return drawing


def _dot_legend(graph: Graph) -> str:
    if not graph.mode:
        return graph.root.title
    arrows = "backward" if graph.mode == "adjoint" else "forward"
    return _dot_lines(_escaped(graph.root.title), _dot_coloured(FORWARD, "value (forward)"), _dot_coloured(BACKWARD, f"{graph.mode} ({arrows})"))


def _dot_coloured(colour: str, text: str) -> str:
    return f'<font color="{colour}">{_escaped(text)}</font>' if text else ""


def _dot_lines(*lines: str) -> str:
    return f"<{'<br/>'.join(line for line in lines if line)}>"


def _dot_group(drawing: Any, group: Group, graph: Graph, number: str) -> None:
    for k, item in enumerate(group.items):
        if isinstance(item, Node):
            drawing.node(f"n{item.key}", **_dot_node(item))
        else:
            with drawing.subgraph(name=f"cluster{number}_{k}") as inner:
                inner.attr(label=item.title, labeljust="l", style="rounded,dashed", color="#94a3b8", fontcolor=PLAIN)
                _dot_group(inner, item, graph, f"{number}_{k}")


def _dot_node(node: Node) -> dict[str, str]:
    label = _dot_lines(_escaped(node.label), _dot_coloured(FORWARD, node.forward), _dot_coloured(BACKWARD, node.backward))
    found = {"label": label, "fillcolor": FILLS[node.kind]}
    if node.kind == "test":
        found.update(shape="box", style="filled")
    if node.result:
        found["penwidth"] = "2"
    if not node.active:
        found["color"] = "#a0aec0"
    if not node.reached:
        found.update(fontcolor="#a0aec0", color="#cbd5e0", fillcolor="#fafafa")
    return found


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


# --- Mermaid ------------------------------------------------------------------------------------------------


def mermaid_source(graph: Graph) -> str:
    """The graph as a Mermaid flowchart."""
    lines = ["flowchart TD", *_mermaid_group(graph.root, "  ", "g")]
    colours: dict[str, list[int]] = {FORWARD: [], BACKWARD: []}
    count = 0
    for e in graph.edges:
        tangent = e.backward if graph.mode == "tangent" else ""
        lines.append(f"  n{e.source} {_mermaid_arrow(e, tangent)} n{e.target}")
        if graph.mode and not e.chooses:
            colours[FORWARD].append(count)
        count += 1
        if e.backward and graph.mode == "adjoint":
            lines.append(f'  n{e.target} -- "{_entity(e.backward)}" --> n{e.source}')
            colours[BACKWARD].append(count)
            count += 1
    for name, fill in FILLS.items():
        # the underscore, since `call` means something else in Mermaid
        lines.append(f"  classDef {name}_ fill:{fill},stroke:{PLAIN},color:#1a202c")
    lines.append("  classDef result stroke-width:3px")
    lines.append("  classDef unreached fill:#fafafa,stroke:#cbd5e0,color:#a0aec0")
    for colour, edges in colours.items():
        if edges:
            lines.append(f"  linkStyle {','.join(map(str, edges))} stroke:{colour},color:{colour}")
    return "\n".join(lines) + "\n"


def _mermaid_group(group: Group, indent: str, number: str) -> Iterator[str]:
    for k, item in enumerate(group.items):
        if isinstance(item, Node):
            yield f"{indent}n{item.key}{_mermaid_shape(item)}"
            classes = [f"{item.kind}_", *(["result"] if item.result else [])] if item.reached else ["unreached"]
            yield from (f"{indent}class n{item.key} {name}" for name in classes)
        else:
            yield f'{indent}subgraph {number}_{k}["{_entity(item.title)}"]'
            yield from _mermaid_group(item, indent + "  ", f"{number}_{k}")
            yield f"{indent}end"


def _mermaid_shape(node: Node) -> str:
    text = _entity(node.label)
    for part, colour in ((node.forward, FORWARD), (node.backward, BACKWARD)):
        if part:
            text += f"<br/><span style='color:{colour}'>{_entity(part)}</span>"
    return {"input": f'(["{text}"])', "test": f'{{{{"{text}"}}}}', "merge": f'("{text}")'}.get(node.kind, f'["{text}"]')


def _mermaid_arrow(edge: Edge, tangent: str) -> str:
    dotted = edge.again or edge.chooses
    text = _entity(edge.forward)
    if tangent:
        text = "<br/>".join(filter(None, [text, f"<span style='color:{BACKWARD}'>{_entity(tangent)}</span>"]))
    if not text:
        return "-.->" if dotted else "-->"
    return f'-. "{text}" .->' if dotted else f'-- "{text}" -->'


def _entity(text: str) -> str:
    """Text within quotes: Mermaid writes special characters by their names."""
    for character, name in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        text = text.replace(character, name)
    return text
