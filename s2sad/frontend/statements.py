"""Lowering of statements. `break`, `continue` and `return` become structure here.

Each activation has three flags in its cells: `$skip` (leave the rest of this iteration or function), `$go` (the
innermost loop continues) and `$ret` (a `return` was reached; `$value` holds its value). They are constants wherever
the path is known, and then leave no trace.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from ..analysis.types import BOOL, UNKNOWN, Arr, ListT, Num, Obj, TupleT, is_mutable
from ..errors import AmbiguousMemoryError, DifferentiationError, NoSourceError
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assert,
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
    With,
)
from .attempts import Attempt
from .iterators import CHANGING, known_function
from .lower import Core, Poisoned, Restart, Unreachable, in_words, type_of
from .run_time_lists import known_slice
from .source import function_source
from .values import (
    AdjointVal,
    CheckpointedVal,
    DictVal,
    FuncVal,
    ListVal,
    ObjVal,
    Poison,
    SliceVal,
    TupleVal,
    is_atom,
    same,
)

BINOPS = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv", "Mod": "mod", "Pow": "pow",
    "MatMult": "matmul", "BitAnd": "and_", "BitOr": "or_", "BitXor": "xor", "LShift": "lshift", "RShift": "rshift",
}  # fmt: skip


# How the emitted code says that it would have to undo a part of what the body of a `try` did.
STORED = "an exception came after a store in a try block, and a handler goes on"


def _breaks(stmts: list[Any]) -> bool:
    """Whether a `break` in these statements leaves the loop around them."""
    for s in stmts:
        if isinstance(s, gast.Break):
            return True
        if isinstance(s, (gast.FunctionDef, gast.ClassDef)):
            continue
        inner = s.orelse if isinstance(s, (gast.For, gast.While)) else [n for n in gast.iter_child_nodes(s) if isinstance(n, gast.stmt)]
        handlers = [n for h in getattr(s, "handlers", ()) for n in h.body]
        cases = [n for c in getattr(s, "cases", ()) for n in c.body]
        if _breaks([*inner, *handlers, *cases]):
            return True
    return False


NO = Lit(False)


class Statements(Core):
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

    @property
    def watches(self) -> list[Watch]:
        """What `try` statements around notice of their bodies."""
        return self.__dict__.setdefault("_watches", [])

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
        value = self.expr(stmt.value)
        for target in stmt.targets:
            self.assign(target, value)

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
        atom = Lit(False) if test is False else test
        message = None
        if stmt.msg is not None:
            message = self.inactive_message(stmt.msg)
        self.append(Assert(atom, message, self.span(stmt)))
        if test is False:
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

    # --- assignment ----------------------------------------------------------------------------------------------

    def assign(self, target: Any, value: Any) -> None:
        if isinstance(target, gast.Name):
            self.assign_name(target.id, value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target, value)
        elif isinstance(target, gast.Subscript):
            base, flat = self.subscripted(target.value)
            index = self.expr(target.slice)
            self.store_item(base, self.flat_index(base, index, target) if flat else index, value, target)
        elif isinstance(target, gast.Attribute):
            self.store_attribute(self.expr(target.value), target.attr, value, target)
        elif isinstance(target, gast.Starred):
            self.assign(target.value, value)
        else:
            raise self.unsupported("this assignment target is not supported", target)

    def owner(self, name: str) -> Any:
        """The frame in which an assignment to `name` lands."""
        frame = self.frame
        if name in frame.globals:
            raise self.unsupported(f"assignment to the global {name!r} is not supported", None, "return the value instead")
        while name not in frame.locals and frame.parent is not None:
            frame = frame.parent
        return frame

    def assign_name(self, name: str, value: Any) -> None:
        frame = self.owner(name)
        if name in self.frame.nonlocals and name not in frame.locals:
            raise self.unsupported(f"assignment to the captured variable {name!r} of a finished function", None)
        if isinstance(value, Var) and not value.named and self.is_new(value):
            value.hint, value.named = name, True
        self.cells[(frame.id, name)] = value

    def is_new(self, var: Var) -> bool:
        """Whether `var` was just defined, by the statement being lowered, and has no name of its own yet."""
        last = self.block.stmts[-1] if self.block.stmts else None
        if isinstance(last, Assign):
            return last.target is var
        if isinstance(last, If):
            return any(p.var is var for p in last.phis)
        if isinstance(last, ir.Loop):
            return any(c.result is var for c in last.carries)
        return False

    def unpack(self, target: Any, value: Any) -> None:
        n = len(target.elts)
        star = next((i for i, e in enumerate(target.elts) if isinstance(e, gast.Starred)), None)
        items = self.sequence_items(value, n if star is None else None, target)
        if items is None and star is not None and is_atom(value) and isinstance(type_of(value), (Arr, ListT)):
            self.unpack_starred(target, value, star)
            return
        if items is None:
            raise self.unsupported(
                "the number of values to unpack is not known", target, "index the value instead, or annotate its shape")  # fmt: skip
        if star is None:
            if len(items) != n:
                raise self.unsupported(f"{len(items)} values are unpacked into {n} names", target)
            for element, item in zip(target.elts, items):
                self.assign(element, item)
            return
        tail = n - star - 1
        if len(items) < n - 1:
            raise self.unsupported(f"{len(items)} values are unpacked into at least {n - 1} names", target)
        for element, item in zip(target.elts[:star], items):
            self.assign(element, item)
        middle = items[star : len(items) - tail]
        self.assign(target.elts[star].value, self.make_list(tuple(middle), target))
        for element, item in zip(target.elts[star + 1 :], items[len(items) - tail :]):
            self.assign(element, item)

    def unpack_starred(self, target: Any, value: Any, star: int) -> None:
        """`a, *b, c = x` of a sequence whose length is not known."""
        tail = len(target.elts) - star - 1
        if len(target.elts) > 1:
            self.check_length(value, "lt", len(target.elts) - 1, target)
        for i, element in enumerate(target.elts[:star]):
            self.assign(element, self.get_item(value, Lit(i), target))
        part = self.get_item(value, SliceVal(Lit(star or None), Lit(-tail if tail else None), Lit(None)), target)
        t = type_of(part)
        elem = self.item_type(t, Lit(0)) if isinstance(t, Arr) else t.elem if isinstance(t, ListT) else UNKNOWN
        rest = self.emit(Op("call", (part,), fn=self.builtin("list")), ListT(elem), "rest", view_of=[part] if is_mutable(elem) else [],
                         fresh=not is_mutable(elem))  # fmt: skip
        self.assign(target.elts[star].value, rest)
        for i, element in enumerate(target.elts[star + 1 :]):
            self.assign(element, self.get_item(value, Lit(i - tail), target))

    def stmt_AugAssign(self, stmt: Any) -> None:
        kind = BINOPS[type(stmt.op).__name__]
        target = stmt.target
        if isinstance(target, gast.Name):
            name = gast.Name(target.id, gast.Load(), None, None)
            gast.copy_location(name, target)
            old = self.expr(name)
            value = self.expr(stmt.value)
            self.assign_name(target.id, self.augmented(kind, old, value, stmt))
        elif isinstance(target, gast.Subscript):
            base, flat = self.subscripted(target.value)
            index = self.expr(target.slice)
            if flat:
                index = self.flat_index(base, index, target)
            if isinstance(base, (DictVal, ListVal, ObjVal)):
                old = self.get_item(base, index, target)
                self.store_item(base, index, self.augmented(kind, old, self.expr(stmt.value), stmt), target)
                return
            block, start = self.block, len(self.block.stmts)
            value = self.expr(stmt.value)
            if isinstance(base, Var) and changed_since(base, block, start):
                old = self.read_before(base, index, block, start, target)
                if not (isinstance(type_of(old), Arr) and self.is_basic(index)):  # a view changes along
                    self.store_item(base, index, self.augmented(kind, old, value, stmt), target)
                    return
            self.store_item(base, index, value, target, aug=kind)
        elif isinstance(target, gast.Attribute):
            base = self.expr(target.value)
            old = self.get_attribute(base, target.attr, target)
            self.store_attribute(base, target.attr, self.augmented(kind, old, self.expr(stmt.value), stmt), target)
        else:
            raise self.unsupported("this augmented assignment is not supported", stmt)

    def read_before(self, base: Var, index: Any, block: Block, start: int, node: Any) -> Any:
        """`base[index]`, read before the statements of a block from `start` on: before the right-hand side ran."""
        end = len(block.stmts)
        old = self.load(base, index, node)
        moved = block.stmts[end:]
        del block.stmts[end:]
        block.stmts[start:start] = moved
        return old

    def augmented(self, kind: str, old: Any, value: Any, node: Any) -> Any:
        """`old op= value`: a store for arrays and lists, a new value for everything else."""
        if isinstance(old, ObjVal):
            found = self.in_place_operator(kind, old, value, node)
            if found is not NotImplemented:
                return found
        if isinstance(old, Ref) and isinstance(old.type, (Arr, ListT)) or isinstance(old, Ref) and isinstance(old.obj, (list, dict, set)):
            raise self.error(AmbiguousMemoryError, "a store to an object from outside the function", node, "copy it first, or pass it in")
        if isinstance(old, ListVal) and kind == "mul":
            self.check_private_container(old, node)
            if not isinstance(value, Lit) or not isinstance(value.value, int) or value.value * len(self.items(old)) > 64:
                raise Restart(old.site)
            self.cells[(old.id, "items")] = self.items(old) * value.value
            return old
        if isinstance(old, ListVal):
            if kind != "add":
                return self.binary(kind, old, value, node)
            items = self.sequence_items(value, None, node)
            if items is None:
                raise Restart(old.site)
            self.check_private_container(old, node)
            self.cells[(old.id, "items")] = self.items(old) + tuple(items)
            return old
        t = type_of(old) if is_atom(old) else None
        if isinstance(old, Var) and isinstance(t, Arr):
            self.array_store(old, None, self.atom(value), kind, node)
            return old
        if isinstance(old, Var) and isinstance(t, ListT) and kind == "add":
            return self.list_extend(old, value, node)
        if isinstance(old, Var) and isinstance(t, ListT) and kind == "mul":
            self.check_list(old, node)
            self.replace_items(old, self.binary("mul", old, value, node), node)
            return old
        if isinstance(old, Var) and (t is UNKNOWN or isinstance(t, Obj) and t.cls is np.ndarray) and old.region is not None:
            varied = self.varied(old) or self.varied_value(value)
            if not varied or not getattr(old, "named", False) or not self.certainly_rebinds(old):
                return self.changed_as_it_stands(kind, old, self.atom(value), varied, node)
        return self.binary(kind, old, value, node)

    def changed_as_it_stands(self, kind: str, old: Var, value: Any, varied: bool, node: Any) -> Var:
        """`old op= value` of what may be an array or a number: in forward mode its tangent is changed in the same way."""
        assert old.region is not None
        new = Var(old.hint, UNKNOWN, varied, old.named, old.region)
        stmt = Assign(new, Op("inplace", (old, value), name=kind), self.span(node))
        if varied:
            error = self.error(
                AmbiguousMemoryError, f"it is not known whether {old.hint!r} is an array, which this would change in place",
                node, f"write {old.hint} = {old.hint} ... if it is a number, or annotate the parameters "
                "(np.ndarray, float) or give --signature",
            )  # fmt: skip
            if kind not in ("add", "sub", "mul", "truediv") or not self.in_emitted_code:
                raise error
            self.backward[stmt] = error
        self.mark_stored(old, value)
        self.append(stmt)
        return new

    def in_place_operator(self, kind: str, old: Any, value: Any, node: Any) -> Any:
        """`old op= value` by a method such as `__iadd__` of the user's, or NotImplemented."""
        name = f"__i{kind.rstrip('_')}__"
        if not hasattr(old.cls, name):
            return NotImplemented
        found = self.call_value(self.get_attribute(old, name, node), [value], {}, node)
        return NotImplemented if getattr(found, "value", getattr(found, "obj", None)) is NotImplemented else found

    def certainly_rebinds(self, var: Var) -> bool:
        """Whether rebinding and changing in place cannot be told apart: nobody else holds the object."""
        return var in self.unshared

    @property
    def unshared(self) -> set[Var]:
        return self.__dict__.setdefault("_unshared", set())

    # --- branches ------------------------------------------------------------------------------------------------

    def stmt_If(self, stmt: Any) -> None:
        test = self.test(stmt.test)
        if isinstance(test, bool):
            self.body(stmt.body if test else stmt.orelse)
            return
        self.branch(test, lambda: self.body(stmt.body), lambda: self.body(stmt.orelse))

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
        if endless and self.constant_test(stmt.test) and not _breaks(stmt.body):
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
                skip = self.cells.get((self.frame.id, "$skip"))
                self.set_flag("$skip", False)
                with self.into(node.final):
                    self.body(stmt.finalbody)
                if skip is not None:
                    self.cells[(self.frame.id, "$skip")] = skip
                self.block.diverges = node.body.diverges
                self.append(node)
                return
            node = Try(Block(), [], Block(), Block(), [], self.span(stmt))
            with self.into(node.body):
                self.body(stmt.body)
            with self.into(node.final):
                self.body(stmt.finalbody)
            self.block.diverges = node.body.diverges
            self.append(node)
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
        age = Region().born
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
            if len(known) < len(values) and key not in before and key[0] not in self.live_frames():
                merged[key] = known[0]
                continue
            value = known[0] if len(known) == len(values) and all(v is known[0] for v in known) else self.merge_values(values, key, phi)
            if value is not UNDEF:
                merged[key] = value
        self.cells = merged
        self.append(node)
        self._finally(stmt)

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
        if not stmt.finalbody:
            return
        skip = self.flag("$skip")
        if isinstance(skip, Lit) and not skip.value:
            self.body(stmt.finalbody)
        else:
            self.set_flag("$skip", False)
            self.body(stmt.finalbody)
            self.cells[(self.frame.id, "$skip")] = skip

    def stmt_With(self, stmt: Any) -> None:
        self.with_items(list(stmt.items), stmt)

    def with_items(self, items: list[Any], stmt: Any) -> None:
        if not items:
            self.body(stmt.body)
            return
        item = items[0]
        context = self.context(item.context_expr)
        if isinstance(context, AdjointVal):
            self.adjoint_block(context, stmt)
            return
        if self.varied_value(context):
            raise self.unsupported("a context manager that depends on a differentiated value is not supported", stmt)
        if isinstance(context, ObjVal):
            self.object_context(context, items, stmt)
            return
        atom = self.atom(context)
        target = Var("context", UNKNOWN, False) if item.optional_vars is not None else None
        if target is not None:
            self.assign(item.optional_vars, target)
        node = With(atom, target, Block(), self.span(stmt))
        with self.into(node.body):
            self.with_items(items[1:], stmt)
        self.append(node)
        self.block.diverges = node.body.diverges

    def context(self, node: Any) -> Any:
        """A context manager. One that is made here of values that are not differentiated is made and entered as it stands."""
        if not isinstance(node, gast.Call):
            return self.expr(node)
        outer, self.node = self.node, node
        fn, args, kwargs = self.call_parts(node)
        self.node = outer
        values = (*args, *kwargs.values())
        if isinstance(fn, Ref) and isinstance(fn.obj, type) and hasattr(fn.obj, "__exit__") and not any(map(self.varied_value, values)):
            if swallows(fn.obj.__exit__):
                raise self.unsupported("a context manager that may end its block early is not supported", node, "use try ... except")
            return self.opaque(fn, args, kwargs, node, Obj(fn.obj))
        if isinstance(fn, Ref) and hasattr(fn.obj, "__wrapped__") and swallows(fn.obj.__wrapped__):
            raise self.unsupported("a context manager that may end its block early is not supported", node, "use try ... except")
        return self.call_value(fn, args, kwargs, node)

    def object_context(self, context: Any, items: list[Any], stmt: Any) -> None:
        raise self.unsupported("this context manager is not supported", stmt, "enter it outside the function")

    # provided by the other parts
    adjoint_block: Callable[..., None]
    discard: bool
    left_by_go: Any
    expr: Callable[..., Any]
    call_parts: Callable[..., Any]
    item_type: Callable[..., Any]
    builtin: Callable[..., Any]
    opaque: Callable[..., Any]
    items_now: Callable[..., Any]
    effects_since: Callable[..., bool]
    contents_of: Callable[..., Any]
    check_iterated: Callable[..., Any]
    check_length_kept: Callable[..., Any]
    atom: Callable[..., Any]
    test: Callable[..., Any]
    embed: Callable[..., Any]
    binary: Callable[..., Any]
    call_value: Callable[..., Any]
    get_item: Callable[..., Any]
    load: Callable[..., Any]
    subscripted: Callable[..., Any]
    flat_index: Callable[..., Any]
    is_basic: Callable[..., Any]
    get_attribute: Callable[..., Any]
    store_item: Callable[..., Any]
    delete_item: Callable[..., Any]
    replace_items: Callable[..., Any]
    check_list: Callable[..., Any]
    missing_key: Callable[..., Any]
    store_attribute: Callable[..., Any]
    array_store: Callable[..., Any]
    list_extend: Callable[..., Any]
    make_list: Callable[..., Any]
    site: Callable[..., Any]
    check_length: Callable[..., Any]
    sequence_items: Callable[..., Any]
    iterable: Callable[..., Any]
    unrollable: Callable[..., Any]
    element: Callable[..., Any]
    varied_value: Callable[..., Any]


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


