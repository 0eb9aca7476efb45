# s2sad: wrt=a,b value=False signature=a: float, b: float
"""Division by an active value: the quotient is reused."""


def quotient(a, b):
    return (a - b) / (a * a + b)


EXAMPLES = [(1.5, 0.7), (-2.0, 3.0)]
