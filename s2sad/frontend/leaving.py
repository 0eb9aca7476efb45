"""Where the paths through statements lead: out of them, out of a loop, or on."""

from __future__ import annotations

from typing import Any

import gast


def escapes(stmt: Any) -> bool:
    """Whether a statement may leave the statements around it: return, or break/continue of a loop outside it."""

    def look(stmts: list[Any], in_loop: bool) -> bool:
        for s in stmts:
            if isinstance(s, gast.Return) or (isinstance(s, (gast.Break, gast.Continue)) and not in_loop):
                return True
            if isinstance(s, (gast.FunctionDef, gast.ClassDef)):
                continue
            inner = in_loop or isinstance(s, (gast.For, gast.While))
            for name in ("body", "orelse", "finalbody"):
                if look(getattr(s, name, None) or [], inner if name == "body" else in_loop):
                    return True
            for h in getattr(s, "handlers", None) or []:
                if look(h.body, in_loop):
                    return True
        return False

    return look([stmt], False)


def escapes_loop(body: list[Any]) -> bool:
    return any(escapes(s) for s in body)


def always_escapes(stmts: list[Any]) -> bool:
    """Whether every path through the statements ends in break, continue, return or raise."""
    for s in stmts:
        if isinstance(s, (gast.Return, gast.Break, gast.Continue, gast.Raise)):
            return True
        if isinstance(s, gast.If) and always_escapes(s.body) and always_escapes(s.orelse):
            return True
        if isinstance(s, gast.With) and always_escapes(s.body):
            return True
    return False


def breaks(stmts: list[Any]) -> bool:
    """Whether a `break` in these statements leaves the loop around them."""
    for s in stmts:
        if isinstance(s, gast.Break):
            return True
        if isinstance(s, (gast.FunctionDef, gast.ClassDef)):
            continue
        inner = s.orelse if isinstance(s, (gast.For, gast.While)) else [n for n in gast.iter_child_nodes(s) if isinstance(n, gast.stmt)]
        handlers = [n for h in getattr(s, "handlers", ()) for n in h.body]
        cases = [n for c in getattr(s, "cases", ()) for n in c.body]
        if breaks([*inner, *handlers, *cases]):
            return True
    return False


__all__ = ["always_escapes", "breaks", "escapes", "escapes_loop"]
