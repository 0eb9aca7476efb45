"""Closures, recursion, wrappers and functions as values."""

import functools
import math

import numpy as np


def default_bound_early(x):
    scale = x[0]

    def g(t, s=scale):
        return t * s

    scale = 0.0
    return g(x[1]) + scale


def lambdas_share_loop_variable(x):
    fs = [lambda t: t * x[i] for i in range(3)]
    return fs[0](x[1]) + fs[2](1.0)


def nonlocal_counter(x):
    total = 0.0

    def add(t):
        nonlocal total
        total += t * t

    for v in x:
        add(v)
    return total * total


def closure_over_array(x):
    y = x * 1.0

    def scale(k):
        y[k] *= x[0]

    scale(1)
    scale(0)
    return np.sum(y * y)


def star_call(x):
    def f(a, *rest, power=2, **more):
        return a * sum(rest) ** power + more["shift"]

    return f(*x, shift=x[1], power=3)


def even_part(x, n):
    return np.sum(x) if n == 0 else odd_part(x * x, n - 1)


def odd_part(x, n):
    return np.prod(x) if n == 0 else even_part(x * 0.5, n - 1)


def mutual_recursion(x):
    return even_part(x, 3)


def doubled(function):
    """A wrapper that changes the result, so following `__wrapped__` alone would be wrong."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 2.0 * function(*args, **kwargs)

    return wrapper


@doubled
def _length(a, b):
    return math.sqrt(a * a + b * b)


def wrapped_function(x):
    return _length(x[0], x[1]) * functools.partial(_length, b=x[2])(x[0])


@functools.lru_cache(maxsize=None)
def _weight(n):
    return 0.5 ** (n + 1)


def cached_helper(x):
    return sum(_weight(k) * v * v for k, v in enumerate(x))


def compose(*functions):
    return functools.reduce(lambda f, g: lambda t: f(g(t)), functions)


def function_composition(x):
    return compose(math.exp, math.sin, lambda t: t * x[1])(x[0])
