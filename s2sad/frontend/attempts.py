"""`try` statements whose handlers have to know how far the body went: one attempt for each statement.

    try:                               try:
        y[0] = f(x)                        y[0] = f(x)
        y[1] = g(x)                    except ValueError:
    except ValueError:         ->          caught = 0
        y[2] = 1.0                     if caught < 0:
                                           try:
                                               y[1] = g(x)
                                           except ValueError:
                                               caught = 0
                                       if caught == 0:
                                           y[2] = 1.0

A single statement changes something as the last thing it does: where it raises, nothing has changed.
"""

from __future__ import annotations

import copy
from typing import Any

import gast

_SIMPLE = (gast.Assign, gast.AugAssign, gast.AnnAssign, gast.Expr, gast.Pass, gast.Raise, gast.Assert)
_LEAVING = (gast.Break, gast.Continue, gast.Return)


class Attempt:
    """A `try` statement as one attempt for each statement of its body. `names` are those that it adds."""

    def __init__(self, stmt: Any) -> None:
        self.stmt = stmt
        self.caught = f"caught_{stmt.lineno}"
        self.error = f"error_{stmt.lineno}"
        self.count = 0
        self.names = {self.caught, self.error}
        self.loops = any(isinstance(n, (gast.For, gast.While)) for s in stmt.body for n in gast.walk(s))

    @classmethod
    def of(cls, stmt: Any) -> Attempt | None:
        """The parts of a statement; None where it cannot be taken apart, or has handlers that all leave with an exception."""
        if not stmt.handlers or stmt.orelse or not all(map(_divisible, stmt.body)):
            return None
        if all(h.body and isinstance(h.body[-1], gast.Raise) for h in stmt.handlers):
            return None
        if len(stmt.body) == 1 and isinstance(stmt.body[0], (*_SIMPLE, *_LEAVING)):
            return None
        return cls(stmt)

    def statements(self) -> list[Any]:
        """The statements to lower instead, without the `finally` clause."""
        first = self.assign(self.caught, gast.Constant(-1, None))
        found = [first, *self.block(self.stmt.body, certain=True)]
        for k, handler in enumerate(self.stmt.handlers):
            body = [_reraising(s, self.error) for s in handler.body]
            if handler.name is not None:
                name = handler.name.id if isinstance(handler.name, gast.Name) else handler.name
                body.insert(0, self.assign(name, self.load(self.error)))
            found.append(gast.If(self.compare(gast.Eq(), k), body, []))
        for node in found:
            gast.copy_location(node, self.stmt)
            gast.fix_missing_locations(node)
        return found

    def block(self, body: list[Any], certain: bool = False) -> list[Any]:
        """The attempts of some statements, each if nothing was caught before; `certain` if nothing can have been so far."""
        found: list[Any] = []
        for stmt in body:
            inner = self.attempt(stmt)
            if not certain:
                inner = [gast.copy_location(gast.If(self.compare(gast.Lt(), 0), inner, []), stmt)]
            found += inner
            certain = certain and isinstance(stmt, gast.Pass)
        return found

    def attempt(self, stmt: Any) -> list[Any]:
        if isinstance(stmt, gast.If):
            test = self.fresh("test")
            chosen = gast.If(self.load(test), self.block(stmt.body, True), self.block(stmt.orelse, True))
            guarded = gast.If(self.compare(gast.Lt(), 0), [gast.copy_location(chosen, stmt)], [])
            false = self.assign(test, gast.Constant(False, None))
            return [false, self.guarded(self.assign(test, stmt.test, stmt)), gast.copy_location(guarded, stmt)]
        if isinstance(stmt, gast.For):
            items = self.fresh("items")
            body = [*self.block(stmt.body, True), gast.If(self.compare(gast.GtE(), 0), [gast.Break()], [])]
            loop = gast.For(stmt.target, self.load(items), body, [], None)
            guarded = gast.If(self.compare(gast.Lt(), 0), [gast.copy_location(loop, stmt)], [])
            if _cannot_raise(stmt.iter):
                loop.iter = stmt.iter
                return [guarded.body[0]]
            return [self.guarded(self.assign(items, stmt.iter, stmt)), gast.copy_location(guarded, stmt)]
        if isinstance(stmt, gast.While):
            test = self.fresh("test")
            false = self.assign(test, gast.Constant(False, None))
            head = [false, self.guarded(self.assign(test, stmt.test, stmt))]
            leave = gast.If(gast.UnaryOp(gast.Not(), self.load(test)), [gast.Break()], [])
            end = gast.If(self.compare(gast.GtE(), 0), [gast.Break()], [])
            loop = gast.While(gast.Constant(True, None), [*head, leave, *self.block(stmt.body, True), end], [])
            return [gast.copy_location(loop, stmt)]
        if isinstance(stmt, (*_LEAVING, gast.Pass)) and not getattr(stmt, "value", None):
            return [stmt]
        return [self.guarded(stmt)]

    def guarded(self, stmt: Any) -> Any:
        """One statement in a `try` of its own, whose handlers note which of them it was."""
        handlers = []
        for k, handler in enumerate(self.stmt.handlers):
            noted = [self.assign(self.caught, gast.Constant(k, None))]
            name = None
            if handler.name is not None or any(_bare_raise(n) for s in handler.body for n in gast.walk(s)):
                name = self.fresh("caught_error")
                noted.append(self.assign(self.error, self.load(name)))
            of_name = None if name is None else gast.Name(name, gast.Store(), None, None)
            kind = copy.deepcopy(handler.type) if handler.type is not None else None
            if kind is None and name is not None:
                kind = gast.Name("BaseException", gast.Load(), None, None)
            handlers.append(gast.copy_location(gast.ExceptHandler(kind, of_name, noted), handler))
        return gast.copy_location(gast.Try([stmt], handlers, [], []), stmt)

    def fresh(self, stem: str) -> str:
        self.count += 1
        name = f"{stem}_{self.stmt.lineno}_{self.count}"
        self.names.add(name)
        return name

    def load(self, name: str) -> Any:
        return gast.Name(name, gast.Load(), None, None)

    def assign(self, name: str, value: Any, at: Any = None) -> Any:
        node = gast.Assign([gast.Name(name, gast.Store(), None, None)], value, None)
        return gast.fix_missing_locations(gast.copy_location(node, at if at is not None else self.stmt))

    def compare(self, operator: Any, value: int) -> Any:
        return gast.Compare(self.load(self.caught), [operator], [gast.Constant(value, None)])


def _divisible(stmt: Any) -> bool:
    """Whether a statement can be attempted part by part."""
    if isinstance(stmt, gast.If):
        return all(map(_divisible, [*stmt.body, *stmt.orelse]))
    if isinstance(stmt, (gast.For, gast.While)):
        return not stmt.orelse and all(map(_divisible, stmt.body))
    return isinstance(stmt, (*_SIMPLE, *_LEAVING))


def _cannot_raise(node: Any) -> bool:
    """Whether an iterable is a range of names and numbers."""
    called = isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "range" and not node.keywords
    return called and all(isinstance(a, (gast.Name, gast.Constant)) for a in node.args)


def _bare_raise(node: Any) -> bool:
    return isinstance(node, gast.Raise) and node.exc is None


def _reraising(stmt: Any, error: str) -> Any:
    """A handler's statement with `raise` naming what it raises."""
    found = copy.deepcopy(stmt)
    for node in gast.walk(found):
        if _bare_raise(node):
            node.exc = gast.Name(error, gast.Load(), None, None)
            gast.copy_location(node.exc, node)
    return found
