"""Rules of `cmath`. The functions are holomorphic but for those that take numbers apart; branch cuts are those of the functions."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import cmath

from s2sad.rules.registry import adjoint, tangent, zero_derivative


@adjoint(cmath.exp, elementwise=True)
def exp(y, z):
    z_bar = y_bar * y


@adjoint(cmath.log, elementwise=True)
def log(y, z, base=None):
    if base is None:
        z_bar = y_bar / z
    else:
        z_bar = y_bar / (z * cmath.log(base))
        base_bar = -y_bar * y / (base * cmath.log(base))


@adjoint(cmath.log10, elementwise=True)
def log10(y, z):
    z_bar = y_bar / (z * math.log(10.0))


@adjoint(cmath.sqrt, elementwise=True)
def sqrt(y, z):
    z_bar = y_bar / (2.0 * y)


@adjoint(cmath.sin, elementwise=True)
def sin(y, z):
    z_bar = y_bar * cmath.cos(z)


@adjoint(cmath.cos, elementwise=True)
def cos(y, z):
    z_bar = -y_bar * cmath.sin(z)


@adjoint(cmath.tan, elementwise=True)
def tan(y, z):
    z_bar = y_bar * (1.0 + y**2)


@adjoint(cmath.asin, elementwise=True)
def asin(y, z):
    z_bar = y_bar / cmath.sqrt(1.0 - z**2)


@adjoint(cmath.acos, elementwise=True)
def acos(y, z):
    z_bar = -y_bar / cmath.sqrt(1.0 - z**2)


@adjoint(cmath.atan, elementwise=True)
def atan(y, z):
    z_bar = y_bar / (1.0 + z**2)


@adjoint(cmath.sinh, elementwise=True)
def sinh(y, z):
    z_bar = y_bar * cmath.cosh(z)


@adjoint(cmath.cosh, elementwise=True)
def cosh(y, z):
    z_bar = y_bar * cmath.sinh(z)


@adjoint(cmath.tanh, elementwise=True)
def tanh(y, z):
    z_bar = y_bar * (1.0 - y**2)


@adjoint(cmath.asinh, elementwise=True)
def asinh(y, z):
    z_bar = y_bar / cmath.sqrt(1.0 + z**2)


@adjoint(cmath.acosh, elementwise=True)
def acosh(y, z):
    z_bar = y_bar / (cmath.sqrt(z - 1.0) * cmath.sqrt(z + 1.0))


@adjoint(cmath.atanh, elementwise=True)
def atanh(y, z):
    z_bar = y_bar / (1.0 - z**2)


@adjoint(cmath.phase, elementwise=True)
def phase(y, z):
    z_bar = -1j * y_bar / z


@tangent(cmath.phase)
def phase_dot(y, z):
    y_dot = (z_dot / z).imag


@adjoint(cmath.polar)
def polar(y, z):
    z_bar = cast_like(weighted(y_bar, (np.conjugate(z) / y[0], -1j / z)), z)


@tangent(cmath.polar)
def polar_dot(y, z):
    y_dot = ((z_dot * np.conjugate(z)).real / y[0], (z_dot / z).imag)


@adjoint(cmath.rect, elementwise=True)
def rect(y, r, phi):
    r_bar = y_bar * cmath.rect(1.0, phi)
    phi_bar = y_bar * (1j * y)


zero_derivative(cmath.isclose, cmath.isfinite, cmath.isinf, cmath.isnan)
