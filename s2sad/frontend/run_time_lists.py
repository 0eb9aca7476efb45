"""Lists of a length that only the run knows: what is kept in them, and how they change.

What changes the length in the middle (`insert`, `pop(0)`, a store to a slice) replaces all items by those of a new list:
that is one store, which is undone by putting the old items back.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..analysis.infer import LOOSE
from ..analysis.types import NONE, NOTHING, UNKNOWN, ListT, Num, Type, covers, dims_in, is_mutable
from ..ir.nodes import Effect, Lit, Op, Ref, Store, Var
from .lower import Core, Restart, _refresh, type_of
from .values import DictVal, ListVal, SliceVal, TupleVal, is_atom

SEARCHES: dict[str, Any] = {"index": operator.indexOf, "count": operator.countOf}  # what looks at the items only
EVERYTHING = SliceVal(Lit(None), Lit(None), Lit(None))


class RunTimeLists(Core):
    """The part of the lowerer that knows run-time lists."""

    def run_time_list(self, items: tuple[Any, ...], hint: str = "items") -> Var:
        atoms = tuple(self.kept(i) for i in items)
        elem: Type | None = None
        for a in atoms:
            elem = type_of(a) if elem is None else self.join_types(elem, type_of(a))
        var = self.emit(Op("list", atoms), ListT(elem if elem is not None else UNKNOWN), hint,
                        varied=False, view_of=[a for a in atoms if is_mutable(type_of(a))])  # fmt: skip
        if any(self.varied(a) for a in atoms):
            var.region.varied = True  # type: ignore[union-attr]
            var.varied = True
        if elem == NONE:
            var.type = ListT(UNKNOWN)  # something else will be put in their place
        if not atoms:
            var.type = ListT(NOTHING)  # nothing yet: the first append decides
        return var

    def kept(self, value: Any) -> Any:
        """A value as it is kept in a run-time list: a list in it is one object with it, so it has to be a run-time list, too."""
        if isinstance(value, ListVal) and value.origin is None and value.site not in self.dynamic_sites:
            raise Restart(value.site)
        if isinstance(value, TupleVal):
            for part in value.items:
                self.kept(part)
        if isinstance(value, DictVal):  # what is kept is a copy: the dict must not change any more
            for _, part in self.items(value):
                self.kept(part)
            self.shared_containers.add(value.id)
        return self.atom(value)

    def list_append(self, base: Var, value: Any, node: Any) -> None:
        atom = self.kept(value)
        if isinstance(base.type, ListT):
            self.hold(base, atom)
        else:
            self.mark_stored(base, atom)
        self.append(Effect(Op("method", (base, atom), name="append"), self.span(node)))

    @property
    def loose_dims(self) -> set[Any]:
        """Sizes in the item types of lists that differ from item to item."""
        return self.__dict__.setdefault("_loose_dims", set())

    def with_loose_sizes(self, t: Type) -> Type:
        """The type of a library function's result, with sizes for those that differ from item to item."""
        if not isinstance(t, ListT) or LOOSE not in dims_in(t):
            return t
        elem = _refresh(t.elem, {LOOSE}, self.symbols)
        self.loose_dims.update(dims_in(elem) - dims_in(t.elem))
        return ListT(elem)

    def list_extend(self, base: Var, value: Any, node: Any) -> Var:
        items = self.sequence_items(value, None, node)
        self.check_not_read(value, base, node)
        if items is None:
            if self.varied_value(value) or base.varied:
                iterable = self.iterable(value, node)

                def start(loop: Any) -> None:
                    self.cells[(self.frame.id, "$element")] = self.element(iterable, loop, node)

                def body(loop: Any) -> Any:
                    self.list_append(base, self.cells.pop((self.frame.id, "$element")), node)
                    return None

                self.loop(start, body)
                return base
            self.mark_stored(base)
            self.append(Effect(Op("method", (base, self.atom(value)), name="extend"), self.span(node)))
            return base
        for item in items:
            self.list_append(base, item, node)
        return base

    def hold(self, base: Var, value: Any) -> None:
        """Note that an item of a list is, or may be, `value`."""
        found = UNKNOWN if type_of(value) == NONE else type_of(value)
        self.note_items(base, found)
        if is_mutable(found) and isinstance(value, Var):
            self.share(base, value)
        self.mark_stored(base, value)

    def note_items(self, base: Var, found: Type) -> None:
        """Note a type of items for a list, for every other variable that may be the same list, and for lists that hold it."""
        self.widen_items(base, depth_of(base.type), found)
        if base not in self.lists or base.region is None:
            return
        one, memory, depth = self.lists[base].find(), base.region.find(), depth_of(base.type)
        found_from = {node.find() for v, node in self.lists.items() if v in self.found_lists}
        for v, node in self.lists.items():
            if node.find() is one:
                self.widen_items(v, depth_of(v.type), found)
            elif v.region is not None and v.region.find() is memory and v.type != ListT(NOTHING) and depth_of(v.type) >= depth:
                # two lists that are written out are two, though they hold the same arrays
                if depth_of(v.type) > depth or memory.caller or one in found_from or node.find() in found_from:
                    self.widen_items(v, depth, found)

    def widen_items(self, base: Var, depth: int, found: Type) -> None:
        """Have the items of the lists of some depth in a list be of a type, too; loops around what is older than they are look again."""
        wider = self.wider(base.type, depth, found)
        if wider != base.type:
            if innermost(base.type) == NOTHING:
                self.first_items.append(base.born)
            base.type = wider
            self.flips.append(base.born)

    def wider(self, t: Type, depth: int, found: Type) -> Type:
        assert isinstance(t, ListT)
        if depth_of(t) > depth:
            return ListT(self.wider(t.elem, depth, found))
        new = self.join_types(t.elem, found)
        if isinstance(new, Num) and new.ints is not None:
            new = Num(new.dtype, new.py, None)
        if new == t.elem or covers(t.elem, found, self.loose_dims) and not isinstance(t.elem, Num):
            return t
        self.loose_dims.update(dims_in(new) - dims_in(t.elem))
        return ListT(new)

    def list_store(self, base: Var, index: Any, value: Any, aug: str | None, node: Any) -> None:
        """`base[index] = value` and `base[index] op= value`."""
        if not isinstance(index, SliceVal):
            if aug is None:
                self.array_store(base, index, self.kept(value), None, node)
                return
            old = self.load(base, index, node)
            new = self.augmented(aug, old, self.atom(value), node)
            if new is not old:  # an array has been changed in place: the list holds it already
                self.array_store(base, index, self.atom(new), None, node)
            return
        step = index.step
        if aug is not None or not (isinstance(step, Lit) and step.value in (None, 1)):
            raise self.unsupported("this store to a slice of a list is not supported", node, "store to the items one by one")
        if not (is_atom(value) and isinstance(type_of(value), ListT)):
            items = self.sequence_items(value, None, node)
            if items is None:
                raise self.unsupported("it is not known what is put into the list", node, "put a list in")
            value = self.run_time_list(tuple(items))
        self.splice(base, index.start, value, self.end_of(base, index, node), node)

    def end_of(self, base: Var, part: SliceVal, node: Any) -> Any:
        """Where what is behind a slice starts: not before the slice does."""
        if any(isinstance(p, Lit) and p.value is None for p in (part.start, part.stop)):
            return part.stop
        before = self.length(self.load(base, SliceVal(Lit(None), part.start, Lit(None)), node))
        return self.binary("add", before, self.length(self.load(base, part, node)), node)

    def splice(self, base: Var, start: Any, new: Any, stop: Any, node: Any) -> None:
        """`base[:] = base[:start] + new + base[stop:]`."""
        self.check_list(base, node)
        parts = []
        if not (isinstance(start, Lit) and start.value in (None, 0)):
            parts.append(self.load(base, SliceVal(Lit(None), start, Lit(None)), node))
        if new is not None:
            parts.append(new)
        if not (isinstance(stop, Lit) and stop.value is None):
            parts.append(self.load(base, SliceVal(stop, Lit(None), Lit(None)), node))
        whole = parts[0] if parts else self.run_time_list(())
        for part in parts[1:]:
            whole = self.joined_lists(whole, part)
        self.replace_items(base, whole, node)

    def binary_of_lists(self, kind: str, a: Any, b: Any, node: Any) -> Any:
        """`a + b` and `a * n` of lists, one of which only the run knows; None for anything else."""
        lists = [isinstance(v, ListVal) or isinstance(type_of(v), ListT) for v in (a, b)]
        if kind == "add" and all(lists) and not (isinstance(a, ListVal) and isinstance(b, ListVal)):
            return self.joined_lists(*(self.run_time_list(self.items(v)) if isinstance(v, ListVal) else v for v in (a, b)))
        if kind != "mul":
            return None
        for seq, n in ((a, b), (b, a)):
            if not is_atom(n) or not isinstance(type_of(n), Num):
                continue
            if isinstance(seq, TupleVal) and not isinstance(n, Lit) and self.varied_value(seq):
                raise self.unsupported("a tuple times a number that is not known", node, "use a list")
            if isinstance(seq, ListVal) and not isinstance(n, Lit):
                seq = self.run_time_list(self.items(seq))
            t = type_of(seq)
            if isinstance(t, ListT):
                return self.emit(Op("mul", (seq, n)), t, "items", view_of=[seq] if is_mutable(t.elem) else [], fresh=not is_mutable(t.elem))
        return None

    def joined_lists(self, a: Any, b: Any) -> Var:
        """`a + b` of two run-time lists."""
        ta, tb = type_of(a), type_of(b)
        elem = self.join_types(ta.elem, tb.elem) if isinstance(ta, ListT) and isinstance(tb, ListT) else UNKNOWN
        shared = [v for v in (a, b) if is_mutable(elem)]
        return self.emit(Op("add", (a, b)), ListT(elem), "items", view_of=shared, fresh=not shared)

    def replace_items(self, base: Var, whole: Any, node: Any) -> None:
        """`base[:] = whole`."""
        t = type_of(whole)
        if isinstance(t, ListT) and isinstance(base.type, ListT):
            self.note_items(base, t.elem)
        if isinstance(t, ListT) and is_mutable(t.elem):
            self.share(base, whole)
        self.mark_stored(base, whole)
        self.append(Store(base, self.atom(EVERYTHING), whole, None, self.span(node)))

    def run_time_list_method(self, base: Var, name: str, args: list[Any], node: Any) -> Any:
        """A method of a list that changes it, or NotImplemented."""
        if name == "append":
            self.check_list(base, node)
            self.list_append(base, args[0], node)
        elif name == "extend":
            self.check_list(base, node)
            self.list_extend(base, args[0], node)
        elif name == "insert":
            self.splice(base, args[0], self.run_time_list((args[1],)), args[0], node)
        elif name == "clear":
            self.splice(base, Lit(None), None, Lit(None), node)
        elif name == "reverse":
            self.check_list(base, node)
            self.replace_items(base, self.load(base, SliceVal(Lit(None), Lit(None), Lit(-1)), node), node)
        elif name == "pop":
            return self.list_pop(base, args, node)
        elif name in SEARCHES and len(args) == 1 and isinstance(base.type, ListT):
            return self.search(base, name, base.type.elem, args[0])
        else:
            return NotImplemented
        return Lit(None)

    def search(self, base: Any, name: str, elem: Type, value: Any) -> Any:
        """`index` or `count` of a number in a list of numbers, which are integers whatever they depend on; else NotImplemented."""
        if not (is_atom(value) and isinstance(type_of(value), Num) and isinstance(elem, Num)):
            return NotImplemented
        fn = Ref(SEARCHES[name], f"operator.{SEARCHES[name].__name__}", operator)
        return self.emit(Op("call", (base, value), fn=fn), self.symbols.int(), name, varied=False, fresh=True)

    def list_pop(self, base: Var, args: list[Any], node: Any) -> Any:
        self.check_list(base, node)
        if args and not (isinstance(args[0], Lit) and args[0].value == -1):
            value = self.load(base, args[0], node)
            self.delete_item(base, args[0], node)
            return value
        self.mark_stored(base)
        elem = base.type.elem if isinstance(base.type, ListT) else UNKNOWN
        if isinstance(elem, Num) and elem.ints is not None:
            elem = Num(elem.dtype, elem.py, self.symbols.fresh())
        return self.emit(Op("method", (base,), name="pop"), elem, "last", varied=base.varied and elem.floating, view_of=[base])

    def delete_item(self, base: Var, index: Any, node: Any) -> None:
        """`del base[index]` of an index that is in range."""
        if isinstance(index, SliceVal):
            if not (isinstance(index.step, Lit) and index.step.value in (None, 1)):
                raise self.unsupported("this del is not supported", node, "delete the items one by one")
            self.splice(base, index.start, None, self.end_of(base, index, node), node)
            return
        if isinstance(index, Lit) and index.value == -1:
            self.splice(base, index, None, Lit(None), node)
            return
        if not (isinstance(index, Lit) and isinstance(index.value, int)):
            index = self.binary("mod", index, self.length(base), node)  # an index counted from the end
        after = Lit(index.value + 1) if isinstance(index, Lit) else self.binary("add", index, Lit(1), node)
        self.splice(base, index, None, after, node)

    # provided by the other parts
    check_not_read: Callable[..., Any]
    array_store: Callable[..., Any]
    augmented: Callable[..., Any]
    load: Callable[..., Any]
    atom: Callable[..., Any]
    binary: Callable[..., Any]
    length: Callable[..., Any]
    join_types: Callable[..., Type]
    sequence_items: Callable[..., Any]
    iterable: Callable[..., Any]
    element: Callable[..., Any]
    loop: Callable[..., Any]
    check_list: Callable[..., Any]
    varied_value: Callable[..., Any]


def depth_of(t: Type) -> int:
    """How many lists are in each other in a type."""
    return 1 + depth_of(t.elem) if isinstance(t, ListT) else 0


def innermost(t: Type) -> Type:
    """The type of what is in a list that is in no other list."""
    return innermost(t.elem) if isinstance(t, ListT) else t


def known_slice(index: Any) -> slice | None:
    """A slice whose bounds are known."""
    if not isinstance(index, SliceVal) or not all(isinstance(p, Lit) for p in (index.start, index.stop, index.step)):
        return None
    return slice(index.start.value, index.stop.value, index.step.value)


__all__ = ["SEARCHES", "RunTimeLists", "known_slice"]
