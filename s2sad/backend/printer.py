"""From a syntax tree to the text that a careful person would have typed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import astunparse

from s2sad.backend.expressions import BINARY, ExpressionPrinter, triple_quoted
from s2sad.backend.layout import INDENT, WIDTH, Layout, packed

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BARE_VALUES = (ast.Tuple, ast.Yield, ast.YieldFrom)


class Comment(ast.stmt):
    """A line of comment among statements; Python's own trees have no such node."""

    _fields = ("text",)
    _field_types = {"text": str}
    text: str


def to_source(tree: ast.Module | ast.stmt | ast.expr) -> str:
    """Python source for `tree`, which parses to the same tree again.

    Statements may carry an attribute `trailing_comment`, printed at the end of their first line, and a list
    of statements may hold `Comment` nodes. The text of an expression is one line without a line end; all
    other text ends in one.
    """
    if isinstance(tree, ast.expr):
        return ExpressionPrinter().text(tree)
    buffer = StringIO()
    SourcePrinter(tree, buffer)
    text = buffer.getvalue().strip("\n")
    return text + "\n" if text else ""


class SourcePrinter(astunparse.Unparser):
    """Statements, blank lines, comments and line breaks; expressions are left to `ExpressionPrinter`."""

    def __init__(self, tree: ast.AST, file: StringIO) -> None:
        self.expressions = ExpressionPrinter()
        self.comment = ""  # still to be written at the end of the current line
        super().__init__(tree, file)

    # --- lines and blocks -----------------------------------------------------------------------------------

    def dispatch(self, tree: Any) -> None:
        if isinstance(tree, list):
            self.block(tree)
        elif isinstance(tree, ast.stmt) and not isinstance(tree, Comment):
            comment = getattr(tree, "trailing_comment", "")
            self.comment = f"  # {comment}" if comment else ""
            super().dispatch(tree)
            self.end_line()
        elif isinstance(tree, ast.Module):
            self.block(tree.body, is_module=True)
        elif isinstance(tree, (ast.expr, ast.arg, ast.keyword)):
            self.write(self.expressions.text(tree))
        else:
            super().dispatch(tree)

    def block(self, body: list[ast.stmt], is_module: bool = False, is_class: bool = False) -> None:
        """The statements of one block, with blank lines between them."""
        for index, statement in enumerate(body):
            if index:
                blank = _blank_lines(body, index, is_module, is_class)
                self.write("\n" * blank)
            self.dispatch(statement)
        if not is_module and all(isinstance(statement, Comment) for statement in body):
            self.fill("pass")

    def enter(self) -> None:
        self.write(":")
        self.end_line()
        self._indent += 1

    def end_line(self) -> None:
        """Write the pending comment."""
        self.write(self.comment)
        self.comment = ""

    @contextmanager
    def indented(self) -> Iterator[None]:
        self.enter()
        yield
        self.leave()

    def line(self, head: str, value: ast.expr | None, *bare: type[ast.AST], tail: str = "") -> None:
        """One logical line: `head`, the expression, `tail`; broken within brackets if it is too long."""
        if value is None:
            self.fill(head + tail)
            return
        text = head + self.expressions.bare(value, *bare) + tail
        indent = INDENT * self._indent
        if len(indent) + len(text) + len(":") > WIDTH:
            text = Layout(self.expressions).broken(head, value, tail, indent) or text
        first, separator, rest = text.partition("\n")
        self.fill(first)
        if separator:
            self.end_line()
            self.write("\n" + rest)

    def _Comment(self, t: Comment) -> None:
        for line in t.text.splitlines() or [""]:
            self.fill(("# " + line).rstrip())

    # --- simple statements ----------------------------------------------------------------------------------

    def _Expr(self, t: ast.Expr) -> None:
        if isinstance(t.value, ast.Constant) and isinstance(t.value.value, str) and t.value.kind != "u":
            self.fill(triple_quoted(t.value.value))
        else:
            self.line("", t.value, *_BARE_VALUES)

    def _Assign(self, t: ast.Assign) -> None:
        targets = [self.expressions.bare(target, ast.Tuple) + " = " for target in t.targets]
        self.line("".join(targets), t.value, *_BARE_VALUES)

    def _AugAssign(self, t: ast.AugAssign) -> None:
        self.line(f"{self.expressions.text(t.target)} {BINARY[type(t.op)][0]}= ", t.value, *_BARE_VALUES)

    def _AnnAssign(self, t: ast.AnnAssign) -> None:
        target = self.expressions.text(t.target)
        if not t.simple and isinstance(t.target, ast.Name):
            target = f"({target})"
        head = f"{target}: {self.expressions.text(t.annotation)}"
        self.line(head if t.value is None else head + " = ", t.value, *_BARE_VALUES)

    def _Return(self, t: ast.Return) -> None:
        self.line("return" if t.value is None else "return ", t.value, ast.Tuple)

    def _ImportFrom(self, t: ast.ImportFrom) -> None:
        names = [n.name if n.asname is None else f"{n.name} as {n.asname}" for n in t.names]
        head = f"from {'.' * t.level}{t.module or ''} import "
        indent = INDENT * self._indent
        if len(indent) + len(head) + len(", ".join(names)) <= WIDTH:
            self.fill(head + ", ".join(names))
            return
        self.fill(head + "(")
        for name in names:
            self.write(f"\n{indent}{INDENT}{name},")
        self.write(f"\n{indent})")

    def _TypeAlias(self, t: Any) -> None:
        self.line(f"type {t.name.id}{self.type_parameters(t)} = ", t.value)

    # --- compound statements --------------------------------------------------------------------------------

    def _If(self, t: ast.If, keyword: str = "if") -> None:
        self.line(keyword + " ", t.test, ast.NamedExpr)
        with self.indented():
            self.block(t.body)
        if len(t.orelse) == 1 and isinstance(t.orelse[0], ast.If):
            comment = getattr(t.orelse[0], "trailing_comment", "")
            self.comment = f"  # {comment}" if comment else ""
            self._If(t.orelse[0], "elif")
        else:
            self.suite("else", t.orelse)

    def suite(self, keyword: str, body: list[ast.stmt]) -> None:
        """An `else` or `finally` part; nothing if it is empty."""
        if body:
            self.fill(keyword)
            with self.indented():
                self.block(body)

    def _While(self, t: ast.While) -> None:
        self.line("while ", t.test, ast.NamedExpr)
        with self.indented():
            self.block(t.body)
        self.suite("else", t.orelse)

    def _For(self, t: ast.For | ast.AsyncFor, prefix: str = "") -> None:
        self.line(f"{prefix}for {self.expressions.bare(t.target, ast.Tuple)} in ", t.iter, ast.Tuple)
        with self.indented():
            self.block(t.body)
        self.suite("else", t.orelse)

    def _AsyncFor(self, t: ast.AsyncFor) -> None:
        self._For(t, "async ")

    def _generic_With(self, t: ast.With | ast.AsyncWith, async_: bool = False) -> None:
        items = []
        for item in t.items:
            text = self.expressions.text(item.context_expr)
            items.append(text)
            if item.optional_vars is not None:
                items[-1] += " as " + self.expressions.text(item.optional_vars)
            elif isinstance(item.context_expr, ast.Tuple):
                items[-1] = f"({text})"  # `with (a, b):` would enter two contexts
        self.fill(("async with " if async_ else "with ") + ", ".join(items))
        with self.indented():
            self.block(t.body)

    def _Try(self, t: Any, keyword: str = "except") -> None:
        self.suite("try", t.body)
        for handler in t.handlers:
            self.fill(keyword if handler.type is None else f"{keyword} {self.expressions.text(handler.type)}")
            self.write(f" as {handler.name}" if handler.name else "")
            with self.indented():
                self.block(handler.body)
        self.suite("else", t.orelse)
        self.suite("finally", t.finalbody)

    def _TryStar(self, t: Any) -> None:
        self._Try(t, "except*")

    def _FunctionDef(self, t: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str = "") -> None:
        self.decorators(t.decorator_list)
        head = f"{prefix}def {t.name}{self.type_parameters(t)}("
        tail = ")" if t.returns is None else f") -> {self.expressions.text(t.returns)}"
        self.bracketed_line(head, self.expressions.parameters(t.args), tail)
        with self.indented():
            self.block(t.body)

    def _AsyncFunctionDef(self, t: ast.AsyncFunctionDef) -> None:
        self._FunctionDef(t, "async ")

    def _ClassDef(self, t: ast.ClassDef) -> None:
        self.decorators(t.decorator_list)
        items = [self.expressions.text(item) for item in [*t.bases, *t.keywords]]
        head = f"class {t.name}{self.type_parameters(t)}"
        self.bracketed_line(head + "(" if items else head, items, ")" if items else "")
        with self.indented():
            self.block(t.body, is_class=True)

    def decorators(self, nodes: list[ast.expr]) -> None:
        comment, self.comment = self.comment, ""  # it belongs to the line of the definition
        for node in nodes:
            self.line("@", node)
        self.comment = comment

    def bracketed_line(self, head: str, items: list[str], tail: str) -> None:
        """The head of a definition, with its items on lines of their own if it is too long."""
        indent = INDENT * self._indent
        flat = head + ", ".join(items) + tail
        if len(indent) + len(flat) + len(":") <= WIDTH or not items:
            self.fill(flat)
            return
        self.fill(head)
        self.end_line()
        for text in packed(items, indent + INDENT):
            self.write("\n" + indent + INDENT + text)
        self.write("\n" + indent + tail)

    def type_parameters(self, t: Any) -> str:
        stars = {"TypeVar": "", "TypeVarTuple": "*", "ParamSpec": "**"}
        texts = []
        for node in getattr(t, "type_params", []):
            text = stars[type(node).__name__] + node.name
            if getattr(node, "bound", None) is not None:
                text += ": " + self.expressions.text(node.bound)
            if getattr(node, "default_value", None) is not None:
                text += " = " + self.expressions.text(node.default_value)
            texts.append(text)
        return f"[{', '.join(texts)}]" if texts else ""

    def _Match(self, t: ast.Match) -> None:
        self.line("match ", t.subject, ast.Tuple, ast.NamedExpr)
        with self.indented():
            for case in t.cases:
                head = f"case {self.pattern(case.pattern)}"
                self.line(head if case.guard is None else head + " if ", case.guard, ast.NamedExpr)
                with self.indented():
                    self.block(case.body)

    def pattern(self, node: ast.pattern | None) -> str:
        """Text of a `case` pattern, in parentheses wherever they could matter."""
        expression, pattern = self.expressions.text, self.pattern
        if isinstance(node, ast.MatchValue):
            return expression(node.value)
        if isinstance(node, ast.MatchSingleton):
            return repr(node.value)
        if isinstance(node, ast.MatchStar):
            return "*" + (node.name or "_")
        if isinstance(node, ast.MatchSequence):
            return f"[{', '.join(map(pattern, node.patterns))}]"
        if isinstance(node, ast.MatchMapping):
            items = [f"{expression(k)}: {pattern(v)}" for k, v in zip(node.keys, node.patterns)]
            items += [f"**{node.rest}"] if node.rest else []
            return f"{{{', '.join(items)}}}"
        if isinstance(node, ast.MatchClass):
            items = [pattern(p) for p in node.patterns]
            items += [f"{k}={pattern(p)}" for k, p in zip(node.kwd_attrs, node.kwd_patterns)]
            return f"{expression(node.cls)}({', '.join(items)})"
        if isinstance(node, ast.MatchAs):
            return node.name or "_" if node.pattern is None else f"({pattern(node.pattern)} as {node.name})"
        if isinstance(node, ast.MatchOr):
            return f"({' | '.join(map(pattern, node.patterns))})"
        raise TypeError(f"cannot print a pattern of type {type(node).__name__}")


def _blank_lines(body: list[ast.stmt], index: int, is_module: bool, is_class: bool) -> int:
    """How many blank lines go before `body[index]`."""
    previous, current = body[index - 1], body[index]
    if isinstance(previous, Comment):
        return 0
    first_code = next((s for s in body[index:] if not isinstance(s, Comment)), current)
    if isinstance(previous, _DEFINITIONS) or isinstance(first_code, _DEFINITIONS):
        return 2 if is_module else 1
    is_docstring = index == 1 and isinstance(previous, ast.Expr) and isinstance(previous.value, ast.Constant)
    if is_docstring and (is_module or is_class):
        return 1
    imports = (ast.Import, ast.ImportFrom)
    return 1 if is_module and isinstance(previous, imports) and not isinstance(current, imports) else 0
