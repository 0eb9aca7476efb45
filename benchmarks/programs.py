"""Small programs for `facts.py`, written as people write them.

Each is loaded once per tool with the import of `np` pointed at the tool's own module, the only change made.
A program takes its arguments from `ARGUMENTS`, is differentiated with respect to the first, and says in
`FACTS` what it stands for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

VECTOR = (0.7, -1.3, 2.1, 0.4, -0.2)


def straight_line(x):
    return np.sum(np.sin(x) * x**2)


def in_place_store(x):
    y = np.array(x)
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i]
    return np.sum(y)


def in_place_update(x):
    y = np.tanh(x)
    y[1:] *= y[:-1]
    return np.sum(y)


def filled_buffer(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = x[i] ** 2
    return np.sum(out * np.cos(x))


def view_store(x):
    y = np.array(x)
    middle = y[1:4]
    middle *= x[1:4]
    return np.sum(y**2)


def augmented_alias(x):
    y = x * 2.0
    z = y
    z += x**2
    return np.sum(y)


def caller_data(x):
    x[0] = x[0] ** 2
    return np.sum(x)


def while_break(a):
    x = 1.0
    while True:
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-12:
            break
    return x


def early_return(x):
    s = np.sum(x)
    if s > 10.0:
        return s
    for v in x:
        if v > 2.0:
            return s * v
    return s**2


def math_functions(x):
    return math.exp(-0.5 * x * x) * math.erf(x)


def scalar_list(x):
    terms = []
    for v in x:
        terms.append(v * v)
    return sum(terms) / max(terms)


def dictionary(x):
    state = {"position": x[0], "speed": x[1]}
    for _ in range(3):
        state["position"] = state["position"] + 0.1 * state["speed"]
        state["speed"] -= 0.1 * np.sin(state["position"])
    return state["position"]


@dataclass
class Particle:
    position: float
    speed: float


def attribute_store(x):
    p = Particle(x[0], x[1])
    for _ in range(3):
        p.position += 0.1 * p.speed
        p.speed -= 0.1 * np.sin(p.position)
    return p.position


def recursion(x):
    return x if abs(x) < 0.1 else np.sin(recursion(0.5 * x))


def masked_where(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


def out_argument(x):
    y = np.empty(len(x))
    np.multiply(x, x, out=y)
    return np.sum(y)


FACTS = {
    "straight_line": "straight-line NumPy",
    "filled_buffer": "buffer filled element by element (`out[i] = ...`)",
    "in_place_store": "recurrence stored in place (`y[i] = y[i-1] * x[i]`)",
    "in_place_update": "slice updated in place (`y[1:] *= y[:-1]`)",
    "view_store": "store through a view",
    "augmented_alias": "`+=` on an array that has a second name",
    "caller_data": "store to an argument, and the caller's array unchanged",
    "out_argument": "`np.multiply(x, x, out=y)`",
    "while_break": "`while True` with `break`",
    "early_return": "early return out of a data-dependent branch",
    "recursion": "recursion that stops on a value",
    "math_functions": "functions of `math`",
    "scalar_list": "list built with `append`",
    "dictionary": "state in a dictionary",
    "attribute_store": "state in attributes of an object",
    "masked_where": "`np.where` around a branch that is not finite",
}

ARGUMENTS = {
    "while_break": 2.0,
    "math_functions": 0.6,
    "recursion": 1.7,
    "dictionary": (0.3, 0.5),
    "attribute_store": (0.3, 0.5),
}

# Where finite differences of the primal do not apply: the derivative itself.
EXPECTED = {"masked_where": [0.5 / math.sqrt(v) if v > 0.0 else 0.0 for v in VECTOR]}
