"""From emitted text to a function: parsed again, compiled, known to `linecache` for tracebacks and debuggers."""

from __future__ import annotations

import ast
import hashlib
import inspect
import linecache
import sys
import types
from typing import Any

from ..errors import InternalCompilerError, UnsupportedSyntaxError
from ..frontend.scope import LITERAL
from .bindings import Bindings

# what a standalone text may import; helpers of s2sad's own are copied into it
COMMON = frozenset(sys.stdlib_module_names) - {"__main__"} | {"numpy", "numba", "scipy", "s2sad"}


def load(text: str, name: str, bindings: Bindings) -> Any:
    """The function `name` of the text. Raises InternalCompilerError if the text is not what it should be."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    function = defined(text, name, bindings.names, f"<s2sad {name} {digest}>")
    function.__s2sad_text__ = text, {n: obj for n, obj in bindings.names.items() if n not in bindings.written}  # for texts that call it
    return function


def defined(text: str, name: str, names: dict[str, Any], filename: str) -> Any:
    """The function `name` of the text, in which `names` stand for these objects."""
    try:
        tree = ast.parse(text, filename)
    except SyntaxError as err:
        raise InternalCompilerError(f"the emitted text does not parse: {err}\n{text}") from err
    if not any(isinstance(s, ast.FunctionDef) and s.name == name for s in tree.body):
        raise InternalCompilerError(f"the emitted text does not define {name}")
    lines = text.splitlines(keepends=True)
    # only definitions are executed: their names stand for what is given, not for what the text imports
    body: list[ast.stmt] = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    for s in tree.body:
        if s not in body:
            lines[s.lineno - 1 : s.end_lineno] = ["\n"] * ((s.end_lineno or s.lineno) - s.lineno + 1)
    linecache.cache[filename] = (len(text), None, lines, filename)
    namespace: dict[str, Any] = {"__name__": "s2sad.generated", **names}
    exec(compile(ast.Module(body, []), filename, "exec"), namespace)
    return namespace[name]


def imports(bindings: Bindings, standalone: bool = False) -> list[ast.stmt]:
    """The import statements that a text needs to stand in a file of its own."""
    plain: list[ast.stmt] = []
    named: dict[str, list[ast.alias]] = {}
    for name, obj in sorted((i for i in bindings.names.items() if i[0] not in bindings.written), key=lambda item: item[0]):
        module = bindings.modules.get(name)
        if standalone and not is_common(name, obj, module):
            continue
        if isinstance(obj, types.ModuleType):
            plain.append(ast.Import([ast.alias(obj.__name__, name if name != obj.__name__ else None)]))
            continue
        if standalone and (module or "").startswith("s2sad"):
            continue
        named_itself = getattr(obj, "__name__", None) is not None  # an instance has the module of its class
        home = module if module not in (None, "__main__") else getattr(obj, "__module__", None) if named_itself else None
        if home in (None, "__main__", LITERAL):
            continue
        home = public_home(home or "", obj)
        original = getattr(obj, "__name__", bindings.originals.get(name, name))
        if not isinstance(original, str) or not original.isidentifier() or isinstance(obj, (float, int)):
            original = bindings.originals.get(name, name)
        if (home or "").startswith("s2sad"):
            home = "s2sad.runtime"
        named.setdefault(home, []).append(ast.alias(original, name if name != original else None))
    return [*plain, *(ast.ImportFrom(home, aliases, 0) for home, aliases in sorted(named.items()))]


def public_home(home: str, obj: Any) -> str:
    """The module that users import a function of a library from: `scipy.optimize`, not `scipy.optimize._zeros_py`."""
    public = home.partition("._")[0]
    found = getattr(sys.modules.get(public), str(getattr(obj, "__name__", "")), None)
    return public if found is obj else home


def is_common(name: str, obj: Any, module: str | None) -> bool:
    """Whether a text may import an object without the program it was made from."""
    home = obj.__name__ if isinstance(obj, types.ModuleType) else module or getattr(obj, "__module__", None)
    return str(home).split(".")[0] in COMMON


def written_out(bindings: Bindings) -> list[str]:
    """Definitions of what a standalone module cannot import. Refused for anything but plain constants."""
    lines = []
    for name, obj in sorted(bindings.names.items()):
        if name in bindings.written or is_common(name, obj, bindings.modules.get(name)):
            continue
        text = _literal(obj)
        if text is None:
            home = bindings.modules.get(name) or getattr(obj, "__module__", None) or "the program"
            raise UnsupportedSyntaxError(
                f"a standalone text cannot import {name!r} from {home}, and its value is not a literal",
                hint="leave --standalone (standalone=True) out, or pass the value in")  # fmt: skip
        lines.append(f"{name} = {text}")
    return lines


def _literal(value: Any) -> str | None:
    """The literal for a constant, None if there is none."""
    try:
        same = type(value) in (int, float, complex, str, bool, tuple, list, dict, set) and ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError):
        return None
    return repr(value) if same else None


def helper_sources(bindings: Bindings) -> tuple[list[str], list[str]]:
    """The imports and the text of the run-time helpers a standalone module needs, helpers of helpers included."""
    todo = [o for n, o in bindings.names.items() if n not in bindings.written and (getattr(o, "__module__", "") or "").startswith("s2sad")]
    seen: dict[str, str] = {}
    imported: set[str] = set()
    while todo:
        fn = todo.pop(0)
        if not isinstance(fn, (types.FunctionType, type)) or fn.__name__ in seen:
            continue
        space = vars(sys.modules[fn.__module__])
        seen[fn.__name__] = text = inspect.getsource(fn)
        for used in sorted({n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}):
            obj = space.get(used)
            home = getattr(obj, "__module__", None) or ""
            if isinstance(obj, types.ModuleType):
                imported.add(f"import {obj.__name__}" + (f" as {used}" if used != obj.__name__ else ""))
            elif isinstance(obj, (types.FunctionType, type)) and home.startswith("s2sad"):
                todo.append(obj)
            elif obj is not None:
                imported.add(f"from {home} import {used}")
    return sorted(imported), list(seen.values())
