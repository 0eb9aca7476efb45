"""Lowering of expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.types import STR, UNKNOWN, ListT, Obj, TupleT, Type, is_mutable
from ..errors import NameResolutionError
from ..ir.nodes import Lit, Op, Ref, Var
from .comprehensions import Comprehensions
from .item_stores import ItemStores
from .laziness import takes_at_once
from .lower import type_of
from .operator_expressions import OperatorExpressions
from .subscripts import Subscripts, value_items
from .values import (
    ArrayMethod,
    Bound,
    DictVal,
    EnumVal,
    FuncVal,
    ListVal,
    ObjVal,
    Partial,
    Poison,
    RangeVal,
    ReversedVal,
    SetVal,
    SliceVal,
    TupleVal,
    ZipVal,
    in_order_of_a_set,
    is_atom,
)  # fmt: skip


class Expressions(Subscripts, ItemStores, OperatorExpressions, Comprehensions):
    def expr(self, node: Any) -> Any:
        """The value of an expression; whatever it computes is appended to the current block."""
        outer, self.node = self.node, node
        try:
            method = getattr(self, "expr_" + type(node).__name__, None)
            if method is None:
                hints = {"Yield": "collect the values in a list", "Await": "use ordinary calls"}
                raise self.unsupported(f"{type(node).__name__} expressions are not supported", node, hints.get(type(node).__name__, ""))
            value = method(node)
            if isinstance(value, Poison):
                merged = value.merged(node) if value.merged is not None else None
                if merged is None:
                    raise self.poisoned(value, node)
                return merged
            return value
        finally:
            self.node = outer

    # --- names and constants ---------------------------------------------------------------------------------------

    def expr_Constant(self, node: Any) -> Any:
        return Lit(node.value)

    def expr_Name(self, node: Any) -> Any:
        value = self.lookup(node.id, node)
        self.check_unchanged(value, node)
        return value

    def lookup(self, name: str, node: Any) -> Any:
        frame: Any = self.frame
        if name not in frame.globals:
            while frame is not None:
                if name in frame.locals and not (frame is not self.frame and name in frame.globals):
                    value = self.cells.get((frame.id, name))
                    if value is None:
                        if frame.function is self.frame.function:
                            raise self.error(NameResolutionError, f"{name!r} is used before it is assigned", node)
                        break
                    return value
                if frame.parent is None:
                    break
                frame = frame.parent
        frame = frame or self.frame
        value = frame.scope.lookup(name, self)
        if value is None:
            raise self.error(NameResolutionError, f"the name {name!r} is not defined", node)
        return value

    def expr_NamedExpr(self, node: Any) -> Any:
        value = self.expr(node.value)
        self.assign(node.target, value)
        return value

    def expr_JoinedStr(self, node: Any) -> Any:
        parts: list[Any] = []
        formats: list[Any] = []
        for part in node.values:
            if isinstance(part, gast.Constant):
                parts.append(Lit(part.value))
                formats.append(None)
            else:
                parts.append(self.atom(self.expr(part.value)))
                spec = part.format_spec
                text = ""
                if spec is not None:
                    if not all(isinstance(v, gast.Constant) for v in spec.values):
                        raise self.unsupported("a computed format specification is not supported", node)
                    text = "".join(v.value for v in spec.values)
                formats.append((part.conversion, text))
        if all(isinstance(p, Lit) and isinstance(p.value, str) and f is None for p, f in zip(parts, formats)):
            return Lit("".join(p.value for p in parts))
        return self.spelled(self.emit(Op("fstring", tuple(parts), data=tuple(formats)), STR, varied=False), parts)

    def spelled(self, text: Var, parts: Any) -> Var:
        """Remember a string that spells differentiated values: it must not become a number again."""
        if any(self.varied_value(p) or p in self.texts for p in parts):
            self.texts.add(text)
        return text

    # --- containers --------------------------------------------------------------------------------------------------

    def starred_items(self, elements: list[Any], node: Any, unknown: Callable[[Any, tuple[Any, ...], Any], Any] | None = None) -> Any:
        """The items of a display; what `unknown` makes of the items so far and a starred list whose length only the run knows."""
        items: list[Any] = []
        for k, e in enumerate(elements):
            if isinstance(e, gast.Starred):
                value = self.expr(e.value)
                inner = self.sequence_items(value, None, e)
                if inner is None and unknown is not None and is_atom(value) and isinstance(type_of(value), ListT):
                    return unknown(value, tuple(items), elements[k + 1 :])
                if inner is None:
                    raise self.unsupported("the length of the unpacked sequence is not known", e)
                items += inner
            else:
                items.append(self.no_iterator(self.expr(e), e))
        return tuple(items)

    def no_iterator(self, value: Any, node: Any) -> Any:
        """A value that is put into a container or an attribute, where nobody counts how often it is used."""
        if self.is_given_once(value):
            raise self.unsupported("an iterator is kept in a container or an attribute", node, "make it a list: list(...) or [...]")
        return value

    def expr_Tuple(self, node: Any) -> Any:
        return TupleVal(self.starred_items(node.elts, node))

    def expr_List(self, node: Any) -> Any:
        items = self.starred_items(node.elts, node, lambda value, before, others: self.display_of_list(value, before, others, node))
        return items if isinstance(items, Var) else self.make_list(items, node)

    def display_of_list(self, value: Any, before: tuple[Any, ...], others: list[Any], node: Any) -> Var:
        """`[*before, *value, *others]` of a list whose length only the run knows."""
        whole = self.joined_lists(self.run_time_list(before), value) if before else value
        if not others or not before and any(isinstance(n, gast.Call) for e in others for n in gast.walk(e)):
            whole = whole if before else self.load(value, SliceVal(Lit(None), Lit(None), Lit(None)), node)
        rest = self.starred_items(others, node, lambda value, before, others: self.display_of_list(value, before, others, node))
        if isinstance(rest, tuple):
            rest = self.run_time_list(rest) if rest else None
        return whole if rest is None else self.joined_lists(whole, rest)

    def expr_Set(self, node: Any) -> Any:
        items = self.starred_items(node.elts, node)
        known = self.make_set(items, node)
        if known is not None:
            return known
        return self.emit(Op("set", tuple(self.atom(i) for i in items)), Obj(set), "items", fresh=True)

    def make_set(self, items: tuple[Any, ...], node: Any) -> SetVal | None:
        """A set of constants, None if an item is not one or if the set is changed later."""
        keys = [self.constant_key(i) for i in items]
        site = self.site(node)
        if site in self.dynamic_sites or any(k is None for k in keys):
            return None
        return SetVal(in_order_of_a_set({k.value for k in keys}), site)  # type: ignore[union-attr]

    def site(self, node: Any) -> Any:
        return (*(f.function.id if f is self.frames[0] else (f.name, f.extra.get("call")) for f in self.frames),
                getattr(node, "lineno", 0), getattr(node, "col_offset", 0))  # fmt: skip

    def make_list(self, items: tuple[Any, ...], node: Any) -> Any:
        site = self.site(node)
        if site in self.dynamic_sites:
            return self.run_time_list(items)
        value = self.new_list(items, site)
        self.sites[value.id] = site
        return value

    def join_types(self, a: Type, b: Type) -> Type:
        from ..analysis.types import join

        return join(a, b, self.symbols)

    def expr_Dict(self, node: Any) -> Any:
        pairs: list[tuple[Any, Any]] = []
        known = True
        for k, v in zip(node.keys, node.values):
            if k is None:
                inner = self.expr(v)
                if not isinstance(inner, DictVal):
                    known = False
                    pairs.append((None, inner))
                else:
                    pairs += list(self.items(inner))
                continue
            key = self.expr(k)
            const = self.constant_key(key)
            if const is None:
                known = False
                pairs.append((key, self.no_iterator(self.expr(v), v)))
            else:
                pairs.append((const.value, self.no_iterator(self.expr(v), v)))
        if not known:
            if any(k is None for k, _ in pairs):
                raise self.unsupported("** of a dict whose keys are not known", node)
            atoms = []
            for k, v in pairs:
                atoms += [self.atom(k) if not isinstance(k, (str, int, float, bool, tuple)) else Lit(k), self.kept(v)]
            if any(self.varied(a) for a in atoms):
                raise self.unsupported("a dict with computed keys that holds differentiated values", node)
            return self.emit(Op("dict", tuple(atoms)), Obj(dict), varied=False)
        site = self.site(node)
        value = self.new_dict(tuple(pairs), site)
        self.sites[value.id] = site
        return value

    def constant_key(self, value: Any) -> Lit | None:
        if isinstance(value, Lit):
            return value
        if isinstance(value, TupleVal):
            parts = [self.constant_key(i) for i in value.items]
            if all(p is not None for p in parts):
                return Lit(tuple(p.value for p in parts))  # type: ignore[union-attr]
        return None


    def expr_Lambda(self, node: Any) -> Any:
        defaults = tuple(self.expr(d) for d in node.args.defaults)
        kw = tuple(None if d is None else self.expr(d) for d in node.args.kw_defaults)
        return FuncVal(node, self.frame, "<lambda>", defaults, kw)

    def expr_Call(self, node: Any) -> Any:
        return self.call_value(*self.call_parts(node), node)

    def call_parts(self, node: Any) -> tuple[Any, list[Any], dict[str, Any]]:
        """What is called, with its arguments."""
        fn = self.expr(node.func)
        args: list[Any] = []
        at_once = takes_at_once(fn) or isinstance(node.func, gast.Attribute) and node.func.attr == "join"
        self.taken_at_once.update(id(a.value if isinstance(a, gast.Starred) else a) for a in node.args if at_once or isinstance(a, gast.Starred))
        for a in node.args:
            if isinstance(a, gast.Starred):
                value = self.expr(a.value)
                items = self.sequence_items(value, None, a)
                if items is None:
                    raise self.unsupported("the number of starred arguments is not known", a)
                args += items
            else:
                args.append(self.expr(a))
        kwargs: dict[str, Any] = {}
        for k in node.keywords:
            if k.arg is None:
                value = self.expr(k.value)
                if not isinstance(value, DictVal):
                    if isinstance(value, (Ref, Lit)) and not value_items(value):
                        continue
                    raise self.unsupported("the keys of this ** argument are not known", node)
                kwargs.update({str(key): v for key, v in self.items(value)})
            else:
                kwargs[k.arg] = self.expr(k.value)
        return fn, args, kwargs

    # --- atoms -------------------------------------------------------------------------------------------------------

    def atom(self, value: Any) -> Any:
        """A run-time representation of a value."""
        if is_atom(value):
            return value
        if isinstance(value, TupleVal):
            if value.origin is not None:
                return value.origin
            atoms = tuple(self.atom(i) for i in value.items)
            if value.cls is not None:
                fn = Ref(value.cls, value.cls.__name__, value.cls, value.cls.__module__)
                return self.emit(Op("call", atoms, fn=fn), TupleT(tuple(map(type_of, atoms))), "pair")
            return self.emit(Op("tuple", atoms), TupleT(tuple(map(type_of, atoms))))
        if isinstance(value, ListVal):
            if value.origin is not None and self.is_as_given(value):
                return value.origin
            items = self.items(value)
            atoms = tuple(self.atom(i) for i in items)
            elem: Type | None = None
            for a in atoms:
                elem = type_of(a) if elem is None else self.join_types(elem, type_of(a))
            return self.emit(Op("list", atoms), ListT(elem if elem is not None else UNKNOWN), "items", view_of=[
                a for a in atoms if is_mutable(type_of(a))])  # fmt: skip
        if isinstance(value, DictVal):
            if value.origin is not None and self.is_as_given(value):
                return value.origin
            atoms_d: list[Any] = []
            for k, v in self.items(value):
                atoms_d += [Lit(k), self.atom(v)]
            made = self.emit(Op("dict", tuple(atoms_d)), Obj(dict))
            self.copied_dicts.append(made)
            return made
        if isinstance(value, SliceVal):
            parts = tuple(self.atom(p) for p in (value.start, value.stop, value.step))
            return self.emit(Op("slice", parts), Obj(slice), "part", varied=False, fresh=True)
        if isinstance(value, SetVal):
            return self.emit(Op("set", tuple(map(Lit, value.items))), Obj(set), "items", fresh=True)
        if isinstance(value, RangeVal):
            return self.emit(Op("call", (value.start, value.stop, value.step), fn=self.builtin("range")), Obj(range), "steps", varied=False)
        if isinstance(value, ObjVal) and value.origin is not None:
            self.check_not_closed(value, None)
            if not self.is_as_given(value):
                raise self.unsupported("an object whose attributes have changed is used where a run-time value is needed", None)
            return value.origin
        if isinstance(value, Poison):
            raise self.poisoned(value)
        what = {"FuncVal": "a local function", "ObjVal": "an object", "Partial": "a partial function", "Bound": "a method"}
        kind = what.get(type(value).__name__, "this value")
        raise self.unsupported(f"{kind} is used where a run-time value is needed", None)

    @property
    def copied_dicts(self) -> list[Var]:
        """Dicts that stand for one of known contents where the run needs it: a change of them is not seen by that one."""
        return self.__dict__.setdefault("_copied_dicts", [])

    def is_as_given(self, value: Any) -> bool:
        """Whether a container or object of the caller's still holds what it held, all the way down; arrays in it aside."""
        if isinstance(value, TupleVal):
            return all(map(self.is_as_given, value.items))
        if isinstance(value, ObjVal):
            return not any(owner == value.id for owner, _ in self.stored_attributes)
        if not isinstance(value, (ListVal, DictVal)):
            return True
        if self.cells.get((value.id, "$origin")) is not self.items(value):
            return False
        return all(map(self.is_as_given, (i if isinstance(value, ListVal) else i[1] for i in self.items(value))))

    def varied_value(self, value: Any, seen: frozenset[int] = frozenset()) -> bool:
        """Whether any part of a value depends on the inputs of interest."""
        if isinstance(value, Var):
            return value.varied
        if isinstance(value, TupleVal):
            return any(self.varied_value(i, seen) for i in value.items)
        if isinstance(value, ListVal):
            return any(self.varied_value(i, seen) for i in self.items(value))
        if isinstance(value, DictVal):
            return any(self.varied_value(v, seen) for _, v in self.items(value))
        if isinstance(value, ObjVal):
            if value.id in seen:
                return False
            return any(
                self.varied_value(v, seen | {value.id})
                for (i, a), v in list(self.cells.items()) if i == value.id and not str(a).startswith("$")
            )  # fmt: skip
        if isinstance(value, SliceVal):
            return False
        if isinstance(value, Bound):
            return self.varied_value(value.self, seen) or self.varied_value(value.fn, seen)
        if isinstance(value, Partial):
            return any(self.varied_value(v, seen) for v in (*value.args, *(v for _, v in value.kwargs)))
        if isinstance(value, FuncVal):
            frame = value.frame
            if frame.id in seen:
                return False
            names = {n.id for n in gast.walk(value.node) if isinstance(n, gast.Name)}
            while frame is not None:
                if any(self.varied_value(self.cells[(frame.id, n)], seen | {frame.id}) for n in names if (frame.id, n) in self.cells):
                    return True
                frame = frame.parent
            return any(self.varied_value(d, seen) for d in value.defaults)
        if isinstance(value, (ZipVal,)):
            return any(self.varied_value(v, seen) for v in value.items)
        if isinstance(value, (EnumVal, ReversedVal)):
            return self.varied_value(value.item, seen)
        if isinstance(value, ArrayMethod):
            return self.varied_value(value.base, seen)
        return False

    # provided by the other parts
    assign: Callable[..., Any]
    builtin: Callable[..., Any]
    call_value: Callable[..., Any]
    check_not_closed: Callable[..., None]
    check_unchanged: Callable[..., Any]
    is_given_once: Callable[..., bool]
    kept: Callable[..., Any]
    run_time_list: Callable[..., Any]
    joined_lists: Callable[..., Any]
    sequence_items: Callable[..., Any]
    taken_at_once: set[int]


__all__ = ["Expressions"]
