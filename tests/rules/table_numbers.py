"""Rows of operators, ufuncs, `math`, reductions and the run-time helpers."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from s2sad import runtime
from tests.rules.rows import (
    Row,
    binary,
    complex_normal,
    complex_unary,
    distinct,
    normal,
    row,
    scalar,
    unary,
    uniform,
)

_ANY, _POSITIVE = (-2.0, 2.0), (0.5, 3.0)

OPERATORS: list[Row] = [
    *(r for f in (operator.add, operator.sub, operator.mul) for r in binary(f, _ANY, _ANY)),
    *binary(operator.truediv, _ANY, _POSITIVE),
    *binary(operator.pow, _POSITIVE, _ANY),
    *binary(operator.mod, (2.4, 2.9), (0.75, 0.79)),
    *(
        row(operator.pow, uniform(-2.0, -0.5, 3), p, note=f"exponent {p}", skip=(1,))
        for p in (0, 1, 2, 3, 4, 5, -1, -2, 2.0)
    ),
    row(operator.pow, np.array([0.0, 1.0]), 3, note="at zero", skip=(1,)),
    row(
        operator.pow, np.array([0.0, 1.0, -2.0]), np.array([3.0, 0.0, 2.0]), note="array exponent", skip=(1,)
    ),
    row(operator.pow, uniform(0.5, 2.0, 3), 0.5, note="root", skip=(1,)),
    row(operator.pow, 1.7, 1 / 3, note="root of float", skip=(1,)),
    row(operator.pow, 1.7, normal(3), note="float base", skip=(0,)),
    row(operator.pow, complex_normal(3), 3, note="complex", skip=(1,)),
    row(operator.pow, complex_normal(3), -2, note="complex to a negative power", skip=(1,)),
    row(operator.pow, complex_normal(3), complex_normal(3), note="complex both"),
    row(divmod, 7.3, 2.1, single=False, live=(1,)),
    row(operator.matmul, normal(2, 3), normal(3, 4)),
    *unary(operator.neg, *_ANY),
    *unary(operator.pos, *_ANY),
    row(operator.mul, complex_normal(3), normal(3), note="complex times real"),
    row(operator.truediv, complex_normal(3), complex_normal(3), note="complex"),
]

_POSITIVE_UFUNCS = (np.log, np.log2, np.log10, np.sqrt, np.reciprocal, np.cbrt)
_ANY_UFUNCS = (
    np.exp,
    np.exp2,
    np.expm1,
    np.square,
    np.sin,
    np.cos,
    np.tan,
    np.arctan,
    np.sinh,
    np.cosh,
    np.tanh,
    np.arcsinh,
    np.degrees,
    np.radians,
    np.sinc,
    np.absolute,
    np.fabs,
    np.nan_to_num,
)
_MATH_ANY = (
    math.exp,
    math.expm1,
    math.sin,
    math.cos,
    math.tan,
    math.atan,
    math.sinh,
    math.cosh,
    math.tanh,
    math.asinh,
    math.degrees,
    math.radians,
    math.erf,
    math.erfc,
    math.fabs,
)
_MATH_POSITIVE = (math.log, math.log2, math.log10, math.log1p, math.sqrt, math.gamma, math.lgamma)

ELEMENTWISE: list[Row] = [
    *(r for f in _POSITIVE_UFUNCS for r in unary(f, *_POSITIVE)),
    *(r for f in _ANY_UFUNCS for r in unary(f, 0.1, 1.4)),
    *(r for f in (np.arcsin, np.arccos, np.arctanh, np.log1p) for r in unary(f, -0.8, 0.8)),
    *unary(np.arccosh, 1.5, 3.0),
    *(
        r
        for f in (np.logaddexp, np.logaddexp2, np.arctan2, np.hypot)
        for r in binary(f, _POSITIVE, _POSITIVE)
    ),
    *(r for f in (np.maximum, np.minimum, np.fmax, np.fmin) for r in binary(f, _ANY, _ANY)),
    *binary(np.copysign, _ANY, _ANY),
    *binary(np.fmod, (2.4, 2.9), (0.75, 0.79)),
    row(np.modf, uniform(0.2, 0.8, 3), live=(0,)),
    row(np.ldexp, normal(3), np.array([1, 2, 0])),
    row(np.sinc, np.array([0.0, 0.5]), note="at zero"),
    *(row(runtime.sinc_derivative, np.array([0.0, 0.2, -0.49, 0.6, 2.3]), k, note=f"order {k}") for k in (1, 2, 3)),
    row(runtime.sinc_derivative, np.array([0.2 + 0.1j, 1.0 - 0.4j]), 1, note="complex", single=False),
    row(np.nan_to_num, np.array([np.nan, 1.0]), skip=(), note="nan", single=False, tolerance=np.inf),
    *complex_unary(
        np.exp,
        np.log,
        np.sqrt,
        np.square,
        np.sin,
        np.cos,
        np.tanh,
        np.absolute,
        np.conj,
        np.real,
        np.imag,
        np.angle,
        np.arctan,
        np.arcsinh,
        np.arccosh,
        np.log10,
    ),
    row(np.real, normal(3)),
    row(np.imag, normal(3)),
    row(np.conj, normal(3)),
    row(np.angle, complex_normal(3), kw={"deg": True}, note="degrees"),
]

SCALARS: list[Row] = [
    *(scalar(f, 0.7) for f in _MATH_ANY),
    *(scalar(f, 1.7) for f in _MATH_POSITIVE),
    *(scalar(f, 0.3) for f in (math.asin, math.acos, math.atanh)),
    *(scalar(getattr(math, f), 1.3) for f in ("exp2", "cbrt") if hasattr(math, f)),
    *([scalar(math.fma, 1.3, 2.1, -0.4)] if hasattr(math, "fma") else []),
    *([scalar(math.sumprod, [1.3, 2.1], [-0.4, 0.3])] if hasattr(math, "sumprod") else []),
    *([row(math.sumprod, normal(3), normal(3), note="arrays", single=False)] if hasattr(math, "sumprod") else []),
    scalar(math.acosh, 1.7),
    scalar(math.lgamma, -1.3, note="negative"),
    scalar(math.log, 1.7, 3.0, note="base"),
    scalar(math.pow, 1.7, 2.3),
    scalar(math.pow, 1.7, 2, note="square", skip=(1,)),
    scalar(math.pow, -1.7, 3, note="cube", skip=(1,)),
    scalar(math.pow, 1.7, -1.5, note="negative", skip=(1,)),
    scalar(math.atan2, -0.4, 0.7),
    scalar(math.hypot, 0.3, -0.4, 1.2),
    scalar(math.dist, [0.3, 1.4], [1.0, 2.0]),
    row(math.dist, normal(3), normal(3), note="arrays", single=False),
    scalar(math.copysign, 0.7, -0.2),
    scalar(math.fmod, 7.3, -2.1),
    scalar(math.remainder, 7.3, 2.1),
    scalar(math.ldexp, 0.7, 3),
    row(math.modf, 2.7, live=(0,), single=False),
    scalar(math.fsum, [0.3, 0.4]),
    scalar(math.prod, [0.3, 0.0, 0.4]),
    row(math.prod, normal(3), note="array"),
    scalar(float, 0.7),
    row(np.float64, 0.7),
    scalar(complex, 0.7, -0.3),
    scalar(abs, -0.7),
    scalar(pow, 1.7, 2.3),
    scalar(builtins.sum, [0.3, 0.4], 1.5),
    row(builtins.sum, [normal(2), normal(3, 2)], note="arrays"),
    row(builtins.sum, normal(3, 2), note="array"),
    row(list, normal(3)),
    row(list, normal(3, 2), note="rows"),
    *(scalar(f, 0.3, -0.4, note="two") for f in (max, min)),
    *(scalar(f, 0.3, -0.4, 0.7, note="three") for f in (max, min)),
    *(scalar(f, [0.3, -0.4, 0.7], note="list") for f in (max, min)),
    *(row(f, normal(4), note="array") for f in (max, min)),
]

_AXES: list[dict[str, Any]] = [
    {},
    {"axis": 0},
    {"axis": -1},
    {"axis": (0, 2)},
    {"axis": 1, "keepdims": True},
    {"keepdims": True},
]
_REDUCTIONS = (
    np.sum,
    np.mean,
    np.prod,
    np.max,
    np.min,
    np.var,
    np.std,
    np.nansum,
    np.nanmean,
    np.ptp,
    np.median,
)
_WITH_NAN = np.array([[1.0, np.nan, 3.0], [2.0, 5.0, 0.5]])


def _norms() -> list[Row]:
    vectors = [
        row(np.linalg.norm, normal(4), p, note=f"vector {p}", skip=(1,))
        for p in (None, 1, 2, 3, 0.5, math.inf, -math.inf)
    ]
    matrices = [
        row(np.linalg.norm, normal(3, 4), p, note=f"matrix {p}", tolerance=1e-5, skip=(1,))
        for p in (None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)
    ]
    along = [
        row(
            np.linalg.norm,
            normal(2, 3, 4),
            kw={"ord": p, "axis": a, "keepdims": k},
            note=f"{p} {a} {k}",
            tolerance=1e-5,
        )
        for p, a, k in (
            (2, 1, False),
            (1, -1, True),
            (math.inf, 0, False),
            (1, (0, 2), True),
            ("nuc", (2, 0), False),
            (None, (1, 2), False),
            (2, (1, 2), True),
        )
    ]
    return [
        *vectors,
        *matrices,
        *along,
        row(np.linalg.norm, complex_normal(3), note="complex"),
        row(np.linalg.norm, complex_normal(3, 2), "nuc", note="complex nuc", tolerance=1e-5),
    ]


REDUCTIONS: list[Row] = [
    *(row(f, distinct(2, 3, 4), kw=k, note=str(k)) for f in _REDUCTIONS for k in _AXES),
    *(row(f, np.array(0.7), note="0-d") for f in (np.sum, np.mean, np.prod, np.max)),
    *(row(f, [0.3, 0.4], note="list", single=False) for f in (np.sum, np.mean, np.prod, np.max, np.std)),
    *(row(f, np.zeros((0, 2)), note="empty") for f in (np.sum, np.prod)),
    *(
        row(f, _WITH_NAN, kw=k, note=f"nan {k}", tolerance=1e-6, single=False)
        for f in (np.nansum, np.nanmean, np.nanmax, np.nanmin)
        for k in ({}, {"axis": 1})
    ),
    row(np.prod, np.array([0.0, 2.0, 0.0, 3.0]), note="zeros"),
    *(
        row(f, complex_normal(2, 3), kw=k, note=f"complex {k}")
        for f in (np.sum, np.mean, np.prod, np.var, np.std)
        for k in ({}, {"axis": 0})
    ),
    *(row(f, normal(2, 3), kw={"ddof": 1, "axis": 1}, note="ddof") for f in (np.var, np.std)),
    row(np.average, normal(2, 3)),
    row(np.average, normal(2, 3), 1, note="axis"),
    row(np.average, normal(2, 3), None, uniform(0.5, 2.0, 2, 3), note="weights"),
    row(np.average, normal(2, 3), 1, uniform(0.5, 2.0, 3), note="weights axis"),
    row(np.average, normal(2, 3), 0, uniform(0.5, 2.0, 2, 3), note="weights full", kw={"keepdims": True}),
    *(
        row(f, normal(2, 3), kw=k, note=str(k))
        for f in (np.cumsum, np.cumprod)
        for k in ({}, {"axis": 0}, {"axis": -1})
    ),
    *(row(f, normal(4), note="vector") for f in (np.cumsum, np.cumprod)),
    row(np.cumprod, np.array([1.0, 0.0, 2.0, 0.0, 3.0]), note="zeros"),
    *(
        row(np.quantile, distinct(3, 5), q, kw=k, note=f"{q} {k}", skip=(1,))
        for q in (0.3, 0.0, 1.0)
        for k in _AXES[:3]
    ),
    row(np.quantile, distinct(3, 5), np.array([0.3, 0.9]), kw={"axis": 1}, note="several", skip=(1,)),
    row(np.percentile, distinct(7), 35.0, skip=(1,)),
    *_norms(),
]

HELPERS: list[Row] = [
    row(runtime.unbroadcast, normal(2, 3), normal(3), skip=(1,)),
    row(runtime.broadcast_like, normal(3), normal(2, 3), skip=(1,)),
    row(runtime.cast_like, complex_normal(3), normal(3), skip=(1,)),
    row(runtime.restore_axes, normal(2), normal(2, 3), 1, skip=(1,)),
    row(runtime.sum_axes, normal(2, 3), normal(2), 1, skip=(1,)),
    row(runtime.spread, 0.3, [normal(2), 0.2], skip=(1,), single=False),
    row(runtime.split_like, normal(5), [normal(2), normal(3)], skip=(1,)),
    row(runtime.split_like, normal(2, 5), [normal(2, 2), normal(2, 3)], 1, note="axis", skip=(1,)),
    row(runtime.reverse_cumsum, normal(2, 3), normal(2, 3), 1, skip=(1,)),
    row(runtime.cast_back, normal(3), normal(3), normal(3), skip=(1, 2)),
    row(runtime.copy_in_layout, normal(2, 3)),
    row(runtime.stored, normal(3), np.array([0, 2, 0])),
    row(runtime.pack_like, normal(2), [0.4, 0.2], skip=(0,), single=False),
    row(runtime.take_bar, normal(2), normal(3), np.array([0, 0]), skip=(1,)),
    row(runtime.take_along_bar, normal(3, 1), normal(3, 2), np.array([[0], [1], [1]]), skip=(1,)),
    row(runtime.place_diagonal, normal(3), normal(3, 4), skip=(1,)),
    row(runtime.repeat_bar, normal(6), normal(3), 2, skip=(1,)),
    row(runtime.tile_bar, normal(6), normal(3), 2, skip=(1,)),
    row(runtime.crop_padding, normal(5), normal(3), 1, skip=(1,)),
]
