"""Broadcasting, selection and reshaping."""

import numpy as np


def column_minus_row(x):
    return np.sum((x[:, None] - x[None, :] * x[0]) ** 4)


def scalar_minus_array(x):
    return np.sum((x[0] - x) ** 3)


def matrix_over_row(x):
    return np.sum(np.arange(1.0, 7.0).reshape(2, 3) / (x * x))


def broadcast_where(x):
    return np.sum(np.where(np.array([[True], [False]]), x * x, x[0]))


def where_guards_log(x):
    return np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0))


def clip_bounds(x):
    return np.sum(np.clip(x, -0.5, 0.5) * x)


def maximum_with_scalar(x):
    return np.sum(np.maximum(x, 0.0) ** 2 + np.minimum(x, x[0]))


def max_along_axis(x):
    A = np.outer(x, np.array([1.0, -2.0, 3.0]))
    return np.sum(A.max(axis=1) * x) + A.min()


def mean_and_variance(x):
    centred = x - x.mean()
    return np.mean(centred**2) + np.var(x) * np.std(x)


def keepdims_normalise(x):
    A = np.exp(np.outer(x, np.array([1.0, 0.5])))
    return np.sum((A / A.sum(axis=1, keepdims=True)) ** 2)


def repeated_read(x):
    return np.sum(x[np.array([[0, 1], [1, 1]])] ** 2)


def boolean_read(x):
    return np.prod(x[np.array([True, False, True])] + x[0])


def ellipsis_read(x):
    A = np.outer(x, x).reshape(1, 3, 3)
    return np.sum(A[..., 0] * A[0, ..., 1])


def stack_and_split(x):
    a, b = np.split(np.concatenate([x, x * x, x[:1]])[:6], 2)
    return np.dot(a, b) + np.sum(np.vstack([a, b]) @ x)


def cumulative(x):
    return np.sum(np.cumsum(x) ** 2) + np.sum(np.diff(x) ** 3)


def triangular(x):
    A = np.outer(x, x)
    return np.sum(np.tril(A) * np.triu(A, 1).T)


def tile_repeat(x):
    return np.sum(np.tile(x, 2) * np.repeat(x, 2))


def roll_flip(x):
    return np.sum(np.roll(x, 1) * np.flip(x) ** 2)


def integer_power_of_zero(x):
    y = x - x
    return np.sum(y**2 + x) + np.sum(x**0)


def inverse_and_det(x):
    A = np.diag(x) + np.ones((3, 3)) * 0.1 + np.eye(3) * 3.0
    return np.trace(np.linalg.inv(A)) * np.linalg.det(A)


def integer_times_float(x):
    n = np.arange(3)
    return np.sum(n * x * n[::-1]) + len(x) * x[0]
