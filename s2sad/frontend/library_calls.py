"""Functions of the standard library that have a meaning of their own at compile time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import Arr, ListT, TupleT
from ..ir.nodes import Lit, Op, Var
from .lower import Core, type_of
from .values import DictVal, ListVal, ObjVal, SliceVal, TupleVal, is_atom


class LibraryCalls(Core):
    def call_reduce(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`functools.reduce` over a known number of items: one call after the other."""
        function, sequence, *start = args
        items = self.sequence_items(sequence, None, node)
        if items is None:
            raise self.unsupported("functools.reduce over a sequence of unknown length", node, "write the loop")
        todo = [*start, *items]
        if not todo:
            raise self.unsupported("functools.reduce of an empty sequence always fails", node)
        total = todo[0]
        for item in todo[1:]:
            total = self.call_value(function, [total, item], {}, node)
        return total

    def call_sorted(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        items = self.sequence_items(args[0], None, node)
        if items is not None and all(isinstance(i, Lit) for i in items) and not kwargs:
            return self.make_list(tuple(Lit(v) for v in sorted(i.value for i in items)), node)
        if not self.varied_args(args, kwargs):
            return NotImplemented
        reverse = kwargs.pop("reverse", Lit(False))
        if kwargs or not isinstance(reverse, Lit):
            raise self.no_rule(self.builtin("sorted"), node, " with key=")
        value = args[0]
        if not (is_atom(value) and isinstance(type_of(value), (Arr, ListT))):
            value = self.call_list([value], {}, node)
        array = self.atom(value)
        if not isinstance(type_of(array), Arr):
            array = self.primitive(self.numpy_ref(np.array), [array], {}, node)
        parts = type_of(value).elem if isinstance(type_of(value), ListT) else None  # type: ignore[attr-defined]
        rank = self.rank_of(array)
        if isinstance(parts, (TupleT, ListT, Arr)) or rank is not None and rank != 1:
            raise self.no_rule(self.builtin("sorted"), node, " for items that are not numbers")
        ordered = self.primitive(self.numpy_ref(np.sort), [array], {}, node)
        if reverse.value:
            ordered = self.get_item(ordered, SliceVal(Lit(None), Lit(None), Lit(-1)), node)
        return ordered if items is None else TupleVal(tuple(self.load(ordered, Lit(i), node) for i in range(len(items))))

    def call_filter(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.computed_early(lambda: self.filtered_items(args, node), node)

    def filtered_items(self, args: list[Any], node: Any) -> Any:
        function, sequence = args
        plan = self.iterable(sequence, node)
        items = self.unrollable(plan, 64)
        if items is not None:
            mark = (dict(self.cells), len(self.block.stmts))
            tests = [(item, self.truth(self.call_value(function, [item], {}, node))) for item in items]
            if all(t is not None for _, t in tests):
                return self.make_list(tuple(item for item, t in tests if t), node)
            self.cells, n = mark
            del self.block.stmts[n:]
        result: Var = self.run_time_list(())

        def keep(item: Any) -> None:
            test = self.call_value(function, [item], {}, node)
            known = self.truth(test)
            if known is None:
                self.branch(self.atom(test), lambda: self.list_append(result, item, node), lambda: None)
            elif known:
                self.list_append(result, item, node)

        if items is not None:
            for item in items:
                keep(item)
            return result
        key = (self.frame.id, "$item")

        def start(loop: Any) -> None:
            self.cells[key] = self.element(plan, loop, node)

        def body(loop: Any) -> Any:
            keep(self.cells.pop(key))
            return None

        self.loop(start, body)
        return result

    # --- dataclasses -------------------------------------------------------------------------------------------------

    def fields_of(self, value: Any, node: Any) -> dict[str, Any] | None:
        if not isinstance(value, ObjVal) or not dataclasses.is_dataclass(value.cls):
            return None
        return {f.name: self.get_attribute(value, f.name, node) for f in dataclasses.fields(value.cls)}

    def call_replace(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        found = self.fields_of(args[0], node)
        if found is None:
            return NotImplemented
        value = ObjVal(self.new_id(), args[0].cls)
        given = {f.name: found[f.name] for f in dataclasses.fields(value.cls) if f.init}
        self.construct_dataclass(value, value.cls, [], {**given, **kwargs}, node)
        return value

    def call_astuple(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.unmade(args, kwargs, node, lambda found: TupleVal(tuple(found.values())))

    def call_asdict(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        def made(found: dict[str, Any]) -> Any:
            site = self.site(node)
            value = self.new_dict(tuple(found.items()), site)
            self.sites[value.id] = site
            return value

        return self.unmade(args, kwargs, node, made)

    def unmade(self, args: list[Any], kwargs: dict[str, Any], node: Any, made: Callable[[dict[str, Any]], Any]) -> Any:
        """A dataclass taken apart, with those in its fields, and copies of everything else."""
        if kwargs or len(args) != 1 or self.fields_of(args[0], node) is None:
            return NotImplemented

        def inner(value: Any) -> Any:
            found = self.fields_of(value, node)
            if found is not None:
                return made({name: inner(v) for name, v in found.items()})
            if isinstance(value, ListVal):
                return self.make_list(tuple(map(inner, self.items(value))), node)
            if isinstance(value, TupleVal):
                return TupleVal(tuple(map(inner, value.items)), value.cls)
            if isinstance(value, DictVal):
                return self.new_dict(tuple((k, inner(v)) for k, v in self.items(value)), self.site(node))
            return self.call_deepcopy([value], {}, node)

        return inner(args[0])

    # provided by the other parts
    atom: Callable[..., Any]
    truth: Callable[..., Any]
    rank_of: Callable[..., Any]
    load: Callable[..., Any]
    site: Callable[..., Any]
    element: Callable[..., Any]
    iterable: Callable[..., Any]
    unrollable: Callable[..., Any]
    sequence_items: Callable[..., Any]
    get_item: Callable[..., Any]
    get_attribute: Callable[..., Any]
    make_list: Callable[..., Any]
    run_time_list: Callable[..., Any]
    list_append: Callable[..., Any]
    call_value: Callable[..., Any]
    call_list: Callable[..., Any]
    computed_early: Callable[..., Any]
    call_deepcopy: Callable[..., Any]
    primitive: Callable[..., Any]
    numpy_ref: Callable[..., Any]
    builtin: Callable[..., Any]
    no_rule: Callable[..., Any]
    varied_args: Callable[..., Any]
    construct_dataclass: Callable[..., Any]


__all__ = ["LibraryCalls", "Op"]
