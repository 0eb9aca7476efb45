# s2sad: wrt=a,b,c value=False signature=a: float, b: float, c: float
"""Nested and starred targets vanish before differentiation."""


def unpack_nested(a, b, c):
    p, (q, r) = a * b, (b * c, c)
    first, *rest = p, q, r
    return first * rest[0] + rest[1]


EXAMPLES = [(0.4, 2.5, -1.5)]
