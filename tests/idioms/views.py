"""Views and aliases of one piece of memory."""

import numpy as np


def store_in_base_seen_by_view(x):
    y = x * 1.0
    v = y[:2]
    y[0] = x[1] * x[2]
    return v[0] * v[1]


def store_in_view_of_view(x):
    y = x * 1.0
    inner = y[1:][1:]
    inner[0] = x[0] * x[1]
    return np.sum(y * y)


def transposed_view(x):
    A = np.outer(x, x)
    A.T[0, 1] = x[0] ** 3
    return np.sum(A[1] * x)


def reshaped_view(x):
    A = np.zeros((2, 3))
    flat = A.reshape(6)
    flat[1:4] = x * x
    return np.sum(A[0] * x) + A[1, 0]


def row_of_matrix(x):
    A = np.ones((3, 3))
    row = A[1]
    row *= x
    row += A[0]
    return np.sum(A @ x)


def alias_then_rebind(x):
    y = x * 2.0
    z = y
    y = y * x
    z[0] = 0.0
    return np.sum(y) + np.sum(z * z)


def copy_is_no_alias(x):
    y = x * 2.0
    z = y.copy()
    z[1] = x[0]
    return np.sum(y * z)


def parameter_alias_store(x):
    v = x[1:]
    v[0] *= x[0]
    return np.sum(x * x)


def overlapping_shift(x):
    y = x * x
    y[1:] = y[:-1]
    return np.sum(y * x)


def overlapping_accumulate(x):
    y = x * x
    y[1:] += y[:-1]
    return np.sum(y * y)


def reversed_view_store(x):
    y = np.zeros(3)
    r = y[::-1]
    r[0] = x[0] * x[1]
    return y[2] * x[2]


def diagonal_of_matrix(x):
    A = np.outer(x, x)
    A[np.arange(3), np.arange(3)] = x**3
    return np.trace(A @ A)


def view_in_list(x):
    y = x * 1.0
    parts = [y[:1], y[1:]]
    parts[1][0] = x[0] * x[2]
    return np.sum(y * y)


def view_of_rebound_name(x):
    y = x * 1.0
    v = y[:2]
    y = np.zeros(3)
    v[0] = x[2]
    return np.sum(v * v) + np.sum(y)


def argument_stored_twice(x):
    def bump(a, b):
        a[0] += b[1] * b[1]
        return a[0] * b[0]

    y = x * 1.0
    return bump(y, y) + np.sum(y)


def asarray_of_argument(x):
    y = np.asarray(x)
    y[0] = y[0] * y[2]
    return np.sum(x * x)
