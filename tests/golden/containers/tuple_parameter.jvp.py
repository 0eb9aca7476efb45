import math


def tuple_parameter_jvp(p, *, p_dot):
    """Value of tuple_parameter and its tangent along those of p."""
    items = tuple(p)
    items_dot = tuple(p_dot)
    if len(items) != 2:
        raise ValueError("2 values are needed to unpack")
    item = items[0]
    item_dot = items_dot[0]
    b = items[1]
    b_dot = items_dot[1]
    total = item * b + math.sin(item)
    total_dot = item_dot * b + b_dot * item + item_dot * math.cos(item)
    return total, total_dot
