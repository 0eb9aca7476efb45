"""Lowering of `for` and `while`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.types import BOOL
from ..ir import nodes as ir
from ..ir.nodes import Lit, Op
from .facts import assigned_names
from .iterators import known_function
from .leaving import breaks, escapes
from .lower import Core
from .values import CheckpointedVal, same


class ForAndWhile(Core):
    # --- loops ---------------------------------------------------------------------------------------------------

    def stmt_For(self, stmt: Any) -> None:
        self.for_loop(stmt)

    def for_loop(self, stmt: Any) -> None:
        value = self.expr(stmt.iter)
        slots = None
        if isinstance(value, CheckpointedVal):
            value, slots = value.item, value.slots
        iterable = self.iterable(value, stmt.iter)
        outer_go = self.flag("$go")
        self.set_flag("$go", True)
        self.set_flag("$skip", False)
        items = self.unrollable(iterable)
        if slots is not None and (items is not None or iterable.kind == "each"):
            raise self.unsupported("a checkpointed loop has to be over a range or an array", stmt, "leave checkpointed() out")
        if items is not None:
            self.unrolled(stmt, value, items)
        else:
            names = [(self.frame.id, n) for n in assigned_names(stmt.body)]

            def start(loop: ir.Loop) -> None:
                self.assign_element(stmt.target, self.element(iterable, loop, stmt.target), stmt)

            contents = self.contents_of(value)
            loop = self.loop(start, lambda loop: self.iteration(stmt.body), seed=tuple(names))
            self.check_length_kept(iterable, loop.body, stmt.iter)
            if slots is not None:
                self.checkpoint_loop(loop, slots, stmt)
            if not same(contents, self.contents_of(value)):
                raise self.unsupported("what is iterated over changes in the meantime", stmt.iter, "iterate over a copy of it")
        self.check_iterated(value, stmt)
        self.after_loop(stmt, outer_go)

    def checkpoint_loop(self, loop: ir.Loop, slots: ir.Slots, stmt: Any) -> None:
        if loop.go is not None:
            raise self.unsupported("a checkpointed loop cannot be left by break, return or an exception that is caught", stmt,
                                   "let the iterations that are left do nothing, or leave checkpointed() out")  # fmt: skip
        loop.checkpoint = slots

    def assign_element(self, target: Any, value: Any, stmt: Any) -> None:
        self.node = stmt.target if hasattr(stmt, "target") else stmt
        self.assign(target, value)

    def iteration(self, body: list[Any]) -> Any:
        """One iteration; returns the atom that tells whether to go on (None: always)."""
        self.set_flag("$skip", False)
        self.set_flag("$go", True)
        self.frame.in_loop += 1
        try:
            self.body(body)
        finally:
            self.frame.in_loop -= 1
        go = self.flag("$go")
        self.set_flag("$skip", False)
        self.left_by_go = self.flag("$go")
        if isinstance(go, Lit) and go.value:
            return None
        return go

    def after_loop(self, stmt: Any, outer_go: Any, endless: bool = False) -> None:
        """Restore the flags of the loop around, and lower `else`. An `endless` loop is only left by break or return."""
        go = Lit(False) if endless else self.flag("$go")
        if endless and self.constant_test(stmt.test) and not breaks(stmt.body):
            self.set_flag("$ret", True)  # nothing but a return leaves it
        ret = self.flag("$ret")

        def left() -> None:
            self.set_flag("$skip", ret)
            if not self.frame.in_loop or (isinstance(ret, Lit) and not ret.value):
                self.set_flag("$go", outer_go)
            else:
                self.set_flag("$go", self.negated(ret))

        def finished() -> None:
            self.set_flag("$skip", False)
            self.set_flag("$go", outer_go)
            self.body(stmt.orelse)

        if isinstance(go, Lit):
            (finished if go.value else left)()
        elif stmt.orelse:
            self.branch(go, finished, left)
        else:
            left()

    def negated(self, atom: Any) -> Any:
        if isinstance(atom, Lit):
            return Lit(not atom.value)
        return self.emit(Op("not_", (atom,)), BOOL, "go_on", varied=False)

    def stmt_While(self, stmt: Any) -> None:
        outer_go = self.flag("$go")
        self.set_flag("$go", True)
        self.set_flag("$skip", False)
        names = tuple((self.frame.id, n) for n in assigned_names(stmt.body))
        known = self.constant_test(stmt.test)
        if known is False:
            self.after_loop(stmt, outer_go)
            return
        acts = any(isinstance(n, gast.NamedExpr) or isinstance(n, gast.Call) and not known_function(n.func) for n in gast.walk(stmt.test))
        if known is True or acts:
            # the test belongs to the body: it may assign names or run statements of its own
            if known is not True and any(escapes(s) for s in stmt.orelse):
                raise self.unsupported("while ... else with such a test is not supported", stmt)
            node = gast.If(stmt.test, stmt.body, [*stmt.orelse, gast.Break()])
            gast.copy_location(node, stmt)
            gast.copy_location(node.orelse[-1], stmt)
            body = stmt.body if known is True else [node]
            self.loop(lambda loop: None, lambda loop: self.iteration(body), seed=names)
            self.after_loop(stmt, outer_go, endless=True)
            return

        def test() -> Any:
            before, n, born = dict(self.cells), len(self.block.stmts), ir.Region().born
            t = self.test(stmt.test)
            if self.effects_since(before, self.block.stmts[n:], born):
                raise self.unsupported("the test of this loop has an effect", stmt.test, "write `while True:` and `if not ...: break`")
            return Lit(t) if isinstance(t, bool) else t

        self.loop(lambda loop: None, lambda loop: self.iteration(stmt.body), test, seed=names)
        self.after_loop(stmt, outer_go)

    def constant_test(self, node: Any) -> bool | None:
        if isinstance(node, gast.Constant):
            return bool(node.value)
        return None

    def unrolled(self, stmt: Any, value: Any, items: tuple[Any, ...]) -> None:
        """A loop over a few compile-time values, lowered once for each."""

        def step(i: int, items: tuple[Any, ...]) -> None:
            items = self.items_now(value, items, 4, stmt.iter) if i else items
            if i >= len(items):
                return
            self.node = stmt
            self.set_flag("$skip", False)
            self.assign(stmt.target, items[i])
            self.iteration(stmt.body)
            go = self.flag("$go")
            if isinstance(go, Lit):
                if go.value:
                    step(i + 1, items)
            else:
                def on() -> None:
                    self.set_flag("$go", True)
                    self.set_flag("$ret", False)
                    step(i + 1, items)

                def off() -> None:
                    self.set_flag("$go", False)

                self.branch(go, on, off)

        step(0, items)

    # provided by the other parts
    assign: Callable[..., Any]
    body: Callable[..., Any]
    check_iterated: Callable[..., Any]
    check_length_kept: Callable[..., Any]
    contents_of: Callable[..., Any]
    effects_since: Callable[..., Any]
    element: Callable[..., Any]
    expr: Callable[..., Any]
    flag: Callable[..., Any]
    items_now: Callable[..., Any]
    iterable: Callable[..., Any]
    set_flag: Callable[..., Any]
    test: Callable[..., Any]
    unrollable: Callable[..., Any]


__all__ = ["ForAndWhile"]
