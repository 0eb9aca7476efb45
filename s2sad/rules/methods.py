"""What the methods and attributes of an array stand for."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import method

for _name in (
    "all any argmax argmin argpartition argsort clip cumprod cumsum diagonal dot max mean min nonzero prod"
    " ptp ravel repeat searchsorted squeeze std sum swapaxes take trace var round"
).split():  # fmt: skip
    method(_name, getattr(np, _name))

for _name in ("reshape", "transpose"):
    method(_name, getattr(np, _name), packs=True)

for _name in ("astype", "copy", "flatten", "item", "tolist"):
    method(_name, getattr(np.ndarray, _name))

method("conj", np.conj)
method("conjugate", np.conj)

# attributes
method("T", np.transpose)
method("mT", getattr(np, "matrix_transpose", None))
method("real", np.real)
method("imag", np.imag)
for _name in ("shape", "ndim", "size"):
    method(_name, getattr(np, _name))
