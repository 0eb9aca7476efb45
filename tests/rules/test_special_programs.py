"""The functions of `scipy.special` in programs: reverse mode and forward mode against finite differences."""

from __future__ import annotations

import cmath
import linecache
from typing import Any

import numpy as np
import pytest
import scipy.special as special

import s2sad
from s2sad.errors import NoRuleError
from tests.rules import table_special
from tests.rules.rows import Row


def _rows() -> list[Row]:
    """One row of arrays for each function and each keyword."""
    found: dict[Any, Row] = {}
    for rows in (v for k, v in vars(table_special).items() if k.isupper() and not k.startswith("_")):
        for row in rows:
            if np.isinf(row.tolerance):
                continue
            plain = all(np.size(a) for a in row.args) and not any(np.iscomplexobj(a) for a in row.args)
            if plain and any(isinstance(a, np.ndarray) and a.ndim and np.isfinite(a).all() for a in row.args):
                found.setdefault((row.function, tuple(row.kwargs)), row)
    return list(found.values())


def _program(row: Row, live: list[int]) -> Any:
    """The call of a row as a function of its live operands."""
    args = ", ".join(f"x{k}" if k in live else f"c{k}" for k in range(len(row.args)))
    keywords = "".join(f", {k}={v!r}" for k, v in row.kwargs.items())
    text = f"def call({', '.join(f'x{k}' for k in live)}):\n    y = function({args}{keywords})\n    return y\n"
    filename = f"<program {id(row)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"function": row.function, **{f"c{k}": a for k, a in enumerate(row.args)}}
    exec(compile(text, filename, "exec"), space)
    return space["call"]


def _joined(y: Any) -> Any:
    return np.stack(y) if isinstance(y, tuple) else np.asarray(y)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{getattr(row.function, '__name__', '')} {row.note}")
def test_program(row: Row) -> None:
    live = [k for k, a in enumerate(row.args) if k not in row.skip and isinstance(a, np.ndarray)]
    call = _program(row, live)
    operands = [row.args[k] for k in live]
    tangents = [np.cos(np.arange(a.size)).reshape(a.shape) for a in operands]
    step = 1e-6
    moved = [_joined(call(*[a + sign * step * t for a, t in zip(operands, tangents, strict=True)])) for sign in (1.0, -1.0)]
    expected = (moved[0] - moved[1]) / (2 * step)
    y, y_dot = s2sad.jvp(call, tuple(operands), tuple(tangents))
    np.testing.assert_array_equal(_joined(y), _joined(call(*operands)))
    np.testing.assert_allclose(_joined(y_dot), expected, rtol=1e-5, atol=1e-6 * max(1.0, np.max(np.abs(expected)), np.max(np.abs(_joined(y)))))
    u = np.sin(1.0 + np.arange(expected.size)).reshape(expected.shape)
    _, back = s2sad.vjp(call, *operands)
    bars = back(tuple(u) if isinstance(y, tuple) else u)
    total = np.real(np.sum(u * _joined(y_dot)))
    assert sum(np.sum(g * t) for g, t in zip(bars, tangents, strict=True)) == pytest.approx(total, rel=1e-9, abs=1e-9)


def test_derivatives_of_complex_arguments_in_both_modes() -> None:
    def f(z: Any) -> Any:
        return special.ive(1.5, z)

    z, step = np.array([0.3 + 0.4j, -1.0 + 0.2j]), np.array([0.6 - 0.3j, 0.1 + 0.8j])
    eps = 1e-6
    expected = (f(z + eps * step) - f(z - eps * step)) / (2 * eps)
    np.testing.assert_allclose(s2sad.jvp(f, (z,), (step,))[1], expected, rtol=1e-7)
    _, back = s2sad.vjp(f, z)
    u = np.array([0.7 + 0.1j, -0.2 + 0.5j])
    assert np.real(np.sum(back(u)[0] * step)) == pytest.approx(np.real(np.sum(u * expected)), rel=1e-7)


@pytest.mark.parametrize("function", [special.gammaln, special.j1, special.exprel, special.ellipk, special.expit, special.log_ndtr, special.boxcox])
def test_second_derivative(function: Any) -> None:
    args = (0.3,) if function is special.boxcox else ()
    second = s2sad.grad(s2sad.grad(lambda x: function(x, *args)))
    slope = s2sad.grad(lambda x: function(x, *args))
    assert second(0.7) == pytest.approx((slope(0.7 + 1e-6) - slope(0.7 - 1e-6)) / 2e-6, rel=1e-6)


class TestRefusals:
    def test_a_keyword_that_a_rule_does_not_know(self) -> None:
        with pytest.raises(NoRuleError, match=r"rule of np\.exp does not support the keyword 'where'") as caught:
            s2sad.grad(lambda x: np.sum(np.exp(x, where=x > 0)))(np.ones(2))
        assert "the rule knows x; write the call without where=" in str(caught.value)

    def test_a_keyword_that_says_what_holds_without_it(self) -> None:
        def f(x: Any) -> Any:
            return special.logsumexp(np.exp(x, where=True), return_sign=False)

        assert s2sad.check_grad(f, np.array([0.1, 0.4])) < 1e-6

    def test_an_argument_without_a_derivative(self) -> None:
        with pytest.raises(NoRuleError, match=r"rule of special\.jv has no derivative with respect to 'v'") as caught:
            s2sad.grad(lambda v: special.jv(v, 2.0))(1.5)
        assert "it has one with respect to z; hold the others constant" in str(caught.value)
        with pytest.raises(NoRuleError, match="with respect to 'v'"):
            s2sad.jvp(lambda v: special.jv(v, 2.0), (1.5,), (1.0,))

    def test_a_result_that_is_not_differentiable(self) -> None:
        with pytest.raises(NoRuleError, match="return_sign"):
            s2sad.grad(lambda x: special.logsumexp(x, return_sign=True)[0])(np.ones(2))


class TestComplexNumbers:
    def test_real_function_of_a_complex_computation(self) -> None:
        def f(x: float, y: float) -> float:
            z = cmath.sqrt(complex(x, y)) * cmath.exp(1j * x)
            r, phi = cmath.polar(z)
            return r * phi + cmath.phase(cmath.log(z)) + abs(cmath.rect(x, y) + z)

        assert s2sad.check_grad(f, 0.7, -0.4) < 1e-6
        slope = s2sad.grad(f, wrt=(0, 1))(0.7, -0.4)
        assert s2sad.jvp(f, (0.7, -0.4), (0.5, 2.0))[1] == pytest.approx(0.5 * slope[0] + 2.0 * slope[1])
