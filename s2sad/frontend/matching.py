"""Which function of a text is it that a code object was compiled from?

The text is compiled again and the codes are compared, line numbers left aside. So a file that changed after
it was imported is noticed, and lambdas that share a line are told apart.
"""

from __future__ import annotations
import __future__

import ast
import dis
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import gast

from s2sad.errors import NoSourceError, Span
from s2sad.frontend.private_names import with_classes

FunctionNode: TypeAlias = gast.FunctionDef | gast.AsyncFunctionDef | gast.Lambda

_FUTURE = 0
for _feature in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _feature).compiler_flag

# While codes are compared, every lambda gets a line of its own from here on, and so a recognisable code.
_LAMBDA_LINES = 10_000_000
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)


@dataclass(frozen=True)
class Match:
    """A function found in a text: its tree, where it starts (decorators included), the text's lines."""

    node: FunctionNode
    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """A function of one top-level statement, with the code that it compiles to."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    first_line: int
    code: types.CodeType


def find(code: types.CodeType, filename: str, text: str, exact: bool) -> Match | None:
    """The function of `text` that compiles to `code`, None if there is none.

    Where the text was rewritten before it was compiled, no code is equal: with `exact` unset, the name, the
    first line and the parameters decide. Raises NoSourceError if several functions fit that are not the same.
    """
    tree = _parsed(filename, text)
    if tree is None:
        return None
    flags = code.co_flags & _FUTURE
    line = code.co_firstlineno
    here = [i for i, s in enumerate(tree.body) if _first_line(s) <= line <= (s.end_lineno or line)]
    # The lines may have moved while the function stayed the same, so the other statements follow.
    rest = [i for i in range(len(tree.body)) if i not in here]
    # A notebook compiles each statement of a cell on its own, without those around it.
    ways = (False, True) if _surroundings(filename, text) else (False,)
    for alone, indices in [(alone, indices) for alone in ways for indices in (here, rest)]:
        candidates = [(i, c) for i in indices for c in _candidates(filename, text, i, flags, alone)]
        found = [pair for pair in candidates if _fits(pair[1], code, exact)]
        same_line = [pair for pair in found if pair[1].first_line == line]
        if found:
            index, chosen = _only(same_line or found, code, filename, text)
            node = _in_gast(_converted(filename, text, index), chosen.node)
            return Match(node, chosen.first_line, split_lines(text))
    return None


def split_lines(text: str) -> tuple[str, ...]:
    """Lines as Python counts them: unlike `str.splitlines`, a form feed does not end one."""
    return tuple(line.rstrip("\r") for line in text.split("\n"))


def _fits(candidate: _Candidate, code: types.CodeType, exact: bool) -> bool:
    if exact:
        return same_code(candidate.code, code)
    other = candidate.code
    count = code.co_argcount + code.co_kwonlyargcount
    return (
        code.co_name == other.co_name
        and code.co_firstlineno == candidate.first_line
        and code.co_varnames[:count] == other.co_varnames[:count]
    )


def _only(
    found: list[tuple[int, _Candidate]], code: types.CodeType, filename: str, text: str
) -> tuple[int, _Candidate]:
    """The one candidate that is meant, told apart by its columns if need be."""
    if len(found) > 1:
        # Python 3.10 does not record columns; then every list is empty and all candidates stay.
        # Python 3.12 gives the columns of the whole lambda to its first instruction; the candidates have none there.
        here = set(columns(code))
        found = [pair for pair in found if here and set(columns(pair[1].code)) <= here] or found
    # Copies of one and the same text are one function.
    if len(found) > 1 and len({ast.dump(pair[1].node) for pair in found}) > 1:
        node = found[0][1].node
        raise NoSourceError(
            "several functions on this line compile to the same code",
            Span.of_node(node, filename, split_lines(text)),
            construct="lambda",
            hint="put them on lines of their own",
        )
    return found[0]


# --- from text to candidates --------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parsed(filename: str, text: str) -> ast.Module | None:
    # Notebook cells may await at top level.
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.Module = compile(text, filename, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return tree


@lru_cache(maxsize=256)
def _converted(filename: str, text: str, index: int) -> Any:
    """The gast tree of one top-level statement."""
    tree = _parsed(filename, text)
    assert tree is not None
    return with_classes(gast.ast_to_gast(ast.Module(body=[tree.body[index]], type_ignores=[])))


@lru_cache(maxsize=1024)
def _candidates(filename: str, text: str, index: int, flags: int, alone: bool) -> tuple[_Candidate, ...]:
    """The functions of one top-level statement, which is all that has to be compiled for them."""
    tree = _parsed(filename, text)
    assert tree is not None
    originals = [n for n in ast.walk(tree.body[index]) if isinstance(n, _FUNCTIONS)]
    if not originals:
        return ()
    copy = ast.parse("" if alone else _surroundings(filename, text))
    lambdas = any(isinstance(n, ast.Lambda) for n in originals)
    copy.body.append(_copied(tree.body[index]) if lambdas else tree.body[index])
    copies = [n for n in ast.walk(copy.body[-1]) if isinstance(n, _FUNCTIONS)]
    for number, node in enumerate(copies):
        if isinstance(node, ast.Lambda):
            node.lineno = node.end_lineno = _LAMBDA_LINES + number
            node.col_offset = node.end_col_offset = 0
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = compile(copy, filename, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return ()
    codes = {(code.co_name, code.co_firstlineno): code for code in _nested(module)}
    result = []
    for original, node in zip(originals, copies):
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        code = codes.get((name, _first_line(node)))
        if code is not None:  # None: in a branch that the compiler removes
            result.append(_Candidate(original, _first_line(original), code))
    return tuple(result)


@lru_cache(maxsize=256)
def _surroundings(filename: str, text: str) -> str:
    """What a function's code depends on outside of its statement, in as few statements.

    Python compiles calls of attributes of imported names, and `super()` where the module speaks of `super`,
    in ways of their own.
    """
    tree = _parsed(filename, text)
    imported = set()
    mentions_super = False
    pending: list[ast.AST] = [] if tree is None else list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            mentions_super |= node.id == "super"
        elif not isinstance(node, _SCOPES):
            pending.extend(ast.iter_child_nodes(node))
    lines = [f"import module as {name}" for name in sorted(imported - {"*"})]
    return "\n".join([*lines, "super"] if mentions_super else lines)


def _copied(node: Any) -> Any:
    """A deep copy of a syntax tree, far faster than the one of the `copy` module."""
    if isinstance(node, list):
        return [_copied(item) for item in node]
    if not isinstance(node, ast.AST):
        return node
    result = type(node)(**{name: _copied(value) for name, value in ast.iter_fields(node)})
    return ast.copy_location(result, node)


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _nested(constant)


def _first_line(node: ast.AST) -> int:
    """The line that a code object calls its first: that of the first decorator."""
    decorators = getattr(node, "decorator_list", [])
    line: int = decorators[0].lineno if decorators else getattr(node, "lineno", 1)
    return line


def _in_gast(tree: Any, wanted: ast.AST) -> FunctionNode:
    """The node of the gast tree at the place of `wanted`."""
    place = (type(wanted).__name__, getattr(wanted, "lineno", 0), getattr(wanted, "col_offset", 0))
    for node in gast.walk(tree):
        if (type(node).__name__, getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) == place:
            result: FunctionNode = node
            return result
    raise LookupError(place)


# --- comparing codes ----------------------------------------------------------------------------------------

_COMPARED = (
    "co_name",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_varnames",
    "co_names",
    "co_freevars",
    "co_cellvars",
)


def same_code(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two codes do the same; where they stand in their files does not matter."""
    if any(getattr(a, name) != getattr(b, name) for name in _COMPARED):
        return False
    if a.co_code != b.co_code and _instructions(a) != _instructions(b):
        return False
    return len(a.co_consts) == len(b.co_consts) and all(map(_same_constant, a.co_consts, b.co_consts))


def _instructions(code: types.CodeType) -> list[tuple[str, Any]]:
    """What a code does. Where a line ends may leave an instruction that does nothing, so those do not count."""
    kept: list[dis.Instruction] = []
    position: dict[int, int] = {}
    jumps = {*dis.hasjrel, *dis.hasjabs}
    for instruction in dis.get_instructions(code):
        position[instruction.offset] = len(kept)
        if instruction.opname not in ("NOP", "CACHE", "EXTENDED_ARG"):
            kept.append(instruction)
    return [(i.opname, position[i.argval] if i.opcode in jumps else i.arg) for i in kept]


def _same_constant(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, types.CodeType):
        return same_code(a, b)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_same_constant, a, b))
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)  # tells 0.0 from -0.0
    return bool(a == b)


def columns(code: types.CodeType) -> list[tuple[int | None, int | None]]:
    """Columns of the instructions that have any; none before Python 3.11."""
    positions = getattr(code, "co_positions", None)
    if positions is None:
        return []
    return [(start, end) for _, _, start, end in positions() if start is not None and end]
