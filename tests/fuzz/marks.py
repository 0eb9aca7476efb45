"""Checkpoints in random programs: marks on some of the loops over ranges and on some of the functions."""

from __future__ import annotations

import ast
import random
from typing import Any

IMPORT = "from s2sad import checkpoint, checkpointed\n"


def leaves(body: list[ast.stmt], inside: bool = False) -> bool:
    """Whether statements of a loop's body may leave the loop."""
    for stmt in body:
        if isinstance(stmt, ast.Return) or isinstance(stmt, ast.Break) and not inside:
            return True
        if isinstance(stmt, (ast.FunctionDef, ast.ClassDef)):
            continue
        looped = inside or isinstance(stmt, (ast.For, ast.While))
        for name in ("body", "orelse", "finalbody"):
            if leaves(getattr(stmt, name, []), looped if name == "body" else inside):
                return True
        if any(leaves(h.body, inside) for h in getattr(stmt, "handlers", [])):
            return True
    return False


class Marker(ast.NodeTransformer):
    """Marks loops that are over a range and not left early, and functions other than `f`, at random."""

    def __init__(self, rng: random.Random, share: float) -> None:
        self.rng, self.share, self.count = rng, share, 0

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        over = node.iter
        ranged = isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "range"
        if ranged and not leaves(node.body) and self.rng.random() < self.share:
            slots = ast.keyword("slots", ast.Constant(self.rng.randrange(1, 4)))
            node.iter = ast.Call(ast.Name("checkpointed", ast.Load()), [over], [slots])
            self.count += 1
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        if node.name != "f" and not node.decorator_list and self.rng.random() < 0.5 * self.share:
            node.decorator_list = [ast.Name("checkpoint", ast.Load())]
            self.count += 1
        return node


def marked(text: str, rng: random.Random, share: float = 0.6) -> str:
    """The text with checkpoints; the text itself if there is nothing to mark."""
    marker = Marker(rng, share)
    tree = ast.fix_missing_locations(marker.visit(ast.parse(text)))
    return IMPORT + ast.unparse(tree) + "\n" if marker.count else text
