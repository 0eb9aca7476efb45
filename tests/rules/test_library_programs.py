"""Programs of linear algebra, transforms and filters through the compiler: reverse mode, forward mode, and what is refused.

The rows of the tables run the rules as they stand; here they meet types, tuples of results, fields, lists and keywords.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.fft as transforms
import scipy.linalg as linalg
import scipy.signal as signal

import s2sad
from s2sad.errors import DifferentiationError, NoRuleError
from s2sad.texts import source_of_file

_rng = np.random.default_rng(11)


def normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape)


def complex_normal(*shape: int) -> np.ndarray:
    return normal(*shape) + 1j * normal(*shape)


_W = complex_normal(4, 4)
_REAL_VALUES = np.diag([-1.0, 2.0, 3.0]) + 0.1 * normal(3, 3)


def definite(a: np.ndarray) -> np.ndarray:
    return a @ np.conj(a.T) + 3.0 * np.eye(len(a))


def eigenvalues(a):
    return np.sum(np.abs(np.linalg.eig(a)[0]) ** 2)


def eigenvalues_by_name(a):
    return np.sum(np.abs(np.linalg.eig(a).eigenvalues) ** 3)


def eigenvectors(a):
    w, v = np.linalg.eig(a)
    return np.real(np.sum(v * _W[:3, :3])) + np.sum(np.abs(w))


def spectral_radius(a):
    return np.max(np.abs(np.linalg.eigvals(a)))


def projector(a):
    v = np.linalg.eigh(a)[1]
    return np.real(np.sum((v * np.array([1.0, 2.0, 3.0])) @ np.conj(v.T) * _W[:3, :3]))


def low_rank(a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.real(np.sum((u[:, :2] * s[:2] ** 2) @ vh[:2] * _W[: a.shape[0], : a.shape[1]]))


def polar(a):
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return np.real(np.sum((u @ vh) * _W[: a.shape[0], : a.shape[1]]))


def nuclear(a):
    return np.sum(np.linalg.svd(a)[1])


def orthogonal(a):
    q, r = np.linalg.qr(a)
    return np.sum(np.abs(q) ** 3) + np.sum(np.abs(r) ** 3)


def upper_factor(a):
    return np.sum(np.linalg.qr(a).R ** 3) + np.sum(np.linalg.qr(a, mode="r") ** 2)


def log_likelihood(a):
    sign, log = np.linalg.slogdet(a)
    return np.real(sign * _W[0, 0]) * log


def phase_only(a):
    return np.real(np.linalg.slogdet(a)[0] * _W[0, 0]) * np.real(a[0, 0])


def singular_determinant(a):
    return np.real(np.linalg.det(a @ np.diag([1.0, 1.0, 0.0])) + np.linalg.det(a[:2, :2]))


def regression(a, b):
    x, residuals, _, s = np.linalg.lstsq(a, b, rcond=None)
    return np.sum(x**2) + np.sum(residuals) + np.sum(s**3)


def chain(a, b):
    return np.sum(np.linalg.multi_dot([a, b, a[0]]) ** 2)


def contractions(a):
    return np.sum(np.einsum("...ij,...j->...i", a, a[:, 0]) ** 2) + np.sum(np.einsum("kij,kji", a, a))


def contractions_of_axis_lists(a):
    plain = np.einsum(a, [2, 0, 1], np.ones((3, 3)), [1, 3])
    return np.sum(plain**2) + np.sum(np.einsum(np.ones(3), [7], a, (..., 7), [7, ...]) ** 3) + np.einsum(a, [0, 1, 2], a, [0, 2, 1], [])


def stacked_products(a):
    return np.real(np.sum(np.linalg.vecdot(a, 2j * a)) + np.sum(np.kron(a, a.T)) + np.sum(np.linalg.matrix_power(a, -2)))


def tensors(a):
    return np.sum(np.linalg.tensorinv(a) ** 2) + np.sum(np.linalg.tensorsolve(a, a[:, :, 0] ** 2) ** 2)


def upper_cholesky(a):
    return np.real(np.sum(np.linalg.cholesky(definite(a), upper=True) * _W[:3, :3]))


def spectrum(a):
    return np.sum(np.abs(np.fft.rfft2(a, s=(3, 6))) ** 3) + np.sum(np.fft.hfft(a, axis=0) ** 2)


def frequencies(d):
    return np.sum(np.fft.fftfreq(5, d) ** 3) + np.sum(np.fft.rfftfreq(6, d=d))


def structured(a, b):
    x = linalg.solve(definite(a), b, assume_a="pos") + linalg.solve(a, b, transposed=True)
    return np.sum(x**2) + np.sum(linalg.solve_triangular(a, b, lower=True, trans="T") ** 2)


def by_cholesky(a, b):
    factor = linalg.cho_factor(definite(a), lower=True)
    return np.sum(linalg.cho_solve(factor, b) ** 2) + np.sum(linalg.cho_solve((factor[0], True), b[0] * b))


def by_lu(a, b):
    lu, piv = linalg.lu_factor(a)
    p, left, u = linalg.lu(a)
    return np.sum(linalg.lu_solve((lu, piv), b, 1) ** 2) + np.sum(left**3) + np.sum(p @ u**2)


def matrix_functions(a):
    return np.sum(linalg.expm(a)) + np.sum(np.abs(linalg.sqrtm(a)) ** 2) + np.sum(np.abs(linalg.logm(a)) ** 3)


def equations(a, q):
    x = linalg.solve_continuous_lyapunov(a, q) + linalg.solve_discrete_lyapunov(a / 5.0, q)
    return np.real(np.sum(x**2)) + np.real(np.sum(linalg.solve_sylvester(a, q, a)))


def scipy_factors(a):
    q, r = linalg.qr(a, mode="economic")
    w, v = linalg.eigh(definite(a))
    return np.sum(q**3) + np.sum(r**3) + np.sum(np.abs(v) ** 3) + np.sum(linalg.qr(a, mode="r")[0] ** 2) + np.sum(w**2)


def assembled(c):
    return np.sum(linalg.block_diag(linalg.toeplitz(c, [c[0], 2.0, c[1]]), 2.0, c[0] * c) ** 3)


def filtered(b, a, x, state):
    y, final = signal.lfilter(b, a, x, zi=state)
    return np.sum(y**2) + np.sum(final**3) + np.sum(signal.lfilter([b[0], 1.0], [1.0, 0.5 * a[1]], x) ** 2)


def convolved(a, b):
    full = signal.fftconvolve(a, b, mode="same") + signal.convolve2d(a, b, "same")
    return np.sum(full**2) + np.sum(signal.correlate(a, b, mode="valid") ** 3)


def transformed(a):
    return np.sum(np.abs(transforms.fft(a, transforms.next_fast_len(7))) ** 3) + np.sum(transforms.dct(a, norm="ortho") ** 3)


_SQUARE, _COMPLEX = normal(3, 3), complex_normal(3, 3)
_CASES: list[tuple[Any, ...]] = [
    *((f, a) for f in (eigenvalues, eigenvalues_by_name, eigenvectors, spectral_radius) for a in (_SQUARE, _COMPLEX, _REAL_VALUES)),
    (projector, _SQUARE + _SQUARE.T),
    (projector, _COMPLEX + _COMPLEX.conj().T),
    *((f, a) for f in (low_rank, polar, nuclear) for a in (normal(4, 3), complex_normal(3, 4), complex_normal(4, 2))),
    *((orthogonal, a) for a in (normal(4, 3), complex_normal(3, 4))),
    (upper_factor, normal(4, 3)),
    *((f, a) for f in (log_likelihood, phase_only, singular_determinant) for a in (_SQUARE, _COMPLEX)),
    (regression, normal(5, 3), normal(5)),
    (regression, normal(3, 5), normal(3, 2)),
    (chain, normal(3, 2), normal(2, 2)),
    (contractions, normal(2, 3, 3)),
    (contractions_of_axis_lists, normal(2, 3, 3)),
    (stacked_products, _COMPLEX),
    (tensors, normal(2, 3, 6)),
    (upper_cholesky, _SQUARE),
    (upper_cholesky, _COMPLEX),
    (spectrum, normal(3, 4)),
    (frequencies, 0.3),
    (structured, _SQUARE, normal(3)),
    (by_cholesky, _SQUARE, normal(3)),
    (by_lu, _SQUARE, normal(3)),
    (matrix_functions, _REAL_VALUES),
    (matrix_functions, definite(_SQUARE)),
    (equations, _COMPLEX, complex_normal(3, 3)),
    (scipy_factors, _SQUARE),
    (assembled, normal(3)),
    (filtered, normal(3), np.array([1.3, -0.4, 0.2]), normal(7), normal(2)),
    (convolved, normal(4, 3), normal(2, 2)),
    (transformed, normal(5)),
]


def _slope(f: Callable[..., Any], args: tuple[Any, ...], directions: tuple[Any, ...]) -> float:
    ends = [f(*(a + step * d for a, d in zip(args, directions, strict=True))) for step in (1e-6, -1e-6)]
    return (ends[0] - ends[1]) / 2e-6


def _direction(a: Any, rng: np.random.Generator) -> Any:
    d = rng.normal(size=np.shape(a)) + (1j * rng.normal(size=np.shape(a)) if np.iscomplexobj(a) else 0.0)
    return d if np.ndim(a) else float(d)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("f, args", [(case[0], case[1:]) for case in _CASES], ids=[f"{k}-{c[0].__name__}" for k, c in enumerate(_CASES)])
def test_both_modes_agree_with_differences(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    rng = np.random.default_rng(2)
    value, gradients = s2sad.value_and_grad(f, wrt=tuple(range(len(args))))(*args)
    assert value == pytest.approx(f(*args))
    for gradient, arg in zip(gradients, args, strict=True):
        assert np.shape(gradient) == np.shape(arg) and np.result_type(gradient) == np.result_type(arg)
    for _ in range(2):
        directions = tuple(_direction(a, rng) for a in args)
        slope = _slope(f, args, directions)
        along = sum(float(np.real(np.sum(g * d))) for g, d in zip(gradients, directions, strict=True))
        assert along == pytest.approx(slope, rel=2e-5, abs=2e-6)
        assert s2sad.jvp(f, args, directions)[1] == pytest.approx(along, rel=1e-8, abs=1e-9)
    for k, direction in enumerate(directions):
        one = tuple(d if j == k else None for j, d in enumerate(directions))
        along = float(np.real(np.sum(gradients[k] * direction)))
        assert s2sad.jvp(f, args, one)[1] == pytest.approx(along, rel=1e-8, abs=1e-9)


_REFUSED: list[tuple[Callable[..., Any], str]] = [
    (lambda a: np.sum(np.linalg.qr(a, mode="raw")[0]), r"linalg\.qr .*mode='raw'"),
    (lambda a: np.sum(np.linalg.svd(a, hermitian=True)[1]), r"linalg\.svd .*hermitian=True"),
    (lambda a: np.sum(linalg.solve(a, a[0], overwrite_a=True)), r"linalg\.solve .*overwrite_a=True"),
    (lambda a: np.sum(linalg.solve(a, a[0], assume_a="banded")), r"linalg\.solve .*assume_a='banded'"),
    (lambda a: np.sum(linalg.eigh(a, a)[0]), r"linalg\.eigh .*b"),
    (lambda a: np.sum(linalg.qr(a, pivoting=True)[0]), r"linalg\.qr .*pivoting=True"),
    (lambda a: np.sum(signal.convolve2d(a, a, boundary="wrap")), r"convolve2d .*boundary='wrap'"),
    (lambda a: np.sum(transforms.dct(a, orthogonalize=True)), r"dct .*orthogonalize=True"),
    (lambda a: np.sum(np.matmul(a, a, axes=[(0, 1), (0, 1), (0, 1)])), r"matmul .*axes"),
]


@pytest.mark.parametrize("f, message", _REFUSED, ids=[str(k) for k in range(len(_REFUSED))])
def test_what_a_rule_does_not_know_is_refused_by_name(f: Callable[..., Any], message: str) -> None:
    with pytest.raises(DifferentiationError, match=message) as caught:
        s2sad.grad(f)(_SQUARE)
    assert isinstance(caught.value, NoRuleError)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(np.linalg.svd(a)[0] ** 3),
        lambda a: np.sum(np.linalg.qr(a, mode="complete")[0] ** 3),
        lambda a: np.sum(linalg.qr(a)[0] ** 3),
    ],
)
def test_vectors_that_the_matrix_does_not_determine(f: Callable[..., Any]) -> None:
    tall = normal(4, 2)
    with pytest.raises(NotImplementedError, match="not determined"):
        s2sad.grad(f)(tall)
    assert np.isnan(s2sad.jvp(f, (tall,), (normal(4, 2),))[1])


def test_a_standalone_text_of_scipy_functions_runs_without_s2sad(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import numpy as np\nimport scipy.linalg\nfrom scipy import signal\n\n\n"
        "def f(a, b):\n"
        "    x = scipy.linalg.cho_solve(scipy.linalg.cho_factor(a @ a.T), b)\n"
        "    return np.sum(signal.lfilter(b, [1.0, 0.5], x) ** 2) + np.sum(np.linalg.svd(a)[1])\n"
    )
    text = source_of_file(program, "f", wrt=("a", "b"), standalone=True)
    assert "import s2sad" not in text and "from s2sad" not in text
    space: dict[str, Any] = {}
    exec(program.read_text(), space)
    emitted: dict[str, Any] = {}
    exec(text, emitted)
    a, b = _SQUARE + 2.0 * np.eye(3), np.ones(3)
    gradients = emitted["f_grad"](a, b)
    directions = (normal(3, 3), normal(3))
    along = sum(np.sum(g * d) for g, d in zip(gradients, directions, strict=True))
    assert along == pytest.approx(_slope(space["f"], (a, b), directions), rel=1e-6)


def log_determinant(x):
    return np.linalg.slogdet(x)[1]


_TWICE: list[Callable[..., Any]] = [
    lambda x: np.sum(np.linalg.inv(x) ** 2),
    lambda x: np.linalg.det(x) ** 2,
    log_determinant,
    lambda x: np.sum(np.linalg.solve(x, x[0] ** 2)),
    lambda x: np.sum(np.linalg.eigvalsh(x + x.T) ** 3),
    lambda x: np.sum(np.linalg.svd(x)[0] ** 3),
    lambda x: np.sum(np.linalg.qr(x)[0] ** 3),
    lambda x: np.sum(np.linalg.pinv(x) ** 3),
    lambda x: np.sum(np.einsum("ij,jk,kl->il", x, x, x) ** 2),
    lambda x: np.sum(np.tensordot(x, x, 1) ** 3) + np.sum((np.stack([x, x]) @ x) ** 3),
    lambda x: np.sum(np.convolve(x[0], x[1]) ** 3) + np.sum(np.correlate(x[0], x[1], "same") ** 3),
    lambda x: np.sum(np.fft.irfft(x) ** 3) + np.sum(np.cross(x, x[0]) ** 3),
    lambda x: np.sum(linalg.expm(x) ** 2),
    lambda x: np.sum(linalg.solve(x, np.ones(3), assume_a="gen") ** 2),
    lambda x: np.sum(linalg.lu_solve(linalg.lu_factor(x), x[0]) ** 2),
    lambda x: np.sum(signal.lfilter(x[0], x[1] + np.array([2.0, 0.0, 0.0]), x[2]) ** 2),
    lambda x: np.sum(signal.convolve(x, x) ** 3) + np.sum(transforms.dct(x) ** 3),
]


@pytest.mark.parametrize("f", _TWICE, ids=[str(k) for k in range(len(_TWICE))])
def test_gradients_are_differentiated_again(f: Callable[..., Any]) -> None:
    x, direction = definite(_SQUARE), normal(3, 3)
    gradient = s2sad.grad(f)
    expected = (gradient(x + 1e-5 * direction) - gradient(x - 1e-5 * direction)) / 2e-5
    scale = max(1.0, float(np.max(np.abs(expected))))
    np.testing.assert_allclose(s2sad.jvp(gradient, (x,), (direction,))[1], expected, atol=1e-6 * scale)
    again = s2sad.grad(lambda x: np.sum(gradient(x) * direction))(x)
    np.testing.assert_allclose(again, expected, atol=1e-6 * scale)
