"""Rules of the Bessel, Airy, Struve and spherical Bessel functions of `scipy.special`, in their argument.

The order is a constant: there is no rule for it. Formulas: Abramowitz & Stegun (AS) 9, 10 and 12. Where a recurrence would
divide by the argument, the one that does not is used, so that derivatives at 0 are right.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.special as special

from s2sad.rules.registry import adjoint, tangent

# --- the first and second kind (AS 9.1.27) ------------------------------------------------------------------


@adjoint(special.j0, elementwise=True)
def j0(y, x):
    x_bar = -y_bar * special.j1(x)


@adjoint(special.j1, elementwise=True)
def j1(y, x):
    x_bar = y_bar * (0.5 * (special.j0(x) - special.jv(2, x)))


@adjoint(special.y0, elementwise=True)
def y0(y, x):
    x_bar = -y_bar * special.y1(x)


@adjoint(special.y1, elementwise=True)
def y1(y, x):
    x_bar = y_bar * (special.y0(x) - y / x)


@adjoint(special.jv, special.jn, elementwise=True)
def jv(y, v, z):
    z_bar = y_bar * (0.5 * (special.jv(v - 1.0, z) - special.jv(v + 1.0, z)))


@adjoint(special.yv, special.yn, elementwise=True)
def yv(y, v, z):
    z_bar = y_bar * (0.5 * (special.yv(v - 1.0, z) - special.yv(v + 1.0, z)))


@adjoint(special.hankel1, elementwise=True)
def hankel1(y, v, z):
    z_bar = y_bar * (0.5 * (special.hankel1(v - 1.0, z) - special.hankel1(v + 1.0, z)))


@adjoint(special.hankel2, elementwise=True)
def hankel2(y, v, z):
    z_bar = y_bar * (0.5 * (special.hankel2(v - 1.0, z) - special.hankel2(v + 1.0, z)))


# --- modified functions (AS 9.6.26, 9.6.27), and these without their exponential growth or decay ------------


@adjoint(special.i0, elementwise=True)
def i0(y, x):
    x_bar = y_bar * special.i1(x)


@adjoint(special.i1, elementwise=True)
def i1(y, x):
    x_bar = y_bar * (0.5 * (special.i0(x) + special.iv(2, x)))


@adjoint(special.i0e, elementwise=True)
def i0e(y, x):
    x_bar = y_bar * (special.i1e(x) - np.sign(x) * y)


@adjoint(special.i1e, elementwise=True)
def i1e(y, x):
    x_bar = y_bar * (0.5 * (special.i0e(x) + special.ive(2, x)) - np.sign(x) * y)


@adjoint(special.iv, elementwise=True)
def iv(y, v, z):
    z_bar = y_bar * (0.5 * (special.iv(v - 1.0, z) + special.iv(v + 1.0, z)))


# iv(v, z) exp(-|Re z|) is not holomorphic: the second factor depends on the real part of z only.
@adjoint(special.ive, elementwise=True)
def ive(y, v, z):
    if np.isrealobj(z):
        z_bar = y_bar * (0.5 * (special.ive(v - 1.0, z) + special.ive(v + 1.0, z)) - np.sign(z) * y)
    else:
        slope = 0.5 * (special.ive(v - 1.0, z) + special.ive(v + 1.0, z))
        z_bar = y_bar * slope - np.sign(np.real(z)) * np.real(y_bar * y)


@tangent(special.ive)
def ive_dot(y, v, z):
    slope = 0.5 * (special.ive(v - 1.0, z) + special.ive(v + 1.0, z))
    y_dot = slope * z_dot - np.sign(np.real(z)) * y * np.real(z_dot)


@adjoint(special.k0, elementwise=True)
def k0(y, x):
    x_bar = -y_bar * special.k1(x)


@adjoint(special.k1, elementwise=True)
def k1(y, x):
    x_bar = -y_bar * (special.k0(x) + y / x)


@adjoint(special.k0e, elementwise=True)
def k0e(y, x):
    x_bar = y_bar * (y - special.k1e(x))


@adjoint(special.k1e, elementwise=True)
def k1e(y, x):
    x_bar = y_bar * (y - special.k0e(x) - y / x)


@adjoint(special.kv, special.kn, elementwise=True)
def kv(y, v, z):
    z_bar = -y_bar * (0.5 * (special.kv(v - 1.0, z) + special.kv(v + 1.0, z)))


@adjoint(special.kve, elementwise=True)
def kve(y, v, z):
    z_bar = y_bar * (y - 0.5 * (special.kve(v - 1.0, z) + special.kve(v + 1.0, z)))


# --- Airy functions: Ai, Ai', Bi, Bi' (AS 10.4.1) -----------------------------------------------------------


@adjoint(special.airy)
def airy(y, z):
    z_bar = weighted(y_bar, (y[1], z * y[0], y[3], z * y[2]))


@tangent(special.airy)
def airy_dot(y, z):
    y_dot = (z_dot * y[1], z_dot * (z * y[0]), z_dot * y[3], z_dot * (z * y[2]))


# --- Struve functions (AS 12.1.9, 12.1.10, 12.2.4) ----------------------------------------------------------


@adjoint(special.struve, elementwise=True)
def struve(y, v, x):
    extra = special.rgamma(v + 1.5) * (0.5 * x) ** v / math.sqrt(math.pi)
    x_bar = y_bar * (0.5 * (special.struve(v - 1.0, x) - special.struve(v + 1.0, x) + extra))


@adjoint(special.modstruve, elementwise=True)
def modstruve(y, v, x):
    extra = special.rgamma(v + 1.5) * (0.5 * x) ** v / math.sqrt(math.pi)
    x_bar = y_bar * (0.5 * (special.modstruve(v - 1.0, x) + special.modstruve(v + 1.0, x) + extra))


# --- spherical Bessel functions: z**2 y'' + 2 z y' + (z**2 - n (n + 1)) y = 0, modified ones with -z**2 (AS 10.1.1, 10.2.1) -----


@adjoint(special.spherical_jn, elementwise=True)
def spherical_jn(y, n, z, derivative=False):
    if derivative:
        z_bar = y_bar * ((n * (n + 1) / z**2 - 1.0) * special.spherical_jn(n, z) - 2.0 / z * y)
    else:
        z_bar = y_bar * special.spherical_jn(n, z, True)


@adjoint(special.spherical_yn, elementwise=True)
def spherical_yn(y, n, z, derivative=False):
    if derivative:
        z_bar = y_bar * ((n * (n + 1) / z**2 - 1.0) * special.spherical_yn(n, z) - 2.0 / z * y)
    else:
        z_bar = y_bar * special.spherical_yn(n, z, True)


@adjoint(special.spherical_in, elementwise=True)
def spherical_in(y, n, z, derivative=False):
    if derivative:
        z_bar = y_bar * ((n * (n + 1) / z**2 + 1.0) * special.spherical_in(n, z) - 2.0 / z * y)
    else:
        z_bar = y_bar * special.spherical_in(n, z, True)


@adjoint(special.spherical_kn, elementwise=True)
def spherical_kn(y, n, z, derivative=False):
    if derivative:
        z_bar = y_bar * ((n * (n + 1) / z**2 + 1.0) * special.spherical_kn(n, z) - 2.0 / z * y)
    else:
        z_bar = y_bar * special.spherical_kn(n, z, True)
