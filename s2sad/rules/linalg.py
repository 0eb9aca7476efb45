"""Rules of `numpy.linalg`.

Sources of the formulas: M. Giles, An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation (2008); for QR, S. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions
with application in optimum experimental design (2010); for the singular vectors, J. Townsend, Differentiating the singular
value decomposition (2016), and Z.-Q. Wan and S.-X. Zhang, Automatic differentiation for complex valued SVD (2019); for
eigenvectors, C. Boeddeker et al., On the computation of complex-valued gradients with application to statistically optimum
beamforming (2017); for the pseudo-inverse, G. Golub and V. Pereyra, The differentiation of pseudo-inverses (1973).

Conventions where the derivative is not unique or does not exist:

- Where NumPy reads one triangle of a matrix only (`cholesky`, `eigh`), the adjoint is that of what NumPy computes: zero in
  the other triangle, real on the diagonal.
- Vectors of equal eigenvalues or singular values do not mix: losses must not depend on how they are chosen. Complex
  eigenvectors of `eigh` and singular vectors are free in their phase: losses must not depend on it.
- The vectors that `qr` with mode="complete" and `svd` with full_matrices=True add are not determined by the matrix: losses that
  depend on them raise `NotImplementedError`, and their tangents are NaN.
- `inv`, `solve`, `slogdet` and `qr` of singular matrices raise `LinAlgError`; `det` has the derivative that it has there.
- `pinv` and `lstsq` are differentiated at constant rank.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


def _since_2(name):
    """A function that `numpy.linalg` has since NumPy 2.0, or None."""
    return getattr(np.linalg, name, None)


# --- systems ------------------------------------------------------------------------------------------------


@adjoint(np.linalg.inv)
def inv(y, a):
    if np.ndim(a) == 2:
        a_bar = -(y.T @ y_bar @ y.T)
    else:
        transposed = np.swapaxes(y, -1, -2)
        a_bar = -(transposed @ y_bar @ transposed)


@tangent(np.linalg.inv)
def inv_dot(y, a):
    y_dot = -(y @ a_dot @ y)


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


@tangent(np.linalg.solve)
def solve_dot(y, a, b):
    if np.ndim(a) == 2 and np.ndim(b) <= 2:
        y_dot = np.linalg.solve(a, b_dot - a_dot @ y)
    else:
        y_dot = solve_tangent(a_dot, b_dot, y, a, b)


@adjoint(np.linalg.tensorinv)
def tensorinv(y, a, ind=2):
    a_bar = tensorinv_bar(y_bar, y, ind)


@tangent(np.linalg.tensorinv)
def tensorinv_dot(y, a, ind=2):
    y_dot = tensorinv_tangent(a_dot, y, ind)


@adjoint(np.linalg.tensorsolve)
def tensorsolve(y, a, b, axes=None):
    right_bar = tensorsolve_right_bar(y_bar, a, b, axes)
    a_bar = tensorsolve_matrix_bar(right_bar, y, a, b, axes)
    b_bar = right_bar


@tangent(np.linalg.tensorsolve)
def tensorsolve_dot(y, a, b, axes=None):
    y_dot = np.linalg.tensorsolve(a, b_dot - tensor_product(a_dot, y, b, axes), axes)


@adjoint(np.linalg.pinv, options={"hermitian": (False,)})
def pinv(y, a, rcond=None, hermitian=False, *, rtol=None):
    a_bar = pinv_bar(y_bar, y, a)


@tangent(np.linalg.pinv, options={"hermitian": (False,)})
def pinv_dot(y, a, rcond=None, hermitian=False, *, rtol=None):
    y_dot = pinv_tangent(a_dot, y, a)


@adjoint(np.linalg.lstsq)
def lstsq(y, a, b, rcond=None):
    bars = lstsq_bar(y_bar, y, a, b)
    a_bar = bars[0]
    b_bar = bars[1]


# --- numbers of a matrix ------------------------------------------------------------------------------------


@tangent(np.linalg.lstsq)
def lstsq_dot(y, a, b, rcond=None):
    y_dot = lstsq_tangent(a_dot, b_dot, y, a, b)


@adjoint(np.linalg.det)
def det(y, a):
    if np.ndim(a) == 2:
        a_bar = y_bar * cofactors(a, y)
    else:
        a_bar = np.asarray(y_bar)[..., None, None] * cofactors(a, y)


@tangent(np.linalg.det)
def det_dot(y, a):
    y_dot = np.sum(cofactors(a, y) * a_dot, axis=(-2, -1))


@adjoint(np.linalg.slogdet)
def slogdet(y, a):
    if np.ndim(a) == 2 and np.isrealobj(a) and y_bar[1] is not None:
        a_bar = y_bar[1] * np.linalg.inv(a).T
    else:
        a_bar = slogdet_bar(y_bar, y, a)


@tangent(np.linalg.slogdet)
def slogdet_dot(y, a):
    y_dot = slogdet_tangent(a_dot, y, a)


@adjoint(np.linalg.cond)
def cond(y, x, p=None):
    x_bar = cond_bar(y_bar, x, p)


@tangent(np.linalg.cond)
def cond_dot(y, x, p=None):
    y_dot = np.sum(np.real(cond_bar(np.ones_like(y), x, p) * x_dot), axis=(-2, -1))


@adjoint(_since_2("matrix_norm"))
def matrix_norm(y, x, *, keepdims=False, ord="fro"):
    x_bar = norm_bar(y_bar, y, x, ord, (-2, -1), keepdims)


@tangent(_since_2("matrix_norm"))
def matrix_norm_dot(y, x, *, keepdims=False, ord="fro"):
    slope = norm_bar(np.ones_like(y), y, x, ord, (-2, -1), keepdims)
    y_dot = np.sum(np.real(slope * x_dot), axis=(-2, -1), keepdims=keepdims)


@adjoint(_since_2("vector_norm"))
def vector_norm(y, x, *, axis=None, keepdims=False, ord=2):
    x_bar = vector_norm_bar(y_bar, y, x, ord, axis, keepdims)


@tangent(_since_2("vector_norm"))
def vector_norm_dot(y, x, *, axis=None, keepdims=False, ord=2):
    slope = vector_norm_bar(np.ones_like(y), y, x, ord, axis, keepdims)
    y_dot = np.sum(np.real(slope * x_dot), axis=axis, keepdims=keepdims)


@adjoint(_since_2("trace"))
def trace(y, x, *, offset=0):
    x_bar = trace_bar(y_bar, x, offset, -2, -1)


@adjoint(_since_2("diagonal"), memory="view")
def diagonal(y, x, *, offset=0):
    x_bar = place_diagonal(y_bar, x, offset, -2, -1)


# --- factorisations -----------------------------------------------------------------------------------------


@adjoint(np.linalg.cholesky)
def cholesky(y, a, *, upper=False):
    a_bar = cholesky_bar(y_bar, y, upper)


@tangent(np.linalg.cholesky)
def cholesky_dot(y, a, *, upper=False):
    y_dot = cholesky_tangent(a_dot, y, upper)


@adjoint(np.linalg.qr, options={"mode": ("reduced", "complete", "r")})
def qr(y, a, mode="reduced"):
    a_bar = qr_bar(y_bar, y, a, mode)


@tangent(np.linalg.qr, options={"mode": ("reduced", "complete", "r")})
def qr_dot(y, a, mode="reduced"):
    y_dot = qr_tangent(a_dot, y, a, mode)


@adjoint(np.linalg.eigh)
def eigh(y, a, UPLO="L"):
    a_bar = eigh_bar(y_bar[0], y_bar[1], y[0], y[1], UPLO)


@tangent(np.linalg.eigh)
def eigh_dot(y, a, UPLO="L"):
    y_dot = eigh_tangent(a_dot, y[0], y[1], UPLO)


@adjoint(np.linalg.eigvalsh)
def eigvalsh(y, a, UPLO="L"):
    vectors = np.linalg.eigh(a, UPLO)[1]
    a_bar = eigh_bar(y_bar, None, y, vectors, UPLO)


# The lengths of eigenvectors are 1, and LAPACK makes the largest component of each real; the adjoint is that of these. A loss
# that depends on the phase is right only while the largest component stays the same one.
@adjoint(np.linalg.eig, dtype_varies=True)
def eig(y, a):
    a_bar = eig_bar(y_bar[0], y_bar[1], y[0], y[1])


@tangent(np.linalg.eig)
def eig_dot(y, a):
    y_dot = eig_tangent(a_dot, y[0], y[1])


@tangent(np.linalg.eigvalsh)
def eigvalsh_dot(y, a, UPLO="L"):
    vectors = np.linalg.eigh(a, UPLO)[1]
    y_dot = eigh_tangent(a_dot, y, vectors, UPLO)[0]


@adjoint(np.linalg.eigvals, dtype_varies=True)
def eigvals(y, a):
    a_bar = eigvals_bar(y_bar, y, a)


@tangent(np.linalg.eigvals)
def eigvals_dot(y, a):
    y_dot = eigvals_tangent(a_dot, y, a)


@adjoint(np.linalg.svd, options={"hermitian": (False,)})
def svd(y, a, full_matrices=True, compute_uv=True, hermitian=False):
    a_bar = svd_bar(y_bar, y, a, compute_uv)


@tangent(np.linalg.svd, options={"hermitian": (False,)})
def svd_dot(y, a, full_matrices=True, compute_uv=True, hermitian=False):
    y_dot = svd_tangent(a_dot, y, a, compute_uv)


@adjoint(_since_2("svdvals"))
def svdvals(y, x):
    x_bar = svd_bar(y_bar, y, x, False)


@tangent(_since_2("svdvals"))
def svdvals_dot(y, x):
    y_dot = svd_tangent(x_dot, y, x, False)


linear(_since_2("trace"), _since_2("diagonal"))
