"""Iteration one item at a time: what a loop's body changes is seen by the next iteration, and iterators compute late."""

from __future__ import annotations

import textwrap

import pytest

from tests.fuzz.check import check
from tests.fuzz.generate import Program

HEAD = "import numpy as np\n\n\ndef f(x, y, A, s, t, n, flag):\n"

RIGHT: dict[str, str] = {
    "grow_list": """
        q = [s]
        for v in q:
            if len(q) < 4:
                q.append(v * t)
        return sum(q) * q[-1]
    """,
    "change_list_item": """
        q = [s, t, x[0]]
        r = 0.0
        for k, v in enumerate(q):
            r = r * 0.5 + v
            if k < 2:
                q[k + 1] += v
        return r + sum(q)
    """,
    "change_list_item_dyn": """
        q = [s]
        for i in range(n):
            q.append(x[i % 4])
        r = 0.0
        for k, v in enumerate(q):
            r = r * 0.5 + v
            if k + 1 < len(q):
                q[k + 1] += v
        return r + sum(q)
    """,
    "reversed_change": """
        q = [s, t, x[0]]
        r = 0.0
        for v in reversed(q):
            r = r * 0.5 + v
            q[0] += v
        return r + sum(q)
    """,
    "zip_known": """
        z = np.zeros(3)
        z[0] = s
        r = 0.0
        for a, b in zip([s, t, x[0]], z):
            r = r * 0.5 + a * b
            z[1:] += a + b
        return r + z.sum()
    """,
    "zip_known_list": """
        q = [s, t, x[0]]
        r = 0.0
        for a, b in zip(q, q[1:]):
            r = r * 0.5 + a * b
            q[1] += a
            q[2] *= b
        return r + sum(q)
    """,
    "zip_self": """
        q = [s, t, x[0]]
        r = 0.0
        for a, b in zip(q, q):
            r = r * 0.5 + a * b
            q[1] += a
            q[2] *= b
        return r + sum(q)
    """,
    "comp_store_source": """
        z = np.zeros(3)
        z[0] = s
        def g(v, k):
            z[k] += v * t
            return v
        r = [g(v, k) for k, v in enumerate(z[:])]
        u = [g(v, 2) for v in z]
        return sum(r) + sum(u) * z[2]
    """,
    "map_store_source": """
        z = np.ones(3)
        z[0] = s
        def g(v):
            z[1:] += v * t
            return v
        r = list(map(g, z))
        return sum(r) * z[2] + r[2]
    """,
    "for_store_source_known": """
        z = np.ones(3)
        z[0] = s
        r = 0.0
        for v in z:
            z[1:] += v * t
            r = r * 0.5 + v
        return r
    """,
    "dict_values_change": """
        d = {'a': s, 'b': t, 'c': x[0]}
        r = 0.0
        for v in d.values():
            r = r * 0.5 + v
            d['b'] += v
            d['c'] *= v
        return r + sum(d.values())
    """,
    "dict_items_change": """
        d = {'a': s, 'b': t, 'c': x[0]}
        r = 0.0
        for k, v in d.items():
            r = r * 0.5 + v
            d['c'] += d[k]
        return r + sum(d.values())
    """,
    "sum_gen_effects": """
        log = []
        def g(v):
            log.append(v)
            return v * len(log)
        r = sum(g(v) for v in x)
        return r * s + sum(log)
    """,
    "enumerate_array_grow": """
        z = x
        for k, v in enumerate(z):
            z = z * 1.1
            z[k] += v * s
        return z @ y
    """,
    "rebind_iterated": """
        q = [s, t]
        r = 0.0
        for v in q:
            q = [v * 2.0]
            r += v
        return r + q[0]
    """,
    "gen_array_nochange": """
        z = x.copy()
        out = np.zeros(4)
        for k, v in enumerate(z[k] * t for k in range(4)):
            out[k] = v * s
        return out @ y
    """,
    "zip_gen_ok": """
        r = 0.0
        for a, b in zip((u * s for u in x), y):
            r += a * b
        return r
    """,
    "nested_gen": """
        r = sum(sum(a * b for a in x) * s for b in y)
        return r
    """,
    "for_list_arrays_append_copy": """
        vs = [x, y]
        for v in vs[:]:
            vs.append(v * s)
            v *= t
        return sum(w @ y for w in vs)
    """,
    "for_dyn_arrays": """
        vs = [x]
        for i in range(n):
            vs.append(vs[-1] * s)
        r = 0.0
        for v in vs:
            v *= t
            r += v.sum()
        return r + vs[0] @ y
    """,
    "nested_loops_same_list": """
        q = [s, t, x[0]]
        r = 0.0
        for a in q:
            for b in q:
                r += a * b
            q[0] *= 0.5
        return r
    """,
    "list_shrinks": """
        q = [s, t, x[0], x[1]]
        r = 0.0
        for v in q:
            r = r * 0.5 + v
            q.pop()
        return r * len(q)
    """,
    "gen_conditional_expr": """
        m = max(v * s for v in x)
        return m + min((u for u in y if u > 0), default=t)
    """,
    "while_pop_cond": """
        q = list(x)
        r = 0.0
        while len(q) > 1 and q.pop() < 5.0:
            r = r * 0.5 + q[-1]
        return r * s
    """,
    "while_step_closure": """
        c = 0.0
        def step():
            nonlocal c
            c += abs(s) + 0.1
            return c
        while step() < 1.0:
            x[0] *= t
        return c * x[0]
    """,
    "while_store_fn": """
        def g(v):
            v[0] = v[0] * 0.5 + 0.01
            return abs(v[0])
        k = 0
        while g(x) > 0.1 and k < 9:
            x[1] += x[0] * s
            k += 1
        return x @ y
    """,
    "while_pure_fn": """
        def g(v):
            return abs(v) * 0.9
        k = 0
        while g(s) < 1.0 and k < 5:
            s = s * 1.5 + 0.1
            k += 1
        else:
            s += t
        return s
    """,
    "while_else_walrus": """
        k = 0
        while (v := abs(s)) < 1.3 and k < n:
            s = 1.4 * s + 0.1 * t
            k += 1
            if k == 3:
                break
        else:
            x[0] = v * s
            t = t * 2.0
        return s * t + x @ y + v
    """,
    "while_items": """
        q = [s, t]
        while q:
            s = s * 0.5 + q.pop()
        return s
    """,
    "loop_var_zero": """
        k = -1
        v = s
        for k, v in enumerate(x[:n]):
            pass
        return v * t + k * s
    """,
    "loop_var_zip": """
        a = b = s
        k = 7
        for k, (a, b) in enumerate(zip(x[:n], y)):
            if a > 0.8:
                break
        return a * b + k * t
    """,
    "extended_by_an_iterator_over_a_part": """
        q = [s, t]
        q.extend(2.0 * e for e in q[:1])
        for i in range(n):
            q.extend(e * x[0] for e in q[1:2])
        q += (e + 1.0 for e in q[:2])
        return sum(v * (k + 1) for k, v in enumerate(q))
    """,
}  # fmt: skip

