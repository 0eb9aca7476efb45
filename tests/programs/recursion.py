"""Recursive programs: FFT on real and imaginary parts, evaluation of an expression tree in nested tuples."""

import math

import numpy as np

from tests.programs.case import Case


def fft(re, im):
    """Radix-2 transform; returns the real and imaginary parts."""
    n = len(re)
    if n == 1:
        return re, im
    even_re, even_im = fft(re[::2], im[::2])
    odd_re, odd_im = fft(re[1::2], im[1::2])
    angle = -2.0 * np.pi * np.arange(n // 2) / n
    c, s = np.cos(angle), np.sin(angle)
    t_re = c * odd_re - s * odd_im
    t_im = c * odd_im + s * odd_re
    return np.concatenate([even_re + t_re, even_re - t_re]), np.concatenate([even_im + t_im, even_im - t_im])


def weighted_power(x, weights):
    re, im = fft(x, np.zeros_like(x))
    return np.sum(weights * (re**2 + im**2) ** 1.5)


def complex_fft(z):
    if z.size == 1:
        return z
    even, odd = complex_fft(z[::2]), complex_fft(z[1::2])
    twiddle = np.exp(-2j * np.pi * np.arange(odd.size) / z.size) * odd
    return np.concatenate([even + twiddle, even - twiddle])


def complex_power(x):
    return np.sum(np.abs(complex_fft(x + 0j)) ** 3)


def evaluate(tree, env):
    """An expression tree: a number, a variable's name, or (operator, operand, ...)."""
    if isinstance(tree, float):
        return tree
    if isinstance(tree, str):
        return env[tree]
    op, *operands = tree
    values = [evaluate(operand, env) for operand in operands]
    if op == "+":
        return sum(values)
    if op == "*":
        result = 1.0
        for value in values:
            result *= value
        return result
    if op == "sin":
        return math.sin(values[0])
    raise ValueError(f"unknown operator {op!r}")


def depth_weighted(tree, decay):
    """Leaves of a nested tuple, each weighted by its depth."""
    if isinstance(tree, tuple):
        return decay * sum(depth_weighted(child, decay) for child in tree)
    return tree * tree


TREE = ("+", ("*", 2.0, "x", ("sin", ("*", "y", "x"))), ("*", "y", "y", 0.5), 1.5)

LENT = "a dictionary that a recursive call gets which does not depend on the parameters"

CASES = [
    Case(weighted_power, lambda rng: (rng.normal(size=8), rng.uniform(size=8)), ("x", "weights")),
    Case(weighted_power, lambda rng: (rng.normal(size=1), rng.uniform(size=1)), ("x", "weights"), "one"),
    Case(weighted_power, lambda rng: (rng.normal(size=2), rng.uniform(size=2)), ("x", "weights"), "two"),
    Case(complex_power, lambda rng: (rng.normal(size=4),), ("x",)),
    Case(complex_power, lambda rng: (rng.normal(size=1),), ("x",), "one"),
    Case(evaluate, lambda rng: (TREE, {"x": 0.7, "y": -1.3}), ("tree", "env")),
    Case(evaluate, lambda rng: (TREE, {"x": 0.7, "y": -1.3}), ("tree",), "constants", refused=LENT),
    Case(evaluate, lambda rng: (2.5, {"x": 0.7}), ("tree",), "leaf"),
    Case(depth_weighted, lambda rng: (((1.0, (2.0, 3.0)), 4.0, (0.5,)), 0.5), ("tree", "decay")),
    Case(depth_weighted, lambda rng: (3.0, 0.5), ("tree",), "leaf"),
]
