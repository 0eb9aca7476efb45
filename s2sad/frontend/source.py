"""From a Python function, or a file of them, to syntax trees."""

from __future__ import annotations

import ast
import linecache
import sys
import textwrap
import tokenize
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gast

from s2sad.errors import NoSourceError, Span, UnsupportedSyntaxError
from s2sad.frontend import matching
from s2sad.frontend.matching import FunctionNode
from s2sad.frontend.mutations import Uses
from s2sad.frontend.private_names import with_classes


@dataclass(frozen=True)
class FunctionSource:
    """A function's syntax tree, with line numbers that refer to the file.

    Attributes:
        node: the `def` or `lambda` itself.
        name, qualname: as Python spells them; "<lambda>" for a lambda.
        filename: the file, or what Python calls the text ("<string>", a notebook cell).
        first_line: where the function starts, decorators included, counted from 1.
        lines: the lines of the whole file, without line ends; `node` starts on `lines[node.lineno - 1]`.
        text: the function's own text, without the indentation of its surroundings.
        defining_class: the class whose body holds the function, where it is known.
    """

    node: FunctionNode
    name: str
    qualname: str
    filename: str
    first_line: int
    lines: tuple[str, ...] = field(repr=False)
    text: str = field(repr=False)
    defining_class: type | None = None

    def span(self, node: Any = None) -> Span:
        """Where a node of this function is; where the function is, without a node."""
        return Span.of_node(self.node if node is None else node, self.filename, self.lines)


# --- live functions -----------------------------------------------------------------------------------------


def function_source(f: Any) -> FunctionSource:
    """The syntax tree of a function, method or lambda, or of anything else that has a `__code__`.

    Raises NoSourceError if there is no text, or if the text is not what the function was compiled from.
    """
    function = getattr(f, "__func__", f)
    code = function if isinstance(function, types.CodeType) else getattr(function, "__code__", None)
    qualname = getattr(function, "__qualname__", None) or getattr(code, "co_name", None) or repr(f)
    if not isinstance(code, types.CodeType):
        hint = "it is not a Python function; register a derivative rule for it"
        raise NoSourceError(f"{qualname} has no Python source", hint=hint)
    namespace: dict[str, Any] = getattr(function, "__globals__", {})
    exact = not _is_rewritten(namespace)
    has_text = False
    for filename, text in _texts(code, namespace):
        has_text = True
        found = matching.find(code, filename, text, exact)
        if found is not None:
            node, line, lines = found.node, found.first_line, found.lines
            owner = _defining_class(f, namespace)
            return _described(node, line, code.co_name, qualname, filename, lines, owner)
    place = Span(code.co_filename, code.co_firstlineno, 0, code.co_firstlineno, 0)
    if has_text:
        hint = "the file was changed after it was imported: import it again, or restart Python"
        raise NoSourceError(f"the source of {qualname} is not what it was compiled from", place, hint=hint)
    hint = "define it in a file or a notebook, or enter the text that is executed into linecache.cache"
    raise NoSourceError(f"no source text for {qualname}", place, hint=hint)


