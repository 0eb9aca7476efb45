"""Rows of `numpy.fft`."""

from __future__ import annotations

import numpy as np

from tests.rules.rows import Row, complex_normal, normal, row

_NORMS = (None, "backward", "ortho", "forward")
FOURIER: list[Row] = [
    *(
        row(f, complex_normal(2, 5), kw={"norm": n}, note=str(n))
        for f in (np.fft.fft, np.fft.ifft)
        for n in _NORMS
    ),
    *(
        row(f, normal(5), n, note=f"real {n}")
        for f in (np.fft.fft, np.fft.ifft, np.fft.rfft)
        for n in (None, 3, 8)
    ),
    *(
        row(np.fft.rfft, normal(m, 2), kw={"axis": 0, "norm": n}, note=f"{m} {n}")
        for m in (5, 6)
        for n in _NORMS
    ),
    *(
        row(np.fft.irfft, complex_normal(4), n, kw={"norm": k}, note=f"{n} {k}")
        for n in (None, 5, 7, 9)
        for k in _NORMS
    ),
    *(row(f, complex_normal(2, 3)) for f in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn)),
    row(np.fft.fft2, normal(2, 3), note="real"),
    row(np.fft.fftshift, normal(5)),
    row(np.fft.ifftshift, normal(5)),
    *(row(f, normal(2, 5), note="real") for f in (np.fft.ifft2, np.fft.fftn, np.fft.ifftn)),
    *(
        row(f, complex_normal(3, 4, 5), s, a, kw={"norm": n}, note=f"{s} {a} {n}")
        for f in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn, np.fft.irfft2, np.fft.irfftn)
        for s, a, n in (((2, 7), (0, -1), None), ((5, 3), (1, 0), "ortho"), (None, (0, 1), "forward"), ((4, 6), (-2, -1), "backward"))
    ),
    *(
        row(f, normal(3, 4, 5), s, a, kw={"norm": n}, note=f"{s} {a} {n}")
        for f in (np.fft.rfft2, np.fft.rfftn)
        for s, a, n in (((2, 7), (0, -1), None), ((5, 3), (1, 0), "ortho"), (None, (0, 1), "forward"), ((4, 6), (-2, -1), "backward"))
    ),
    row(np.fft.rfftn, normal(3, 4, 5)),
    row(np.fft.irfftn, complex_normal(3, 2, 4)),
    row(np.fft.rfft2, normal(3, 4, 5)),
    row(np.fft.irfft2, complex_normal(3, 2, 4)),
    row(np.fft.fftn, complex_normal(3, 4, 5), None, (1,), note="one axis"),
    row(np.fft.rfftn, normal(3, 4, 5), None, (1,), note="one axis"),
    row(np.fft.irfftn, complex_normal(3, 4, 5), (7,), (1,), note="one axis"),
    *(row(np.fft.hfft, complex_normal(2, 4), n, a, k, note=f"{n} {a} {k}") for n in (None, 5, 9) for a in (-1, 0) for k in _NORMS),
    *(row(np.fft.ihfft, normal(2, 5), n, a, k, note=f"{n} {a} {k}") for n in (None, 4, 9) for a in (-1, 0) for k in _NORMS),
    *(row(f, complex_normal(4, 3), a, note=f"axes {a}") for f in (np.fft.fftshift, np.fft.ifftshift) for a in (None, 1, (0, 1))),
    *(row(f, 5, 0.3, single=False) for f in (np.fft.fftfreq, np.fft.rfftfreq)),
]
