"""Stores to elements, slices, masks and whole arrays."""

import numpy as np


def store_then_read_in_loop(x):
    y = np.ones(4)
    for i in range(3):
        y[i + 1] = y[i] * x[i] + y[i + 1]
    return y[3]


def power_store(x):
    y = x * 1.0
    y[0] **= 3
    y[2] -= y[0] * y[1]
    return np.sum(y * y)


def divide_store(x):
    y = x * 1.0
    y /= x[0]
    y[1:] /= y[2]
    return np.sum(y)


def store_reads_itself(x):
    y = x * 1.0
    y[:] = y * y[0]
    return np.sum(y * y)


def mask_store_active(x):
    y = x * 1.0
    y[x < 0.5] = x[1] * 2.0
    return np.sum(y * y)


def mask_augmented(x):
    y = x * x
    y[y > 0.2] *= x[0]
    return np.sum(y)


def mask_vector_store(x):
    y = np.zeros(3)
    positive = x > 0
    y[positive] = np.sqrt(x[positive])
    return np.sum(y)


def repeated_augmented(x):
    y = np.zeros(3)
    y[[0, 0, 2]] += x
    return np.sum(y * y)


def repeated_add_at(x):
    y = np.ones(3)
    np.add.at(y, np.array([1, 1, 1]), x * x)
    return np.prod(y)


def index_array_store(x):
    y = np.zeros(3)
    order = np.argsort(x)
    y[order] = x * np.arange(3.0)
    return np.sum(y * x)


def negative_index_store(x):
    y = np.zeros(3)
    y[-1] = x[-2] * x[-3]
    y[-2] += y[-1]
    return np.sum(y * y)


def strided_store(x):
    y = np.ones(5)
    y[::2] = x * x
    y[1::2] *= x[0]
    return np.prod(y)


def column_store(x):
    A = np.zeros((3, 2))
    A[:, 0] = x
    A[:, 1] = A[:, 0] * x[::-1]
    return np.sum(A[:, 1] ** 2)


def scalar_to_slice(x):
    A = np.zeros((2, 3))
    A[1, 1:] = x[0]
    A[0] = A[1] * x
    return np.sum(A * A)


def newaxis_store(x):
    A = np.ones((3, 3))
    A *= x[:, None]
    A += x
    return np.sum(A * A)


def fill_method(x):
    y = np.empty(3)
    y.fill(x[1])
    return np.sum(y * x)


def copyto_store(x):
    y = np.zeros(3)
    np.copyto(y, x * x)
    return np.sum(y * x)


def ufunc_out(x):
    y = np.ones(3)
    np.add(y, x * x, out=y)
    np.exp(y, y)
    return np.sum(y)


def sort_in_place(x):
    y = x * 1.0
    y.sort()
    return np.sum(y * np.array([1.0, 2.0, 4.0]))


def fill_diagonal(x):
    A = np.outer(x, x)
    np.fill_diagonal(A, x[0])
    return np.sum(A * A)


def swap_elements(x):
    y = x * 1.0
    y[0], y[1] = y[1], y[0] * y[2]
    return y[0] + y[1] * y[1]


def swap_rows(x):
    A = np.outer(x, x * x)
    A[[0, 2]] = A[[2, 0]]
    return np.sum(A[0] * x)


def integer_array_store(x):
    counts = np.zeros(3, dtype=int)
    counts[0] += 2
    return counts[0] * x[0] ** 2


def truncating_store(x):
    y = np.zeros(3, dtype=int)
    y[0] = 5
    z = y * x
    return np.sum(z * z)


def matmul_store(x):
    A = np.outer(x, x) + np.eye(3)
    b = x * 1.0
    b[:] = A @ b
    b[:] = A @ b
    return np.sum(b)