def _texts(code: types.CodeType, namespace: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Texts that the function may come from, with the names of their files, the likeliest first."""
    filename = code.co_filename
    remembered = "".join(linecache.getlines(filename, namespace))
    if remembered:
        yield filename, remembered
    linecache.checkcache(filename)
    current = "".join(linecache.getlines(filename, namespace))
    if current and current != remembered:
        yield filename, current
    if filename == "<string>":
        for text in _command_texts():
            yield filename, text
    module_file = namespace.get("__file__")
    if isinstance(module_file, str) and module_file.endswith(".py") and not (remembered or current):
        # The compiled form of a file that was moved keeps the old name.
        text = "".join(linecache.getlines(module_file, namespace))
        if text:
            yield module_file, text


def _command_texts() -> Iterator[str]:
    """The text of `python -c`, which Python itself does not keep before 3.13."""
    arguments = getattr(sys, "orig_argv", [])[1:]
    for option, following in zip(arguments, [*arguments[1:], ""]):
        if option.startswith("-c") and len(option) > 2:
            yield option[2:]
        elif option.startswith("-") and not option.startswith("--") and option.endswith("c"):
            yield following


def _is_rewritten(namespace: dict[str, Any]) -> bool:
    """Whether an import hook changed the module before it was compiled, as pytest does to `assert`."""
    loader = namespace.get("__loader__")
    origin = (loader if isinstance(loader, type) else type(loader)).__module__.partition(".")[0]
    plain = {"builtins", "importlib", "zipimport", "_frozen_importlib", "_frozen_importlib_external"}
    return "@pytest_ar" in namespace or origin not in plain


def _defining_class(f: Any, namespace: dict[str, Any]) -> type | None:
    """The class in whose body `f` stands."""
    function = getattr(f, "__func__", f)
    if not isinstance(function, types.FunctionType):
        return None
    receiver = getattr(f, "__self__", None)
    if receiver is not None:
        for owner in (receiver if isinstance(receiver, type) else type(receiver)).__mro__:
            if any(getattr(value, "__func__", value) is function for value in vars(owner).values()):
                return owner
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        if name == "__class__":  # a method that says `super()` or `__class__` carries its class along
            return cell.cell_contents if isinstance(cell.cell_contents, type) else None
    found: Any = None
    scope: Any = namespace
    for name in function.__qualname__.split(".")[:-1]:
        found = scope.get(name)
        if not isinstance(found, type):
            return None
        scope = vars(found)
    return found if isinstance(found, type) else None


# --- files that are read and never run ----------------------------------------------------------------------


class StaticModule:
    """What the text of a Python file says, without running any of it.

    Attributes:
        functions: every function by its qualified name (`f`, `Class.method`, `f.<locals>.g`), and top-level
            names bound to a lambda.
        classes: top-level classes by name.
        imports: local name -> (module, attribute or None), of imports at top level, also inside `if`, `try`
            and `with`. A relative module keeps its dots: `from ..a import b` is ("..a", "b").
        star_imports: the modules of `from module import *`.
        constants: top-level `name = expression`.
        rebound: top-level names that have more than one binding, so that the text alone does not tell their
            value. The dictionaries hold the last one.
        places: top-level name -> the line of its last binding and the kind of block around it ("" for none).
        star_lines: where the modules of `star_imports` are imported.
        uses: how the text uses its names.
    """

    def __init__(self, path: str | Path) -> None:
        self.filename = str(path)
        try:
            with tokenize.open(self.filename) as file:
                self.text = file.read()
            tree = ast.parse(self.text, self.filename)
        except SyntaxError as error:
            raise _syntax_error(error, self.filename) from error
        except (UnicodeDecodeError, ValueError) as error:
            span = Span(self.filename, 1, 0, 1, 0)
            raise UnsupportedSyntaxError(f"this is not Python source: {error}", span) from error
        self.lines = matching.split_lines(self.text)
        self.tree: gast.Module = gast.ast_to_gast(tree)
        self.functions: dict[str, FunctionSource] = {}
        self.classes: dict[str, gast.ClassDef] = {}
        self.imports: dict[str, tuple[str, str | None]] = {}
        self.star_imports: list[str] = []
        self.constants: dict[str, ast.expr] = {}
        self.places: dict[str, tuple[int, str]] = {}
        self.star_lines: list[int] = []
        self._bindings: dict[str, int] = {}
        self._collect_functions(self.tree, "")
        with_classes(self.tree)
        self._collect_names(tree.body)
        self.rebound = frozenset(name for name, count in self._bindings.items() if count > 1)
        self.uses = Uses(tree, self.imports)

    def _collect_functions(self, parent: Any, prefix: str) -> None:
        for node in gast.iter_child_nodes(parent):
            inner = prefix
            if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
                self._add(node, node.name, prefix + node.name)
                inner = prefix + node.name + ".<locals>."
            elif isinstance(node, gast.ClassDef):
                inner = prefix + node.name + "."
                if not prefix:
                    self.classes[node.name] = node
            elif isinstance(node, gast.Assign) and isinstance(node.value, gast.Lambda) and not prefix:
                for target in node.targets:
                    if isinstance(target, gast.Name):
                        self._add(node.value, "<lambda>", target.id)
            self._collect_functions(node, inner)

    def _add(self, node: FunctionNode, name: str, qualname: str) -> None:
        decorators = getattr(node, "decorator_list", [])
        line = decorators[0].lineno if decorators else node.lineno
        if "." in qualname and qualname in self.functions:  # such as the setter of a property
            self._bindings[qualname] = 2
        self.functions[qualname] = _described(node, line, name, qualname, self.filename, self.lines, None)

    def _bind(self, names: Iterable[str], line: int, block: str) -> None:
        for name in names:
            self._bindings[name] = self._bindings.get(name, 0) + 1
            self.places[name] = (line, block)

    def _collect_names(self, body: list[ast.stmt], block: str = "") -> None:
        for statement in body:
            line = statement.lineno
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                # A function may change a top-level name after the module was read.
                for node in ast.walk(statement):
                    if isinstance(node, ast.Global):
                        self._bind(node.names, node.lineno, "def")
                self._bind([statement.name], line, block)
            elif isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._import(statement, block)
            else:
                kind = type(statement).__name__.removeprefix("Async").removesuffix("Star").lower()
                parts = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
                parts += [part.body for part in getattr(statement, "handlers", [])]
                parts += [part.body for part in getattr(statement, "cases", [])]
                if not block:
                    self._constant(statement)
                self._bind(_stored_names(statement), line, kind if any(parts) else block)
                for part in parts:
                    self._collect_names(part, kind)

    def _constant(self, statement: ast.stmt) -> None:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name):
                    self.constants[target.id] = statement.value

    def _import(self, statement: ast.Import | ast.ImportFrom, block: str) -> None:
        line = statement.lineno
        for alias in statement.names:
            if isinstance(statement, ast.Import):
                # `import a.b` binds `a`; `import a.b as c` binds the submodule.
                top = alias.name.partition(".")[0]
                name, meaning = (alias.asname, alias.name) if alias.asname else (top, top)
                if self.imports.get(name) != (meaning, None):
                    self._bind([name], line, block)
                self.imports[name] = (meaning, None)
                continue
            module = "." * statement.level + (statement.module or "")
            if alias.name == "*":
                self.star_imports.append(module)
                self.star_lines.append(line)
                continue
            name = alias.asname or alias.name
            if self.imports.get(name) != (module, alias.name):
                self._bind([name], line, block)
            self.imports[name] = (module, alias.name)


def _stored_names(statement: ast.stmt) -> Iterator[str]:
    """Names that the statement itself binds or deletes, not those of the blocks in it or of other scopes."""
    pending: list[ast.AST] = [statement]
    scopes = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            # An annotation without a value binds nothing.
            if not (isinstance(statement, ast.AnnAssign) and statement.value is None):
                yield node.id
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        children = [] if isinstance(node, scopes) else ast.iter_child_nodes(node)
        pending.extend(child for child in children if not isinstance(child, ast.stmt))


def _syntax_error(error: SyntaxError, filename: str) -> UnsupportedSyntaxError:
    line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
    end_line = getattr(error, "end_lineno", None) or line
    end_column = max((getattr(error, "end_offset", None) or 0) - 1, column + 1)
    span = Span(filename, line, column, end_line, end_column, (error.text or "").rstrip("\r\n"))
    return UnsupportedSyntaxError(f"not valid Python: {error.msg}", span)


def _described(
    node: FunctionNode,
    first_line: int,
    name: str,
    qualname: str,
    filename: str,
    lines: tuple[str, ...],
    defining_class: type | None,
) -> FunctionSource:
    if isinstance(node, gast.Lambda):
        own_lines = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        text = ast.get_source_segment(own_lines, _at_start(node)) or ""
    else:
        text = textwrap.dedent("\n".join(lines[first_line - 1 : node.end_lineno])) + "\n"
    return FunctionSource(node, name, qualname, filename, first_line, lines, text, defining_class)


def _at_start(node: Any) -> ast.AST:
    """A node with the same columns that starts on the first line."""
    place = ast.Pass()
    place.lineno, place.end_lineno = 1, node.end_lineno - node.lineno + 1
    place.col_offset, place.end_col_offset = node.col_offset, node.end_col_offset
    return place
