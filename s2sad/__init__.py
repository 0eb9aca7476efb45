"""s2sad: derivatives of ordinary NumPy functions, as readable source."""

from . import errors
from .api import check_grad, grad, value_and_grad, vjp
from .checkpointing import checkpoint, checkpointed
from .custom import custom_vjp
from .decorated import differentiate
from .directional import jvp
from .errors import DifferentiationError
from .graphs import graph
from .jacobians import hessian, hvp, jacfwd, jacobian, jacrev, value_and_jacobian
from .rules.registry import adjoint, tangent, zero_derivative
from .runtime import stop_gradient
from .sparse import sparse_hessian, sparse_jacobian
from .surgery import adjoint_of

__version__ = "0.1.0"
from .texts import source, source_of_file

__all__ = [
    "DifferentiationError",
    "adjoint",
    "adjoint_of",
    "check_grad",
    "checkpoint",
    "checkpointed",
    "custom_vjp",
    "differentiate",
    "errors",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "graph",
    "jvp",
    "source",
    "source_of_file",
    "sparse_hessian",
    "sparse_jacobian",
    "stop_gradient",
    "tangent",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "zero_derivative",
]
