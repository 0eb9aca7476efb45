"""Shrink a failing program: delete statements and simplify expressions while it fails in the same way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

from tests.fuzz.check import Verdict, same_failure, timed
from tests.fuzz.generate import Program

BODIES = ("body", "orelse", "finalbody", "handlers")
Definition = (ast.FunctionDef, ast.ClassDef)


def blocks(tree: ast.AST) -> list[list[ast.stmt]]:
    found = []
    for node in ast.walk(tree):
        for name in BODIES:
            value = getattr(node, name, None)
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                found.append(value)
    return found


def without_unused(tree: ast.Module) -> ast.Module:
    """The module without definitions and imports of names that nothing mentions."""
    while True:
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        kept = [n for n in tree.body if not isinstance(n, Definition) or n.name == "f" or n.name in used]
        if len(kept) == len(tree.body):
            return tree
        tree = ast.Module(kept, [])


def shorter(tree: ast.Module) -> Iterator[ast.Module]:
    """Trees without runs of statements, long runs first."""
    for b in range(len(blocks(tree))):
        size = len(blocks(tree)[b])
        for length in (8, 4, 2):
            for start in range(size - length, -1, -length):
                if any(_kept(s) for s in blocks(tree)[b][start : start + length]):
                    continue
                yield _with_block(tree, b, start, [], length)


def _kept(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import) or isinstance(statement, ast.FunctionDef) and statement.name == "f"


def smaller_blocks(tree: ast.Module) -> Iterator[ast.Module]:
    """Trees without one statement, or with a compound statement replaced by one of its blocks."""
    for b in range(len(blocks(tree))):
        for k in reversed(range(len(blocks(tree)[b]))):
            statement = blocks(tree)[b][k]
            if _kept(statement):
                continue
            yield _with_block(tree, b, k, [])
            for name in BODIES:
                inner = getattr(statement, name, None)
                whole = isinstance(statement, Definition)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt) and not whole:
                    yield _with_block(tree, b, k, inner)
                    if name != "body":
                        yield _without(tree, b, k, name)


def _with_block(tree: ast.Module, b: int, k: int, new: list[ast.stmt], length: int = 1) -> ast.Module:
    result = copy.deepcopy(tree)
    block = blocks(result)[b]
    block[k : k + length] = copy.deepcopy(new)
    if not block:
        block.append(ast.Pass())
    return result


def _without(tree: ast.Module, b: int, k: int, name: str) -> ast.Module:
    result = copy.deepcopy(tree)
    setattr(blocks(result)[b][k], name, [])
    return result


def expressions(tree: ast.AST) -> list[tuple[ast.AST, str, int | None]]:
    """Every place that holds an expression: a node, its field and the index in that field."""
    places: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                places.append((node, name, None))
            elif isinstance(value, list):
                places += [(node, name, k) for k, v in enumerate(value) if isinstance(v, ast.expr)]
    return places


def _at(place: tuple[ast.AST, str, int | None]) -> ast.expr:
    node, name, k = place
    value = getattr(node, name)
    return value if k is None else value[k]


def _put(place: tuple[ast.AST, str, int | None], value: ast.expr) -> None:
    node, name, k = place
    if k is None:
        setattr(node, name, value)
    else:
        getattr(node, name)[k] = value


def smaller_expressions(tree: ast.Module) -> Iterator[ast.Module]:
    for p, place in enumerate(expressions(tree)):
        old = _at(place)
        if isinstance(old, (ast.Name, ast.Constant)) or not isinstance(getattr(old, "ctx", ast.Load()), ast.Load):
            continue
        parts = [v for v in ast.iter_child_nodes(old) if isinstance(v, ast.expr)]
        parts += [v for part in parts for v in ast.iter_child_nodes(part) if isinstance(v, ast.expr)]
        for new in [*parts, ast.Name("x", ast.Load()), ast.Name("s", ast.Load()), ast.Constant(1.0)]:
            result = copy.deepcopy(tree)
            _put(expressions(result)[p], copy.deepcopy(new))
            yield result


def reduce(program: Program, verdict: Verdict, seconds: float = 40.0) -> Program:
    """The smallest program found within the time that fails as `program` does."""
    deadline = monotonic() + seconds
    tried: set[str] = set()

    def text_of(tree: ast.Module) -> str | None:
        try:
            return ast.unparse(ast.fix_missing_locations(without_unused(tree))) + "\n"
        except (ValueError, AttributeError):
            return None

    def fails(text: str) -> bool:
        if text in tried:
            return False
        tried.add(text)
        return same_failure(timed(replace(program, text=text), 5), verdict)

    best = program
    lean = text_of(ast.parse(program.text))
    if lean is not None and fails(lean):
        best = replace(program, text=lean)
    progress = True
    while progress and monotonic() < deadline:
        progress = False
        for candidates in (shorter, smaller_blocks, smaller_expressions):
            skip, again = 0, True
            while again and monotonic() < deadline:
                again = False
                for k, tree in enumerate(candidates(ast.parse(best.text))):
                    if k < skip:
                        continue
                    text = text_of(tree)
                    if text is None or len(text) >= len(best.text):
                        continue
                    if fails(text):
                        best, skip, again, progress = replace(best, text=text), k, True, True
                        break
                    if monotonic() > deadline:
                        return best
    return best
