def nested_grad(tree, nested_bar=1.0):
    """Gradient of nested with respect to tree."""
    # forward sweep
    pair = tree["pair"]
    pair_0 = pair[0]
    pair_0_0 = pair_0[0]
    pair_0_1 = pair_0[1]
    pair_1 = pair[1]
    scale = tree["scale"]
    # reverse sweep
    pair_0_1_bar = nested_bar * scale
    scale_bar = nested_bar * pair_0_1
    pair_0_0_bar = nested_bar * pair_1
    pair_1_bar = nested_bar * pair_0_0
    return {"pair": ([pair_0_0_bar, pair_0_1_bar], pair_1_bar), "scale": scale_bar}
