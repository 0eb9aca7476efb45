"""Rules of `scipy.signal`; loaded once that module is imported."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.signal as signal

from s2sad.rules.registry import adjoint, tangent

# A template cannot name `scipy.signal`; the helpers of `runtime_signal` import it when they run.


@adjoint(signal.convolve)
def convolve(y, in1, in2, mode="full", method="auto"):
    in1_bar = convolve_over_left(y_bar, in1, in2, mode, None, method)
    in2_bar = convolve_over_right(y_bar, in1, in2, mode, None, method)


@tangent(signal.convolve)
def convolve_dot(y, in1, in2, mode="full", method="auto"):
    y_dot = convolve_over(in1_dot, in2, mode, None, method) + convolve_over(in1, in2_dot, mode, None, method)


@adjoint(signal.fftconvolve, signal.oaconvolve)
def fftconvolve(y, in1, in2, mode="full", axes=None):
    in1_bar = convolve_over_left(y_bar, in1, in2, mode, axes, "fft")
    in2_bar = convolve_over_right(y_bar, in1, in2, mode, axes, "fft")


@tangent(signal.fftconvolve, signal.oaconvolve)
def fftconvolve_dot(y, in1, in2, mode="full", axes=None):
    y_dot = convolve_over(in1_dot, in2, mode, axes, "fft") + convolve_over(in1, in2_dot, mode, axes, "fft")


@adjoint(signal.convolve2d, options={"boundary": ("fill",), "fillvalue": (0,)})
def convolve2d(y, in1, in2, mode="full", boundary="fill", fillvalue=0):
    in1_bar = convolve_over_left(y_bar, in1, in2, mode, None, "direct")
    in2_bar = convolve_over_right(y_bar, in1, in2, mode, None, "direct")


@tangent(signal.convolve2d, options={"boundary": ("fill",), "fillvalue": (0,)})
def convolve2d_dot(y, in1, in2, mode="full", boundary="fill", fillvalue=0):
    y_dot = convolve_over(in1_dot, in2, mode, None, "direct") + convolve_over(in1, in2_dot, mode, None, "direct")


@adjoint(signal.correlate)
def correlate(y, in1, in2, mode="full", method="auto"):
    in1_bar = correlate_over_left(y_bar, in1, in2, mode, method)
    in2_bar = correlate_over_right(y_bar, in1, in2, mode, method)


@tangent(signal.correlate)
def correlate_dot(y, in1, in2, mode="full", method="auto"):
    y_dot = correlate_over(in1_dot, in2, mode, method) + correlate_over(in1, in2_dot, mode, method)


@adjoint(signal.correlate2d, options={"boundary": ("fill",), "fillvalue": (0,)})
def correlate2d(y, in1, in2, mode="full", boundary="fill", fillvalue=0):
    in1_bar = correlate_over_left(y_bar, in1, in2, "same, later" if mode == "same" else mode, "direct")
    in2_bar = correlate_over_right(y_bar, in1, in2, "same, later" if mode == "same" else mode, "direct")


@tangent(signal.correlate2d, options={"boundary": ("fill",), "fillvalue": (0,)})
def correlate2d_dot(y, in1, in2, mode="full", boundary="fill", fillvalue=0):
    y_dot = correlate_over(in1_dot, in2, mode, "2d") + correlate_over(in1, in2_dot, mode, "2d")


@adjoint(signal.lfilter)
def lfilter(y, b, a, x, axis=-1, zi=None):
    bars = lfilter_bar(y_bar, y, b, a, x, axis, zi)
    b_bar = bars[0]
    a_bar = bars[1]
    x_bar = bars[2]
    zi_bar = bars[3]


@tangent(signal.lfilter)
def lfilter_dot(y, b, a, x, axis=-1, zi=None):
    if zi is None:
        y_dot = lfilter_tangent(b_dot, a_dot, x_dot, None, y, b, a, x, axis)
    else:
        y_dot = lfilter_tangent(b_dot, a_dot, x_dot, zi_dot, y, b, a, x, axis, zi)
