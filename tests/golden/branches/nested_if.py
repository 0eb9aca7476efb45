# s2sad: wrt=x,y value=True signature=x: float, y: float
"""A branch inside a branch, both rebinding the condition's variable."""


def nested_if(x, y):
    if x > 0.0:
        x = x * y
        if x > 1.0:
            x = x * x
        else:
            x = x + y
    return x * y


EXAMPLES = [(2.0, 3.0), (0.2, 0.5), (-1.0, 2.0)]
