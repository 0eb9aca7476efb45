"""Lowering of methods of arrays, lists, dicts, sets and tuples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import STR, UNKNOWN, Arr, ListT, Num, Obj, TupleT, Type, is_mutable
from ..errors import AmbiguousMemoryError
from ..ir.nodes import Lit, Op, Ref, Region, Var
from ..rules import registry
from .iterators import CHANGING
from .lower import Core, Restart, type_of
from .run_time_lists import SEARCHES
from .values import ArrayMethod, DictVal, KeysVal, KnownVal, ListVal, SetVal, TupleVal, ViewVal, is_atom


class MethodCalls(Core):
    # --- methods -----------------------------------------------------------------------------------------------------

    def call_method(self, method: ArrayMethod, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        base, name = method.base, method.name
        if name in ("astype", "view", "sum", "prod", "cumsum", "cumprod", "mean"):
            self.refuse_objects([base, *args], kwargs, node)
        if isinstance(base, KnownVal):
            if name == "keys" and not args:
                return KeysVal(tuple(map(Lit, base.obj)))
            raise self.unsupported(f"{name!r} of a signature is not supported", node)
        if isinstance(base, SetVal):
            return self.set_method(base, name, args, kwargs, node)
        if isinstance(base, ListVal):
            return self.list_method(base, name, args, kwargs, node)
        if isinstance(base, DictVal):
            return self.dict_method(base, name, args, kwargs, node)
        if isinstance(base, TupleVal):
            return self.tuple_method(base, name, args, kwargs, node)
        t = type_of(base)
        if isinstance(base, Lit):
            consts = [self.constant(a) for a in args]
            if all(c is not None for c in consts) and not kwargs and isinstance(base.value, str):
                try:
                    value = getattr(base.value, name)(*(c.value for c in consts))
                    if isinstance(value, (str, int, bool)):
                        return Lit(value)
                    if isinstance(value, list):
                        return self.make_list(tuple(Lit(v) for v in value), node)
                except Exception:
                    pass
            return self.opaque_method(base, name, args, kwargs, node, STR if isinstance(base.value, str) else UNKNOWN)
        if isinstance(t, (Arr, Num)) or (self.varied(base) and not isinstance(t, (ListT, TupleT))):
            return self.array_method(base, name, args, kwargs, node)
        if isinstance(t, ListT):
            done = self.run_time_list_method(base, name, args, node)
            if done is not NotImplemented:
                return done
            if name == "copy":
                copied = self.emit(Op("call", (base,), fn=self.builtin("list")), t, "items", view_of=[base] if is_mutable(t.elem) else [])
                return copied
        if base.varied if isinstance(base, Var) else False:
            raise self.unsupported(f"the method {name!r} of a run-time container is not supported", node)
        return self.opaque_method(base, name, args, kwargs, node)

    def check_list(self, base: Any, node: Any) -> None:
        if isinstance(base, Var) and base.region is not None and base.region.caller:
            raise self.error(AmbiguousMemoryError, "a list from outside the function is changed", node, "copy it first")

    def opaque_method(self, base: Any, name: str, args: list[Any], kwargs: dict[str, Any], node: Any, t: Type = UNKNOWN) -> Any:
        if self.varied_value(base) or any(self.varied_value(a) for a in (*args, *kwargs.values())):
            raise self.unsupported(f"it is not known what the method {name!r} does here", node)
        if isinstance(base, Ref) and isinstance(base.obj, (list, dict, set)) and name in CHANGING:
            raise self.error(
                AmbiguousMemoryError, f"a {type(base.obj).__name__} from outside the function is changed", node, "pass it in, or copy it first")
        if not isinstance(base, Lit):
            self.let_out([*args, *kwargs.values()], node)
        atoms = (base, *(self.atom(a) for a in args))
        self.after_call()
        if isinstance(base, Var) and not isinstance(t, Obj):
            if base.region is None:
                base.region = Region()
            base.region.stored = True  # it may change the object
        return self.emit(Op("method", atoms, tuple((k, self.atom(v)) for k, v in kwargs.items()), name=name), t, name, varied=False)

    def array_attribute(self, atom: Any, name: str, node: Any) -> Any:
        fn = registry.method_function(name)
        t = type_of(atom)
        if isinstance(t, Num) and name in ("real", "T") and t.dtype.kind != "c":
            return atom
        if fn is None:
            raise self.unsupported(f"the attribute {name!r} of an array is not supported", node)
        if name == "mT":
            raise self.unsupported("the attribute 'mT' is not supported", node, "use np.swapaxes(x, -1, -2)")
        return self.primitive(self.numpy_ref(fn), [atom], {}, node, method=name)

    def numpy_ref(self, fn: Any) -> Ref:
        name = getattr(fn, "__name__", "f")
        module = getattr(fn, "__module__", "numpy") or "numpy"
        if module.startswith("s2sad"):
            return Ref(fn, name, fn, module)
        prefix = "np.linalg." if "linalg" in module and not hasattr(np, name) else "np."
        return Ref(fn, prefix + name, np)

    def array_method(self, base: Any, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if name == "fill":
            self.array_store(base, Lit(Ellipsis), self.atom(args[0]), None, node)
            return Lit(None)
        if name in ("sort", "partition") and isinstance(type_of(base), Arr):
            value = self.primitive(self.numpy_ref(getattr(np, name)), [base, *args], kwargs, node)
            self.array_store(base, Lit(Ellipsis), self.atom(value), None, node)
            return Lit(None)
        if name == "put" and isinstance(type_of(base), Arr):
            return self.mutate(self.numpy_ref(np.put), [base, *args], kwargs, node)
        if name == "itemset" or name in ("resize", "put", "partition", "setfield", "byteswap", "view", "setflags"):
            raise self.unsupported(f"the array method {name!r} is not supported", node, "write the store with an index")
        if name == "item" and not args and isinstance(type_of(base), (Num, Arr)):
            if self.varied(base):
                t = type_of(base)
                if isinstance(t, Arr) and t.shape != ():
                    base = self.primitive(self.numpy_ref(np.reshape), [base, TupleVal(())], {}, node)
                return self.primitive(self.builtin("float"), [base], {}, node)
            return self.opaque_method(base, name, args, kwargs, node)
        fn = registry.method_function(name)
        if fn is None:
            if not self.varied(base) and not self.varied_args(args, kwargs):
                return self.opaque_method(base, name, args, kwargs, node)
            made = self.method_as_it_stands(base, name, args, kwargs, node)
            if made is not NotImplemented:
                return made
            raise self.no_rule(f"the array method {name!r}", node)
        if registry.packs_arguments(name) and len(args) > 1:
            args = [TupleVal(tuple(args))]
        elif registry.packs_arguments(name) and name == "transpose" and not args:
            args = []
        return self.primitive(self.numpy_ref(fn), [base, *args], kwargs, node, method=name)

    def list_method(self, base: ListVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        key = (base.id, "items")
        items = self.items(base)
        if name in ("append", "extend", "insert", "pop", "reverse", "clear", "sort", "remove"):
            self.check_private_container(base, node)
        if name == "append":
            self.cells[key] = (*items, args[0])
            return Lit(None)
        if name == "extend":
            more = self.sequence_items(args[0], None, node)
            self.check_not_read(args[0], base, node)
            if more is None:
                raise Restart(base.site)
            self.cells[key] = items + tuple(more)
            return Lit(None)
        if name == "insert" and isinstance(args[0], Lit):
            new = list(items)
            new.insert(args[0].value, args[1])
            self.cells[key] = tuple(new)
            return Lit(None)
        if name == "pop" and (not args or isinstance(args[0], Lit)) and items:
            new = list(items)
            if args and not -len(new) <= args[0].value < len(new):
                raise self.unsupported(f"index {args[0].value} is out of range", node)
            value = new.pop(*(a.value for a in args))
            self.cells[key] = tuple(new)
            return value
        if name == "copy":
            return self.make_list(items, node)
        if name == "reverse":
            self.cells[key] = tuple(reversed(items))
            return Lit(None)
        if name == "clear":
            self.cells[key] = ()
            return Lit(None)
        found = self.searched(items, name, args)
        if found is not None:
            return found
        if name in SEARCHES and len(args) == 1 and items and all(is_atom(i) and isinstance(type_of(i), Num) for i in items):
            found = self.search(self.atom(base), name, type_of(items[0]), args[0])
            if found is not NotImplemented:
                return found
        if not self.varied_value(base) and name in ("index", "count"):
            return self.opaque_method(self.atom(base), name, args, kwargs, node)
        raise Restart(base.site) if base.site not in self.dynamic_sites else self.unsupported(f"list.{name} is not supported here", node)

    def searched(self, items: tuple[Any, ...], name: str, args: list[Any]) -> Lit | None:
        """The result of `index` or `count` if all is known, and if what is looked for is there."""
        values = [self.constant(i) for i in (*args, *items)]
        if name not in ("index", "count") or not args or any(v is None for v in values):
            return None
        given, known = [v.value for v in values[: len(args)]], [v.value for v in values[len(args) :]]
        try:
            return Lit(getattr(known, name)(*given))
        except ValueError:
            return None

    def dict_method(self, base: DictVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        items = self.items(base)
        if name in ("pop", "update", "setdefault", "clear", "popitem"):
            self.check_private_container(base, node)
        if name == "items":
            return ViewVal(tuple(TupleVal((Lit(k), v)) for k, v in items), base=base, pairs=True)
        if name == "keys":
            return KeysVal(tuple(Lit(k) for k, _ in items))
        if name == "values":
            return ViewVal(tuple(v for _, v in items), base=base)
        if name == "copy":
            return self.call_dict([base], {}, node)
        key = self.constant_key(args[0]) if args else None
        if name in ("get", "pop", "setdefault") and key is not None:
            found = [v for k, v in items if k == key.value]
            default = args[1] if len(args) > 1 else Lit(None)
            if name == "pop":
                if not found and len(args) < 2:
                    self.missing_key(base, key, node)
                self.cells[(base.id, "items")] = tuple(p for p in items if p[0] != key.value)
            if name == "setdefault" and not found:
                self.cells[(base.id, "items")] = (*items, (key.value, default))
            return found[0] if found else default
        if name == "update":
            other = args[0] if args else None
            if other is not None and not isinstance(other, DictVal):
                raise self.unsupported("dict.update with keys that are not known", node)
            pairs = dict(items)
            pairs.update(dict(self.items(other)) if other is not None else {})
            pairs.update(kwargs)
            self.cells[(base.id, "items")] = tuple(pairs.items())
            return Lit(None)
        if name == "clear":
            self.cells[(base.id, "items")] = ()
            return Lit(None)
        if name == "popitem" and items:
            self.cells[(base.id, "items")] = items[:-1]
            return TupleVal((Lit(items[-1][0]), items[-1][1]))
        if not self.varied_value(base) and name not in CHANGING:  # the atom is a copy: a change of it would be lost
            return self.opaque_method(self.atom(base), name, args, kwargs, node)
        raise self.unsupported(f"dict.{name} is not supported here", node, "use keys that are written out, or an array")

    def set_method(self, base: SetVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        operator = {"difference": "sub", "union": "or_", "intersection": "and_"}.get(name)
        if operator is not None and len(args) == 1:
            other = args[0] if isinstance(args[0], SetVal) else self.call_set(args, {}, node)
            if isinstance(other, SetVal):
                return self.binary(operator, base, other, node)
        if name == "copy":
            return base
        raise Restart(base.site)

    def tuple_method(self, base: TupleVal, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if base.cls is not None and name == "_replace":
            items = [kwargs.get(f, v) for f, v in zip(base.cls._fields, base.items)]
            return TupleVal(tuple(items), base.cls)
        found = self.searched(base.items, name, args)
        if found is not None:
            return found
        if name in ("index", "count") and not self.varied_value(base):
            return self.opaque_method(self.atom(base), name, args, kwargs, node)
        if base.cls is not None and isinstance(getattr(base.cls, name, None), type(lambda: 0)):
            method = getattr(base.cls, name)
            return self.call_live(Ref(method, name, method), method, [base, *args], kwargs, node)
        raise self.unsupported(f"the tuple method {name!r} is not supported", node)

    # provided by the other parts
    mutate: Callable[..., Any]
    method_as_it_stands: Callable[..., Any]
    after_call: Callable[..., Any]
    array_store: Callable[..., Any]
    atom: Callable[..., Any]
    binary: Callable[..., Any]
    builtin: Callable[..., Any]
    call_dict: Callable[..., Any]
    call_live: Callable[..., Any]
    call_set: Callable[..., Any]
    check_not_read: Callable[..., Any]
    constant: Callable[..., Any]
    constant_key: Callable[..., Any]
    let_out: Callable[..., Any]
    make_list: Callable[..., Any]
    missing_key: Callable[..., Any]
    no_rule: Callable[..., Any]
    primitive: Callable[..., Any]
    refuse_objects: Callable[..., Any]
    run_time_list_method: Callable[..., Any]
    search: Callable[..., Any]
    sequence_items: Callable[..., Any]
    varied_args: Callable[..., Any]
    varied_value: Callable[..., Any]


__all__ = ["MethodCalls"]
