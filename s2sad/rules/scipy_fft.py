"""Rules of `scipy.fft`; loaded once that module is imported. See `fourier.py`: the transforms are those of `numpy.fft`."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.fft as transforms

from s2sad.rules.registry import adjoint, linear, tangent, zero_derivative

# A template cannot name `scipy.fft`, so the adjoints are transforms by NumPy.

_KEPT = {"overwrite_x": (False,)}
_PLAIN = {**_KEPT, "type": (1, 2, 3, 4), "orthogonalize": (None,)}


@adjoint(transforms.fft, options=_KEPT)
def fft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    x_bar = fit_axis(np.fft.fft(y_bar, axis=axis, norm=norm), x, axis)


@adjoint(transforms.ifft, options=_KEPT)
def ifft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    x_bar = fit_axis(np.fft.ifft(y_bar, axis=axis, norm=norm), x, axis)


@adjoint(transforms.rfft, options=_KEPT)
def rfft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    if n is None:
        x_bar = np.real(np.fft.fft(y_bar, np.shape(x)[axis], axis, norm))
    else:
        x_bar = fit_axis(np.real(np.fft.fft(y_bar, n, axis, norm)), x, axis)


@adjoint(transforms.irfft, options=_KEPT)
def irfft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    x_bar = irfft_bar(y_bar, x, axis, norm)


@adjoint(transforms.hfft, options=_KEPT)
def hfft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    x_bar = hfft_bar(y_bar, x, axis, norm)


@adjoint(transforms.ihfft, options=_KEPT)
def ihfft(y, x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    x_bar = ihfft_bar(y_bar, x, n, axis, norm)


@adjoint(transforms.fft2, options=_KEPT)
def fft2(y, x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None):
    x_bar = fftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.ifft2, options=_KEPT)
def ifft2(y, x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None):
    x_bar = ifftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.fftn, options=_KEPT)
def fftn(y, x, s=None, axes=None, norm=None, overwrite_x=False, workers=None):
    x_bar = fftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.ifftn, options=_KEPT)
def ifftn(y, x, s=None, axes=None, norm=None, overwrite_x=False, workers=None):
    x_bar = ifftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.rfft2, options=_KEPT)
def rfft2(y, x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None):
    x_bar = rfftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.irfft2, options=_KEPT)
def irfft2(y, x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None):
    x_bar = irfftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.rfftn, options=_KEPT)
def rfftn(y, x, s=None, axes=None, norm=None, overwrite_x=False, workers=None):
    x_bar = rfftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.irfftn, options=_KEPT)
def irfftn(y, x, s=None, axes=None, norm=None, overwrite_x=False, workers=None):
    x_bar = irfftn_bar(y_bar, x, s, axes, norm)


@adjoint(transforms.fftshift)
def fftshift(y, x, axes=None):
    x_bar = np.fft.ifftshift(y_bar, axes)


@adjoint(transforms.ifftshift)
def ifftshift(y, x, axes=None):
    x_bar = np.fft.fftshift(y_bar, axes)


@adjoint(transforms.fftfreq, transforms.rfftfreq)
def fftfreq(y, n, d=1.0):
    d_bar = -np.sum(y_bar * y) / d


@adjoint(transforms.dct, options=_PLAIN)
def dct(y, x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    x_bar = cosine_bar(y_bar, x, "dct", type, axis, norm)


@adjoint(transforms.idct, options=_PLAIN)
def idct(y, x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    x_bar = cosine_bar(y_bar, x, "idct", type, axis, norm)


@adjoint(transforms.dst, options=_PLAIN)
def dst(y, x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    x_bar = cosine_bar(y_bar, x, "dst", type, axis, norm)


@adjoint(transforms.idst, options=_PLAIN)
def idst(y, x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    x_bar = cosine_bar(y_bar, x, "idst", type, axis, norm)


@tangent(transforms.fftfreq, transforms.rfftfreq)
def fftfreq_dot(y, n, d=1.0):
    y_dot = -y * (d_dot / d)


linear(
    transforms.fft, transforms.ifft, transforms.rfft, transforms.irfft, transforms.hfft, transforms.ihfft,
    transforms.fft2, transforms.ifft2, transforms.rfft2, transforms.irfft2,
    transforms.fftn, transforms.ifftn, transforms.rfftn, transforms.irfftn, transforms.fftshift, transforms.ifftshift,
    transforms.dct, transforms.idct, transforms.dst, transforms.idst,
)  # fmt: skip
zero_derivative(transforms.next_fast_len)
