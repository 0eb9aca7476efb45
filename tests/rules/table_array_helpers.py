"""Rows of the run-time helpers of reductions, shapes and samples."""

from __future__ import annotations

import numpy as np

from s2sad import runtime
from tests.rules.rows import Row, complex_normal, distinct, normal, row, uniform

_A, _X = distinct(3, 4), np.array([0.3, 1.7, 2.4, -1.0, 9.0])
_NODES = np.array([0.0, 1.0, 2.2, 3.1])

REDUCTIONS: list[Row] = [
    row(runtime.share_ties, normal(3), np.max(_A, axis=1), _A, 1, skip=(1, 2)),
    row(runtime.share_ties, 0.7, np.max(_A), _A, skip=(1, 2), note="all", single=False),
    row(runtime.product_of_others, normal(4)),
    row(runtime.product_of_others, normal(3, 4), 1, note="axis"),
    row(runtime.product_of_others, normal(3, 4), (0, 1), note="axes"),
    row(runtime.product_of_others, np.array([0.0, 2.0, 0.0]), note="zeros"),
    row(runtime.cumprod_bar, normal(4), normal(4)),
    row(runtime.cumprod_bar, normal(3, 4), normal(3, 4), 1, note="axis"),
    row(runtime.align_axis, normal(3), normal(2, 3, 2), 1, skip=(1,)),
    row(runtime.norm_bar, normal(3), normal(3), normal(3, 4), None, 1, False),
    row(runtime.norm_bar, 0.7, 1.3, complex_normal(3, 4), None, None, False, note="complex", single=False),
    row(runtime.power_slope, uniform(0.5, 2.0, 3), uniform(0.5, 2.0, 3)),
    row(runtime.power_slope, uniform(0.5, 2.0, 3), 1.7, note="number"),
    row(runtime.power_derivative, uniform(0.5, 2.0, 3), uniform(0.5, 2.0, 3), 2),
    row(runtime.power_derivative, uniform(0.5, 2.0, 3), 1.7, 3, note="number"),
    row(runtime.falling_slope, uniform(0.5, 2.0, 3), 3),
    row(runtime.log_or_zero, uniform(0.5, 2.0, 3)),
    row(runtime.log_or_zero, complex_normal(3), note="complex"),
]

SHAPES: list[Row] = [
    row(runtime.sort_bar, normal(3, 4), _A, 1, skip=(1,)),
    row(runtime.sort_bar, normal(12), _A, None, skip=(1,), note="flat"),
    row(runtime.partition_bar, normal(3, 4), np.partition(_A, 2, 1), _A, 1, skip=(1, 2)),
    row(runtime.quantile_bar, normal(3), _A, 0.3, 1, skip=(1, 2)),
    row(runtime.join_like, [normal(2), normal(3)], [normal(2), normal(3)], skip=(1,)),
    row(runtime.unroll_axis, normal(2, 3, 4), 2, 0),
    row(runtime.item_bar, 0.7, normal(2, 3), (1, 2), skip=(1,), single=False),
    row(runtime.item_bar, 0.7, normal(3), (1,), skip=(1,), note="flat", single=False),
    row(runtime.trace_bar, 0.7, normal(3, 4), skip=(1,), single=False),
    row(runtime.diag_bar, normal(3), normal(3, 4), skip=(1,)),
    row(runtime.diag_bar, normal(4, 4), normal(3), 1, skip=(1,), note="vector"),
    row(runtime.windows_bar, normal(4, 3), normal(6), 3, skip=(1,)),
    *(row(runtime.pad_bar, normal(6), normal(3), (1, 2), m, skip=(1,), note=m) for m in ("edge", "mean", "reflect", "linear_ramp")),
]  # fmt: skip

SAMPLES: list[Row] = [
    row(runtime.diff_bar, normal(3, 4), 2, 0),
    row(runtime.trapezoid_values_bar, normal(3), normal(3, 4), normal(4), 1.0, skip=(1, 3)),
    row(runtime.trapezoid_values_bar, normal(3), normal(3, 4), None, 0.7, skip=(1,), note="step", single=False),
    row(runtime.trapezoid_nodes_bar, normal(3), normal(3, 4), normal(4), skip=(2,)),
    row(runtime.gradient_bar, normal(5), normal(5), (0.5,), skip=(1, 2)),
    row(runtime.interp_slope, _X, _NODES, normal(4), skip=(0,), single=False),
    row(runtime.interp_slope_bar, normal(5), _X, _NODES, skip=(1,), single=False),
    row(runtime.interp_values_bar, normal(5), _X, _NODES, normal(4), skip=(3,), single=False),
    row(runtime.interp_values_bar, normal(5), _X, _NODES, normal(4), 0.3, 0.4, skip=(3, 4, 5), note="ends", single=False),
]
