"""Lowering of `try`: its body counts only if it ran to its end, else the handler runs on the state before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from ..analysis.types import BOOL, ListT, Obj
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Effect,
    Handler,
    If,
    Lit,
    MultiPhi,
    Op,
    Raise,
    Ref,
    Region,
    Store,
    Try,
    Var,
)
from .attempts import Attempt
from .facts import assigned_names
from .iterators import CHANGING
from .leaving import escapes
from .lower import Core, Restart, Unreachable
from .values import Poison, same

# How the emitted code says that it would have to undo a part of what the body of a `try` did.
STORED = "an exception came after a store in a try block, and a handler goes on"


class TryStatements(Core):
    # --- try and with ----------------------------------------------------------------------------------------------

    def stmt_Try(self, stmt: Any) -> None:
        """`try`: the body's effects count only if it ran to its end; else the handler runs on the state before it."""
        if any(escapes(s) for s in stmt.finalbody):
            raise self.unsupported("return, break or continue in a finally clause ends an exception unseen", stmt, "leave behind the statement")
        if stmt.finalbody and not stmt.handlers:
            if escapes(gast.If(Lit(True), stmt.body, [])):
                node = Try(Block(), [], Block(), Block(), [], self.span(stmt))
                with self.into(node.body):
                    self.body(stmt.body)
                with self.into(node.final):
                    self._finally(stmt)
                self.append_with_final(node)
                return
            node = Try(Block(), [], Block(), Block(), [], self.span(stmt))
            with self.into(node.body):
                self.body(stmt.body)
            with self.into(node.final):
                self.body(stmt.finalbody)
            self.append_with_final(node)
            return
        if stmt.finalbody and self.watches:  # a handler around may see what the last part does when an exception passes
            inner = gast.copy_location(gast.Try(stmt.body, stmt.handlers, stmt.orelse, []), stmt)
            self.stmt_Try(gast.copy_location(gast.Try([inner], [], [], stmt.finalbody), stmt))
            return
        if stmt.orelse:
            done = f"completed_{stmt.lineno}"
            self.frame.locals = self.frame.locals | {done}
            self.body(without_else(stmt, done))
            return
        site = ("attempt", *self.site(stmt))
        parts = Attempt.of(stmt)
        if parts is not None and (site in self.dynamic_sites or parts.loops):
            statements = parts.statements()
            self.frame.locals = self.frame.locals | parts.names
            self.body(statements)
            self._finally(stmt)
            return
        again = None if parts is None else site
        node = Try(Block(), [], Block(), Block(), [], self.span(stmt))
        age, first_id = Region().born, self.new_id()
        before = dict(self.cells)
        tail, names = last_assignments(stmt.body)
        watch = Watch(before, tail, {(self.frame.id, n) for n in names}, last_change(stmt.body))
        self.watches.append(watch)
        try:
            with self.into(node.body):
                self.body(stmt.body)
        finally:
            self.watches.remove(watch)
        if not may_raise(node.body):
            # nothing in the body can raise
            self.block.stmts.extend(node.body.stmts)
            self.block.diverges = node.body.diverges
            self._finally(stmt)
            return
        # memory made in the body is out of reach for the handlers: its names are poisoned there; nothing raises behind the
        # last statement, so that a store there has not happened
        stores = stores_to_older(node.body, age)
        touched = set(assigned_names(stmt.body))
        begun: Var | None = None
        states, diverging = [self.cells], [node.body.diverges]
        for handler in stmt.handlers:
            self.cells = dict(before)
            for key in watch.changed:
                what = repr(key[1]) if isinstance(key[1], str) and key[1] != "items" else "this container"
                self.cells[key] = Poison(f"{what} may or may not have been assigned when the exception came", again)
            for name in touched:
                key = (self.frame.id, name)
                if key not in self.cells and reads_name(handler.body, name):
                    self.cells[key] = Poison(f"{name!r} may or may not have been assigned when the exception came", again)
            block = Block()
            name_var = None
            types = None
            if handler.type is not None:
                types = self.atom(self.expr(handler.type))
            if handler.name is not None:
                exc_name = handler.name.id if isinstance(handler.name, gast.Name) else handler.name
                name_var = Var(exc_name, Obj(BaseException), False, True)
                self.cells[(self.frame.id, exc_name)] = name_var
            with self.into(block):
                self.node = handler
                frames = list(self.frames)
                try:
                    self.body(handler.body)
                except Unreachable:  # a recursive call whose result is not known in this round
                    self.frames[:] = frames
                    block.diverges = True
            if stores and not block.diverges:
                if again is not None:
                    raise Restart(again)
                if self.watches:  # a handler of the statement around might catch what tells of the store
                    raise self.error(
                        AmbiguousMemoryError, "a store in a try block may or may not have happened when its handler runs", stmt,
                        "move the store behind the try statement")  # fmt: skip
                begun = self.noting_stores(node, age) if begun is None else begun
                block.stmts[:0] = self.refusing_if(begun, stmt)
            node.handlers.append(Handler(types, name_var, block))
            states.append(self.cells)
            diverging.append(block.diverges)
        alive = [i for i, d in enumerate(diverging) if not d]
        if not alive:
            self.append(node)
            self.block.diverges = True
            return

        def phi(values: list[Any], hint: str, named: bool, t: Any) -> Var:
            var = self.phi_var(values, hint, named, t)
            full = [UNDEF] * len(states)
            for i, v in zip(alive, values):
                full[i] = v
            node.phis.append(MultiPhi(var, full))
            return var

        merged: dict[Any, Any] = {}
        keys = dict.fromkeys(k for i in alive for k in states[i])
        for key in keys:
            values = [states[i].get(key, UNDEF) for i in alive]
            known = [v for v in values if v is not UNDEF]
            if len(known) < len(values) and key not in before and self.is_of_one_path(key, first_id):
                merged[key] = known[0]
                continue
            value = known[0] if len(known) == len(values) and all(v is known[0] for v in known) else self.merge_values(values, key, phi)
            if value is not UNDEF:
                merged[key] = value
        self.cells = merged
        self.append(node)
        self._finally(stmt)

    def append_with_final(self, node: Try) -> None:
        """Append a `try` without handlers. If nobody sees what its last part does when an exception passes, that just follows."""
        if unseen(node.final) and not self.watches:
            self.block.stmts.extend(node.body.stmts)
            if not node.body.diverges:
                self.block.stmts.extend(node.final.stmts)
        else:
            self.append(node)
        self.block.diverges = node.body.diverges

    def noting_stores(self, node: Try, age: int) -> Var:
        """A list that is empty until the body of a `try` begins to store to memory older than `age`."""
        begun = self.emit(Op("list", ()), ListT(BOOL), "begun", varied=False, fresh=True)
        self.mark_stored(begun)
        at = next(i for i, s in enumerate(node.body.stmts) if writes_older(s, age))
        node.body.stmts.insert(at, Effect(Op("method", (begun, Lit(True)), name="append"), node.span))
        return begun

    def refusing_if(self, begun: Var, stmt: Any) -> list[Any]:
        """What a handler that goes on does first: stop the program if there were stores, which nothing undoes in part."""
        count, test = Var("n", self.symbols.int(), False), Var("test", BOOL, False)
        error = Var("error", Obj(BaseException), False)
        made = Op("call", (Lit(STORED),), fn=self.builtin("BaseException"))
        stop = Block([Assign(error, made, self.span(stmt)), Raise(error, None, self.span(stmt))], diverges=True)
        return [Assign(count, Op("call", (begun,), fn=self.builtin("len"))), Assign(test, Op("gt", (count, Lit(0)))), If(test, stop, Block(), [])]

    def _finally(self, stmt: Any) -> None:
        """Lower the clause `finally`, whose own loops know nothing of a `return` or `break` that it comes before."""
        if not stmt.finalbody:
            return
        kept = {key: self.cells.pop(key, None) for key in [(self.frame.id, f) for f in ("$skip", "$go", "$ret", "$value")]}
        self.body(stmt.finalbody)
        self.cells = {k: v for k, v in self.cells.items() if k not in kept} | {k: v for k, v in kept.items() if v is not None}

    @property
    def watches(self) -> list[Watch]:
        """What `try` statements around notice of their bodies."""
        return self.__dict__.setdefault("_watches", [])

    # provided by the other parts
    atom: Callable[..., Any]
    body: Callable[..., Any]
    builtin: Callable[..., Any]
    expr: Callable[..., Any]
    flag: Callable[..., Any]
    set_flag: Callable[..., Any]
    site: Callable[..., Any]


