"""Arrays of integers, single precision and complex numbers that differentiated values are stored to: right or refused.

A store to an array of integers cuts off what is behind the point, so that no derivative passes; which dtype an array has
can depend on the path that made the numbers it is made of.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.fuzz.check import load_module

PROGRAMS = """
a = np.zeros(3, dtype=int); a[0] = s; return a.sum() * s
a = np.zeros(3, int); a[0] = s * 3; return a[0] * s
a = np.arange(3); a[0] = s * 5; return (a * s).sum()
a = np.arange(3); a = a * s; a[0] = s; return a.sum()
a = np.array([1, 2, 3]); a[1] = x[0] * 7; return np.sum(a * x)
a = np.array([1, 2, 3]); a = a + x; a[1] *= s; return np.sum(a * x)
a = np.full(3, 2); a[:] = x * 5; return np.sum(a * x)
a = np.full(3, 2.0); a[:] = x * 5; return np.sum(a * x)
a = np.full_like(x, 1); a[:] = x * 5; return np.sum(a * x)
a = np.full_like([1, 2, 3], s); return np.sum(a * x)
a = np.full_like(np.arange(3), s * 5); return np.sum(a * x)
a = np.zeros_like([1, 2, 3]); a[:] = x * 5; return np.sum(a * x)
a = np.zeros_like(np.arange(3)); a[:] = x * 5; return np.sum(a * x)
a = np.zeros_like(np.arange(3), dtype=float); a[:] = x * 5; return np.sum(a * x)
a = np.ones(3, bool); a[:] = x; return np.sum(a * x)
a = np.ones(3, np.float32); a[:] = x; return float(np.sum(a * x))
a = x.astype(int); return np.sum(a * x)
a = x.astype(np.float32); return float(np.sum(a * x))
a = x.astype(complex); a *= 1j; return np.sum(a.imag * x)
a = np.zeros(3, complex); a[:] = x; return np.sum(a.real * x)
a = np.zeros(3, complex); a.imag = x if False else a.imag; return np.sum(a.real * x)
a = np.zeros(3, complex); a.imag[:] = x; return np.sum(a.imag * x) + np.sum(abs(a + 1.0))
a = np.zeros(3, complex); a.real[1:] += x[1:]; return np.sum(abs(a + 1.0))
a = x + 1j * x; b = np.zeros(3); b[:] = a.real; return np.sum(b * x)
a = int(s * 10) * s; return a
a = float(int(s * 10)) * s; return a
a = round(s, 1) * s; return a
a = round(s) * s; return a
a = math.floor(s * 10) * s; return a
a = np.floor(x) * x; return a.sum()
a = np.rint(x * 3) * x; return a.sum()
a = x // 0.3; return (a * x).sum()
a = x % 0.3; return (a * x).sum()
a = divmod(s, 0.25); return a[0] * s + a[1]
a = np.divmod(x, 0.25); return np.sum(a[0] * x + a[1])
a = np.fmod(x, 0.25); return np.sum(a * x)
a = np.trunc(x * 4); return np.sum(a * x)
a = bool(s > 0.1) * s; return a
a = (x > 0.1) * x; return a.sum()
a = x > 0.1; a = a * 2; return np.sum(a * x)
a = np.count_nonzero(x > 0) * s; return a
a = (x > 0).astype(float); a *= x; return a.sum()
a = (x > 0).astype(x.dtype); a *= x; return a.sum()
a = np.sign(x); a *= x; return a.sum()
a = np.array(x, dtype=int); return np.sum(a * x)
a = np.array(x, dtype=np.float32); a *= s; return float(np.sum(a))
a = np.array([x, x], dtype=np.float32); a[0] *= s; return float(np.sum(a))
a = np.asarray(x, dtype=int); return np.sum(a * x)
a = np.array([s, 1, 2]); a[1] = s * 7; return a.sum() * s
a = np.array([1, 2, n]); a[1] = s * 7; return a.sum() * s
a = np.array([1, 2, n]) * 1.0; a[1] = s * 7; return a.sum() * s
a = np.array([n, n]); a += 1; return a.sum() * s
a = [1, 2, 3]; a[1] = s * 7; return sum(a) * s
a = [0] * 3; a[1] = s * 7; return sum(a) * s
a = np.array([0] * 3); a[1] = s * 7; return sum(a) * s
a = np.array([0.0] * 3); a[1] = s * 7; return sum(a) * s
a = np.eye(3, dtype=int); a[0] = x * 9; return np.sum(a @ x)
a = np.eye(3); a[0] = x * 9; return np.sum(a @ x)
a = np.linspace(0, 3, 3, dtype=int); a[0] = s * 7; return np.sum(a * x)
a = np.empty(3, dtype='i8'); a[:] = x * 8; return np.sum(a * x)
a = np.zeros(3, dtype=x.dtype); a[:] = x * 8; return np.sum(a * x)
a = np.zeros(3, dtype=np.result_type(x, np.float32)); a[:] = x * 8; return np.sum(a * x)
a = np.zeros(3, dtype=object); a[0] = s; return a[0] * s
a = np.zeros(3, dtype='f4'); a[:] = x; a *= s; return float(a.sum())
a = np.longdouble(s) * s; return float(a)
a = np.float32(s) * s; return float(a)
a = np.float64(s) * s; return a
a = np.int64(s * 10) * s; return a
a = np.uint8(abs(s) * 10) * s; return a
a = np.bool_(s > 0) * s; return a
a = np.complex128(s) * 1j; return a.imag * s
a = complex(s, 2 * s); return abs(a) ** 2
a = complex(s, 2 * s); return (a * a.conjugate()).real
a = x.copy(); a[0] = True; return a.sum() * s
a = x.copy(); a[0] = n; return a.sum() * s
a = np.where(x > 0, x, 1); a[0] *= s; return a.sum()
a = np.where(x > 0, 2, 1); a[0] = s * 8; return a.sum() * s
a = np.maximum(np.arange(3), 1); a[0] = s * 8; return a.sum() * s
a = np.stack([np.arange(3), np.arange(3)]); a[0] = x * 8; return np.sum(a[0] * s)
a = np.concatenate([np.arange(3), [4]]); a[0] = s * 8; return np.sum(a * s)
a = np.concatenate([np.arange(3), [4.0]]); a[0] = s * 8; return np.sum(a * s)
a = np.repeat(1, 3); a[0] = s * 8; return np.sum(a * s)
a = np.tile([1, 2], 2); a[0] = s * 8; return np.sum(a * s)
a = np.cumsum([1, 2, 3]); a[0] = s * 8; return np.sum(a * s)
a = np.sort([3, 1, 2]); a[0] = s * 8; return np.sum(a * s)
a = np.array([[1, 2], [3, 4]]).T; a[0] = s * 8; return np.sum(a * s)
a = np.diag([1, 2, 3]); b = a.copy(); b[0, 0] = s * 8; return np.sum(b * s)
a = np.full(2, sum([v for v in x if v > 99.0])); a[0] = s * 8; return np.sum(a * s)
a = np.full(2, max(0, 1)); a[0] = s * 8; return np.sum(a * s)
a = np.full(2, n and 1); a[0] = s * 8; return np.sum(a * s)
a = np.full(2, 0 if n > 1 else 1.0); a[0] = s * 8; return np.sum(a * s)
a = np.array([0 if n > 1 else 1.0, 2]); a[0] = s * 8; return np.sum(a * s)
a = np.array(0); a[...] = s * 8; return a * s
a = np.array(0.0); a[...] = s * 8; return a * s
a = np.array([1, 2]); a = a / 2; a[0] = s * 8; return np.sum(a * s)
a = np.array([1, 2]); a *= 3; a = a ** 2; a[0] = s * 8; return np.sum(a * s)
a = np.array([1, 2]); a = a ** 0.5; a[0] = s * 8; return np.sum(a * s)
a = np.array([1, 2]); np.add(a, x[:2] * 9, out=a, casting='unsafe'); return np.sum(a * s)
a = np.array([1, 2]); np.copyto(a, x[:2] * 9, casting='unsafe'); return np.sum(a * s)
a = np.array([1, 2]); a.fill(s * 9); return np.sum(a * s)
a = np.array([1, 2]); np.put(a, [0], [s * 9]); return np.sum(a * s)
a = np.array([1, 2]); np.fill_diagonal(a[None], s * 9) if False else None; return np.sum(a * s)
a = np.zeros((2, 2), int); np.fill_diagonal(a, s * 9); return np.sum(a * s)
a = np.zeros(2, int); a[[0, 1]] = x[:2] * 9; return np.sum(a * s)
a = np.zeros(2, int); a[a == 0] = s * 9; return np.sum(a * s)
a = np.zeros(2, int); np.put_along_axis(a, np.array([0]), s * 9, 0); return np.sum(a * s)
a = np.zeros(2, int); a.flat[0] = s * 9; return np.sum(a * s)
a = np.zeros(2, int); v = a[:1]; v[0] = s * 9; return np.sum(a * s)
a = np.zeros(2, int); a[0], a[1] = s * 9, s * 3; return np.sum(a * s)
a = np.zeros(2, int); for_ = [0, 1]; a[for_[0]] = s * 9; return np.sum(a * s)
a = np.putmask(z := np.zeros(2, int), [True, False], s * 9); return np.sum(z * s)
a = np.zeros(2, 'm8[s]'); return s * len(a)
a = np.bincount([0, 1, 1]); a[0] = s * 9; return np.sum(a * s)
a = np.bincount([0, 1, 1], weights=x); a[0] = s * 9; return np.sum(a * s)
a = np.histogram(x)[0]; a[0] = s * 9; return np.sum(a * s)
a = np.searchsorted(x, x); a[0] = s * 9; return np.sum(a * s)
a = np.argsort(x); a[0] = s * 2; return np.sum(a * s)
a = np.indices((2, 2))[0]; a[0] = s * 9; return np.sum(a * s)
a = np.meshgrid([1, 2], [3, 4])[0]; a[0] = s * 9; return np.sum(a * s)
a = np.vander([1, 2], 3); a[0] = s * 9; return np.sum(a * s)
a = np.outer([1, 2], [3, 4]); a[0] = s * 9; return np.sum(a * s)
a = np.dot([[1, 2]], [[3], [4]]); a[0] = s * 9; return np.sum(a * s)
a = np.kron([1, 2], [3, 4]); a[0] = s * 9; return np.sum(a * s)
a = np.unique([3, 4]); a[0] = s * 9; return np.sum(a * s)
a = np.random.default_rng(0).integers(0, 5, 3); a[0] = s * 9; return np.sum(a * s)
"""

HEAD = "import math\nimport numpy as np\ndef f(x, s, n):\n"
DIRECTION = np.array([0.3, -0.7, 0.4])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("body", PROGRAMS.strip().splitlines())
def test_right_or_refused(body: str, mode: str) -> None:
    f = load_module(HEAD + "".join(f"    {line}\n" for line in body.split("; "))).f
    x, s = np.array([0.53, 0.31, 0.77]), 0.64
    single = any(word in body for word in ("float32", "'f4'"))
    step = 3e-3 if single else 1e-6

    def at(h: float) -> float:
        return float(f(x + h * DIRECTION, s + h, 2))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value, slope = at(0.0), (at(step) - at(-step)) / (2.0 * step)
        except (AttributeError, TypeError, ValueError) as error:
            pytest.skip(f"not for this NumPy: {error}")
        try:
            if mode == "reverse":
                found, (x_bar, s_bar) = s2sad.value_and_grad(f, wrt=("x", "s"))(x.copy(), s, 2)
                along = float(x_bar @ DIRECTION) + float(s_bar)
            else:
                found, along = s2sad.jvp(f, (x.copy(), s, 2), (DIRECTION, 1.0, None))
        except s2sad.DifferentiationError as error:
            assert not isinstance(error, s2sad.errors.InternalCompilerError)
            return
    assert float(found) == pytest.approx(value, rel=1e-5 if single else 1e-12)
    assert float(along) == pytest.approx(slope, rel=2e-2 if single else 1e-5, abs=2e-2 if single else 1e-6)


def test_the_dtype_of_an_argument_is_known() -> None:
    """`dtype=x.dtype` gives an array that can be stored to."""

    def f(x: np.ndarray) -> float:
        y = np.zeros(len(x), dtype=x.dtype)
        y[1:] = x[1:] * x[:-1]
        return float(np.sum(y * y))

    x = np.array([0.5, -1.2, 0.7])
    expected = [2 * x[0] * x[1] ** 2, 2 * x[1] * (x[0] ** 2 + x[2] ** 2), 2 * x[2] * x[1] ** 2]
    assert s2sad.grad(f)(x) == pytest.approx(np.array(expected), rel=1e-12)


def largest_in_some_call(v, a, k):
    r = 1.0
    if k:
        r = largest_in_some_call(v, v, k - 1) + v[0]
    return r


def of_a_number_that_is_not_read(x: Any, A: Any, n: int) -> Any:
    return largest_in_some_call(x, np.max(A), n)


def of_a_number_read_in_later_iterations(x: Any, A: Any, n: int) -> Any:
    a, r = np.max(A), x[0]
    for i in range(n):
        if i > 0:
            r = r * a
    return r


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("f", [of_a_number_that_is_not_read, of_a_number_read_in_later_iterations])
def test_zeros_of_numbers_of_single_precision(f: Any, n: int) -> None:
    x, A = np.linspace(0.5, 1.0, 4).astype("f4"), np.linspace(0.1, 0.8, 6).reshape(2, 3).astype("f4")
    for g in s2sad.grad(f, wrt=("x", "A"))(x, A, n):
        assert g.dtype == np.float32


def test_a_factor_of_double_precision_has_such_a_gradient() -> None:
    """The adjoint of the result is a Python number, which leaves arrays of single precision what they are."""
    a, b = np.linspace(0.5, 1.0, 4).astype("f4"), np.linspace(0.1, 0.8, 4)

    def f(a: np.ndarray, b: np.ndarray) -> float:
        return np.sum(a * b)

    def g(b: np.ndarray, a: np.ndarray) -> float:
        h = a * 2.0
        h[1] = b[0]
        return np.sum(h * b)

    for found, like in zip((*s2sad.grad(f, wrt=(0, 1))(a, b), *s2sad.grad(g, wrt=(0, 1))(b, a)), (a, b, b, a)):
        assert found.dtype == like.dtype


def in_place_on_integers(x: Any) -> Any:
    a = np.zeros(4, dtype=int)
    a *= x
    return np.sum(a * x)


def slice_of_integers(x: Any) -> Any:
    a = np.arange(4)
    a[1:] /= x[1:]
    return np.sum(a * x)


def product_into_integers(x: Any) -> Any:
    a = np.arange(4)
    np.multiply(a, x, out=a)
    return np.sum(a * x)


def copy_to_integers(x: Any) -> Any:
    a = np.arange(4)
    np.copyto(a, x)
    return np.sum(a * x)


def complex_numbers_in_place(x: Any) -> Any:
    a = x * 1.0
    a *= x * 1j
    return np.sum(a)


def more_axes_in_place(x: Any) -> Any:
    a = x * 1.0
    a *= x[None]
    return np.sum(a)


FAILING = [in_place_on_integers, slice_of_integers, product_into_integers, copy_to_integers, complex_numbers_in_place, more_axes_in_place]


@pytest.mark.parametrize("f", FAILING)
def test_what_numpy_does_not_store_in_place_has_no_value(f: Any) -> None:
    x = np.linspace(0.5, 1.0, 4)
    with pytest.raises((TypeError, ValueError)):
        f(x)
    for g in (s2sad.grad(f), s2sad.value_and_grad(f), lambda x: s2sad.jvp(f, (x,), (x,))):
        with pytest.raises((TypeError, ValueError, s2sad.DifferentiationError)):
            g(x)


def test_elements_of_integers_are_cut_off() -> None:
    def f(x: Any) -> Any:
        a = np.arange(4)
        a[1] *= x[1] * 10.0
        a[[0, 2]] += 3
        return np.sum(a * x)

    x = np.linspace(0.5, 1.0, 4)
    assert s2sad.grad(f)(x).tolist() == [3.0, 6.0, 5.0, 3.0]


def test_one_name_for_numbers_of_two_precisions() -> None:
    def f(x: Any, n: int) -> Any:
        y = x * np.arange(1, 1 + len(x))
        total = 1.0
        for _ in range(n):
            s = 0.0
            for c in x:
                s = s * total + c
            for c in y:
                s = s * 0.5 + c
            total = total - 0.1 * s
        return total

    x = np.array([0.5, 0.2, 0.3], np.float32)
    for n in (2, 0):
        assert s2sad.grad(f)(x, n) == pytest.approx(s2sad.grad(f)(x.astype(float), n), rel=1e-5)
