"""Lowering of assignments: plain, unpacking, augmented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ..analysis.types import UNKNOWN, Arr, ListT, Obj, is_mutable
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, If, Lit, Op, Ref, Var
from .lower import Core, Restart, type_of
from .values import DictVal, ListVal, ObjVal, SetVal, SliceVal, TupleVal, has_own, is_atom

BINOPS = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv", "Mod": "mod", "Pow": "pow",
    "MatMult": "matmul", "BitAnd": "and_", "BitOr": "or_", "BitXor": "xor", "LShift": "lshift", "RShift": "rshift",
}  # fmt: skip


class Assignments(Core):
    assigned_since: tuple[Any, int] = (None, -1)  # a block, and how many statements it had when an assignment began

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
        """Whether `var` was just defined, by the assignment being lowered, and has no name of its own yet."""
        block, start = self.assigned_since
        for last in self.block.stmts[start if block is self.block else -1 :]:
            if isinstance(last, Assign) and last.target is var:
                return True
            if isinstance(last, If) and any(p.var is var for p in last.phis):
                return True
            if isinstance(last, ir.Loop) and any(c.result is var for c in last.carries):
                return True
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
        first = [self.get_item(value, Lit(i), target) for i in range(star)]  # all are read before the first is assigned
        part = self.get_item(value, SliceVal(Lit(star or None), Lit(-tail if tail else None), Lit(None)), target)
        t = type_of(part)
        elem = self.item_type(t, Lit(0)) if isinstance(t, Arr) else t.elem if isinstance(t, ListT) else UNKNOWN
        rest = self.emit(Op("call", (part,), fn=self.builtin("list")), ListT(elem), "rest", view_of=[part] if is_mutable(elem) else [],
                         fresh=not is_mutable(elem))  # fmt: skip
        last = [self.get_item(value, Lit(i - tail), target) for i in range(tail)]
        for element, item in zip(target.elts, [*first, rest, *last]):
            self.assign(element, item)

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
        if isinstance(old, (ObjVal, TupleVal)):
            found = self.in_place_operator(kind, old, value, node)
            if found is not NotImplemented:
                return found
        if isinstance(old, Ref) and isinstance(old.type, (Arr, ListT)) or isinstance(old, Ref) and isinstance(old.obj, (list, dict, set)):
            raise self.error(AmbiguousMemoryError, "a store to an object from outside the function", node, "copy it first, or pass it in")
        if isinstance(old, DictVal) and isinstance(value, DictVal) and kind == "or_":
            self.check_private_container(old, node)
            self.cells[(old.id, "items")] = tuple(dict((*self.items(old), *self.items(value))).items())
            return old
        if isinstance(old, DictVal):
            raise self.unsupported("this change of a dict is not supported", node, "use a dict with keys that are written out on both sides")
        if isinstance(old, SetVal):  # it changes in place: a set of the run
            raise Restart(old.site)
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
            old, value = self.beside_array(old, value, node)
            self.array_store(old, None, self.atom(value), kind, node)
            return old
        if isinstance(old, Var) and isinstance(t, ListT) and kind == "add":
            return self.list_extend(old, value, node)
        if isinstance(old, Var) and isinstance(t, ListT) and kind == "mul":
            self.check_list(old, node)
            self.replace_items(old, self.binary("mul", old, value, node), node)
            return old
        if isinstance(old, Var) and (t is UNKNOWN or isinstance(t, Obj) and t.cls in (np.ndarray, set, dict)) and old.region is not None:
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
        if not has_own(old, name):
            return NotImplemented
        found = self.call_value(self.own_method(old, name, node), [value], {}, node)
        return NotImplemented if getattr(found, "value", getattr(found, "obj", None)) is NotImplemented else found

    def certainly_rebinds(self, var: Var) -> bool:
        """Whether rebinding and changing in place cannot be told apart: nobody else holds the object."""
        return var in self.unshared

    @property
    def unshared(self) -> set[Var]:
        return self.__dict__.setdefault("_unshared", set())

    # provided by the other parts
    array_store: Callable[..., Any]
    atom: Callable[..., Any]
    beside_array: Callable[..., Any]
    binary: Callable[..., Any]
    builtin: Callable[..., Any]
    call_value: Callable[..., Any]
    check_length: Callable[..., Any]
    check_list: Callable[..., Any]
    expr: Callable[..., Any]
    flat_index: Callable[..., Any]
    get_attribute: Callable[..., Any]
    get_item: Callable[..., Any]
    is_basic: Callable[..., Any]
    item_type: Callable[..., Any]
    list_extend: Callable[..., Any]
    load: Callable[..., Any]
    make_list: Callable[..., Any]
    own_method: Callable[..., Any]
    replace_items: Callable[..., Any]
    sequence_items: Callable[..., Any]
    store_attribute: Callable[..., Any]
    store_item: Callable[..., Any]
    subscripted: Callable[..., Any]
    varied_value: Callable[..., Any]


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


__all__ = ["Assignments", "BINOPS", "changed_since"]
