# s2sad: wrt=x,y value=False
"""Types come from annotations instead of a signature."""


def annotated(x: float, y: float) -> float:
    product: float = x * y
    return product * product + y


EXAMPLES = [(0.8, 1.5)]
