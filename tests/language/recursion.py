"""Recursive functions, and what changes around them between two calls."""

from .table import X, program


@program((X, 3), (X, 0))
def rec_closure_rebound(x, n):
    k = x[0]

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * k)

    a = rec(n, x[1])
    k = x[2]
    return a + rec(n, x[1])


@program((X, 3), (X, 0))
def rec_closure_loop(x, n):
    k = x[0]

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * k)

    s = 0.0
    for i in range(n):
        s = s + rec(i, x[1])
        k = k + x[i]
    return s


@program((X, 3), (X, 0))
def rec_closure_const(x, n):
    k = 2.0

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * k)

    a = rec(n, x[1])
    k = 5.0
    return a + rec(n, x[1])


class Scaled:
    def __init__(self, k):
        self.k = k
        self.xs = [1.0]

    def rec(self, m, v):
        return v if m == 0 else self.rec(m - 1, v * self.k + sum(self.xs))


@program((X, 3), (X, 0))
def rec_obj_attr(x, n):
    o = Scaled(2.0)
    a = o.rec(n, x[1])
    o.k = 5.0
    o.xs.append(3.0)
    return a + o.rec(n, x[1])


@program((X, 3), (X, 0))
def rec_obj_attr_var(x, n):
    o = Scaled(x[0])
    a = o.rec(n, x[1])
    o.k = x[2]
    return a + o.rec(n, x[1])


@program((X, 3), (X, 0))
def rec_list_arg(x, n):
    xs = [1.0, 2.0]

    def rec(m, v, xs):
        return v if m == 0 else rec(m - 1, v * xs[0], xs)

    a = rec(n, x[1], xs)
    xs[0] = 7.0
    return a + rec(n, x[1], xs)


@program((X, 3), (X, 0))
def rec_dict_closure(x, n):
    d = {"k": x[0]}

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * d["k"])

    a = rec(n, x[1])
    d["k"] = x[2]
    return a + rec(n, x[1])


@program((X, 3), (X, 0))
def rec_fn_arg(x, n):
    def rec(m, v, g):
        return v if m == 0 else rec(m - 1, g(v), g)

    k = x[0]
    h = lambda v: v * k
    a = rec(n, x[1], h)
    k = x[2]
    return a + rec(n, x[1], h)


@program((X, 3), (X, 0))
def rec_made_twice(x, n):
    def make(k):
        def rec(m, v):
            return v if m == 0 else rec(m - 1, v * k)

        return rec

    return make(x[0])(n, x[1]) + make(x[2])(n, x[1])


@program((X, 3), (X, 0))
def rec_made_const(x, n):
    def make(k):
        def rec(m, v):
            return v if m == 0 else rec(m - 1, v * k)

        return rec

    return make(2.0)(n, x[1]) + make(3.0)(n, x[1])


@program((X, 3), (X, 0))
def rec_default(x, n):
    def rec(m, v, k=x[0]):
        return v if m == 0 else rec(m - 1, v * k)

    return rec(n, x[1]) + rec(n, x[1], x[2])


@program((X, 3), (X, 0))
def rec_arr_closure(x, n):
    y = x * 1.0

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * y[0])

    a = rec(n, x[1])
    y[0] = x[2]
    b = rec(n, x[1])
    y = x * 3.0
    return a + b + rec(n, x[1])


@program((X, 3), (X, 0))
def rec_fn_redefined(x, n):
    def h(v):
        return v * 2.0

    def rec(m, v):
        return v if m == 0 else rec(m - 1, h(v))

    a = rec(n, x[1])

    def h(v):  # noqa: F811
        return v * v

    return a + rec(n, x[1])


@program((X, 3), (X, 0))
def mutual_closure(x, n):
    k = 2.0

    def ev(m, v):
        return v if m == 0 else od(m - 1, v * k)

    def od(m, v):
        return v if m == 0 else ev(m - 1, v + k)

    a = ev(n, x[0])
    k = 3.0
    return a + ev(n, x[0]) + od(n, x[1])


@program((X, 3), (X, 0))
def rec_in_branch(x, n):
    k = 2.0

    def rec(m, v):
        return v if m == 0 else rec(m - 1, v * k)

    if x[0] > 0.5:
        k = 4.0
        a = rec(n, x[1])
    else:
        a = rec(n, x[2])
    return a + rec(n, x[0])


class T:
    def __init__(self, v, kids):
        self.v, self.kids = v, kids


@program((X,))
def tree_kids(x):
    t = T(x[0], [T(x[1], []), T(x[2], [T(x[0], [])])])

    def walk(t, d):
        return t.v * d + sum([walk(k, d + 1.0) for k in t.kids])

    return walk(t, 1.0)


@program((X,), (X[:1],))
def rec_minmax(x):
    def mx(v):
        if len(v) == 1:
            return v[0]
        m = mx(v[1:])
        return v[0] if v[0] > m else m

    return mx(x) * 2.0


@program((X, 4))
def rec_tuple(x, n):
    def fib(k):
        if k == 0:
            return x[0], x[1]
        a, b = fib(k - 1)
        return b, a + b * x[2]

    return fib(n)[0]


@program((X, 4))
def rec_early(x, n):
    def r(k, v):
        if v > 10.0:
            return v
        for i in range(k):
            v = v + r(k - 1, v * 0.5) * x[i % 3]
            if v < -5.0:
                return v
        return v

    return r(n, x[0])


@program((X, 5), (X, 2), (X, 1))
def results_remembered_in_a_list(x, n):
    known = [None] * (n + 1)

    def f(k):
        if known[k] is None:
            known[k] = x[k % 3] if k < 2 else f(k - 1) * f(k - 2) + x[k % 3]
        return known[k]

    return f(n) * f(n)


@program((X, 3), (X, 2))
def results_remembered_in_a_comprehension(x, n):
    known = [None for _ in range(n)]

    def f(k):
        v = known[k]
        if v is None:
            v = x[k] * 2.0
            known[k] = v
        return v * f(k - 1) if k > 0 else v

    return f(n - 1)