def unseen(block: Block) -> bool:
    """Whether a block only computes and stores to memory of the program's own."""
    from ..analysis import effects  # needs the lowerer

    for stmt in ir.walk(block):
        if isinstance(stmt, Assign):
            if not effects.is_pure(stmt.op):
                return False
        elif isinstance(stmt, Store):
            r = stmt.base.region if isinstance(stmt.base, Var) else None
            if r is None or r.find().caller:
                return False
        elif not isinstance(stmt, (If, ir.Loop, ir.Note)):
            return False
    return True


@dataclass(eq=False)
class Watch:
    """Which names and contents change in the body of a `try`; the handler cannot know whether they have."""

    before: dict[Any, Any]
    tail: list[Any]  # the last statements, which assign names: nothing can raise after the first of these assignments
    spared: set[Any]
    last: Any = None  # a statement that changes something as the last thing it does
    changed: dict[Any, None] = field(default_factory=dict)

    def look(self, cells: dict[Any, Any], stmt: Any) -> None:
        if stmt is self.last:
            return
        for key, value in self.before.items():
            now = cells.get(key)
            if now is value or key in self.changed or isinstance(key[1], str) and key[1].startswith("$"):
                continue
            if (key in self.spared and any(stmt is s for s in self.tail)) or (now is not None and same(now, value)):
                continue
            self.changed[key] = None


