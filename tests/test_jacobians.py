"""Jacobians, Hessians, products with them, sparse ones, and derivatives of derivatives."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import IntegerInputError, UnsupportedSyntaxError
from tests.helpers import aligned_floats, bind, floats_of, with_floats
from tests.programs.case import Case
from tests.test_forward import direction_of
from tests.test_programs import SEED, all_cases

X = np.array([1.1, -0.4, 0.7, 2.0])


def mixed(x: np.ndarray) -> np.ndarray:
    y = np.zeros((2, 3))
    y[0] = x[:3] * x[3]
    y[1, 1:] = np.sin(x[1:3])
    y[1] += x[0]
    return y


def rosenbrock(x: np.ndarray) -> float:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def looped(x: np.ndarray, n: int = 3) -> float:
    y = x.copy()
    for _ in range(n):
        for j in range(1, len(y)):
            y[j] = math.sin(y[j - 1]) * y[j] + 0.3 * x[0]
        if y[0] > 5.0:
            break
    return float(y @ y)


def of_parts(p: dict[str, Any], scale: float) -> float:
    total = 0.0
    for w, b in p["layers"]:
        total += np.sum(np.tanh(w * scale + b) ** 2)
    return total


def numeric(f: Callable[[Any], Any], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """The Jacobian by central differences."""
    columns = []
    for index in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        columns.append((np.asarray(f(moved[0])) - np.asarray(f(moved[1]))) / (2 * step))
    shape = (*np.shape(columns[0]), *x.shape)
    return np.stack(columns, -1).reshape(shape)


@pytest.mark.parametrize("make", [s2sad.jacobian, s2sad.jacfwd, s2sad.jacrev])
def test_shapes_and_numbers(make: Any) -> None:
    found = make(mixed)(X)
    assert found.shape == (2, 3, 4)
    np.testing.assert_allclose(found, numeric(mixed, X), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_structures(mode: str) -> None:
    def f(p: dict[str, Any], s: float) -> dict[str, Any]:
        return {"a": p["u"] * s, "b": (np.sum(p["u"] ** 2), 7)}

    found = s2sad.jacobian(f, wrt=("p", "s"), mode=mode)({"u": X[:2], "k": 3}, 2.0)
    np.testing.assert_allclose(found["a"][0]["u"], 2.0 * np.eye(2))
    np.testing.assert_allclose(found["a"][1], X[:2])
    np.testing.assert_allclose(found["b"][0][0]["u"], 2.0 * X[:2])
    assert found["b"][1] is None and found["a"][0]["k"] is None


def test_the_mode_with_fewer_sweeps() -> None:
    many_out = s2sad.jacobian(lambda x: np.repeat(x, 3))
    many_in = s2sad.jacobian(lambda x: x[:2] * x[2])
    many_out(X)
    many_in(X)
    assert many_out._directions._last is not None and many_out._adjoint._last is None
    assert many_in._directions._last is None and many_in._adjoint._last is not None


def test_many_columns_at_once_are_those_one_by_one() -> None:
    many, single = s2sad.jacfwd(mixed), s2sad.jacfwd(mixed)
    single._batches = False
    np.testing.assert_array_equal(many(X), single(X))
    assert many._batches and single._forward._last is not None
    x = np.linspace(-1.0, 1.0, 150)  # more than fit into one batch
    np.testing.assert_allclose(s2sad.jacfwd(lambda x: x[1:] * x[:-1])(x), np.eye(150)[1:] * x[:-1, None] + np.eye(150)[:-1] * x[1:, None])


def test_value_and_jacobian() -> None:
    value, found = s2sad.value_and_jacobian(mixed)(X)
    np.testing.assert_array_equal(value, mixed(X))
    np.testing.assert_allclose(found, s2sad.jacobian(mixed)(X))


@pytest.mark.parametrize("f", [rosenbrock, looped])
def test_hessians(f: Callable[..., Any]) -> None:
    found = s2sad.hessian(f)(X)
    np.testing.assert_allclose(found, numeric(s2sad.grad(f), X), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found, found.T, rtol=1e-10, atol=1e-10)
    v = np.array([0.3, -1.0, 0.5, 2.0])
    np.testing.assert_allclose(s2sad.hvp(f)(X, v), found @ v, rtol=1e-10)


def test_blocks_of_a_hessian() -> None:
    found = s2sad.hessian(lambda x, y: x * x * y, wrt=("x", "y"))(2.0, 3.0)
    assert [[float(b) for b in row] for row in found] == [[6.0, 4.0], [4.0, 0.0]]


def test_hessian_products_keep_the_structure() -> None:
    rng = np.random.default_rng(0)
    p = {"layers": [(rng.normal(size=3), rng.normal(size=3)) for _ in range(2)]}
    v = {"layers": [(rng.normal(size=3), rng.normal(size=3)) for _ in range(2)]}

    def moved(step: float) -> Any:
        pairs = zip(p["layers"], v["layers"], strict=True)
        return {"layers": [(w + step * dw, b + step * db) for (w, b), (dw, db) in pairs]}

    gradient = s2sad.grad(of_parts)
    found = s2sad.hvp(of_parts)(p, 1.5, v)
    for k in range(2):
        for i in range(2):
            ahead, behind = (gradient(moved(step), 1.5)["layers"][k][i] for step in (1e-5, -1e-5))
            np.testing.assert_allclose(found["layers"][k][i], (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-8)


def test_fourth_derivatives() -> None:
    def f(x: float) -> float:
        y = 1.0
        for _ in range(3):
            y = y * math.exp(0.5 * x)
        return y * x

    def exact(x: float, k: int) -> float:  # of x exp(1.5 x)
        return (1.5**k * x + k * 1.5 ** (k - 1)) * math.exp(1.5 * x)

    d: Any = f
    for k in range(1, 5):
        d = s2sad.grad(d)
        assert d(0.4) == pytest.approx(exact(0.4, k), rel=1e-12)
    d = f
    for k in range(1, 5):
        d = s2sad.jacfwd(d)
        assert float(d(0.4)) == pytest.approx(exact(0.4, k), rel=1e-12)


def cubes(t: np.ndarray) -> float:
    return np.sum(t**3) * t[0]


def cube(t: float) -> float:
    return t**3


def test_inside_differentiated_functions() -> None:
    x = np.array([1.0, 2.0])
    assert s2sad.grad(lambda x: s2sad.jvp(cube, (x,), (x,))[1])(2.0) == pytest.approx(36.0)
    assert s2sad.jvp(lambda x: s2sad.jvp(cube, (x,), (1.0,))[1], (2.0,), (1.0,)) == pytest.approx((12.0, 12.0))
    found = s2sad.grad(lambda x: np.sum(s2sad.hessian(cubes)(x)))(x)
    h = s2sad.hessian(cubes)
    np.testing.assert_allclose(found, numeric(lambda z: np.sum(h(z)), x), rtol=1e-6)
    v = np.array([1.0, 0.5])
    found = s2sad.grad(lambda x: np.sum(s2sad.hvp(cubes)(x, v) ** 2))(x)
    np.testing.assert_allclose(found, numeric(lambda z: np.sum((h(z) @ v) ** 2), x), rtol=1e-6)
    third = s2sad.jacobian(h)(x)
    np.testing.assert_allclose(third, numeric(h, x), rtol=1e-6, atol=1e-6)
    with pytest.raises(UnsupportedSyntaxError, match="use grad or jvp there"):
        s2sad.grad(lambda x: s2sad.vjp(cube, x)[1](1.0)[0])(2.0)


def test_the_decorator_in_forward_mode() -> None:
    @s2sad.differentiate(mode="forward", wrt=("x", "k"))
    def f(x: np.ndarray, k: float) -> float:
        return np.sum(np.sin(x) * k)

    x = np.array([1.0, 2.0])
    x_bar, k_bar = f.grad(x, 2.0)
    np.testing.assert_allclose(x_bar, 2.0 * np.cos(x))
    assert type(k_bar) is float and k_bar == pytest.approx(float(np.sum(np.sin(x))))
    value, _ = f.value_and_grad(x, 2.0)
    assert value == pytest.approx(f(x, 2.0))
    assert f.jvp((x, 2.0), (np.ones(2), None))[1] == pytest.approx(float(np.sum(2.0 * np.cos(x))))
    assert "def f_jvp(x, k, *, x_dot, k_dot)" in f.source
    with pytest.raises(s2sad.errors.NonScalarOutputError):
        s2sad.differentiate(lambda x: x, mode="forward").grad(x)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: s2sad.jacobian(lambda z: z * 1j)(2.0), TypeError, "complex"),
        (lambda: s2sad.jacobian(lambda x: 3)(2.0), TypeError, "holds no numbers"),
        (lambda: s2sad.jacobian(lambda x: x)(2), IntegerInputError, "the integer 2"),
        (lambda: s2sad.jacobian(lambda x: x, mode="sideways"), ValueError, "unknown mode"),
        (lambda: s2sad.hvp(lambda x, y: x * y, wrt=(0, 1))(1.0, 2.0, (1.0,)), TypeError, "2 vectors are needed"),
        (lambda: s2sad.sparse_jacobian(lambda x: x, wrt=(0,)), TypeError, "one parameter"),  # type: ignore[arg-type]
    ],
)
def test_wrong_calls(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# --- sparse -----------------------------------------------------------------------------------------------------------------


def neighbours(x: np.ndarray) -> float:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2) + np.sum(np.sin(x[2:] * x[:-2]))


def arrow(x: np.ndarray) -> np.ndarray:
    y = x**2
    y[0] = np.sum(x)
    y[1:] += x[0]
    y[3] = 0.0
    return y


class TestSparse:
    scipy = pytest.importorskip("scipy.sparse")

    @pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
    def test_hessian(self, n: int) -> None:
        x = np.random.default_rng(n).normal(size=n + 2)
        found = s2sad.sparse_hessian(neighbours)(x)
        np.testing.assert_allclose(found.toarray(), s2sad.hessian(neighbours)(x), rtol=1e-10, atol=1e-12)

    def test_few_sweeps_serve_many_columns(self) -> None:
        made = s2sad.sparse_hessian(neighbours)
        found = made(np.random.default_rng(0).normal(size=1000))
        assert made.colors == 5 and found.nnz <= 5 * 1000

    def test_jacobian_with_a_full_row_and_an_empty_one(self) -> None:
        x = np.arange(1.0, 7.0)
        made = s2sad.sparse_jacobian(arrow)
        np.testing.assert_allclose(made(x).toarray(), s2sad.jacobian(arrow)(x))
        assert made(x).nnz == 6 + 2 * 5 - 2

    def test_of_matrices_and_nothing(self) -> None:
        a = np.arange(6.0).reshape(2, 3)
        found = s2sad.sparse_jacobian(lambda a: np.sin(a).T)(a)
        np.testing.assert_allclose(found.toarray(), s2sad.jacobian(lambda a: np.sin(a).T)(a).reshape(6, 6))
        assert s2sad.sparse_jacobian(lambda a: a * 2.0)(np.zeros(0)).shape == (0, 0)

    def test_what_is_no_array(self) -> None:
        with pytest.raises(TypeError, match="needs an array of floats"):
            s2sad.sparse_jacobian(lambda x: x)(1.0)
        with pytest.raises(TypeError, match="returns an array of floats"):
            s2sad.sparse_jacobian(lambda x: np.sum(x))(np.ones(2))


def test_adjoints_of_joined_arrays_are_views_and_copies() -> None:
    def f(x: np.ndarray, y: np.ndarray, t: float, n: int) -> Any:
        w = y[:2]
        for _ in range(n):
            x = x * np.concatenate([w, [t]])
        return np.sum(x)

    x, y, v = np.array([0.7, -0.4, 1.3]), np.array([1.4, -0.8, 0.3]), np.array([0.2, 1.0, -1.0])
    along = s2sad.hvp(f, ("x", "y", "t"))(x, y, 1.5, 3, (v, v, 0.4))
    gradient = s2sad.grad(f, ("x", "y", "t"))
    ahead, behind = (gradient(x + h * v, y + h * v, 1.5 + 0.4 * h, 3) for h in (1e-5, -1e-5))
    for found, a, b in zip(along, ahead, behind):
        np.testing.assert_allclose(found, (np.asarray(a) - b) / 2e-5, rtol=1e-7, atol=1e-8)


# --- programs ---------------------------------------------------------------------------------------------------------------


def first_cases() -> list[Any]:
    """One case of each program that is not refused."""
    found: dict[Any, Any] = {}
    for parameter in all_cases():
        if not parameter.marks:  # type: ignore[attr-defined]
            case = parameter.values[0]  # type: ignore[attr-defined]
            found.setdefault(case.func, pytest.param(case, id=parameter.id))  # type: ignore[attr-defined]
    return list(found.values())


# by the name of the function, why the product of its Hessian is refused
REFUSED_PRODUCTS = {
    "product_norm": "stores to an argument",  # recursion whose forward part returns an array that it stores to
    "evaluate": "this container was given to a function",  # and so is the gradient by the tree alone, whose variables are given
    "gini": "returns an array that it stores to",  # the same: it saves the array that it sorts in place
}


@pytest.mark.slow
@pytest.mark.parametrize("case", first_cases())
def test_hessian_products_of_programs(case: Case) -> None:
    """Forward over reverse, through tapes, stores and calls."""
    args = case.make_args(np.random.default_rng(SEED))
    name = case.wrt[0]
    parameters = bind(case.func, args)
    place, x = list(parameters).index(name), parameters[name]
    v = direction_of(x, np.random.default_rng(3))
    gradient = s2sad.grad(case.func, wrt=name)

    def moved(step: float) -> np.ndarray:
        there = [*copy.deepcopy(args)]
        there[place] = with_floats(copy.deepcopy(x), floats_of(x) + step * floats_of(v))
        return aligned_floats(x, gradient(*there), name)

    if case.func.__name__ in REFUSED_PRODUCTS:
        with pytest.raises(s2sad.DifferentiationError, match=REFUSED_PRODUCTS[case.func.__name__]):
            s2sad.hvp(case.func, wrt=name)(*copy.deepcopy(args), v)
        return
    expected = (moved(1e-5) - moved(-1e-5)) / 2e-5
    found = aligned_floats(x, s2sad.hvp(case.func, wrt=name)(*copy.deepcopy(args), v), name)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * float(np.max(np.abs(expected), initial=1e-3)))
