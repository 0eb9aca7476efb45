"""Rules of the `math` module and of the builtins that work on numbers."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import builtins
import math

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent

# --- builtins -----------------------------------------------------------------------------------------------


@adjoint(
    float, np.float64, np.float32, np.float16, np.longdouble, np.complex64, np.complex128, elementwise=True
)
def number(y, x):
    x_bar = y_bar


@adjoint(complex, elementwise=True)
def complex_(y, real=0.0, imag=0.0):
    real_bar = y_bar
    imag_bar = y_bar * 1j


@adjoint(list, memory="maybe_view")
def list_(y, iterable):
    if isinstance(iterable, np.ndarray):
        iterable_bar = np.array(y_bar)
    else:
        iterable_bar = y_bar


@adjoint(builtins.sum)
def sum_(y, iterable, start=0):
    iterable_bar = spread(y_bar, iterable)
    start_bar = unbroadcast(y_bar, start)


@adjoint(builtins.max, memory="maybe_view")
def max_(y, *args):
    if len(args) == 2:
        args_bar = (
            y_bar if args[0] > args[1] else 0.5 * y_bar if args[0] == args[1] else 0.0,
            y_bar if args[1] > args[0] else 0.5 * y_bar if args[0] == args[1] else 0.0,
        )
    else:
        args_bar = share_extremum(y_bar, y, args)


@adjoint(builtins.min, memory="maybe_view")
def min_(y, *args):
    if len(args) == 2:
        args_bar = (
            y_bar if args[0] < args[1] else 0.5 * y_bar if args[0] == args[1] else 0.0,
            y_bar if args[1] < args[0] else 0.5 * y_bar if args[0] == args[1] else 0.0,
        )
    else:
        args_bar = share_extremum(y_bar, y, args)


# --- math: exponentials, logarithms, powers -----------------------------------------------------------------


@adjoint(math.exp, elementwise=True)
def exp(y, x):
    x_bar = y_bar * y


@adjoint(getattr(math, "exp2", None), elementwise=True)
def exp2(y, x):
    x_bar = y_bar * (y * math.log(2.0))


@adjoint(math.expm1, elementwise=True)
def expm1(y, x):
    x_bar = y_bar * (y + 1.0)


@adjoint(math.log, elementwise=True)
def log(y, x, base=math.e):
    if base == math.e:
        x_bar = y_bar / x
        base_bar = -y_bar * y / base
    else:
        x_bar = y_bar / (x * math.log(base))
        base_bar = -y_bar * y / (base * math.log(base))


@adjoint(math.log2, elementwise=True)
def log2(y, x):
    x_bar = y_bar / (x * math.log(2.0))


@adjoint(math.log10, elementwise=True)
def log10(y, x):
    x_bar = y_bar / (x * math.log(10.0))


@adjoint(math.log1p, elementwise=True)
def log1p(y, x):
    x_bar = y_bar / (1.0 + x)


@adjoint(math.sqrt, elementwise=True)
def sqrt(y, x):
    x_bar = y_bar * 0.5 / y


@adjoint(getattr(math, "cbrt", None), elementwise=True)
def cbrt(y, x):
    x_bar = y_bar / (3.0 * y**2)


@adjoint(math.pow, elementwise=True)
def pow_(y, x1, x2):
    if isinstance(x2, (int, float)) and x2 == 2:
        x1_bar = y_bar * (2.0 * x1)
    elif isinstance(x2, (int, float)) and x2 == 3:
        x1_bar = y_bar * (3.0 * (x1 * x1))
    elif isinstance(x2, (int, float)) and x2 < 0:
        x1_bar = y_bar * (x2 * y / x1)
    elif isinstance(x2, (int, float)) and x2 >= 1:
        x1_bar = y_bar * (x2 * math.pow(x1, x2 - 1))
    else:
        x1_bar = y_bar * power_slope(x1, x2)
    if isinstance(x1, (int, float)) and x1 > 0:
        x2_bar = y_bar * (y * math.log(x1))
    else:
        x2_bar = y_bar * (y * log_or_zero(x1))


@adjoint(math.hypot)
def hypot(y, *coordinates):
    coordinates_bar = [y_bar * (x / y) for x in coordinates]


@adjoint(math.dist)
def dist(y, p, q):
    if isinstance(p, np.ndarray):
        p_bar = y_bar * (np.subtract(p, q) / y)
    else:
        p_bar = [y_bar * ((a - b) / y) for a, b in zip(p, q)]
    if isinstance(q, np.ndarray):
        q_bar = y_bar * (np.subtract(q, p) / y)
    else:
        q_bar = [y_bar * ((b - a) / y) for a, b in zip(p, q)]


# --- math: trigonometry -------------------------------------------------------------------------------------


@adjoint(math.sin, elementwise=True)
def sin(y, x):
    x_bar = y_bar * math.cos(x)


@adjoint(math.cos, elementwise=True)
def cos(y, x):
    x_bar = -y_bar * math.sin(x)


@adjoint(math.tan, elementwise=True)
def tan(y, x):
    x_bar = y_bar * (1.0 + y**2)


@adjoint(math.asin, elementwise=True)
def asin(y, x):
    x_bar = y_bar / math.sqrt(1.0 - x**2)


@adjoint(math.acos, elementwise=True)
def acos(y, x):
    x_bar = -y_bar / math.sqrt(1.0 - x**2)


@adjoint(math.atan, elementwise=True)
def atan(y, x):
    x_bar = y_bar / (1.0 + x**2)


@adjoint(math.atan2, elementwise=True)
def atan2(y, x1, x2):
    x1_bar = y_bar * x2 / (x1**2 + x2**2)
    x2_bar = -y_bar * x1 / (x1**2 + x2**2)


@adjoint(math.sinh, elementwise=True)
def sinh(y, x):
    x_bar = y_bar * math.cosh(x)


@adjoint(math.cosh, elementwise=True)
def cosh(y, x):
    x_bar = y_bar * math.sinh(x)


@adjoint(math.tanh, elementwise=True)
def tanh(y, x):
    x_bar = y_bar * (1.0 - y**2)


@adjoint(math.asinh, elementwise=True)
def asinh(y, x):
    x_bar = y_bar / math.sqrt(1.0 + x**2)


@adjoint(math.acosh, elementwise=True)
def acosh(y, x):
    x_bar = y_bar / math.sqrt(x**2 - 1.0)


@adjoint(math.atanh, elementwise=True)
def atanh(y, x):
    x_bar = y_bar / (1.0 - x**2)


@adjoint(math.degrees, elementwise=True)
def degrees(y, x):
    x_bar = y_bar * (180.0 / math.pi)


@adjoint(math.radians, elementwise=True)
def radians(y, x):
    x_bar = y_bar * (math.pi / 180.0)


# --- math: special functions, parts of numbers, sums --------------------------------------------------------
# 1.1283791670955126 is 2 / sqrt(pi).


@adjoint(math.erf, elementwise=True)
def erf(y, x):
    x_bar = y_bar * (1.1283791670955126 * math.exp(-(x**2)))


@adjoint(math.erfc, elementwise=True)
def erfc(y, x):
    x_bar = -y_bar * (1.1283791670955126 * math.exp(-(x**2)))


@adjoint(math.gamma, elementwise=True)
def gamma(y, x):
    x_bar = y_bar * (y * digamma(x))


@adjoint(math.lgamma, elementwise=True)
def lgamma(y, x):
    x_bar = y_bar * digamma(x)


@adjoint(math.fabs, elementwise=True)
def fabs(y, x):
    x_bar = y_bar * np.sign(x)


@adjoint(math.copysign, elementwise=True)
def copysign(y, x1, x2):
    x1_bar = y_bar * (np.sign(x1) * math.copysign(1.0, x2))
    x2_bar = 0.0 * y_bar


@adjoint(math.fmod, elementwise=True)
def fmod(y, x1, x2):
    x1_bar = y_bar
    x2_bar = -y_bar * math.trunc(x1 / x2)


@adjoint(math.remainder, elementwise=True)
def remainder(y, x1, x2):
    x1_bar = y_bar
    x2_bar = -y_bar * round((x1 - y) / x2)


@adjoint(math.ldexp, elementwise=True)
def ldexp(y, x1, x2):
    x1_bar = math.ldexp(y_bar, x2)


@adjoint(math.modf, elementwise=True)
def modf(y, x):
    x_bar = y_bar[0]


@adjoint(getattr(math, "fma", None), elementwise=True)
def fma(y, x1, x2, x3):
    x1_bar = y_bar * x2
    x2_bar = y_bar * x1
    x3_bar = y_bar


@adjoint(math.fsum)
def fsum(y, seq):
    seq_bar = spread(y_bar, seq)


@adjoint(math.prod)
def prod(y, iterable, *, start=1):
    if isinstance(iterable, np.ndarray):
        iterable_bar = y_bar * start * product_of_others(iterable)
    else:
        iterable_bar = list(y_bar * start * product_of_others(iterable))
    start_bar = y_bar * np.prod(iterable)


@adjoint(getattr(math, "sumprod", None))
def sumprod(y, p, q):
    if isinstance(p, np.ndarray):
        p_bar = y_bar * np.asarray(q)
    else:
        p_bar = [y_bar * b for b in q]
    if isinstance(q, np.ndarray):
        q_bar = y_bar * np.asarray(p)
    else:
        q_bar = [y_bar * a for a in p]


# --- tangents -----------------------------------------------------------------------------------------------

linear(list, math.fsum)


@tangent(builtins.sum)
def sum_tangent(y, iterable, start=0):
    y_dot = sum(iterable_dot) + start_dot


@tangent(builtins.max, builtins.min, memory="maybe_view")
def extremum_tangent(y, *args):
    y_dot = extremum_dot(args_dot, y, args)


@tangent(math.hypot)
def hypot_tangent(y, *coordinates):
    y_dot = sum([x_dot * (x / y) for x, x_dot in zip(coordinates, coordinates_dot)])


@tangent(math.dist)
def dist_tangent(y, p, q):
    y_dot = sum([a_dot * ((a - b) / y) for a, b, a_dot in zip(p, q, p_dot)]) + sum(
        [b_dot * ((b - a) / y) for a, b, b_dot in zip(p, q, q_dot)]
    )


@tangent(math.modf)
def modf_tangent(y, x):
    y_dot = (x_dot, 0.0)


@tangent(math.prod)
def prod_tangent(y, iterable, *, start=1):
    y_dot = start * np.sum(product_of_others(iterable) * iterable_dot) + np.prod(iterable) * start_dot


@tangent(getattr(math, "sumprod", None))
def sumprod_tangent(y, p, q):
    y_dot = math.sumprod(p_dot, q) + math.sumprod(p, q_dot)
