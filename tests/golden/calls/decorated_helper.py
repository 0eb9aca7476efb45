# s2sad: wrt=x value=False signature=live
"""A wrapper made with functools.wraps is part of what the helper does."""

import functools


def scaled(function):
    @functools.wraps(function)
    def wrapper(t):
        return 2.0 * function(t)

    return wrapper


@scaled
def cube(t):
    return t**3


def decorated_helper(x):
    return cube(x) * x


EXAMPLES = [(0.7,), (-1.3,)]
