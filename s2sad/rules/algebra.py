"""Rules of products of arrays. A product is linear in each factor: its tangent has a term for each."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import operator

import numpy as np

from s2sad.rules.registry import adjoint, tangent


def _linalg(name):
    """A function that `numpy.linalg` has since NumPy 2.0, or None."""
    return getattr(np.linalg, name, None)


@adjoint(np.matmul, operator.matmul, operator.imatmul, _linalg("matmul"))
def matmul(y, A, B):
    if np.ndim(A) == 2 and np.ndim(B) == 2:
        A_bar = y_bar @ B.T
        B_bar = A.T @ y_bar
    elif np.ndim(A) == 2 and np.ndim(B) == 1:
        A_bar = np.outer(y_bar, B)
        B_bar = A.T @ y_bar
    elif np.ndim(A) == 1 and np.ndim(B) == 2:
        A_bar = B @ y_bar
        B_bar = np.outer(A, y_bar)
    elif np.ndim(A) == 1 and np.ndim(B) == 1:
        A_bar = y_bar * B
        B_bar = y_bar * A
    else:
        A_bar = matmul_left(y_bar, A, B)
        B_bar = matmul_right(y_bar, A, B)


@tangent(np.matmul, operator.matmul, operator.imatmul, _linalg("matmul"))
def matmul_dot(y, A, B):
    y_dot = A_dot @ B + A @ B_dot


@adjoint(np.dot)
def dot(y, a, b):
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        a_bar = np.dot(y_bar, b.T)
        b_bar = np.dot(a.T, y_bar)
    elif np.ndim(a) == 2 and np.ndim(b) == 1:
        a_bar = np.outer(y_bar, b)
        b_bar = np.dot(a.T, y_bar)
    elif np.ndim(a) == 1 and np.ndim(b) == 2:
        a_bar = np.dot(b, y_bar)
        b_bar = np.outer(a, y_bar)
    elif np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = y_bar * b
        b_bar = y_bar * a
    else:
        a_bar = dot_left(y_bar, a, b)
        b_bar = dot_right(y_bar, a, b)


@tangent(np.dot)
def dot_dot(y, a, b):
    y_dot = np.dot(a_dot, b) + np.dot(a, b_dot)


@adjoint(np.inner)
def inner(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = y_bar * b
        b_bar = y_bar * a
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        a_bar = y_bar @ b
        b_bar = y_bar.T @ a
    elif np.ndim(a) == 2 and np.ndim(b) == 1:
        a_bar = np.outer(y_bar, b)
        b_bar = a.T @ y_bar
    elif np.ndim(a) == 1 and np.ndim(b) == 2:
        a_bar = b.T @ y_bar
        b_bar = np.outer(y_bar, a)
    else:
        a_bar = inner_left(y_bar, a, b)
        b_bar = inner_right(y_bar, a, b)


@tangent(np.inner)
def inner_dot(y, a, b):
    y_dot = np.inner(a_dot, b) + np.inner(a, b_dot)


@adjoint(np.vdot)
def vdot(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1 and np.isrealobj(a):
        a_bar = y_bar * b
        b_bar = y_bar * a
    else:
        a_bar = np.conj(y_bar * np.reshape(b, np.shape(a)))
        b_bar = y_bar * np.conj(np.reshape(a, np.shape(b)))


@tangent(np.vdot)
def vdot_dot(y, a, b):
    y_dot = np.vdot(a_dot, b) + np.vdot(a, b_dot)


@adjoint(getattr(np, "vecdot", None), _linalg("vecdot"))
def vecdot(y, x1, x2, *, axis=-1):
    if np.ndim(x1) == 1 and np.ndim(x2) == 1 and np.isrealobj(x1):
        x1_bar = y_bar * x2
        x2_bar = y_bar * x1
    else:
        x1_bar = vecdot_left(y_bar, x1, x2, axis)
        x2_bar = vecdot_right(y_bar, x1, x2, axis)


@tangent(getattr(np, "vecdot", None), _linalg("vecdot"))
def vecdot_dot(y, x1, x2, *, axis=-1):
    y_dot = np.vecdot(x1_dot, x2, axis=axis) + np.vecdot(x1, x2_dot, axis=axis)


@adjoint(getattr(np, "matvec", None))
def matvec(y, x1, x2):
    if np.ndim(x1) == 2 and np.ndim(x2) == 1:
        x1_bar = np.outer(y_bar, x2)
        x2_bar = x1.T @ y_bar
    else:
        x1_bar = unbroadcast(y_bar[..., :, None] * x2[..., None, :], x1)
        x2_bar = unbroadcast(np.matvec(np.swapaxes(x1, -1, -2), y_bar), x2)


@tangent(getattr(np, "matvec", None))
def matvec_dot(y, x1, x2):
    y_dot = np.matvec(x1_dot, x2) + np.matvec(x1, x2_dot)


@adjoint(getattr(np, "vecmat", None))
def vecmat(y, x1, x2):
    if np.ndim(x1) == 1 and np.ndim(x2) == 2 and np.isrealobj(x1):
        x1_bar = x2 @ y_bar
        x2_bar = np.outer(x1, y_bar)
    else:
        x1_bar = unbroadcast(np.conj(np.matvec(x2, y_bar)), x1)
        x2_bar = unbroadcast(np.conj(x1[..., :, None]) * y_bar[..., None, :], x2)


@tangent(getattr(np, "vecmat", None))
def vecmat_dot(y, x1, x2):
    y_dot = np.vecmat(x1_dot, x2) + np.vecmat(x1, x2_dot)


@adjoint(np.outer)
def outer(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = y_bar @ b
        b_bar = a @ y_bar
    else:
        a_bar = np.reshape(y_bar @ np.ravel(b), np.shape(a))
        b_bar = np.reshape(np.ravel(a) @ y_bar, np.shape(b))


@tangent(np.outer)
def outer_dot(y, a, b):
    y_dot = np.outer(a_dot, b) + np.outer(a, b_dot)


@adjoint(_linalg("outer"))
def outer_of_vectors(y, x1, x2):
    x1_bar = y_bar @ x2
    x2_bar = x1 @ y_bar


@tangent(_linalg("outer"))
def outer_of_vectors_dot(y, x1, x2):
    y_dot = np.outer(x1_dot, x2) + np.outer(x1, x2_dot)


@adjoint(np.tensordot)
def tensordot(y, a, b, axes=2):
    a_bar = tensordot_left(y_bar, a, b, axes)
    b_bar = tensordot_right(y_bar, a, b, axes)


@tangent(np.tensordot)
def tensordot_dot(y, a, b, axes=2):
    y_dot = np.tensordot(a_dot, b, axes) + np.tensordot(a, b_dot, axes)


@adjoint(_linalg("tensordot"))
def tensordot_of_linalg(y, x1, x2, *, axes=2):
    x1_bar = tensordot_left(y_bar, x1, x2, axes)
    x2_bar = tensordot_right(y_bar, x1, x2, axes)


@tangent(_linalg("tensordot"))
def tensordot_of_linalg_dot(y, x1, x2, *, axes=2):
    y_dot = np.tensordot(x1_dot, x2, axes) + np.tensordot(x1, x2_dot, axes)


@adjoint(np.einsum)
def einsum(y, subscripts, *operands, optimize=False):
    operands_bar = einsum_bar(y_bar, subscripts, operands)


@tangent(np.einsum)
def einsum_dot(y, subscripts, *operands, optimize=False):
    y_dot = einsum_tangent(subscripts, operands, operands_dot, optimize)


@adjoint(np.kron)
def kron(y, a, b):
    a_bar = kron_left(y_bar, a, b)
    b_bar = kron_right(y_bar, a, b)


@tangent(np.kron)
def kron_dot(y, a, b):
    y_dot = np.kron(a_dot, b) + np.kron(a, b_dot)


@adjoint(np.cross)
def cross(y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axisa == -1 and axisb == -1 and axisc == -1 and axis is None:
        a_bar = cross_left(y_bar, a, b)
        b_bar = cross_right(y_bar, a, b)
    else:
        a_bar = cross_left(y_bar, a, b, axisa, axisb, axisc, axis)
        b_bar = cross_right(y_bar, a, b, axisa, axisb, axisc, axis)


@tangent(np.cross)
def cross_dot(y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axisa == -1 and axisb == -1 and axisc == -1 and axis is None:
        y_dot = np.cross(a_dot, b) + np.cross(a, b_dot)
    else:
        y_dot = np.cross(a_dot, b, axisa, axisb, axisc, axis) + np.cross(a, b_dot, axisa, axisb, axisc, axis)


@adjoint(_linalg("cross"))
def cross_of_linalg(y, x1, x2, *, axis=-1):
    if axis == -1:
        x1_bar = unbroadcast(np.cross(x2, y_bar), x1)
        x2_bar = unbroadcast(np.cross(y_bar, x1), x2)
    else:
        x1_bar = cross_left(y_bar, x1, x2, -1, -1, -1, axis)
        x2_bar = cross_right(y_bar, x1, x2, -1, -1, -1, axis)


@tangent(_linalg("cross"))
def cross_of_linalg_dot(y, x1, x2, *, axis=-1):
    y_dot = np.cross(x1_dot, x2, axis=axis) + np.cross(x1, x2_dot, axis=axis)


@adjoint(np.linalg.multi_dot)
def multi_dot(y, arrays):
    arrays_bar = multi_dot_bar(y_bar, arrays)


@tangent(np.linalg.multi_dot)
def multi_dot_dot(y, arrays):
    y_dot = multi_dot_tangent(arrays, arrays_dot)


@adjoint(np.linalg.matrix_power)
def matrix_power(y, a, n):
    a_bar = matrix_power_bar(y_bar, a, n)


@tangent(np.linalg.matrix_power)
def matrix_power_dot(y, a, n):
    y_dot = power_tangent(a, a_dot, n)


@adjoint(np.convolve)
def convolve(y, a, v, mode="full"):
    a_bar = convolve_bar(y_bar, a, v, mode)
    v_bar = convolve_bar(y_bar, v, a, mode)


@tangent(np.convolve)
def convolve_dot(y, a, v, mode="full"):
    y_dot = np.convolve(a_dot, v, mode) + np.convolve(a, v_dot, mode)


@adjoint(np.correlate)
def correlate(y, a, v, mode="valid"):
    a_bar = correlate_left(y_bar, a, v, mode)
    v_bar = correlate_right(y_bar, a, v, mode)


@tangent(np.correlate)
def correlate_dot(y, a, v, mode="valid"):
    y_dot = np.correlate(a_dot, v, mode) + np.correlate(a, v_dot, mode)
