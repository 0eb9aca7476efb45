"""Each construct that is refused says which it is, on which line, and what to do; the line is the one marked `# here`."""

from __future__ import annotations

import array
import asyncio
import contextlib
import ctypes
import enum
import inspect
import operator
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors

X = np.array([1.5, 2.0, 0.7])
TABLE = np.ones(3)
ITEMS = [1.0]
SETTINGS = {"k": 1.0}
scale = 2.0
doubled = np.vectorize(lambda v: 2.0 * v)
from_python = np.frompyfunc(lambda v: 2.0 * v, 1, 1)


def squares(values):
    for v in values:
        yield v * v


def nested_squares(values):
    yield from squares(values)


async def later(value):
    return value


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    def __init__(self, v):
        self.v = v


class OwnNew:
    def __new__(cls, v):
        return super().__new__(cls)

    def __init__(self, v):
        self.v = v


class OwnSetattr:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, 2.0 * value)


class OwnGetattribute:
    def __init__(self, v):
        self.v = v

    def __getattribute__(self, name):
        return 2.0 * object.__getattribute__(self, name)


class Plain:
    def __init__(self, v):
        self.v = v


class Colour(enum.Enum):
    RED = 1.0


class Holder:
    def __init__(self):
        self.memory = np.ones(3)

    def __array__(self, dtype=None, copy=None):
        return self.memory


HOLDER = Holder()


class Swallowing:
    def __enter__(self):
        return 1.0

    def __exit__(self, *about):
        return True


class Doubling:
    def __init__(self, v):
        self.v = v

    def __enter__(self):
        return 2.0 * self.v

    def __exit__(self, *about):
        return None


@contextlib.contextmanager
def given(v):
    yield v


def generator_in_a_loop(x):
    total = 0.0
    for v in squares(x):  # here
        total = total + v
    return total


def generator_given_to_sum(x):
    return sum(nested_squares(x))  # here


def generator_itself(x):
    yield x[0]  # here


async def coroutine_itself(x):  # here
    return x[0]


def coroutine(x):
    return asyncio.run(later(x[0]))  # here


def inner_coroutine(x):
    async def inner(v):  # here
        return v

    return x[0]


def evaluated(x):
    return eval("x[0]")  # here


def evaluated_under_another_name(x):
    compute = eval
    return compute("2.0") * x[0]  # here


def executed(x):
    exec("y = 1.0")  # here
    return x[0]


def global_assigned(x):
    global scale  # here
    scale = x[0]
    return scale * 2.0


def global_in_a_helper(x):
    def inner(v):
        global scale  # here
        scale = v

    inner(x[0])
    return scale


def global_in_a_for(x):
    global scale  # here
    for scale in x:
        pass
    return scale


def global_list(x):
    ITEMS.append(x[0])  # here
    return ITEMS[-1]


def global_dict(x):
    SETTINGS["k"] = x[0]  # here
    return SETTINGS["k"]


def global_array(x):
    TABLE[:] = x  # here
    return np.sum(TABLE)


def global_array_as_out(x):
    np.add(x, 1.0, out=TABLE)  # here
    return np.sum(TABLE)


def global_object(x):
    HOLDER.memory = x  # here
    return np.sum(HOLDER.memory)


def class_attribute(x):
    Plain.k = x[0]  # here
    return Plain.k


def deleted_and_used(x):
    y = x[0]
    del y
    return y  # noqa: F821 # here


def deleted_on_a_branch(x):
    y = x[0]
    if x[1] > 0.0:
        del y
    return y  # here


def deleted_attribute(x):
    p = Plain(x[0])
    del p.v  # here
    return x[0]


def random_around_values(x):
    return np.sum(np.random.normal(x, 1.0))  # here


def shuffled(x):
    y = x.copy()
    np.random.shuffle(y)  # here
    return y[0]


def choice(x):
    return np.random.choice(x)  # here


def random_of_a_parameter(x, rng):
    return rng.normal(x[0], 1.0)  # here


def vectorised(x):
    return np.sum(doubled(x))  # here


def vectorised_from_python(x):
    return np.sum(from_python(x))  # here


def along_an_axis(x):
    return np.sum(np.apply_along_axis(lambda row: row * row, 0, x))  # here


def objects_in_an_array(x):
    return np.sum(np.array([x[0], x[1]], dtype=object))  # here


def objects_by_astype(x):
    return np.sum(x.astype(object))  # here


def objects_stored(x):
    y = np.empty(3, dtype=object)
    y[0] = x[0]  # here
    return y[0]


