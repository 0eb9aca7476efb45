"""Functions of `scipy.linalg` of stacks of matrices, which SciPy takes in its newer versions."""

from __future__ import annotations

import linecache
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg as linalg

import s2sad

_rng = np.random.default_rng(12)


def normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape)


# operands: A, P and Q are stacks of matrices, B of right-hand sides, R of tall matrices; a, p and b are one each
STACKS = [
    "linalg.solve_triangular(A, B, lower=True)", "linalg.solve_triangular(A, B, 1)", "linalg.solve_triangular(a, B)",
    "linalg.solve_triangular(A, b)", "linalg.solve_triangular(A, B, 0, True, True)", "linalg.cho_solve((A, True), B)",
    "linalg.cho_solve((a, False), B)", "linalg.cho_solve(linalg.cho_factor(P), B)", "np.triu(linalg.cho_factor(P)[0])",
    "linalg.lu_solve(linalg.lu_factor(A), B)", "linalg.lu_solve(linalg.lu_factor(A), b)", "linalg.lu_solve(linalg.lu_factor(a), B, 1)",
    "linalg.lu_factor(R)[0]", "linalg.lu(A)[1]", "linalg.lu(R)[2]", "linalg.lu(R, True)[0]", "linalg.lu(R, p_indices=True)[1]",
    "linalg.qr(R, mode='economic')[0]", "linalg.qr(A)[1]", "linalg.logm(P)", "linalg.sqrtm(P)", "linalg.expm(0.3 * Q)",
    "linalg.solve_sylvester(A, P, Q)", "linalg.solve_sylvester(a, p, Q)", "linalg.solve_continuous_lyapunov(A, Q)",
    "linalg.solve_continuous_lyapunov(a, Q)", "linalg.solve_discrete_lyapunov(0.2 * A, Q)", "linalg.solve_discrete_lyapunov(0.2 * a, Q)",
    "linalg.toeplitz(B[..., 0])", "linalg.toeplitz(B[..., 0], B[..., 1])", "linalg.block_diag(A, p)",
    "linalg.solve(A, B)", "linalg.solve(a, B)", "linalg.inv(A)", "linalg.det(A)", "linalg.cholesky(P)", "linalg.pinv(R)", "linalg.svdvals(R)",
]  # fmt: skip


@pytest.mark.parametrize("expression", STACKS)
def test_stacks_of_matrices(expression: str) -> None:
    """What this version of SciPy takes in stacks, in both modes against differences."""
    a = normal(2, 3, 3) + 3.0 * np.eye(3)
    p = a @ np.swapaxes(a, -1, -2) + 3.0 * np.eye(3)
    given = {"A": a, "P": p, "Q": normal(2, 3, 3), "B": normal(2, 3, 2), "R": normal(2, 4, 3), "a": a[0], "p": p[1], "b": normal(3)}
    names = [n for n in given if re.search(rf"\b{n}\b", expression)]
    f = _compiled(f"def f({', '.join(names)}):\n    return np.sum(np.sin(1.0 + 0.5 * ({expression})))\n")
    at = [given[n] for n in names]
    directions = [normal(*x.shape) for x in at]
    directions = [d + np.swapaxes(d, -1, -2) if n in "Pp" else d for n, d in zip(names, directions)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if re.search(r"lu_factor\([AR]\)", expression) and linalg.lu_factor(np.stack([np.eye(3)] * 2))[1].shape != (2, 3):
            with pytest.raises(Exception, match=r"SciPy 1\.16|lu\b"):
                s2sad.grad(f, wrt=tuple(names))(*at)
            return  # this SciPy takes a stack for a matrix, and its result is none
        try:
            ends = [f(*(x + h * d for x, d in zip(at, directions))) for h in (1e-6, -1e-6)]
        except (ValueError, TypeError):
            pytest.skip("this SciPy takes no stacks")
        if np.shape(linalg.toeplitz(np.ones((2, 3)))) == (6, 6) and "toeplitz" in expression:
            pytest.skip("this SciPy makes one vector of a stack")
        gradients = s2sad.grad(f, wrt=tuple(names))(*at)
        _, tangent = s2sad.jvp(f, tuple(at), tuple(directions))
    expected = (ends[0] - ends[1]) / 2e-6
    assert [np.shape(g) for g in gradients] == [x.shape for x in at]
    assert sum(float(np.sum(g * d)) for g, d in zip(gradients, directions)) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert float(tangent) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def _compiled(text: str) -> Callable[..., Any]:
    space: dict[str, Any] = {"np": np, "linalg": linalg}
    filename = f"<stacks {hash(text)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), space)
    return space["f"]  # type: ignore[no-any-return]


def test_stacks_whose_result_is_no_tuple() -> None:
    # older versions of SciPy refuse them themselves
    with warnings.catch_warnings(), pytest.raises((NotImplementedError, ValueError), match=r"scipy\.linalg\.qr .* stacks|expected (a )?2-D"):
        warnings.simplefilter("ignore")
        s2sad.grad(lambda a: np.sum(linalg.qr(a, mode="r")[0]))(normal(2, 3, 3))
