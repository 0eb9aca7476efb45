"""Lowering of stores to items of arrays, lists and dicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import UNKNOWN, Arr, ListT, Num, is_mutable
from ..errors import AmbiguousMemoryError
from ..ir.nodes import Lit, Region, Store, Var
from .lower import Core, Restart, type_of
from .run_time_lists import known_slice
from .values import DictVal, ListVal, ObjVal, TupleVal


class ItemStores(Core):
    # --- stores ------------------------------------------------------------------------------------------------------

    def store_item(self, base: Any, index: Any, value: Any, node: Any, aug: str | None = None) -> None:
        if isinstance(base, (ListVal, DictVal)):
            self.check_private_container(base, node)
        if isinstance(base, ListVal):
            items = list(self.items(base))
            if isinstance(index, Lit) and isinstance(index.value, int):
                try:
                    items[index.value] = value
                except IndexError:
                    raise self.unsupported(f"index {index.value} is out of range", node) from None
                self.cells[(base.id, "items")] = tuple(items)
                return
            part, new = known_slice(index), self.sequence_items(value, None, node)
            if part is None or new is None or part.step not in (None, 1) and len(items[part]) != len(new):
                raise Restart(base.site)
            items[part] = new
            self.cells[(base.id, "items")] = tuple(items)
            return
        if isinstance(base, DictVal):
            key = self.constant_key(index)
            if key is None:
                raise self.unsupported("a dict store with a computed key", node, "use a list or an array")
            pairs = list(self.items(base))
            for i, (k, _) in enumerate(pairs):
                if k == key.value:
                    pairs[i] = (k, value)
                    break
            else:
                pairs.append((key.value, value))
            self.cells[(base.id, "items")] = tuple(pairs)
            return
        if isinstance(base, ObjVal):
            self.call_value(self.get_attribute(base, "__setitem__", node), [index, value], {}, node)
            return
        if isinstance(base, TupleVal):
            raise self.unsupported("a tuple cannot be changed", node)
        atom = self.atom(base)
        if isinstance(atom, Var) and isinstance(type_of(atom), ListT):
            self.list_store(atom, index, value, aug, node)
            return
        if aug is not None:
            atom, value = self.beside_array(atom, value, node)
        self.array_store(atom, index, self.atom(value), aug, node)

    def array_store(self, base: Any, index: Any, value: Any, aug: str | None, node: Any) -> None:
        """A store to run-time memory."""
        if not isinstance(base, Var):
            raise self.error(AmbiguousMemoryError, "a store to an object from outside the function", node, "copy it first, or pass it in")
        t = base.type
        index = self.array_index(index, node) if isinstance(t, Arr) else index
        if base in self.strided:
            raise self.error(
                AmbiguousMemoryError, f"{base.hint!r} is a view made by np.lib.stride_tricks.as_strided, and is stored to", node,
                "store to the array itself, or to a copy: as_strided(...).copy()")  # fmt: skip
        if base.region is None:
            base.region = Region()
        if aug is not None and isinstance(t, Arr) and t.floating and (self.varied(value) or base.varied):
            # a[i] *= v reads the old value, and with a repeated index only the last result is kept
            if aug not in ("add", "sub", "add.at") or not (index is None or self.is_basic(index)):
                if aug != "add.at":
                    whole = Lit(Ellipsis) if index is None else index
                    old = base if index is None else self.load(base, index, node)
                    new = self.operate(aug, (self.atom(old), value), node)
                    self.check_fits(old, new, node)
                    self.array_store(base, whole, new, None, node)
                    return
        if self.varied(value) or base.varied:
            if not isinstance(t, (Arr, ListT)):
                self.store_as_it_stands(base, index, value, aug, node)
                return
            if self.varied(value) and isinstance(t, Arr) and t.dtype is not None and t.dtype.kind not in "fc":
                # the store truncates to an integer: no derivative passes
                pass
        if base.region.caller and (self.varied(value) or base.varied):
            raise self.error(AmbiguousMemoryError, f"{base.hint!r} may be memory from outside the function", node, "copy it first")
        atom = None if index is None else self.index_atom(index)
        if isinstance(t, Arr) and t.floating:
            self.mark_stored(base, value)
        elif isinstance(t, ListT):
            self.hold(base, value)
        else:
            base.region.stored = True
        self.append(Store(base, atom, value, aug, self.span(node)))

    def check_fits(self, place: Any, value: Any, node: Any) -> None:
        """Refuse to store what NumPy's functions do not put into an array in place, as an assignment does: it always fails."""
        old, new = type_of(place), type_of(value)
        if not isinstance(old, Arr) or not isinstance(new, (Num, Arr)) or old.dtype is None or new.dtype is None:
            return
        if isinstance(new, Num) and new.py and new.dtype.kind in "bi":  # fits if its value does
            return
        if not np.can_cast(new.dtype, old.dtype, "same_kind"):
            message = f"NumPy does not store {new.dtype} to an array of {old.dtype} in place, so this always fails"
            raise self.unsupported(message, node, "assign a new array")
        if isinstance(new, Arr) and old.ndim is not None and new.ndim is not None and new.ndim > old.ndim:
            raise self.unsupported(f"the result has {new.ndim} axes and the array {old.ndim}, so this always fails", node, "assign a new array")

    def store_as_it_stands(self, base: Var, index: Any, value: Any, aug: str | None, node: Any) -> None:
        """A store to what may be an array or a list: in forward mode it is done to the tangent, too."""
        error = self.error(
            AmbiguousMemoryError, f"it is not known what {base.hint!r} is, so this store cannot be differentiated", node,
            'give the number of dimensions, as in --signature "x: f8[n]", or call the gradient from Python',
        )  # fmt: skip
        if base.type is not UNKNOWN or index is None or aug not in (None, "add", "sub") or not self.in_emitted_code:
            raise error
        if base.region is None or base.region.caller:
            raise self.error(AmbiguousMemoryError, f"{base.hint!r} may be memory from outside the function", node, "copy it first")
        stmt = Store(base, self.index_atom(index), value, aug, self.span(node))
        self.backward[stmt] = error
        if aug is None and isinstance(value, Var) and is_mutable(value.type):
            self.share(base, value)  # a list holds it
        self.mark_stored(base, value)
        self.append(stmt)

    # provided by the other parts
    array_index: Callable[..., Any]
    atom: Callable[..., Any]
    beside_array: Callable[..., Any]
    call_value: Callable[..., Any]
    constant_key: Callable[..., Any]
    get_attribute: Callable[..., Any]
    hold: Callable[..., Any]
    index_atom: Callable[..., Any]
    is_basic: Callable[..., Any]
    list_store: Callable[..., Any]
    load: Callable[..., Any]
    operate: Callable[..., Any]
    sequence_items: Callable[..., Any]


__all__ = ["ItemStores"]