def changed_since(base: Var, block: Block, start: int) -> bool:
    """Whether the statements of a block from `start` on may store to the memory of `base`."""
    from ..analysis import effects  # needs the lowerer

    if base.region is None:
        return False
    for stmt in ir.walk(Block(block.stmts[start:])):
        changed = effects.writes(stmt)
        if changed is None or base.region.find() in changed:
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


def swallows(function: Any) -> bool:
    """Whether `__exit__`, or the generator behind a context manager, may suppress an exception."""
    if not isinstance(function, types.FunctionType):
        return False
    try:
        node = function_source(function).node
    except NoSourceError:
        return True
    if function.__name__ == "__exit__":
        returned = [n.value for n in gast.walk(node) if isinstance(n, gast.Return) and n.value is not None]
        return any(not (isinstance(v, gast.Constant) and not v.value) for v in returned)
    return any(isinstance(n, gast.ExceptHandler) and not always_escapes(n.body) for n in gast.walk(node))


def may_raise(block: Block) -> bool:
    return not all(isinstance(s, Assign) and _cannot_raise(s.op) for s in ir.walk(block))


def _cannot_raise(op: Op) -> bool:
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.dtype:
        return len(op.args) == 1 and isinstance(op.args[0], Lit)
    return op.kind in ("is_", "is_not", "tuple", "list", "not_")


