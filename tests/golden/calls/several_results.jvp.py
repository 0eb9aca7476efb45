import math


def several_results_jvp(x, y, *, x_dot, y_dot):
    """Value of several_results and its tangent along those of x and y."""
    r = math.hypot(x, y)
    items = []
    items1 = list((x, y))
    items2 = list((x_dot, y_dot))
    for i in range(min(len(items1), len(items2))):
        items.append(items2[i] * (items1[i] / r))
    r_dot = sum(items)
    angle = math.atan2(y, x)
    total = y**2 + x**2
    angle_dot = y_dot * x / total - x_dot * y / total
    product = r * angle
    product_dot = r_dot * angle + angle_dot * r
    return product, product_dot
