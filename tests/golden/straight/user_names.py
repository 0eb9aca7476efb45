# s2sad: wrt=x,x_bar value=False signature=x: float, x_bar: float
"""The author already uses the adjoint's name; the author's name wins."""


def user_names(x, x_bar):
    x_tape = x * x_bar
    user_names_bar = x_tape + x
    return user_names_bar * x_tape


EXAMPLES = [(0.8, 1.5)]
