"""Lowering of expressions."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from ..analysis import infer
from ..analysis.types import (
    BOOL,
    INT,
    NONE,
    STR,
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    is_mutable,
    literal_dim,
)  # fmt: skip
from ..errors import AmbiguousMemoryError, DifferentiationError, NameResolutionError
from ..ir.nodes import BINARY, COMPARE, OPERATORS, Assign, If, Lit, Op, Raise, Ref, Region, Store, Var
from .laziness import takes_at_once
from .lower import Core, Restart, _refresh, type_of
from .run_time_lists import known_slice
from .statements import BINOPS
from .values import (
    ArrayMethod,
    Bound,
    ChoiceVal,
    DictVal,
    EnumVal,
    FuncVal,
    KeysVal,
    KnownVal,
    ListVal,
    ObjVal,
    Partial,
    Poison,
    RangeVal,
    ReversedVal,
    SetVal,
    SliceVal,
    SuperVal,
    TupleVal,
    ZipVal,
    is_atom,
)  # fmt: skip

COMPARES = {
    "Lt": "lt", "LtE": "le", "Eq": "eq", "NotEq": "ne", "Gt": "gt", "GtE": "ge", "Is": "is_", "IsNot": "is_not",
    "In": "in_", "NotIn": "not_in",
}  # fmt: skip
_NUMERIC = (Num, Arr)
UNARYOPS = {"USub": "neg", "UAdd": "pos", "Invert": "invert"}
_DUNDER = {
    "add": "__add__", "sub": "__sub__", "mul": "__mul__", "truediv": "__truediv__", "pow": "__pow__",
    "matmul": "__matmul__", "mod": "__mod__", "floordiv": "__floordiv__",
}  # fmt: skip


def _numeric(value: Any) -> bool:
    """Whether this is a variable that certainly is a number or an array."""
    return type(value) is Var and isinstance(value.type, _NUMERIC)


class Expressions(Core):
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
                        if frame is self.frame:
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

    def starred_items(self, elements: list[Any], node: Any) -> tuple[Any, ...]:
        items: list[Any] = []
        for e in elements:
            if isinstance(e, gast.Starred):
                inner = self.sequence_items(self.expr(e.value), None, e)
                if inner is None:
                    raise self.unsupported("the length of the unpacked sequence is not known", e)
                items += inner
            else:
                items.append(self.expr(e))
        return tuple(items)

    def expr_Tuple(self, node: Any) -> Any:
        return TupleVal(self.starred_items(node.elts, node))

    def expr_List(self, node: Any) -> Any:
        return self.make_list(self.starred_items(node.elts, node), node)

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
        return SetVal(tuple(dict.fromkeys(k.value for k in keys)), site)  # type: ignore[union-attr]

    def site(self, node: Any) -> Any:
        return (*(f.id if f is self.frames[0] else (f.name, f.extra.get("call")) for f in self.frames),
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
                pairs.append((key, self.expr(v)))
            else:
                pairs.append((const.value, self.expr(v)))
        if not known:
            if any(k is None for k, _ in pairs):
                raise self.unsupported("** of a dict whose keys are not known", node)
            atoms = []
            for k, v in pairs:
                atoms += [self.atom(k) if not isinstance(k, (str, int, float, bool, tuple)) else Lit(k), self.atom(v)]
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

    # --- comprehensions ----------------------------------------------------------------------------------------------

    def expr_ListComp(self, node: Any) -> Any:
        return self.comprehension(node, node.generators, lambda: self.expr(node.elt))

    def expr_GeneratorExp(self, node: Any) -> Any:
        return self.computed_early(lambda: self.expr_ListComp(node), node)

    def expr_SetComp(self, node: Any) -> Any:
        value = self.comprehension(node, node.generators, lambda: self.expr(node.elt))
        return self.emit(Op("call", (self.atom(value),), fn=self.builtin("set")), Obj(set), "items")

    def expr_DictComp(self, node: Any) -> Any:
        value = self.comprehension(node, node.generators, lambda: TupleVal((self.expr(node.key), self.expr(node.value))))
        items = self.sequence_items(value, None, node)
        if items is not None:
            pairs = []
            for item in items:
                key = self.constant_key(item.items[0]) if isinstance(item, TupleVal) else None
                if key is None:
                    break
                pairs.append((key.value, item.items[1]))
            else:
                site = self.site(node)
                value = self.new_dict(tuple(pairs), site)
                self.sites[value.id] = site
                return value
        raise self.unsupported("a dict comprehension with keys that are not known", node)

    def comprehension(self, node: Any, generators: list[Any], element: Callable[[], Any]) -> Any:
        """A comprehension is a loop that appends; its targets live in the frame under names of their own."""
        names = [n.id for g in generators for n in gast.walk(g.target) if isinstance(n, gast.Name)]
        frame = self.frame
        hidden = {n: self.cells.pop((frame.id, n)) for n in names if (frame.id, n) in self.cells}
        saved_locals = frame.locals
        frame.locals = frame.locals | frozenset(names)
        try:
            out: list[Any] = []
            if self.static_comprehension(generators, element, out):
                return self.make_list(tuple(out), node)
            result = self.run_time_list((), "items")
            self.dynamic_comprehension(list(generators), element, result, node)
            return result
        finally:
            frame.locals = saved_locals
            for n in names:
                self.cells.pop((frame.id, n), None)
            for n, v in hidden.items():
                self.cells[(frame.id, n)] = v

    def static_comprehension(self, generators: list[Any], element: Callable[[], Any], out: list[Any]) -> bool:
        """Unroll over compile-time values, if every iterable is one and every condition is known."""
        state = (self.cells, len(self.block.stmts), self.count)
        self.cells = dict(self.cells)

        def visit(i: int) -> bool:
            if i == len(generators):
                out.append(element())
                return True
            g = generators[i]
            value = self.expr(g.iter)
            items = self.unrollable(self.iterable(value, g.iter), limit=64)
            if items is None:
                return False
            k = -1
            while (k := k + 1) < len(items):
                items = self.items_now(value, items, 64, g.iter) if k else items
                if k == len(items):
                    break
                self.assign(g.target, items[k])
                keep = True
                for cond in g.ifs:
                    test = self.test(cond)
                    if not isinstance(test, bool):
                        return False
                    keep = keep and test
                if keep and not visit(i + 1):
                    return False
            return True

        if visit(0):
            return True
        self.cells, n, self.count = state
        del self.block.stmts[n:]
        out.clear()
        return False

    def dynamic_comprehension(self, generators: list[Any], element: Callable[[], Any], result: Var, node: Any) -> None:
        if not generators:
            self.list_append(result, element(), node)
            return
        g, rest = generators[0], generators[1:]
        value = self.expr(g.iter)
        iterable = self.iterable(value, g.iter)

        def start(loop: Any) -> None:
            self.assign(g.target, self.element(iterable, loop, g.target))

        def body(loop: Any) -> Any:
            self.filtered(list(g.ifs), lambda: self.dynamic_comprehension(rest, element, result, node))
            for n in gast.walk(g.target):
                if isinstance(n, gast.Name):
                    self.cells.pop((self.frame.id, n.id), None)
            return None

        items = self.unrollable(iterable)
        if items is not None:
            k = 0
            while k < len(items):
                self.assign(g.target, items[k])
                self.filtered(list(g.ifs), lambda: self.dynamic_comprehension(rest, element, result, node))
                items, k = self.items_now(value, items, 4, g.iter), k + 1
            return
        self.check_length_kept(iterable, self.loop(start, body).body, g.iter)

    def filtered(self, conditions: list[Any], run: Callable[[], None]) -> None:
        if not conditions:
            run()
            return
        test = self.test(conditions[0])
        if isinstance(test, bool):
            if test:
                self.filtered(conditions[1:], run)
            return
        self.branch(test, lambda: self.filtered(conditions[1:], run), lambda: None)

    # --- operators ---------------------------------------------------------------------------------------------------

    def expr_BinOp(self, node: Any) -> Any:
        return self.binary(BINOPS[type(node.op).__name__], self.expr(node.left), self.expr(node.right), node)

    def binary(self, kind: str, a: Any, b: Any, node: Any) -> Any:
        if _numeric(a) and _numeric(b):
            return self.operate(kind, (a, b), node)
        if isinstance(a, Lit) and isinstance(b, Lit) and not _float(a) and not _float(b) and _small(kind, a.value, b.value):
            try:
                value = BINARY[kind](a.value, b.value)
            except Exception as err:
                raise self.unsupported(f"this operation always fails: {err}", node) from None
            if isinstance(value, (int, str, bool)) or value is None:
                return Lit(value)
        if isinstance(a, KeysVal) or isinstance(b, KeysVal):
            a, b = self.as_set(a, node), self.as_set(b, node)
        if isinstance(a, SetVal) and isinstance(b, SetVal) and kind in ("sub", "and_", "or_", "xor"):
            return SetVal(tuple(sorted(BINARY[kind](set(a.items), set(b.items)), key=repr)), self.site(node))
        if isinstance(a, TupleVal) and isinstance(b, TupleVal) and kind == "add":
            return TupleVal(a.items + b.items)
        if isinstance(a, ListVal) and isinstance(b, ListVal) and kind == "add":
            return self.make_list(self.items(a) + self.items(b), node)
        joined = self.binary_of_lists(kind, a, b, node)
        if joined is not None:
            return joined
        if kind == "mul":
            for seq, n in ((a, b), (b, a)):
                if isinstance(seq, (TupleVal, ListVal)) and isinstance(n, Lit) and isinstance(n.value, int):
                    if n.value * len(self.items(seq)) <= 64:
                        items = self.items(seq) * n.value
                        return TupleVal(items) if isinstance(seq, TupleVal) else self.make_list(items, node)
        operand = self.object_operator(kind, a, b, node)
        if operand is not None:
            return operand
        if isinstance(a, Lit) and isinstance(a.value, str) and kind == "mod":
            parts = self.items(b) if isinstance(b, TupleVal) else (b,)
            return self.spelled(self.emit(Op("mod", (a, self.atom(b))), STR, varied=False), parts) if parts is not None else None
        return self.operate(kind, (self.atom(a), self.atom(b)), node)

    def object_operator(self, kind: str, a: Any, b: Any, node: Any) -> Any:
        """An operator of a user's class; None where neither operand has one."""
        plain, reflected = _DUNDER.get(kind, ""), _DUNDER.get(kind, "").replace("__", "__r", 1)
        turns = [(a, b, plain), (b, a, reflected)]
        if isinstance(a, ObjVal) and isinstance(b, ObjVal):
            if a.cls is b.cls:
                turns.pop()
            elif issubclass(b.cls, a.cls) and getattr(b.cls, reflected, None) is not getattr(a.cls, reflected, None):
                turns.reverse()  # the subclass is asked first
        asked = False
        for this, other, name in turns:
            if isinstance(this, ObjVal) and name and hasattr(this.cls, name):
                value = self.call_value(self.get_attribute(this, name, node), [other], {}, node)
                if getattr(value, "value", getattr(value, "obj", None)) is not NotImplemented:
                    return value
                asked = True
        if asked:
            raise self.unsupported(f"neither operand of this operator knows the other: {plain} gives NotImplemented", node, "convert one of them")
        return None

    def operate(self, kind: str, atoms: tuple[Any, ...], node: Any) -> Var:
        """Apply an operator to atoms."""
        fn = OPERATORS[kind]
        types = [type_of(a) for a in atoms]
        if all(isinstance(t, (Num, Arr, ListT, TupleT)) for t in types):
            self.unify(atoms, contract=kind == "matmul")
            t = infer.run(fn, [self.sampled(a) for a in atoms], {}, self.symbols)
            if t is UNKNOWN and any(isinstance(x, Arr) for x in types) and all(isinstance(x, (Arr, Num)) for x in types):
                t = infer._fallback(_UFUNCS.get(kind, np.add), types)
                if kind == "matmul":  # of two vectors it is a number
                    ranks = [len(x.shape) if isinstance(x, Arr) and x.shape is not None else None for x in types]
                    dtype = getattr(t, "dtype", None)
                    if not any(r is not None and r > 1 for r in ranks):
                        t = Num(dtype, False) if ranks == [1, 1] and dtype is not None else UNKNOWN
        elif any(isinstance(x, Obj) and x.cls is str for x in types):
            t = STR
        else:
            t = UNKNOWN
            if any(isinstance(x, Obj) and x.cls not in (np.ndarray,) and not self._operable(x.cls) for x in types) and any(
                self.varied(a) for a in atoms
            ):
                bad = next(x.cls.__name__ for x in types if isinstance(x, Obj))
                raise self.unsupported(f"an operation on a {bad} and a differentiated value", node)
        if isinstance(t, Num) and t.dtype.kind in "iu" and t.ints is None:
            t = self.symbols.int(t.py)
        return self.emit(Op(kind, atoms), t, fresh=True)

    def _operable(self, cls: type) -> bool:
        return False

    def expr_UnaryOp(self, node: Any) -> Any:
        name = type(node.op).__name__
        if name == "Not":
            test = self.test(node.operand)
            if isinstance(test, bool):
                return Lit(not test)
            return self.emit(Op("not_", (test,)), BOOL, "negated", varied=False)
        value = self.expr(node.operand)
        kind = UNARYOPS[name]
        if isinstance(value, Lit) and isinstance(value.value, (int, float, complex)):
            return Lit(OPERATORS[kind](value.value))
        if isinstance(value, ObjVal):
            method = {"neg": "__neg__", "pos": "__pos__", "invert": "__invert__"}[kind]
            return self.call_value(self.get_attribute(value, method, node), [], {}, node)
        return self.operate(kind, (self.atom(value),), node)

    def expr_Compare(self, node: Any) -> Any:
        left = self.expr(node.left)
        if len(node.ops) == 1:
            return self.compare(COMPARES[type(node.ops[0]).__name__], left, self.expr(node.comparators[0]), node)

        # a < b < c: the middle is computed once, the second comparison only if the first holds
        def chain(i: int, left: Any) -> Any:
            right = self.expr(node.comparators[i])
            first = self.compare(COMPARES[type(node.ops[i]).__name__], left, right, node)
            if i == len(node.ops) - 1:
                return first
            return self.both(first, lambda: chain(i + 1, right), True)

        return chain(0, left)

    def compare(self, kind: str, a: Any, b: Any, node: Any) -> Any:
        if kind in ("is_", "is_not"):
            known = self.identical(a, b)
            if known is not None:
                return Lit(known if kind == "is_" else not known)
            return self.emit(Op(kind, (self.atom(a), self.atom(b))), BOOL, "same", varied=False)
        if kind in ("in_", "not_in"):
            known = self.contains(a, b)
            if known is not None:
                return Lit(known if kind == "in_" else not known)
            return self.emit(Op(kind, (self.atom(a), self.atom(b))), BOOL, "found", varied=False)
        if isinstance(a, (KeysVal, SetVal)) and isinstance(b, (KeysVal, SetVal)):
            return Lit(bool(COMPARE[kind](set(self.as_set(a, node).items), set(self.as_set(b, node).items))))
        ca, cb = self.constant(a), self.constant(b)
        if ca is not None and cb is not None:
            try:
                result = COMPARE[kind](ca.value, cb.value)
                if isinstance(result, bool):
                    return Lit(result)
            except Exception as err:
                raise self.unsupported(f"this comparison always fails: {err}", node) from None
        if kind in ("eq", "ne"):
            ta, tb = type_of(a) if is_atom(a) else None, type_of(b) if is_atom(b) else None
            if (ta == NONE) != (tb == NONE) and _certain(ta) and _certain(tb):
                return Lit(kind == "ne")
            if ta == STR and isinstance(tb, Num) or tb == STR and isinstance(ta, Num):
                return Lit(kind == "ne")
        if isinstance(a, ObjVal) and hasattr(a.cls, "__eq__") and a.cls.__eq__ is not object.__eq__:
            raise self.unsupported("comparing objects is not supported", node)
        aa, ab = self.atom(a), self.atom(b)
        types = [type_of(aa), type_of(ab)]
        t: Type = UNKNOWN
        if all(isinstance(x, (Num, Arr)) for x in types):
            self.unify((aa, ab))
            t = infer.run(COMPARE[kind], [self.sampled(aa), self.sampled(ab)], {}, self.symbols)
            if t is UNKNOWN:
                t = Arr(np.dtype(bool), None)
        elif any(x in (STR, NONE) for x in types):
            t = BOOL
        return self.emit(Op(kind, (aa, ab)), t, "test", varied=False, fresh=True)

    def as_set(self, v: Any, node: Any) -> Any:
        """The set of the keys of a dict."""
        return SetVal(tuple(i.value for i in v.items), self.site(node)) if isinstance(v, KeysVal) else v

    def constant(self, v: Any) -> Lit | None:
        if isinstance(v, Lit):
            return v
        if isinstance(v, (TupleVal, ListVal)):
            parts = [self.constant(i) for i in self.items(v)]
            if all(p is not None for p in parts):
                values = [p.value for p in parts]  # type: ignore[union-attr]
                return Lit(tuple(values) if isinstance(v, TupleVal) else values)
        if isinstance(v, Ref) and isinstance(v.obj, (type, np.dtype)):
            return Lit(v.obj)
        return None

    def identical(self, a: Any, b: Any) -> bool | None:
        for x, y in ((a, b), (b, a)):
            if isinstance(y, Lit) and y.value is None:
                if isinstance(x, Lit):
                    return x.value is None
                if isinstance(x, Var):
                    t = x.type
                    if t == NONE:
                        return True
                    if isinstance(t, (Num, Arr, ListT, TupleT)) or (isinstance(t, Obj) and t.cls is not type(None)):
                        return False
                    return None
                if isinstance(x, Ref):
                    return None if x.obj is None else x.obj is None
                return False
        if isinstance(a, Lit) and isinstance(b, Lit) and (isinstance(a.value, bool) or isinstance(b.value, bool)):
            return a.value is b.value
        if isinstance(a, Ref) and isinstance(b, Ref):
            return a.obj is b.obj
        if not is_atom(a) and not is_atom(b):
            if isinstance(a, (ListVal, DictVal, ObjVal)) and type(a) is type(b):
                return bool(a.id == b.id)
        if isinstance(a, Ref) and isinstance(b, Lit) or isinstance(a, Lit) and isinstance(b, Ref):
            return False
        if isinstance(a, Var) and a is b:
            return True
        return None

    def contains(self, item: Any, box: Any) -> bool | None:
        c = self.constant(item)
        if isinstance(box, SetVal):
            return None if c is None else c.value in box.items
        if isinstance(box, KnownVal):
            return None if c is None else c.value in box.obj
        if isinstance(box, DictVal):
            return None if c is None else any(k == c.value for k, _ in self.items(box))
        if isinstance(box, (TupleVal, ListVal)):
            items = [self.constant(i) for i in self.items(box)]
            if c is not None and all(i is not None for i in items):
                return any(i.value == c.value for i in items)  # type: ignore[union-attr]
            if isinstance(item, Var) and item.type == NONE:
                return any(i is not None and i.value is None for i in items) if all(items) else None
            if isinstance(item, Var) and isinstance(item.type, (Num,)) and all(
                i is not None and (isinstance(i.value, str) or i.value is None) for i in items
            ):
                return False
            return None
        if isinstance(box, Lit) and isinstance(box.value, str) and c is not None:
            return c.value in box.value
        if isinstance(box, Ref) and c is not None and isinstance(box.obj, (frozenset, tuple)):
            return c.value in box.obj
        return None

    def expr_BoolOp(self, node: Any) -> Any:
        is_and = isinstance(node.op, gast.And)

        def chain(i: int) -> Any:
            value = self.expr(node.values[i])
            if i == len(node.values) - 1:
                return value
            return self.both(value, lambda: chain(i + 1), is_and)

        return chain(0)

    def both(self, value: Any, rest: Callable[[], Any], is_and: bool) -> Any:
        """`value and rest()` or `value or rest()`."""
        known = self.truth(value)
        if known is not None:
            return rest() if known == is_and else value
        atom = self.atom(value)
        key = (self.frame.id, f"$bool{self.new_id()}")

        def go_on() -> None:
            self.cells[key] = rest()

        def stop() -> None:
            self.cells[key] = atom

        if is_and:
            self.branch(atom, go_on, stop, expr=True)
        else:
            self.branch(atom, stop, go_on, expr=True)
        result = self.cells.pop(key)
        if isinstance(result, Var) and result.hint.startswith("bool"):
            result.hint, result.named = "test", False
        return result

    def expr_IfExp(self, node: Any) -> Any:
        test = self.test(node.test)
        if isinstance(test, bool):
            return self.expr(node.body if test else node.orelse)
        key = (self.frame.id, f"$value{self.new_id()}")

        def then() -> None:
            self.cells[key] = self.expr(node.body)

        def orelse() -> None:
            self.cells[key] = self.expr(node.orelse)

        self.branch(test, then, orelse, expr=True)
        if key not in self.cells:
            return Lit(None)
        result = self.cells.pop(key)
        if isinstance(result, Var) and result.hint.startswith("value"):
            result.hint, result.named = "value", False
        return result

    # --- truth -------------------------------------------------------------------------------------------------------

    def truth(self, value: Any) -> bool | None:
        """Truth of a value, None if it is not known."""
        if isinstance(value, Lit):
            return bool(value.value)
        if isinstance(value, (TupleVal, ListVal, DictVal)):
            return len(self.items(value)) > 0
        if isinstance(value, SetVal):
            return len(value.items) > 0
        if isinstance(value, Ref):
            import types

            if isinstance(value.obj, (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
                return True
            return None
        if isinstance(value, (FuncVal, Bound, Partial)):
            return True
        if isinstance(value, ObjVal):
            if not hasattr(value.cls, "__bool__") and not hasattr(value.cls, "__len__"):
                return True
            return None
        if isinstance(value, Var) and value.type == NONE:
            return False
        return None

    def test(self, node: Any) -> Any:
        """A condition: True, False, or the atom to test."""
        value = self.expr(node)
        known = self.truth(value)
        return known if known is not None else self.atom(value)

    # --- subscripts and attributes -----------------------------------------------------------------------------------

    def expr_Slice(self, node: Any) -> Any:
        start, stop, step = (Lit(None) if n is None else self.expr(n) for n in (node.lower, node.upper, node.step))
        return SliceVal(start, stop, step)

    def expr_Subscript(self, node: Any) -> Any:
        base, flat = self.subscripted(node.value)
        if flat:
            return self.load(base, self.flat_index(base, self.expr(node.slice), node), node)
        return self.get_item(base, self.expr(node.slice), node)

    def subscripted(self, node: Any) -> tuple[Any, bool]:
        """What is subscripted; for `array.flat`, the array, and True."""
        if not isinstance(node, gast.Attribute) or node.attr != "flat":
            return self.expr(node), False
        base = self.expr(node.value)
        return (base, True) if self.has_flat(base) else (self.get_attribute(base, node.attr, node), False)

    def has_flat(self, base: Any) -> bool:
        """Whether a value is an array of known rank, with at least one axis."""
        t = type_of(base) if isinstance(base, Var) else None
        return isinstance(t, Arr) and bool(t.ndim)

    def flat_index(self, base: Var, index: Any, node: Any) -> Any:
        """The index of an array for an index of its `.flat`: quotients and remainders by sizes, for negative ones, too."""
        rank = base.type.ndim  # type: ignore[attr-defined]
        t = type_of(index)
        if not isinstance(t, Num):
            size = self.get_attribute(base, "size", node)
            counted = self.primitive(Ref(np.arange, "np.arange", np), [size], {}, node)
            index = self.get_item(counted, index, node)
        if rank == 1:
            return index
        shape = self.get_attribute(base, "shape", node)
        parts = []
        for axis in range(rank - 1, -1, -1):
            if axis == 0:
                parts.append(index)
                break
            n = self.get_item(shape, Lit(axis), node)
            parts.append(self.binary("mod", index, n, node))
            index = self.binary("floordiv", index, n, node)
        return TupleVal(tuple(reversed(parts)))

    def expr_Attribute(self, node: Any) -> Any:
        base = self.expr(node.value)
        if node.attr == "flat" and self.has_flat(base):
            self.stops.append((base, self.error(
                AmbiguousMemoryError, ".flat of an array that is stored to", node, "index it, as in a.flat[i], or use a.flatten()")))
            return self.primitive(Ref(np.ndarray.flatten, "np.ndarray.flatten", np), [base], {}, node, method="flatten")
        return self.get_attribute(base, node.attr, node)

    def expr_Starred(self, node: Any) -> Any:
        raise self.unsupported("this starred expression is not supported", node)

    def get_item(self, base: Any, index: Any, node: Any) -> Any:
        if isinstance(base, (TupleVal, ListVal)):
            items = self.items(base)
            if isinstance(index, Lit) and isinstance(index.value, int):
                try:
                    return items[index.value]
                except IndexError:
                    raise self.unsupported(f"index {index.value} is out of range", node) from None
            if isinstance(index, SliceVal):
                parts = [index.start, index.stop, index.step]
                if all(isinstance(p, Lit) for p in parts):
                    chosen = items[slice(*(p.value for p in parts))]
                    return TupleVal(chosen) if isinstance(base, TupleVal) else self.make_list(chosen, node)
            for item in items:  # which of them it is only the run can tell: they have to be run-time lists
                self.kept(item)
            if isinstance(base, TupleVal) and not isinstance(index, SliceVal) and items and all(
                is_atom(i) and isinstance(type_of(i), ListT) for i in items
            ):
                return self.get_item(self.run_time_list(items), index, node)
            return self.get_item(self.atom(base), index, node)
        if isinstance(base, DictVal):
            key = self.constant_key(index)
            if key is not None:
                for k, v in self.items(base):
                    if k == key.value:
                        return v
                self.missing_key(base, key, node)
            if not is_atom(index):
                raise self.unsupported("a dict is indexed by a computed container", node)
            if not all(is_atom(v) and not isinstance(type_of(v), Obj) for _, v in self.items(base)):
                return ChoiceVal(index, self.items(base))
            if not self.varied_value(base):
                return self.emit(Op("getitem", (self.atom(base), self.atom(index))), UNKNOWN, "item", varied=False)
            return self.choose(index, self.items(base), lambda v: v, node)
        if isinstance(base, ObjVal):
            if isinstance(base.live, Mapping) and isinstance(base.origin, Ref):
                found = self.live_item(base.origin, index, node)
                if found is not None:
                    return found
            return self.call_value(self.get_attribute(base, "__getitem__", node), [index], {}, node)
        if isinstance(base, Lit) and isinstance(base.value, str) and isinstance(index, Lit):
            return Lit(base.value[index.value])
        if isinstance(base, Ref):
            found = self.live_item(base, index, node)
            if found is not None:
                return found
        if self.varied_value(index) and not isinstance(type_of(base), (Arr, ListT, TupleT, Num)):
            method = getattr(type(base.obj), "__getitem__", None) if isinstance(base, Ref) else None
            if not isinstance(method, types.FunctionType):
                raise self.unsupported("it is not known how this depends on its index", node)
            return self.call_value(Bound(Ref(method, "__getitem__", method), self.object_of(base.obj, base)), [index], {}, node)
        return self.load(self.atom(base), index, node)

    def choose(self, key: Any, options: tuple[tuple[Any, Any], ...], use: Callable[[Any], Any], node: Any) -> Any:
        """`use` of the option whose key equals a run-time key: a chain of branches."""
        place = (self.frame.id, f"$value{self.new_id()}")

        def take(i: int) -> None:
            if i == len(options):
                error = self.emit(Op("call", (key,), fn=self.builtin("KeyError")), Obj(KeyError), "error", varied=False, fresh=True)
                self.append(Raise(error, None, self.span(node)))
                self.block.diverges = True
                return
            test = self.truth(same := self.compare("eq", key, Lit(options[i][0]), node))

            def found() -> None:
                self.cells[place] = use(options[i][1])

            if test is not None:
                found() if test else take(i + 1)
            else:
                self.branch(self.atom(same), found, lambda: take(i + 1))

        take(0)
        return self.cells.pop(place, Lit(None))

    def missing_key(self, base: Any, key: Any, node: Any) -> None:
        fn = self.builtin("KeyError")
        error = self.emit(Op("call", (Lit(key.value),), fn=fn), Obj(KeyError), "error", varied=False, fresh=True)
        self.append(Raise(error, None, self.span(node)))
        self.block.diverges = True
        raise self.unsupported(f"the key {key.value!r} is not in the dict", node)

    def load(self, base: Any, index: Any, node: Any) -> Any:
        """`base[index]` of a run-time value."""
        t = self.item_type(type_of(base), index)
        atom = self.index_atom(index)
        basic = self.is_basic(index)
        base_type = type_of(base)
        if isinstance(base_type, Arr) and basic is False:
            return self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), fresh=True)
        if isinstance(base_type, ListT) and isinstance(index, SliceVal):
            part = self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), view_of=[base] if is_mutable(base_type.elem) else [],
                             varied=self.varied(base) and t.floating)  # fmt: skip
            part.view = False  # a list of its own, of the same items
            return part
        return self.emit(Op("getitem", (base, atom)), t, self.item_hint(base), view_of=[base],
                         varied=self.varied(base) and t.floating)  # fmt: skip

    def item_hint(self, base: Any) -> str:
        return f"{base.hint}_item" if isinstance(base, Var) and base.named else "item"

    def is_basic(self, index: Any) -> bool | None:
        """Whether an index is basic (a view), advanced (a copy: False) or unknown (None)."""
        if isinstance(index, (Lit, SliceVal)):
            return not (isinstance(index, Lit) and isinstance(index.value, bool))
        if isinstance(index, TupleVal):
            parts = [self.is_basic(i) for i in index.items]
            if any(p is False for p in parts):
                return False
            return None if any(p is None for p in parts) else True
        if isinstance(index, ListVal):
            return False
        t = type_of(index)
        if isinstance(t, Num):
            return {"i": True, "u": True, "b": False}.get(t.dtype.kind)  # a truth value is a mask without axes
        if isinstance(t, (Arr, ListT)):
            return False
        if isinstance(t, Obj) and t.cls is slice:
            return True
        return None

    def index_atom(self, index: Any) -> Any:
        return self.atom(index)

    def item_type(self, t: Type, index: Any) -> Type:
        if isinstance(t, TupleT):
            if isinstance(index, Lit) and isinstance(index.value, int) and -len(t.items) <= index.value < len(t.items):
                return t.items[index.value]
            if isinstance(index, SliceVal) and all(isinstance(p, Lit) for p in (index.start, index.stop, index.step)):
                return TupleT(t.items[slice(index.start.value, index.stop.value, index.step.value)])
            return UNKNOWN
        if isinstance(t, ListT):
            if isinstance(index, SliceVal):
                return t
            it = type_of(index)
            elem = _refresh(t.elem, self.loose_dims, self.symbols)
            if isinstance(elem, Num) and elem.ints is not None:
                elem = Num(elem.dtype, elem.py, self.symbols.fresh())
            return elem if isinstance(it, Num) else UNKNOWN
        if isinstance(t, Obj) and t.cls is str:
            return STR
        if isinstance(t, Num) and not t.py:  # x[..., None] of a NumPy scalar
            return infer.run(operator.getitem, [t, self.sampled(index)], {}, self.symbols)
        if not isinstance(t, Arr):
            return UNKNOWN
        return self.array_item_type(t, index)

    def array_item_type(self, t: Arr, index: Any) -> Type:
        parts = list(index.items) if isinstance(index, TupleVal) else [index]
        if t.shape is None or t.dtype is None:
            return Arr(t.dtype, None) if any(isinstance(p, SliceVal) for p in parts) and t.dtype is not None else UNKNOWN
        key: list[Any] = []
        open_slices: list[tuple[int, Any]] = []
        for i, p in enumerate(parts):
            if isinstance(p, SliceVal):
                bounds = (p.start, p.stop, p.step)
                if all(isinstance(b, Lit) for b in bounds):
                    key.append(slice(*(b.value for b in bounds)))
                else:
                    open_slices.append((i, p))
                    key.append(slice(None))
            elif isinstance(p, Lit):
                key.append(0 if type(p.value) is int else p.value)  # which one does not matter, and samples are small
            elif isinstance(p, ListVal):
                items = [self.constant(x) for x in self.items(p)]
                flags = items and all(x is not None and isinstance(x.value, bool) for x in items)
                key.append([x.value for x in items if x is not None] if flags else [0] * len(items))
            else:
                pt = type_of(p)
                if isinstance(pt, Num) and pt.dtype.kind in "iu":
                    key.append(0)
                elif isinstance(pt, Arr) and pt.dtype is not None and pt.dtype.kind == "b" and pt.shape is not None:
                    if len(parts) == 1 and len(pt.shape) <= len(t.shape):
                        size = self.index_memo.setdefault(("mask", p), None) or self.symbols.fresh()
                        self.index_memo[("mask", p)] = size
                        return Arr(t.dtype, (size, *t.shape[len(pt.shape) :]))
                    return Arr(t.dtype, None)
                elif isinstance(pt, Arr) and pt.dtype is not None and pt.shape is not None:
                    key.append(("array", pt))
                else:
                    return UNKNOWN
        if key and all(k == 0 and type(k) is int for k in key):  # an element of an empty array has a type, too
            one = literal_dim(1)
            t = Arr(t.dtype, tuple(one if i < len(key) and 0 in d else d for i, d in enumerate(t.shape)))
        results = []
        marks: list[list[Any]] = [[] for _ in open_slices]
        for k in range(infer.SAMPLES):
            try:
                a = infer.sample(t, k)
                concrete = [np.zeros(tuple(d[k] for d in p[1].shape), int) if isinstance(p, tuple) else p for p in key]
                results.append(a[tuple(concrete)] if isinstance(index, TupleVal) else a[concrete[0]])
                for m, (i, _) in enumerate(open_slices):
                    probe = list(concrete)
                    probe[i] = slice(0, 0)
                    marks[m].append(a[tuple(probe)].shape)
            except Exception:
                return UNKNOWN
        out = infer.abstract(results)
        if open_slices and isinstance(out, Arr) and out.shape is not None:
            shape = list(out.shape)
            for m, (_, p) in enumerate(open_slices):
                axis = next((ax for ax in range(len(shape)) if marks[m][0][ax] != results[0].shape[ax]), None)
                if axis is None:
                    return Arr(t.dtype, None)
                shape[axis] = self.slice_size(out.shape[axis], p)
            return Arr(t.dtype, tuple(shape))
        return out

    def slice_size(self, size: Any, p: SliceVal) -> Any:
        """The size of a slice with computed bounds: one symbol for each (size, bounds)."""

        def part(b: Any) -> Any:
            return ("=", b.value) if isinstance(b, Lit) else (b, getattr(type_of(b), "ints", None))

        parts = (part(p.start), part(p.stop), part(p.step))
        key = (size, *parts)
        if key not in self.index_memo:
            # x[:n] with n the known length of something else is at most that; it stays a symbol of its own
            self.index_memo[key] = self.symbols.fresh(self.actual_slice(size[-1], p))
        return self.index_memo[key]

    def actual_slice(self, size: int, p: SliceVal) -> int:
        """Length of a slice in the call that is compiled for."""
        bounds = []
        for b in (p.start, p.stop, p.step):
            ints = getattr(type_of(b), "ints", None)
            bounds.append(b.value if isinstance(b, Lit) else ints[-1] if ints is not None else None)
        try:
            return len(range(*slice(*bounds).indices(size)))
        except (TypeError, ValueError):
            return size

    def get_attribute(self, base: Any, name: str, node: Any) -> Any:
        if isinstance(base, ObjVal):
            return self.object_attribute(base, name, node)
        if isinstance(base, SuperVal):
            return self.super_attribute(base, name, node)
        if isinstance(base, TupleVal) and base.cls is not None and name in base.cls._fields:
            return base.items[base.cls._fields.index(name)]
        if isinstance(base, (ListVal, DictVal, TupleVal, SetVal)):
            return ArrayMethod(base, name)
        if isinstance(base, KnownVal):
            return KnownVal(base.obj.parameters) if name == "parameters" else ArrayMethod(base, name)
        if isinstance(base, Ref):
            found = self.live_attribute(base, name, node)
            if found is not None:
                return found
        if isinstance(base, (FuncVal, Bound, Partial)):
            if name in ("__name__", "__doc__", "__qualname__", "__module__"):
                return Lit(getattr(base, "name", "function"))
            raise self.unsupported(f"the attribute {name!r} of a function", node)
        atom = self.atom(base)
        t = type_of(atom)
        if isinstance(t, (Arr, Num)) or (t is UNKNOWN and name in _ARRAY_ATTRIBUTES):
            if name == "ndim" and isinstance(t, (Arr, Num)) and (isinstance(t, Num) or t.shape is not None):
                return Lit(0 if isinstance(t, Num) else len(t.shape))  # type: ignore[arg-type]
            if name == "ndim":
                return self.emit(Op("getattr", (atom,), name="ndim"), self.symbols.int(), "ndim", varied=False, fresh=True)
            if name == "shape":
                if isinstance(t, Num):
                    return TupleVal(())
                shape = t.shape if isinstance(t, Arr) else None
                st: Type = TupleT(tuple(Num(np.dtype(int), True, d) for d in shape)) if shape is not None else Obj(tuple)
                return self.emit(Op("getattr", (atom,), name="shape"), st, "shape", varied=False, fresh=True)
            if name == "size":
                size: Type = self.symbols.int()
                if isinstance(t, Arr) and t.shape is not None:
                    size = Num(np.dtype(int), True, tuple(int(np.prod([d[k] for d in t.shape])) for k in range(infer.SAMPLES)))
                if isinstance(t, Num) or isinstance(t, Arr) and t.shape is not None and all(d == literal_dim(d[0]) for d in t.shape):
                    return Lit(size.ints[0] if isinstance(t, Arr) else 1)  # type: ignore[attr-defined]
                return self.emit(Op("getattr", (atom,), name="size"), size, "size", varied=False, fresh=True)
            if name == "dtype" and isinstance(t, (Arr, Num)) and t.dtype is not None:
                return self.known_dtype(self.emit(Op("getattr", (atom,), name="dtype"), Obj(np.dtype), "dtype", varied=False, fresh=True), t.dtype)
            if name in ("itemsize", "nbytes", "strides", "flags", "dtype"):
                return self.emit(Op("getattr", (atom,), name=name), UNKNOWN, name, varied=False, fresh=True)
            if name in ("T", "real", "imag", "mT"):
                return self.array_attribute(atom, name, node)
            if isinstance(t, Num) and t.py and not hasattr(float, name) and not hasattr(int, name):
                raise self.unsupported(f"a Python number has no attribute {name!r}", node)
            return ArrayMethod(atom, name)
        if isinstance(t, TupleT) and name in t.fields:
            return self.load(atom, Lit(t.fields.index(name)), node)
        if isinstance(t, (ListT, TupleT)):
            return ArrayMethod(atom, name)
        if self.varied(atom):
            return ArrayMethod(atom, name)
        return ArrayMethod(atom, name) if t is UNKNOWN or isinstance(t, Obj) else self.emit(
            Op("getattr", (atom,), name=name), UNKNOWN, name, varied=False
        )

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
        self.array_store(atom, index, self.atom(value), aug, node)

    def array_store(self, base: Any, index: Any, value: Any, aug: str | None, node: Any) -> None:
        """A store to run-time memory."""
        if not isinstance(base, Var):
            raise self.error(AmbiguousMemoryError, "a store to an object from outside the function", node, "copy it first, or pass it in")
        t = base.type
        if base.region is None:
            base.region = Region()
        if aug is not None and isinstance(t, Arr) and (self.varied(value) or base.varied):
            # a[i] *= v reads the old value, and with a repeated index only the last result is kept
            if aug not in ("add", "sub", "add.at") or not (index is None or self.is_basic(index)):
                if aug != "add.at":
                    whole = Lit(Ellipsis) if index is None else index
                    old = base if index is None else self.load(base, index, node)
                    new = self.operate(aug, (self.atom(old), value), node)
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
            if value.origin is not None and self.cells.get((value.id, "$origin")) is self.items(value):
                return value.origin
            items = self.items(value)
            atoms = tuple(self.atom(i) for i in items)
            elem: Type | None = None
            for a in atoms:
                elem = type_of(a) if elem is None else self.join_types(elem, type_of(a))
            return self.emit(Op("list", atoms), ListT(elem if elem is not None else UNKNOWN), "items", view_of=[
                a for a in atoms if is_mutable(type_of(a))])  # fmt: skip
        if isinstance(value, DictVal):
            if value.origin is not None and self.cells.get((value.id, "$origin")) is self.items(value):
                return value.origin
            atoms_d: list[Any] = []
            for k, v in self.items(value):
                atoms_d += [Lit(k), self.atom(v)]
            return self.emit(Op("dict", tuple(atoms_d)), Obj(dict))
        if isinstance(value, SliceVal):
            parts = tuple(self.atom(p) for p in (value.start, value.stop, value.step))
            return self.emit(Op("slice", parts), Obj(slice), "part", varied=False, fresh=True)
        if isinstance(value, SetVal):
            return self.emit(Op("set", tuple(map(Lit, value.items))), Obj(set), "items", fresh=True)
        if isinstance(value, RangeVal):
            return self.emit(Op("call", (value.start, value.stop, value.step), fn=self.builtin("range")), Obj(range), "steps", varied=False)
        if isinstance(value, ObjVal) and value.origin is not None:
            return value.origin
        if isinstance(value, Poison):
            raise self.poisoned(value)
        what = {"FuncVal": "a local function", "ObjVal": "an object", "Partial": "a partial function", "Bound": "a method"}
        kind = what.get(type(value).__name__, "this value")
        raise self.unsupported(f"{kind} is used where a run-time value is needed", None)

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
    primitive: Callable[..., Any]
    stops: list[Any]
    run_time_list: Callable[..., Any]
    list_append: Callable[..., Any]
    list_store: Callable[..., Any]
    kept: Callable[..., Any]
    hold: Callable[..., Any]
    loose_dims: set[Any]
    assign: Callable[..., Any]
    builtin: Callable[..., Any]
    call_value: Callable[..., Any]
    sequence_items: Callable[..., Any]
    unrollable: Callable[..., Any]
    iterable: Callable[..., Any]
    element: Callable[..., Any]
    object_attribute: Callable[..., Any]
    super_attribute: Callable[..., Any]
    known_dtype: Callable[..., Any]
    object_of: Callable[..., Any]
    live_attribute: Callable[..., Any]
    live_item: Callable[..., Any]
    computed_early: Callable[..., Any]
    check_unchanged: Callable[..., Any]
    taken_at_once: set[int]
    items_now: Callable[..., Any]
    check_length_kept: Callable[..., Any]
    length: Callable[..., Any]
    binary_of_lists: Callable[..., Any]
    augmented: Callable[..., Any]
    array_attribute: Callable[..., Any]


_ARRAY_ATTRIBUTES = frozenset("T real imag shape ndim size dtype mT".split())
_UFUNCS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power, "neg": np.negative,
    "mod": np.mod, "floordiv": np.floor_divide, "and_": np.bitwise_and, "or_": np.bitwise_or, "invert": np.invert,
}  # fmt: skip


def value_items(value: Any) -> Any:
    obj = value.obj if isinstance(value, Ref) else value.value
    return obj if isinstance(obj, dict) else None


def _small(kind: str, a: Any, b: Any) -> bool:
    """Whether a constant may be computed: its size is modest."""
    if kind in ("pow", "lshift") and isinstance(a, int) and isinstance(b, int):
        return b < 0 or b * (a.bit_length() if kind == "pow" else 1) < 4096
    if kind == "mul":
        return not any(isinstance(x, (str, bytes)) and isinstance(y, int) and y * len(x) > 4096 for x, y in ((a, b), (b, a)))
    return True


def _float(lit: Lit) -> bool:
    return isinstance(lit.value, (float, complex))


def _certain(t: Any) -> bool:
    return t is not None and t is not UNKNOWN and type(t) is not Type


__all__ = ["BINARY", "INT", "Assign", "DifferentiationError", "Expressions", "If", "literal_dim"]
