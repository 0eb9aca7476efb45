"""Statements that work on arrays or give numbers of them."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, If, Lit, Loop, Op, Push, Ref, Region, Store, Var
from . import estimate, scalars, widths
from .arrays import elementwise
from .gather import Update
from .nodes import NotCompiled
from .products import Products, is_product
from .state import a_noun
from .views import Pending, View

_LIKE: frozenset[Any] = frozenset({np.full_like, np.zeros_like, np.ones_like, np.empty_like})
_FILLED: frozenset[Any] = frozenset({np.zeros, np.ones, np.empty, np.full})
_UNIT: frozenset[Any] = frozenset({np.eye, np.identity})
FEW = 100  # elements of which np.exp() and the like cost as much more, compiled, as a statement on an array costs less


class Statements(Products):
    """The part of the translator that knows assignments and stores."""

    def _attribute(self, target: Var, op: Op) -> None:
        v = self.present(op.args[0])
        if isinstance(v, View) and op.name == "shape":
            self.env[target] = ((v,), "shape")
        elif isinstance(v, View) and op.name == "T":
            self.env[target] = v.transposed()
        elif isinstance(v, View) and op.name == "size" and v.ndim == 1:
            self.env[target] = self._length_of(v, 0, target)
        elif isinstance(v, View) and op.name == "size":
            self._number_of(target, Op("atom", (self._count(self.known_runs(v)),)))
        elif isinstance(v, View) and op.name == "ndim":
            self.env[target] = Lit(v.ndim)
        else:
            raise NotCompiled(f"the attribute {op.name!r}")

    def _length_of(self, view: View, axis: int, target: Var) -> Any:
        run = view.run(axis)
        if run is None:
            return Lit(1)
        if run.whole:
            n = self.size(run.size)
        else:
            n = self._length(run)
        return self._number_of(target, Op("atom", (n,)))

    def _number_of(self, target: Var, op: Op) -> Var:
        var = self.inner(target)
        self.out.stmts.append(Assign(var, op))
        self.made[var] = op
        return var

    def _number(self, target: Var, op: Op) -> None:
        if op.kind == "getitem":
            return self._load(target, op)
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is builtins.len:
            v = self.present(op.args[0])
            if not isinstance(v, View):
                raise NotCompiled("the length of something other than an array")
            self.env[target] = self._length_of(v, 0, target)
            return None
        sums = op.kind == "call" and isinstance(op.fn, Ref) and not op.kwargs
        if sums and op.fn.obj is np.mean and len(op.args) == 1:
            return self.mean_of_all(target, op)
        if op.kind == "call" and _runtime(op) == "count_along":
            return self.count_along(target, op)
        if sums and op.fn.obj is np.sum and len(op.args) == 1:
            return self._sum(target, self.value(op.args[0]))
        if is_product(op) and not op.kwargs:
            return self._inner_product(target, op)
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.trace:
            return self.trace_of(target, op)
        if sums and getattr(op.fn.obj, "__name__", "") == "unbroadcast" and all(isinstance(primal_type(a), Num) for a in op.args):
            self.env[target] = self.number(op.args[0])
            return None
        values = tuple(self.number(a) for a in op.args)
        var = Var(target.hint, scalars.number(target.type), named=target.named)
        plain = widths.fitted(Op(op.kind, values, op.kwargs, op.fn, "", op.data), var, self.emit_op)
        done = scalars.compiled_op(plain, var, self.divisions, self.mixed)
        self.integers.see(var, done)
        self.out.stmts.append(Assign(var, done))
        self.made[var] = done
        self.env[target] = var
        self.work += 1
        return None

    def _load(self, target: Var, op: Op) -> None:
        base, index = self.present(op.args[0]), self.value(op.args[1])
        if isinstance(base, tuple) and len(base) == 2 and base[1] == "shape" and isinstance(index, Lit):
            view = base[0][0]
            self.env[target] = self._length_of(view, index.value % view.ndim, target)
            return
        if isinstance(base, tuple) and isinstance(index, Lit) and type(index.value) is int:
            self.env[target] = base[index.value]
            return
        if not isinstance(base, View):
            raise NotCompiled("an item of something other than an array")
        part = self.part(base, index)
        if part.ndim:
            raise NotCompiled("an array where a number is expected")
        self._number_of(target, Op("getitem", (part.array, self.index(part, []))))
        self.work += 1

    def _sum(self, target: Var, value: Any) -> None:
        if not isinstance(value, (View, Pending)):
            raise NotCompiled("a sum of something other than an array")
        var = Var(target.hint, scalars.number(target.type), named=target.named)
        if var.type.dtype not in scalars.FLOATING:  # type: ignore[attr-defined]
            raise NotCompiled("a sum of integers")
        self.env[target] = self.reduced(value, "add", var)

    def _inner_product(self, target: Var, op: Op) -> None:
        a, b = (self.value(x) for x in op.args)
        if not all(isinstance(v, (View, Pending)) for v in (a, b)) or not len(self.runs(a)) == len(self.runs(b)) == 1:
            raise NotCompiled("a product of arrays that is a number")
        product = Var("product", Arr(target.type.dtype, None))  # type: ignore[attr-defined]
        if op.kind == "call" and op.fn.obj is np.vdot and product.type.dtype == scalars.COMPLEX:  # type: ignore[attr-defined]
            raise NotCompiled("a product of vectors of which one is conjugated")
        self.check_sizes([self.runs(a), self.runs(b)])
        self._sum(target, Pending(Op("mul", (a, b)), product, 1))

    def _array(self, stmt: Assign, stmts: list[Any], k: int) -> None:
        target, op = stmt.target, stmt.op
        if target.type.ndim == 0 and op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.where and len(op.args) == 3:  # type: ignore[attr-defined]
            kind = Num(target.type.dtype, False)  # type: ignore[attr-defined]
            values = tuple(self.number(a) for a in op.args)
            self.env[target] = self.emit_to(Var(target.hint, kind), widths.fitted(Op("ifexp", values), Var("", kind), self.emit_op))
            return None
        self._check_array(target.type, target.hint)
        if op.kind == "getitem":
            base, index = self.present(op.args[0]), self.value(op.args[1])
            if isinstance(base, Pending):
                raise NotCompiled("a part of an array that is not there yet")
            if not isinstance(base, View):
                raise NotCompiled("an item of something other than an array")
            self.env[target] = self.part(base, index).typed(target.type.shape)  # type: ignore[attr-defined]
            return None
        if op.kind == "atom":
            self.env[target] = self.present(op.args[0])
            return None
        if op.kind == "call" and isinstance(op.fn, Ref):
            if _swaps(op):
                v = self.present(op.args[0])
                if isinstance(v, View):
                    self.env[target] = v.transposed()
                    return None
            if self.is_reduction(op):
                return self.over_axes(target, op)
            if _runtime(op) == "restore_axes":
                return self.hold(target, self.spread(target, op), stmts, k)
            if getattr(op.fn.obj, "__name__", "") == "unbroadcast":
                return self._unbroadcast(target, op, stmts, k)
            if _hashable(op.fn.obj) and op.fn.obj in _LIKE and len(op.args) == 1 + (op.fn.obj is np.full_like) and not op.kwargs:
                return self._like(target, op)
            if _hashable(op.fn.obj) and op.fn.obj in _FILLED and not op.kwargs:
                return self._filled(target, op)
            if _hashable(op.fn.obj) and op.fn.obj in _UNIT:
                return self.unit_matrix(target, op)
        if is_product(op):
            self.in_loop("a product of matrices")
            return self.product_array(target, op)
        if self.is_made(op):
            return self.made_matrix(target, op)
        slow = self._few(target, op) if self.loops else None
        done = self._converted(target, op) or slow or self._slow(target, op) or elementwise(op)
        if done is None:
            raise NotCompiled(_called(op))
        if slow is not None:
            self.env[target] = made = self.pending(stmt, done, [self._operand(a) for a in done.args])
            self.do(target, made)
            return None
        self.hold(target, self.pending(stmt, done, [self._operand(a) for a in done.args]), stmts, k)
        return None

    def _few(self, target: Var, op: Op) -> Op | None:
        """`np.exp(x)` and the like of so few elements that the loop is worth compiling all the same; None for other operations."""
        known = op.kind == "call" and isinstance(op.fn, Ref) and not op.kwargs and _hashable(op.fn.obj) and op.fn.obj in scalars.NUMPY
        if not known or op.fn.obj in scalars.CHEAP:
            return None
        shape = target.type.shape or ((0,),)  # type: ignore[attr-defined]
        self.slow += math.prod(max(d[-1], 1) for d in shape)
        return Op("call", op.args, fn=op.fn) if self.slow <= FEW * self._statements else None

    @property
    def _statements(self) -> int:
        """How many operations on arrays the loop nest has."""
        inside = list(ir.walk(Block([self.loops[0]])))
        made = sum(isinstance(s, Assign) and isinstance(s.target.type, Arr) and s.op.kind not in ("getitem", "getattr") for s in inside)
        return made + sum(isinstance(s, (Store, Push)) and isinstance(primal_type(s.value), Arr) for s in inside)

    def _converted(self, target: Var, op: Op) -> Op | None:
        """`x.astype(float)` and the like as an operation on elements; None for other operations."""
        if op.kind != "call" or not isinstance(op.fn, Ref) or op.fn.obj is not np.ndarray.astype or op.kwargs:
            return None
        source, kind = self._operand(op.args[0]), target.type.dtype  # type: ignore[attr-defined]
        if not isinstance(source, (View, Pending)) or kind not in (scalars.FLOAT, scalars.FLOAT32) or _dtype(source) == scalars.COMPLEX:
            return None
        return Op("call", op.args[:1], fn=widths.FLOAT64_OF if kind == scalars.FLOAT else widths.FLOAT32_OF)

    def _slow(self, target: Var, op: Op) -> Op | None:
        """A function of elements that NumPy computes faster, though not so much faster that it pays to leave compiled code for it."""
        n = estimate.elements(target.type)
        if self.loops or not estimate.slow(op) or target.type.dtype != scalars.FLOAT:  # type: ignore[attr-defined]
            return None
        if estimate.loses(op, n) and not self.slow_allowed:
            return None
        return Op(op.kind, op.args, fn=op.fn) if not op.kwargs else None

    def _operand(self, a: Any) -> Any:
        v = self.value(a)
        if isinstance(v, (View, Pending)):
            return v
        return self.number(a)

    def own(self, view: View, target: Var) -> View:
        view.array.region = effects.region_of(target) or Region()
        return View(view.array, view.axes, view.order, view.array.region)

    def _unbroadcast(self, target: Var, op: Op, stmts: list[Any], k: int) -> None:
        value, like = self.value(op.args[0]), self.value(op.args[1])
        if not all(isinstance(v, (View, Pending)) for v in (value, like)):
            raise NotCompiled("a sum over the axes of an array")
        a, b = self.runs(value), self.runs(like)
        if len(a) != len(b) or any(x is None or y is None or not (x.same_length(y)) for x, y in zip(a, b)):
            raise NotCompiled("a sum over some axes of an array")
        if isinstance(value, Pending):
            self.hold(target, Pending(Op("atom", (value,)), target, value.ndim), stmts, k)
        else:
            self.env[target] = value

    def _like(self, target: Var, op: Op) -> None:
        view = self.value(op.args[0])
        if not isinstance(view, (View, Pending)):
            raise NotCompiled(_called(op))
        made = self.own(self.buffer(self.known_runs(view), target.type.dtype, target.hint, hoist=not self._escapes(target)), target)  # type: ignore[attr-defined]
        self.env[target] = made
        if op.fn.obj is not np.empty_like:
            value: Any = Lit(0.0 if op.fn.obj is np.zeros_like else 1.0)
            if op.fn.obj is np.full_like:
                value = self.number(op.args[1])
            dtype = made.array.type.dtype  # type: ignore[attr-defined]
            if dtype not in scalars.FLOATING:
                if op.fn.obj is np.full_like:
                    raise NotCompiled(_called(op))
                self.assign(made, Lit(int(value.value)))
                return
            if _dtype(value) == scalars.COMPLEX != dtype:
                raise NotCompiled(_called(op))
            self.queues[made.array] = [Update(made, value, None, None, True)]

    def _filled(self, target: Var, op: Op) -> None:
        """`np.zeros(n)` and the like: an array of its own in each iteration."""
        shape = self.value(op.args[0])
        sizes = shape if isinstance(shape, tuple) else (shape,)
        fits = target.type.ndim == len(sizes) <= 3 and target.type.dtype == scalars.FLOAT  # type: ignore[attr-defined]
        if not fits or len(op.args) != 1 + (op.fn.obj is np.full):
            raise NotCompiled(_called(op))
        value = [self.number(a) for a in op.args[1:]]
        view = self.made_array(target, sizes)
        if op.fn.obj is not np.empty:
            self.assign(view, value[0] if value else Lit(0.0 if op.fn.obj is np.zeros else 1.0))

    def _escapes(self, target: Var) -> bool:
        """Whether an array may outlive the iteration, or be one of several that are merged."""
        for s in ir.walk(self.unit):
            if isinstance(s, Loop) and any(target in (c.init, c.next) for c in s.carries):
                return True
            if isinstance(s, If) and any(target in (p.then, p.orelse) for p in s.phis):
                return True
            if isinstance(s, Assign) and s.op.kind == "atom" and s.op.args[0] is target:
                return True
        return False

    def _exception(self, target: Var, op: Op) -> None:
        if not all(isinstance(a, Lit) for a in op.args) or op.kwargs or not isinstance(op.fn, Ref) or op.fn.module != "builtins":
            raise NotCompiled("an exception whose message is made when it is raised")
        var = Var(target.hint, target.type)
        self.out.stmts.append(Assign(var, Op("call", op.args, fn=op.fn)))
        self.env[target] = var

    def stmt_Store(self, stmt: Store) -> None:
        base = self.value(stmt.base)
        if not isinstance(base, View):
            raise NotCompiled(f"a store to {a_noun(scalars.describe(primal_type(stmt.base)))}")
        if stmt.aug not in (None, "add", "sub", "mul", "truediv"):
            raise NotCompiled("a store of this form")
        outer = next((o for o, i in self.params.items() if i is base.array), None)
        if outer is not None:
            self.writes[outer] = outer
        view = base if stmt.index is None else self.part(base, self.value(stmt.index))
        if not view.ndim:
            self.before_store(view)
        value = self._operand(stmt.value)
        dtype, given = _dtype(view), _dtype(value)
        if dtype not in scalars.FLOATING and (given != dtype or stmt.aug == "truediv"):
            raise NotCompiled("a store to an array of another type")
        if given == scalars.COMPLEX != dtype or dtype == scalars.COMPLEX and stmt.aug == "truediv":
            raise NotCompiled("a store to an array of another type")
        if stmt.aug == "truediv" and not isinstance(value, Lit):
            self.divisions.silent = True
        if view.ndim:
            return self.update(stmt, view, lambda: self._operand(stmt.value))
        if isinstance(value, (View, Pending)):
            raise NotCompiled("a store of an array to an element")
        if stmt.aug is not None:
            value = self.weak(value, view.array)
        self.out.stmts.append(Store(view.array, self.index(view, []), value, stmt.aug, stmt.span, stmt.role))
        self.work += 1
        return None


def _called(op: Op) -> str:
    if op.kind == "method":
        return f"a call of the method {op.name}()"
    return f"a call of {op.fn.name}()" if isinstance(op.fn, Ref) else f"the operation {op.kind!r} on arrays"


def _runtime(op: Op) -> str:
    """The name of a function of s2sad's own that is called; an empty one for other operations."""
    if not isinstance(op.fn, Ref) or not str(getattr(op.fn.obj, "__module__", "")).startswith("s2sad.runtime"):
        return ""
    return str(op.fn.obj.__name__)


def _swaps(op: Op) -> bool:
    """Whether a call gives the transpose of a matrix."""
    if op.kwargs or not isinstance(op.fn, Ref):
        return False
    if op.fn.obj is np.swapaxes:
        axes = [a.value for a in op.args[1:] if isinstance(a, Lit)]
        matrix = getattr(primal_type(op.args[0]), "ndim", None) == 2
        return matrix and len(axes) == 2 and all(type(k) is int and -2 <= k < 2 for k in axes) and (axes[0] - axes[1]) % 2 == 1
    return op.fn.obj is np.transpose and len(op.args) == 1


def _hashable(f: Any) -> bool:
    try:
        hash(f)
    except TypeError:
        return False
    return True


def _dtype(value: Any) -> Any:
    """The type of a number or of the elements of an array."""
    t: Any = value.array.type if isinstance(value, View) else value.var.type if isinstance(value, Pending) else scalars.type_of(value)
    return t.dtype
