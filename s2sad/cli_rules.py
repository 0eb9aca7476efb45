"""`s2sad rules`: the functions that have derivative rules, and what the rules say."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import inspect
import operator
import re
import sys
from typing import Any

import numpy as np

from .coverage import markdown, text
from .rules import registry
from .terminal import UsageError, highlighted, suggestion


def add_rules(commands: Any) -> None:
    """Add the command to those of the program."""
    rules = commands.add_parser("rules", help="list the derivative rules, or show those of one function")
    rules.add_argument("name", nargs="?", metavar="NAME", help="a function, such as np.tanh, math.sqrt or tanh")
    rules.add_argument("--coverage", action="store_true", help="all functions of NumPy, math, cmath and SciPy, with what is supported")
    rules.add_argument("--markdown", action="store_true", help="with --coverage: as the page docs/rules.md")
    rules.set_defaults(run=_rules)


def _rules(options: argparse.Namespace) -> int:
    for library in registry.libraries_with_rules():
        with contextlib.suppress(ImportError):
            importlib.import_module(library)  # its rules are there only when it is
    texts: dict[str, str] = {}
    for function, rule in registry.adjoint_rules().items():
        forward = registry.tangent_rule(function)
        codes = [rule.code, forward.code] if forward else [rule.code]
        texts[_name(function)] = "\n\n".join(_text_of(code) for code in codes) + "\n"
    for function, expand in registry.expansions().items():
        texts.setdefault(_name(function), _text_of(expand) + "\n")
    for function in registry.zero_functions():
        texts.setdefault(_name(function), f"# {_name(function)}: its result has no derivative, or zero\n")
    if options.markdown and not options.coverage:
        raise UsageError("--markdown goes with --coverage")
    if options.coverage:
        if options.name is not None:
            raise UsageError("--coverage lists all functions; leave NAME out")
        sys.stdout.write(markdown() if options.markdown else text())
        return 0
    if options.name is None:
        sys.stdout.write("".join(f"{name}\n" for name in sorted(texts)))
        return 0
    asked = re.sub(r"^numpy\.", "np.", options.name)
    with contextlib.suppress(AttributeError):  # np.abs is another name of np.absolute
        asked = (
            _name(operator.attrgetter(asked.removeprefix("np."))(np)) if asked.startswith("np.") else asked
        )
    found = [name for name in sorted(texts) if asked in (name, name.rpartition(".")[2])]
    if not found:
        plain = {name.rpartition(".")[2]: name for name in texts}
        close = difflib.get_close_matches(asked, [*texts, *plain], n=3)
        raise UsageError(f"no rule for {options.name}" + suggestion(list(dict.fromkeys(plain.get(name, name) for name in close))))
    # Functions that share a template show it once.
    sys.stdout.write(highlighted("\n\n".join(dict.fromkeys(texts[name] for name in found))))
    return 0


def _name(function: Any) -> str:
    """The name that people write for a function: np.sum, math.sqrt, abs."""
    name = getattr(function, "__name__", None) or str(function)
    for module, prefix in (("numpy", "np."), ("numpy.linalg", "np.linalg."), ("numpy.fft", "np.fft.")):
        if module in sys.modules and vars(sys.modules[module]).get(name) is function:
            return prefix + name
    for module in registry.libraries_with_rules():
        if getattr(sys.modules.get(module), name, None) is function:
            return f"{module}.{name}"
    module = (getattr(function, "__module__", None) or "").lstrip("_")
    name = getattr(function, "__qualname__", name)
    return name if module in ("", "builtins") else f"{module}.{name}"


def _text_of(template: Any) -> str:
    try:
        return inspect.getsource(template).rstrip()
    except OSError:  # registered by code that has no file
        return f"# the source of {template.__name__} is not known"
