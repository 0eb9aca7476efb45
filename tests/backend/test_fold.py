"""Expressions that are written where they are used."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from s2sad.analysis.types import Arr, ListT, TupleT, Type, literal_dim
from s2sad.backend.bindings import Bindings
from s2sad.backend.emit import Emitter
from s2sad.backend.printer import to_source
from s2sad.ir.nodes import Assign, Block, Function, Lit, Op, Param, Region, Store, Var

ARRAY = Arr(np.dtype(float), (literal_dim(2),))


@pytest.mark.parametrize("kind", [list, tuple])
def test_what_a_container_holds_is_added_to_in_place(kind: type) -> None:
    """`items[0] += g` would assign to the item of a tuple."""
    held: Type = ListT(ARRAY) if kind is list else TupleT((ARRAY,))
    items, g = Var("items", held, named=True, region=Region()), Var("g", ARRAY, named=True, region=Region())
    item = Var("item", ARRAY, region=items.region)
    body = Block([Assign(item, Op("getitem", (items, Lit(0)))), Store(item, None, g, "add")])
    function = Function("added", [Param(items), Param(g)], body, Lit(None))
    text = to_source(ast.Module([Emitter(function, Bindings(), False).definition()], []))
    space: dict[str, object] = {}
    exec(text, space)
    given = kind([np.zeros(2)])
    space["added"](given, np.ones(2))  # type: ignore[operator]
    np.testing.assert_array_equal(given[0], np.ones(2))
