"""Attributes, identity, and operators of classes."""

import dataclasses
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .table import X, program


class V(NamedTuple):
    x: float
    y: float

    def __add__(self, o):
        return V(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return V(self.x * k, self.y * k)

    def __neg__(self):
        return V(-self.x, -self.y)

    def __bool__(self):
        return self.x > 1.0


@program((0.7,))
def nt_add(x):
    p = V(x, 2.0 * x) + V(x * x, 3.0)
    return p[0] * p[1]


@program((0.7,))
def nt_mul(x):
    p = V(x, 2.0 * x) * 2
    return p[0] * p[1]


@program((0.7,))
def nt_mulf(x):
    p = V(x, 2.0 * x) * 2.5
    return p[0] * p[1]


@program((0.7,))
def nt_neg(x):
    p = -V(x, 2.0 * x)
    return p[0] * p[1]


@program((0.7,))
def nt_bool(x):
    p = V(x, 2.0 * x)
    if p:
        return x
    return 3.0 * x


@program((X,))
def is_tuple(x):
    p = (x[0], x[1])
    best = p
    if best is p:
        return best[0] * 2.0
    return best[0] * 3.0


@program((X,), refused="it is not known whether this is the same object: one of them may be another one on another path")
def is_dict_merge(x):
    a = {"v": x[0]}
    b = {"v": x[1]}
    best = a if x[0] > x[1] else b
    if best is a:
        return best["v"] * 2.0
    return best["v"] * 3.0


class P:
    def __init__(self, v):
        self.v = v


@program((X,), refused="it is not known whether this is the same object: one of them may be another one on another path")
def is_obj_merge(x):
    a = P(x[0])
    b = P(x[1])
    best = a if x[0] > x[1] else b
    if best is a:
        return best.v * 2.0
    return best.v * 3.0


@program(
    (X, 2), (X, 0), refused="it is not known whether this is the same object: one of them may be another one on another path"
)
def is_obj_loop(x, n):
    a = P(x[0])
    b = P(x[1])
    best = a
    for i in range(n):
        if x[i] > 5.0:
            best = b
    if best is a:
        return best.v * 2.0
    return best.v * 3.0


class C:
    pass


@program((0.7,), (1.7,), refused="the attribute 'b' is set on some path only")
def hasattr_branch(x):
    c = C()
    if x > 1.0:
        c.b = x * 2.0
    if hasattr(c, "b"):
        return c.b
    return 5.0 * x


@program((0.7,), (1.7,), refused="the attribute 'b' is set on some path only")
def getattr_branch(x):
    c = C()
    if x > 1.0:
        c.b = x * 2.0
    return getattr(c, "b", 5.0 * x)


@program((0.7, 3), (0.7, 1))
def attr_loop(x, n):
    c = C()
    for i in range(n):
        c.last = x * (i + 1)
    return c.last


@program((0.7, 3), (0.7, 1), (0.7, 0))
def attr_loop_first(x, n):
    c = C()
    s = 0.0
    for i in range(n):
        if i == 0:
            c.acc = x
        c.acc = c.acc * 2.0
        s = s + c.acc
    return s + x


class Box:
    pass


@program((X, 2), (X, 0))
def obj_attr_list_loop(x, n):
    class_ = Box()
    for i in range(n):
        class_.items = [x[i]]
    if n > 0:
        return class_.items[0] * 2.0
    return x[0]


class WithDefault:
    k = 3.0
    items = ()


@program((X, 2), (X, 0))
def attr_class_default(x, n):
    b = WithDefault()
    for i in range(n):
        b.k = b.k * x[i]
    return b.k * x[2] + WithDefault.k


@dataclass
class D:
    a: float
    n: float = field(init=False, default=1.0)


@program((0.7,))
def replace_noinit(x):
    d = D(x)
    d.n = 5.0
    e = dataclasses.replace(d, a=2.0 * x)
    return e.a * e.n


def scale(k, v):
    return k * v


class Base:
    scale = 2.0

    def __init__(self, v):
        self.v = v
        self.log = []

    @property
    def double(self):
        return self.v * self.scale

    @double.setter
    def double(self, d):
        self.log.append(1.0)
        self.v = d / self.scale

    def step(self):
        self.v = self.v * self.scale
        return self

    def __add__(self, o):
        return type(self)(self.v + (o.v if isinstance(o, Base) else o))

    __radd__ = __add__

    def __iadd__(self, o):
        self.v = self.v + 2.0 * o
        return self

    def __getitem__(self, k):
        return self.v * (k + 1)

    def __setitem__(self, k, v):
        self.v = self.v + v * k

    def __len__(self):
        return 3

    def __call__(self, a):
        return self.v * a


class Derived(Base):
    scale = 3.0

    def step(self):
        super().step()
        self.v = self.v + 1.0
        return self


@program((0.7,))
def obj_sum(x):
    t = sum([Base(x), Derived(2.0 * x)])
    return t.v * t.scale


class Fallback:
    def __init__(self, a):
        self.a = a

    def __getattr__(self, name):
        return 6.0


@program((X,), refused="it is not known whether Fallback.__getattr__() gives 'b'")
def hasattr_of_a_fallback(x):
    return x[0] * (2.0 if hasattr(Fallback(x[0]), "b") else 3.0)


@program((X,))
def same_nan_is_in_a_list(x):
    v = float("nan")
    return x[0] if v in [v] else x[1]


class Scaled:
    def __init__(this, by):
        this.by = by

    def of(this, v):
        return v * this.by


class Shifted(Scaled):
    def __init__(this, by, shift):
        super().__init__(by)
        this.shift = shift

    def of(this, v):
        return super().of(v) + this.shift


self = Shifted(100.0, 200.0)


@program((X,))
def receivers_of_another_name(x):
    a, b = Shifted(x[0], x[1]), Shifted(x[2], 1.0)
    return np.sum(a.of(x) * b.of(x)) + a.by * b.shift