# The items of these are computed where the iterator is made, which would be too early, or change in number.
REFUSED: dict[str, str] = {
    "test_with_an_effect": """
        class C:
            def __init__(self):
                self.k = 0.0
            @property
            def v(self):
                self.k += 0.4
                return self.k
        c = C()
        while c.v < 1.5:
            s = s * t
        return s * c.k
    """,
    "grow_list_dyn": """
        q = [s]
        for i in range(n):
            q.append(x[i % 4])
        for v in q:
            if len(q) < 7:
                q.append(v * t)
        return sum(q) * q[-1]
    """,
    "gen_interleave": """
        log = []
        def g(v):
            log.append(v)
            return v * s
        for w in (g(v) for v in x):
            log.append(w)
        r = 0.0
        for v in log:
            r = r * 0.7 + v
        return r
    """,
    "map_interleave": """
        log = []
        def g(v):
            log.append(v)
            return v * s
        for w in map(g, x):
            log.append(w)
        r = 0.0
        for v in log:
            r = r * 0.7 + v
        return r
    """,
    "gen_zip_interleave": """
        log = []
        def g(v, k):
            log.append(v)
            return v * k
        for a, b in zip((g(v, s) for v in x), (g(v, t) for v in y)):
            log.append(a * b)
        r = 0.0
        for v in log:
            r = r * 0.7 + v
        return r
    """,
    "gen_break": """
        log = []
        def g(v):
            log.append(v)
            return v * s
        for w in (g(v) for v in x):
            if w > 0.1:
                break
        return sum(log) * t
    """,
    "gen_store_array_interleave": """
        z = np.zeros(4)
        def g(k):
            z[k] += s
            return z[k - 1]
        r = 0.0
        for w in (g(k) for k in range(4)):
            z *= t
            r += w
        return r + z @ x
    """,
    "in_gen": """
        log = []
        def g(v):
            log.append(v)
            return v > 0.2
        b = True in (g(v) for v in x)
        return sum(log) * s
    """,
    "filter_interleave": """
        log = []
        def g(v):
            log.append(v * s)
            return v > 0.0
        for w in filter(g, x):
            log.append(w * t)
        r = 0.0
        for v in log:
            r = r * 0.7 + v
        return r
    """,
    "extend_gen_self": """
        q = [s, t]
        q.extend(v * len(q) for v in x)
        return sum(v * (k + 1) for k, v in enumerate(q))
    """,
    "gen_name_change": """
        r = 0.0
        k = s
        for v in (k * u for u in x):
            k = k * 0.9
            r += v * k
        return r
    """,
    "gen_array_change": """
        z = x.copy()
        r = 0.0
        for v in (z[k] * t for k in range(4)):
            z *= s
            r += v
        return r
    """,
    "gen_dict_change": """
        d = {'a': s}
        r = 0.0
        for v in (d['a'] * u for u in x):
            d['a'] = d['a'] * t
            r += v
        return r
    """,
    "gen_pass_change": """
        z = x.copy()
        def h(it):
            z[0] = s
            return sum(it)
        return h(v * t for v in z)
    """,
    "gen_named_change": """
        z = x.copy()
        g = (v * t for v in z)
        z[1] = s
        return sum(g)
    """,
    "map_closure_change": """
        c = s
        r = 0.0
        for v in map(lambda u: u * c, x):
            c = c * t
            r += v
        return r
    """,
    "gen_obj_change": """
        class P:
            k = 1.0
        p = P()
        p.k = s
        r = 0.0
        for v in (p.k * u for u in x):
            p.k *= t
            r += v
        return r
    """,
    "gen_method_state": """
        class P:
            def __init__(self, k):
                self.k = k
            def scaled(self, u):
                return self.k * u
        p = P(s)
        r = 0.0
        for v in (p.scaled(u) for u in x):
            p.k *= t
            r += v
        return r
    """,
    "dict_values_live": """
        d = {'a': s, 'b': t}
        v = d.values()
        d['a'] = x[0]
        return sum(v) * d['b']
    """,
    "remove_in_loop": """
        q = [1, 2, 3, 4]
        r = 0.0
        for v in q:
            r += v * s
            if v == 2:
                q.remove(v)
        return r * len(q)
    """,
    "known_list_mutated": """
        q = [1, 2, 3]
        r = 0.0
        for v in q:
            r = r * s + v
            q[2] = 7
        return r
    """,
}  # fmt: skip


def program(body: str, seed: int = 0) -> Program:
    return Program(seed, HEAD + textwrap.indent(textwrap.dedent(body), "    "))


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    for seed in range(2):
        verdict = check(program(RIGHT[name], seed))
        assert verdict.kind == "right", verdict


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    verdict = check(program(REFUSED[name]))
    assert verdict.kind == "refused", verdict
    assert "internal" not in verdict.detail.lower()

