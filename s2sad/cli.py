"""The command line: `s2sad grad`, `s2sad graph`, `s2sad check`, `s2sad rules`.

Exit status: 0 when done, 1 when a program is refused or a check fails, 2 when the command itself is wrong (a
file or function that is not there, arguments that do not fit).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import errno
import inspect
import os
import sys
import tokenize
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from s2sad.cli_rules import add_rules
from s2sad.errors import DifferentiationError, SignatureError, Span, UnknownWrtError, UnsupportedSyntaxError
from s2sad.files import import_file, write_whole
from s2sad.literals import ArgumentsError, parse_arguments
from s2sad.terminal import UsageError, highlighted, suggestion

Wrt = int | str | tuple[int | str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with `argv` (default: the process's own arguments) and return the exit status."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return stop.code if isinstance(stop.code, int) else 2
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except (UsageError, ArgumentsError) as error:
        print(f"s2sad: error: {error}", file=sys.stderr)
        return 2
    except DifferentiationError as error:
        wrong = isinstance(error, UnknownWrtError | SignatureError)
        print(f"s2sad: error: {error}" if wrong and error.span is None else error, file=sys.stderr)
        return 2 if wrong else 1
    except BrokenPipeError:
        # The reader (a pager, `head`) has gone; nothing is left to flush to, not even at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, UnicodeEncodeError) as error:  # a full disk, an output that cannot hold the names
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        print(f"s2sad: error: cannot write the result: {error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
        return 1
    except Exception as error:
        traceback.print_exc()
        print(f"s2sad: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="s2sad", description="Write the gradient of a Python function as readable NumPy source."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    grad = commands.add_parser("grad", help="print the source of a gradient")
    _source_options(grad, "adjoint")
    grad.add_argument("--value", action="store_true", help="return the value together with the gradient")
    grad.set_defaults(run=_source, mode="reverse")

    jvp = commands.add_parser("jvp", help="print the source of the function that returns value and tangent (forward mode)")
    _source_options(jvp, "tangent")
    jvp.set_defaults(run=_source, mode="forward", value=False)

    graph = commands.add_parser("graph", help="write the computation graph, as a picture or as text")
    graph.add_argument("target", metavar="FILE:FUNC", help="the function, or FILE:Class.method")
    graph.add_argument("--wrt", metavar="x,y", help="parameters to differentiate with respect to; with --at, default: all that hold floats")
    graph.add_argument("--signature", metavar="TYPES", help='types of the parameters, such as "x: f8[n], k: int"')
    graph.add_argument(
        "--at",
        metavar="ARGS",
        help="run the function with these arguments ('w1=2, w2=3') and show values and adjoints",
    )
    graph.add_argument("--along", metavar="TANGENTS", help="with --at: tangents of arguments ('w1=1'), shown instead of adjoints")
    graph.add_argument("--import", dest="live", action="store_true", help="import (so run) the file instead of only reading its text")
    graph.add_argument("-o", "--output", metavar="OUT", help="OUT.svg (needs Graphviz), OUT.dot or OUT.mmd; default: print Mermaid text")
    graph.set_defaults(run=_graph)
    explain = commands.add_parser("explain", help="say which loops of a gradient Numba can compile, and why not the others")
    explain.add_argument("target", metavar="FILE:FUNC", help="the function, or FILE:Class.method")
    explain.add_argument("--wrt", metavar="x,y", help="parameters (names or positions); default: the first that may hold floats")
    explain.add_argument("--signature", metavar="TYPES", help='types of the parameters, such as "x: f8[n], k: int"')
    explain.set_defaults(run=_explain)

    check = commands.add_parser("check", help="compare a gradient with finite differences (runs the file)")
    check.add_argument("target", metavar="FILE:FUNC", help="the function, or FILE:Class.method")
    check.add_argument(
        "--args",
        default="",
        metavar="ARGS",
        help="arguments as between a call's parentheses: '2.0, np.linspace(0, 1, 5), n=3'",
    )
    check.add_argument(
        "--wrt", metavar="x,y", help="parameters (names or positions); default: all that hold floats"
    )
    check.set_defaults(run=_check)

    cache = commands.add_parser("cache", help="the emitted functions that are kept on disk: list them, or remove them")
    what = cache.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the files with their sizes, those used last first")
    what.add_argument("--clear", action="store_true", help="remove them all")
    what.add_argument("--path", action="store_true", help="print the folder that they are in")
    cache.set_defaults(run=_cache)

    add_rules(commands)
    return parser


def _source_options(command: argparse.ArgumentParser, middle: str) -> None:
    """The options of the commands that print source; `middle` is the stage between elementary form and source."""
    command.add_argument("target", metavar="FILE:FUNC", help="the function, or FILE:Class.method")
    command.add_argument("--wrt", metavar="x,y", help="parameters (names or positions); default: the first that may hold floats")
    command.add_argument(
        "--signature", metavar="TYPES", help='types of the parameters, such as "x: f8[n], W: f8[n,m], k: int"'
    )
    command.add_argument(
        "--stage",
        choices=("elementary", middle, "source"),
        default="source",
        help=f"print the function's elementary form, its {middle} in that form, or the source (default)",
    )
    command.add_argument("--standalone", action="store_true", help="a whole module that needs NumPy only (and Numba, with its backend)")
    command.add_argument(
        "--backend", choices=("numpy", "numba"), default="numpy", help="numba: loops and what is around them as functions that Numba compiles"
    )
    if middle == "adjoint":
        command.add_argument(
            "--block", metavar="N", type=int, help="run chains of elementwise operations on vectors N elements at a time, e.g. 16384"
        )
        command.add_argument("--workers", metavar="N", type=int, default=1, help="threads that run these blocks")
    command.add_argument(
        "--import",
        dest="live",
        action="store_true",
        help="import (so run) the file instead of only reading its text",
    )
    command.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of standard output")


# --- the commands -------------------------------------------------------------------------------------------


def _source(options: argparse.Namespace) -> int:
    import s2sad
    from s2sad.by_types import default_wrt

    path, name = _target(options.target)
    if options.output not in (None, "-"):
        _refuse_output(options.output, path)
    wrt: Any = _wrt(options.wrt)
    if options.live:
        extra: dict[str, Any] = {key: True for key in ("value", "standalone") if getattr(options, key)}
        function = _live_function(path, name)
        wrt = default_wrt(function, options.signature) if wrt is None else wrt
        text = s2sad.source(
            function, wrt=wrt, signature=options.signature, stage=options.stage, mode=options.mode, backend=options.backend,
            block=getattr(options, "block", None), workers=getattr(options, "workers", 1), **extra
        )  # fmt: skip
    else:
        _find(path, name)
        text = s2sad.source_of_file(
            str(path),
            name,
            wrt=wrt,
            signature=options.signature,
            value=options.value,
            stage=options.stage,
            standalone=options.standalone,
            mode=options.mode,
            backend=options.backend,
            block=getattr(options, "block", None),
            workers=getattr(options, "workers", 1),
        )
    text = text.rstrip("\n") + "\n"
    if options.output in (None, "-"):
        sys.stdout.write(highlighted(text))
    else:
        try:
            write_whole(options.output, text)
        except OSError as error:
            raise UsageError(f"cannot write {options.output}: {error.strerror}") from None
    return 0


GRAPH_SUFFIXES = (".svg", ".dot", ".mmd")


def _graph(options: argparse.Namespace) -> int:
    from s2sad.graphs import graph, graph_of_file

    path, name = _target(options.target)
    output = None if options.output == "-" else options.output
    if output is not None:
        _refuse_output(output, path)
        if Path(output).suffix not in GRAPH_SUFFIXES:
            raise UsageError(f"-o {output} should end in {', '.join(GRAPH_SUFFIXES[:-1])} or {GRAPH_SUFFIXES[-1]}")
    if options.along is not None and options.at is None:
        raise UsageError("--along needs a point: --at")
    wrt = _wrt(options.wrt)
    at = None if options.at is None else parse_arguments(options.at)
    along = None if options.along is None else _tangents(options.along)
    if options.live:
        args, kwargs = at or ([], {})
        function = _live_function(path, name)
        made = lambda: graph(function, *args, wrt=wrt, along=along, **kwargs)  # noqa: E731
    else:
        _find(path, name)
        made = lambda: graph_of_file(path, name, wrt, at, along, options.signature)  # noqa: E731
    try:
        found = made()
    except DifferentiationError:
        raise
    except Exception:
        if at is None:
            raise
        traceback.print_exc()
        print(f"s2sad: {name} fails with these arguments", file=sys.stderr)
        return 1
    if output is None:
        sys.stdout.write(found.mermaid())
        return 0
    try:
        kind = Path(output).suffix
        write_whole(output, found.mermaid() if kind == ".mmd" else found.dot() if kind == ".dot" else found.svg())
    except ImportError:
        raise UsageError(f"{output} needs the package graphviz (pip install graphviz); OUT.mmd needs nothing") from None
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror or error}; OUT.mmd needs no other program") from None
    return 0


def _tangents(text: str) -> dict[str, Any]:
    args, kwargs = parse_arguments(text)
    if args:
        raise UsageError(f"--along takes tangents by name, such as 'w1=1', not {text!r}")
    return kwargs


def _explain(options: argparse.Namespace) -> int:
    import s2sad

    path, name = _target(options.target)
    _find(path, name)
    wrt: Any = _wrt(options.wrt)
    text = s2sad.source_of_file(
        str(path), name, wrt=wrt, signature=options.signature, value=True, stage="explain", backend="numba"
    )
    print(text)
    return 0


def _check(options: argparse.Namespace) -> int:
    import s2sad

    path, name = _target(options.target)
    args, kwargs = parse_arguments(options.args)
    wrt = _wrt(options.wrt)
    function = _live_function(path, name)
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        raise UsageError(f"--args does not fit {name}{inspect.signature(function)}: {error}") from None
    except ValueError:  # a callable without a signature: the call itself will tell
        pass
    try:
        function(*args, **kwargs)
    except Exception:
        traceback.print_exc()
        print(f"s2sad: {name} itself fails with these arguments", file=sys.stderr)
        return 1
    args, kwargs = parse_arguments(options.args)  # the function may have stored to the first ones
    difference = s2sad.check_grad(function, *args, wrt=wrt, **kwargs)
    print(f"{name}: the gradient agrees with finite differences (largest relative error {difference:.1e})")
    return 0


def _cache(options: argparse.Namespace) -> int:
    from s2sad.cache import folder

    if options.path:
        print(folder.path())
    elif options.clear:
        print(f"removed {_counted(folder.clear())} from {folder.path()}")
    elif options.list:
        for file in reversed(folder.files()):
            print(f"{file.size:>8}  {file.name}")
    else:
        found = folder.files()
        size = sum(file.size for file in [*found, *folder.files(".numba")])
        state = "" if folder.enabled() else "; switched off by S2SAD_CACHE"
        print(f"{folder.path()}: {_counted(len(found))}, {size / 1e6:.1f} MB{state}")
    return 0


def _counted(number: int) -> str:
    return f"{number} emitted function{'' if number == 1 else 's'}"


# --- what the arguments mean --------------------------------------------------------------------------------


def _target(text: str) -> tuple[Path, str]:
    """Split FILE:FUNC and check that the file is there."""
    file, colon, name = text.rpartition(":")
    # C:\model.py has a colon, but no function after it.
    if colon and (not name or "<locals>" in name) and Path(file).is_file():
        known = _functions(_parse(Path(file)))
        problem = f"{name} is a local function, of which there is one for each call" if name else "no function is named after the colon"
        raise UsageError(problem + suggestion([], known))
    if not colon or not all(part.isidentifier() for part in name.split(".")):
        file, name = text, ""
    path = Path(file)
    if not path.exists():
        near = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, near, n=3)
        raise UsageError(f"no such file: {file}" + suggestion([str(path.parent / c) for c in close]))
    if not path.is_file():
        raise UsageError(f"{file} is not a file")
    if not name:
        known = _functions(_parse(path))
        raise UsageError(f"expected FILE:FUNC; {file} defines: {', '.join(known) or 'no function'}")
    return path, name


def _wrt(text: str | None) -> Wrt | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isidentifier() or part.isdecimal() for part in parts):
        raise UsageError(f"--wrt takes parameter names or positions separated by commas, not {text!r}")
    wrt = tuple(int(part) if part.isdecimal() else part for part in parts)
    return wrt[0] if len(wrt) == 1 else wrt


def _parse(path: Path) -> ast.Module:
    """The file's syntax tree; a file that is no Python is refused with a caret, like any other program."""
    try:
        with tokenize.open(path) as file:
            return ast.parse(file.read(), str(path))
    except SyntaxError as error:
        line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
        stop = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else column + 1
        span = Span(str(path), line, column, line, max(stop, column + 1), error.text or "")
        raise UnsupportedSyntaxError(f"not Python: {error.msg}", span, construct="syntax error") from None
    except (UnicodeDecodeError, ValueError) as error:
        raise UnsupportedSyntaxError(f"{path} is not Python source: {error}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _functions(tree: ast.Module) -> list[str]:
    """The qualified names of the functions that a module's text defines, methods as Class.method."""
    names: dict[str, None] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                names[prefix + child.name] = None
            elif isinstance(child, ast.ClassDef):
                visit(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Lambda):
                names.update({prefix + t.id: None for t in child.targets if isinstance(t, ast.Name)})
            elif isinstance(child, ast.stmt):  # functions may stand under `if` and `try`
                visit(child, prefix)

    visit(tree, "")
    return list(names)


def _find(path: Path, name: str) -> None:
    """Check that the text binds `name`: as a function, or in a way that only the compiler can judge."""
    tree = _parse(path)
    known = _functions(tree)
    bound = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    aliases = [
        a for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for a in node.names
    ]
    bound |= {(alias.asname or alias.name).split(".")[0] for alias in aliases}
    if name not in known and any(isinstance(n, ast.ClassDef) and n.name == name for n in tree.body):
        methods = [k for k in known if k.startswith(f"{name}.")]
        raise UsageError(f"{name} in {path} is a class" + suggestion([], methods))
    head, _, method = name.partition(".")
    inherits = any(isinstance(n, ast.ClassDef) and n.name == head and n.bases for n in ast.walk(tree))
    if name in known or "*" in bound or (head in bound and (not method or inherits)):
        return
    raise UsageError(f"no function {name!r} in {path}" + suggestion(_close(name, known), known))


def _close(name: str, known: Sequence[str]) -> list[str]:
    # A bare method name is a likely slip too.
    methods = [k for k in known if k.rpartition(".")[2] == name]
    return methods or difflib.get_close_matches(name, known, n=3)


# --- running the file ---------------------------------------------------------------------------------------


def _live_function(path: Path, name: str) -> Callable[..., Any]:
    _parse(path)  # a syntax error is shown as such, not as a failed import
    found: Any
    try:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is for what this program writes
            found = import_file(path)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        raise DifferentiationError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            known = _functions(_parse(path))
            raise UsageError(
                f"no function {name!r} in {path}" + suggestion(_close(name, known), known)
            ) from None
    if not callable(found):
        raise UsageError(f"{name} in {path} is not a function but {type(found).__name__}")
    return found


# --- output -------------------------------------------------------------------------------------------------


def _refuse_output(output: str, source: Path) -> None:
    """Complain about an output that cannot be meant, before any work is done."""
    target = Path(output)
    if target.is_dir():
        raise UsageError(f"cannot write {output}: it is a folder")
    if not target.parent.is_dir():
        raise UsageError(f"cannot write {output}: there is no folder {target.parent}")
    if target.exists() and target.samefile(source):
        raise UsageError(f"-o {output} would overwrite the function's own source")
