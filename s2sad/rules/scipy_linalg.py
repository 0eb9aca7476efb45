"""Rules of `scipy.linalg`; loaded once that module is imported.

Conventions and sources are those of `numpy.linalg` (see `linalg.py`), and: what SciPy does not read of a matrix (one of its
triangles, the diagonal with unit_diagonal=True) has an adjoint of zero; `lu` and its relatives are differentiated at constant
pivots (F. de Hoog, R. Anderssen, M. Lukas, Differentiation of matrix functionals using triangular factorization, 2011);
functions of matrices by N. Higham, Functions of Matrices (2008), chapter 3, where their principal values are smooth.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.linalg as linalg

from s2sad import runtime
from s2sad.rules.registry import adjoint, tangent

# A template cannot name `scipy.linalg`; the helpers of `runtime_scipy` import it when they run.

_KEPT = {"overwrite_a": (False,)}
_BOTH_KEPT = {"overwrite_a": (False,), "overwrite_b": (False,)}
_STRUCTURES = (None, "gen", "general", "sym", "symmetric", "her", "hermitian", "pos", "positive definite", "diagonal", "tridiagonal",
               "upper triangular", "lower triangular")  # fmt: skip
_WHOLE = {"b": (None,), "subset_by_index": (None,), "subset_by_value": (None,)}


# --- systems ------------------------------------------------------------------------------------------------


@adjoint(linalg.solve, options={**_BOTH_KEPT, "assume_a": _STRUCTURES})
def solve(
    y, a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):
    bars = linear_solve_bar(y_bar, y, a, b, lower, assume_a, transposed)
    a_bar = bars[0]
    b_bar = bars[1]


@tangent(linalg.solve, options={**_BOTH_KEPT, "assume_a": _STRUCTURES})
def solve_dot(
    y, a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):
    y_dot = linear_solve_tangent(a_dot, b_dot, y, a, b, lower, assume_a, transposed)


@adjoint(linalg.solve_triangular, options={"overwrite_b": (False,)})
def solve_triangular(y, a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True):
    bars = triangular_solve_bar(y_bar, y, a, b, trans, lower, unit_diagonal)
    a_bar = bars[0]
    b_bar = bars[1]


@tangent(linalg.solve_triangular, options={"overwrite_b": (False,)})
def solve_triangular_dot(y, a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True):
    y_dot = triangular_solve_tangent(a_dot, b_dot, y, a, b, trans, lower, unit_diagonal)


@adjoint(linalg.cho_factor, options=_KEPT)
def cho_factor(y, a, lower=False, overwrite_a=False, check_finite=True):
    a_bar = cho_factor_bar(y_bar[0], y[0], lower)


@tangent(linalg.cho_factor, options=_KEPT)
def cho_factor_dot(y, a, lower=False, overwrite_a=False, check_finite=True):
    y_dot = (cho_factor_tangent(a_dot, y[0], lower), None)


@adjoint(linalg.cho_solve, options={"overwrite_b": (False,)})
def cho_solve(y, c_and_lower, b, overwrite_b=False, check_finite=True):
    bars = cho_solve_bar(y_bar, y, c_and_lower[0], b, c_and_lower[1])
    c_and_lower_bar = (bars[0], None)
    b_bar = bars[1]


@tangent(linalg.cho_solve, options={"overwrite_b": (False,)})
def cho_solve_dot(y, c_and_lower, b, overwrite_b=False, check_finite=True):
    y_dot = cho_solve_tangent(c_and_lower_dot[0], b_dot, y, c_and_lower[0], b, c_and_lower[1])


@adjoint(linalg.lu_factor, options=_KEPT)
def lu_factor(y, a, overwrite_a=False, check_finite=True):
    a_bar = lu_factor_bar(y_bar[0], y[0], y[1])


@tangent(linalg.lu_factor, options=_KEPT)
def lu_factor_dot(y, a, overwrite_a=False, check_finite=True):
    y_dot = (lu_factor_tangent(a_dot, y[0], y[1]), None)


@adjoint(linalg.lu_solve, options={"overwrite_b": (False,), "trans": (0, 1, 2)})
def lu_solve(y, lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    bars = lu_solve_bar(y_bar, y, lu_and_piv[0], lu_and_piv[1], b, trans)
    lu_and_piv_bar = (bars[0], None)
    b_bar = bars[1]


@tangent(linalg.lu_solve, options={"overwrite_b": (False,), "trans": (0, 1, 2)})
def lu_solve_dot(y, lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    y_dot = lu_solve_tangent(lu_and_piv_dot[0], b_dot, y, lu_and_piv[0], lu_and_piv[1], b, trans)


@adjoint(linalg.inv, options={**_KEPT, "assume_a": (None, "gen", "general"), "lower": (False,)})
def inv(y, a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    transposed = np.swapaxes(y, -1, -2)
    a_bar = -(transposed @ y_bar @ transposed)


@tangent(linalg.inv, options={**_KEPT, "assume_a": (None, "gen", "general"), "lower": (False,)})
def inv_dot(y, a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    y_dot = -(y @ a_dot @ y)


@adjoint(linalg.pinv, options={"return_rank": (False,)})
def pinv(y, a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    a_bar = pinv_bar(y_bar, y, a)


@tangent(linalg.pinv, options={"return_rank": (False,)})
def pinv_dot(y, a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    y_dot = pinv_tangent(a_dot, y, a)


@adjoint(linalg.solve_sylvester, runtime.sylvester)
def solve_sylvester(y, a, b, q):
    if np.ndim(a) == 2 and np.ndim(b) == 2 and np.ndim(q) == 2:
        q_bar = sylvester(np.transpose(a), np.transpose(b), y_bar)
        a_bar = -(q_bar @ np.transpose(y))
        b_bar = -(np.transpose(y) @ q_bar)
    else:
        each_bar = sylvester(np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2), y_bar)
        q_bar = unbroadcast(each_bar, q)
        a_bar = unbroadcast(-(each_bar @ np.swapaxes(y, -1, -2)), a)
        b_bar = unbroadcast(-(np.swapaxes(y, -1, -2) @ each_bar), b)


@tangent(linalg.solve_sylvester, runtime.sylvester)
def solve_sylvester_dot(y, a, b, q):
    y_dot = sylvester(a, b, q_dot - a_dot @ y - y @ b_dot)


@adjoint(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(y, a, q):
    if np.ndim(a) == 2 and np.ndim(q) == 2:
        q_bar = sylvester(np.transpose(a), np.conj(a), y_bar)
        a_bar = -(q_bar @ np.transpose(y)) - np.conj(np.transpose(q_bar) @ y)
    else:
        each_bar = sylvester(np.swapaxes(a, -1, -2), np.conj(a), y_bar)
        q_bar = unbroadcast(each_bar, q)
        a_bar = unbroadcast(-(each_bar @ np.swapaxes(y, -1, -2)) - np.conj(np.swapaxes(each_bar, -1, -2) @ y), a)


@tangent(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov_dot(y, a, q):
    turned = np.conj(np.swapaxes(a_dot, -1, -2))
    y_dot = sylvester(a, np.conj(np.swapaxes(a, -1, -2)), q_dot - (a_dot @ y + y @ turned))


@adjoint(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(y, a, q, method=None):
    if np.ndim(a) == 2 and np.ndim(q) == 2:
        q_bar = discrete_lyapunov(np.transpose(a), y_bar, method)
        a_bar = q_bar @ np.conj(a) @ np.transpose(y) + np.conj(np.transpose(q_bar) @ a @ y)
    else:
        each_bar = discrete_lyapunov(np.swapaxes(a, -1, -2), y_bar, method)
        q_bar = unbroadcast(each_bar, q)
        turned_bar = np.swapaxes(each_bar, -1, -2)
        a_bar = unbroadcast(each_bar @ np.conj(a) @ np.swapaxes(y, -1, -2) + np.conj(turned_bar @ a @ y), a)


@tangent(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov_dot(y, a, q, method=None):
    turned = np.conj(np.swapaxes(a, -1, -2))
    turned_dot = np.conj(np.swapaxes(a_dot, -1, -2))
    y_dot = discrete_lyapunov(a, q_dot + (a_dot @ y @ turned + a @ y @ turned_dot), method)


# --- numbers of a matrix ------------------------------------------------------------------------------------


@adjoint(linalg.det, options=_KEPT)
def det(y, a, overwrite_a=False, check_finite=True):
    a_bar = np.asarray(y_bar)[..., None, None] * cofactors(a, np.linalg.det(a))


@tangent(linalg.det, options=_KEPT)
def det_dot(y, a, overwrite_a=False, check_finite=True):
    y_dot = np.sum(cofactors(a, np.linalg.det(a)) * a_dot, axis=(-2, -1))


@adjoint(linalg.norm)
def norm(y, a, ord=None, axis=None, keepdims=False, check_finite=True):
    a_bar = norm_bar(y_bar, y, a, ord, axis, keepdims)


@tangent(linalg.norm)
def norm_dot(y, a, ord=None, axis=None, keepdims=False, check_finite=True):
    slope = norm_bar(np.ones_like(y), y, a, ord, axis, keepdims)
    y_dot = np.sum(np.real(slope * a_dot), axis=axis, keepdims=keepdims)


# --- factorisations -----------------------------------------------------------------------------------------


@adjoint(linalg.cholesky, options=_KEPT)
def cholesky(y, a, lower=False, overwrite_a=False, check_finite=True):
    a_bar = cholesky_bar(y_bar, y, not lower)


@tangent(linalg.cholesky, options=_KEPT)
def cholesky_dot(y, a, lower=False, overwrite_a=False, check_finite=True):
    y_dot = cholesky_tangent(a_dot, y, not lower)


@adjoint(linalg.lu, options=_KEPT)
def lu(y, a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False):
    a_bar = lu_bar(y_bar, y, a, permute_l, p_indices)


@tangent(linalg.lu, options=_KEPT)
def lu_dot(y, a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False):
    y_dot = lu_tangent(a_dot, y, a, permute_l, p_indices)


@adjoint(linalg.qr, options={**_KEPT, "mode": ("full", "economic", "r"), "pivoting": (False,)})
def qr(y, a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    a_bar = scipy_qr_bar(y_bar, y, a, mode)


@tangent(linalg.qr, options={**_KEPT, "mode": ("full", "economic", "r"), "pivoting": (False,)})
def qr_dot(y, a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    y_dot = scipy_qr_tangent(a_dot, y, a, mode)


@adjoint(linalg.eigh, options={**_BOTH_KEPT, **_WHOLE})
def eigh(
    y, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    if eigvals_only:
        vectors = np.linalg.eigh(a, "L" if lower else "U")[1]
        a_bar = eigh_bar(y_bar, None, y, vectors, "L" if lower else "U")
    else:
        a_bar = eigh_bar(y_bar[0], y_bar[1], y[0], y[1], "L" if lower else "U")


@tangent(linalg.eigh, options={**_BOTH_KEPT, **_WHOLE})
def eigh_dot(
    y, a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    if eigvals_only:
        vectors = np.linalg.eigh(a, "L" if lower else "U")[1]
        y_dot = eigh_tangent(a_dot, y, vectors, "L" if lower else "U")[0]
    else:
        y_dot = eigh_tangent(a_dot, y[0], y[1], "L" if lower else "U")


@adjoint(linalg.eigvalsh, options={**_BOTH_KEPT, **_WHOLE})
def eigvalsh(
    y, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True, subset_by_index=None,
    subset_by_value=None, driver=None,
):  # fmt: skip
    vectors = np.linalg.eigh(a, "L" if lower else "U")[1]
    a_bar = eigh_bar(y_bar, None, y, vectors, "L" if lower else "U")


@tangent(linalg.eigvalsh, options={**_BOTH_KEPT, **_WHOLE})
def eigvalsh_dot(
    y, a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True, subset_by_index=None,
    subset_by_value=None, driver=None,
):  # fmt: skip
    vectors = np.linalg.eigh(a, "L" if lower else "U")[1]
    y_dot = eigh_tangent(a_dot, y, vectors, "L" if lower else "U")[0]


@adjoint(linalg.eig, options={**_BOTH_KEPT, "b": (None,), "left": (False,), "right": (True,), "homogeneous_eigvals": (False,)},
         dtype_varies=True)  # fmt: skip
def eig(
    y, a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True, homogeneous_eigvals=False
):
    a_bar = eig_bar(y_bar[0], y_bar[1], y[0], y[1])


@tangent(linalg.eig, options={**_BOTH_KEPT, "b": (None,), "left": (False,), "right": (True,), "homogeneous_eigvals": (False,)})
def eig_dot(
    y, a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True, homogeneous_eigvals=False
):
    y_dot = eig_tangent(a_dot, y[0], y[1])


@adjoint(linalg.eigvals, options={**_KEPT, "b": (None,), "homogeneous_eigvals": (False,)})
def eigvals(y, a, b=None, overwrite_a=False, *, check_finite=True, homogeneous_eigvals=False):
    a_bar = eigvals_bar(y_bar, y, a)


@tangent(linalg.eigvals, options={**_KEPT, "b": (None,), "homogeneous_eigvals": (False,)})
def eigvals_dot(y, a, b=None, overwrite_a=False, *, check_finite=True, homogeneous_eigvals=False):
    y_dot = eigvals_tangent(a_dot, y, a)


@adjoint(linalg.svd, options=_KEPT)
def svd(
    y, a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver="gesdd"
):
    a_bar = svd_bar(y_bar, y, a, compute_uv)


@tangent(linalg.svd, options=_KEPT)
def svd_dot(
    y, a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver="gesdd"
):
    y_dot = svd_tangent(a_dot, y, a, compute_uv)


@adjoint(linalg.svdvals, options=_KEPT)
def svdvals(y, a, overwrite_a=False, check_finite=True):
    a_bar = svd_bar(y_bar, y, a, False)


@tangent(linalg.svdvals, options=_KEPT)
def svdvals_dot(y, a, overwrite_a=False, check_finite=True):
    y_dot = svd_tangent(a_dot, y, a, False)


# --- functions of matrices ----------------------------------------------------------------------------------


@adjoint(linalg.expm)
def expm(y, A):
    A_bar = expm_bar(y_bar, A)


@tangent(linalg.expm)
def expm_dot(y, A):
    y_dot = expm_tangent(A, A_dot)


# Real matrices have complex logarithms and square roots where they have negative eigenvalues.
@adjoint(linalg.logm, dtype_varies=True)
def logm(y, A):
    A_bar = logm_bar(y_bar, A)


@tangent(linalg.logm)
def logm_dot(y, A):
    y_dot = cast_like(logm_tangent(A, A_dot), y)


@adjoint(linalg.sqrtm, dtype_varies=True)
def sqrtm(y, A):
    A_bar = sqrtm_bar(y_bar, y)


@tangent(linalg.sqrtm)
def sqrtm_dot(y, A):
    y_dot = cast_like(sqrtm_tangent(y, A_dot), y)


# --- matrices made of parts ---------------------------------------------------------------------------------


@adjoint(linalg.toeplitz)
def toeplitz(y, c, r=None):
    bars = toeplitz_bar(y_bar, c, r)
    c_bar = bars[0]
    r_bar = bars[1]


@tangent(linalg.toeplitz)
def toeplitz_dot(y, c, r=None):
    if r is None:
        y_dot = toeplitz_of(c_dot)
    else:
        y_dot = toeplitz_of(c_dot, r_dot)


@adjoint(linalg.block_diag)
def block_diag(y, *arrs):
    arrs_bar = block_diag_bar(y_bar, arrs)


@tangent(linalg.block_diag)
def block_diag_dot(y, *arrs):
    y_dot = block_diag_of(arrs_dot)
