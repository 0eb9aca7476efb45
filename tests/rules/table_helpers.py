"""Rows of the helpers that compute adjoints of products and transforms, which have rules for derivatives of higher order."""

from __future__ import annotations

import numpy as np

from s2sad import runtime
from tests.rules.rows import Row, complex_normal, normal, row

PRODUCTS: list[Row] = [
    row(runtime.matmul_left, normal(5, 2, 4), normal(2, 3), normal(5, 3, 4), skip=(1,)),
    row(runtime.matmul_right, complex_normal(5, 2), complex_normal(5, 2, 3), complex_normal(3), skip=(2,)),
    row(runtime.dot_left, normal(2, 4, 2), normal(2, 3), normal(4, 3, 2), skip=(1,)),
    row(runtime.dot_right, complex_normal(2, 4, 2), complex_normal(2, 3), complex_normal(4, 3, 2), skip=(2,)),
    row(runtime.inner_left, normal(2, 4), normal(2, 3), normal(4, 3), skip=(1,)),
    row(runtime.inner_right, normal(2, 4), normal(2, 3), normal(4, 3), skip=(2,)),
    row(runtime.tensordot_left, normal(2, 5), normal(2, 3, 4), normal(4, 3, 5), ((1, 2), (1, 0)), skip=(1,)),
    row(runtime.tensordot_right, complex_normal(2, 5), complex_normal(2, 3), complex_normal(3, 5), 1, skip=(2,)),
    row(runtime.kron_left, normal(4, 6), normal(2, 3), normal(2, 2), skip=(1,)),
    row(runtime.kron_right, normal(4, 6), normal(2, 3), normal(2, 2), skip=(2,)),
    row(runtime.cross_left, normal(4, 3), normal(3), normal(4, 3), skip=(1,)),
    row(runtime.cross_right, normal(3, 4), normal(3, 1), normal(3, 4), -1, -1, -1, 0, note="axis", skip=(2,)),
    row(runtime.convolve_bar, normal(4), normal(4), normal(3), "same", skip=(1,)),
    row(runtime.correlate_left, complex_normal(6), complex_normal(4), complex_normal(3), "full", skip=(1,)),
    row(runtime.correlate_right, complex_normal(3), complex_normal(5), complex_normal(3), skip=(2,)),
    *(
        [
            row(runtime.vecdot_left, complex_normal(4), complex_normal(4, 3), complex_normal(3), skip=(1,)),
            row(runtime.vecdot_right, complex_normal(4), complex_normal(4, 3), complex_normal(3), skip=(2,)),
        ]
        if hasattr(np, "vecdot")
        else []
    ),
    *(
        row(f, normal(*g), normal(4, 3), normal(2, 2), mode, note=mode, skip=(k,))
        for f, k in ((runtime.convolve_over_left, 1), (runtime.convolve_over_right, 2), (runtime.correlate_over_left, 1), (runtime.correlate_over_right, 2))
        for mode, g in (("full", (5, 4)), ("same", (4, 3)), ("valid", (3, 2)))
    ),
    *(
        row(f, complex_normal(4, 3), complex_normal(4, 3), complex_normal(2, 2), "same, later", note="2d", skip=(k,))
        for f, k in ((runtime.correlate_over_left, 1), (runtime.correlate_over_right, 2))
    ),
    row(runtime.einsum_bar, normal(2, 2), "ij,jk,kl->il", [normal(2, 3), normal(3, 4), normal(4, 2)], single=False),
    row(runtime.einsum_bar, np.array(0.7), "ii,ij->", [complex_normal(3, 3), complex_normal(3, 1)], note="diagonal", single=False),
    row(runtime.cofactors, normal(3, 3), 1.7, skip=(0, 1), single=False),  # as if `y` were no operand: see the determinants
    row(runtime.cofactors_beside, normal(3, 3), np.outer(normal(3), normal(3)), skip=(1,), single=False),
    row(runtime.cofactors_beside, complex_normal(2, 3, 3), complex_normal(2, 3, 3), note="complex", skip=(1,), single=False),
    row(runtime.expm_bar, normal(3, 3), normal(3, 3), tolerance=1e-5),
    row(runtime.expm_bar, complex_normal(2, 2), complex_normal(2, 2), note="complex", tolerance=1e-5),
]

SUMS: list[Row] = [
    row(runtime.add, [normal(2), 0.4], [normal(2), 1.3], single=False),
    row(runtime.add, normal(2, 3), normal(2, 3), note="array"),
    row(runtime.like, normal(3), normal(2, 3), skip=(0,)),
    row(runtime.like, [0.3, normal(2)], [1.7, normal(2)], skip=(0,), note="list", single=False),
]

TRANSFORMS: list[Row] = [
    row(runtime.fit_axis, normal(2, 5), normal(2, 3), skip=(1,)),
    row(runtime.fit_axis, complex_normal(3, 2), complex_normal(5, 2), 0, note="longer", skip=(1,)),
    *(row(runtime.irfft_bar, normal(n), complex_normal(4), kw={"norm": k}, note=f"{n} {k}", skip=(1,)) for n in (5, 6, 9) for k in (None, "ortho")),
    row(runtime.hfft_bar, normal(6), complex_normal(4), skip=(1,)),
    row(runtime.ihfft_bar, complex_normal(4), normal(6), skip=(1,)),
    *(
        row(f, complex_normal(3, 4), complex_normal(2, 5), (3, 4), (0, 1), "ortho", skip=(1,))
        for f in (runtime.fftn_bar, runtime.ifftn_bar)
    ),
    row(runtime.rfftn_bar, complex_normal(3, 3), normal(2, 5), (3, 4), skip=(1,)),
    row(runtime.irfftn_bar, normal(3, 4), complex_normal(2, 5), (3, 4), skip=(1,)),
]
