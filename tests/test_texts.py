"""The text of a gradient: stages, names, and where it can be seen."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.api_programs import X, fill, model, poly
from tests.helpers import numeric_gradient


def test_source_stages_and_value():
    for stage in ("elementary", "adjoint", "source"):
        ast.parse(s2sad.source(poly, wrt=("x", "y"), stage=stage))
    assert "def poly_grad" in s2sad.source(poly)
    assert "def poly_value_and_grad" in s2sad.source(poly, value=True)
    with pytest.raises(ValueError, match="stage"):
        s2sad.source(poly, stage="tokens")


def test_source_with_a_signature_needs_no_helpers():
    text = s2sad.source(model, wrt=("w", "b"), signature="w: f8[n], b: float, x: f8[n]")
    assert "runtime" not in text and "unbroadcast" not in text
    names: dict[str, Any] = {}
    exec(text, names)
    w_bar, b_bar = names["model_grad"](X, 1.0, X)
    np.testing.assert_allclose(w_bar, 2 * (X * X + 1) * X)


def add(add, spread, unbroadcast, np_):
    total = add * spread
    for _ in range(2):
        total = total * unbroadcast + np.sum(add) * np_
    return np.sum(total)


def cumprod(x):
    return np.sum(np.cumprod(x))


def test_authors_names_win_over_those_of_helpers():
    expected = [float(numeric_gradient(add, (2.0, 3.0, 0.5, 1.0), name)[0]) for name in ("add", "spread", "unbroadcast")]
    gradient = s2sad.grad(add, (0, 1, 2))
    np.testing.assert_allclose(gradient(2.0, 3.0, 0.5, 1.0), expected, rtol=1e-6)
    for standalone in (False, True):
        names: dict[str, Any] = {}
        exec(s2sad.source(add, wrt=(0, 1, 2), standalone=standalone), names)
        np.testing.assert_allclose(names["add_grad"](2.0, 3.0, 0.5, 1.0), expected, rtol=1e-6)
    assert s2sad.check_grad(cumprod, X) < 1e-6


def test_source_is_the_same_every_time():
    assert len({s2sad.source(fill, signature="x: f8[n]") for _ in range(3)}) == 1


def test_source_of_file_does_not_run_the_file(tmp_path: Path):
    path = tmp_path / "program.py"
    path.write_text("raise SystemExit(3)\nimport numpy as np\ndef f(x):\n    return np.sum(np.sin(x))\n")
    text = s2sad.source_of_file(path, "f", signature="x: f8[n]", standalone=True)
    names: dict[str, Any] = {}
    exec(text, names)
    np.testing.assert_allclose(names["f_grad"](X), np.cos(X))
    with pytest.raises(errors.DifferentiationError, match="no function 'g'"):
        s2sad.source_of_file(path, "g")


def test_emitted_lines_are_in_tracebacks():
    def f(x):
        return np.sum(np.log(x))

    gradient = s2sad.grad(f)
    gradient(X**2)
    with pytest.raises(FloatingPointError) as info, np.errstate(all="raise"):
        gradient(np.zeros(4))
    last = info.traceback[-1]
    assert "x" in str(last.statement), "linecache knows the emitted text"
