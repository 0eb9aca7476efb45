"""What the public functions take, return and keep."""

from __future__ import annotations

import functools
import math
import threading
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.api_programs import Spring, X, fill, model, poly, squares
from tests.helpers import numeric_gradient

# --- grad and value_and_grad ----------------------------------------------------------------------------------


def test_a_single_wrt_gives_one_gradient_and_a_tuple_a_tuple():
    assert s2sad.grad(poly)(2.0) == pytest.approx(24.0)
    assert s2sad.grad(poly, "y")(2.0) == pytest.approx(13.0)
    assert s2sad.grad(poly, 1)(2.0) == pytest.approx(13.0)
    assert s2sad.grad(poly, ("y", 0))(2.0) == pytest.approx((13.0, 24.0))
    assert s2sad.grad(poly, -1)(2.0) == pytest.approx(8.0)
    single = s2sad.grad(poly, ("x",))(2.0)
    assert isinstance(single, tuple) and single == pytest.approx((24.0,))


def test_defaults_and_keywords_bind_as_in_a_call():
    gradient = s2sad.grad(poly, ("x", "k"))
    assert gradient(2.0, k=5.0) == pytest.approx((40.0, 8.0))
    assert gradient(y=1.0, x=3.0) == pytest.approx((18.0, 9.0))
    assert gradient(2.0, 3.0) == pytest.approx((36.0, 12.0))
    with pytest.raises(TypeError):
        gradient()
    with pytest.raises(TypeError):
        gradient(2.0, nonsense=1.0)


def test_keyword_only_parameters_behind_variadic_ones():
    def f(a, *xs, k=2.0):
        return a * xs[0] * xs[1] * k

    assert s2sad.vjp(f, 7.0, 3.0, 5.0)[1](1.0) == (30.0, 70.0, 42.0)
    assert s2sad.jvp(f, (7.0, 3.0, 5.0), (None, 0.0, 1.0)) == (210.0, 42.0)


def test_variadic_parameters():
    def total(x, *rest, **named):
        return x * sum(rest) + named["a"] * x**2

    assert s2sad.grad(total)(2.0, 3.0, 4.0, a=5.0) == pytest.approx(27.0)
    assert s2sad.grad(total)(2.0, 3.0, a=5.0) == pytest.approx(23.0)


def test_value_and_grad():
    value, gradient = s2sad.value_and_grad(squares)(X)
    assert value == pytest.approx(squares(X))
    np.testing.assert_allclose(gradient, 2 * X)
    value, (w_bar, b_bar) = s2sad.value_and_grad(model, wrt=("w", "b"))(X, 1.0, X)
    assert value == pytest.approx(np.sum((X * X + 1.0) ** 2))
    np.testing.assert_allclose(w_bar, 2 * (X * X + 1.0) * X)
    assert b_bar == pytest.approx(np.sum(2 * (X * X + 1.0)))


def test_a_python_float_gives_a_number_and_an_array_an_array_of_its_shape():
    assert np.ndim(s2sad.grad(poly)(2.0)) == 0
    for shape in ((), (1,), (3, 1), (0,), (2, 3)):
        x = np.full(shape, 1.5)
        gradient = s2sad.grad(squares)(x)
        assert gradient.shape == shape and gradient.dtype == float
        np.testing.assert_allclose(gradient, 2 * x)


def test_broadcast_operands_get_gradients_of_their_own_shape():
    def f(a, b, c):
        return np.sum(a * b + c)

    a, b = np.arange(3.0), np.arange(4.0)[:, None]
    a_bar, b_bar, c_bar = s2sad.grad(f, (0, 1, 2))(a, b, 2.0)
    np.testing.assert_allclose(a_bar, np.full(3, 6.0))
    np.testing.assert_allclose(b_bar, np.full((4, 1), 3.0))
    assert c_bar == 12.0


def mean_exp(x):
    return np.mean(np.exp(x)) * 2


def sine_product(x):
    return math.sin(x[0]) * x[1]


@pytest.mark.parametrize("f", [squares, fill, mean_exp, sine_product])
def test_float32_stays_float32(f: Callable[..., Any]):
    x = X.astype(np.float32)
    gradient = s2sad.grad(f)(x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, s2sad.grad(f)(x.astype(float)), rtol=1e-5)


def test_a_float32_scalar_stays_float32():
    gradient = s2sad.grad(lambda x: x * x)(np.float32(3.0))
    assert isinstance(gradient, np.float32) and gradient == 6.0


def test_the_callers_arrays_are_unchanged_and_results_own_their_memory():
    x = X.copy()
    for f in (
        squares,
        fill,
        np.sum,
        lambda x: x[1],
        lambda x: np.sum(x.reshape(2, 2)[0]),
    ):
        given = x.copy()
        gradient = s2sad.grad(f)(given)
        np.testing.assert_array_equal(given, x)
        assert not np.shares_memory(gradient, given)
        assert gradient.flags.writeable
        gradient += 1.0  # a broadcast view would not allow it
        again = s2sad.grad(f)(given)
        np.testing.assert_allclose(again + 1.0, gradient)


