"""Rows of reductions of chosen elements, order statistics, covariances, histograms and methods of ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.rows import Row, complex_normal, distinct, normal, row, uniform

_CHOSEN = np.array([[True, False, True, True], [True, True, False, True], [False, True, True, True]])
_WITH_NAN = np.where(_CHOSEN, distinct(3, 4), np.nan)
_SOME: list[dict[str, Any]] = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}]

CHOSEN: list[Row] = [
    *(
        row(f, distinct(3, 4), kw={**k, "where": w, **i}, note=f"where {n} {k} {i}", single=not i)
        for f, i in (
            (np.sum, {}),
            (np.sum, {"initial": 0.3}),
            (np.mean, {}),
            (np.prod, {"initial": 0.3}),
            (np.max, {"initial": -99.0}),
            (np.min, {"initial": 0.05}),
            (np.var, {}),
            (np.std, {"ddof": 1}),
            (np.nansum, {}),
            (np.nanmean, {}),
        )
        for k in _SOME
        for w, n in ((_CHOSEN, "all"), (np.array([True, False, True, True]), "row"))
        if n == "all" or k != {"axis": 0}  # or a column is empty
    ),
    *(row(f, distinct(3, 4), kw={"initial": 0.3}, note="initial") for f in (np.sum, np.prod, np.max, np.min)),
    *(row(f, distinct(3, 4), kw={"initial": 99.0, "axis": 0}, note="initial wins") for f in (np.max, np.nanmax)),
    *(
        row(f, _WITH_NAN, kw=k, note=f"nan {k}", single=False)
        for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin, np.nanmedian)
        for k in _SOME
    ),
    *(row(f, _WITH_NAN, kw={"where": _CHOSEN[:, ::-1], "axis": 1}, note="nan where", single=False) for f in (np.nanvar, np.nanprod)),
    *(row(f, _WITH_NAN, kw={"axis": a}, note=f"nan {a}", single=False) for f in (np.nancumsum, np.nancumprod) for a in (None, 0, 1)),
    row(np.average, normal(2, 3, 4), (0, 2), normal(2, 4), note="two axes", single=False) if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else
    row(np.average, normal(2, 3, 4), 1, normal(3), note="two axes"),
    *(
        row(f, normal(2, 3), kw={"axis": a, "include_initial": i}, note=f"{a} {i}")
        for name in ("cumulative_sum", "cumulative_prod")
        if (f := getattr(np, name, None)) is not None
        for a in (0, -1)
        for i in (False, True)
    ),
]  # fmt: skip

_METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
    "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip

ORDERED: list[Row] = [
    *(row(np.quantile, distinct(3, 5), 0.37, kw={"axis": 1, "method": m}, note=m, skip=(1,)) for m in _METHODS),
    *(row(np.nanquantile, _WITH_NAN, 0.37, kw={"axis": a}, note=f"nan {a}", skip=(1,), single=False) for a in (None, 0, 1)),
    row(np.nanpercentile, _WITH_NAN, np.array([10.0, 80.0]), kw={"axis": 1, "keepdims": True}, skip=(1,), single=False),
    row(np.percentile, distinct(3, 5), np.array([[10.0], [80.0]]), kw={"axis": 0}, note="levels", skip=(1,)),
    row(np.median, distinct(4, 6), kw={"axis": (0, 1), "keepdims": True}, note="even"),
    row(np.partition, distinct(7), 3),
    row(np.partition, distinct(5, 3), (1, 3), 0, note="axis"),
    row(np.partition, distinct(3, 5), 4, None, note="flat"),
    row(np.sort, distinct(7), kw={"kind": "stable"}, note="stable"),
    row(np.unique, np.array([0.3, 2.0, -1.0, 1.5])),
    row(np.unique, distinct(2, 3), True, live=(0,), note="index", single=False),
]  # fmt: skip

COVARIANCES: list[Row] = [
    row(np.cov, normal(3, 5)),
    row(np.cov, normal(5), note="vector"),
    row(np.cov, normal(5), normal(5), note="two"),
    row(np.cov, normal(5, 2), normal(5, 1), False, note="columns"),
    row(np.cov, normal(2, 5), kw={"bias": True}, note="bias"),
    row(np.cov, normal(2, 5), kw={"fweights": np.array([1, 2, 1, 3, 1]), "aweights": uniform(0.5, 2.0, 5)}, note="weights", single=False),
    row(np.cov, normal(2, 5), kw={"aweights": uniform(0.5, 2.0, 5), "ddof": 0}, note="ddof", single=False),
    row(np.cov, complex_normal(2, 5), note="complex"),
    row(np.corrcoef, normal(3, 5)),
    row(np.corrcoef, normal(5), normal(5), note="two"),
    row(np.corrcoef, normal(5), note="vector"),
    row(np.corrcoef, normal(5, 3), kw={"rowvar": False}, note="columns"),
]  # fmt: skip

_VALUES = distinct(3, 4)
HISTOGRAMS: list[Row] = [
    row(np.histogram, _VALUES, 4, single=False, live=(1,)),
    row(np.histogram, _VALUES, 4, None, True, note="density", single=False),
    row(np.histogram, _VALUES, 4, None, None, normal(3, 4), note="weights", single=False),
    row(np.histogram, _VALUES, 4, None, True, uniform(0.5, 2.0, 3, 4), note="density of weights", single=False),
    row(np.histogram, _VALUES, 3, (-0.2, 0.5), True, uniform(0.5, 2.0, 3, 4), note="range", single=False, skip=(2,)),
    row(np.histogram, _VALUES, np.array([-0.3, 0.0, 0.6]), None, None, normal(3, 4), note="edges", single=False, skip=(1,)),
    row(np.bincount, np.array([0, 2, 2, 5]), normal(4), single=False),
    row(np.bincount, np.array([0, 1]), normal(2), 6, note="length", single=False),
]

_REDUCED: list[dict[str, Any]] = [{}, {"axis": 1}, {"axis": -1, "keepdims": True}]
UFUNC_METHODS: list[Row] = [
    *(
        row(f.reduce, distinct(3, 4), kw=k, note=f"{f.__name__} {k}")
        for f in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.subtract, np.logaddexp, np.logaddexp2, np.hypot)
        for k in _REDUCED
    ),
    *(
        row(f.reduce, distinct(3, 4), kw={"axis": a, "where": _CHOSEN, "initial": 0.4}, note=f"{f.__name__} where {a}")
        for f in (np.add, np.multiply, np.maximum, np.minimum)
        for a in (0, (0, 1), None)
    ),
    *(
        row(f.accumulate, distinct(3, 4), a, note=f"{f.__name__} {a}")
        for f in (np.add, np.multiply, np.maximum, np.minimum, np.subtract, np.logaddexp)
        for a in (0, 1)
    ),
    *(row(f.accumulate, distinct(5), note=f"{f.__name__} vector") for f in (np.add, np.maximum, np.logaddexp)),
]  # fmt: skip
