"""Rules that users register."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.api_programs import X


def softplus(x):
    return np.logaddexp(0.0, x)


@s2sad.adjoint(softplus)
def _softplus_rule(y, x):
    x_bar = y_bar / (1.0 + np.exp(-x))  # noqa: F821, F841


def opaque(x, factor):
    return np.vectorize(lambda v: v * v * factor)(x)


@s2sad.adjoint(opaque)
def _opaque_rule(y, x, factor):
    x_bar = 2.0 * y_bar * x * factor  # noqa: F821, F841


def steps(x):
    return np.floor(x)


s2sad.zero_derivative(steps)


def test_a_users_rule_is_spliced_in():
    text = s2sad.source(lambda x: np.sum(softplus(x)), signature="x: f8[n]")
    assert "np.exp(-x)" in text and "logaddexp" not in text
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(softplus(x)))(X), 1 / (1 + np.exp(-X)))


def test_a_users_rule_for_what_cannot_be_differentiated():
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(opaque(x, 3.0)))(X), 6 * X)
    with pytest.raises(errors.NoRuleError, match="factor"):
        s2sad.grad(lambda s: np.sum(opaque(X, s)))(3.0)


def test_a_users_zero_derivative():
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(x * steps(x)))(X), np.floor(X))
