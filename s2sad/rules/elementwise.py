"""Rules of NumPy's differentiable ufuncs of one and two operands."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import operator

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent

# --- exponentials and logarithms ----------------------------------------------------------------------------


@adjoint(np.exp, elementwise=True)
def exp(y, x):
    x_bar = y_bar * y


@adjoint(np.exp2, elementwise=True)
def exp2(y, x):
    x_bar = y_bar * (y * math.log(2.0))


@adjoint(np.expm1, elementwise=True)
def expm1(y, x):
    x_bar = y_bar * (y + 1.0)


@adjoint(np.log, elementwise=True)
def log(y, x):
    x_bar = y_bar / x


@adjoint(np.log2, elementwise=True)
def log2(y, x):
    x_bar = y_bar / (x * math.log(2.0))


@adjoint(np.log10, elementwise=True)
def log10(y, x):
    x_bar = y_bar / (x * math.log(10.0))


@adjoint(np.log1p, elementwise=True)
def log1p(y, x):
    x_bar = y_bar / (1.0 + x)


@adjoint(np.logaddexp, elementwise=True)
def logaddexp(y, x1, x2):
    x1_bar = y_bar * np.exp(x1 - y)
    x2_bar = y_bar * np.exp(x2 - y)


@adjoint(np.logaddexp2, elementwise=True)
def logaddexp2(y, x1, x2):
    x1_bar = y_bar * np.exp2(x1 - y)
    x2_bar = y_bar * np.exp2(x2 - y)


# --- powers and roots ---------------------------------------------------------------------------------------


@adjoint(np.sqrt, elementwise=True)
def sqrt(y, x):
    x_bar = y_bar * 0.5 / y


@adjoint(np.cbrt, elementwise=True)
def cbrt(y, x):
    x_bar = y_bar / (3.0 * y**2)


@adjoint(np.square, elementwise=True)
def square(y, x):
    x_bar = y_bar * (2.0 * x)


@adjoint(np.reciprocal, elementwise=True)
def reciprocal(y, x):
    x_bar = -y_bar * y**2


@adjoint(np.hypot, elementwise=True)
def hypot(y, x1, x2):
    x1_bar = y_bar * (x1 / y)
    x2_bar = y_bar * (x2 / y)


# --- trigonometry -------------------------------------------------------------------------------------------


@adjoint(np.sin, elementwise=True)
def sin(y, x):
    x_bar = y_bar * np.cos(x)


@adjoint(np.cos, elementwise=True)
def cos(y, x):
    x_bar = -y_bar * np.sin(x)


@adjoint(np.tan, elementwise=True)
def tan(y, x):
    x_bar = y_bar * (1.0 + y**2)


@adjoint(np.arcsin, elementwise=True)
def arcsin(y, x):
    x_bar = y_bar / np.sqrt(1.0 - x**2)


@adjoint(np.arccos, elementwise=True)
def arccos(y, x):
    x_bar = -y_bar / np.sqrt(1.0 - x**2)


@adjoint(np.arctan, elementwise=True)
def arctan(y, x):
    x_bar = y_bar / (1.0 + x**2)


@adjoint(np.arctan2, elementwise=True)
def arctan2(y, x1, x2):
    x1_bar = y_bar * x2 / (x1**2 + x2**2)
    x2_bar = -y_bar * x1 / (x1**2 + x2**2)


@adjoint(np.sinh, elementwise=True)
def sinh(y, x):
    x_bar = y_bar * np.cosh(x)


@adjoint(np.cosh, elementwise=True)
def cosh(y, x):
    x_bar = y_bar * np.sinh(x)


@adjoint(np.tanh, elementwise=True)
def tanh(y, x):
    x_bar = y_bar * (1.0 - y**2)


@adjoint(np.arcsinh, elementwise=True)
def arcsinh(y, x):
    x_bar = y_bar / np.sqrt(1.0 + x**2)


@adjoint(np.arccosh, elementwise=True)
def arccosh(y, x):
    if np.isrealobj(x):
        x_bar = y_bar / np.sqrt(x**2 - 1.0)
    else:
        x_bar = y_bar / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


@adjoint(np.arctanh, elementwise=True)
def arctanh(y, x):
    x_bar = y_bar / (1.0 - x**2)


@adjoint(np.degrees, np.rad2deg, elementwise=True)
def degrees(y, x):
    x_bar = y_bar * (180.0 / np.pi)


@adjoint(np.radians, np.deg2rad, elementwise=True)
def radians(y, x):
    x_bar = y_bar * (np.pi / 180.0)


@adjoint(np.sinc, elementwise=True)
def sinc(y, x):
    x_bar = y_bar * sinc_derivative(x, 1)


# --- absolute value, sign and order -------------------------------------------------------------------------


@adjoint(np.absolute, abs, operator.abs, elementwise=True)
def absolute(y, x):
    if np.isrealobj(x):
        x_bar = y_bar * np.sign(x)
    else:
        x_bar = y_bar * (np.conj(x) / np.where(y == 0.0, 1.0, y))


@adjoint(np.fabs, elementwise=True)
def fabs(y, x):
    x_bar = y_bar * np.sign(x)


@adjoint(np.copysign, elementwise=True)
def copysign(y, x1, x2):
    x1_bar = y_bar * (np.sign(x1) * np.copysign(1.0, x2))
    x2_bar = 0.0 * y_bar


@adjoint(np.maximum, elementwise=True)
def maximum(y, x1, x2):
    x1_bar = np.where(x1 > x2, y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))
    x2_bar = np.where(x2 > x1, y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))


@adjoint(np.minimum, elementwise=True)
def minimum(y, x1, x2):
    x1_bar = np.where(x1 < x2, y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))
    x2_bar = np.where(x2 < x1, y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))


@adjoint(np.fmax, elementwise=True)
def fmax(y, x1, x2):
    x1_bar = np.where((x1 > x2) | np.isnan(x2), y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))
    x2_bar = np.where((x2 > x1) | np.isnan(x1), y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))


@adjoint(np.fmin, elementwise=True)
def fmin(y, x1, x2):
    x1_bar = np.where((x1 < x2) | np.isnan(x2), y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))
    x2_bar = np.where((x2 < x1) | np.isnan(x1), y_bar, np.where(x1 == x2, 0.5 * y_bar, 0.0))


@adjoint(np.fmod, elementwise=True)
def fmod(y, x1, x2):
    x1_bar = y_bar
    x2_bar = -y_bar * np.trunc(x1 / x2)


@adjoint(np.modf, elementwise=True)
def modf(y, x):
    x_bar = y_bar[0]


@adjoint(np.frexp, elementwise=True)
def frexp(y, x):
    x_bar = np.ldexp(y_bar[0], -y[1])


@adjoint(np.nextafter, elementwise=True)
def nextafter(y, x1, x2):
    x1_bar = y_bar
    x2_bar = 0.0 * y_bar


@adjoint(np.heaviside, elementwise=True)
def heaviside(y, x1, x2):
    x1_bar = 0.0 * y_bar
    x2_bar = np.where(x1 == 0.0, y_bar, 0.0)


@adjoint(np.ldexp, elementwise=True)
def ldexp(y, x1, x2):
    x1_bar = np.ldexp(y_bar, x2)


@adjoint(np.nan_to_num, elementwise=True, options={"copy": (True,)})
def nan_to_num(y, x, copy=True, nan=0.0, posinf=None, neginf=None):
    x_bar = np.where(np.isfinite(x), y_bar, 0.0)
    nan_bar = np.where(np.isnan(x), y_bar, 0.0)
    posinf_bar = np.where(np.isposinf(x), y_bar, 0.0)
    neginf_bar = np.where(np.isneginf(x), y_bar, 0.0)


# --- complex numbers ----------------------------------------------------------------------------------------


@adjoint(np.real, elementwise=True, memory="view")
def real(y, val):
    val_bar = y_bar


@adjoint(np.imag, elementwise=True, memory="view")
def imag(y, val):
    val_bar = -1j * y_bar


@adjoint(np.conj, elementwise=True)
def conj(y, x):
    x_bar = np.conj(y_bar)


@adjoint(np.angle, elementwise=True)
def angle(y, z, deg=False):
    scale = 180.0 / np.pi if deg else 1.0
    z_bar = -1j * (y_bar * scale) * np.conj(z) / np.abs(z) ** 2


# --- tangents that are not of the form slope times tangent --------------------------------------------------

linear(np.real, np.imag, np.conj)


@tangent(np.absolute, abs, operator.abs)
def absolute_tangent(y, x):
    if np.isrealobj(x):
        y_dot = np.sign(x) * x_dot
    else:
        y_dot = np.real(np.conj(x) * x_dot) / np.where(y == 0.0, 1.0, y)


@tangent(np.angle)
def angle_tangent(y, z, deg=False):
    scale = 180.0 / np.pi if deg else 1.0
    y_dot = np.imag(np.conj(z) * z_dot) / np.abs(z) ** 2 * scale


@tangent(np.modf)
def modf_tangent(y, x):
    y_dot = (x_dot, 0.0 * x_dot)


@tangent(np.frexp)
def frexp_tangent(y, x):
    y_dot = (np.ldexp(x_dot, -y[1]), 0.0 * x_dot)
