"""Live objects and instances: what globals, captured values, attributes and parameters become."""

from __future__ import annotations

import contextlib
import dataclasses
import dis
import functools
import sys
import types
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..analysis.types import UNKNOWN, Arr, ListT, Num, Obj, Type, join, literal_dim, type_of_value
from ..errors import DifferentiationError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Lit, Op, Ref, Region, Var
from ..variants import ABSENT, GUARDED, class_attribute, holds_floats, slots_of, state_of
from .lower import Core, Restart, type_of
from .scope import StaticClass, StaticScope
from .values import Bound, DictVal, ListVal, ObjVal, SuperVal, TupleVal, is_atom

_MAX_STATIC_LIST = 16
_MAX_LIVE_LIST = 64
_OF_TUPLES = ("__iter__", "__getitem__", "__len__", "__contains__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
              "__getattribute__")  # fmt: skip
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc, functools.partial, types.MethodType,
         np.vectorize, functools._lru_cache_wrapper, type(np.sum), type(np.add.reduce), np.dtype, types.GenericAlias)  # fmt: skip
_PLAIN_STORES = (None, (object.__setattr__,), (types.SimpleNamespace.__setattr__,))
_SYSTEM = frozenset({"numpy", "math", "builtins", "cmath", "operator", "functools", "s2sad", "scipy"})


def _reached_from(item: Any, root: Any) -> Any:
    """An item of a global tuple: emitted code gets to it through the tuple's name."""
    if isinstance(item, TupleVal):
        return dataclasses.replace(item, items=tuple(_reached_from(i, root) for i in item.items))
    return dataclasses.replace(item, root=root) if isinstance(item, Ref) else item


