"""Exceptions of the function: the same ones reach the caller, whose data is as it was; `try` and `with` around values."""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.helpers import aligned_floats, floats_of, numeric_gradient

X = np.array([1.5, 2.0, 0.7])
KEPT = np.ones(3)
SETTINGS = {"k": 1.0}


class OwnError(Exception):
    def __init__(self, code, extra=None):
        super().__init__(code, extra)
        self.code = code


class Box:
    def __init__(self):
        self.a = 2.0
        self.v = np.ones(2)
        self.items = [1.0]


class Entered:
    def __init__(self):
        self.count = 0

    def __enter__(self):
        self.count += 1
        return self

    def __exit__(self, *about):
        self.count += 10


class Setting:
    def __init__(self, k):
        self.k = k

    def __enter__(self):
        self.old = SETTINGS["k"]
        SETTINGS["k"] = self.k

    def __exit__(self, *about):
        SETTINGS["k"] = self.old


ENTERED = Entered()


@contextlib.contextmanager
def scaled(k):
    try:
        yield 2.0 * k
    finally:
        pass


# --- raised ---------------------------------------------------------------------------------------------------


def after_a_store(x):
    x[0] = 9.0
    raise ValueError("bad", 3)


def class_only(x):
    x *= 2.0
    raise NotImplementedError


def of_ones_own(x):
    x[1] = 3.0
    if x[1] > 0.0:
        raise OwnError(3, extra="q")
    return x[0]


def with_a_value(x):
    if x[0] > 0.0:
        raise ValueError(f"{x[0]:.3f} is too large", float(x[0]))
    return x[0]


def in_a_helper(x):
    def check(v, name):
        if v > 1.0:
            raise OverflowError(name + " too big")
        return v

    return check(x[0], name="alpha") * 2.0


def in_a_loop(x):
    for i in range(3):
        x[i] *= 2.0
        if i == 1:
            raise KeyError(i, "k")
    return np.sum(x)


def from_another(x):
    try:
        raise KeyError("inner")
    except KeyError as err:
        raise ValueError("outer") from err


def once_more(x):
    try:
        raise KeyError("inner", 2)
    except KeyError:
        x[0] = 0.0
        raise


def made_before(x):
    err = OwnError(7)
    if x[0] > 0.0:
        raise err
    return x[0]


def beyond_the_end(x):
    x[0] = 2.0
    return x[7]


def shapes(x):
    return np.sum((x @ np.ones(5)) ** 2)


def singular(x):
    return np.sum(np.linalg.inv(np.outer(x, x) * 0.0))


def domain(x):
    return math.sqrt(-x[0])


def list_changed(items):
    items.append(3.0)
    items[0] = 7.0
    raise RuntimeError("list")


def dict_changed(d):
    d["b"] = d["a"] * 2.0
    d["a"] = 0.0
    raise RuntimeError("dict")


def object_changed(box):
    box.a = 5.0
    box.v[0] = 3.0
    box.items.append(2.0)
    box.new = 3.0
    raise RuntimeError("object")


def captured_read(x):
    y = KEPT * x
    y[0] = 5.0
    raise RuntimeError(len(KEPT))


RAISED = [
    *((f, X) for f in (
        after_a_store, class_only, of_ones_own, with_a_value, in_a_helper, in_a_loop, from_another, once_more,
        made_before, beyond_the_end, shapes, singular, domain, captured_read)),
    (list_changed, [1.0, 2.0]), (dict_changed, {"a": 1.0}), (object_changed, Box()),
]  # fmt: skip


@pytest.mark.parametrize(("f", "argument"), RAISED, ids=lambda v: getattr(v, "__name__", ""))
def test_the_same_exception_and_nothing_changed(f: Callable[..., Any], argument: Any):
    with pytest.raises(Exception) as primal:
        f(copy.deepcopy(argument))
    given = copy.deepcopy(argument)
    before = pickle.dumps(given)
    kept = KEPT.copy()
    for gradient in (s2sad.grad(f), s2sad.value_and_grad(f)):
        for _ in range(2):
            with pytest.raises(Exception) as info:
                gradient(given)
            assert type(info.value) is type(primal.value)
            assert info.value.args == primal.value.args
            assert type(info.value.__cause__) is type(primal.value.__cause__)
            assert pickle.dumps(given) == before
    np.testing.assert_array_equal(KEPT, kept)


