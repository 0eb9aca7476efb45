"""Calls of NumPy functions with the keywords, the memory and the side effects that they have."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import s2sad
from s2sad.errors import AmbiguousMemoryError, NoRuleError

X = np.arange(6.0).reshape(2, 3) + 0.5


def chosen_elements(x):
    return x.mean(where=x > 1) + x.max(initial=2.0, where=x > 1) + x.sum(0, initial=x[0, 0])[1] + x.std(ddof=1, axis=0).sum()


def names_of_bounds(x):
    return np.clip(x, min=1.0, max=x[1, 0]).sum() + x.clip(max=3.0).sum() + np.clip(x, a_min=1, a_max=None).sum() + x.clip(1, 4).sum()


def reductions_of_ufuncs(x):
    return np.sum(np.add.reduce(x, axis=None, keepdims=True) ** 2) + np.add.reduce(x[0]) + np.sum(np.multiply.accumulate(x, 1) * x)


def reductions_of_lists(x):
    return np.sum(np.add.reduce([x[0], x[1]]) ** 2) + np.maximum.reduce([x[0, 0], x[1, 1], x[0, 2]])


def outer_products(x):
    return np.sum(np.add.outer(x, [1.0, 2.0]) ** 2) + np.sum(np.multiply.outer(2.0, x[0])) + np.sum(np.power.outer(x[0], x))


def outer_extrema(x):
    return np.sum(np.maximum.outer(x[0], x[1]) ** 2)


def repeated_subtraction(x):
    y = np.zeros(4)
    np.subtract.at(y, [1, 1, 2], x[0])
    return np.sum(y**2)


def places_along_rows(x):
    y = x * 2.0
    np.put_along_axis(y, np.array([[1], [0]]), x[:, :1] ** 2, 1)
    return np.sum(y**2)


def places_along_columns(x):
    y = x * 2.0
    np.put_along_axis(y, np.array([[1, 0, 1]]), x[1:] ** 2, axis=0)
    return np.sum(y**2)


def places_of_all(x):
    y = x * 2.0
    np.put_along_axis(y, np.array([1, 5]), x[0, :2] ** 2, None)
    return np.sum(y**2)


def pieces(x):
    return np.sum(np.piecewise(x, [x < 1, x > 2], [lambda t: t**2, lambda t: 3 * t, 0.5]))


def pieces_with_gaps(x):
    return np.sum(np.piecewise(x, [x < 1, x > 2], [lambda t: t**2, lambda t: 3 * t]))


def pieces_with_arguments(x):
    return np.sum(np.piecewise(x[0], [x[0] < 1, x[0] >= 1], [lambda t, a: t * a, lambda t, a: t + a], 2.0))


def one_piece(x):
    return np.sum(np.piecewise(x[1], x[1] > 4, [lambda t: t**2, lambda t: -t]))


def windows_of_stored_memory(x):
    x = x * 1.0
    w = sliding_window_view(x, 2, axis=1)
    before = np.sum(w[0] ** 2)
    x[0] *= 2
    v = w[1:]
    x[1] += x[0]
    return np.sum(v**2) + before + np.sum(w.mean(-1))


def broadcast_stored_memory(x):
    x = x * 1.0
    a, b = np.broadcast_arrays(x, x[0])
    x[0] *= 2
    return np.sum(a * b**2)


def broadcast_number(x):
    return np.sum(np.broadcast_arrays(x[0], x[0, 0])[1] ** 2)


def partition_in_place(x):
    y = x[0] * 1.0
    y.partition(1)
    return y[1] ** 2


def edges_of_histogram(x):
    return np.sum(np.histogram(x, 5)[1] * np.arange(6)) + np.sum(np.histogram(x, 5)[0] * x[0, 0])


def blocks(x):
    rows = [x[i] for i in range(2)]
    return np.sum(np.block([[x, x], [np.zeros((1, 3)), x[:1]]]) ** 2) + np.sum(np.block(rows) ** 2)


def paddings(x):
    return (
        np.sum(np.pad(x, ((1, 2), (0, 1)), mode="reflect") ** 2)
        + np.pad(x, 1, constant_values=x[0, 0]).sum()
        + np.pad(x, 1, "mean").sum()
    )


def levels(x):
    return np.median(x) + np.quantile(x, [0.2, 0.4]).sum() + np.percentile(x, 30, axis=1, keepdims=True).sum()


def several_results(x):
    values, _, counts = np.unique(x, return_inverse=True, return_counts=True)
    return np.sum(values**2 * counts)


def split_of_stored_memory(x):
    x = x * 1.0
    a, b = np.split(x, 2)
    x[0] = x[1] * x[0]
    return np.sum(a * b**2)


RIGHT: list[Callable[[Any], Any]] = [
    chosen_elements, names_of_bounds, reductions_of_ufuncs, reductions_of_lists, outer_products, outer_extrema, repeated_subtraction,
    places_along_rows, places_along_columns, places_of_all, pieces, pieces_with_gaps, pieces_with_arguments, one_piece,
    windows_of_stored_memory, broadcast_stored_memory, broadcast_number, partition_in_place, edges_of_histogram, blocks, paddings,
    levels, several_results, split_of_stored_memory,
]  # fmt: skip
_WITH_NAMES_OF_2_1 = {names_of_bounds}


def _runs(f: Callable[[Any], Any]) -> bool:
    return f not in _WITH_NAMES_OF_2_1 or np.lib.NumpyVersion(np.__version__) >= "2.1.0"


@pytest.mark.parametrize("f", list(filter(_runs, RIGHT)), ids=lambda f: f.__name__)
def test_gradient(f: Callable[[Any], Any]) -> None:
    before = X.copy()
    assert s2sad.check_grad(f, X) < 1e-7
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("f", list(filter(_runs, RIGHT)), ids=lambda f: f.__name__)
def test_tangent(f: Callable[[Any], Any]) -> None:
    direction = np.random.default_rng(3).normal(size=X.shape)
    value, dot = s2sad.jvp(f, (X,), (direction,))
    assert value == pytest.approx(f(X))
    assert dot == pytest.approx(np.sum(s2sad.grad(f)(X) * direction))


def stored_after_unstack(x):
    x = x * 1.0
    a, b = np.unstack(x)
    x[0] = x[1] * x[0]
    return np.sum(a * b**2)


REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: np.median(x, overwrite_input=True), "np.median .*overwrite_input"),
    (lambda x: np.median(np.array([3.0, 1.0]), overwrite_input=True) * np.sum(x), "np.median .*overwrite_input"),
    (lambda x: np.sum(np.pad(x, 1, mode="empty")), "np.pad .*mode='empty'"),
    (lambda x: np.sum(np.add(x, x, where=x > 1)), "np.add .*'where'"),
    (lambda x: np.sum(np.unique(x, axis=0)), "np.unique .*axis=0"),
    (lambda x: np.average(x, returned=True)[0], "np.average .*returned=True"),
    (lambda x: np.sum(np.meshgrid(x[0], x[1], copy=False)[0]), "np.meshgrid .*copy=False"),
    (lambda x: np.sum(np.apply_along_axis(lambda r: r**2, 1, x)), "apply_along_axis"),
    (lambda x: np.sum(np.add.reduceat(x[0], [0, 1])), "np.add.reduceat"),
    (lambda x: np.sum(np.real(np.sign(x + 1j * x))), "np.sign .*complex"),
    (lambda x: np.sum(np.quantile(x, x[0, 0] / 9)), "np.quantile .*'q'"),
    (lambda x: np.sum(np.interp(x, [0.0, 1.0], [0.0, 2.0], period=3.0)), "np.interp .*'period'"),
]


@pytest.mark.parametrize("f, text", REFUSED, ids=[text for _, text in REFUSED])
def test_what_has_no_rule_is_refused_by_name(f: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(NoRuleError, match=text):
        s2sad.grad(f)(X)
    with pytest.raises(NoRuleError, match=text):
        s2sad.jvp(f, (X,), (X,))


@pytest.mark.skipif(not hasattr(np, "unstack"), reason="NumPy before 2.1 has no unstack")
def test_unstacked_memory_that_is_stored_to_is_refused() -> None:
    with pytest.raises(AmbiguousMemoryError, match=r"np\.unstack"):
        s2sad.grad(stored_after_unstack)(X)


def test_slopes_of_powers_have_the_precision_of_the_base() -> None:
    x = np.array([0.3, 2.0])
    found = s2sad.grad(lambda x, p: np.sum(x**p))(x, 1.7)
    np.testing.assert_allclose(found, 1.7 * x**0.7, rtol=1e-15)


def test_check_grad_of_complex_parameters() -> None:
    z = np.array([1.0 + 1.0j, 2.0])
    assert s2sad.check_grad(lambda z: np.real(np.sum(z**2 * (1.0 + 2.0j))), z) < 1e-8


def test_an_operand_that_is_replaced_partly_is_the_callers_no_more() -> None:
    y = X.copy()
    s2sad.grad(partition_in_place)(y)
    np.testing.assert_array_equal(y, X)


def test_a_polynomial_that_is_not_differentiated_is_itself() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        p = np.polyder(y, 0)
        p[0] = y[1] * y[0]
        return np.sum(y**2)

    x = np.array([2.0, 3.0])
    with pytest.raises(AmbiguousMemoryError, match="polyder"):
        s2sad.jvp(f, (x,), (np.ones(2),))
    np.testing.assert_array_equal(s2sad.grad(f)(x), [36.0, 30.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda z: np.sum(z.real**2),
        lambda z: z.real[0] * 2.0,
        lambda z: np.sum(np.real(z)) + z[0].real,
    ],
)
def test_gradients_of_real_parts_are_complex(f: Callable[[Any], Any]) -> None:
    z = np.array([1.0 + 2.0j, 3.0])
    assert s2sad.grad(f)(z).dtype == complex
    assert s2sad.grad(f)(z.astype(np.complex64)).dtype == np.complex64
    assert s2sad.check_grad(f, z) < 1e-7


def test_gradients_of_real_parts_of_numbers_are_complex() -> None:
    assert s2sad.grad(lambda z: 3.0 * z.real)(1.0 + 2.0j) == 3.0 + 0.0j
    assert isinstance(s2sad.grad(lambda z: 3.0 * z.real)(1.0 + 2.0j), complex)


def test_a_shape_without_axes() -> None:
    assert s2sad.grad(lambda x: x * float(np.arange(3, 4).reshape(np.shape(x))))(2.0) == 3.0
    assert "reshape(())" in s2sad.source(lambda x: (x * np.arange(3, 4).reshape(())))


def rows_joined(x):
    y = np.stack([x, x * x])
    products = np.linalg.multi_dot(np.stack([x @ x.T, 0.1 * x @ x.T]))
    return np.sum(products) + np.sum(np.concatenate(x) ** 2 * np.hstack(x)) + np.sum(np.concatenate(y * 2.0) * np.vstack(y)) + np.sum(np.select(x > 1, x, x[0, 0]))


def extrema_of_rows(x):
    return max(x[0]) * min(x[0]) + max(x[1]) + min([max(x[0]), x[1, 1]]) * math.prod(x[0])


def distances(x):
    return math.dist(x[0], x[1]) * math.dist([x[0, 0], 1.0], (x[1, 1], x[0, 1])) + math.dist(x[1], [1.0, 2.0, 3.0]) + math.prod([x[0, 0], x[1, 1]])


@pytest.mark.parametrize("f", [rows_joined, extrema_of_rows, distances], ids=lambda f: f.__name__)
def test_adjoints_of_arrays_that_are_read_as_sequences(f: Callable[[Any], Any]) -> None:
    assert s2sad.check_grad(f, X) < 1e-7
    direction = np.sin(X)
    np.testing.assert_allclose(s2sad.jvp(f, (X,), (direction,))[1], np.sum(s2sad.grad(f)(X) * direction), rtol=1e-12)


def test_vectors_strung_together() -> None:
    def f(x: Any, s: float) -> Any:
        a = np.r_[s, x, 1, x[::-1] * 2.0]
        m = np.c_[x, np.ones(len(x)), np.c_[x * s]]
        return np.sum(a[1:] * a[:-1]) + np.sum(m @ m.T) + np.sum(np.r_[x])

    for x in (np.array([0.5, 1.5, 2.0]), np.array([0.7])):
        assert s2sad.value_and_grad(f)(x, 2.0)[0] == f(x, 2.0)
        assert s2sad.check_grad(f, x, 2.0) < 1e-7


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.r_[x, 1:3]),
        lambda x: np.sum(np.r_[np.outer(x, x), np.outer(x, x)]),
    ],
)
def test_what_else_is_strung_together_is_refused(f: Any) -> None:
    with pytest.raises(s2sad.errors.DifferentiationError, match=r"np[.]r_") as info:
        s2sad.grad(f)(np.array([1.0, 2.0]))
    assert "np.concatenate" in str(info.value)


def test_numbers_do_not_widen_what_is_strung_together() -> None:
    x = np.array([1.0, 2.0], np.float32)
    with pytest.raises(s2sad.errors.DifferentiationError, match=r"np[.]r_"):
        s2sad.grad(lambda x: np.sum(np.r_[x, 1.0]))(x)
    found = s2sad.grad(lambda x: np.sum(np.r_[x, x * x]))(x)
    assert found.dtype == np.float32 and found.tolist() == [3.0, 5.0]
