"""Lowering of comprehensions: over compile-time values item by item, else as loops that fill a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from ..analysis.types import Obj
from ..ir.nodes import Op, Var
from .lower import Core
from .values import TupleVal


class Comprehensions(Core):
    # --- comprehensions ----------------------------------------------------------------------------------------------

    def expr_ListComp(self, node: Any) -> Any:
        return self.comprehension(node, node.generators, lambda: self.expr(node.elt))

    def expr_GeneratorExp(self, node: Any) -> Any:
        return self.computed_early(lambda: self.expr_ListComp(node), node)

    def expr_SetComp(self, node: Any) -> Any:
        value = self.comprehension(node, node.generators, lambda: self.expr(node.elt))
        return self.emit(Op("call", (self.atom(value),), fn=self.builtin("set")), Obj(set), "items")

    def expr_DictComp(self, node: Any) -> Any:
        value = self.comprehension(node, node.generators, lambda: TupleVal((self.expr(node.key), self.expr(node.value))))
        items = self.sequence_items(value, None, node)
        if items is not None:
            pairs = []
            for item in items:
                key = self.constant_key(item.items[0]) if isinstance(item, TupleVal) else None
                if key is None:
                    break
                pairs.append((key.value, item.items[1]))
            else:
                site = self.site(node)
                value = self.new_dict(tuple(pairs), site)
                self.sites[value.id] = site
                return value
        raise self.unsupported("a dict comprehension with keys that are not known", node)

    def comprehension(self, node: Any, generators: list[Any], element: Callable[[], Any]) -> Any:
        """A comprehension is a loop that appends. It is a scope: only its first iterable belongs to the one around it."""
        names = frozenset(n.id for g in generators for n in gast.walk(g.target) if isinstance(n, gast.Name))
        around = self.frame
        inner = replace(around, id=self.new_id(), locals=names, parent=around, around=around.function)
        captured = any(isinstance(n, gast.Lambda) for n in gast.walk(node))  # a function that is called later finds the last values
        self.frames[-1] = inner
        try:
            out: list[Any] = []
            if self.static_comprehension(generators, element, out):
                return self.make_list(tuple(out), node)
            result = self.run_time_list((), "items")
            self.dynamic_comprehension(list(generators), element, result, node, True)
            return result
        finally:
            self.frames[-1] = around
            for n in names if not captured else ():
                self.cells.pop((inner.id, n), None)

    def iterated(self, generator: Any, first: bool) -> Any:
        """What a generator of a comprehension iterates over."""
        inner = self.frames[-1]
        if first:
            self.frames[-1] = inner.parent or inner
        try:
            return self.expr(generator.iter)
        finally:
            self.frames[-1] = inner

    def static_comprehension(self, generators: list[Any], element: Callable[[], Any], out: list[Any]) -> bool:
        """Unroll over compile-time values, if every iterable is one and every condition is known."""
        state = (self.cells, len(self.block.stmts), self.count)
        self.cells = dict(self.cells)

        def visit(i: int) -> bool:
            if i == len(generators):
                out.append(element())
                return True
            g = generators[i]
            value = self.iterated(g, i == 0)
            items = self.unrollable(self.iterable(value, g.iter), limit=64)
            if items is None:
                return False
            k = -1
            while (k := k + 1) < len(items):
                items = self.items_now(value, items, 64, g.iter) if k else items
                if k == len(items):
                    break
                self.assign(g.target, items[k])
                keep = True
                for cond in g.ifs:
                    test = self.test(cond)
                    if not isinstance(test, bool):
                        return False
                    keep = test
                    if not keep:
                        break
                if keep and not visit(i + 1):
                    return False
            return True

        if visit(0):
            return True
        self.cells, n, self.count = state
        del self.block.stmts[n:]
        out.clear()
        return False

    def dynamic_comprehension(
        self, generators: list[Any], element: Callable[[], Any], result: Var, node: Any, first: bool = False
    ) -> None:  # fmt: skip
        if not generators:
            self.list_append(result, element(), node)
            return
        g, rest = generators[0], generators[1:]
        value = self.iterated(g, first)
        iterable = self.iterable(value, g.iter)

        def start(loop: Any) -> None:
            self.assign(g.target, self.element(iterable, loop, g.target))

        def body(loop: Any) -> Any:
            self.filtered(list(g.ifs), lambda: self.dynamic_comprehension(rest, element, result, node))
            for n in gast.walk(g.target):
                if isinstance(n, gast.Name):
                    self.cells.pop((self.frame.id, n.id), None)
            return None

        items = self.unrollable(iterable)
        if items is not None:
            k = 0
            while k < len(items):
                self.assign(g.target, items[k])
                self.filtered(list(g.ifs), lambda: self.dynamic_comprehension(rest, element, result, node))
                items, k = self.items_now(value, items, 4, g.iter), k + 1
            return
        self.check_length_kept(iterable, self.loop(start, body).body, g.iter)

    def filtered(self, conditions: list[Any], run: Callable[[], None]) -> None:
        if not conditions:
            run()
            return
        test = self.test(conditions[0])
        if isinstance(test, bool):
            if test:
                self.filtered(conditions[1:], run)
            return
        self.branch(test, lambda: self.filtered(conditions[1:], run), lambda: None)

    # provided by the other parts
    assign: Callable[..., Any]
    atom: Callable[..., Any]
    builtin: Callable[..., Any]
    check_length_kept: Callable[..., Any]
    computed_early: Callable[..., Any]
    constant_key: Callable[..., Any]
    element: Callable[..., Any]
    expr: Callable[..., Any]
    items_now: Callable[..., Any]
    iterable: Callable[..., Any]
    list_append: Callable[..., Any]
    make_list: Callable[..., Any]
    run_time_list: Callable[..., Any]
    sequence_items: Callable[..., Any]
    site: Callable[..., Any]
    test: Callable[..., Any]
    unrollable: Callable[..., Any]


__all__ = ["Comprehensions"]
