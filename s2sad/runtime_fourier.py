"""Array helpers that emitted code may call: adjoints of Fourier transforms. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like

__all__ = [
    "fftn_bar", "fit_axes", "fit_axis", "half_spectrum_bar", "hfft_bar", "ifftn_bar", "ihfft_bar", "irfft_bar", "irfftn_bar",
    "rfftn_bar",
]  # fmt: skip


def fit_axis(g: Any, a: Any, axis: int = -1) -> Any:
    """`g` cut off or continued with zeros along `axis` to the length of `a`, in the dtype of `a`."""
    have, want = np.shape(g)[axis], np.shape(a)[axis]
    g = np.moveaxis(g, axis, -1)[..., :want]
    if have < want:
        g = np.concatenate([g, np.zeros_like(g, shape=(*g.shape[:-1], want - have))], axis=-1)
    return cast_like(np.moveaxis(g, -1, axis), a)


def half_spectrum_bar(g: Any, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of the coefficients that `np.fft.irfft` reads: each inner one counts for its conjugate as well."""
    n = np.shape(g)[axis]
    bar = np.moveaxis(np.conj(np.fft.rfft(g, axis=axis, norm=_swapped(norm))), axis, -1)
    inner = bar[..., 1 : (n + 1) // 2]
    whole = np.concatenate([bar[..., :1], inner + inner, bar[..., (n + 1) // 2 :]], axis=-1) if n > 1 else bar
    return np.moveaxis(whole, -1, axis)


def irfft_bar(g: Any, a: Any, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.irfft(a)`."""
    return fit_axis(half_spectrum_bar(g, axis, norm), a, axis)


def _swapped(norm: Any) -> Any:
    """The `norm` with which the inverse transform is scaled as the forward transform is with `norm`."""
    return {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}[norm]


def _axes_of(a: Any, s: Any, axes: Any) -> list[int]:
    """The axes that an n-dimensional transform works on."""
    if axes is None:
        count = np.ndim(a) if s is None else np.size(s)
        return list(range(np.ndim(a) - count, np.ndim(a)))
    return [k % np.ndim(a) for k in ([axes] if np.ndim(axes) == 0 else axes)]


def fit_axes(g: Any, a: Any, axes: Any) -> Any:
    """`g` cut off or continued with zeros to the lengths of `a` along `axes`, in the dtype of `a`."""
    for axis in axes:
        if np.shape(g)[axis] != np.shape(a)[axis]:
            g = fit_axis(g, np.broadcast_to(np.empty((), np.result_type(g)), np.shape(a)), axis)
    return cast_like(g, a)


def fftn_bar(g: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.fftn(a, s, axes, norm)`."""
    over = _axes_of(a, s, axes)
    return fit_axes(np.fft.fftn(g, axes=over, norm=norm), a, over)


def ifftn_bar(g: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.ifftn(a, s, axes, norm)`."""
    over = _axes_of(a, s, axes)
    return fit_axes(np.fft.ifftn(g, axes=over, norm=norm), a, over)


def rfftn_bar(g: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.rfftn(a, s, axes, norm)`: the missing half of the coefficients has none."""
    over = _axes_of(a, s, axes)
    given = None if s is None else np.ravel(s)[-1]
    last = np.shape(a)[over[-1]] if given is None or given == -1 else int(given)
    g = np.fft.fft(g, last, over[-1], norm)
    return fit_axes(np.real(np.fft.fftn(g, axes=over[:-1], norm=norm)) if over[:-1] else np.real(g), a, over)


def irfftn_bar(g: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.irfftn(a, s, axes, norm)`."""
    over = _axes_of(a, s, axes)
    g = half_spectrum_bar(g, over[-1], norm)
    return fit_axes(np.fft.ifftn(g, axes=over[:-1], norm=norm) if over[:-1] else g, a, over)


def hfft_bar(g: Any, a: Any, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.hfft(a)`, which is the inverse of `np.fft.ihfft`: `irfft` of the conjugate."""
    return np.conj(irfft_bar(g, a, axis, _swapped(norm)))


def ihfft_bar(g: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.ihfft(a, n)`: the conjugate of `rfft`."""
    size = np.shape(a)[axis] if n is None else n
    return fit_axis(np.real(np.fft.fft(np.conj(g), size, axis, _swapped(norm))), a, axis)
