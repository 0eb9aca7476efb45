"""Rules of products of arrays."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import operator

import numpy as np

from s2sad.rules.registry import adjoint


@adjoint(np.matmul, operator.matmul, operator.imatmul)
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


@adjoint(np.inner)
def inner(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = y_bar * b
        b_bar = y_bar * a
    else:
        a_bar = inner_left(y_bar, a, b)
        b_bar = inner_right(y_bar, a, b)


@adjoint(np.vdot)
def vdot(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1 and np.isrealobj(a):
        a_bar = y_bar * b
        b_bar = y_bar * a
    else:
        a_bar = np.conj(y_bar * np.reshape(b, np.shape(a)))
        b_bar = y_bar * np.conj(np.reshape(a, np.shape(b)))


@adjoint(np.outer)
def outer(y, a, b):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = y_bar @ b
        b_bar = a @ y_bar
    else:
        a_bar = np.reshape(y_bar @ np.ravel(b), np.shape(a))
        b_bar = np.reshape(np.ravel(a) @ y_bar, np.shape(b))


@adjoint(np.tensordot)
def tensordot(y, a, b, axes=2):
    a_bar = tensordot_left(y_bar, a, b, axes)
    b_bar = tensordot_right(y_bar, a, b, axes)


@adjoint(np.einsum)
def einsum(y, subscripts, *operands, optimize=False):
    operands_bar = einsum_bar(y_bar, subscripts, operands)


@adjoint(np.kron)
def kron(y, a, b):
    a_bar = kron_left(y_bar, a, b)
    b_bar = kron_right(y_bar, a, b)


@adjoint(np.cross)
def cross(y, a, b, *, axis=-1):
    a_bar = unbroadcast(np.cross(b, y_bar, axis=axis), a)
    b_bar = unbroadcast(np.cross(y_bar, a, axis=axis), b)


@adjoint(np.convolve)
def convolve(y, a, v, mode="full"):
    a_bar = convolve_bar(y_bar, a, v, mode)
    v_bar = convolve_bar(y_bar, v, a, mode)
