"""Helpers that emitted code may call for `scipy.signal` and `scipy.fft`; a helper imports SciPy when it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like, unbroadcast
from s2sad.runtime_fourier import _swapped, fit_axis
from s2sad.runtime_linalg import _filled

__all__ = [
    "convolve_over", "convolve_over_left", "convolve_over_right", "correlate_over", "correlate_over_left", "correlate_over_right",
    "cosine_bar", "cosine_of", "lfilter_bar", "lfilter_tangent",
]  # fmt: skip

# --- convolution in several dimensions ----------------------------------------------------------------------


def _full_over(g: Any, first: Any, second: Any, mode: str, axes: Any) -> Any:
    """`g`, the adjoint of a convolution over `axes`, as that of the convolution with mode="full".

    The mode "same, later" stands for the middle that `scipy.signal.correlate2d` takes with mode="same".
    """
    if mode == "full":
        return g
    index, shape = [slice(None)] * np.ndim(g), list(np.shape(g))
    for axis in axes:
        n, m = np.shape(first)[axis], np.shape(second)[axis]
        shape[axis] = n + m - 1
        start = {"same": (m - 1) // 2, "same, later": m // 2, "valid": min(n, m) - 1}[mode]
        index[axis] = slice(start, start + np.shape(g)[axis])
    whole = np.zeros(shape, np.result_type(g))
    whole[tuple(index)] = g
    return whole


def _axes_over(x: Any, axes: Any) -> tuple[int, ...]:
    """The axes of a convolution, counted from the start."""
    if axes is None:
        return tuple(range(np.ndim(x)))
    return tuple(int(axis) % np.ndim(x) for axis in np.ravel(axes))


def _against(whole: Any, other: Any, x: Any, axes: tuple[int, ...], method: str) -> Any:
    """The adjoint of `x` in its convolution with `other`, from the adjoint of the full result."""
    from scipy import signal

    if not axes:
        return unbroadcast(whole * other, x)
    flipped = np.flip(other, axes)
    if method == "fft":
        return unbroadcast(signal.fftconvolve(whole, flipped, "valid", axes), x)
    return cast_like(signal.convolve(whole, flipped, "valid", method), x)


def convolve_over_left(g: Any, in1: Any, in2: Any, mode: str = "full", axes: Any = None, method: str = "auto") -> Any:
    """The adjoint of `in1` in the convolution of `in1` and `in2` by `scipy.signal`."""
    over = _axes_over(in1, axes)
    return _against(_full_over(g, in1, in2, mode, over), in2, in1, over, method)


def convolve_over_right(g: Any, in1: Any, in2: Any, mode: str = "full", axes: Any = None, method: str = "auto") -> Any:
    """The adjoint of `in2` in the convolution of `in1` and `in2` by `scipy.signal`."""
    over = _axes_over(in1, axes)
    return _against(_full_over(g, in1, in2, mode, over), in1, in2, over, method)


def correlate_over_left(g: Any, in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The adjoint of `in1` in `scipy.signal.correlate`, the convolution of `in1` with the reversed conjugate of `in2`."""
    return convolve_over_left(g, in1, np.conj(np.flip(in2)), mode, None, method)