def through_a_string(x):
    return float(f"{x[0]}")  # here


def through_a_format(x):
    return float("%g" % x[0])  # here


def structured(x):
    y = np.zeros(2, dtype=[("p", float)])
    y["p"][0] = x[0]  # here
    return y["p"][0]


def view_of_bits(x):
    return float(x.view(np.int64)[0])  # here


def buffer(x):
    return np.frombuffer(x)[0]  # here


def through_bytes(x):
    return np.frombuffer(x.tobytes())[0]  # here


def memory_view(x):
    y = x.copy()
    memoryview(y)[0] = 5.0  # here
    return np.sum(y)


def c_pointer(x):
    y = x.copy()
    p = y.ctypes.data_as(ctypes.POINTER(ctypes.c_double))  # here
    p[0] = 5.0
    return np.sum(y)


def python_array(x):
    return array.array("d", [x[0]])[0]  # here


def memory_map(x):
    y = np.memmap("/tmp/s2sad-test-memmap", dtype=float, mode="w+", shape=(3,))
    y[:] = x  # here
    return np.sum(y)


def strided(x):
    y = np.lib.stride_tricks.as_strided(x, (2, 2), (8, 8))
    y[0] = 1.0  # here
    return np.sum(y)


def memory_of_an_object(x):
    z = np.asarray(HOLDER)  # here
    z[0] = 4.0
    return np.sum(HOLDER.memory * x)


def shape_set(x):
    y = x.copy()
    y.shape = (3, 1)  # here
    return np.sum(y)


def flags_set(x):
    y = x.copy()
    y.setflags(write=False)  # here
    return np.sum(y)


def resized(x):
    y = x.copy()
    y.resize(5, refcheck=False)  # here
    return np.sum(y)


def view_from_einsum(x):
    y = np.outer(x, x)
    d = np.einsum("ii->i", y)  # here
    d *= 2.0
    return np.sum(y)


def operator_in_place(x):
    y = x.copy()
    y = operator.iadd(y, x)  # here
    return np.sum(y)


def local_names(x):
    y = x[0]
    return locals()["y"] * y  # here


def global_names(x):
    return globals()["scale"] * x[0]  # here


def attributes_by_vars(x):
    return vars(Plain(x[0]))["v"]  # here


def attributes_by_dict(x):
    return Plain(x[0]).__dict__["v"]  # here


def metaclass(x):
    return WithMeta(x[0]).v  # here


def own_new(x):
    return OwnNew(x[0]).v  # here


def own_setattr(x):
    p = OwnSetattr()
    p.v = x[0]  # here
    return p.v


def own_getattribute(x):
    return OwnGetattribute(x[0]).v  # here


def enumeration(x):
    return Colour(float(x[0])).value  # here


def class_inside(x):
    class Local:  # here
        pass

    return x[0]


def weak_reference(x):
    return weakref.ref(Plain(x[0]))().v  # here


def matched(x):
    match x.shape:  # here
        case (3,):
            return x[0]
        case _:
            return x[1]


def swallowed(x):
    with Swallowing():  # here
        y = x[0]
    return y


def suppressed(x):
    with contextlib.suppress(ValueError):  # here
        return x[0]
    return x[1]


def context_of_a_value(x):
    with Doubling(x[0]) as v:  # here
        return v


def iterator_used_twice(x):
    pairs = zip(x, x)
    total = sum(a * b for a, b in pairs)
    return total + sum(a for a, b in pairs)  # here


def generator_expression_used_twice(x):
    g = (v * v for v in x)
    return sum(g) + sum(g)  # here


def iterator_made_before_a_loop(x):
    pairs = zip(x, x)
    total = 0.0
    for _ in range(2):
        for a, b in pairs:  # here
            total = total + a * b
    return total


def generator_expression_that_sees_a_change(x):
    k = 2.0
    g = (v * k for v in x)
    k = 3.0  # here
    return k * sum(g)


def view_of_a_dict_that_sees_a_change(x):
    d = {"a": x[0]}
    values = d.values()
    d["b"] = x[1]  # here
    return sum(values)


def attribute_first_set_in_a_loop(x):
    p = Plain(x[0])
    total = 0.0
    for v in x:
        if hasattr(p, "last"):
            total = total + p.last
        p.last = v  # here
    return total


HERE = [f for f in list(globals().values()) if inspect.isfunction(f) and f.__module__ == __name__ and "# here" in inspect.getsource(f)]


