"""A formula of numbers: the price of a call option."""

from __future__ import annotations

import importlib
import math

from .case import Workload


def black_scholes(spot, strike, rate, volatility, time):
    root = volatility * math.sqrt(time)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / root
    d2 = d1 - root
    n1 = 0.5 * (1.0 + math.erf(d1 / math.sqrt(2.0)))
    n2 = 0.5 * (1.0 + math.erf(d2 / math.sqrt(2.0)))
    return spot * n1 - strike * math.exp(-rate * time) * n2


def by_hand(spot, strike, rate, volatility, time):
    root_time = math.sqrt(time)
    root = volatility * root_time
    numerator = math.log(spot / strike) + (rate + 0.5 * volatility**2) * time
    d1 = numerator / root
    d2 = d1 - root
    z1 = d1 / math.sqrt(2.0)
    z2 = d2 / math.sqrt(2.0)
    n1 = 0.5 * (1.0 + math.erf(z1))
    n2 = 0.5 * (1.0 + math.erf(z2))
    discounted = strike * math.exp(-rate * time)
    value = spot * n1 - discounted * n2
    # reverse sweep
    density = 1.0 / math.sqrt(2.0 * math.pi)
    d2_bar = -discounted * density * math.exp(-(z2**2))
    d1_bar = spot * density * math.exp(-(z1**2)) + d2_bar
    root_bar = -d2_bar - d1_bar * d1 / root
    numerator_bar = d1_bar / root
    spot_bar = n1 + numerator_bar / spot
    volatility_bar = numerator_bar * time * volatility + root_bar * root_time
    return value, (spot_bar, volatility_bar)


def functional(np):
    """Functions of `math` take no traced values: NumPy's instead, and the tool's own `erf`."""
    tool = np.__name__.split(".")[0]
    erf = importlib.import_module(f"{tool}.scipy.special".removeprefix("numpy.")).erf

    def black_scholes(spot, strike, rate, volatility, time):
        root = volatility * np.sqrt(time)
        d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / root
        d2 = d1 - root
        n1 = 0.5 * (1.0 + erf(d1 / math.sqrt(2.0)))
        n2 = 0.5 * (1.0 + erf(d2 / math.sqrt(2.0)))
        return spot * n1 - strike * np.exp(-rate * time) * n2

    return black_scholes


def for_torch(torch):
    def black_scholes(spot, strike, rate, volatility, time):
        root = volatility * math.sqrt(time)
        d1 = (torch.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / root
        d2 = d1 - root
        n1 = 0.5 * (1.0 + torch.erf(d1 / math.sqrt(2.0)))
        n2 = 0.5 * (1.0 + torch.erf(d2 / math.sqrt(2.0)))
        return spot * n1 - strike * math.exp(-rate * time) * n2

    return black_scholes


def for_jax(jax):
    return functional(jax.numpy)


def workloads() -> list[Workload]:
    return [Workload(black_scholes, "5 numbers", (100.0, 95.0, 0.03, 0.2, 0.75), ("spot", "volatility"), "formula")]
