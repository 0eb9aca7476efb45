"""Programs that run into a defect of NumPy: a store to a vector whose value is a vector of the same memory in other steps.

NumPy 2.4 stores `A[1, 1:] = A[:, -1]` element by element, so that elements are overwritten before they are read; where it
sees an overlap, it copies the value first, as the language of arrays says. Here every stored value is copied: a program
that has another value then has met the defect, and its finite differences say nothing.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from tests.fuzz.points import Point, arguments

STORE, COPY = "store_copied_", "copied_"


class _Copying(ast.NodeTransformer):
    """`a[i] = v` becomes `store_copied_(a, i, v)`, and the second argument of `np.copyto` is copied."""

    def visit_Assign(self, node: ast.Assign) -> Any:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
            return node
        parts = ast.Tuple([node.value, target.value, _index(target.slice)], ast.Load())
        target.value, target.slice, node.value = ast.Name(STORE, ast.Load()), ast.Constant(0), parts
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copyto" and len(node.args) == 2:
            node.args[1] = ast.Call(ast.Name(COPY, ast.Load()), [node.args[1]], [])
        return node


def _index(node: ast.expr) -> ast.expr:
    """The expression for an index outside of brackets."""
    if isinstance(node, ast.Slice):
        return ast.Call(ast.Name("slice", ast.Load()), [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)], [])
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_index(part) for part in node.elts], ast.Load())
    return node


def copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


class _Store:
    def __setitem__(self, _: int, parts: tuple[Any, Any, Any]) -> None:
        value, base, index = parts  # in the order in which Python evaluates them
        base[index] = copied(value) if isinstance(base, np.ndarray) else value


def meets_defect(text: str, point: Point, mode: str) -> bool:
    """Whether the program `f` of a module has another value if what it stores is copied first."""
    found = []
    for tree in (ast.parse(text), ast.fix_missing_locations(_Copying().visit(ast.parse(text)))):
        module: dict[str, Any] = {"__name__": "builtins", STORE: _Store(), COPY: copied}  # dataclasses look up their module
        exec(compile(tree, "<fuzz>", "exec"), module)
        found.append(float(module["f"](*arguments(point, mode))))
    return found[0] != found[1]


__all__ = ["meets_defect"]
