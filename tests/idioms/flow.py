"""Branches, loops, early exits and exceptions."""

import math

import numpy as np


def while_with_two_exits(x):
    s, n = x[0], 0
    while s < 5.0:
        s = s * 1.7 + x[2]
        n += 1
        if n > 3:
            return s * x[1]
    return s * n


def nested_break(x):
    s = 1.0
    for i in range(3):
        for j in range(3):
            if j > i:
                break
            s = s * (x[i] * x[j] + 2.0)
    return s


def zero_trip_loop(x):
    s = x[0]
    for i in range(3, 3):
        s = s * x[i]
    return s * x[1]


def loop_variable_after(x):
    for i in range(3):
        t = x[i] * i
    return t * i


def for_over_rows(x):
    s = 0.0
    for row in np.outer(x, x) + np.eye(3):
        s += row[0] * row.sum()
    return s


def while_else(x):
    i, s = 0, 0.0
    while i < 3:
        s += x[i] ** 3
        i += 1
    else:
        s *= x[0]
    return s


def descending_range(x):
    s = 0.0
    for i in range(2, -1, -2):
        s = s * x[1] + x[i]
    return s


def condition_reassigned(x):
    a = x[0]
    if a > 0:
        a = -a * x[1]
    if a > 0:
        a = a * x[2]
    return a * a


def short_circuit_call(x):
    ok = x[1] > 0 and math.log(x[1]) < 1.0
    return x[1] ** 2 if ok else x[0] * x[1]


def not_and_comparison_chain(x):
    if not 0.0 < x[1] < 2.0:
        return x[0] * x[2]
    return x[1] ** 3


def early_return_in_nested_loop(x):
    p = 1.0
    for i in range(3):
        for j in range(2):
            p *= x[i] + j
            if p < 0:
                return p * x[j]
    return p


def raise_and_catch(x):
    try:
        if x[1] < 0:
            raise ValueError("negative")
        y = math.sqrt(x[1])
    except ValueError as problem:
        y = x[1] ** 2 * len(str(problem))
    finally:
        n = 2.0
    return y * n * x[0]


def partial_try(x):
    y = x * 1.0
    try:
        y[0] = x[1] ** 2
        y[7] = 1.0
    except IndexError:
        y[2] = y[0] * x[0]
    return np.sum(y)


def boolean_arithmetic(x):
    return (x[1] > 0) * x[1] ** 2 + (x[1] <= 0) * x[0]


def match_by_dict(x):
    formulas = {True: lambda t: t**2, False: lambda t: -3.0 * t}
    return formulas[bool(x[1] > 0)](x[1])


def any_all(x):
    if np.any(x < 0) or not np.all(np.isfinite(x)):
        return np.sum(x**2)
    return np.prod(x)


def argmax_selects(x):
    k = int(np.argmax(x))
    return x[k] * x[(k + 1) % 3]
