"""Functions that were generated for a text: their definitions become part of it."""

from __future__ import annotations

import ast
from itertools import count
from typing import Any

from .bindings import Bindings


def generated_definitions(bindings: Bindings) -> list[ast.stmt]:
    """The definitions of generated functions that a text calls or hands on, callees first; what they name is bound, too."""
    found: list[ast.stmt] = []
    for name, obj in list(bindings.names.items()):
        _define(name, obj, bindings, found)
    return found


def _define(name: str, obj: Any, bindings: Bindings, found: list[ast.stmt]) -> None:
    if not hasattr(type(obj), "__get__") or not hasattr(obj, "__s2sad_text__") or name in bindings.written:  # a function
        return
    bindings.written.add(name)
    text, space = obj.__s2sad_text__
    definitions = [s for s in ast.parse(text).body if isinstance(s, ast.FunctionDef)]
    renamed = {obj.__name__: name}
    for part in definitions:  # a function in several parts
        if part.name != obj.__name__:
            renamed[part.name] = alias = _free(part.name, bindings)
            bindings.names[alias] = obj
            bindings.written.add(alias)
    for inner, value in space.items():
        renamed[inner] = alias = _bound(inner, value, bindings)
        _define(alias, value, bindings, found)
    found += [_Renamed(renamed).visit(s) for s in definitions]


def _bound(name: str, value: Any, bindings: Bindings) -> str:
    """The name that a value has in the text: its own, unless that is taken."""
    if name not in bindings.names and name not in bindings.reserved:
        bindings.names[name] = value
    if bindings.names.get(name) is value:
        return name
    known = next((n for n, obj in bindings.names.items() if obj is value), None)
    alias = known or _free(name, bindings)
    bindings.names[alias] = value
    return alias


def _free(name: str, bindings: Bindings) -> str:
    taken = bindings.names.keys() | bindings.reserved
    return next(n for i in count(1) if (n := name if i == 1 else f"{name}_{i}") not in taken)


class _Renamed(ast.NodeTransformer):
    """Global names of a definition, as they are called in the text around it."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self.names.get(node.name, node.name)
        self.generic_visit(node)
        return node