def correlate_over_right(g: Any, in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The adjoint of `in2` in `scipy.signal.correlate`."""
    bar = convolve_over_right(g, in1, np.conj(np.flip(in2)), mode, None, method)
    return np.conj(np.flip(bar))


def convolve_over(in1: Any, in2: Any, mode: str = "full", axes: Any = None, method: str = "auto") -> Any:
    """The convolution of `in1` and `in2` by `scipy.signal`, over all axes if `axes` is None."""
    from scipy import signal

    if method == "fft":
        return signal.fftconvolve(in1, in2, mode, axes)
    return signal.convolve(in1, in2, mode, method)


def correlate_over(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The correlation of `in1` and `in2` by `scipy.signal`; the method "2d" is that of `correlate2d`."""
    from scipy import signal

    if method == "2d" or mode == "same, later":
        return signal.correlate2d(in1, in2, mode.partition(",")[0])
    return signal.correlate(in1, in2, mode, method)


# --- recursive filters --------------------------------------------------------------------------------------


def _behind_zeros(part: Any, count: int) -> Any:
    """`part` behind so many zeros along the last axis."""
    return np.concatenate([np.repeat(np.zeros_like(part[..., :1]), count, axis=-1), part], axis=-1)


def lfilter_bar(y_bar: Any, y: Any, b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> tuple[Any, Any, Any, Any]:
    """The adjoints of `b`, `a`, `x` and `zi` of `y = scipy.signal.lfilter(b, a, x, axis, zi)`.

    The filter is `a[0] * out[n] == sum(b[k] * x[n - k]) - sum(a[k] * out[n - k], k >= 1) + a[0] * zi[n]`; its final state is
    what this sum would be past the end, without the terms there. The adjoint `v` of the sum runs through the same recursion
    backwards in time, starting from the adjoint of the final state.
    """
    from scipy import signal

    b, a = np.atleast_1d(b), np.atleast_1d(a)
    order = max(len(b), len(a)) - 1
    g, final_bar = (y_bar, None) if zi is None else _filled(y_bar, y)
    out = np.moveaxis(y if zi is None else y[0], axis, -1)
    x = np.moveaxis(x, axis, -1)
    n = np.shape(x)[-1]
    dtype = np.result_type(out, b, a)
    g = np.zeros_like(out) if g is None else np.moveaxis(g, axis, -1)
    start = np.repeat(np.zeros_like(out[..., :1]), order, axis=-1)
    tail = start if final_bar is None else np.moveaxis(final_bar, axis, -1) / a[0]
    for k in range(1, len(a)):  # what the final state owes to the last outputs
        length = min(k, n)
        g = g - _behind_zeros(a[k] * tail[..., k - length : k], n - length)
    back = np.flip(signal.lfilter(np.ones(1, dtype), a, np.flip(g, -1)), -1)
    v = np.concatenate([back, tail], axis=-1)
    padded_x = np.concatenate([x, np.zeros_like(start)], axis=-1)
    padded_out = np.concatenate([out, np.zeros_like(start)], axis=-1)
    length = n + order
    b_bar = np.array([np.sum(v[..., k:] * padded_x[..., : length - k]) for k in range(len(b))])
    a_bar = np.array([-np.sum(v[..., k:] * padded_out[..., : length - k]) for k in range(len(a))])
    x_bar = sum(b[k] * v[..., k : k + n] for k in range(len(b)))
    zi_bar = None
    if zi is not None:
        final = np.moveaxis(y[1], axis, -1)
        first = np.broadcast_to(np.moveaxis(zi, axis, -1), np.shape(start))
        state = np.concatenate([first, np.zeros_like(out)], axis=-1)
        a_bar[0] += np.sum(v * state) - np.sum(tail * final)
        zi_bar = unbroadcast(np.moveaxis(a[0] * v[..., :order], -1, axis), zi)
    return b_bar, a_bar, np.moveaxis(x_bar, -1, axis), zi_bar


def lfilter_tangent(
    b_dot: Any, a_dot: Any, x_dot: Any, zi_dot: Any, y: Any, b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None
) -> Any:
    """The tangent of `y = scipy.signal.lfilter(b, a, x, axis, zi)`: what the coefficients' changes add to the sum, filtered."""
    from scipy import signal

    b, a, b_dot, a_dot = (np.atleast_1d(part) for part in (b, a, b_dot, a_dot))
    order = max(len(b), len(a)) - 1
    out = np.moveaxis(y if zi is None else y[0], axis, -1)
    x, x_dot = np.moveaxis(x, axis, -1), np.moveaxis(x_dot, axis, -1)
    n = np.shape(x)[-1]
    force = np.zeros((*np.shape(out)[:-1], n + order), np.result_type(out, b, a))
    for k in range(len(b)):
        force[..., k : k + n] += b_dot[k] * x + b[k] * x_dot
    for k in range(len(a)):
        force[..., k : k + n] -= a_dot[k] * out
    if zi is not None:
        force[..., n:] -= a_dot[0] * np.moveaxis(y[1], axis, -1)
        force[..., :order] += a[0] * np.moveaxis(zi_dot, axis, -1) + a_dot[0] * np.moveaxis(zi, axis, -1)
    y_dot = signal.lfilter(np.ones(1, force.dtype), a, force[..., :n])
    if zi is None:
        return np.moveaxis(y_dot, -1, axis)
    final_dot = force[..., n:] / a[0]
    for k in range(1, len(a)):
        length = min(k, n)
        final_dot[..., k - length : k] -= a[k] / a[0] * y_dot[..., n - length :]
    return np.moveaxis(y_dot, -1, axis), np.moveaxis(final_dot, -1, axis)


# --- cosine and sine transforms -----------------------------------------------------------------------------


def _scaled(g: Any, at: Any, factor: float) -> Any:
    """A copy of `g` with the entries `at` of its last axis times `factor`."""
    g = np.array(g)
    g[..., at] *= factor
    return g


def cosine_bar(g: Any, x: Any, kind: str, type: int, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of `x` of `scipy.fft.dct`, `idct`, `dst` or `idst`, whichever is the `kind`.

    The matrices of types 1 and 4 are symmetric and those of types 2 and 3 transposes of each other, up to factors of 2 at the
    ends (N. Ahmed, T. Natarajan, K. Rao, Discrete cosine transform, 1974); with norm="ortho" all are orthogonal.
    """
    from scipy import fft

    if kind.startswith("i"):
        kind, norm, type = kind[1:], _swapped(norm), {1: 1, 2: 3, 3: 2, 4: 4}[type]
    transform, ends = (fft.dct, [0]) if kind == "dct" else (fft.dst, [-1])
    if norm == "ortho":
        inverse = fft.idct if kind == "dct" else fft.idst
        return fit_axis(inverse(g, type, axis=axis, norm="ortho"), x, axis)
    g = np.moveaxis(g, axis, -1)
    if type == 1 and kind == "dct":
        bar = _scaled(transform(_scaled(g, [0, -1], 2.0), 1, norm=norm), [0, -1], 0.5)
    elif type == 2:
        bar = transform(_scaled(g, ends, 2.0), 3, norm=norm)
    elif type == 3:
        bar = _scaled(transform(g, 2, norm=norm), ends, 0.5)
    else:
        bar = transform(g, type, norm=norm)
    return fit_axis(np.moveaxis(bar, -1, axis), x, axis)


def cosine_of(x: Any, g: Any, kind: str, type: int, axis: int = -1, norm: Any = None) -> Any:
    """`scipy.fft.dct`, `idct`, `dst` or `idst` of `x`, whichever is the `kind`, as long as `g`: the transpose of `cosine_bar`."""
    from scipy import fft

    transform = {"dct": fft.dct, "idct": fft.idct, "dst": fft.dst, "idst": fft.idst}[kind]
    return transform(x, type, np.shape(g)[axis], axis, norm)
