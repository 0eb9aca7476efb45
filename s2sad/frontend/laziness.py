"""Iteration as Python does it, one item at a time: what a loop's body changes is seen by its next iteration.

A loop over a container of known contents is unrolled; each step reads the container anew (`items_now`). Generator expressions,
`map` and `filter` compute an item when it is asked for, but the compiler computes all of them where they are made. That
makes no difference as long as computing them changes nothing, and nothing that they read changes until the last one is used;
where it might, they are refused, unless a function that does nothing else in between (`list`, `sum`) takes all items at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gast

from ..analysis.types import UNKNOWN, Arr, ListT, Num, TupleT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Invoke, Ref, Store, Var
from .facts import assigned_names
from .iteration import Plan
from .iterators import known_function
from .lower import Core
from .values import DictVal, EnumVal, FuncVal, ListVal, ReversedVal, TupleVal, ViewVal, ZipVal, same

AT_ONCE = frozenset({list, tuple, sum, sorted, set, frozenset, dict, max, min, math.fsum, len})
HINT = "make a list of it: list(...) or [...]"


@dataclass(eq=False)
class Lazy:
    """An iterator whose items were computed where it was made: what they were computed from, as it was then."""

    value: Any
    names: frozenset[str]
    regions: list[Any]
    cells: dict[Any, Any]
    writes: int


class Laziness(Core):
    # --- unrolled loops ---------------------------------------------------------------------------------------------

    def items_now(self, value: Any, before: tuple[Any, ...], limit: int, node: Any) -> tuple[Any, ...]:
        """The items that an unrolled iteration over `value` finds now, where it found `before` at its start."""
        if not self.may_change(value):
            return before
        items: tuple[Any, ...] | None = self.unrollable(self.iterable(value, node), limit)
        if items is None or len(items) != len(before) and not self.may_grow(value):
            raise self.unsupported("what is iterated over changes its length in the meantime", node, "iterate over a copy of it")
        if len(items) > 64:
            raise self.unsupported("a list grows while it is iterated over", node, "write it as a while loop")
        return items

    def may_change(self, value: Any) -> bool:
        if isinstance(value, (ListVal, DictVal, ViewVal)):
            return True
        if isinstance(value, ZipVal):
            return any(map(self.may_change, value.items))
        if isinstance(value, (EnumVal, ReversedVal)):
            return self.may_change(value.item)
        if isinstance(value, Var):
            return isinstance(value.type, (Arr, ListT))
        return isinstance(value, Plan)

    def may_grow(self, value: Any) -> bool:
        if isinstance(value, ZipVal):
            return all(map(self.may_grow, value.items))
        return isinstance(value, (ListVal, TupleVal)) or isinstance(value, EnumVal) and self.may_grow(value.item)

    def contents_of(self, value: Any) -> tuple[Any, ...]:
        """What the lists and dicts that are iterated over hold."""
        if isinstance(value, ZipVal):
            return tuple(c for part in value.items for c in self.contents_of(part))
        if isinstance(value, (EnumVal, ReversedVal)):
            return self.contents_of(value.item)
        return (self.items(value),) if isinstance(value, (ListVal, DictVal, ViewVal)) else ()

    def check_length_kept(self, plan: Any, body: ir.Block, node: Any) -> None:
        """Refuse a loop that makes the run-time list that it iterates over longer or shorter."""
        lists = list(self.iterated_lists(plan))
        for stmt in ir.walk(body) if lists else ():
            if any(self.may_be_one(v, base) for base in restructured(stmt) for v in lists):
                raise self.unsupported("a list changes its length while it is iterated over", node, "iterate over a copy: list(...)")

    def iterated_lists(self, plan: Any) -> Iterator[Var]:
        if isinstance(plan, Var) and isinstance(plan.type, ListT):
            yield plan
        elif isinstance(plan, Plan):
            for part in (plan.value, *plan.parts):
                yield from self.iterated_lists(part)

    def may_be_one(self, v: Var, other: Any) -> bool:
        """Whether another variable may be the list that is iterated over, which may have been made for that only."""
        if other is v or not isinstance(other, Var) or not isinstance(other.type, ListT) or v.region is None or other.region is None:
            return other is v
        depths = nesting(v.type), nesting(other.type)
        if {v, other} <= self.made_lists or -1 not in depths and depths[0] != depths[1] or hold_unlike(v.type, other.type):
            return False
        made = next((s for s in reversed(self.block.stmts) if isinstance(s, Assign) and s.target is v), None)
        copied = made is not None and made.op.kind in ("getitem", "add", "mul", "call") and not v.view
        return v.region.find() is other.region.find() and not copied

    # --- iterators that compute -------------------------------------------------------------------------------------

    def computed_early(self, make: Callable[[], Any], node: Any) -> Any:
        """The list of the items of a generator expression, of `map` or `filter`, made by `make`."""
        cells, n, born = dict(self.cells), len(self.block.stmts), ir.Region().born
        value = make()
        if id(node) in self.taken_at_once:
            return self.given_once(value)
        if self.effects_since(cells, self.block.stmts[n:], born):
            raise self.unsupported("this iterator has effects, which Python brings about one by one, while its items are used", node, HINT)
        names, calls = self.names_read(node)
        kept = {k: v for k, v in self.cells.items() if calls or k[0] in self.reached(names)}
        made = [x for s in self.block.stmts[n:] for x in (s, *(y for b in ir.blocks_of(s) for y in ir.walk(b)))]
        made = [s for s in made if not _copies_list(s)]
        regions = [a.region for s in made for a in ir.uses_of(s) if isinstance(a, Var) and a.region is not None and a is not value]
        self.lazies.append(Lazy(value, names, regions, {k: v for k, v in kept.items() if not str(k[1]).startswith("$")}, self.written[0]))
        return self.given_once(value)

    def effects_since(self, cells: dict[Any, Any], stmts: list[Any], born: int) -> bool:
        """Whether, since the cells were these, anything changed that is older than `born`, by what was lowered to `stmts`."""
        if any(k in self.cells and not same(self.cells[k], v) for k, v in cells.items() if not str(k[1]).startswith("$")):
            return True
        around = {f.id for f in self.frames}
        if any(k not in cells and k[0] in around and not str(k[1]).startswith("$") for k in self.cells):  # a name is new: `(w := v)`
            return True
        return any(self.has_effect(x, born) for s in stmts for x in (s, *(y for b in ir.blocks_of(s) for y in ir.walk(b))))

    def has_effect(self, stmt: Any, born: int) -> bool:
        """Whether a statement changes anything that is older than `born`."""
        if isinstance(stmt, Store):
            return self.older(stmt.base, born)
        if isinstance(stmt, Invoke):
            return any(self.older(a, born) for a in stmt.writes)
        if not isinstance(stmt, (Assign, Effect)) or self.is_pure(stmt.op):
            return False
        op = stmt.op
        if op.kind == "call" and (op.data == ir.SAFE or getattr(op.fn, "obj", None) is print):
            return False
        return op.kind not in ("method", "inplace") or self.older(op.args[0], born)

    def older(self, base: Any, born: int) -> bool:
        return not isinstance(base, Var) or base.region is None or base.region.born < born

    def names_read(self, node: Any) -> tuple[frozenset[str], bool]:
        """The names that an iterator reads, also in local functions that it names, and whether it calls any code of the user's."""
        names: set[str] = set()
        calls, todo = False, [node]
        if isinstance(node, gast.GeneratorExp) and _is_copy(node.generators[0].iter):  # evaluated where the iterator is made
            first, *others = node.generators
            todo = [node.elt, *first.ifs, *others]
        while todo:
            for n in gast.walk(todo.pop()):
                if isinstance(n, gast.Name) and n.id not in names:
                    names.add(n.id)
                    value = self.cell_of(n.id)
                    if isinstance(value, FuncVal):
                        todo.append(value.node)
                        calls = True
                calls = calls or isinstance(n, gast.Call) and not known_function(n.func)
        return frozenset(names), calls

    def cell_of(self, name: str) -> Any:
        """What a name stands for in this function, or in the comprehension that is lowered."""
        frame = self.frame
        while name not in frame.locals and frame is not frame.function and frame.parent is not None:
            frame = frame.parent
        return self.cells.get((frame.id, name))

    def reached(self, names: frozenset[str]) -> set[int]:
        """The containers and objects that some names of this function stand for, and those within."""
        found: set[int] = set()
        todo = [self.cell_of(n) for n in names]
        while todo:
            value = todo.pop()
            if isinstance(value, (tuple, TupleVal)):
                todo += value if isinstance(value, tuple) else value.items
            elif (number := getattr(value, "id", None)) is not None and isinstance(number, int) and number not in found:
                found.add(number)
                todo += [v for k, v in self.cells.items() if k[0] == number]
        return found

    def check_unchanged(self, value: Any, node: Any) -> None:
        """Refuse to use the items of an iterator if what they were computed from has changed since."""
        if isinstance(value, (ZipVal, EnumVal, ReversedVal)):
            for part in value.items if isinstance(value, ZipVal) else (value.item,):
                self.check_unchanged(part, node)
            return
        for lazy in self.lazies:
            if lazy.value is not value:
                continue
            regions = {r.find() for r in lazy.regions}
            written = any(when > lazy.writes and r.find() in regions for r, when in self.write_log.items())
            if written or any(k in self.cells and not same(self.cells[k], v) for k, v in lazy.cells.items()):
                raise self.unsupported("an iterator reads what changes before its last item is used", node, HINT)

    def check_iterated(self, value: Any, stmt: Any) -> None:
        """Behind a loop over an iterator: whether its body changed what the iterator reads."""
        self.check_unchanged(value, stmt.iter)
        changed = frozenset(assigned_names(stmt.body))
        if any(changed & lazy.names for lazy in self.lazy_within(value)):
            raise self.unsupported("an iterator reads what changes before its last item is used", stmt.iter, HINT)

    def check_not_read(self, value: Any, base: Any, node: Any) -> None:
        """Refuse to extend a list by an iterator that reads it."""
        for lazy in self.lazy_within(value):
            region = base.region.find() if isinstance(base, Var) and base.region is not None else None
            if any(k[0] == getattr(base, "id", None) for k in lazy.cells) or any(r.find() is region for r in lazy.regions):
                raise self.unsupported("a list is extended by an iterator that reads it", node, HINT)

    def lazy_within(self, value: Any) -> Iterator[Lazy]:
        if isinstance(value, (ZipVal, EnumVal, ReversedVal)):
            for part in value.items if isinstance(value, ZipVal) else (value.item,):
                yield from self.lazy_within(part)
        yield from (lazy for lazy in self.lazies if lazy.value is value)

    def note_write(self, stmt: Any) -> None:
        """Remember which memory a statement changes, and when."""
        if not isinstance(stmt, (Store, Effect, Assign, Invoke)):
            return
        for region in self.changed_by(stmt):
            self.written[0] += 1
            self.write_log[region] = self.written[0]

    def changed_by(self, stmt: Any) -> Any:
        from ..analysis import effects  # needs the lowerer

        return effects.writes(stmt) or ()

    def is_pure(self, op: Any) -> bool:
        from ..analysis import effects  # needs the lowerer

        return effects.is_pure(op)

    @property
    def taken_at_once(self) -> set[int]:
        """Ids of the nodes of arguments whose items the called function takes without running anything in between."""
        return self.__dict__.setdefault("_taken_at_once", set())

    @property
    def lazies(self) -> list[Lazy]:
        return self.__dict__.setdefault("_lazies", [])

    @property
    def write_log(self) -> dict[Any, int]:
        return self.__dict__.setdefault("_write_log", {})

    @property
    def written(self) -> list[int]:
        return self.__dict__.setdefault("_written", [0])

    # provided by the other parts
    iterable: Callable[..., Any]
    unrollable: Callable[..., Any]
    given_once: Callable[..., Any]


