# s2sad: wrt=x,y value=False signature=x: float, y: float
"""`or` as a value: the first operand unless it is zero."""


def or_value(x, y):
    scale = y or 2.0
    return scale * x * x


EXAMPLES = [(2.0, 3.0), (-1.0, 0.5)]
