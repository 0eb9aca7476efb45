"""Rows of padding, windows, blocks, insertion, choice, ramps, polynomials and differences with ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.rules.rows import Row, complex_normal, distinct, normal, row, uniform

_MODES = ("constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap")
_UNEVEN = ((2, 1), (1, 4))

PADDING: list[Row] = [
    *(row(np.pad, distinct(3, 4), _UNEVEN, m, note=m) for m in _MODES),
    *(row(np.pad, distinct(3), 8, m, note=f"{m} long") for m in ("reflect", "symmetric", "wrap", "edge")),
    *(row(np.pad, distinct(3, 4), _UNEVEN, m, kw={"reflect_type": "odd"}, note=f"{m} odd") for m in ("reflect", "symmetric")),
    *(
        row(np.pad, distinct(5, 4), _UNEVEN, m, kw={"stat_length": ((2, 3), (1, 2))}, note=f"{m} length")
        for m in ("maximum", "minimum", "mean", "median")
    ),
    row(np.pad, distinct(3, 4), _UNEVEN, "linear_ramp", kw={"end_values": ((0.3, 1.0), (0.7, -1.0))}, note="ends"),
    row(np.pad, distinct(3, 4), _UNEVEN, kw={"constant_values": 0.5}, note="value"),
    row(sliding_window_view, normal(6), 3),
    row(sliding_window_view, normal(4, 5), (2, 3), note="plane"),
    row(sliding_window_view, normal(4, 5), 2, -1, note="axis"),
    row(sliding_window_view, normal(4, 5), (2, 2), (0, 0), note="axis twice"),
]  # fmt: skip

JOINING: list[Row] = [
    row(np.block, [normal(2), normal(3)]),
    row(np.block, [[normal(2, 2), normal(2, 1)], [normal(1, 3)]], note="rows"),
    row(np.block, [[normal(2, 2), 0.3 * np.ones((2, 1))], [normal(2), 0.7]], note="ranks", single=False),
    row(np.block, [[[normal(1, 2, 2)], [normal(1, 1, 2)]], [[normal(2, 3, 2)]]], note="three"),
    row(np.block, normal(2), note="array"),
    row(np.broadcast_arrays, normal(3), normal(2, 1), 0.3, single=False),
    row(np.dsplit, normal(2, 2, 4), [1, 3]),
    *([row(np.unstack, normal(2, 3), kw={"axis": a}, note=str(a)) for a in (0, -1)] if hasattr(np, "unstack") else []),
    row(np.insert, normal(4), 2, 0.7),
    row(np.insert, normal(4), -1, normal(3), note="several", single=False),
    row(np.insert, normal(4), [1, 3], 0.7, note="places"),
    row(np.insert, normal(4), [3, 0], normal(2), note="unordered"),
    row(np.insert, normal(3, 4), 1, normal(3), 1, note="column"),
    row(np.insert, normal(3, 4), [1], normal(3, 2), 1, note="columns"),
    row(np.insert, normal(3, 4), slice(0, 2), normal(3, 1), 1, note="slice"),
    row(np.insert, normal(3, 4), 5, 0.7, note="flat"),
    row(np.delete, normal(5), 2),
    row(np.delete, normal(3, 4), [0, -1], 1, note="axis"),
    row(np.delete, normal(3, 4), slice(1, 3), 0, note="slice"),
    row(np.delete, normal(3, 4), np.array([5, 7]), note="flat"),
    row(np.resize, normal(2, 3), (4, 4)),
    row(np.resize, normal(2, 3), 4, note="shorter"),
    row(np.diagflat, normal(2, 2), 1),
    row(np.concatenate, [normal(2, 3), normal(1, 3)], kw={"dtype": np.float64}, note="dtype", single=False),
]

CHOICE: list[Row] = [
    row(np.choose, np.array([0, 2, 1]), [normal(3), 0.3, normal(3)], single=False),
    row(np.choose, np.array([[0, 2], [1, 1]]), normal(3, 2), note="array"),
    row(np.choose, np.array([0, 5, -1]), [normal(3), normal(3)], kw={"mode": "wrap"}, note="wrap"),
    row(np.choose, np.array([0, 5, -1]), [normal(3), normal(3)], kw={"mode": "clip"}, note="clip"),
    row(np.take, normal(3, 4), np.array([0, 5, -1]), 1, kw={"mode": "wrap"}, note="wrap"),
    row(np.take, normal(3, 4), np.array([0, 15, -1]), kw={"mode": "clip"}, note="clip"),
    row(np.heaviside, np.array([-1.0, 2.0]), normal(2)),
    row(np.heaviside, np.array([0.0, 2.0, -1.0]), normal(3), note="at zero", skip=(0,)),
    row(np.frexp, uniform(0.6, 0.9, 3), live=(0,)),
    row(np.nextafter, normal(3), 5.0, tolerance=1e-5, single=False),
    row(np.unwrap, np.array([0.1, 3.0, -2.5, 1.0, 7.0])),
    row(np.nan_to_num, np.array([1.0, 2.0]), True, 0.3, 0.2, 0.1, note="replacements", single=False),
]

RAMPS: list[Row] = [
    row(np.linspace, normal(2), normal(2), 4, kw={"axis": 1}, note="axis"),
    row(np.linspace, 0.3, normal(2), 4, kw={"axis": -1}, note="last axis"),
    row(np.logspace, 0.3, 0.9, 4, True, 2.5),
    row(np.logspace, normal(2), normal(2), 4, False, 2.5, kw={"axis": 1}, note="arrays"),
    row(np.logspace, 0.3, normal(3), 3, True, uniform(1.0, 3.0, 3), note="bases"),
    row(np.logspace, 0.3, 0.9, 3, True, uniform(1.0, 3.0, 3), kw={"axis": -1}, note="bases of numbers"),
    row(np.geomspace, 0.3, 9.0, 4),
    row(np.geomspace, uniform(0.5, 2.0, 2), uniform(0.5, 2.0, 2), 4, kw={"axis": -1}, note="arrays"),
    row(np.meshgrid, normal(2), normal(3), normal(2), kw={"sparse": True}, note="sparse"),
    row(np.meshgrid, normal(2), 0.3, note="number", single=False),
]

_X = uniform(-1.0, 1.0, 6)
POLYNOMIALS: list[Row] = [
    row(np.polyval, normal(4), normal(2, 3)),
    row(np.polyval, normal(4), 0.7, note="number", single=False),
    row(np.polyval, normal(1), normal(3), note="constant"),
    row(np.polyval, complex_normal(3), complex_normal(2), note="complex"),
    *(row(f, normal(3), normal(4), note=f.__name__) for f in (np.polyadd, np.polysub, np.polymul)),
    *(row(f, normal(4), 0.7, note="number", single=False) for f in (np.polyadd, np.polysub, np.polymul)),
    row(np.polymul, complex_normal(3), complex_normal(2), note="complex"),
    *(row(np.polyder, normal(4), m, note=str(m)) for m in (1, 2, 4)),
    *(row(np.polyint, normal(3), m, note=str(m), single=False) for m in (1, 2)),
    row(np.polyint, normal(3), 2, [0.3, 0.4], note="constants", single=False, skip=(2,)),
    row(np.vander, normal(3)),
    row(np.vander, normal(3), 5, True, note="increasing"),
    row(np.vander, normal(3), 1, note="ones"),
    row(np.polyfit, _X, normal(6), 2, tolerance=1e-5, single=False),
    row(np.polyfit, _X, normal(6, 2), 1, tolerance=1e-5, single=False, note="columns"),
    row(np.polyfit, _X, normal(6), 2, kw={"w": uniform(0.5, 2.0, 6)}, tolerance=1e-5, single=False, note="weights"),
]

_STEPS = np.cumsum(uniform(0.3, 1.0, 6))
_ENDS: list[dict[str, Any]] = [{"prepend": 0.3}, {"append": np.ones((3, 2))}, {"prepend": 0.3, "append": 0.7}]
DIFFERENCES: list[Row] = [
    *(row(np.diff, normal(3, 5), kw=k, note=f"ends {i}", single=False) for i, k in enumerate(_ENDS)),
    row(np.diff, normal(3), 2, -1, normal(2), normal(1), note="ends"),
    row(np.diff, normal(3, 2), 1, 0, 0.3, normal(2, 2), note="ends of columns", single=False),
    row(np.diff, normal(3), 0, -1, 0.3, note="none"),
    row(np.ediff1d, normal(5), normal(2), 0.3, note="ends"),
    row(np.ediff1d, normal(2, 3), None, normal(2), note="begin"),
    row(np.interp, np.array([-1.0, 0.5, 9.0]), np.array([0.0, 1.0, 2.0]), normal(3), 0.3, 0.7, note="ends", single=False),
    row(np.interp, np.array([-1.0, 0.5, 9.0]), np.array([0.0, 1.0, 2.0]), complex_normal(3), note="complex", single=False),
    *(row(np.gradient, normal(6), _STEPS, kw={"edge_order": e}, note=f"nodes {e}") for e in (1, 2)),
    *(row(np.gradient, normal(3), _STEPS[:3], kw={"edge_order": e}, note=f"few nodes {e}") for e in (1, 2)),
    row(np.gradient, normal(2), _STEPS[:2], note="two nodes"),
    row(np.gradient, normal(4, 6), 0.5, _STEPS, note="mixed", single=False),
    row(np.gradient, normal(4, 6), _STEPS, note="nodes axis", kw={"axis": 1}),
    row(np.gradient, normal(4, 6), 0.7, note="both axes", single=False),
    row(np.gradient, normal(4, 6), note="one live", live=(1,)),
]  # fmt: skip
