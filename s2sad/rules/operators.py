"""Rules of the arithmetic operators, shared by Python's operators and NumPy's ufuncs."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import operator

import numpy as np

from s2sad.rules.registry import adjoint, tangent, zero_derivative


@adjoint(operator.add, operator.iadd, np.add, elementwise=True)
def add(y, x1, x2):
    x1_bar = y_bar
    x2_bar = y_bar


@adjoint(operator.sub, operator.isub, np.subtract, elementwise=True)
def subtract(y, x1, x2):
    x1_bar = y_bar
    x2_bar = -y_bar


@adjoint(operator.mul, operator.imul, np.multiply, elementwise=True)
def multiply(y, x1, x2):
    x1_bar = y_bar * x2
    x2_bar = y_bar * x1


@adjoint(operator.truediv, operator.itruediv, np.divide, np.true_divide, elementwise=True)
def divide(y, x1, x2):
    x1_bar = y_bar / x2
    x2_bar = -(y_bar / x2 * y)  # a common expression with the other one


@adjoint(operator.pow, operator.ipow, np.power, np.float_power, pow, elementwise=True)
def power(y, x1, x2):
    if isinstance(x2, (int, float)) and x2 == 2:
        x1_bar = y_bar * (2.0 * x1)
    elif isinstance(x2, (int, float)) and x2 == 1:
        x1_bar = y_bar
    elif isinstance(x2, (int, float)) and x2 == 0:
        x1_bar = 0.0 * y_bar
    elif isinstance(x2, (int, float)) and x2 == 3:
        x1_bar = y_bar * (3.0 * (x1 * x1))
    elif isinstance(x2, (int, float)) and x2 == 4:
        x1_bar = y_bar * (4.0 * (x1 * x1 * x1))
    elif isinstance(x2, (int, float)) and x2 < 0:
        x1_bar = y_bar * (x2 * y / x1)
    elif isinstance(x2, (int, float)) and x2 > 1:
        x1_bar = y_bar * (x2 * x1 ** (x2 - 1))
    elif isinstance(x2, float) and x2 > 0:
        x1_bar = y_bar * (x2 * np.power(x1, x2 - 1.0))
    else:
        x1_bar = y_bar * power_slope(x1, x2)
    if isinstance(x1, (int, float)) and x1 > 0:
        x2_bar = y_bar * (y * math.log(x1))
    else:
        x2_bar = y_bar * (y * log_or_zero(x1))


@adjoint(operator.mod, operator.imod, np.remainder, np.mod, elementwise=True)
def remainder(y, x1, x2):
    x1_bar = y_bar
    x2_bar = -y_bar * (x1 // x2)


@adjoint(divmod, np.divmod, elementwise=True)
def divmod_(y, x1, x2):
    x1_bar = y_bar[1]
    x2_bar = -y_bar[1] * (x1 // x2)


@adjoint(operator.neg, np.negative, elementwise=True)
def negative(y, x):
    x_bar = -y_bar


@adjoint(operator.pos, np.positive, elementwise=True)
def positive(y, x):
    x_bar = y_bar


zero_derivative(
    operator.floordiv,
    operator.ifloordiv,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.and_,
    operator.or_,
    operator.xor,
    operator.iand,
    operator.ior,
    operator.ixor,
    operator.invert,
    operator.lshift,
    operator.rshift,
    operator.ilshift,
    operator.irshift,
    operator.not_,
    operator.truth,
    operator.is_,
    operator.is_not,
    operator.contains,
    operator.index,
)


@tangent(divmod, np.divmod)
def divmod_tangent(y, x1, x2):
    rest_dot = x1_dot - (x1 // x2) * x2_dot
    y_dot = (0.0 * rest_dot, rest_dot)
