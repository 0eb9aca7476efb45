"""The source of functions whose parts stand on one line."""

from __future__ import annotations

import pytest

import s2sad


# fmt: off
def with_default(x): return (lambda a, b=2.0: a * b)(x)
def with_branch(x): return (lambda a, b=2.0: a * b if a > 0.0 else a)(x) if x > 1.0 else (lambda c, d=3.0: c * d)(x)
# fmt: on


def test_lambdas_with_defaults_in_a_function_on_one_line() -> None:
    assert s2sad.grad(with_default)(3.0) == pytest.approx(2.0)
    assert s2sad.grad(with_branch)(3.0) == pytest.approx(2.0)
    assert s2sad.grad(with_branch)(0.5) == pytest.approx(3.0)