def _is_copy(node: Any) -> bool:
    """Whether an expression makes a list, or a view of an array, which the compiler knows by its memory."""
    return isinstance(node, (gast.List, gast.ListComp)) or isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Slice)


def _copies_list(stmt: Any) -> bool:
    made = isinstance(stmt, Assign) and stmt.op.kind == "getitem" and isinstance(stmt.target.type, ListT)
    return made and not stmt.target.view


def restructured(stmt: Any) -> list[Any]:
    """The lists that a statement may make longer or shorter."""
    if isinstance(stmt, (Assign, Effect)) and stmt.op.kind == "method":
        return [stmt.op.args[0]]
    if isinstance(stmt, Store) and isinstance(stmt.index, Var) and getattr(stmt.index.type, "cls", None) is slice:
        return [stmt.base]
    return list(stmt.writes) if isinstance(stmt, Invoke) else []


def takes_at_once(fn: Any) -> bool:
    """Whether a called function takes all items of an iterator that it is given, and does nothing else."""
    if not isinstance(fn, Ref):
        return False
    module = (getattr(fn.obj, "__module__", None) or "").split(".")[0]
    try:
        return fn.obj in AT_ONCE or module == "numpy"
    except TypeError:
        return False


__all__ = ["Laziness", "takes_at_once"]


def nesting(t: Any) -> int:
    """How many lists the items of a type are nested in; -1 if that is not known."""
    depth = 0
    while isinstance(t, ListT):
        t, depth = t.elem, depth + 1
    return depth if t is not UNKNOWN else -1


def hold_unlike(a: Any, b: Any) -> bool:
    """Whether one list holds tuples, and another one numbers or arrays, however deep."""
    while isinstance(a, ListT) and isinstance(b, ListT):
        a, b = a.elem, b.elem
    return any(isinstance(x, TupleT) and isinstance(y, (Num, Arr)) for x, y in ((a, b), (b, a)))
