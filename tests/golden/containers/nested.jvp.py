def nested_jvp(tree, *, tree_dot):
    """Value of nested and its tangent along those of tree."""
    pair = tree["pair"]
    pair_0 = pair[0]
    pair_0_0 = pair_0[0]
    pair_0_1 = pair_0[1]
    pair_1 = pair[1]
    scale = tree["scale"]
    part_dot = tree_dot["pair"]
    part_dot1 = part_dot[0]
    pair_0_0_dot = part_dot1[0]
    pair_0_1_dot = part_dot1[1]
    pair_1_dot = part_dot[1]
    scale_dot = tree_dot["scale"]
    product_dot = pair_0_0_dot * pair_1 + pair_1_dot * pair_0_0
    total = pair_0_0 * pair_1 + pair_0_1 * scale
    total_dot = product_dot + (pair_0_1_dot * scale + scale_dot * pair_0_1)
    return total, total_dot