class Objects(Core):
    # --- live values -------------------------------------------------------------------------------------------------

    def guard(self, key: Any, where: Any, obj: Any) -> None:
        """Remember that the program was compiled for this binding of a name."""
        self.reads[key] = (where, obj)
        if isinstance(obj, types.ModuleType):
            return
        self.guards[key] = (where, obj)

    def guard_class(self, cls: Any, name: str) -> None:
        """Remember what an attribute was found to be in a class, or that it is none: another one may be set later."""
        found = class_attribute(cls, name)
        if str(cls.__module__ or "").split(".")[0] not in _SYSTEM:
            self.guard(("class", id(cls), name), ((cls, "class"), name), ABSENT if found is None else found[0])

    def guard_kind(self, owner: Any, name: str) -> None:
        """Remember of what kind an attribute of an object from outside is: of each call's value only that is taken for granted."""
        kind = "this kind" if self.static_ints or self.static_sizes else "kind"
        self.guard((kind, id(owner), name), ((owner, kind), name), GUARDED[kind](owner, name))

    def embed(
        self, obj: Any, name: str, parent: Ref | None = None, module: str | None = None, captured: bool = False,
        default: bool = False,
    ) -> Any:  # fmt: skip
        """The value of a live object that emitted code reaches as `name`."""
        if obj is None or obj is Ellipsis or obj is NotImplemented or isinstance(obj, (bool, str, bytes)):
            return Lit(obj)
        if type(obj) is int:
            return Lit(obj)
        if type(obj) in (float, complex) and (captured or default or parent is not None):
            return Lit(obj)
        if enters_and_changes(obj):
            self.changes_state()
        root = parent.root if parent is not None else obj
        module = parent.module if parent is not None else module
        if isinstance(obj, types.ModuleType):
            return Ref(obj, name, root, module)
        if type(obj) is tuple and all(_plain(o) for o in obj) and len(obj) <= _MAX_STATIC_LIST:
            items = tuple(self.embed(o, f"{name}[{i}]", parent, module, captured, default) for i, o in enumerate(obj))
            return TupleVal(tuple(_reached_from(item, root) for item in items))
        t: Type = UNKNOWN
        if isinstance(obj, (np.generic, float, complex, np.ndarray)):
            t = type_of_value(obj, self.symbols, self.__dict__.setdefault("_global_dims", {}))
        elif isinstance(obj, _CODE) or callable(obj):
            t = Obj(type(obj))
        elif not isinstance(obj, (list, dict, tuple, set)):
            t = Obj(type(obj))
        if isinstance(obj, np.generic) and not isinstance(t, Num):
            t = UNKNOWN
        return Ref(obj, name, root, module, t)

    def global_now(self, space: dict[str, Any], name: str) -> Var:
        """The value that a global has when the program gets there: some function rebinds it."""
        module = sys.modules.get(space.get("__name__", ""))
        if getattr(module, "__dict__", None) is space:
            base = Ref(module, str(space["__name__"]).rpartition(".")[2], module, None)
            return self.emit(Op("getattr", (base,), name=name, data=ir.NOW), UNKNOWN, name.strip("_").lower(), varied=False, fresh=True)
        base = Ref(space, "module_globals", space)
        return self.emit(Op("getitem", (base, Lit(name)), data=ir.NOW), UNKNOWN, name.strip("_").lower(), varied=False, fresh=True)

    @property
    def state_changes(self) -> bool:
        """Whether calls that are executed as they stand change what is outside of the function: then it is read when it is needed."""
        return STATE in self.dynamic_sites

    def changes_state(self) -> None:
        """Called where something runs that changes what is outside."""
        if not self.state_changes:
            raise Restart(STATE)

    def live_items(self, base: Ref) -> tuple[Any, ...] | None:
        """The items of a live list or tuple; None if there are many, or if the program itself may change them."""
        obj = base.obj
        if not isinstance(obj, (tuple, list)) or len(obj) > _MAX_LIVE_LIST or isinstance(obj, list) and self.state_changes:
            return None
        if isinstance(obj, list):
            self.guard(("length", id(obj)), ((obj, "length"), None), len(obj))
            for i, item in enumerate(obj):
                self.guard(("item", id(obj), i), ((obj, "item"), i), item)
        return tuple(self.embed(item, f"{base.name}[{i}]", parent=base) for i, item in enumerate(obj))

    def live_item(self, base: Ref, index: Any, node: Any) -> Any:
        """An item of a live container with a known key: functions, strings and numbers are known, too."""
        key = self.constant(index)
        obj = base.obj
        if key is None or not isinstance(obj, (Mapping, tuple, list)):
            return None
        try:
            item = obj[key.value]
        except Exception:  # a mapping of one's own may raise anything
            return None
        if self.state_changes and not isinstance(obj, tuple) and not isinstance(item, (str, *_CODE)):
            return self.emit(Op("getitem", (base, key), data=ir.NOW), UNKNOWN, "item", varied=False, fresh=True)
        self.guard(("item", id(obj), key.value if not isinstance(key.value, list) else None), ((obj, "item"), key.value), item)
        value = self.embed(item, f"{base.name}[{key.value!r}]", parent=base)
        if isinstance(value, Ref) and value.type is UNKNOWN and not isinstance(item, (dict, list, tuple)):
            return None
        return value

    def live_attribute(self, base: Ref, name: str, node: Any) -> Any:
        obj = base.obj
        if isinstance(base.type, (Num, Arr)):
            return None
        if isinstance(obj, StaticScope):
            return obj.lookup(name, self)
        if isinstance(obj, StaticClass):
            raise self.unsupported(f"what the class {base.name} holds is not known from the text", node, "use --import to run the module")
        if not hasattr(obj, name):
            raise self.unsupported(f"{base.name} has no attribute {name!r}", node)
        item = getattr(obj, name)
        if isinstance(obj, types.ModuleType):
            place = ("global", id(vars(obj)), name)
            if obj.__name__.split(".")[0] not in _SYSTEM:
                self.guard(place, (vars(obj), name), item)
            else:  # in another process it may be replaced
                self.reads[place] = ((vars(obj), name), item)
            return self.embed(item, f"{base.name}.{name}", parent=base)
        if isinstance(item, types.MethodType) and item.__self__ is obj and not isinstance(obj, type) and isinstance(
            item.__func__, types.FunctionType
        ):
            self.guard(("method", id(obj), name), ((obj, "method"), name), item.__func__)
            return Bound(Ref(item.__func__, f"{base.name}.{name}", base.root, base.module), base)
        if isinstance(obj, type):
            self.guard_class(obj, name)
        if isinstance(obj, type) or callable(item) and not isinstance(obj, type):
            if getattr(obj, name, None) is item:  # and not a method that is bound anew
                self.guard(("attr", id(obj), name), ((obj, "attr"), name), item)
            return self.embed(item, f"{base.name}.{name}", parent=base)
        if name == "__args__" and type(obj).__module__ in ("typing", "types"):
            return self.embed(item, f"{base.name}.__args__", parent=base)
        if self.state_changes and not isinstance(item, str):
            return self.emit(Op("getattr", (base,), name=name, data=ir.NOW), UNKNOWN, name, varied=False, fresh=True)
        descriptor = getattr(type(obj), name, None)
        if isinstance(descriptor, property):
            self.guard_kind(obj, name)
            return self.emit(Op("getattr", (base,), name=name), type_of_value(item, self.symbols) if _plain(item) else UNKNOWN, name, varied=False)
        if item is None or isinstance(item, (bool, str, int)) and type(item) in (bool, str, int):
            self.guard(("attr", id(obj), name), ((obj, "attr"), name), item)
            return Lit(item)
        if type(item) in (float, complex):
            self.guard(("attr", id(obj), name), ((obj, "attr"), name), item)
            return Ref(item, f"{base.name}.{name}", base.root, base.module, type_of_value(item, self.symbols))
        if isinstance(item, np.ndarray):
            self.guard_kind(obj, name)
        return self.emit(Op("getattr", (base,), name=name), UNKNOWN if not isinstance(item, np.ndarray) else type_of_value(
            item, self.symbols), name, varied=False, view_of=[base])  # fmt: skip

    def object_of(self, obj: Any, ref: Ref) -> Any:
        """A live object as a compile-time one, its attributes read as they are needed."""
        memo = self.__dict__.setdefault("_objects", {})
        if id(obj) not in memo:
            memo[id(obj)] = ObjVal(self.new_id(), type(obj), ref, obj)
            self.guard(("attr", id(obj), "__class__"), ((obj, "attr"), "__class__"), type(obj))
            self.seed_defaults(memo[id(obj)])
        return memo[id(obj)]

    def seed_defaults(self, obj: ObjVal) -> None:
        """Attributes that start with what the class holds, and that a branch or a loop stores to in the instance."""
        own = (state_of(obj.live) or {}) if obj.live is not None else {}
        for site in sorted((s for s in self.dynamic_sites if isinstance(s, tuple) and s[:1] == ("default",)), key=lambda s: str(s[2])):
            found = class_attribute(obj.cls, site[2]) if issubclass(obj.cls, site[1]) else None
            if found is not None and site[2] not in own:
                self.guard_class(obj.cls, site[2])
                self.cells[(obj.id, site[2])] = self.bind_attribute(found[0], obj, site[2], self.node)

    # --- attributes of instances -------------------------------------------------------------------------------------

    def object_attribute(self, base: ObjVal, name: str, node: Any) -> Any:
        key = (base.id, name)
        if isinstance(base.cls.__getattribute__, types.FunctionType):
            raise self.unsupported(f"{base.cls.__name__} overrides __getattribute__", node, "use properties, or __getattr__")
        if key in self.cells:
            return self.cells[key]
        if name == "__class__":
            return Ref(base.cls, base.cls.__name__, base.cls, base.cls.__module__)
        if name == "__dict__":
            raise self.unsupported("__dict__ is not supported", node, "name the attributes")
        if user_method(base.cls, name, "__set__") is not None:
            return self.bind_attribute(getattr_static(base.cls, name), base, name, node)
        if base.live is not None and not isinstance(getattr(type(base.live), name, None), property):
            own = state_of(base.live) or {}
            if name not in own and _is_field(base.live, name):
                self.guard_class(base.cls, name)  # which holds the default
                own = {name: None}
            if name in own or name in slots_of(base.cls):
                item = getattr(base.live, name)
                value = self.load_attribute(base, name, item)
                self.cells[key] = value
                return value
        found = class_attribute(base.cls, name)
        if found is None:
            getter = class_attribute(base.cls, "__getattr__")
            self.guard_class(base.cls, "__getattr__")
            if getter is not None:
                return self.call_value(Bound(Ref(getter[0], "__getattr__", getter[0]), base), [Lit(name)], {}, node)
            raise self.unsupported(f"{base.cls.__name__} has no attribute {name!r} here", node)
        self.guard_class(base.cls, name)
        return self.bind_attribute(found[0], base, name, node)

    def bind_attribute(self, item: Any, base: ObjVal, name: str, node: Any) -> Any:
        path = f"{base.cls.__name__}.{name}"
        root = Ref(base.cls, base.cls.__name__, base.cls, base.cls.__module__)
        if isinstance(item, property):
            return self.call_live(Ref(item.fget, path, base.cls, base.cls.__module__), item.fget, [base], {}, node)
        if isinstance(item, functools.cached_property):
            return self.cached_attribute(item, base, name, node)
        if isinstance(item, staticmethod):
            return Ref(item.__func__, path, base.cls, base.cls.__module__)
        if isinstance(item, classmethod):
            return Bound(Ref(item.__func__, path, base.cls, base.cls.__module__), root)
        if isinstance(item, (types.FunctionType, types.WrapperDescriptorType, types.MethodDescriptorType)):
            return Bound(Ref(item, path, base.cls, base.cls.__module__), base)
        if hasattr(type(item), "__get__") and not isinstance(item, type):
            if isinstance(item, functools.partialmethod):
                raise self.unsupported("functools.partialmethod is not supported", node)
            getter = user_method(base.cls, name, "__get__")
            if getter is not None:
                return self.call_live(Ref(getter, "__get__", getter), getter, [self.descriptor(item, base, name), base, root], {}, node)
            inner = getattr(item, "__wrapped__", None)
            if isinstance(inner, types.FunctionType):
                return Bound(Ref(inner, path, base.cls, base.cls.__module__), base)
        return self.embed(item, path, parent=root)

    def descriptor(self, item: Any, base: ObjVal, name: str) -> Any:
        """The object of a user's descriptor class that a class holds under `name`."""
        owner = next(c for c in base.cls.__mro__ if name in vars(c))
        return self.object_of(item, Ref(item, f"{owner.__name__}.__dict__[{name!r}]", owner, owner.__module__))

    def cached_attribute(self, item: Any, base: ObjVal, name: str, node: Any) -> Any:
        """A `functools.cached_property`: computed when it is read first, and what it was then ever after."""
        path = f"{base.cls.__name__}.{name}"
        older = bool(self.loop_starts) and base.id < self.loop_starts[-1]
        if older and base.id in self.stored_in_loops:
            raise self.unsupported(
                f"the cached property {name!r} is read in a loop that changes its object", node, "read it before the loop, or make it a property")
        value = self.call_live(Ref(item.func, path, base.cls, base.cls.__module__), item.func, [base], {}, node)
        if self.nesting and (older or not self.loop_starts):
            self.maybe_cached[base.id] = name
        else:
            self.cells[(base.id, name)] = value
        return value

    @property
    def maybe_cached(self) -> dict[int, str]:
        """Objects with a cached property that only some path has computed."""
        return self.__dict__.setdefault("_maybe_cached", {})

    @property
    def stored_in_loops(self) -> set[int]:
        """Objects from before a loop that get attributes in it."""
        return self.__dict__.setdefault("_stored_in_loops", set())

    def super_attribute(self, base: SuperVal, name: str, node: Any) -> Any:
        owner = base.self
        cls = owner.cls if isinstance(owner, ObjVal) else owner.obj if isinstance(owner.obj, type) else type(owner.obj)
        mro = cls.__mro__
        for parent in mro[mro.index(base.cls) + 1 :]:
            if name in vars(parent):
                if isinstance(owner, ObjVal):
                    if vars(parent)[name] is object.__init__:
                        break
                    self.guard_class(parent, name)
                    return self.bind_attribute(vars(parent)[name], owner, name, node)
                item = vars(parent)[name]
                if isinstance(item, types.FunctionType) and cls is not owner.obj:
                    self.guard_class(parent, name)
                    return Bound(Ref(item, f"{parent.__name__}.{name}", parent, parent.__module__), owner)
                break
        if name == "__init__":
            return Ref(_nothing, "_nothing", _nothing)
        raise self.unsupported(f"super().{name} is not supported", node)

    def store_attribute(self, base: Any, name: str, value: Any, node: Any, plain: bool = False) -> None:
        """`base.name = value`; a `plain` one goes past the class's own `__setattr__`, as in frozen dataclasses."""
        if isinstance(base, ObjVal):
            self.no_iterator(value, node)
            item = class_attribute(base.cls, name)
            if item is not None and isinstance(item[0], property):
                if item[0].fset is None:
                    raise self.unsupported(f"the property {name!r} cannot be set", node)
                self.call_live(Ref(item[0].fset, name, item[0].fset), item[0].fset, [base, value], {}, node)
                return
            setter = user_method(base.cls, name, "__set__")
            if setter is not None and item is not None:
                self.call_live(Ref(setter, "__set__", setter), setter, [self.descriptor(item[0], base, name), base, value], {}, node)
                return
            if not plain and class_attribute(base.cls, "__setattr__") not in _PLAIN_STORES:
                if not hasattr(base.cls, "__dataclass_fields__"):
                    raise self.unsupported(f"{base.cls.__name__} overrides __setattr__", node, "use properties with setters")
                raise self.unsupported(f"{base.cls.__name__} is frozen", node, "make a new one with dataclasses.replace")
            if base.live is not None:
                self.object_attribute_or_none(base, name, node)
            self.check_new_attribute(base, name, item, node)
            if base.id in self.maybe_cached and (not self.loop_starts or base.id < self.loop_starts[-1]):
                raise self.unsupported(
                    f"the cached property {self.maybe_cached[base.id]!r} was read on some path only, and its object changes now", node,
                    "read it on all paths, or make it a property")  # fmt: skip
            if self.loop_starts and base.id < self.loop_starts[-1]:
                self.stored_in_loops.add(base.id)
            if is_atom(value) and isinstance(value, Var) and not value.named:
                value.hint, value.named = name, False
            self.check_private_container(base, node)
            self.cells[(base.id, name)] = value
            self.stored_attributes.add((base.id, name))
            return
        if self.varied_value(value) or self.varied_value(base):
            raise self.unsupported("a store to an attribute of an object from outside", node, "pass the object as an argument")
        raise self.unsupported("a store to an attribute of an object from outside the function", node, "pass the object as an argument")

    def check_new_attribute(self, base: ObjVal, name: str, item: Any, node: Any) -> None:
        """An attribute that an instance gets in a branch or a loop: on the other path it has none, or that of its class."""
        if not self.nesting or (base.id, name) in self.cells:
            return
        if item is not None and ("default", base.cls, name) not in self.dynamic_sites:
            raise Restart(("default", base.cls, name))
        if (base.id, name) in self.absent and self.loop_starts and base.id < self.loop_starts[-1]:
            raise self.unsupported(
                f"the attribute {name!r} is first set in a loop that also asks whether it is there", node, f"set {name!r} before the loop")

    @property
    def absent(self) -> set[tuple[int, str]]:
        """Attributes of instances that the program found missing."""
        return self.__dict__.setdefault("_absent", set())

    def object_attribute_or_none(self, base: ObjVal, name: str, node: Any) -> None:
        try:
            self.object_attribute(base, name, node)
        except DifferentiationError:
            pass

    def load_attribute(self, base: ObjVal, name: str, item: Any) -> Any:
        """Read an attribute of a parameter or live object, at the start of the program."""
        wrt = self.wrt_objects.get(base.id, False)
        origin = base.origin
        if isinstance(origin, Ref):
            self.guard_kind(base.live, name)
        return self.parameter_value(item, Op("getattr", (origin,), name=name), name, wrt, caller=True)

    def opened(self, value: Any, cells: dict[Any, Any]) -> Any:
        """An object that was given, with all its attributes in `cells`, as if the program had made it."""
        own = state_of(value.live) if isinstance(value, ObjVal) and value.live is not None else None
        if own is None:
            return value
        outer, self.cells = self.cells, cells
        try:
            for name in own:
                self.object_attribute(value, name, None)
        except DifferentiationError:
            return value
        finally:
            self.cells = outer
        return ObjVal(value.id, value.cls)

    @property
    def wrt_objects(self) -> dict[int, bool]:
        return self.__dict__.setdefault("_wrt_objects", {})

    # --- parameters ----------------------------------------------------------------------------------------------------

    def parameter_value(self, live: Any, op: Op | Var, hint: str, wrt: bool, caller: bool = True) -> Any:
        """The value of a parameter or a part of one. `op` reads it (or is the parameter's variable itself)."""
        if live is None or isinstance(live, (bool, str, bytes)):
            return Lit(live)
        if isinstance(live, int) and type(live) is int and self.static_ints:
            return Lit(live)
        if isinstance(live, _CODE) and not isinstance(live, (np.generic, np.dtype)):
            if isinstance(op, Var):
                return Ref(live, op.hint, None, "$param")
            return Ref(live, getattr(live, "__name__", hint), live, getattr(live, "__module__", None))
        if id(live) in self.param_memo:  # an object that refers back to itself
            return self.param_memo[id(live)]
        value = self._parameter_value(live, op, hint, wrt, caller)
        # Two parameters are two variables, even if this call gives both the same object.
        self.param_memo.pop(id(live), None)
        return value

    @property
    def param_memo(self) -> dict[int, Any]:
        return self.__dict__.setdefault("_param_memo", {})

    static_ints = False
    static_sizes = False

    def read(self, op: Op | Var, t: Type, hint: str, wrt: bool, mutable: bool = False) -> Var:
        if isinstance(op, Var):
            op.type = t
            op.varied = wrt and t.floating
            if mutable:
                op.region = op.region or Region(caller=False)
                self.param_vars.append(op)
            return op
        var = Var(hint, t, wrt and t.floating, True)
        if mutable:
            var.region = Region(caller=False)
            self.param_vars.append(var)
        self.entry.append(Assign(var, op))
        return var

    @property
    def param_vars(self) -> list[Var]:
        return self.__dict__.setdefault("_param_vars", [])

    @property
    def entry(self) -> list[Any]:
        return self.__dict__.setdefault("_entry", [])

    def _parameter_value(self, live: Any, op: Op | Var, hint: str, wrt: bool, caller: bool) -> Any:
        t = type_of_value(live, self.symbols, self.dims)
        if isinstance(live, (int, float, complex, np.generic, np.bool_)):
            if isinstance(live, np.generic) and not isinstance(t, Num):
                return self.read(op, UNKNOWN, hint, False)
            if not isinstance(t, Num):
                return self.closed(live, op, hint, wrt, "pass a plain number")
            return self.read(op, t, hint, wrt)
        if isinstance(live, np.ndarray):
            if not isinstance(t, Arr):
                if wrt and isinstance(live, np.ndarray) and type(live) is not np.ndarray:
                    message = f"{hint!r} is a {type(live).__name__}, a kind of array that is not supported"
                    raise self.unsupported(message, None, "pass a plain np.ndarray")
                return self.read(op, Obj(type(live)), hint, False)
            return self.read(op, t, hint, wrt, mutable=True)
        if isinstance(live, (tuple, list)):
            named = isinstance(live, tuple) and hasattr(live, "_fields")
            if named:
                self.check_named_tuple(type(live), None)
            if type(live) not in (tuple, list) and not named:
                return self.closed(live, op, hint, wrt, f"pass a plain {'list' if isinstance(live, list) else 'tuple'}")
            if isinstance(live, list) and (len(live) > _MAX_STATIC_LIST or hint in self.dynamic_params):
                return self.dynamic_list(live, op, hint, wrt)
            base = self.read(op, t if isinstance(live, tuple) else UNKNOWN, hint, False)
            names = getattr(live, "_fields", ()) if named else [f"{hint}_{i}" for i in range(len(live))]
            items = tuple(
                self.parameter_value(v, Op("getattr", (base,), name=n) if named else Op("getitem", (base, Lit(i))), n, wrt)
                for i, (v, n) in enumerate(zip(live, names))
            )  # fmt: skip
            if isinstance(live, tuple):
                return TupleVal(items, type(live) if named else None)
            site = ("param", hint)
            if site in self.dynamic_sites:
                return self.dynamic_list(live, op, hint, wrt)
            value = ListVal(self.new_id(), site, self.origin_of(base, wrt))
            self.cells[(value.id, "items")] = items
            self.sites[value.id] = site
            if not wrt:
                self.cells[(value.id, "$origin")] = items
            return value
        if type(live) is dict:
            base = self.read(op, Obj(dict), hint, False)
            pairs = tuple(
                (k, self.parameter_value(v, Op("getitem", (base, Lit(k))), k if isinstance(k, str) and k.isidentifier() else f"{hint}_item", wrt))
                for k, v in live.items()
            )  # fmt: skip
            value_d = DictVal(self.new_id(), ("param", hint), self.origin_of(base, wrt))
            self.cells[(value_d.id, "items")] = pairs
            if not wrt:
                self.cells[(value_d.id, "$origin")] = pairs
            return value_d
        if _instance_of_user_class(live):
            base = self.read(op, Obj(type(live)), hint, False)
            obj = ObjVal(self.new_id(), type(live), base, live)
            self.wrt_objects[obj.id] = wrt
            self.param_memo[id(live)] = obj
            self.seed_defaults(obj)
            # All attributes now, before any branch or loop: one that is first read there would be unknown where it ends.
            for name in attribute_names(live):
                if wrt:
                    self.object_attribute(obj, name, None)
                else:
                    self.object_attribute_or_none(obj, name, None)
            return obj
        plain = "dict" if isinstance(live, Mapping) else "list"
        return self.closed(live, op, hint, wrt, f"pass a plain {plain}")

    def closed(self, live: Any, op: Op | Var, hint: str, wrt: bool, advice: str) -> Var:
        """A parameter, or a part of one, that is used as it stands: nothing in it has a derivative, which has to be told where one is asked for."""
        var = self.read(op, Obj(type(live)), hint, False, mutable=not isinstance(live, (int, float, complex)))
        if wrt and holds_floats(live):
            error = self.unsupported(f"{hint!r} is of the type {type(live).__name__}: derivatives by what it holds are not supported", None, advice)
            if isinstance(op, Var):
                raise error
            self.closed_parts.append((var, error))
        return var

    def check_not_closed(self, value: ObjVal, node: Any) -> None:
        """Refuse a differentiated object whose class derives from dict or the like, where it is used as one and holds floats."""
        if isinstance(value.live, (dict, list, set, deque)) and self.wrt_objects.get(value.id) and holds_floats(value.live):
            kind = next(c.__name__ for c in value.cls.__mro__ if c.__module__ in ("builtins", "collections"))
            message = f"derivatives by what an object of the class {value.cls.__name__} holds as a {kind} are not supported"
            raise self.unsupported(message, node, f"pass a plain {kind}")

    @property
    def closed_parts(self) -> list[tuple[Var, DifferentiationError]]:
        """Parts of parameters that hold floats and are not followed, and what to say if the program uses them."""
        return self.__dict__.setdefault("_closed_parts", [])

    def check_named_tuple(self, cls: Any, node: Any) -> None:
        """Refuse a named tuple that is no tuple in what it does: its operators are called, but its items are its fields."""
        own = next((name for name in _OF_TUPLES if isinstance(getattr(cls, name), types.FunctionType)), None)
        if own is not None:
            raise self.unsupported(f"the named tuple {cls.__name__} has {own}() of its own", node, "make it a dataclass, or give the method a name")

    def origin_of(self, base: Var, wrt: bool) -> Var | None:
        """The variable that holds a list or dict of the caller's as it was given, if the program may use it as a whole."""
        if wrt or AS_GIVEN in self.dynamic_sites:
            return None
        base.region = base.region or Region()
        self.given.append(base)
        return base

    @property
    def given(self) -> list[Var]:
        """What `origin_of` returned."""
        return self.__dict__.setdefault("_given", [])

    @property
    def dynamic_params(self) -> set[str]:
        return {s[1] for s in self.dynamic_sites if isinstance(s, tuple) and s and s[0] == "param"}

    def dynamic_list(self, live: list[Any], op: Op | Var, hint: str, wrt: bool) -> Var:
        elem: Type | None = None
        for v in live:
            t = type_of_value(v, self.symbols, self.dims)
            elem = t if elem is None else join(elem, t, self.symbols)
        if isinstance(elem, Num) and elem.ints is not None:
            elem = self.symbols.int()
        return self.read(op, ListT(elem if elem is not None else UNKNOWN), hint, wrt, mutable=True)

    @property
    def dims(self) -> dict[int, Any]:
        return self.__dict__.setdefault("_dims", KnownSizes() if self.static_sizes else {})

    @property
    def ratios(self) -> dict[int, tuple[int, int, int]]:
        """Sizes that are multiples of others in the compiling call, where slices make use of it (see `multiples`)."""
        return self.__dict__.setdefault("_ratios", {})

    def static_constant(self, node: Any, name: str, scope: Any) -> Any:
        """A module-level constant of a file that is read, not run: `G = 2.0 * np.pi`."""
        raise self.unsupported(f"the module-level value {name!r} is not a literal", None, "use --import to run the module")

    # provided by the other parts
    no_iterator: Callable[..., Any]
    constant: Callable[..., Any]
    call_value: Callable[..., Any]
    call_live: Callable[..., Any]
    varied_value: Callable[..., Any]


