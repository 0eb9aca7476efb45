"""Dicts, sets and queues of the run that change while their contents are coefficients."""

from collections import Counter, OrderedDict, defaultdict, deque

from .table import X, program


@program((X, 3), (X, 0))
def newkey(x, n):
    d = {n: 1.5}
    s = x[0]
    s = s * d[n] + x[1]
    d[n + 1] = 3.0
    s = s * d[n + 1] * d[n] + x[2]
    d[n] = 7.0
    d[n + 1] = 9.0
    return s * d[n]


@program((X, 3), (X, 0))
def newkey_loop(x, n):
    d = {n: 1.5}
    s = x[0]
    for i in range(n):
        d[i] = 2.0 + i
        s = s * d[i] + x[i]
        d[n] += 1.0
        s = s * d[n]
    return s


@program((X, 3), (X, 0))
def deque_top(x, n):
    q = deque([2.0, 3.0])
    s = x[0] * q[0]
    q.rotate(1)
    s = s * s * q[0]
    q.clear()
    return s * (1.0 + len(q)) * x[1]


@program((X, 3), (X, 0))
def counter_len(x, n):
    c = Counter()
    s = x[0]
    for i in range(n):
        c.update([i % 2])
        s = s * len(c) + x[i] * c[0]
        if len(c) > 1:
            s = s * x[1]
            c.clear()
    return s


@program((X, 3), (X, 0))
def set_len(x, n):
    c = set()
    s = x[0]
    for i in range(n):
        c.add(i % 2)
        s = s * len(c) + x[i] * (i in c)
        if 1 in c:
            s = s * x[1]
            c.clear()
    return s


@program((X, 3), (X, 0))
def odict(x, n):
    d = OrderedDict()
    s = x[0]
    for i in range(n):
        d[i % 2] = float(i)
        d.move_to_end(i % 2)
        s = s * list(d.values())[0] + x[i] * d[i % 2]  # noqa: RUF015
        if len(d) > 1:
            k, v = d.popitem()
            s = s * v + k
    return s


@program((X, 3, deque([1.0, 2.0])), (X, 0, deque([1.0])))
def param_deque(x, n, q):
    s = x[0]
    for i in range(n):
        s = s * q[0] + x[i]
        q.append(q.popleft() + 1.0)
    return s * q[-1]


@program((X, 3), (X, 0))
def dq(x, n):
    q = deque([0])
    s = x[0]
    while q:
        k = q.popleft()
        s = s * x[k % 3] + len(q)
        if k < n:
            q.append(k + 1)
            if k % 2:
                q.appendleft(k + 2)
    return s


@program((X, 3), (X, 0))
def ddict(x, n):
    c = defaultdict(int)
    s = x[0]
    for i in range(n):
        c[i % 2] += 1
        s = s * c[i % 2] * x[i] + c[5]
    return s


@program((X, 3), (X, 0))
def counter(x, n):
    c = Counter("abca")
    s = x[0]
    for i in range(n):
        s = s * c["a"] * x[i] + len(c)
        c.update("ab")
    return s


@program((X, 3), (X, 0))
def deque_maxlen(x, n):
    q = deque([1.0, 2.0], maxlen=2)
    s = x[0]
    for i in range(n):
        s = s * q[0] + x[i] * q[-1]
        q.append(float(i))
    return s
