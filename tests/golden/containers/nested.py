# s2sad: wrt=tree value=False signature=live
"""Lists in tuples in dicts."""


def nested(tree):
    left, right = tree["pair"]
    return left[0] * right + left[1] * tree["scale"]


EXAMPLES = [({"pair": ([0.7, -0.4], 1.5), "scale": 2.0},)]