def changes_everything(x, box, items, table):
    x *= 2.0
    box.a = x[0] * box.a
    box.v[0] = x[1]
    box.items.append(x[2])
    box.items[0] = 3.0 * x[0]
    box.new = x[0]
    items[0] = x[1] * items[0]
    items.append(2.0)
    table["b"] = table["a"] * x[0]
    return np.sum(x) * box.a + np.sum(box.v) + sum(box.items) * box.new + sum(items) * table["b"]


def test_nothing_changed_after_success_either():
    args = (X.copy(), Box(), [1.0, 2.0], {"a": 3.0})
    before = pickle.dumps(args)
    value, gradient = s2sad.value_and_grad(changes_everything)(*args)
    assert pickle.dumps(args) == before
    assert value == pytest.approx(changes_everything(*copy.deepcopy(args)), rel=1e-12)
    np.testing.assert_allclose(gradient, numeric_gradient(changes_everything, args, "x"), rtol=1e-8)


# --- caught ---------------------------------------------------------------------------------------------------


def no_exception(x):
    try:
        y = x[0] * 2.0
    except ValueError:
        y = 0.0
    else:
        y = y * x[1]
    finally:
        z = x[2]
    return y * z


def always(x):
    try:
        raise KeyError("q")
    except (ValueError, LookupError):
        return x[0] * 2.0


def order_of_handlers(x):
    try:
        raise KeyError("q")
    except LookupError:
        return x[0] * 2.0
    except KeyError:
        return x[1]


def return_in_finally(x):
    try:
        return x[0] * 2.0
    finally:
        return x[1] * 3.0


def finally_after_return(x):
    y = x[0]
    try:
        return y * 2.0
    finally:
        y = y * 5.0


def finally_stores_to_what_is_returned(x):
    def inner(y):
        try:
            return y
        finally:
            y[0] = 7.0 * y[1]

    return np.sum(inner(x.copy()) ** 2)


def continue_through_finally(x):
    total = 0.0
    for i in range(3):
        try:
            if i == 1:
                continue
            total = total + x[i] ** 2
        finally:
            total = total * 2.0
    return total


def caught_in_a_loop(x):
    total = 0.0
    for v in x:
        try:
            if v > 1.8:
                raise ValueError
            total = total + v * v
        except ValueError:
            break
    else:
        total = 0.0
    return total


def caught_from_a_helper(x):
    def check(v):
        if v > 1.8:
            raise ValueError("big")
        return v * v

    total = 0.0
    for v in x:
        try:
            total = total + check(v)
        except ValueError:
            total = total + 10.0 * v
    return total


def caught_from_math(x):
    def root(v):
        try:
            return math.sqrt(v)
        except ValueError:
            return v * v

    return root(x[0]) + root(-x[1])


def caught_from_numpy(x):
    a = np.outer(x, x)
    try:
        root = np.linalg.cholesky(-np.eye(3))
    except np.linalg.LinAlgError:
        root = np.linalg.cholesky(a + np.eye(3))
    return np.sum(root)


def caught_floating_point_error(x):
    with np.errstate(all="raise"):
        try:
            y = np.log(x - x)
        except FloatingPointError:
            y = x * 2.0
    return np.sum(y)


def caught_assertion(x):
    try:
        assert x[0] > 100.0
        y = x[0]
    except AssertionError:
        y = x[0] ** 2
    return y


def return_from_a_handler(x):
    for v in x:
        try:
            if v > 1.8:
                raise ValueError
        except ValueError:
            return v * v
    return x[0]


def store_before_the_exception(x):
    y = x.copy()
    try:
        y[0] = 5.0 * x[1]
        raise ValueError
    except ValueError:
        y[1] *= 2.0
    return np.sum(y**2)


def assigned_before_the_exception(x):
    try:
        y = x[0] * 2.0
        if y > 1.0:
            raise ValueError
        y = y * 3.0
    except ValueError:
        y = y + x[1]
    return y


def nested(x):
    y = x[0]
    try:
        try:
            raise KeyError("q")
        except ValueError:
            y = 0.0
        finally:
            y = y * 2.0
    except KeyError:
        y = y * x[1]
    return y


