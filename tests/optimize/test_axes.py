"""Sums over axes: arithmetic stretches their adjoints, sums come first, factors meet at numbers. The same without these passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.fuzz.check import leaving_out
from tests.helpers import numeric_gradient

Function = Callable[..., Any]


def pairs(x, w):
    d = x[:, 0][:, None] - w[None, :]
    return np.sum(np.exp(-(d**2)).sum(axis=1) ** 2)


def softmax(x, w):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return np.sum(np.log(e / e.sum(axis=1, keepdims=True)) * w)


def softmax_without_kept_axes(x, w):
    e = np.exp(x - np.max(x, axis=1)[:, None])
    return -np.sum(w * np.log(e / np.sum(e, axis=1)[:, None]))


def standard_scores(x, w):
    z = (x - x.mean(axis=0)) / (x.std(axis=0) + 1.0)
    return np.sum((z @ w) ** 2)


def normalised(x, w):
    m = np.mean(x, axis=-1, keepdims=True)
    v = np.mean((x - m) ** 2, axis=-1, keepdims=True)
    return np.sum(w * (x - m) / np.sqrt(v + 1e-3) + w)


def distances(x, w):
    z = (x - w) @ np.diag(1.0 + w**2).T
    return -0.5 * np.sum(z**2) + np.sum(np.sum(z * z, axis=1) ** 0.5)


def columns(x, w):
    scores = np.empty((len(x), len(w)))
    for j in range(len(w)):
        scores[:, j] = np.tanh(x[:, j] * w[j])
    return np.sum(scores.max(axis=1) * scores.sum(axis=1))


def columns_read_again(x, w):
    scores = np.zeros((len(x), len(w)))
    for j in range(len(w)):
        scores[:, j] = x[:, j] * w[j]
        scores[:, 0] += scores[:, j] ** 2
    return np.sum(scores**2)


def chosen(x, w):
    return np.sum(np.where(x > w, np.sum(x * w, axis=1, keepdims=True) * 2.0, np.mean(x, axis=0) * 0.25) * 0.5)


def relaxed(x, w):
    """The adjoint starts as an array of one number, and is stored to in every step."""
    D = np.abs(x @ x.T) + 0.5
    for k in range(len(D)):
        D[:] = -np.logaddexp(-D, -(D[:, k : k + 1] + D[k, :]))
    return D.sum() + np.sum(w)


PROGRAMS = [pairs, softmax, softmax_without_kept_axes, standard_scores, normalised, distances, columns, columns_read_again, chosen, relaxed]
PASSES = frozenset({"axes", "reductions", "factors", "restores", "stores"})


@pytest.mark.parametrize("shape", [(4, 3), (3, 3), (1, 3), (4, 1), (1, 1)], ids=str)
@pytest.mark.parametrize("f", PROGRAMS)
def test_right(f: Function, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    x, w = rng.uniform(-1.0, 1.5, shape), rng.uniform(0.2, 1.0, shape[1])
    if f is standard_scores and shape[0] == 1:
        pytest.skip("a deviation of one number has no derivative")
    found = s2sad.grad(f, wrt=("x", "w"))(x, w)
    for name, g in zip(("x", "w"), found):
        np.testing.assert_allclose(np.ravel(g), numeric_gradient(f, (x, w), name), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("make", [
    lambda x: x.astype("f4"), np.asfortranarray, lambda x: x[::-1, ::-1], lambda x: x[:0], lambda x: np.where(x > 1.0, np.inf, x),
], ids=["float32", "fortran", "reversed", "empty", "inf"])  # fmt: skip
@pytest.mark.parametrize("f", PROGRAMS)
def test_same_without(f: Function, make: Callable[[Any], Any]) -> None:
    rng = np.random.default_rng(4)
    x, w = make(rng.uniform(-1.0, 1.5, (4, 3))), rng.uniform(0.2, 1.0, 3)
    w = w.astype(x.dtype)
    if not x.size and f in (standard_scores, columns, softmax, softmax_without_kept_axes, chosen):
        pytest.skip("NumPy has no maximum and no mean of nothing")
    with np.errstate(all="ignore"):
        found = s2sad.grad(f, wrt=("x", "w"))(x, w)
        with leaving_out(PASSES):
            plain = s2sad.grad(f, wrt=("x", "w"))(x, w)
    for a, b in zip(found, plain):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_allclose(a, b, rtol=2e-4 if x.dtype == "f4" else 1e-12, atol=1e-5 if x.dtype == "f4" else 1e-12)


def test_the_number_that_fills_an_array_of_single_precision() -> None:
    """A number of double precision would make the product one."""
    x = np.linspace(0.1, 1.0, 6).reshape(2, 3).astype("f4")
    for f in (
        lambda x: np.sum(x) ** 2 * 0.5,
        lambda x: np.sum(np.mean(x, axis=1) ** 2),
    ):  # fmt: skip
        assert s2sad.grad(f)(x).dtype == np.float32
