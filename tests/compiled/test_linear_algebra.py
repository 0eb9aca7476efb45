"""Loops with products of matrices, linear systems and determinants, compiled."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.compiled import linear
from s2sad.errors import UnsupportedSyntaxError
from tests.compiled.test_programs import assert_same_types, interpreted
from tests.helpers import floats_of

pytest.importorskip("numba")


# --- programs ------------------------------------------------------------------------------------------------------------


def recurrence(A: np.ndarray, b: np.ndarray, x: np.ndarray, n: int) -> float:
    for _ in range(n):
        x = A @ x + b
    return np.sum(x * x)


def congruence(F: np.ndarray, P: np.ndarray, Q: np.ndarray, n: int) -> float:
    for _ in range(n):
        P = F @ P @ F.T + Q
    return np.trace(P @ Q)


def rows(W: np.ndarray, U: np.ndarray, xs: np.ndarray, h: np.ndarray) -> float:
    total = 0.0
    for x in xs:
        h = np.maximum(x @ W + np.dot(h, U), 0.1 * h)
        total += h @ h + np.vdot(h, x @ W)
    return total


def products(A: np.ndarray, B: np.ndarray, x: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        C = np.matmul(A, B.T) - np.inner(x * A, B)
        D = np.dot(np.swapaxes(B, 0, 1), A) + np.outer(x, x @ A.T @ B)
        x = np.inner(D, x) * 0.1 + np.inner(x, D) * 0.2 + x
        total += np.sum(C) + np.sum(D * D)
    return total + np.sum(x)


def systems(A: np.ndarray, b: np.ndarray, n: int) -> float:
    total = 0.0
    M = A
    for _ in range(n):
        x = np.linalg.solve(M, b)
        M = np.linalg.inv(M) + np.linalg.solve(A.T, A) + np.eye(len(A))
        total += x @ b + np.linalg.det(M) + np.trace(M)
    return total


def evidence(K: np.ndarray, y: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        S = K @ K.T + np.eye(len(K))
        L = np.linalg.cholesky(S)
        sign, logdet = np.linalg.slogdet(S)
        total += logdet + 0.1 * sign + np.sum(L * L * L)
        y = np.linalg.solve(L, y)
        total += y @ y
    return total


def stored(A: np.ndarray, x: np.ndarray) -> float:
    A = A.copy()
    for i in range(len(x)):
        A[i] = A[i] + 0.1 * x
        x = A @ x
        A[:, i] *= 0.5
    return np.sum(A) + np.sum(x)


def handed_on(A: np.ndarray, B: np.ndarray, n: int) -> float:
    before = B
    total = 0.0
    for _ in range(n):
        C = A @ B
        total += np.sum(before * C)
        before = B
        B = C.T
    return total + np.sum(B * before)


def chosen(A: np.ndarray, B: np.ndarray, x: np.ndarray, n: int) -> float:
    for k in range(n):
        y = A @ x
        if k % 2 == 0:
            y = B @ y
        else:
            z = y[:]
            y = z
        x = x + 0.1 * y
    return np.sum(x**2)


def parts(A: np.ndarray, x: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        x = A[:, 1:] @ x[1:] + A[1:, :].T @ x[:-1] @ (0.1 * A) + np.inner(x[::2], A[:, ::2])
        total += np.sum(x)
    return total


def inner_loops(As: np.ndarray, x: np.ndarray, n: int) -> float:
    for _ in range(n):
        for A in As:
            x = A.T @ x + 0.1 * np.sum(np.tril(A @ A, -1) + np.diag(x), axis=0) + np.triu(A) @ np.diagonal(A)
    return np.sum(x)


def normalised(A: np.ndarray, x: np.ndarray, tolerance: float) -> float:
    value, change = 0.0, 1.0
    while change > tolerance:
        y = A @ x
        before = value
        value = np.sqrt(y @ y)
        x = y / value
        change = abs(value - before)
    return value


def shape_checked(A: np.ndarray, B: np.ndarray, x: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        total += np.sum(A @ (B @ x))
    return total


def drawn(seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.normal(size=shape)


def cases() -> Iterator[Any]:
    g = drawn()
    for n in (0, 1, 4):
        yield recurrence, (0.4 * g(3, 3), g(3), g(3), n), ("A", "b", "x")
        yield congruence, (0.4 * g(4, 3)[:3], g(3, 3), g(3, 3), n), ("F", "P", "Q")
        yield rows, (g(3, 2), 0.3 * g(2, 2), g(n, 3), g(2)), ("W", "U", "xs", "h")
        yield products, (0.3 * g(4, 3), 0.3 * g(4, 3), 0.3 * g(3), n), ("A", "B", "x")
        yield systems, (g(3, 3) + 3.0 * np.eye(3), g(3), n), ("A", "b")
        yield evidence, (0.4 * g(3, 3), g(3), n), ("K", "y")
        yield handed_on, (0.4 * g(3, 3), g(3, 3), n), ("A", "B")
        yield chosen, (0.4 * g(3, 3), g(3, 3), g(3), n), ("A", "B", "x")
        yield parts, (0.4 * g(4, 4), g(4), n), ("A", "x")
        yield inner_loops, (0.4 * g(2, 3, 3), g(3), n), ("As", "x")
        yield shape_checked, (g(2, 3), g(3, 4), g(4), n), ("A", "B", "x")
    yield stored, (g(3, 3), g(3)), ("A", "x")
    yield normalised, (g(3, 3), g(3), 1e-3), ("A", "x")
    yield recurrence, (0.05 * g(40, 40), g(40), g(40), 3), ("A", "b", "x")  # BLAS
    yield congruence, (0.05 * g(30, 30), g(30, 30), g(30, 30), 3), ("F", "P", "Q")


CASES = [pytest.param(*c, id=f"{c[0].__name__}-{k}") for k, c in enumerate(cases())]


def laid_out(a: Any, layout: str) -> Any:
    """An array with the same elements in another order of memory."""
    if not isinstance(a, np.ndarray) or layout == "C":
        return a
    if layout == "F":
        return np.asfortranarray(a)
    wide = np.empty(tuple(2 * n for n in a.shape), a.dtype)
    part = wide[tuple(slice(None, None, 2) for _ in a.shape)]
    part[...] = a
    return part


def check(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], rtol: float = 1e-12) -> None:
    expected = s2sad.value_and_grad(f, wrt)(*args)
    compiled = s2sad.value_and_grad(f, wrt, backend="numba", strict=True)
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = compiled(*args)
        one, two = floats_of(expected), floats_of(found)
        np.testing.assert_allclose(two, one, rtol=rtol, atol=rtol * np.max(np.abs(one), initial=1e-3))
        assert_same_types(expected[1], found[1])


@pytest.fixture
def in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be compiled runs as it stands; Numba takes seconds for each program."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
@pytest.mark.parametrize(("f", "args", "wrt"), CASES)
def test_to_be_compiled(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], layout: str, in_python: None) -> None:
    check(f, tuple(laid_out(a, layout) for a in args), wrt)


COMPILED = [
    (products, (0.3 * drawn(1)(4, 3), 0.3 * drawn(2)(4, 3), 0.3 * drawn(3)(3), 3), ("A", "B", "x"), "strided"),
    (evidence, (0.4 * drawn(4)(3, 3), drawn(5)(3), 2), ("K", "y"), "F"),
]


@pytest.mark.parametrize(("f", "args", "wrt", "layout"), COMPILED)
def test_compiled(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], layout: str) -> None:
    check(f, tuple(laid_out(a, layout) for a in args), wrt)


@pytest.mark.slow
@pytest.mark.parametrize(("f", "args", "wrt"), CASES[22:])
def test_all_programs_compiled(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...]) -> None:
    for layout in ("strided", "F"):
        check(f, tuple(laid_out(a, layout) for a in args), wrt)


def test_one_compilation_serves_other_sizes() -> None:
    """From small matrices, which loops multiply, to those that BLAS does."""
    compiled = s2sad.value_and_grad(recurrence, ("A", "x"), backend="numba", strict=True)
    plain = s2sad.value_and_grad(recurrence, ("A", "x"))
    g = drawn(6)
    for n, steps in ((3, 4), (40, 3), (2, 0), (5, 1)):
        args = (0.1 * g(n, n), g(n), g(n), steps)
        np.testing.assert_allclose(floats_of(compiled(*args)), floats_of(plain(*args)), rtol=1e-11, atol=1e-12)


# --- types ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 2e-6), (complex, 1e-12)])
def test_other_types_stay_what_they_are(dtype: Any, rtol: float, in_python: None) -> None:
    g = drawn(7)
    args = tuple((0.4 * (g(*s) + 1j * g(*s))).astype(dtype) if dtype is complex else (0.4 * g(*s)).astype(dtype) for s in ((3, 3), (3,), (3,)))
    check(absolute, (*args, 3), ("A", "b", "x"), rtol)


def absolute(A: np.ndarray, b: np.ndarray, x: np.ndarray, n: int) -> float:
    for _ in range(n):
        x = A @ x + b @ A.T
    return np.sum(np.abs(x))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, complex])
def test_other_types_are_compiled(dtype: Any) -> None:
    g = drawn(8)
    args = tuple((0.4 * g(*s)).astype(dtype) for s in ((3, 3), (3,), (3,)))
    check(absolute, (*args, 3), ("A", "b", "x"), 2e-6 if dtype is np.float32 else 1e-12)


def test_operands_of_two_types_stay_with_numpy() -> None:
    compiled = s2sad.grad(recurrence, "A", backend="numba", strict=True)
    with pytest.raises(UnsupportedSyntaxError, match="of several types"):
        compiled(np.ones((2, 2), np.float32), np.ones(2), np.ones(2), 3)


# --- errors --------------------------------------------------------------------------------------------------------------


def solved(A: np.ndarray, b: np.ndarray, n: int) -> float:
    for _ in range(n):
        b = np.linalg.solve(A, b)
    return np.sum(b)


def test_singular_matrices_raise_what_numpy_raises() -> None:
    compiled, plain = s2sad.grad(solved, "b", backend="numba", strict=True), s2sad.grad(solved, "b")
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    for f in (compiled, plain):
        with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
            f(singular, np.ones(2), 2)
        assert np.array_equal(f(singular, np.ones(2), 0), np.ones(2))
    a = np.array([[3.0, 1.0], [1.0, 2.0]])
    np.testing.assert_allclose(compiled(a, np.ones(2), 2), plain(a, np.ones(2), 2), rtol=1e-13)


def grown(A: np.ndarray, x: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        x = A @ x
        total += np.sum(x)
    return total


@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_shapes_that_do_not_fit_are_errors(in_python: None) -> None:
    A, x = drawn(9)(3, 4), np.ones(4)
    compiled, plain = s2sad.grad(grown, "x", backend="numba"), s2sad.grad(grown, "x")
    for n in (0, 1):
        assert np.array_equal(compiled(A, x, n), plain(A, x, n))
    for f in (compiled, plain):
        with pytest.raises(ValueError, match="mismatch in its core dimension"):
            f(A, x, 2)


@pytest.mark.parametrize("f", [linear.solve, linear.solve_vector, linear.inverse, linear.sign_and_log, linear.cholesky])
def test_functions_for_square_matrices_take_no_others(f: Any) -> None:
    args = [np.ones((2, 3)), np.ones((2, 2)), np.ones((2, 2))][: f.__code__.co_argcount]
    with pytest.raises(np.linalg.LinAlgError, match="square"):
        f(*args)


@pytest.mark.parametrize("f", [linear.solve, linear.solve_vector, linear.small_matmul, linear.small_matvec])
def test_functions_check_the_sizes_of_their_operands(f: Any) -> None:
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        f(np.ones((2, 2)), np.ones((3, 2)), np.ones((2, 2)))


def test_matrices_that_are_not_positive_definite_are_errors(in_python: None) -> None:
    def factored(A: np.ndarray, n: int) -> float:
        total = 0.0
        for k in range(n):
            total += np.sum(np.linalg.cholesky((1.0 + k) * A))
        return total

    for f in (s2sad.grad(factored, backend="numba", strict=True), s2sad.grad(factored)):
        with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
            f(np.array([[1.0, 2.0], [2.0, 1.0]]), 2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_so(value: float, in_python: None) -> None:
    A = np.array([[2.0, value], [1.0, 3.0]])
    with np.errstate(all="ignore"):
        one, two = (s2sad.value_and_grad(systems, ("A", "b"), backend=b)(A, np.ones(2), 2) for b in ("numpy", "numba"))
    assert np.array_equal(np.isfinite(floats_of(one)), np.isfinite(floats_of(two)))


def test_large_systems_stay_with_numpy() -> None:
    compiled = s2sad.grad(solved, "b", backend="numba")
    assert "faster in NumPy" in compiled.explain(np.eye(100), np.ones(100), 2)


# --- the functions that are called ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(6))
def test_systems_of_few_equations(n: int) -> None:
    g = drawn(n)
    A, B, out = g(n, n), g(n, 3), np.empty((n, 3))
    square = np.empty((n, n))
    linear.solve(A, B, out)
    np.testing.assert_allclose(out, np.linalg.solve(A, B), rtol=1e-12)
    linear.inverse(A, square)
    np.testing.assert_allclose(square, np.linalg.inv(A), rtol=1e-12)
    sign, logarithm = linear.sign_and_log(A)
    assert sign == np.linalg.slogdet(A)[0]
    np.testing.assert_allclose(logarithm, np.linalg.slogdet(A)[1], rtol=1e-12, atol=1e-13)
    S = A @ A.T + np.eye(n)
    linear.cholesky(S, square)
    np.testing.assert_allclose(square, np.linalg.cholesky(S), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize("singular", [False, True])
def test_adjoints_of_determinants_and_factors(n: int, singular: bool) -> None:
    g = drawn(n)
    A, G, out = g(n, n), g(n, n), np.empty((n, n))
    if singular:
        A[-1] = A[0] if n > 1 else 0.0
    y = 0.0 if singular else np.linalg.det(A)
    linear.cofactors(A, y, out)
    np.testing.assert_allclose(out, s2sad.runtime.cofactors(A, y), rtol=1e-11, atol=1e-13)
    L = np.linalg.cholesky(A @ A.T + np.eye(n))
    linear.cholesky_bar(G, L, out)
    np.testing.assert_allclose(out, s2sad.runtime.cholesky_bar(G, L), rtol=1e-11, atol=1e-13)


# --- text ----------------------------------------------------------------------------------------------------------------


def smoothed(A: np.ndarray, x: np.ndarray, steps: int) -> float:
    total = 0.0
    for _ in range(steps):
        x = A @ x
        total += x @ x
    return total


GOLDEN = '''\
@njit(error_model="numpy")
def smoothed_sweeps(x, steps, A, smoothed_bar):
    A = np.ascontiguousarray(A)
    x = np.ascontiguousarray(x)
    # forward sweep
    x_tape = np.empty((max(steps, 0), len(x)))
    k1 = max(steps, 0)
    x_tape1 = np.empty((k1, len(A)))
    x1 = x
    for k in range(steps):
        for i in range(len(x)):
            x_tape[k, i] = x1[i]
        x2 = np.empty(len(A))
        matvec(A, x1, x2)
        for i in range(len(x)):
            x_tape1[k, i] = x2[i]
        x1 = x2
    # reverse sweep
    x_bar = np.empty_like(x)
    A_bar = np.empty_like(A)
    for i in range(len(x)):
        x_bar[i] = 0.0
    for i in range(len(A)):
        for j in range(A.shape[1]):
            A_bar[i, j] = 0.0
    x_bar1 = np.empty_like(x)
    for k in range(k1 - 1, -1, -1):
        product = 2.0 * smoothed_bar
        for i in range(len(x)):
            x_bar1[i] = x_bar[i] + product * x_tape1[k, i]
        x_bar = np.empty(A.shape[1])
        matvec(A.T, x_bar1, x_bar)
        for i in range(len(A)):
            for j in range(A.shape[1]):
                A_bar[i, j] += x_bar1[i] * x_tape[k, j]
    return A_bar


def smoothed_grad(A, x, steps, smoothed_bar=1.0):
    """Gradient of smoothed with respect to A."""
    A_bar = smoothed_sweeps(x, steps, A, smoothed_bar)
    return A_bar
'''


@pytest.mark.skipif(not linear.BLAS, reason="without SciPy, Numba has no BLAS")
def test_text() -> None:
    source = s2sad.grad(smoothed, "A", backend="numba").source_for(np.eye(3), np.ones(3), 4)
    assert GOLDEN in source
    assert "def matvec(a, x, out):" in source
    assert "matmul(" not in source.replace("small_matvec", "").replace('"matmul: ', "")


@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_without_scipy_loops_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "BLAS", False)
    compiled = s2sad.grad(recurrence, "A", backend="numba", strict=True)
    g = drawn(10)
    args = (0.1 * g(3, 3), g(3), g(3), 3)
    assert "np.dot" not in compiled.source_for(*args)
    np.testing.assert_allclose(compiled(*args), s2sad.grad(recurrence, "A")(*args), rtol=1e-12)
    large = s2sad.grad(congruence, "F", backend="numba")
    assert "faster in NumPy" in large.explain(g(30, 30), g(30, 30), g(30, 30), 3)
