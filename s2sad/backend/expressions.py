"""Expression trees to text: the fewest parentheses that keep the tree, spaced the way black spaces code."""

from __future__ import annotations

import ast
import sys
from enum import IntEnum

QUOTES = ('"', "'", '"""', "'''")
INFINITY = "1e" + str(sys.float_info.max_10_exp + 1)


class Level(IntEnum):
    """How tightly an expression binds. Operands that bind too loosely get parentheses."""

    BARE = 0  # tuples, `yield` and `:=`, which only some places accept without parentheses
    TEST = 1  # `a if b else c`, `lambda: a`
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    BIT_OR = 6
    BIT_XOR = 7
    BIT_AND = 8
    SHIFT = 9
    SUM = 10
    PRODUCT = 11
    SIGN = 12
    POWER = 13
    AWAIT = 14
    ATOM = 15


BINARY: dict[type[ast.operator], tuple[str, Level]] = {
    ast.Add: ("+", Level.SUM),
    ast.Sub: ("-", Level.SUM),
    ast.Mult: ("*", Level.PRODUCT),
    ast.MatMult: ("@", Level.PRODUCT),
    ast.Div: ("/", Level.PRODUCT),
    ast.FloorDiv: ("//", Level.PRODUCT),
    ast.Mod: ("%", Level.PRODUCT),
    ast.LShift: ("<<", Level.SHIFT),
    ast.RShift: (">>", Level.SHIFT),
    ast.BitOr: ("|", Level.BIT_OR),
    ast.BitXor: ("^", Level.BIT_XOR),
    ast.BitAnd: ("&", Level.BIT_AND),
    ast.Pow: ("**", Level.POWER),
}
UNARY: dict[type[ast.unaryop], tuple[str, Level]] = {
    ast.Not: ("not ", Level.NOT),
    ast.USub: ("-", Level.SIGN),
    ast.UAdd: ("+", Level.SIGN),
    ast.Invert: ("~", Level.SIGN),
}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
BOOLEAN: dict[type[ast.boolop], tuple[str, Level]] = {
    ast.Or: ("or", Level.OR),
    ast.And: ("and", Level.AND),
}


class _NoQuoteFits(Exception):
    """A string cannot be written with the quotes that are still free at this depth of f-strings."""


