"""Lists, dicts, tuples and objects that hold active values."""

import functools
import operator
from collections import namedtuple
from dataclasses import dataclass, replace

import numpy as np


def list_of_lists(x):
    table = [[x[0], x[1]], [x[1] * x[2], 1.0]]
    table[0][1] = table[1][0] * table[0][0]
    return table[0][1] * table[1][0]


def append_and_pop(x):
    stack = [x[0]]
    stack.append(x[1] * stack[-1])
    stack.append(x[2])
    top = stack.pop()
    return top * stack[-1] * len(stack)


def list_shared_by_two_names(x):
    a = [x[0], x[1]]
    b = a
    b[0] = a[1] * x[2]
    return a[0] * b[1]


def list_slice_copy(x):
    a = [x[0], x[1], x[2]]
    b = a[:]
    b[0] = 2.0
    return a[0] * b[1] * b[0]


def list_repetition(x):
    row = [x[0]] * 3
    row[1] = x[1]
    return sum(row) * row[2]


def list_extend_insert(x):
    a = list(x)
    a.extend([x[0] * x[1], 2.0])
    a.insert(0, x[2])
    return a[0] * a[4] + a[1]


def dict_get_default(x):
    d = {"a": x[0]}
    d.setdefault("b", x[1])
    d["a"] += d.get("c", x[2])
    return d["a"] * d["b"]


def dict_comprehension(x):
    d = {k: v * v for k, v in zip("abc", x)}
    return d["a"] * d["b"] + sum(d.values())


def array_of_list(x):
    return np.sum(np.array([x[0] * x[1], 2.0, x[2]]) ** 2)


def array_of_rows(x):
    A = np.array([x, x * x, [1.0, 2.0, x[0]]])
    return np.sum(A @ A)


def nested_comprehension(x):
    return sum(sum(a * b for a in x if a > 0) for b in x)


def accumulate_with_reduce(x):
    return functools.reduce(lambda a, b: a * b + 1.0, x) + functools.reduce(operator.mul, list(x))


def map_and_filter(x):
    return sum(map(lambda v: v * v, filter(lambda v: v > 0, x)))


def sorted_values(x):
    low, middle, high = sorted(x)
    return low * 2.0 + middle * high


def min_max_builtin(x):
    return max(x[0], x[1], x[2]) * min(x)


Pair = namedtuple("Pair", "left right")


def named_tuple_fields(x):
    p = Pair(x[0], right=x[1] * x[2])
    p = p._replace(left=p.right * 2.0)
    return p.left * p.right


@dataclass
class Body:
    """A body with a derived property and a method that changes it."""

    mass: float
    position: float
    name: str = "body"

    @property
    def moment(self):
        return self.mass * self.position

    def push(self, amount):
        self.position = self.position + amount * self.mass
        return self


def object_state(x):
    body = Body(x[0], x[1])
    body.push(x[2]).push(body.position)
    return body.moment * body.position


def dataclass_replace(x):
    body = Body(x[0], x[1])
    other = replace(body, mass=x[2] * x[0])
    body.push(1.0)
    return other.moment + body.moment


class Vector:
    """Operators overloaded in Python."""

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Vector(self.a + other.a, self.b + other.b)

    def __mul__(self, factor):
        return Vector(self.a * factor, self.b * factor)

    def __call__(self, t):
        return self.a * t + self.b

    def __getitem__(self, k):
        return (self.a, self.b)[k]


def overloaded_operators(x):
    v = Vector(x[0], x[1]) + Vector(x[1], x[2]) * x[0]
    return v[0] * v(x[2])
