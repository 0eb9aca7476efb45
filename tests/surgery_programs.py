"""Programs whose `adjoint_of` blocks multiply an adjoint by something, so that each can be written without a block, too."""

from __future__ import annotations

import numpy as np

import s2sad
from s2sad import adjoint_of, checkpoint, checkpointed

HALF = 0.5


def in_a_branch(x):
    y = x * 2.0
    if np.sum(y) > 0.0:
        h = np.sin(y)
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * HALF
    else:
        h = y
    return np.sum(h * y)


def in_a_while_loop_with_break(x):
    n = 0
    while np.sum(x) < 5.0:
        x = x * x + 1.0
        n += 1
        if n > 3:
            break
        with adjoint_of(x) as x_bar:
            x_bar *= HALF
    return np.sum(x)


def of_an_array_that_is_indexed(x):
    h = np.exp(x)
    with adjoint_of(h) as h_bar:
        h_bar *= HALF
    s = 0.0
    for i in range(len(h)):
        s = s + h[i] * h[-1]
    return s + np.sum(h[1:] * h[:-1])


def of_numbers_in_nested_loops(x):
    s = 0.0
    for i in range(len(x)):
        for j in range(i + 1):
            t = x[i] * x[j]
            if t > 0.1:
                with adjoint_of(t) as t_bar:
                    t_bar = t_bar * ((i + j) * t)
            s = s + t * t
    return s


def of_what_is_stored(x):
    y = np.zeros(3)
    for i in range(3):
        t = x[i] * x[i]
        with adjoint_of(t) as t_bar:
            t_bar = t_bar * HALF
        y[i] = t * t
    return np.sum(y)


def folded(h, n):
    h = np.sin(h)
    with adjoint_of(h) as h_bar:
        h_bar = h_bar * HALF
    return h if n == 0 else folded(h * h, n - 1)


def in_a_recursive_function(x):
    return np.sum(folded(x, int(np.ceil(x[0] + 2.0))))


def in_a_checkpointed_loop(x):
    for i in checkpointed(range(7), slots=2):
        x = np.sin(x) + 0.5 * x
        with adjoint_of(x) as x_bar:
            x_bar = x_bar * (1.0 / (i + 1))
    return np.sum(x**2)


@checkpoint
def replayed(x):
    for _ in range(3):
        x = np.sin(x) + 0.5 * x
        with adjoint_of(x) as x_bar:
            x_bar *= np.cos(x)
    return x


def in_a_checkpointed_function(x):
    return np.sum(replayed(x) ** 2)


def in_try_and_with(x):
    try:
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * HALF
        h = h * x
    except ValueError:
        h = x
    with np.errstate(all="ignore"):
        h = h * h
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * x
    return np.sum(h)


def of_items_of_a_list(x):
    hs = []
    for i in range(int(np.ceil(x[0] + 2.0))):
        h = np.sin(x * i)
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * HALF
        h = h.copy()
        hs.append(h)
    return sum(np.sum(h**2) for h in hs)


def reading_memory_that_changes(x):
    seen = np.zeros(3)
    for i in range(3):
        seen[i] = x[i] ** 2
        h = np.sin(x) * (1.0 + seen)
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * seen
        seen[0] = seen[0] + np.sum(h)
    return np.sum(seen)


def in_a_closure(x):
    k = 3.0

    def inner(h):
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * (HALF * k)
        return h * k

    return np.sum(inner(x) * inner(np.sin(x)))


def before_an_early_return(x):
    for _ in range(4):
        x = x * x
        with adjoint_of(x) as x_bar:
            x_bar = x_bar * HALF
        if np.sum(x) < 0.1:
            return np.sum(x) * 2.0
    return np.sum(x)


def of_a_view(x):
    a = x.reshape(1, 3) * np.ones((2, 1))
    row = a[0]
    with adjoint_of(row) as row_bar:
        row_bar *= HALF
    return np.sum(row * row) + np.sum(a * a)


def of_a_parameter_in_a_loop(x):
    y = x * 3.0
    for _ in range(3):
        y = y * x
        with adjoint_of(x) as x_bar:
            x_bar *= HALF
    return np.sum(x * x * y)


def one_behind_the_other(x):
    h = np.sin(x)
    with adjoint_of(h) as h_bar:
        h_bar = h_bar * HALF
    with adjoint_of(h) as h_bar:
        h_bar *= x
    g = h
    with adjoint_of(g) as g_bar:
        g_bar *= 3.0
    return np.sum(h * g) + h[0]


def of_a_sum(x):
    h = 2.0 * x
    with adjoint_of(h) as h_bar:
        h_bar *= x
    return np.sum(h)


def of_a_number(x):
    h = np.sum(x)
    with adjoint_of(h) as h_bar:
        h_bar *= h
    return h * h


def of_a_complex_number(x):
    z = x * (1.0 + 2.0j)
    with adjoint_of(z) as z_bar:
        z_bar = z_bar * 1.5
    return np.sum(np.abs(z) ** 2)


def of_the_state_of_a_class(x):
    layer = Layer(2.0)
    return np.sum(layer.apply(x))


class Layer:
    def __init__(self, k):
        self.k = k

    def apply(self, x):
        h = x * x * self.k
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * self.k
        return h * h


def scaled(h, factor):
    """What a block does that multiplies the adjoint of `h` by `factor`."""
    c = s2sad.stop_gradient(factor + 0.0 * s2sad.stop_gradient(h))
    return c * h + s2sad.stop_gradient((1.0 - c) * h)
