"""Rows of `scipy.linalg`, `scipy.signal` and `scipy.fft`."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import scipy.fft as transforms
import scipy.linalg as linalg
import scipy.signal as signal

from s2sad import runtime
from tests.rules.rows import Row, complex_normal, normal, positive_definite, row
from tests.rules.table_linalg import _SINGULAR, hermitian, hermitian_definite

_A, _Z = normal(3, 3) + 2.0 * np.eye(3), complex_normal(3, 3) + 2.0 * np.eye(3)
_P, _H = positive_definite(3), hermitian_definite(3)
_VECTOR, _COLUMNS = normal(3), complex_normal(3, 2)
_STRUCTURES = ("gen", "sym", "diagonal", "tridiagonal", "upper triangular", "lower triangular")
_NEW = "tridiagonal" in (linalg.solve.__doc__ or "")  # before SciPy 1.15, solve knows four structures only

SYSTEMS: list[Row] = [
    *(row(linalg.solve, a, b, note=n) for a, n in ((_A, "real"), (_Z, "complex")) for b in (_VECTOR, _COLUMNS)),
    *(
        row(linalg.solve, a, b, low, kw={"assume_a": s}, note=f"{s} {low} {np.ndim(b)}")
        for a, kinds in ((_A, _STRUCTURES), (_Z, _STRUCTURES), (_P, ("pos", "her")), (_H, ("positive definite", "hermitian")))
        for s in kinds
        if _NEW or s in ("gen", "sym", "her", "pos")
        for low, b in ((False, _VECTOR), (True, _COLUMNS))
    ),
    *(row(linalg.solve, _A, b, kw={"transposed": True}, note=f"transposed {np.ndim(b)}") for b in (_VECTOR, normal(3, 2))),
    *(
        row(linalg.solve_triangular, a, b, t, low, unit, note=f"{t} {low} {unit} {a.dtype} {np.ndim(b)}")
        for a, b in ((_A, _VECTOR), (_Z, _COLUMNS))
        for t, low, unit in itertools.product((0, 1, 2), (False, True), (False, True))
    ),
    *(row(linalg.solve_triangular, _A, _COLUMNS, t, note=f"complex columns {t}") for t in ("N", "T", "C")    ),
    *(row(linalg.cho_factor, a, low, note=f"{low} {a.dtype}") for a in (_P, _H) for low in (False, True)),
    *(
        row(linalg.cho_solve, linalg.cho_factor(a, low), b, note=f"{low} {a.dtype} {np.ndim(b)}")
        for a in (_P, _H)
        for low in (False, True)
        for b in (_VECTOR, _COLUMNS)
    ),
    *(row(linalg.lu_factor, a, note=f"{a.dtype} {k}") for k, a in enumerate((_A, _Z, normal(5, 5), complex_normal(5, 5)))),
    *(
        row(linalg.lu_solve, linalg.lu_factor(a), b, t, note=f"{t} {a.dtype} {np.ndim(b)}")
        for a in (_A, _Z, normal(5, 5)[:3, :3])
        for t in (0, 1, 2)
        for b in (_VECTOR, _COLUMNS)
    ),
    *(row(linalg.inv, a, note=str(a.dtype)) for a in (_A, _Z)),
    *(row(linalg.pinv, a, note=f"{a.dtype} {a.shape}", tolerance=1e-5) for a in (normal(4, 3), complex_normal(3, 4))),
    row(linalg.solve_sylvester, _A, normal(2, 2), normal(3, 2)),
    row(linalg.solve_sylvester, _Z, complex_normal(2, 2), complex_normal(3, 2), note="complex"),
    row(linalg.solve_sylvester, _P, complex_normal(2, 2), normal(3, 2), note="mixed"),
    row(runtime.sylvester, _A, normal(2, 2), normal(3, 2)),
    *(
        row(f, a / 14, q, note=f"{a.dtype} {q.dtype}", tolerance=1e-5)
        for f in (linalg.solve_continuous_lyapunov, linalg.solve_discrete_lyapunov)
        for a, q in ((_A, _P), (_P, _Z), (_Z, _P), (_Z, _Z))
    ),
]

_OBLONG = (normal(4, 3), normal(3, 4), complex_normal(4, 3), complex_normal(3, 4), normal(5, 5))
_FUNCTIONS = (linalg.expm, linalg.logm, linalg.sqrtm)

MATRICES: list[Row] = [
    *(row(linalg.det, a, note=f"{k}") for k, a in enumerate((_A, _Z, _SINGULAR))),
    *(row(linalg.norm, normal(3, 4), p, note=str(p), skip=(1,), tolerance=1e-5) for p in (None, "fro", 1, 2, math.inf)),
    row(linalg.norm, complex_normal(3), note="complex"),
    row(linalg.norm, normal(3, 2), None, 0, True, note="axis"),
    *(row(linalg.cholesky, a, low, note=f"{low} {a.dtype}") for a in (_P, _H) for low in (False, True)),
    *(row(linalg.lu, a, note=f"{k}", live=(1, 2)) for k, a in enumerate(_OBLONG)),
    *(row(linalg.lu, a, True, note=f"permuted {k}") for k, a in enumerate(_OBLONG)),
    *(row(linalg.lu, a, kw={"p_indices": True}, note=f"indices {k}", live=(1, 2)) for k, a in enumerate(_OBLONG)),
    *(row(linalg.qr, a, kw={"mode": m}, note=f"{m} {k}", tolerance=1e-5) for k, a in enumerate(_OBLONG) for m in ("economic", "r")),
    *(row(linalg.qr, a, note=f"full {k}", tolerance=1e-5) for k, a in ((1, _OBLONG[1]), (3, _OBLONG[3]))),
    row(linalg.qr, normal(4, 3), note="full R of more rows", live=(1,)),
    *(row(linalg.eigh, _P, kw={"lower": low}, note=str(low), live=(0,)) for low in (False, True)),
    *(row(linalg.eigh, hermitian(3), kw={"lower": low, "eigvals_only": True}, note=f"values {low}") for low in (False, True)),
    row(linalg.eigh, hermitian(3), live=(0,), note="hermitian"),
    *(row(linalg.eigvalsh, hermitian(3), kw={"lower": low}, note=str(low)) for low in (False, True)),
    *(row(linalg.eig, a, note=str(a.dtype), tolerance=1e-5, single=False) for a in (_Z, np.diag([1.0, 4.0, 9.0]) + 0.3 * normal(3, 3))),
    *(row(linalg.eigvals, a, note=str(a.dtype), tolerance=1e-5, single=False) for a in (_Z, _A)),
    row(linalg.svd, normal(3, 3), tolerance=1e-5),
    row(linalg.svd, normal(4, 3), False, note="reduced", tolerance=1e-5),
    row(linalg.svd, complex_normal(3, 4), True, False, note="values"),
    row(linalg.svdvals, complex_normal(3, 4)),
    *(row(f, p, note=f"{k}", tolerance=1e-5) for f in _FUNCTIONS for k, p in enumerate((_P / 3, _A @ _A.T + _A, _H))),
    row(linalg.expm, _Z, note="complex"),
    row(linalg.expm, complex_normal(2, 3, 3), note="batch", tolerance=1e-5),
    row(linalg.logm, _Z @ _Z / 9 + 3.0 * np.eye(3), note="complex", tolerance=1e-5),
    row(linalg.sqrtm, _Z @ _Z / 9 + 3.0 * np.eye(3), note="complex", tolerance=1e-5),
    row(linalg.sqrtm, np.diag([-1.0, 2.0, 5.0]) + 0.1 * _A, note="complex root of a real matrix", tolerance=1e-5),
    row(linalg.toeplitz, normal(4)),
    row(linalg.toeplitz, complex_normal(4), note="complex"),
    row(linalg.toeplitz, normal(4), complex_normal(3), note="row"),
    row(linalg.toeplitz, complex_normal(2), normal(5), note="wide"),
    row(linalg.block_diag, normal(2, 3), normal(2), complex_normal(1, 1), np.array(0.3)),
]

_MODES = ("full", "same", "valid")
_RECURSIVE = np.array([1.3, -0.4, 0.2, 0.1])

SIGNAL: list[Row] = [
    *(
        row(f, normal(*n), normal(*m), mode, note=f"{mode} {n} {m}")
        for f in (signal.convolve, signal.correlate, signal.fftconvolve, signal.oaconvolve)
        for mode in _MODES
        for n, m in (((5,), (3,)), ((3,), (5,)), ((6,), (4,)), ((4,), (6,)), ((4, 5), (2, 2)), ((2, 2), (3, 4)))
    ),
    *(
        row(f, complex_normal(4, 5), complex_normal(2, 3), mode, note=f"complex {mode}")
        for f in (signal.convolve, signal.correlate, signal.fftconvolve, signal.convolve2d, signal.correlate2d)
        for mode in _MODES
    ),
    *(row(f, normal(5), complex_normal(2), m, kw={"method": k}, note=f"{m} {k}") for f in (signal.convolve, signal.correlate) for m in _MODES for k in ("direct", "fft")),
    *(
        row(f, normal(*n), normal(*m), mode, note=f"{mode} {n} {m}")
        for f in (signal.convolve2d, signal.correlate2d)
        for mode in _MODES
        for n, m in (((4, 5), (2, 2)), ((2, 3), (4, 4)))
    ),
    *(
        row(f, normal(3, 5), complex_normal(*m), mode, axes, note=f"{mode} {m} {axes}")
        for f in (signal.fftconvolve, signal.oaconvolve)
        for mode in _MODES
        for m, axes in (((3, 2), 1), ((1, 3), -1), ((2, 5), (0,)), ((2, 2), (0, 1)))
    ),
    row(signal.convolve, np.array(0.3), np.array(0.7), note="numbers"),
    *(
        row(signal.lfilter, b, a, x, axis, note=f"{b.size} {a.size} {x.shape} {axis} {x.dtype}")
        for b, a in ((normal(3), _RECURSIVE), (normal(4), _RECURSIVE[:2]), (normal(3), _RECURSIVE[:1]), (normal(1), _RECURSIVE))
        for x, axis in ((normal(6), -1), (normal(2), 0), (complex_normal(5, 2), 0), (normal(2, 5), -1))
    ),
    *(
        row(signal.lfilter, b, a, x, axis, z, note=f"state {b.size} {a.size} {x.shape} {axis}")
        for b, a in ((normal(3), _RECURSIVE), (normal(4), _RECURSIVE[:2]), (normal(4), _RECURSIVE[:1]))
        for x, axis, z in ((normal(6), -1, normal(3)), (normal(2), 0, normal(3)), (normal(5, 2), 0, normal(3, 2)))
        if z.shape[axis] == max(b.size, a.size) - 1
    ),
    row(signal.lfilter, complex_normal(3), complex_normal(3), complex_normal(6), -1, complex_normal(2), note="complex"),
    row(signal.lfilter, normal(3), _RECURSIVE, normal(6), -1, normal(3), live=(1,), note="final state"),
    row(signal.lfilter, normal(3), _RECURSIVE, normal(6), -1, normal(3), live=(0,), note="output"),
]

_SIZES: tuple[Any, ...] = (((2, 7), (0, -1), None), ((5, 3), (1, 0), "ortho"), (None, (0, 1), "forward"), ((4, 6), (-2, -1), "backward"))

TRANSFORMS: list[Row] = [
    *(
        row(f, complex_normal(3, 5), n, a, k, note=f"{n} {a} {k}")
        for f in (transforms.fft, transforms.ifft, transforms.irfft, transforms.hfft)
        for n, a, k in ((None, -1, None), (4, 0, "ortho"), (7, 1, "forward"))
    ),
    *(
        row(f, normal(3, 5), n, a, k, note=f"real {n} {a} {k}")
        for f in (transforms.fft, transforms.ifft, transforms.rfft, transforms.ihfft)
        for n, a, k in ((None, -1, None), (4, 0, "ortho"), (7, 1, "forward"))
    ),
    *(
        row(f, complex_normal(3, 4, 5), s, a, n, note=f"{s} {a} {n}")
        for f in (transforms.fft2, transforms.ifft2, transforms.fftn, transforms.ifftn, transforms.irfft2, transforms.irfftn)
        for s, a, n in _SIZES
    ),
    *(row(f, normal(3, 4, 5), s, a, n, note=f"{s} {a} {n}") for f in (transforms.rfft2, transforms.rfftn) for s, a, n in _SIZES),
    *(row(f, complex_normal(3, 4, 5)) for f in (transforms.fftn, transforms.irfftn)),
    row(transforms.fftn, complex_normal(3, 4), 5, 0, note="numbers"),
    *(row(f, complex_normal(4, 3), a, note=f"axes {a}") for f in (transforms.fftshift, transforms.ifftshift) for a in (None, 1)),
    *(row(f, 5, 0.3, single=False) for f in (transforms.fftfreq, transforms.rfftfreq)),
    *(
        row(f, normal(3, 5), t, kw={"norm": k, "axis": a, "n": n}, note=f"{t} {k} {a} {n}")
        for f in (transforms.dct, transforms.idct, transforms.dst, transforms.idst)
        for t in (1, 2, 3, 4)
        for k, a, n in ((None, -1, None), ("ortho", 0, None), ("forward", 1, 4), ("ortho", 1, 7))
    ),
    *(row(f, complex_normal(5), note="complex") for f in (transforms.dct, transforms.idst)),
    *(
        row(f, normal(3, 5), normal(3, n), kind, t, 1, k, note=f"{kind} {t} {k} {n}", skip=(1,))
        for f in (runtime.cosine_bar, runtime.cosine_of)
        for kind, t, k, n in (("dct", 1, None, 5), ("idct", 2, None, 4), ("dst", 3, "forward", 6), ("idst", 4, "ortho", 5))
    ),
]
