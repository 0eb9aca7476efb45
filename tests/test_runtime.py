"""The helpers on adjoints with structure."""

from __future__ import annotations

import dataclasses
import types
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from s2sad import runtime

Point = namedtuple("Point", "x y")


@dataclasses.dataclass(frozen=True)
class Model:
    w: Any
    b: float
    name: str = "m"


def test_unbroadcast_sums_and_casts() -> None:
    g = np.ones((2, 3))
    assert runtime.unbroadcast(g, 1.0) == 6.0 and np.ndim(runtime.unbroadcast(g, 1.0)) == 0
    np.testing.assert_array_equal(runtime.unbroadcast(g, np.zeros((2, 1))), [[3.0], [3.0]])
    np.testing.assert_array_equal(runtime.unbroadcast(g, np.zeros(3)), [2.0, 2.0, 2.0])
    assert runtime.unbroadcast(g, np.zeros(3, np.float32)).dtype == np.float32
    assert runtime.unbroadcast(g + 1j, np.zeros(3)).dtype == float
    np.testing.assert_array_equal(runtime.unbroadcast(2.0, np.zeros((1, 2))), [[2.0, 2.0]])


def test_zeros_like_is_mutable_and_skips_what_holds_no_floats() -> None:
    zero = runtime.zeros_like({"a": (1.0, np.ones(2)), "m": Model(np.ones(2), 1.0), "n": 3, "s": None})
    assert zero["a"][0] == 0.0 and isinstance(zero["a"], list)
    assert isinstance(zero["m"], types.SimpleNamespace) and zero["m"].name is None
    assert zero["n"] is None and zero["s"] is None
    assert runtime.zeros_like(np.arange(3)).dtype == float
    assert runtime.zeros_like(np.float32(1.0)).dtype == np.float32


def test_add_takes_none_for_zero() -> None:
    assert runtime.add(None, None) is None
    assert runtime.add([1.0, None], (2.0, 3.0)) == [3.0, 3.0]
    assert runtime.add({"a": 1.0}, {"a": 2.0, "b": 1.0}) == {"a": 3.0, "b": 1.0}
    a = np.ones(2)
    runtime.add(a, a)
    np.testing.assert_array_equal(a, [1.0, 1.0])
    with pytest.raises(ValueError, match="2 and 1 items"):
        runtime.add([1.0, 2.0], [1.0])


def test_like_rebuilds_the_structure_in_memory_of_its_own() -> None:
    x = (1.0, Point(np.ones(2, np.float32), 2.0), [Model(np.ones(2), 1.0)], {"k": 1.0}, "s", 3)
    shared = np.array([1.0, 2.0])
    model_bar = types.SimpleNamespace(w=shared, b=np.float64(3.0), name=None)
    gradient = runtime.like(x, [np.float64(2.0), [shared, None], [model_bar], {"k": 4.0}, None, None])
    assert type(gradient[0]) is float and isinstance(gradient[1], Point) and gradient[1].x.dtype == np.float32
    assert gradient[1].y == 0.0 and gradient[3] == {"k": 4.0} and gradient[4:] == (None, None)
    assert isinstance(gradient[2][0], Model) and gradient[2][0].b == 3.0
    assert not np.shares_memory(gradient[2][0].w, shared)
    assert runtime.like(np.ones((2, 3)), 1.0).shape == (2, 3)
    assert runtime.like(1.0, None) == 0.0


def test_index_add_accumulates_repeated_indices() -> None:
    np.testing.assert_array_equal(runtime.index_add(np.zeros(3), [0, 0, 2], np.ones(3)), [2.0, 0.0, 1.0])
    np.testing.assert_array_equal(
        runtime.index_add(np.zeros(3), np.array([True, False, True]), 1.0), [1.0, 0.0, 1.0]
    )
    np.testing.assert_array_equal(
        runtime.index_add(np.zeros((2, 2)), (0, slice(None)), 1.0), [[1.0, 1.0], [0.0, 0.0]]
    )
    np.testing.assert_array_equal(runtime.index_add(np.zeros((2, 2)), ((0, 0), slice(None)), 1.0), [[2.0, 2.0], [0.0, 0.0]])
    assert runtime.index_add([1.0, None], 1, 2.0) == [1.0, 2.0]
    assert runtime.index_add({}, "a", 2.0) == {"a": 2.0}


def test_helpers_are_all_listed() -> None:
    assert all(callable(getattr(runtime, name)) for name in runtime.__all__)
