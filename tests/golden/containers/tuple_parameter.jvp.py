import math


def tuple_parameter_jvp(p, *, p_dot):
    """Value of tuple_parameter and its tangent along those of p."""
    items = tuple(p)
    items_dot = tuple(p_dot)
    if len(items) != 2:
        raise ValueError("2 values are needed to unpack")
    a = items[0]
    a_dot = items_dot[0]
    b = items[1]
    b_dot = items_dot[1]
    total = a * b + math.sin(a)
    total_dot = a_dot * b + b_dot * a + a_dot * math.cos(a)
    return total, total_dot
