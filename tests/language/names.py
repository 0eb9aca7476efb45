"""What names stand for: comprehensions, closures, recursion, functions in variables."""

from functools import partial

import numpy as np

from .table import X, program


@program((0.7,))
def lambda_in_comp(x):
    v = 10.0
    fs = [lambda y: y * v for v in (1.0, 2.0, 3.0)]
    return fs[0](x) * v


@program((0.7,))
def lambda_in_comp2(x):
    fs = [lambda y: y * v for v in (1.0, 2.0, 3.0)]
    return fs[0](x) + fs[1](x)


@program(([0.7, 0.2],))
def comp_self(v):
    v = [v * 2.0 for v in v]
    return v[0] * v[1]


@program((X,))
def comp_self_arr(v):
    w = [v * 2.0 for v in v]
    return w[0] * w[1] + np.sum(v)


@program((0.7,))
def comp_closure(x):
    v = 10.0

    def g(a):
        return a * v

    return sum([g(v) for v in (x, 2.0 * x)])


@program((X,))
def comp_closure_n(x):
    v = 10.0

    def g(a):
        return a * v

    return sum([g(v) for v in x])


@program((0.7,))
def comp_two_ifs(x):
    t = (1.0, 2.0, 3.0)
    last = 0
    s = sum([t[i] * x for i in range(3) if i < 2 if (last := i) >= 0])
    return s * (last + 1.0)


@program((X,))
def lambda_dict(x):
    fs = {n: (lambda v: v * n) for n in (1, 2, 3)}
    return fs[1](x[0])


@program((X,))
def nested_comp_shadow(x):
    return sum([sum([x * 2.0 for x in (x, x * x)]) for x in x])


@program((X,))
def comp_walrus(x):
    last = 0.0
    ys = [last := last + v for v in x]
    return ys[1] * last


@program((0.7, 3), (0.7, 0))
def rec_nonlocal(x, n):
    total = 0.0

    def rec(k, v):
        nonlocal total
        if k <= 0:
            return v
        total = total + v
        return rec(k - 1, v * 0.5)

    r = rec(n, x)
    return total + r


@program((0.7, 3))
def rec_list(x, n):
    acc = []

    def rec(k, v):
        acc.append(v)
        if k <= 0:
            return v
        return rec(k - 1, v * 0.5)

    r = rec(n, x)
    return r + sum(acc)


@program((0.7, 3))
def rec_list2(x, n):
    acc = []

    def rec(k, v, acc):
        acc.append(k)
        if k <= 0:
            return v
        return rec(k - 1, v * 0.5, acc)

    r = rec(n, x, acc)
    return r * (1.0 + sum(acc))


class Cnt:
    def __init__(self):
        self.n = 0

    def rec(self, k, v):
        self.n += 1
        if k <= 0:
            return v
        return self.rec(k - 1, v * 0.5)


@program((0.7, 3))
def rec_obj(x, n):
    c = Cnt()
    r = c.rec(n, x)
    return r * c.n


class Mod:
    def __init__(self, k):
        self.k = k

    def first(self, v):
        return v * self.k

    def second(self, v):
        return v * v


@program((0.7, 3), (0.7, 1), (0.7, 0), refused="'act' is something else that is a different one in each iteration")
def bound_carried(x, n):
    m = Mod(3.0)
    act = m.first
    for i in range(n):
        x = act(x)
        act = m.second
    return x


def scale(k, v):
    return k * v


@program((0.7, 3), (0.7, 1), (0.7, 0), refused="'g' is something else that is a different one in each iteration")
def partial_carried(x, n):
    g = partial(scale, 1.5)
    for i in range(n):
        x = g(x)
        g = partial(scale, x)
    return x


def make(k):
    def g(v):
        return v * k

    return g


@program((X, 2), (X, 0), (X, 3))
def closure_in_loop(x, n):
    s = x[0]
    for i in range(n):
        g = make(x[i])
        s = s + g(s)
    return s


@program((X, 2), (X, 1), (X, 3), refused="'g' is a function that is a different one in each iteration")
def closure_after_loop(x, n):
    for i in range(n):
        g = make(x[i])
    return g(2.0) + x[1]


@program((X, 3))
def rec_through_comp(x, n):
    def tree(k, v):
        if k == 0:
            return v
        return sum([tree(k - 1, v * c) for c in (0.5, 2.0)])

    return tree(n, x[0]) + tree(2, x[1])


class Tank:
    __factor = 4.0

    def __init__(self, level):
        self.__level = level

    def level(self):
        return self.__level

    def __scale(self):
        return 2.0

    def scaled(self, v):
        __twice = v * self.__scale()

        def __more(w):
            return w + __twice * self.__factor

        return __more(v)


class Lined(Tank):
    def __init__(self, level):
        super().__init__(level)
        self.__level = level * 3.0

    def lining(self, *, __by=1.0):
        return self.__level * __by

    def __scale(self):
        return 5.0

    def both(self, v):
        return self.scaled(v) * self.__scale()


@program((X,))
def private_names_of_two_classes(x):
    tank = Lined(x * 1.0)
    tank._Tank__level[0] = 2.0 * x[1]
    return np.sum(tank.level() * x) + np.sum(tank.lining(_Lined__by=x[2]) ** 2) + tank.both(x[0])
