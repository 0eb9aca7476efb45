"""Rules of `numpy.fft`. A transform is a symmetric matrix, so it is its own adjoint (no conjugate).

A real transform leaves out the coefficients that are conjugates of others; those that remain count twice. An operand that the
transform cuts off has an adjoint of zero there.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.fft.fft)
def fft(y, a, n=None, axis=-1, norm=None):
    if n is None and np.iscomplexobj(a):
        a_bar = np.fft.fft(y_bar, axis=axis, norm=norm)
    else:
        a_bar = fit_axis(np.fft.fft(y_bar, axis=axis, norm=norm), a, axis)


@adjoint(np.fft.ifft)
def ifft(y, a, n=None, axis=-1, norm=None):
    if n is None and np.iscomplexobj(a):
        a_bar = np.fft.ifft(y_bar, axis=axis, norm=norm)
    else:
        a_bar = fit_axis(np.fft.ifft(y_bar, axis=axis, norm=norm), a, axis)


@adjoint(np.fft.rfft)
def rfft(y, a, n=None, axis=-1, norm=None):
    if n is None:
        a_bar = np.real(np.fft.fft(y_bar, np.shape(a)[axis], axis, norm))
    else:
        a_bar = fit_axis(np.real(np.fft.fft(y_bar, n, axis, norm)), a, axis)


@adjoint(np.fft.irfft)
def irfft(y, a, n=None, axis=-1, norm=None):
    a_bar = irfft_bar(y_bar, a, axis, norm)


@adjoint(np.fft.hfft)
def hfft(y, a, n=None, axis=-1, norm=None):
    a_bar = hfft_bar(y_bar, a, axis, norm)


@adjoint(np.fft.ihfft)
def ihfft(y, a, n=None, axis=-1, norm=None):
    a_bar = ihfft_bar(y_bar, a, n, axis, norm)


@adjoint(np.fft.fft2)
def fft2(y, a, s=None, axes=(-2, -1), norm=None):
    if s is None:
        a_bar = cast_like(np.fft.fft2(y_bar, axes=axes, norm=norm), a)
    else:
        a_bar = fftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.ifft2)
def ifft2(y, a, s=None, axes=(-2, -1), norm=None):
    if s is None:
        a_bar = cast_like(np.fft.ifft2(y_bar, axes=axes, norm=norm), a)
    else:
        a_bar = ifftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.fftn)
def fftn(y, a, s=None, axes=None, norm=None):
    if s is None:
        a_bar = cast_like(np.fft.fftn(y_bar, axes=axes, norm=norm), a)
    else:
        a_bar = fftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.ifftn)
def ifftn(y, a, s=None, axes=None, norm=None):
    if s is None:
        a_bar = cast_like(np.fft.ifftn(y_bar, axes=axes, norm=norm), a)
    else:
        a_bar = ifftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.rfft2)
def rfft2(y, a, s=None, axes=(-2, -1), norm=None):
    a_bar = rfftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.irfft2)
def irfft2(y, a, s=None, axes=(-2, -1), norm=None):
    a_bar = irfftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.rfftn)
def rfftn(y, a, s=None, axes=None, norm=None):
    a_bar = rfftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.irfftn)
def irfftn(y, a, s=None, axes=None, norm=None):
    a_bar = irfftn_bar(y_bar, a, s, axes, norm)


@adjoint(np.fft.fftshift)
def fftshift(y, x, axes=None):
    x_bar = np.fft.ifftshift(y_bar, axes)


@adjoint(np.fft.ifftshift)
def ifftshift(y, x, axes=None):
    x_bar = np.fft.fftshift(y_bar, axes)


@adjoint(np.fft.fftfreq, np.fft.rfftfreq)
def fftfreq(y, n, d=1.0):
    d_bar = -np.sum(y_bar * y) / d


@tangent(np.fft.fftfreq, np.fft.rfftfreq)
def fftfreq_dot(y, n, d=1.0):
    y_dot = -y * (d_dot / d)


linear(
    np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft,
    np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.irfft2,
    np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn, np.fft.fftshift, np.fft.ifftshift,
)  # fmt: skip