def marked_line(f: Callable[..., Any]) -> int:
    lines, first = inspect.getsourcelines(f)
    return first + next(i for i, line in enumerate(lines) if "# here" in line)


def outside() -> Any:
    return TABLE.copy(), list(ITEMS), dict(SETTINGS), scale, HOLDER.memory.copy(), dict(vars(Plain))


@pytest.mark.parametrize("f", HERE, ids=lambda f: f.__name__)
def test_the_line_and_what_to_do(f: Callable[..., Any]):
    before = outside()
    x = X.copy()
    rest = [np.random.default_rng(0)][: len(inspect.signature(f).parameters) - 1]
    with pytest.raises(errors.DifferentiationError) as info:
        s2sad.grad(f)(x, *rest)
    first = info.value.errors[0] if isinstance(info.value, errors.DifferentiationErrors) else info.value
    places = [first.span, *(span for _, span in first.notes)]
    assert marked_line(f) in [p.line for p in places if p is not None and p.filename == __file__]
    assert first.span is not None and first.span.excerpt()
    assert first.construct and first.hint
    assert not isinstance(first, errors.InternalCompilerError)
    np.testing.assert_array_equal(x, X)
    for a, b in zip(before, outside()):
        np.testing.assert_equal(a, b)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (generator_in_a_loop, "'squares' is a generator"),
        (coroutine, "'later' is an async function"),
        (evaluated, r"eval\(\) is not supported"),
        (executed, r"exec\(\) is not supported"),
        (global_assigned, "global statements are not supported"),
        (local_names, r"locals\(\) is not supported"),
        (deleted_and_used, "'y' was deleted"),
        (vectorised, "doubled has no derivative rule"),
        (objects_by_astype, "array of objects"),
        (through_a_string, "passes through a string"),
        (memory_view, "memory that cannot be followed"),
        (view_from_einsum, "np.einsum that sums nothing gives a view"),
        (operator_in_place, "operator.iadd may change its first argument"),
        (metaclass, "WithMeta has a metaclass"),
        (own_new, "OwnNew has a __new__ of its own"),
        (own_setattr, "OwnSetattr overrides __setattr__"),
        (own_getattribute, "OwnGetattribute overrides __getattribute__"),
        (class_inside, "class def statements are not supported"),
        (matched, "match statements are not supported"),
        (suppressed, "may end its block early"),
        (iterator_used_twice, "'pairs' is used more than once"),
        (view_of_a_dict_that_sees_a_change, "'d' changes after an iterator over it was made"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_the_construct_is_named(f: Callable[..., Any], message: str):
    with pytest.raises(errors.DifferentiationError, match=message):
        s2sad.grad(f)(X)


# --- random numbers that do not depend on what is differentiated are drawn once, in the order of the program -----------


def random_in_a_loop(x, rng):
    t = x[0]
    for _ in range(4):
        t = np.sin(t * rng.normal()) + x[1] * rng.random()
    return t


def random_in_a_helper(x, rng):
    def noisy(v):
        return v * rng.normal(1.0, 0.1)

    return noisy(x[0]) * noisy(x[1]) + sum([noisy(v) for v in x])


def random_recursion(x, rng):
    def descend(v):
        return v if v > 20.0 else descend(v * (1.2 + rng.random())) * v

    return descend(x[0])


def random_branches(x, rng):
    t = x[0]
    for _ in range(6):
        t = t * x[1] if rng.random() > 0.5 else np.sin(t) * x[2]
    return t


def random_made_inside(x, rng):
    own = np.random.default_rng(7)
    y = x.copy()
    y += 0.3 * own.standard_normal(3)
    return np.sum(y**3) * own.random()


def random_of_numpy(x, rng):
    np.random.seed(3)
    mask = np.random.rand(3) < 0.7
    return np.sum(np.where(mask, x, 0.1 * x) * np.random.randn(3)) + x[np.random.permutation(3)[0]] ** 2


@pytest.mark.parametrize(
    "f",
    [random_in_a_loop, random_in_a_helper, random_recursion, random_branches, random_made_inside, random_of_numpy],
    ids=lambda f: f.__name__,
)
def test_random_numbers_are_drawn_once(f: Callable[..., Any]):
    value, gradient = s2sad.value_and_grad(f)(X, np.random.default_rng(5))
    assert value == pytest.approx(f(X, np.random.default_rng(5)), rel=1e-12)
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-6
        slope = (f(X + step, np.random.default_rng(5)) - f(X - step, np.random.default_rng(5))) / 2e-6
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-7)
