"""Functions whose result never varies with their operands, or varies in jumps only."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import builtins
import math

import numpy as np

from s2sad.rules.registry import zero_derivative

_BUILTINS = (
    "all any bin bool bytes callable chr dir format hasattr hash hex id int isinstance issubclass"
    " len oct ord print range repr round str type"
)
_MATH = "ceil comb factorial floor gcd isclose isfinite isinf isnan isqrt lcm perm trunc"
_NUMPY = (
    "all allclose any argmax argmin argpartition argsort argwhere array_equal array_equiv around arr"
    " bitwise_and bitwise_or bitwise_xor broadcast_shapes can_cast ceil count_nonzero"
    " diag_indices diag_indices_from digitize dtype empty empty_like equal eye fix flatnonzero floor"
    " floor_divide greater greater_equal identity in1d indices invert isclose"
    " iscomplex iscomplexobj isfinite isin isinf isnan isneginf isposinf isreal isrealobj isscalar"
    " issubdtype less less_equal lexsort logical_and logical_not logical_or logical_xor may_share_memory"
    " mask_indices nanargmax nanargmin ndim nonzero not_equal ones ones_like promote_types"
    " ravel_multi_index result_type rint round searchsorted shape shares_memory sign signbit size spacing"
    " tri tril_indices tril_indices_from triu_indices triu_indices_from trunc unravel_index zeros"
    " zeros_like min_scalar_type finfo iinfo bool_ int8 int16 int32 int64 intp uint8 uint16 uint32 uint64"
    " intc uintp"
)

zero_derivative(*(getattr(builtins, name) for name in _BUILTINS.split()))
zero_derivative(*(getattr(math, name) for name in _MATH.split()))
zero_derivative(*(getattr(np, name, None) for name in _NUMPY.split()))
zero_derivative(np.linalg.matrix_rank)