class ExpressionPrinter:
    """Text of expressions. `quotes` are those a string may use; inside an f-string some are taken."""

    def __init__(self, quotes: tuple[str, ...] = QUOTES, allow_backslash: bool = True) -> None:
        self.quotes = quotes
        self.allow_backslash = allow_backslash

    def text(self, node: ast.AST, level: Level = Level.TEST) -> str:
        """Text of `node`, in parentheses if it binds less tightly than `level`."""
        method = getattr(self, "_" + type(node).__name__, None)
        if method is None:
            raise TypeError(f"cannot print a node of type {type(node).__name__}")
        result: str = method(node, level)
        return result

    def bare(self, node: ast.AST, *kinds: type[ast.AST]) -> str:
        """Text of `node` where the kinds of node given (tuples, `yield`, `:=`) need no parentheses."""
        return self.text(node, Level.BARE if isinstance(node, kinds) else Level.TEST)

    def listed(self, nodes: list[ast.expr], level: Level = Level.TEST) -> str:
        return ", ".join(self.text(node, level) for node in nodes)

    # --- names, constants, displays -------------------------------------------------------------------------

    def _Name(self, node: ast.Name, level: Level) -> str:
        return node.id

    _Builtin = _Name

    def _Constant(self, node: ast.Constant, level: Level) -> str:
        if isinstance(node.value, str) and node.kind == "u":
            return "u" + self.constant(node.value, level)
        return self.constant(node.value, level)

    def constant(self, value: object, level: Level) -> str:
        """Text of a constant value; negative numbers are allowed and bind like a unary minus."""
        if value is None or value is Ellipsis or isinstance(value, bool):
            return "..." if value is Ellipsis else repr(value)
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, bytes):
            return "b" + self.string(value.decode("latin-1"), is_bytes=True)
        if isinstance(value, tuple):
            items = [self.constant(item, Level.TEST) for item in value]
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        if isinstance(value, frozenset):
            return f"frozenset({{{', '.join(sorted(self.constant(v, Level.TEST) for v in value))}}})"
        return self._number(value, level)

    def _number(self, value: object, level: Level) -> str:
        if isinstance(value, int):
            # Python refuses to write very long integers in decimal.
            text = int.__repr__(value) if value.bit_length() < 2000 else hex(value)
        elif isinstance(value, float):
            # The base class's repr: subclasses such as NumPy's scalars print as calls.
            text = 'float("nan")' if value != value else float.__repr__(value).replace("inf", INFINITY)
        elif isinstance(value, complex):
            text = complex.__repr__(value).replace("inf", INFINITY)
        else:
            raise TypeError(f"cannot print a constant of type {type(value).__name__}")
        return _enclose(text, text.startswith("-") and level > Level.SIGN)

    def string(self, value: str, is_bytes: bool = False) -> str:
        """A string literal: double quotes unless others save escapes."""
        bodies = [(escape(value, quote, is_bytes), quote) for quote in self.quotes]
        for body, quote in bodies:
            # Triple quotes only where escapes are forbidden: inside f-strings of older Pythons.
            fits = len(quote) == 1 or not (self.allow_backslash or body.endswith(quote[0]))
            if fits and "\\" not in body:
                return quote + body + quote
        if not self.allow_backslash:
            raise _NoQuoteFits
        body, quote = min(bodies[:2], key=lambda pair: len(pair[0]))
        return quote + body + quote

    def _Tuple(self, node: ast.Tuple, level: Level) -> str:
        if len(node.elts) == 1:
            return f"({self.text(node.elts[0])},)"
        return _enclose(self.listed(node.elts), not node.elts or level > Level.BARE)

    def _List(self, node: ast.List, level: Level) -> str:
        return f"[{self.listed(node.elts)}]"

    def _Set(self, node: ast.Set, level: Level) -> str:
        return f"{{{self.listed(node.elts)}}}" if node.elts else "{*()}"

    def _Dict(self, node: ast.Dict, level: Level) -> str:
        return "{" + ", ".join(self.dict_item(k, v) for k, v in zip(node.keys, node.values)) + "}"

    def dict_item(self, key: ast.expr | None, value: ast.expr) -> str:
        if key is None:
            return "**" + self.text(value, Level.BIT_OR)
        return f"{self.text(key)}: {self.text(value)}"

    # --- operators ------------------------------------------------------------------------------------------

    def _BinOp(self, node: ast.BinOp, level: Level) -> str:
        symbol, own = BINARY[type(node.op)]
        if own is Level.POWER:
            # `**` groups to the right, and its right operand may carry a sign: `2**-x`, `a**b**c`.
            left, right = self.text(node.left, Level.AWAIT), self.text(node.right, Level.SIGN)
            space = "" if _is_simple(node.left) and _is_simple(node.right, signed=True) else " "
        else:
            left, right = self.text(node.left, own), self.text(node.right, Level(own + 1))
            space = " "
        return _enclose(left + space + symbol + space + right, level > own)

    def _UnaryOp(self, node: ast.UnaryOp, level: Level) -> str:
        symbol, own = UNARY[type(node.op)]
        return _enclose(symbol + self.text(node.operand, own), level > own)

    def _BoolOp(self, node: ast.BoolOp, level: Level) -> str:
        symbol, own = BOOLEAN[type(node.op)]
        values = [self.text(value, Level(own + 1)) for value in node.values]
        return _enclose(f" {symbol} ".join(values), level > own)

    def _Compare(self, node: ast.Compare, level: Level) -> str:
        parts = [self.text(node.left, Level.BIT_OR)]
        for op, value in zip(node.ops, node.comparators):
            parts += [COMPARE[type(op)], self.text(value, Level.BIT_OR)]
        return _enclose(" ".join(parts), level > Level.COMPARE)

    def _IfExp(self, node: ast.IfExp, level: Level) -> str:
        body, test = self.text(node.body, Level.OR), self.text(node.test, Level.OR)
        return _enclose(f"{body} if {test} else {self.text(node.orelse)}", level > Level.TEST)

    def _NamedExpr(self, node: ast.NamedExpr, level: Level) -> str:
        return _enclose(f"{self.text(node.target)} := {self.text(node.value)}", level > Level.BARE)

    def _Await(self, node: ast.Await, level: Level) -> str:
        return _enclose("await " + self.text(node.value, Level.ATOM), level > Level.AWAIT)

    def _Yield(self, node: ast.Yield, level: Level) -> str:
        value = "" if node.value is None else " " + self.bare(node.value, ast.Tuple)
        return _enclose("yield" + value, level > Level.BARE)

    def _YieldFrom(self, node: ast.YieldFrom, level: Level) -> str:
        return _enclose("yield from " + self.text(node.value), level > Level.BARE)

    def _Starred(self, node: ast.Starred, level: Level) -> str:
        return "*" + self.text(node.value, Level.BIT_OR)

    # --- trailers -------------------------------------------------------------------------------------------

    def _Attribute(self, node: ast.Attribute, level: Level) -> str:
        value = self.text(node.value, Level.ATOM)
        # `3.real` would be read as a float and a name.
        is_integer = isinstance(node.value, ast.Constant) and type(node.value.value) is int
        return f"{_enclose(value, is_integer and value[0] != '(')}.{node.attr}"

    def _Subscript(self, node: ast.Subscript, level: Level) -> str:
        return f"{self.text(node.value, Level.ATOM)}[{self._index(node.slice)}]"

    def _index(self, node: ast.expr) -> str:
        if isinstance(node, ast.Tuple) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Slice):
            return f"{self.text(node.elts[0])},"
        if not isinstance(node, ast.Tuple) or len(node.elts) < 2:
            return self.text(node)
        has_slice = any(isinstance(item, ast.Slice) for item in node.elts)
        has_star = any(isinstance(item, ast.Starred) for item in node.elts)
        # Python 3.10 accepts a star in an index only inside parentheses; slices are never accepted there.
        return _enclose(self.listed(node.elts), has_star and not has_slice)

    def _Slice(self, node: ast.Slice, level: Level) -> str:
        lower, upper, step = ("" if p is None else self.text(p) for p in (node.lower, node.upper, node.step))
        return f"{lower}:{upper}" + (f":{step}" if node.step is not None else "")

    def _Call(self, node: ast.Call, level: Level) -> str:
        return f"{self.text(node.func, Level.ATOM)}({', '.join(self.call_items(node))})"

    def call_items(self, node: ast.Call) -> list[str]:
        """Texts of the arguments; a generator that stands alone needs no parentheses of its own."""
        if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
            return [self.text(node.args[0])[1:-1]]
        return [self.bare(a, ast.NamedExpr) for a in node.args] + [self.text(k) for k in node.keywords]

    def _keyword(self, node: ast.keyword, level: Level) -> str:
        return ("**" if node.arg is None else node.arg + "=") + self.text(node.value)

    # --- functions and comprehensions -----------------------------------------------------------------------

    def _Lambda(self, node: ast.Lambda, level: Level) -> str:
        parameters = ", ".join(self.parameters(node.args))
        head = f"lambda {parameters}" if parameters else "lambda"
        return _enclose(f"{head}: {self.text(node.body)}", level > Level.TEST)

    def parameters(self, node: ast.arguments) -> list[str]:
        """Texts of the parameters of a function, with the markers `/` and `*`."""
        positional = node.posonlyargs + node.args
        missing: list[ast.expr | None] = [None] * (len(positional) - len(node.defaults))
        result = [self._parameter(a, d) for a, d in zip(positional, missing + list(node.defaults))]
        if node.posonlyargs:
            result.insert(len(node.posonlyargs), "/")
        if node.vararg is not None:
            result.append("*" + self.text(node.vararg))
        elif node.kwonlyargs:
            result.append("*")
        result += [self._parameter(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults)]
        if node.kwarg is not None:
            result.append("**" + self.text(node.kwarg))
        return result

    def _parameter(self, node: ast.arg, default: ast.expr | None) -> str:
        if default is None:
            return self.text(node)
        equals = "=" if node.annotation is None else " = "
        return self.text(node) + equals + self.text(default)

    def _arg(self, node: ast.arg, level: Level) -> str:
        return node.arg if node.annotation is None else f"{node.arg}: {self.text(node.annotation)}"

    def _ListComp(self, node: ast.ListComp, level: Level) -> str:
        return f"[{self.text(node.elt)}{self._clauses(node.generators)}]"

    def _SetComp(self, node: ast.SetComp, level: Level) -> str:
        return f"{{{self.text(node.elt)}{self._clauses(node.generators)}}}"

    def _GeneratorExp(self, node: ast.GeneratorExp, level: Level) -> str:
        return f"({self.text(node.elt)}{self._clauses(node.generators)})"

    def _DictComp(self, node: ast.DictComp, level: Level) -> str:
        return f"{{{self.text(node.key)}: {self.text(node.value)}{self._clauses(node.generators)}}}"

    def _clauses(self, generators: list[ast.comprehension]) -> str:
        result = ""
        for clause in generators:
            result += " async for " if clause.is_async else " for "
            result += f"{self.bare(clause.target, ast.Tuple)} in {self.text(clause.iter, Level.OR)}"
            result += "".join(f" if {self.text(test, Level.OR)}" for test in clause.ifs)
        return result

    # --- f-strings ------------------------------------------------------------------------------------------

    def _FormattedValue(self, node: ast.FormattedValue, level: Level) -> str:
        return self._JoinedStr(ast.JoinedStr(values=[node]), level)

    def _JoinedStr(self, node: ast.JoinedStr, level: Level) -> str:
        for quote in self.quotes:
            free = tuple(q for q in self.quotes if q != quote and quote not in q)
            inner = ExpressionPrinter(free, allow_backslash=False)
            try:
                return self._quoted(node, quote, inner)
            except _NoQuoteFits:
                continue
        if sys.version_info < (3, 12):
            if self.quotes == QUOTES:
                raise ValueError("this f-string cannot be written before Python 3.12")
            raise _NoQuoteFits
        # From 3.12 on an f-string may hold its own quote and backslashes again.
        return self._quoted(node, '"', ExpressionPrinter())

    def _quoted(self, node: ast.JoinedStr, quote: str, inner: ExpressionPrinter) -> str:
        body = self._fields(node.values, quote, inner)
        if ("\\" in body and not self.allow_backslash) or (len(quote) == 3 and body.endswith(quote[0])):
            raise _NoQuoteFits
        return f"f{quote}{body}{quote}"

    def _fields(self, values: list[ast.expr], quote: str, inner: ExpressionPrinter) -> str:
        result = ""
        for value in values:
            if isinstance(value, ast.FormattedValue):
                result += self._field(value, quote, inner)
            elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                result += escape(value.value, quote).replace("{", "{{").replace("}", "}}")
            else:
                raise TypeError(f"an f-string cannot hold a {type(value).__name__}")
        return result

    def _field(self, node: ast.FormattedValue, quote: str, inner: ExpressionPrinter) -> str:
        # The colon of a lambda would be read as the start of the format.
        has_lambda = any(isinstance(part, ast.Lambda) for part in ast.walk(node.value))
        text = inner.text(node.value, Level.OR if has_lambda else Level.TEST)
        if quote in text and not inner.allow_backslash:
            raise _NoQuoteFits
        result = "{" + (" " if text.startswith("{") else "") + text
        if node.conversion != -1:
            result += "!" + chr(node.conversion)
        if isinstance(node.format_spec, ast.JoinedStr):
            result += ":" + self._fields(node.format_spec.values, quote, inner)
        return result + "}"


