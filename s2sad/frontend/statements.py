"""Lowering of statements. `break`, `continue` and `return` become structure here.

Each activation has three flags in its cells: `$skip` (leave the rest of this iteration or function), `$go` (the
innermost loop continues) and `$ret` (a `return` was reached; `$value` holds its value). They are constants wherever
the path is known, and then leave no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.types import ListT, Obj
from ..errors import DifferentiationError
from ..ir.nodes import Assert, Lit, Op, Raise, Ref, Var
from .assignments import Assignments
from .contexts import Contexts
from .facts import assigned_names
from .for_and_while import ForAndWhile
from .leaving import always_escapes, escapes
from .lower import Poisoned, Restart, in_words
from .run_time_lists import known_slice
from .try_statements import TryStatements
from .values import DictVal, FuncVal, ListVal, Poison, SliceVal

NO = Lit(False)


class Statements(Assignments, ForAndWhile, TryStatements, Contexts):
    # --- flags ---------------------------------------------------------------------------------------------------

    def flag(self, name: str) -> Any:
        return self.cells.get((self.frame.id, name), NO)

    def set_flag(self, name: str, value: Any) -> None:
        self.cells[(self.frame.id, name)] = value if not isinstance(value, bool) else Lit(value)

    # --- blocks --------------------------------------------------------------------------------------------------

    def body(self, stmts: list[Any]) -> None:
        """Lower statements up to the first that certainly leaves; what may leave wraps the rest in a branch."""
        for i, stmt in enumerate(stmts):
            if self.block.diverges:
                return
            self.node = stmt
            rest = stmts[i + 1 :]
            if isinstance(stmt, gast.If) and escapes(stmt):
                self.escaping_if(stmt, rest)
                return
            try:
                self.statement(stmt)
            except Poisoned:
                raise
            except DifferentiationError as err:
                if len(self.frames) > 1 or self.inactive_depth or self.block.diverges:
                    raise
                self.errors.append(err)
                for name in assigned_names([stmt]):
                    self.cells[(self.frame.id, name)] = Poison("")
                continue
            skip = self.flag("$skip")
            if isinstance(skip, Lit):
                if skip.value:
                    return
            elif rest:
                self.unless(skip, rest)
                return

    def unless(self, skip: Any, rest: list[Any]) -> None:
        def go_on() -> None:
            self.set_flag("$skip", False)
            if self.flag_known("$ret") is None:
                self.set_flag("$ret", False)
            self.cells.pop((self.frame.id, "$value"), None)  # nothing has been returned on this path
            self.body(rest)

        def leave() -> None:
            self.set_flag("$skip", True)

        self.branch(skip, leave, go_on)

    def flag_known(self, name: str) -> bool | None:
        value = self.flag(name)
        return bool(value.value) if isinstance(value, Lit) else None

    def escaping_if(self, stmt: Any, rest: list[Any]) -> None:
        """An `if` that contains break, continue or return: what follows it moves into the branches that go on."""
        test = self.test(stmt.test)
        if isinstance(test, bool):
            self.body([*(stmt.body if test else stmt.orelse), *rest])
            return
        then_ends, else_ends = always_escapes(stmt.body), always_escapes(stmt.orelse)
        if then_ends or else_ends:
            self.branch(
                test,
                lambda: self.body(stmt.body if then_ends else [*stmt.body, *rest]),
                lambda: self.body(stmt.orelse if else_ends else [*stmt.orelse, *rest]),
            )
            return
        self.branch(test, lambda: self.body(stmt.body), lambda: self.body(stmt.orelse))
        skip = self.flag("$skip")
        if isinstance(skip, Lit):
            if not skip.value:
                self.body(rest)
        elif rest:
            self.unless(skip, rest)

    def statement(self, stmt: Any) -> None:
        method = getattr(self, "stmt_" + type(stmt).__name__, None)
        if method is None:
            hints = {
                "AsyncFunctionDef": "use an ordinary function", "AsyncFor": "use an ordinary for loop",
                "Global": "pass the value in and return it", "ClassDef": "define the class outside the function",
                "Match": "use if / elif", "Delete": "let the name go out of use instead",
            }  # fmt: skip
            raise self.unsupported(f"{in_words(type(stmt).__name__)} statements are not supported", stmt, hints.get(type(stmt).__name__, ""))
        method(stmt)
        for watch in self.watches:
            watch.look(self.cells, stmt)

    # --- simple statements ---------------------------------------------------------------------------------------

    def stmt_Pass(self, stmt: Any) -> None:
        pass

    def stmt_Expr(self, stmt: Any) -> None:
        if isinstance(stmt.value, gast.Constant):
            return
        if isinstance(stmt.value, (gast.Yield, gast.YieldFrom)):
            raise self.unsupported("generators are not supported", stmt, "collect the values in a list")
        self.discard = True
        self.expr(stmt.value)

    def stmt_Assign(self, stmt: Any) -> None:
        start = (self.block, len(self.block.stmts))
        value = self.expr(stmt.value)
        if isinstance(stmt.value, gast.Call):
            self.check_returned(value, stmt)
        outer, self.assigned_since = self.assigned_since, start
        for target in stmt.targets:
            self.assign(target, value)
        self.assigned_since = outer

    def stmt_AnnAssign(self, stmt: Any) -> None:
        if stmt.value is not None:
            self.assign(stmt.target, self.expr(stmt.value))

    def stmt_Return(self, stmt: Any) -> None:
        value = self.expr(stmt.value) if stmt.value is not None else Lit(None)
        self.cells[(self.frame.id, "$value")] = value
        self.set_flag("$skip", True)
        self.set_flag("$ret", True)
        if self.frame.in_loop:
            self.set_flag("$go", False)

    def stmt_Break(self, stmt: Any) -> None:
        self.set_flag("$skip", True)
        self.set_flag("$go", False)

    def stmt_Continue(self, stmt: Any) -> None:
        self.set_flag("$skip", True)

    def stmt_Nonlocal(self, stmt: Any) -> None:
        pass

    def stmt_Import(self, stmt: Any) -> None:
        self.has_no_place("import")
        for alias in stmt.names:
            name = alias.asname or alias.name.split(".")[0]
            target = alias.name if alias.asname else alias.name.split(".")[0]
            module = self.frame.scope.import_module(target, alias.name)
            if module is None:
                raise self.unsupported(f"the module {alias.name!r} is not imported here", stmt, "import it at the top of the file")
            self.cells[(self.frame.id, name)] = Ref(module, name, module, None)

    def stmt_ImportFrom(self, stmt: Any) -> None:
        self.has_no_place("import")
        module = self.frame.scope.import_module(stmt.module or "", stmt.module or "", stmt.level)
        for alias in stmt.names:
            if module is None or not hasattr(module, alias.name):
                raise self.unsupported(f"cannot resolve {alias.name!r} from {stmt.module!r}", stmt, "import it at the top of the file")
            name = alias.asname or alias.name
            self.cells[(self.frame.id, name)] = self.embed(getattr(module, alias.name), name, module=module.__name__)

    def stmt_Assert(self, stmt: Any) -> None:
        test = self.test(stmt.test)
        if test is True:
            return
        if test is not False and stmt.msg is not None and not _is_plain_text(stmt.msg):  # it is computed only where the test fails
            def fail() -> None:
                self.failed(stmt)

            self.branch(test, lambda: None, fail)
            return
        if test is False:
            self.failed(stmt)
            return
        self.append(Assert(test, None if stmt.msg is None else self.inactive_message(stmt.msg), self.span(stmt)))

    def failed(self, stmt: Any) -> None:
        """An assertion that fails."""
        message = None if stmt.msg is None else self.inactive_message(stmt.msg)
        self.append(Assert(Lit(False), message, self.span(stmt)))
        self.block.diverges = True

    def inactive_message(self, node: Any) -> Any:
        try:
            return self.atom(self.expr(node))
        except DifferentiationError:
            return Lit("")

    def stmt_Raise(self, stmt: Any) -> None:
        exc = None
        if stmt.exc is not None:
            exc = self.exception(stmt.exc)
        cause = self.inactive_message(stmt.cause) if stmt.cause is not None else None
        self.append(Raise(exc, cause, self.span(stmt)))
        self.block.diverges = True

    def exception(self, node: Any) -> Any:
        """The exception of a `raise`: its class with arguments as far as they can be written down."""
        if isinstance(node, gast.Call):
            fn = self.expr(node.func)
            if isinstance(fn, Ref) and isinstance(fn.obj, type) and issubclass(fn.obj, BaseException):
                args = [self.inactive_message(a) for a in node.args if not isinstance(a, gast.Starred)]
                kwargs = tuple((k.arg, self.inactive_message(k.value)) for k in node.keywords if k.arg)
                return self.emit(Op("call", tuple(args), kwargs, fn=fn), Obj(fn.obj), "error", varied=False, fresh=True)
        return self.atom(self.expr(node))

    def stmt_Delete(self, stmt: Any) -> None:
        for target in stmt.targets:
            if isinstance(target, gast.Name):
                self.cells[(self.frame.id, target.id)] = Poison(f"{target.id!r} was deleted")
            elif isinstance(target, gast.Subscript):
                base = self.expr(target.value)
                key = self.expr(target.slice)
                if isinstance(base, DictVal) and isinstance(key, Lit):
                    if not any(k == key.value for k, _ in self.items(base)):
                        self.missing_key(base, key, stmt)
                    self.check_private_container(base, stmt)
                    items = tuple((k, v) for k, v in self.items(base) if k != key.value)
                    self.cells[(base.id, "items")] = items
                elif isinstance(base, ListVal):
                    items_l = list(self.items(base))
                    place = key.value if isinstance(key, Lit) else known_slice(key)
                    if place is None:
                        raise Restart(base.site)
                    self.check_private_container(base, stmt)
                    if not isinstance(place, slice) and not -len(items_l) <= place < len(items_l):
                        raise self.unsupported(f"index {place} is out of range", stmt)
                    del items_l[place]
                    self.cells[(base.id, "items")] = tuple(items_l)
                elif isinstance(base, Var) and isinstance(base.type, ListT):
                    if not isinstance(key, SliceVal):
                        self.get_item(base, key, stmt)  # an index out of range is an error
                    self.delete_item(base, key, stmt)
                else:
                    raise self.unsupported("del of a part of a run-time value is not supported", stmt)
            else:
                raise self.unsupported("this del is not supported", stmt)

    # --- definitions ---------------------------------------------------------------------------------------------

    def stmt_FunctionDef(self, stmt: Any) -> None:
        defaults = tuple(self.expr(d) for d in stmt.args.defaults)
        kw_defaults = tuple(None if d is None else self.expr(d) for d in stmt.args.kw_defaults)
        value: Any = FuncVal(stmt, self.frame, stmt.name, defaults, kw_defaults)
        for decorator in reversed(stmt.decorator_list):
            value = self.call_value(self.expr(decorator), [value], {}, decorator)
        self.cells[(self.frame.id, stmt.name)] = value


    # --- branches ------------------------------------------------------------------------------------------------

    def stmt_If(self, stmt: Any) -> None:
        test = self.test(stmt.test)
        if isinstance(test, bool):
            self.body(stmt.body if test else stmt.orelse)
            return
        self.branch(test, lambda: self.body(stmt.body), lambda: self.body(stmt.orelse))


    # provided by the other parts
    atom: Callable[..., Any]
    call_value: Callable[..., Any]
    check_returned: Callable[..., Any]
    delete_item: Callable[..., Any]
    discard: bool
    embed: Callable[..., Any]
    expr: Callable[..., Any]
    get_item: Callable[..., Any]
    missing_key: Callable[..., Any]
    test: Callable[..., Any]


def _is_plain_text(node: Any) -> bool:
    """Whether a message computes nothing: a constant, a name, an attribute, or text in which these are spelled."""
    plain = (gast.Constant, gast.JoinedStr, gast.FormattedValue, gast.Name, gast.Attribute, gast.expr_context)
    return all(isinstance(n, plain) for n in gast.walk(node))


__all__ = ["NO", "Statements"]
