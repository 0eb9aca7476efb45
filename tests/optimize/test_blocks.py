"""Chains of elementwise operations in blocks: the same gradients as without, for arrays of every kind."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedSyntaxError

BLOCK = 5
SIZES = [0, 1, 4, 5, 6, 23]


def chain(x: Any, w: Any, a: float) -> Any:
    s = np.sin(x)
    y = s * np.exp(-x * w) + np.tanh(a * x)
    return np.sum(np.sqrt(1.0 + y**2)) + a * np.sum(w * s)


def two_passes(x: Any, w: Any, a: float) -> Any:
    d = np.tanh(a * x) - w
    e = np.exp(d) * x + np.cos(d * w)
    norm = np.sqrt(np.sum(e**2) + 1.0)
    return np.sum(np.exp(e / norm) * w)


def average(x: Any, w: Any, a: float) -> Any:
    p = 1.0 / (1.0 + np.exp(-(a * x + 0.1)))
    return -np.mean(w * np.log(p) + (1.0 - w) * np.log(1.0 - p))


def stored(x: Any, w: Any, a: float) -> Any:
    z = np.sin(x) * np.exp(w) + a * x
    z[1:] *= np.tanh(z[:-1]) + x[1:]
    return np.sum(np.cos(z) * np.exp(-(z**2)) + w)


def selected(x: Any, w: Any, a: float) -> Any:
    y = np.where(x > 0.2, np.exp(x) * w, a * x)
    z = np.maximum(y, w) * np.abs(x) + np.arctan2(y, 2.0)
    return np.sum(z * z)


PROGRAMS = [chain, two_passes, average, stored, selected]


def both(f: Callable[..., Any], *args: Any) -> tuple[Any, Any, str]:
    blocked = s2sad.value_and_grad(f, wrt=("x", "w", "a"), block=BLOCK)
    threaded = s2sad.value_and_grad(f, wrt=("x", "w", "a"), block=BLOCK, workers=2)
    with np.errstate(all="ignore"):
        assert pickle.dumps(threaded(*args)) == pickle.dumps(blocked(*args))
    with np.errstate(all="ignore"):
        expected = s2sad.value_and_grad(f, wrt=("x", "w", "a"))(*args)
        found = blocked(*args)
    return expected, found, blocked.source


def check(f: Callable[..., Any], *args: Any, rtol: float = 1e-12) -> str:
    (value, gradients), (found, others), text = both(f, *args)
    np.testing.assert_allclose(found, value, rtol=rtol)
    for a, b in zip(gradients, others):
        assert np.shape(a) == np.shape(b) and np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(b, a, rtol=rtol, atol=rtol)
    assert type(found) is type(value)
    return text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("f", PROGRAMS)
@pytest.mark.parametrize("n", SIZES)
def test_sizes(f: Callable[..., Any], n: int) -> None:
    if f is average and not n:
        pytest.skip("the average of nothing")
    rng = np.random.default_rng(n)
    text = check(f, rng.normal(size=n), rng.uniform(0.1, 0.9, size=n), 0.7)
    if n > 1:
        assert f", {BLOCK}):" in text


@pytest.mark.parametrize("f", PROGRAMS)
def test_kinds_of_arrays(f: Callable[..., Any]) -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=24), rng.uniform(0.1, 0.9, size=24)
    check(f, x[::2], w[::-2], 0.7)
    check(f, x.astype("f4"), w.astype("f4"), 0.7, rtol=2e-5)
    check(f, w, w, 0.7)
    check(f, x[:-1], x[1:], 0.7) if f is not average else None
    check(f, x, np.array([0.4]), 0.7) if f is not stored else None
    check(f, np.where(x > 0.0, np.inf, x), w, 0.7) if f is selected else None


TEXT = '''import numpy as np


def chain_grad(x, w, a, chain_bar=1.0):
    """Gradient of chain with respect to x and a."""
    sum_bar = chain_bar * a
    x_bar = np.empty_like(x)
    sum_ = 0.0
    a_bar = 0.0
    for start in range(0, max(len(x), 1), 16384):
        x_part = x[start:start + 16384]
        s = np.sin(x_part)
        w_part = w[start:start + 16384]
        exp = np.exp(-x_part * w_part)
        tanh = np.tanh(a * x_part)
        y = s * exp + tanh
        sum_ += np.sum(w_part * s)
        y_bar = chain_bar / np.sqrt(1.0 + y**2) * y
        product_bar = y_bar * (1.0 - tanh**2)
        a_bar += product_bar @ x_part
        x_bar1 = product_bar * a - y_bar * s * exp * w_part
        x_bar_part = x_bar1 + (sum_bar * w_part + y_bar * exp) * np.cos(x_part)
        x_bar[start:start + 16384] = x_bar_part
    a_bar = chain_bar * sum_ + a_bar
    return x_bar, a_bar
'''


def test_text() -> None:
    text = s2sad.source(chain, wrt=("x", "a"), signature="x: f8[n], w: f8[n], a: float", block=16384)
    assert text == TEXT


def test_nothing_to_gain() -> None:
    """Short chains, matrices and numbers stay as they are."""
    def of_matrix(x: Any) -> Any:
        return np.sum(np.sin(x) ** 2 * np.exp(x))

    for f, x in ((lambda x: np.sum(x * x), np.ones(7)), (of_matrix, np.ones((3, 4)))):
        plain, blocked = s2sad.grad(f), s2sad.grad(f, block=BLOCK)
        np.testing.assert_array_equal(plain(x), blocked(x))
        assert plain.source == blocked.source


def test_every_sum_is_deterministic() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=1000), rng.normal(size=1000)
    g = s2sad.grad(chain, wrt="a", block=64)
    assert len({float(g(x, w, 0.3)) for _ in range(5)}) == 1


def test_names_in_threads() -> None:
    """What a sum is made of is not overwritten before it is returned, and the text runs by itself."""
    text = s2sad.source(chain, wrt=("x", "a"), signature="x: f8[n], w: f8[n], a: float", block=BLOCK, workers=3, standalone=True)
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    x, w = np.linspace(-1.0, 1.0, 23), np.linspace(0.0, 1.0, 23)
    found, expected = namespace["chain_grad"](x, w, 0.5), s2sad.grad(chain, wrt=("x", "a"))(x, w, 0.5)
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("workers", [1, 2])
def test_second_derivatives(workers: int) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * np.exp(x) + np.tanh(x * x) * np.cos(x))

    x = np.linspace(-1.0, 1.0, 12)
    second = s2sad.grad(lambda x: np.sum(s2sad.grad(f, block=BLOCK, workers=workers)(x) * x))
    np.testing.assert_allclose(second(x), s2sad.grad(lambda x: np.sum(s2sad.grad(f)(x) * x))(x), rtol=1e-12)
    np.testing.assert_allclose(s2sad.jacobian(s2sad.grad(f, block=BLOCK, workers=workers))(x), s2sad.hessian(f)(x), rtol=1e-12)


def test_errors_in_threads() -> None:
    """An error in a block is one of the gradient's."""

    def f(x: Any, w: Any) -> Any:
        return np.sum(np.sin(x) * np.exp(w) + np.tanh(w * x) * np.cos(x))

    for workers in (1, 2):
        with np.errstate(all="raise"), pytest.raises(FloatingPointError):
            s2sad.grad(f, block=BLOCK, workers=workers)(np.ones(12), np.full(12, 1e4))


@pytest.mark.parametrize("workers", [0, 1.5, "many"])
def test_no_number_of_threads(workers: Any) -> None:
    with pytest.raises(UnsupportedSyntaxError, match="workers"):
        s2sad.grad(chain, block=BLOCK, workers=workers)
    with pytest.raises(UnsupportedSyntaxError, match="workers"):
        s2sad.grad(chain, workers=2)


@pytest.mark.parametrize("block", [0, -3, 2.0, True, "large"])
def test_no_number_of_elements(block: Any) -> None:
    with pytest.raises(UnsupportedSyntaxError, match="block"):
        s2sad.grad(chain, block=block)


def test_the_decorator_and_the_text(tmp_path: Path) -> None:
    f = s2sad.differentiate(chain, wrt="x", block=BLOCK)
    x = np.linspace(0.0, 1.0, 12)
    np.testing.assert_allclose(f.grad(x, x, 0.5), s2sad.grad(chain)(x, x, 0.5), rtol=1e-13)
    assert f", {BLOCK}):" in f.source
    assert f", {BLOCK}):" in s2sad.source(chain, signature="x: f8[n], w: f8[n], a: float", block=BLOCK)
