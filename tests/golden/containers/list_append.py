# s2sad: wrt=x value=False signature=x: float, n: int
"""A list that grows in a loop and is read afterwards."""


def list_append(x, n):
    terms = [1.0]
    for k in range(n):
        terms.append(terms[-1] * x / (k + 1.0))
    return sum(terms)


EXAMPLES = [(0.7, 4), (0.7, 0)]