def escape(value: str, quote: str, is_bytes: bool = False) -> str:
    """Body of a string literal: `quote`, backslashes and what does not print are escaped."""
    result = []
    for char in value:
        if char == "\\" or char == quote:
            result.append("\\" + char)
        elif (char.isascii() or not is_bytes) and char.isprintable():
            result.append(char)
        else:
            result.append(f"\\x{ord(char):02x}" if is_bytes and ord(char) > 127 else _escaped(char))
    body = "".join(result)
    return body.replace(quote, "\\" + "\\".join(quote)) if len(quote) == 3 else body


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def triple_quoted(value: str) -> str:
    """A docstring literal: line breaks as they are, no white space left at the end of a line."""
    lines = [escape(line, '"""') for line in value.split("\n")]
    lines[:-1] = [line[:-1] + "\\x20" if line.endswith(" ") else line for line in lines[:-1]]
    body = "\n".join(lines)
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""{body}"""'


def _enclose(text: str, condition: bool) -> str:
    return f"({text})" if condition else text


def _is_simple(node: ast.expr, signed: bool = False) -> bool:
    """Whether black writes `**` without spaces next to this operand: a name, a number, a dotted name.

    A right operand (`signed`) may also be a negative number or another such power.
    """
    if signed and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant)
    if signed and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _is_simple(node.left) and _is_simple(node.right, signed=True)
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Constant):
            return False
    if isinstance(node, ast.Constant):
        is_number = isinstance(node.value, (int, float, complex))
        return is_number and (signed or not repr(node.value).startswith(("-", "(")))
    return isinstance(node, ast.Name)
