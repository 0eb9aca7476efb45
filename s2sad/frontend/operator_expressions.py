"""Lowering of operators, comparisons, `and`, `or` and conditional expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ..analysis import infer
from ..analysis.types import BOOL, NONE, NOTHING, STR, UNKNOWN, Arr, ListT, Num, Obj, TupleT, Type
from ..ir.nodes import BINARY, COMPARE, OPERATORS, Lit, Op, Ref, Var
from .assignments import BINOPS
from .lower import Core, type_of
from .values import (
    Bound,
    DictVal,
    FuncVal,
    KeysVal,
    KnownVal,
    ListVal,
    ObjVal,
    Partial,
    SetVal,
    TupleVal,
    has_own,
    in_order_of_a_set,
    is_atom,
)

_NUMERIC = (Num, Arr)
_DUNDER = {
    "add": "__add__", "sub": "__sub__", "mul": "__mul__", "truediv": "__truediv__", "pow": "__pow__",
    "matmul": "__matmul__", "mod": "__mod__", "floordiv": "__floordiv__",
}  # fmt: skip
UNARYOPS = {"USub": "neg", "UAdd": "pos", "Invert": "invert"}
COMPARES = {
    "Lt": "lt", "LtE": "le", "Eq": "eq", "NotEq": "ne", "Gt": "gt", "GtE": "ge", "Is": "is_", "IsNot": "is_not",
    "In": "in_", "NotIn": "not_in",
}  # fmt: skip
_UFUNCS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power, "neg": np.negative,
    "mod": np.mod, "floordiv": np.floor_divide, "and_": np.bitwise_and, "or_": np.bitwise_or, "invert": np.invert,
}  # fmt: skip


class OperatorExpressions(Core):
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
            if (site := self.site(node)) not in self.dynamic_sites:
                return SetVal(in_order_of_a_set(BINARY[kind](set(a.items), set(b.items))), site)
        if any(isinstance(v, TupleVal) and v.cls is not None for v in (a, b)):
            operand = self.object_operator(kind, a, b, node)
            if operand is not None:
                return operand
        if isinstance(a, TupleVal) and isinstance(b, TupleVal) and kind == "add":
            return TupleVal(a.items + b.items)
        if isinstance(a, ListVal) and isinstance(b, ListVal) and kind == "add":
            return self.make_list(self.items(a) + self.items(b), node)
        if isinstance(a, DictVal) and isinstance(b, DictVal) and kind == "or_":
            merged = self.new_dict((*self.items(a), *self.items(b)), self.site(node))
            self.sites[merged.id] = merged.site
            return merged
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
        if kind in _DUNDER:
            a, b = self.beside_array(a, b, node)
        return self.operate(kind, (self.atom(a), self.atom(b)), node)

    def object_operator(self, kind: str, a: Any, b: Any, node: Any) -> Any:
        """An operator of a user's class; None where neither operand has one."""
        plain, reflected = _DUNDER.get(kind, ""), _DUNDER.get(kind, "").replace("__", "__r", 1)
        turns = [(a, b, plain), (b, a, reflected)]
        if isinstance(a, (ObjVal, TupleVal)) and isinstance(b, (ObjVal, TupleVal)):
            if a.cls is b.cls:
                turns.pop()
            elif issubclass(b.cls or tuple, a.cls or tuple) and getattr(b.cls, reflected, None) is not getattr(a.cls, reflected, None):
                turns.reverse()  # the subclass is asked first
        asked = False
        for this, other, name in turns:
            if has_own(this, name):
                if name == reflected and isinstance(this, TupleVal) and self.takes_sequences_apart(other):
                    raise self.unsupported("NumPy makes an array of this named tuple before it sees its operator", node, "write it on the left")
                value = self.call_value(self.own_method(this, name, node), [other], {}, node)
                if getattr(value, "value", getattr(value, "obj", None)) is not NotImplemented:
                    return value
                asked = True
        if asked:
            raise self.unsupported(f"neither operand of this operator knows the other: {plain} gives NotImplemented", node, "convert one of them")
        return None

    def own_method(self, value: Any, name: str, node: Any) -> Any:
        """A method that `has_own` found."""
        if isinstance(value, TupleVal):
            method = getattr(value.cls, name)
            return Bound(Ref(method, f"{value.cls.__name__}.{name}", value.cls, value.cls.__module__), value)
        return self.get_attribute(value, name, node)

    def takes_sequences_apart(self, value: Any) -> bool:
        """Whether an operand may be one of NumPy's, to which a tuple is an array."""
        t = type_of(value)
        return is_atom(value) and not isinstance(value, Lit) and not (isinstance(t, Num) and t.py)

    def operate(self, kind: str, atoms: tuple[Any, ...], node: Any) -> Var:
        """Apply an operator to atoms."""
        fn = OPERATORS[kind]
        types = [type_of(a) for a in atoms]
        if all(isinstance(t, (Num, Arr, ListT, TupleT)) for t in types):
            self.unify(atoms, contract=kind == "matmul")
            t = infer.run(fn, [self.sampled(a) for a in atoms], {}, self.symbols)
            if t is UNKNOWN and any(isinstance(x, Arr) for x in types) and all(isinstance(x, (Arr, Num)) for x in types):
                t = infer._fallback(_UFUNCS.get(kind, np.add), types, {})
                if kind == "matmul":  # of two vectors it is a number
                    ranks = [len(x.shape) if isinstance(x, Arr) and x.shape is not None else None for x in types]
                    dtype = getattr(t, "dtype", None)
                    if not any(r is not None and r > 1 for r in ranks):
                        t = Num(dtype, False) if ranks == [1, 1] and dtype is not None else UNKNOWN
        elif any(isinstance(x, Obj) and x.cls is str for x in types):
            t = STR
        else:
            t = UNKNOWN
            if NOTHING not in types and any(isinstance(x, Obj) and x.cls not in (np.ndarray,) and not self._operable(x.cls) for x in types) and any(
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
        method = {"neg": "__neg__", "pos": "__pos__", "invert": "__invert__"}[kind]
        if isinstance(value, ObjVal) or has_own(value, method):
            return self.call_value(self.own_method(value, method, node), [], {}, node)
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
        return SetVal(in_order_of_a_set({i.value for i in v.items}), self.site(node)) if isinstance(v, KeysVal) else v

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
                if a.id != b.id and not self.shared_containers.isdisjoint({a.id, b.id}):
                    raise self.unsupported("it is not known whether this is the same object: one of them may be another one on another path",
                                           None, "compare numbers, or remember which one it is in a variable")  # fmt: skip
                return bool(a.id == b.id)
        if isinstance(a, TupleVal) or isinstance(b, TupleVal):
            if a is b:
                return True
            if all(isinstance(v, (TupleVal, Var)) or isinstance(v, Ref) and isinstance(v.obj, tuple) for v in (a, b)):
                raise self.unsupported("it is not known whether this is the same tuple", None, "compare with ==, or compare numbers")
            return False
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
                return c.value in [i.value for i in items]  # type: ignore[union-attr]
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
        if isinstance(value, TupleVal) and has_own(value, "__bool__"):
            return None
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

    # provided by the other parts
    atom: Callable[..., Any]
    beside_array: Callable[..., Any]
    binary_of_lists: Callable[..., Any]
    call_value: Callable[..., Any]
    expr: Callable[..., Any]
    get_attribute: Callable[..., Any]
    make_list: Callable[..., Any]
    site: Callable[..., Any]
    spelled: Callable[..., Any]


def _numeric(value: Any) -> bool:
    """Whether this is a variable that certainly is a number or an array."""
    return type(value) is Var and isinstance(value.type, _NUMERIC)


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


__all__ = ["COMPARES", "OperatorExpressions", "UNARYOPS"]