class KnownSizes(dict[int, Any]):
    """Sizes of arrays that are taken as they are, not as symbols."""

    def __contains__(self, n: object) -> bool:
        return True

    def __missing__(self, n: int) -> Any:
        return literal_dim(n)


def attribute_names(live: Any) -> list[str]:
    if dataclasses.is_dataclass(live):
        return [f.name for f in dataclasses.fields(live)]
    return list(state_of(live) or {})


def _is_field(live: Any, name: str) -> bool:
    """Whether an attribute is a field of a dataclass: its value is one of the instance, also where it is the default that the class holds."""
    return dataclasses.is_dataclass(live) and any(f.name == name for f in dataclasses.fields(live)) and hasattr(live, name)


STATE = ("state outside",)
AS_GIVEN = ("containers as given",)  # a site: lists and dicts of the caller hold arrays that are copied, so they are made anew where they are used
_STORES = frozenset({"STORE_GLOBAL", "STORE_SUBSCR", "STORE_ATTR", "DELETE_GLOBAL", "DELETE_SUBSCR", "DELETE_ATTR"})


def enters_and_changes(obj: Any) -> bool:
    """Whether `with` of this, or of what it makes, runs code of the user's that stores to objects."""
    cls = obj if isinstance(obj, type) else type(obj)
    codes = [f.__code__ for f in (getattr_static(cls, "__enter__"), getattr_static(cls, "__exit__")) if isinstance(f, types.FunctionType)]
    if isinstance(obj, types.FunctionType) and obj.__code__.co_filename == contextlib.__file__:  # made by contextlib.contextmanager
        codes += [f.__code__ for f in (getattr(obj, "__wrapped__", None),) if isinstance(f, types.FunctionType)]
    if str(cls.__module__ or "").split(".")[0] in sys.stdlib_module_names and not isinstance(obj, types.FunctionType):
        return False
    return any(i.opname in _STORES for code in codes for i in dis.get_instructions(code))


def getattr_static(cls: Any, name: str) -> Any:
    """What a class holds under a name, as it is there."""
    found = class_attribute(cls, name)
    return None if found is None else found[0]


def user_method(cls: Any, name: str, method: str) -> Any:
    """The method of a descriptor that a class holds under `name`, if it is written in Python; else None."""
    item = getattr_static(cls, name)
    if item is None or isinstance(item, (property, functools.cached_property, functools.partialmethod, types.FunctionType, type)):
        return None
    found = getattr_static(type(item), method)
    return found if isinstance(found, types.FunctionType) else None


def _nothing(self: Any = None, *args: Any, **kwargs: Any) -> None:
    return None


def _plain(o: Any) -> bool:
    return o is None or isinstance(o, (bool, str, int, float, complex, np.generic, np.ndarray, type)) or (
        type(o) is tuple and all(_plain(i) for i in o)
    )


def _instance_of_user_class(live: Any) -> bool:
    cls = type(live)
    module = (getattr(cls, "__module__", "") or "").split(".")[0]
    return state_of(live) is not None and module not in ("builtins", "numpy", "scipy", "pandas", "collections") and not isinstance(live, type)


__all__ = ["Effect", "Objects", "attribute_names", "literal_dim", "type_of"]