def last_assignments(body: list[Any]) -> tuple[list[Any], set[str]]:
    """The last assignment to names of a body with the assignments of constants behind it, and the names."""
    tail: list[Any] = []
    names: set[str] = set()
    for stmt in reversed(body):
        if not isinstance(stmt, gast.Assign) or not all(isinstance(n, gast.Name) for n in stmt.targets):
            break
        tail.append(stmt)
        names.update(n.id for n in stmt.targets)
        if not isinstance(stmt.value, gast.Constant):
            break
    return tail, names


def stores_to_older(body: Block, age: int) -> bool:
    """Whether a body may leave off after it has stored to memory that is older than `age`."""
    stmts = body.stmts
    last = stmts[-1] if stmts else None
    if isinstance(last, Store) or isinstance(last, Effect) and last.op.kind == "method":
        stmts = stmts[:-1]  # where it fails, nothing has changed
    return any(writes_older(s, age) for s in stmts)


def writes_older(stmt: Any, age: int) -> bool:
    """Whether a statement, nested ones included, may store to memory that is older than `age`."""
    from ..analysis import effects  # needs the lowerer

    for inner in ir.walk(Block([stmt])):
        changed = effects.writes(inner)
        if changed is None or any(r.born <= age for r in changed):
            return True
    return False


def last_change(body: list[Any]) -> Any:
    """The only statement of a body, if all that it changes is changed by its assignment or call, after all else."""
    if len(body) != 1 or not isinstance(body[0], (gast.Assign, gast.AugAssign, gast.AnnAssign, gast.Expr)):
        return None
    parts = [n for n in gast.walk(body[0]) if n is not getattr(body[0], "value", None) or not isinstance(body[0], gast.Expr)]
    changing = any(isinstance(n, gast.NamedExpr) or isinstance(n, gast.Attribute) and n.attr in CHANGING for n in parts if n is not _method(body[0]))
    return None if changing else body[0]


def _method(stmt: Any) -> Any:
    """The `xs.append` of the statement `xs.append(...)`."""
    return stmt.value.func if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call) else None


def without_else(stmt: Any, done: str) -> list[Any]:
    """`try: A; except: B; else: C` with C behind the statement: its exceptions are not for the handlers."""

    def assign(value: bool) -> Any:
        node = gast.Assign([gast.Name(done, gast.Store(), None, None)], gast.Constant(value, None), None)
        gast.copy_location(node, stmt)
        return gast.fix_missing_locations(node)

    inner = gast.Try([*stmt.body, assign(True)], stmt.handlers, [], [])
    after = gast.If(gast.Name(done, gast.Load(), None, None), stmt.orelse, [])
    nodes = [assign(False), inner, after]
    if stmt.finalbody:
        nodes = [nodes[0], gast.Try([inner, after], [], [], stmt.finalbody)]
    for node in nodes[1:]:
        gast.copy_location(node, stmt)
    for node in (inner, after, after.test):
        gast.copy_location(node, stmt)
    return nodes


def reads_name(body: list[Any], name: str) -> bool:
    return any(
        isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Load) for s in body for n in gast.walk(s)
    )


def may_raise(block: Block) -> bool:
    return not all(isinstance(s, Assign) and _cannot_raise(s.op) for s in ir.walk(block))


def _cannot_raise(op: Op) -> bool:
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.dtype:
        return len(op.args) == 1 and isinstance(op.args[0], Lit)
    return op.kind in ("is_", "is_not", "tuple", "list", "not_")


__all__ = ["TryStatements", "Watch"]