def test_gradients_do_not_share_memory_with_each_other():
    a_bar, b_bar = s2sad.grad(lambda a, b: np.sum(a + b), (0, 1))(X, X.copy())
    assert not np.shares_memory(a_bar, b_bar)
    c_bar, d_bar = s2sad.grad(lambda p: np.sum(p[0] + p[1]))([X, X.copy()])
    assert not np.shares_memory(c_bar, d_bar)


def test_one_array_may_be_passed_twice():
    a_bar, b_bar = s2sad.grad(lambda a, b: np.sum(a * a * b), (0, 1))(X, X)
    np.testing.assert_allclose(a_bar, 2 * X * X)
    np.testing.assert_allclose(b_bar, X * X)


def test_callables_of_every_kind():
    spring = Spring(3.0)
    assert s2sad.grad(spring.plain)(2.0) == pytest.approx(12.0)
    assert s2sad.grad(spring.plain, "x")(2.0, power=3) == pytest.approx(36.0)
    assert s2sad.grad(Spring.plain, "x")(spring, 2.0) == pytest.approx(12.0)
    assert s2sad.grad(spring)(2.0) == pytest.approx(12.0)
    assert s2sad.grad(functools.partial(poly, y=4.0))(2.0) == pytest.approx(48.0)
    assert s2sad.grad(np.sin)(0.5) == pytest.approx(math.cos(0.5))
    assert s2sad.grad(math.exp)(0.5) == pytest.approx(math.exp(0.5))
    assert s2sad.grad(lambda x: x**3)(2.0) == pytest.approx(12.0)

    @functools.lru_cache
    def cached(x):
        return x**3

    assert s2sad.grad(cached)(2.0) == pytest.approx(12.0)


def test_closures_follow_their_cells():
    factor = 2.0

    def f(x):
        return factor * x * x

    gradient = s2sad.grad(f)
    assert gradient(3.0) == pytest.approx(12.0)
    factor = 5.0
    assert gradient(3.0) == pytest.approx(30.0)


FACTOR = 2.0


def scaled(x):
    return FACTOR * x * x


def test_module_globals_are_followed(monkeypatch: pytest.MonkeyPatch):
    gradient = s2sad.grad(scaled)
    assert gradient(3.0) == pytest.approx(12.0)
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert gradient(3.0) == pytest.approx(30.0)


def test_attributes_of_a_live_object_are_followed():
    spring = Spring(3.0)
    gradient = s2sad.grad(spring.plain)
    assert gradient(2.0) == pytest.approx(12.0)
    spring.stiffness = 5.0
    assert gradient(2.0) == pytest.approx(20.0)


# --- nested parameters ----------------------------------------------------------------------------------------


Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Layer:
    w: np.ndarray
    b: float
    name: str = "layer"


@dataclass
class Network:
    layers: list[Layer]
    scale: float


def test_gradients_have_the_structure_of_the_parameter():
    def f(p):
        return np.sum(p["a"] ** 2) * p["n"] + p["pair"][0] * p["pair"][1] + p["point"].x ** 2

    given = {"a": X, "n": 3, "pair": (2.0, 5.0), "point": Point(4.0, 1.0), "tag": "text"}
    gradient = s2sad.grad(f)(given)
    assert list(gradient) == list(given)
    np.testing.assert_allclose(gradient["a"], 6 * X)
    assert gradient["n"] is None and gradient["tag"] is None
    assert gradient["pair"] == (5.0, 2.0) and type(gradient["pair"]) is tuple
    assert gradient["point"] == Point(8.0, 0.0) and type(gradient["point"]) is Point


def test_nested_dataclasses():
    def f(net: Network, x):
        for layer in net.layers:
            x = np.tanh(layer.w * x + layer.b)
        return net.scale * np.sum(x)

    net = Network([Layer(X, 0.5), Layer(0.3 * X, -0.2)], 2.0)
    gradient = s2sad.grad(f)(net, X)
    assert type(gradient) is Network and [type(layer) for layer in gradient.layers] == [Layer, Layer]
    expected = numeric_gradient(f, (net, X), "net")
    flat = [v for layer in gradient.layers for v in (*layer.w, layer.b)] + [gradient.scale]
    np.testing.assert_allclose(flat, np.ravel(expected), rtol=1e-6)


def test_lists_of_floats_and_of_arrays():
    assert s2sad.grad(lambda p: p[0] * p[1] ** 2)([2.0, 3.0]) == pytest.approx([9.0, 12.0])
    assert s2sad.grad(lambda p: sum(v * v for v in p))([1.0, 2.0, 3.0]) == pytest.approx([2.0, 4.0, 6.0])
    gradient = s2sad.grad(lambda p: sum(np.sum(v**2) for v in p))([X, 2 * X[:2]])
    assert isinstance(gradient, list)
    np.testing.assert_allclose(gradient[0], 2 * X)
    np.testing.assert_allclose(gradient[1], 4 * X[:2])