def _own_statements(stmts: list[Any]) -> Any:
    for s in stmts:
        yield s
        if isinstance(s, (gast.FunctionDef, gast.ClassDef)):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from _own_statements(getattr(s, name, None) or [])
        for h in getattr(s, "handlers", None) or []:
            yield from _own_statements(h.body)


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


def assigned_names(stmts: list[Any]) -> list[str]:
    """Names that the statements assign, nested functions not included, in order of appearance."""
    names: dict[str, None] = {}

    def visit(node: Any) -> None:
        if isinstance(node, (gast.FunctionDef, gast.ClassDef)):
            names[node.name] = None
            return
        if isinstance(node, (gast.Lambda, gast.ListComp, gast.SetComp, gast.GeneratorExp, gast.DictComp)):
            for n in gast.walk(node):
                if isinstance(n, gast.NamedExpr) and not isinstance(node, gast.Lambda):
                    names[n.target.id] = None
            return
        if isinstance(node, gast.Name):
            if isinstance(node.ctx, (gast.Store, gast.Del)):
                names[node.id] = None
            return
        if isinstance(node, (gast.Import, gast.ImportFrom)):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = None
        if isinstance(node, gast.ExceptHandler) and isinstance(node.name, str):
            names[node.name] = None
        for child in gast.iter_child_nodes(node):
            visit(child)

    for s in stmts:
        visit(s)
    return list(names)


def declared(stmts: list[Any], kind: Any) -> set[str]:
    return {n for s in _own_statements(stmts) if isinstance(s, kind) for n in s.names}


__all__ = ["BINOPS", "Statements", "TupleT", "TupleVal", "SliceVal", "Num", "assigned_names", "declared", "escapes", "is_mutable"]
