"""Products of matrices and vectors, linear systems and determinants: calls of functions for small matrices (`linear`).

Their operands are arrays in one piece, or transposed ones: rows of tapes and arrays as they are, everything else as a copy. Their
results are arrays of their own, made once before the loop where they do not outlive the iteration.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..analysis.types import Arr, Num, TupleT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Lit, Op, Ref, Var
from . import linear, scalars
from .matrices import Matrices
from .nodes import NotCompiled
from .views import Pending, Run, View

_PRODUCTS: frozenset[Any] = frozenset({np.dot, np.matmul, np.inner, np.vdot, getattr(np.linalg, "matmul", np.matmul)})
_SYSTEMS: frozenset[Any] = frozenset({np.linalg.solve, np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.cholesky})
_HELPERS = frozenset({"cofactors", "cholesky_bar"})
LARGE = 40  # rows from which on LAPACK is faster
MANY = 4096  # multiplications in a product from which on BLAS is much faster


class Products(Matrices):
    """The part of the translator that knows linear algebra."""

    @functools.cached_property
    def linear(self) -> bool:
        """Whether the loop nest has operations on whole matrices."""
        return any(isinstance(s, Assign) and (is_product(s.op) or is_system(s.op)) for s in ir.walk(self.unit))

    def in_loop(self, what: str) -> None:
        """Raise NotCompiled outside loops, where nothing is gained."""
        if not self.loops:
            raise NotCompiled(f"{what} outside a loop, which is not faster compiled", choice=True)

    # --- operands --------------------------------------------------------------------------------------------------------

    def operand(self, a: Any, ndims: tuple[int, ...], dtype: Any) -> View:
        """The array of an atom in one piece, or a transposed one."""
        v = self.present(a)
        if not isinstance(v, (View, Pending)) or v.ndim not in ndims:
            raise NotCompiled("linear algebra with operands of this form")
        if self._kind(v) != dtype:
            raise NotCompiled("linear algebra with operands of several types")
        if isinstance(v, View):
            self.flush_targets(v)
            if self._in_one_piece(v):
                return v
            v = Pending(Op("atom", (v,)), Var(v.array.hint, Arr(dtype)), v.ndim)
        copy = self.compact(self.known_runs(v), dtype, v.var.hint, True)
        self.assign(copy, v)
        return copy

    def _in_one_piece(self, v: View) -> bool:
        """Whether a view is all of an array, or a row of it, as compiled code knows: in the order of C, or transposed."""
        first = next((k for k, p in enumerate(v.axes) if isinstance(p, Run)), len(v.axes))
        natural = tuple(range(first, len(v.axes)))
        if v.order != natural and v.order != natural[::-1] or not all(isinstance(p, Run) and p.whole for p in v.axes[first:]):
            return False
        if self._changes(v.array) and (v.array in self.merged or v.array in self.params.values()):
            return False
        if v.array in self.params.values():
            self.packed[v.array] = None
        elif v.array in self.merged and v.array.region is not None:
            self.whole_operands.add(v.array.region.find())
        return True

    def pack_joined(self) -> None:
        """Let arrays that are handed on be contiguous from the start, if functions take those of their kind as they are."""
        for array in self.joined:
            if array.region is not None and array.region.find() in self.whole_operands:
                self.packed[array] = None

    def _changes(self, array: Var) -> bool:
        return array.region is not None and array.region.find() in self.program.stored

    def spelled(self, v: View) -> Any:
        """The atom of a view that is in one piece."""
        where = [p for p in v.axes if not isinstance(p, Run)]
        a: Any = v.array
        if where:
            index = where[0] if len(where) == 1 else self.emit("tuple", tuple(where), TupleT(()))
            a = self.emit("getitem", (a, index), Arr(v.array.type.dtype, v.array.type.shape[len(where) :]), hint=v.array.hint)  # type: ignore[attr-defined]
        if v.order != tuple(sorted(v.order)):  # type: ignore[type-var]
            a = self.emit("getattr", (a,), Arr(v.array.type.dtype), name="T", hint=v.array.hint)  # type: ignore[attr-defined]
        return a

    # --- results ---------------------------------------------------------------------------------------------------------

    def _run(self, f: Any, *args: Any, steps: int) -> None:
        self.out.stmts.append(Effect(Op("call", args, fn=linear.ref(f))))
        self.work += steps

    # --- products --------------------------------------------------------------------------------------------------------

    def product_array(self, target: Var, op: Op) -> None:
        """A product of which at least one operand is a matrix."""
        if len(op.args) != 2 or op.kwargs:
            raise NotCompiled("a product with arguments of this form")
        dtype = target.type.dtype  # type: ignore[attr-defined]
        if dtype not in scalars.FLOATING:
            raise NotCompiled("a product of integers")
        a, b = (self.operand(x, (1, 2), dtype) for x in op.args)
        inner = op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.inner
        if inner:
            b = b.transposed() if b.ndim == 2 else b
        if a.ndim == 1:
            a, b = b.transposed(), a
        if a.ndim == 1:
            raise NotCompiled("a product of vectors with an array as its result")
        runs = [a.run(0), b.run(1)] if b.ndim == 2 else [a.run(0)]
        out = self.result(target, runs)
        steps = self._trips([r for r in (a.run(0), a.run(1), *runs[1:]) if r is not None])
        if not linear.BLAS and steps > MANY:
            raise NotCompiled("a product of large matrices, which is faster in NumPy")
        large = linear.matmul if b.ndim == 2 else linear.matvec
        small = linear.small_matmul if b.ndim == 2 else linear.small_matvec
        self._run(large if linear.BLAS else small, self.spelled(a), self.spelled(b), out.array, steps=steps)

    # --- systems ---------------------------------------------------------------------------------------------------------

    def system(self, target: Var, op: Op) -> None:
        """`np.linalg.solve` and the like."""
        name = op.fn.obj.__name__
        count = {"solve": 2, "cofactors": 2, "cholesky_bar": 2}.get(name, 1)
        if len(op.args) < count or not all(isinstance(a, Lit) and a.value is False for a in op.args[count:]) or op.kwargs:
            raise NotCompiled(f"a call of {op.fn.name}() with arguments of this form")
        a = self.operand(op.args[0], (2,), scalars.FLOAT)
        n = self._trips([r for r in (a.run(0),) if r is not None])
        if n > LARGE:
            raise NotCompiled(f"{op.fn.name}() of large matrices, which is faster in NumPy")
        getattr(self, f"_{name}")(target, op, a, n)

    def _solve(self, target: Var, op: Op, a: View, n: int) -> None:
        b = self.operand(op.args[1], (1, 2), scalars.FLOAT)
        out = self.result(target, [b.run(k) for k in range(b.ndim)])
        columns = self._trips([r for r in (b.run(b.ndim - 1),) if r is not None]) if b.ndim == 2 else 1
        f = linear.solve if b.ndim == 2 else linear.solve_vector
        self._run(f, self.spelled(a), self.spelled(b), out.array, steps=n * n * (n + columns))

    def _inv(self, target: Var, op: Op, a: View, n: int) -> None:
        self._run(linear.inverse, self.spelled(a), self._square(target, a), steps=2 * n**3)

    def _cholesky(self, target: Var, op: Op, a: View, n: int) -> None:
        self._run(linear.cholesky, self.spelled(a), self._square(target, a), steps=n**3)

    def _cofactors(self, target: Var, op: Op, a: View, n: int) -> None:
        y = self.number(op.args[1])
        self._run(linear.cofactors, self.spelled(a), y, self._square(target, a), steps=2 * n**3)

    def _cholesky_bar(self, target: Var, op: Op, a: View, n: int) -> None:
        y = self.operand(op.args[1], (2,), scalars.FLOAT)
        self._run(linear.cholesky_bar, self.spelled(a), self.spelled(y), self._square(target, y), steps=n**3)

    def _square(self, target: Var, a: View) -> Var:
        return self.result(target, [a.run(0), a.run(1)]).array

    def _det(self, target: Var, op: Op, a: View, n: int) -> None:
        var = self.inner(target)
        self.out.stmts.append(Assign(var, Op("call", (self.spelled(a),), fn=linear.ref(linear.determinant))))
        self.work += n**3

    def _slogdet(self, target: Var, op: Op, a: View, n: int) -> None:
        pair = self.emit("call", (self.spelled(a),), TupleT(()), linear.ref(linear.sign_and_log), hint=target.hint)
        kind = Num(scalars.FLOAT, False)
        self.env[target] = tuple(self.emit("getitem", (pair, Lit(k)), kind, hint=h) for k, h in enumerate(("sign", "logdet")))
        self.work += n**3

    def trace_of(self, target: Var, op: Op) -> None:
        """`np.trace(a)`."""
        var = self.inner(target)
        if len(op.args) != 1 or op.kwargs or var.type.dtype != scalars.FLOAT:  # type: ignore[attr-defined]
            raise NotCompiled("np.trace() with arguments of this form")
        a = self.operand(op.args[0], (2,), scalars.FLOAT)
        self.out.stmts.append(Assign(var, Op("call", (self.spelled(a),), fn=linear.ref(linear.trace))))
        self.work += self._trips([r for r in (a.run(0),) if r is not None])


def is_product(op: Op) -> bool:
    """Whether an operation is a product of matrices or vectors."""
    return op.kind == "matmul" or op.kind == "call" and isinstance(op.fn, Ref) and _in(op.fn.obj, _PRODUCTS)


def is_system(op: Op) -> bool:
    """Whether an operation solves a linear system, or is done as that is done."""
    return op.kind == "call" and isinstance(op.fn, Ref) and (_in(op.fn.obj, _SYSTEMS) or _helper(op) in _HELPERS)


def _helper(op: Op) -> str:
    f = op.fn.obj
    return str(getattr(f, "__name__", "")) if str(getattr(f, "__module__", "")).startswith("s2sad.runtime") else ""


def _in(f: Any, known: frozenset[Any]) -> bool:
    try:
        return f in known
    except TypeError:
        return False


__all__ = ["Products", "is_product", "is_system"]
