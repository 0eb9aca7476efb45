"""Programs that once came out wrong, hung or failed, each reduced to what made it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import AmbiguousMemoryError, DifferentiationError, UnsupportedSyntaxError


def formatted(x: float) -> float:
    return float("%f" % x)


def array_of_text(x: float) -> Any:
    return np.array([str(x)]).astype(float)[0]


def read_from_text(x: float) -> Any:
    return np.fromstring(str(x), sep=" ")[0]


@pytest.mark.parametrize("f", [formatted, array_of_text, read_from_text], ids=lambda f: f.__name__)
def test_a_value_that_passes_through_a_string_is_refused(f: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedSyntaxError, match="string"):
        s2sad.grad(f)(1.0)


def test_text_that_is_only_looked_at_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x: float) -> float:
        text = f"{x:.3f}"
        if text == "1.000":
            return x * 2
        print(text.upper())
        return x * 3

    assert s2sad.grad(f)(1.0) == 2.0
    assert s2sad.grad(f)(2.0) == 3.0
    assert capsys.readouterr().out == "2.000\n"


def test_a_default_that_is_changed_is_refused() -> None:
    def f(x: float, seen: list[float] = []) -> float:
        seen.append(x)
        return sum(seen)

    with pytest.raises(AmbiguousMemoryError, match="default"):
        s2sad.grad(f)(1.0)
    assert s2sad.grad(f)(1.0, []) == 1.0


def test_builtins_that_parameters_hide() -> None:
    def f(x: float, sum: float, reversed: int, range: int, len: int) -> Any:
        for k in (0.5, 1.5):
            x = x * np.sin(k * x)
        return x * sum

    assert s2sad.check_grad(f, 1.1, 1.0, 2, 3, 4, wrt="x") < 1e-6


def binomial(n: int, k: int) -> int:
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_recursion_over_integers_is_run_as_it_stands(n: int) -> None:
    def f(x: np.ndarray) -> Any:
        return sum(binomial(len(x) - 1, i) * c for i, c in enumerate(x))

    assert s2sad.grad(f)(np.ones(n)).tolist() == [float(binomial(n - 1, i)) for i in range(n)]


def test_an_adjoint_of_another_shape_is_refused() -> None:
    _, back = s2sad.vjp(lambda x: x * 2, np.ones(3))
    for u in (np.ones(4), 1.0):
        with pytest.raises(ValueError, match="shape"):
            back(u)
    _, back = s2sad.vjp(lambda x: (x * 2, x), np.ones(3))
    with pytest.raises(TypeError, match="tuple of 2"):
        back(np.ones(3))


def test_endless_recursion_is_refused() -> None:
    def endless(x: float) -> float:
        return x * endless(x + 1.0)

    with pytest.raises(DifferentiationError, match="without end"):
        s2sad.grad(endless)(1.0)


def power(x: float, n: int) -> float:
    return 1.0 if n == 0 else x * power(x, n - 1)


def tree(x: float, depth: int) -> Any:
    if depth == 0:
        return np.sin(x)
    return tree(x * 0.5, depth - 1) * tree(x + 0.1, depth - 1)


def even(x: float, n: int) -> Any:
    return x if n <= 0 else odd(x * 1.1, n - 1)


def odd(x: float, n: int) -> Any:
    return x * x if n <= 0 else np.sin(even(x, n - 1))


def bisected(a: float, lo: float, hi: float) -> float:
    mid = 0.5 * (lo + hi)
    if hi - lo < 0.3:
        return a * mid * mid
    if mid * mid > 2.0:
        return bisected(a * 1.1, lo, mid)
    return bisected(a, mid, hi)


def accumulated(x: float, n: int) -> float:
    def rec(k: int, acc: float) -> float:
        return acc if k == 0 else rec(k - 1, acc * x + k)

    return rec(n, 1.0)


@pytest.mark.parametrize(
    ("f", "args"),
    [(power, (1.3, 5)), (power, (1.3, 0)), (tree, (0.7, 3)), (even, (0.3, 4)), (bisected, (0.7, 0.0, 2.0)), (accumulated, (1.2, 4))],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_recursion(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    assert s2sad.check_grad(f, *args, wrt=0) < 1e-6
    text = s2sad.grad(f).source_for(*args)
    assert "_forward(" in text and "_reverse(" in text


def test_unknown_code_may_change_what_it_is_given() -> None:
    def f(x: np.ndarray) -> Any:
        w = np.array([1.0, 2.0, 3.0])
        s = np.sum(x * w * x)
        np.random.default_rng(0).shuffle(w)
        return s + np.sum(x * w) ** 2

    assert s2sad.check_grad(f, np.array([0.7, 1.3, 0.4])) < 1e-6


def test_where_keeps_the_untaken_side_out() -> None:
    def f(x: np.ndarray) -> Any:
        return np.sum(np.where(x > 0.0, np.sqrt(x) * np.log(x), -x))

    with np.errstate(all="ignore"):
        found = s2sad.grad(f)(np.array([0.7, -1.3, 0.0]))
    assert np.all(np.isfinite(found))


def too_many(x: Any) -> Any:
    a, b = x
    return a * b


def too_few(x: Any) -> Any:
    a, *_, b = x
    return a * b


def in_rows(x: Any) -> Any:
    total = 0.0
    for a, b in x:
        total = total + a * b
    return total


@pytest.mark.parametrize("f, right, wrong", [
    (too_many, np.ones(2), np.ones(3)), (too_few, np.ones(5), np.ones(1)), (in_rows, np.ones((4, 2)), np.ones((4, 3))),
])  # fmt: skip
def test_unpacking_checks_the_number_of_values(f: Any, right: Any, wrong: Any) -> None:
    gradient = s2sad.grad(f)
    s2sad.check_grad(f, right)
    gradient(right)
    with pytest.raises((ValueError, s2sad.DifferentiationError), match="unpack"):
        gradient(wrong)


def simpson(f: Callable[[float], float], a: float, b: float, eps: float = 1e-8, depth: int = 8) -> float:
    c = 0.5 * (a + b)

    def panel(lo: float, hi: float) -> float:
        return (hi - lo) / 6 * (f(lo) + 4 * f(0.5 * (lo + hi)) + f(hi))

    whole, left, right = panel(a, b), panel(a, c), panel(c, b)
    if depth == 0 or abs(left + right - whole) < 15 * eps:
        return left + right + (left + right - whole) / 15
    return simpson(f, a, c, eps / 2, depth - 1) + simpson(f, c, b, eps / 2, depth - 1)


def test_a_lambda_that_is_called_too_often_to_be_written_out_each_time() -> None:
    s2sad.check_grad(lambda p, b: simpson(lambda x: np.exp(-p * x) * np.sin(x * p + 1), 0.0, b), 1.3, 2.0, wrt=(0, 1))


@pytest.mark.parametrize("window", [np.hanning, np.hamming, np.ones])
def test_window_functions_are_arrays(window: Any) -> None:
    def f(x: Any) -> Any:
        p = x * window(len(x))
        p[1:-1] *= 2.0
        return np.sum(p**2)

    s2sad.check_grad(f, np.arange(1.0, 9.0))


def test_a_tuple_that_holds_a_new_list_in_each_iteration() -> None:
    def f(x: float, n: int) -> float:
        pair = ([x, 2.0 * x], x)
        for i in range(n):
            pair = ([x * pair[0][0], x + i], 0.5 * pair[1])
        return pair[0][0] * pair[1] + pair[0][1]

    for n in range(4):
        s2sad.check_grad(f, 0.7, n)
