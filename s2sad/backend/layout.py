"""Line breaks for expressions that do not fit on a line."""

from __future__ import annotations

import ast

from s2sad.backend.expressions import BINARY, BOOLEAN, COMPARE, UNARY, ExpressionPrinter, Level

WIDTH = 100
INDENT = "    "
_BRACKETS: dict[type[ast.expr], tuple[str, str]] = {
    ast.Tuple: ("(", ")"),
    ast.List: ("[", "]"),
    ast.Set: ("{", "}"),
}


class Layout:
    """Breaks one expression over several lines, inside its own brackets or in parentheses put around it."""

    def __init__(self, expressions: ExpressionPrinter) -> None:
        self.expressions = expressions

    def broken(self, head: str, node: ast.expr, tail: str, indent: str, level: Level = Level.TEST) -> str | None:
        """`head`, `node` and `tail` on several lines, or None where there is no good place to break.

        Lines after the first carry their indentation. `level` tells how tightly the place of `node` binds.
        """
        if isinstance(node, ast.UnaryOp) and level > UNARY[type(node.op)][1]:
            head, tail = head + "(", ")" + tail
        bracketed = self._brackets(node)
        if bracketed is not None:
            opening, items, closing = bracketed
            texts = [self._fitted(lead, item, Level.TEST, ",", indent + INDENT) for lead, item in items]
            if isinstance(node, ast.Call) and isinstance(items[0][1], ast.GeneratorExp) and len(items) == 1:
                texts = [self.expressions.text(items[0][1])[1:-1]]  # a comma would be an error
            elif not any("\n" in text for text in texts) and not (opening == "(" and len(items) == 1):
                texts = packed([text[:-1] for text in texts], indent + INDENT)
            return self._joined(head + opening, texts, closing + tail, indent)
        inner = self._inner(node)
        if inner is not None:
            before, part, after, level = inner
            return self.broken(head + before, part, after + tail, indent, level)
        operands = self._operands(node)
        if operands is None:
            return None
        texts = [self._fitted(lead, item, level, "", indent + INDENT) for lead, item, level in operands]
        return self._joined(head + "(", texts, ")" + tail, indent)

    def _joined(self, head: str, texts: list[str], tail: str, indent: str) -> str:
        return "\n".join([head, *(indent + INDENT + text for text in texts), indent + tail])

    def _fitted(self, lead: str, node: ast.AST, level: Level, comma: str, indent: str) -> str:
        text = lead + self.expressions.text(node, level) + comma
        if len(indent) + len(text) <= WIDTH:
            return text
        if isinstance(node, ast.keyword):
            lead, node = f"{node.arg}=" if node.arg else "**", node.value
        if not isinstance(node, ast.expr):
            return text
        return self.broken(lead, node, comma, indent, level) or text

    def _brackets(self, node: ast.expr) -> tuple[str, list[tuple[str, ast.AST]], str] | None:
        """Opening text, items with what is written before each, closing text, of a node with brackets."""
        items: list[tuple[str, ast.AST]]
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            items = [("", item) for item in [*node.args, *node.keywords]]
            return self.expressions.text(node.func, Level.ATOM) + "(", items, ")"
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and node.elts:
            opening, closing = _BRACKETS[type(node)]
            return opening, [("", item) for item in node.elts], closing
        if isinstance(node, ast.Dict) and all(key is not None for key in node.keys) and node.keys:
            pairs = zip(node.keys, node.values)
            return "{", [(f"{self.expressions.text(k)}: ", v) for k, v in pairs if k is not None], "}"
        return None

    def _inner(self, node: ast.expr) -> tuple[str, ast.expr, str, Level] | None:
        """For `-x`, `x.name`, `x[i]` and `x()`: the text before `x`, `x`, the text after it, how tightly the place of `x` binds."""
        if isinstance(node, ast.UnaryOp):
            symbol, own = UNARY[type(node.op)]
            return symbol, node.operand, "", own
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            part = node.func if isinstance(node, ast.Call) else node.value
            return "", part, self.expressions.text(node)[len(self.expressions.text(part, Level.ATOM)) :], Level.ATOM
        return None

    def _operands(self, node: ast.expr) -> list[tuple[str, ast.expr, Level]] | None:
        """Operands of the loosest operators of `node`, each with the operator before it and its level."""
        if isinstance(node, ast.BoolOp):
            symbol, own = BOOLEAN[type(node.op)]
            leads = [""] + [symbol + " "] * (len(node.values) - 1)
            return [(lead, value, Level(own + 1)) for lead, value in zip(leads, node.values)]
        if isinstance(node, ast.Compare):
            rest = [(COMPARE[type(op)] + " ", e, Level.BIT_OR) for op, e in zip(node.ops, node.comparators)]
            return [("", node.left, Level.BIT_OR), *rest]
        if isinstance(node, ast.IfExp):
            test, orelse = ("if ", node.test, Level.OR), ("else ", node.orelse, Level.TEST)
            return [("", node.body, Level.OR), test, orelse]
        if not isinstance(node, ast.BinOp):
            return None
        own = BINARY[type(node.op)][1]
        if own is Level.POWER:
            return [("", node.left, Level.AWAIT), ("** ", node.right, Level.SIGN)]
        result: list[tuple[str, ast.expr, Level]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and BINARY[type(left.op)][1] is own:
            result.append((BINARY[type(left.op)][0] + " ", left.right, Level(own + 1)))
            left = left.left
        return [("", left, own), *reversed(result)]


def packed(items: list[str], indent: str) -> list[str]:
    """The items on one line if they fit, else one a line with a comma after each."""
    one_line = ", ".join(items)
    return [one_line] if len(indent) + len(one_line) <= WIDTH else [item + "," for item in items]
