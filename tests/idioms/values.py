"""Types, text, and features that a compiler may have to refuse."""

import math

import numpy as np

from tests.idioms.containers import Body


def formatted_text(x):
    label = f"{x[0]:.2f}" + "%s" % "a"
    return x[0] * len(label) * x[1]


def type_dispatch(x):
    total = 0.0
    for part in (x[0], [x[1], x[2]], "text", None, 2):
        if part is None or isinstance(part, str):
            continue
        total += sum(part) ** 2 if isinstance(part, list) else part * part
    return total


def float_of_element(x):
    return float(x[0]) * math.pow(float(x[2]), 1.5) + x.item(1) ** 2


def round_has_no_derivative(x):
    return round(float(x[0])) * x[1] + int(x[2]) * x[0] + math.floor(x[0]) * x[2]


def complex_modulus(x):
    z = (x[0] + 1j * x[1]) ** 2 * np.exp(1j * x[2])
    return np.abs(z) + z.real * z.imag


def astype_is_a_copy(x):
    return float(np.sum(x.astype(np.float64) * x))


def divmod_remainder(x):
    return (x[0] * 7.0) % 2.0 + x[1] * ((x[2] * 5.0) // 1.0)


def random_inactive(x):
    noise = np.random.default_rng(0).normal(size=3)
    return np.sum(noise * x * x)


def generator_function(x):
    def squares():
        for v in x:
            yield v * v

    return sum(squares())


def evaluated_text(x):
    return eval("x[0] * x[1]")


def iterator_protocol(x):
    it = iter(x)
    first = next(it)
    return first * sum(it)


def deleted_name(x):
    y = x * x
    z = y
    del y
    return np.sum(z)


def vectorized_function(x):
    return np.sum(np.vectorize(lambda t: t * t + 1.0)(x))


def object_array(x):
    items = np.empty(2, dtype=object)
    items[0] = x[0] * x[1]
    items[1] = x[2]
    return items[0] * items[1]


def flat_iterator_store(x):
    A = np.outer(x, x)
    A.flat[1] = x[0]
    return np.sum(A * A)


def string_keyed_attributes(x):
    body = Body(x[0], x[1])
    setattr(body, "mass", x[2] * x[0])
    return getattr(body, "mass") * body.position


def locals_lookup(x):
    y = x[0] * x[1]
    return locals()["y"] * y


def memory_view(x):
    y = x * 1.0
    memoryview(y)[0] = 2.0
    return np.sum(y * x)


def frombuffer_alias(x):
    y = x * 1.0
    alias = np.frombuffer(y.data, dtype=float)
    y[0] = x[1] * x[2]
    return np.sum(alias * x)


def strided_trick(x):
    y = x * 1.0
    windows = np.lib.stride_tricks.sliding_window_view(y, 2)
    y[1] = x[0] * x[2]
    return np.sum(windows[0] * windows[1])
