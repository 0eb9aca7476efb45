"""Containers and objects that are new on each path or in each iteration: merged and carried part by part.

A list, dict or object of known structure is taken apart (`taken_apart`) where paths meet, its parts are merged like
variables, and a container of the same structure is made of the results (`made_whole`). Nothing can tell it from the
original as long as neither is changed in place afterwards; that is refused (`check_private_container`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ..ir.nodes import UNDEF, Lit, Ref
from .values import DictVal, ListVal, ObjVal, RangeVal, SliceVal, TupleVal, is_atom


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """The parts of a list, dict or object. `names` are keys or attributes, `site` where a list was made."""

    kind: str
    cls: Any
    names: tuple[Any, ...]
    items: tuple[Any, ...]
    site: Any = None


def taken_apart(value: Any, cells: dict[Any, Any]) -> Any:
    """A value with its containers and objects, all the way down, as `Parts`."""
    if isinstance(value, TupleVal):
        return TupleVal(tuple(taken_apart(v, cells) for v in value.items), value.cls)
    if isinstance(value, ListVal):
        items = cells.get((value.id, "items"))
        if not isinstance(items, tuple):  # not known here
            return value
        return Parts("list", None, (), tuple(taken_apart(v, cells) for v in items), value.site)
    if isinstance(value, DictVal):
        pairs = cells.get((value.id, "items"))
        if not isinstance(pairs, tuple):
            return value
        return Parts("dict", None, tuple(k for k, _ in pairs), tuple(taken_apart(v, cells) for _, v in pairs), value.site)
    if isinstance(value, ObjVal) and value.live is None:
        names = tuple(sorted(str(n) for i, n in cells if i == value.id and not str(n).startswith("$")))
        return Parts("object", value.cls, names, tuple(taken_apart(cells[(value.id, n)], cells) for n in names))
    return value


def list_of_another_length(a: Any, b: Any) -> Any:
    """Where a list in `a` was made that is longer or shorter than the one in its place in `b`; None if there is none."""
    if type(a) is not type(b) or not isinstance(a, (Parts, TupleVal)):
        return None
    if isinstance(a, Parts) and (a.kind, a.names) != (b.kind, b.names):
        return None
    if len(a.items) != len(b.items):
        return a.site if isinstance(a, Parts) and a.kind == "list" else None
    return next((site for x, y in zip(a.items, b.items) if (site := list_of_another_length(x, y)) is not None), None)


def holds_container(value: Any) -> bool:
    """Whether a value is, or holds, a list, dict or object made by the program."""
    if isinstance(value, TupleVal):
        return any(holds_container(v) for v in value.items)
    return isinstance(value, (ListVal, DictVal)) or isinstance(value, ObjVal) and value.live is None


def made_and_given(values: list[Any]) -> bool:
    """Whether these are objects of one class, some made by the program and some given to it."""
    if not all(isinstance(v, ObjVal) and v.cls is values[0].cls for v in values):
        return False
    return len({v.live is None for v in values}) == 2


def containers_within(value: Any, cells: dict[Any, Any]) -> list[int]:
    """The ids of the containers in a value."""
    if isinstance(value, TupleVal):
        return [i for v in value.items for i in containers_within(v, cells)]
    if isinstance(value, (ListVal, DictVal)):
        items = cells.get((value.id, "items"))
        if not isinstance(items, tuple):
            return [value.id]
        inner = [i if isinstance(value, ListVal) else i[1] for i in items]
        return [value.id, *(i for v in inner for i in containers_within(v, cells))]
    if isinstance(value, ObjVal) and value.live is None:
        inner = [v for (i, n), v in list(cells.items()) if i == value.id and not str(n).startswith("$")]
        return [value.id, *(i for v in inner for i in containers_within(v, cells))]
    return []


def skeleton(value: Any) -> Any:
    """What of a value is not carried in variables: two values with equal skeletons differ in atoms only."""
    if is_atom(value) or value is UNDEF:
        return "*"
    if isinstance(value, TupleVal):
        return ("tuple", value.cls, *(skeleton(v) for v in value.items))
    if isinstance(value, Parts):
        return (value.kind, value.cls, value.names, *(skeleton(v) for v in value.items))
    if isinstance(value, (ListVal, DictVal, ObjVal)):
        return ("container", value.id)
    if isinstance(value, tuple):  # contents of a list, or pairs of a dict
        return ("contents", *(("pair", v[0], skeleton(v[1])) if isinstance(v, tuple) else skeleton(v) for v in value))
    if type(value).__name__ == "FuncVal":
        return ("function", id(value.node), value.frame.id, *map(exactly, (*value.defaults, *value.kw_defaults)))
    if isinstance(value, (RangeVal, SliceVal)) or not is_dataclass(value):
        return type(value).__name__
    return (type(value).__name__, *(exactly(getattr(value, f.name)) for f in fields(value)))


def exactly(value: Any) -> Any:
    """What a part of a compile-time value is, atoms included: no variable of a loop stands for it."""
    if isinstance(value, Lit):
        return ("lit", type(value.value), repr(value.value))
    if isinstance(value, Ref):
        return ("ref", id(value.obj))
    if isinstance(value, TupleVal):
        return ("tuple", value.cls, *map(exactly, value.items))
    if isinstance(value, tuple):
        return tuple(map(exactly, value))
    return ("var", id(value)) if is_atom(value) or not is_dataclass(value) else skeleton(value)


def generated_init(init: Any) -> bool:
    """Whether dataclasses wrote an `__init__`."""
    code = getattr(init, "__code__", None)
    qualname = getattr(code, "co_qualname", None)  # from Python 3.11 on
    if qualname is not None:
        return "__create_fn__" in qualname
    filename = getattr(code, "co_filename", "")
    return filename == "<string>" or "dataclass" in filename
