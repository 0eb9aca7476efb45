"""Rules of `numpy.linalg`.

Sources: M. Giles, Collected matrix derivative results (2008); for the pseudo-inverse, G. Golub and V.
Pereyra, The differentiation of pseudo-inverses (1973). Where NumPy reads one triangle of a matrix only
(`cholesky`, `eigh`), the adjoint is that of what NumPy computes: zero in the other triangle.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint


@adjoint(np.linalg.inv)
def inv(y, a):
    if np.ndim(a) == 2:
        a_bar = -(y.T @ y_bar @ y.T)
    else:
        transposed = np.swapaxes(y, -1, -2)
        a_bar = -(transposed @ y_bar @ transposed)


@adjoint(np.linalg.solve)
def solve(y, a, b):
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        right_bar = np.linalg.solve(a.T, y_bar)
        a_bar = -np.outer(right_bar, y)
        b_bar = right_bar
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        right_bar = np.linalg.solve(a.T, y_bar)
        a_bar = -(right_bar @ y.T)
        b_bar = right_bar
    else:
        right_bar = solve_right_bar(y_bar, a, b)
        a_bar = solve_matrix_bar(right_bar, y, a, b)
        b_bar = unbroadcast(right_bar, b)


@adjoint(np.linalg.det)
def det(y, a):
    if np.ndim(a) == 2:
        a_bar = y_bar * y * np.linalg.inv(a).T
    else:
        a_bar = (y_bar * y)[..., None, None] * np.swapaxes(np.linalg.inv(a), -1, -2)


@adjoint(np.linalg.slogdet)
def slogdet(y, a):
    if np.ndim(a) == 2 and np.isrealobj(a):
        a_bar = y_bar[1] * np.linalg.inv(a).T
    else:
        scale = np.asarray(y_bar[1] + 1j * np.imag(y_bar[0] * y[0]) if np.iscomplexobj(a) else y_bar[1])
        a_bar = scale[..., None, None] * np.swapaxes(np.linalg.inv(a), -1, -2)


@adjoint(np.linalg.cholesky)
def cholesky(y, a):
    a_bar = cholesky_bar(y_bar, y)


@adjoint(np.linalg.eigh)
def eigh(y, a, UPLO="L"):
    a_bar = eigh_bar(y_bar[0], y_bar[1], y[0], y[1], UPLO)


@adjoint(np.linalg.eigvalsh)
def eigvalsh(y, a, UPLO="L"):
    vectors = np.linalg.eigh(a, UPLO)[1]
    a_bar = eigh_bar(y_bar, None, y, vectors, UPLO)


@adjoint(np.linalg.svd)
def svd(y, a, full_matrices=True, compute_uv=True):
    a_bar = svd_bar(y_bar, y, a, compute_uv)


@adjoint(np.linalg.pinv)
def pinv(y, a, rcond=None):
    a_bar = pinv_bar(y_bar, y, a)


@adjoint(np.linalg.matrix_power)
def matrix_power(y, a, n):
    a_bar = matrix_power_bar(y_bar, a, n)