# --- vjp ------------------------------------------------------------------------------------------------------


def test_vjp_of_an_array():
    value, back = s2sad.vjp(lambda x, k, s: s * np.cumsum(x) ** k, X, 2, 3.0)
    np.testing.assert_allclose(value, 3.0 * np.cumsum(X) ** 2)
    u = np.array([1.0, -2.0, 0.5, 3.0])
    x_bar, k_bar, s_bar = back(u)
    assert k_bar is None
    np.testing.assert_allclose(x_bar, np.cumsum((u * 6.0 * np.cumsum(X))[::-1])[::-1])
    assert s_bar == pytest.approx(np.sum(u * np.cumsum(X) ** 2))
    np.testing.assert_allclose(back(2 * u)[0], 2 * x_bar)


def test_vjp_of_a_tuple_and_of_a_dict():
    value, back = s2sad.vjp(lambda x: (x**2, np.sum(x)), X)
    assert isinstance(value, tuple)
    np.testing.assert_allclose(back((np.ones(4), 10.0))[0], 2 * X + 10.0)
    value, back = s2sad.vjp(lambda x, y: {"a": x * y, "b": y}, 2.0, 3.0)
    assert value == {"a": 6.0, "b": 3.0}
    assert back({"a": 1.0, "b": 5.0}) == pytest.approx((3.0, 7.0))


def test_vjp_without_floats_and_with_unused_ones():
    value, back = s2sad.vjp(lambda n: n + 1, 2)
    assert value == 3 and back(1.0) == (None,)
    value, back = s2sad.vjp(lambda x, y: x * 2.0, 2.0, 3.0)
    assert back(1.0) == pytest.approx((2.0, 0.0))


def test_vjp_keeps_the_point_when_the_caller_changes_it_afterwards_or_the_function_stores_to_it():
    x = X.copy()
    value, back = s2sad.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(back(np.ones(4))[0], 2 * X)
    np.testing.assert_array_equal(x, X)
    value, back = s2sad.vjp(fill, x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_allclose(back(1.0)[0], s2sad.grad(fill)(X))


# --- stop_gradient and check_grad -----------------------------------------------------------------------------


def test_stop_gradient():
    assert s2sad.stop_gradient(X) is X
    assert s2sad.grad(lambda x: x * s2sad.stop_gradient(x))(3.0) == pytest.approx(3.0)
    assert s2sad.grad(lambda x: s2sad.stop_gradient(x * x))(3.0) == 0.0
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(x * s2sad.stop_gradient(x**2)))(X), X**2)


def test_check_grad():
    assert s2sad.check_grad(poly, 2.0, 3.0) < 1e-6
    assert s2sad.check_grad(fill, X) < 1e-6
    assert s2sad.check_grad(model, X, 1.0, X, wrt=("w",)) < 1e-6
    assert s2sad.check_grad(lambda p: p["a"] * np.sum(p["b"] ** 2), {"a": 2.0, "b": X}) < 1e-6
    with pytest.raises(errors.GradientMismatchError) as info:
        s2sad.check_grad(lambda x: x * s2sad.stop_gradient(x), 3.0)
    assert isinstance(info.value, AssertionError)


def test_check_grad_leaves_its_arguments_alone():
    x = X.copy()
    s2sad.check_grad(fill, x)
    np.testing.assert_array_equal(x, X)


# --- objects that the function changes --------------------------------------------------------------------------


class Scaled:
    def __init__(self, w: Any, lock: Any = None) -> None:
        self.w, self.lock = w, lock

    def step(self, x: Any) -> Any:
        self.w = self.w * x
        self.w[0] = self.w[1]
        return np.sum(self.w * x) * x


def stepped(s: Scaled, x: Any) -> Any:
    return s.step(x)


@pytest.mark.parametrize("lock", [None, threading.Lock()])  # which has no copy
def test_values_and_rows_are_of_objects_as_they_were_given(lock: Any) -> None:
    x, w = np.array([0.5, 0.7]), np.array([2.0, 3.0])
    rows = np.array([[3.57, 2.85], [1.47, 6.51]])
    s = Scaled(w.copy(), lock)
    for value, back in (s2sad.vjp(stepped, s, x), s2sad.vjp(s.step, x)):
        np.testing.assert_allclose(value, [1.26, 1.764])
        np.testing.assert_allclose(back(np.array([1.0, 2.0]))[-1], rows.T @ [1.0, 2.0])
    for found in (s2sad.jacrev(stepped, "x")(s, x), s2sad.jacfwd(stepped, "x")(s, x), s2sad.jacrev(s.step)(x), s2sad.jacfwd(s.step)(x)):
        np.testing.assert_allclose(found, rows)
    np.testing.assert_array_equal(s.w, w)