# --- with -----------------------------------------------------------------------------------------------------


def made_by_contextlib(x):
    with scaled(2.0) as a, scaled(a) as b:
        y = x[0] * a * b
    return y


def return_out_of_with(x):
    for v in x:
        with scaled(1.0) as k:
            if v > 1.8:
                return v * k
    return x[0]


def state_of_a_setting(x):
    with Setting(5.0):
        y = x[0] * SETTINGS["k"]
    return y * SETTINGS["k"]


def state_in_a_loop(x):
    t = x[0]
    for i in range(3):
        with Setting(float(i)):
            t = np.sin(t * SETTINGS["k"]) + t
    return t


def state_of_the_manager(x):
    ENTERED.count = 0 if len(x) < 0 else ENTERED.count
    with ENTERED:
        y = x[0] * ENTERED.count
    return y * ENTERED.count


def errstate(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 1.0, np.log(np.abs(x - 1.0)), 0.0)
    return np.sum(y)


def warnings_recorded(x):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warnings.warn("x")
        y = np.sum(x) * len(found)
    return y


def warnings_as_errors(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            y = np.sum(np.sqrt(-x))
        except RuntimeWarning:
            y = np.sum(x * 3.0)
    return y


def suppressing(x):
    y = x[0]
    with contextlib.suppress(ValueError):
        y = math.sqrt(-y)
    return y * 2.0


CAUGHT = [
    f for f in list(globals().values())
    if inspect.isfunction(f) and f.__module__ == __name__ and list(inspect.signature(f).parameters) == ["x"] and f not in [r for r, _ in RAISED]
]  # fmt: skip
MAY_BE_REFUSED = [
    store_before_the_exception, assigned_before_the_exception, nested, state_of_the_manager, suppressing, caught_in_a_loop,
    return_in_finally,
]  # fmt: skip


@pytest.mark.parametrize("f", CAUGHT, ids=lambda f: f.__name__)
def test_right_or_refused_with_a_place(f: Callable[..., Any]):
    SETTINGS["k"], ENTERED.count = 1.0, 0
    try:
        value, gradient = s2sad.value_and_grad(f)(X)
    except errors.DifferentiationError as refusal:
        assert f in MAY_BE_REFUSED
        assert refusal.span is not None and refusal.span.filename == __file__ and refusal.hint
        return
    ENTERED.count = 0
    assert value == pytest.approx(f(X.copy()), rel=1e-12)
    expected = numeric_gradient(f, (X,), "x")
    assert aligned_floats(X, gradient) == pytest.approx(expected, rel=1e-7, abs=1e-7)
    assert floats_of(X).tolist() == [1.5, 2.0, 0.7]


def test_a_tangent_is_not_stored_before_the_value_is_known() -> None:
    def f(x: Any, s: float) -> Any:
        x = x.copy()
        try:
            x[1] = math.log(s)
        except ValueError:
            pass
        return np.sum(x**2)

    x = np.array([2.0, 3.0])
    for s in (0.7, -0.7):
        value, dot = s2sad.jvp(f, (x, s), (np.array([0.5, 1.0]), 1.0))
        by_x, by_s = s2sad.grad(f, wrt=(0, 1))(x, s)
        assert value == pytest.approx(f(x, s)) and dot == pytest.approx(by_x @ [0.5, 1.0] + by_s)


def used_in_finally(x, k):
    c = 0
    s = x * x
    try:
        s = s * 2.0
        if k == 1:
            raise KeyError("k")
        s = math.sqrt(s - (5.0 if k == 2 else 0.0))
        c = 3
    finally:
        z = s * c
    return z + s


@pytest.mark.parametrize(("k", "error"), [(1, KeyError), (2, ValueError)])
def test_an_exception_passes_through_finally_that_reads_what_it_left_undone(k: int, error: type[Exception]) -> None:
    for run in (used_in_finally, s2sad.grad(used_in_finally), lambda x, k: s2sad.jvp(used_in_finally, (x, k), (1.0, None))):
        with pytest.raises(error):
            run(1.5, k)
    assert s2sad.grad(used_in_finally)(1.5, 0) == pytest.approx(4.0 * math.sqrt(2.0), rel=1e-12)
