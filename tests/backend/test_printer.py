"""The printer: what it prints parses to the tree that it was given, and reads as if typed by hand."""

from __future__ import annotations

import ast
import math
import random
import sys
import sysconfig
from pathlib import Path

import pytest

from s2sad.backend import layout, printer
from s2sad.backend.printer import Comment, to_source

# Expressions that are printed exactly as they stand here.
EXACT = [
    "a[1:, ..., None]",
    "a[i, j]",
    "a[::-1]",
    "a[i + 1:]",
    "a[:-1, 1:n:2]",
    "a[()]",
    "a[(1,)]",
    "a[b[c]][d]",
    "x**2",
    "x[i] ** 2",
    "f(x) ** 2",
    "x.shape**2",
    "2**-1",
    "2 ** -x",
    "a**b**c",
    "(a**b) ** c",
    "(-2.0) ** 2",
    "-2.0**2",
    "-x**2",
    "(-x) ** 2",
    "--x",
    "-(a + b)",
    "-a * b",
    "not a and b",
    "not (a and b)",
    "a or b and c",
    "(a or b) and c",
    "a - (b - c)",
    "a - b - c",
    "a / (b * c)",
    "a * b / c",
    "a @ b @ c",
    "a | b ^ c & d << e",
    "a < b <= c is not d not in e",
    "(a < b) == c",
    "a if b else c if d else e",
    "(a if b else c) if d else e",
    "f(a if b else c)",
    "lambda: 0",
    "lambda x, /, y=1, *args, k, **kw: x",
    "(lambda x: x)(1)",
    "f(x for x in y)",
    "f((x for x in y), 1)",
    "f(*a, b, *c, k=1, **d)",
    "f(n := 1)",
    "[x for x, y in z if x if y for w in x]",
    "[x for x in (a if b else c)]",
    "{k: v for k, v in d.items()}",
    '{**a, "b": 1}',
    "{*()}",
    "(a,)",
    "()",
    "[*a, b]",
    '"it\'s"',
    "'say \"x\"'",
    '"\\n"',
    'b"\\x00\\xff"',
    "1e-12",
    "1e309",
    "2j",
    "(3).real",
    "3.0.real",
    'f"{x!r:>{width}} {{}}"',
    "f\"{d['k']}\"",
    'f"{(lambda: 1)}"',
    "None if True else ...",
    "a.b(c).d[e](f)",
    "(yield)",
    "await f(x) ** 2",
]


@pytest.mark.parametrize("text", EXACT)
def test_expressions_are_printed_as_written(text: str) -> None:
    assert to_source(ast.parse(text, mode="eval").body) == text


PROGRAM = '''\
"""A module."""

import numpy as np
from m import f as g

LIMIT = 1e-12


# a remark on f
@decorator(1)
def f(x, *a, k: int = 3, **kw) -> float:
    """What it does.

    And more.
    """
    global LIMIT
    # forward sweep
    a, b = b, a
    (c,), *rest = x
    x: float = 1.0
    x += -y
    del a, b[0]
    assert x, "message"

    def inner():
        nonlocal x
        return

    if n := f():  # line 3
        pass
    elif y:  # line 4
        return a, b
    else:
        raise X from e
    for i, j in a, b:
        continue
    else:
        break
    while True:
        x = yield
    with open(a) as b, c:
        pass
    try:
        f()
    except (A, B) as e:
        raise
    except C:
        pass
    else:
        pass
    finally:
        pass
    return a if b else c


class A(B, metaclass=C):
    """A class."""

    x: int = 3

    def method(self):
        pass

    async def other(self):
        async for x in y:
            await z


f()
'''


def test_program_is_printed_as_written() -> None:
    tree = ast.parse(PROGRAM)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    branch = next(node for node in function.body if isinstance(node, ast.If))
    branch.trailing_comment = "line 3"  # type: ignore[attr-defined]
    branch.orelse[0].trailing_comment = "line 4"  # type: ignore[attr-defined]
    function.body.insert(2, Comment(text="forward sweep"))
    tree.body.insert(tree.body.index(function), Comment(text="a remark on f"))
    assert to_source(tree) == PROGRAM


def test_long_lines_are_broken_at_the_loosest_operator() -> None:
    terms = [f"coefficient_{i} * variable_{i}" for i in range(4)]
    tree = ast.parse("def f():\n    total = " + " + ".join(terms))
    tree.body[0].body[0].trailing_comment = "line 7"  # type: ignore[attr-defined]
    lines = ["def f():", "    total = (  # line 7", "        " + terms[0]]
    lines += ["        + " + term for term in terms[1:]] + ["    )", ""]
    assert to_source(tree) == "\n".join(lines)


def test_long_calls_are_broken_inside_their_parentheses() -> None:
    names = ["first_argument_of_many", "second_argument_of_many", "third_argument_of_many", "k=the_fourth"]
    flat = "result = np.where(" + ", ".join(names) + ").sum()"
    packed = "result = np.where(\n    " + ", ".join(names) + "\n).sum()\n"
    assert to_source(ast.parse(flat)) == packed
    names += [name.replace("=", "2=") if "=" in name else name + "_again" for name in names]
    names.sort(key=lambda name: "=" in name)
    one_a_line = "result = f(\n    " + ",\n    ".join(names) + ",\n)\n"
    assert to_source(ast.parse("result = f(" + ", ".join(names) + ")")) == one_a_line


def test_long_definitions_returns_and_conditions() -> None:
    names = [f"a_long_parameter_name_{i}" for i in range(6)]
    joined = ", ".join(names)
    text = f"def f({joined}, *args, **kw):\n  if {' and '.join(names)}:\n    return {joined}\n"
    text += f"  return -({' + '.join(names)})[0]"
    printed = to_source(ast.parse(text))
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(text))
    assert max(map(len, printed.splitlines())) <= 100


def test_single_element_tuple_keeps_its_comma_when_broken() -> None:
    text = "for x in ([" + ", ".join(f"'string number {i}'" for i in range(9)) + "],): pass"
    assert ast.dump(ast.parse(to_source(ast.parse(text)))) == ast.dump(ast.parse(text))


def test_constants_that_no_literal_writes() -> None:
    power = ast.BinOp(ast.Constant(-2.0), ast.Pow(), ast.Constant(-2))
    assert to_source(power) == "(-2.0) ** -2"
    assert eval(to_source(ast.Constant(-math.inf))) == -math.inf
    assert math.isnan(eval(to_source(ast.Constant(math.nan))))
    assert eval(to_source(ast.Constant((1, (-2.5, "a"), None)))) == (1, (-2.5, "a"), None)
    assert eval(to_source(ast.Constant(1 - 2j))) == 1 - 2j
    assert eval(to_source(ast.Constant(1 << 20_000))) == 1 << 20_000


def test_numpy_scalars_print_as_plain_numbers() -> None:
    np = pytest.importorskip("numpy")
    assert to_source(ast.Constant(np.float64(0.1))) == "0.1"


def test_a_body_of_comments_still_runs() -> None:
    tree = ast.parse("if x: pass")
    tree.body[0].body = [Comment(text="nothing to do")]  # type: ignore[attr-defined]
    assert to_source(tree) == "if x:\n    # nothing to do\n    pass\n"


def test_docstrings_with_quotes_backslashes_and_trailing_blanks() -> None:
    for value in ['ends in "', 'has """ inside', "a \\ b", "blank \n  end", "tab\t\n\r", "", "\n", "\ud800"]:
        tree = ast.parse("def f(): 0")
        tree.body[0].body[0].value.value = value  # type: ignore[attr-defined]
        text = to_source(tree)
        assert ast.get_docstring(ast.parse(text).body[0], clean=False) == value  # type: ignore[arg-type]
        assert all(line == line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "with ((a, b)): pass",
        "with (yield x): pass",
        "a[(*b, c)]",
        "(x): int = 1",
        "x = yield a, b",
        "return_ = (yield)",
        "@f\n@g.h(1)\nclass A((x for x in y)): pass",
        "match x:\n  case [1, *_, a] | {'k': b, **rest} if a: pass\n  case A(1, k=None) as c: pass",
        "match x, y:\n  case -1 | m.n: pass\n  case _: pass",
        "f'''{d[\"a\"]} and \"b\" it's\\n{x:{y}.{z}}'''",
        "f'{x=}'",
        "f'{ {1: 2}[1] }'",
        "u'old'",
        "x = not a == b",
        "a = b = *c, d",
        "async def f():\n  async with a as b: return [x async for x in y]",
        "from . import a\nfrom ..b import *\nimport a.b as c, d",
        "if a:\n  pass\nelse:\n  if b: pass\n  c",
    ],
)
def test_special_cases_parse_to_the_same_tree(text: str) -> None:
    tree = ast.parse(text)
    assert ast.dump(ast.parse(to_source(tree))) == ast.dump(tree)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    "text",
    [
        "type A[T: int, *Ts, **P] = dict[T, P]",
        "def f[T](x: T) -> T: pass",
        "class A[T]: pass",
        "f'{\"a\" + f\"{x + \"b\"}\"}\\n{\"\\n\".join(y)}'",
    ],
)
def test_recent_syntax(text: str) -> None:
    tree = ast.parse(text)
    assert ast.dump(ast.parse(to_source(tree))) == ast.dump(tree)


# A fixed sample; it must not depend on what else is installed.
STANDARD_LIBRARY = """
abc argparse ast base64 bisect bdb calendar cmd codecs collections colorsys
concurrent.futures.thread configparser contextlib copy csv ctypes.util dataclasses datetime decimal
difflib dis doctest email.message enum filecmp fileinput fnmatch fractions ftplib functools getopt
glob gzip hashlib heapq html.parser http.client inspect ipaddress json.decoder linecache logging
lzma mailbox numbers operator optparse os pdb pickle platform pprint random re shutil statistics
string subprocess tarfile textwrap threading tokenize traceback types typing unittest.mock
urllib.parse uuid xml.etree.ElementTree zipfile
""".split()


@pytest.mark.parametrize("name", STANDARD_LIBRARY)
def test_standard_library_survives_the_printer(name: str) -> None:
    stem = Path(sysconfig.get_paths()["stdlib"], *name.split("."))
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    text = to_source(tree)
    assert ast.dump(ast.parse(text)) == ast.dump(tree)
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert all(line == line.rstrip() for line in text.split("\n"))


def _random_expression(rng: random.Random, depth: int) -> ast.expr:
    """A random tree, of operators mostly."""
    if depth == 0 or rng.random() < 0.1:
        constant = ast.Constant(rng.choice([1, 2.5, 1e-12, "a'b\"", 3j, None]))
        return rng.choice([ast.Name(rng.choice("abcxyz"), ast.Load()), constant])

    def part() -> ast.expr:
        return _random_expression(rng, depth - 1)

    binary = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Mod, ast.Pow, ast.Pow, ast.BitOr]
    arguments = ast.arguments([], [ast.arg("x")], None, [], [], None, [part()] if rng.random() < 0.3 else [])
    clause = ast.comprehension(ast.Name("x", ast.Store()), part(), [part()], 0)
    bounds = [part() if rng.random() < 0.5 else None for _ in range(2)]
    index = ast.Tuple([ast.Slice(*bounds), part()], ast.Load())
    return rng.choice(
        [
            lambda: ast.BinOp(part(), rng.choice(binary)(), part()),
            lambda: ast.BinOp(part(), rng.choice(binary)(), part()),
            lambda: ast.BinOp(part(), rng.choice(binary)(), part()),
            lambda: ast.UnaryOp(rng.choice([ast.USub, ast.Not, ast.UAdd, ast.Invert])(), part()),
            lambda: ast.BoolOp(rng.choice([ast.And, ast.Or])(), [part(), part(), part()]),
            lambda: ast.Compare(part(), [ast.Lt(), ast.NotIn()], [part(), part()]),
            lambda: ast.IfExp(part(), part(), part()),
            lambda: ast.Call(part(), [part(), ast.Starred(part(), ast.Load())], [ast.keyword("k", part())]),
            lambda: ast.Subscript(part(), index, ast.Load()),
            lambda: ast.Attribute(part(), "name", ast.Load()),
            lambda: ast.Lambda(arguments, part()),
            lambda: ast.NamedExpr(ast.Name("x", ast.Store()), part()),
            lambda: ast.Tuple([part() for _ in range(rng.randrange(3))], ast.Load()),
            lambda: ast.ListComp(part(), [clause]),
            lambda: ast.Call(part(), [ast.GeneratorExp(part(), [clause])], []),
            lambda: ast.Yield(part()),
        ]
    )()


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # such as the call of a number
@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_survive_the_printer(seed: int) -> None:
    rng = random.Random(seed)
    for depth in (2, 3, 3, 4):
        tree = ast.Module([ast.Assign([ast.Name("r", ast.Store())], _random_expression(rng, depth))], [])
        text = to_source(ast.fix_missing_locations(tree))
        assert ast.dump(ast.parse(text)) == ast.dump(tree), text


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_survive_short_lines(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (layout, printer):
        monkeypatch.setattr(module, "WIDTH", 16)
    rng = random.Random(seed)
    for depth in (2, 3, 3, 4):
        tree = ast.Module([ast.Assign([ast.Name("r", ast.Store())], _random_expression(rng, depth))], [])
        text = to_source(ast.fix_missing_locations(tree))
        assert ast.dump(ast.parse(text)) == ast.dump(tree), text


@pytest.mark.parametrize("outer", ["({}).max()", "({}) ** 2", "({})[0]", "({})(a)", "({}).T @ b", "({}) == b", "({}) + b", "-({})", "{} * b"])
@pytest.mark.parametrize("inner", ["-{}", "not {}", "~{}", "-({} * a)", "-{} ** 2", "not ({} or a)"])
def test_signs_of_long_expressions_stay_where_they_are(outer: str, inner: str) -> None:
    call = "np.maximum(" + ", ".join(f"argument_number_{i}" for i in range(8)) + ")"
    tree = ast.parse("r = " + outer.format(f"({inner.format(call)})"))
    assert ast.dump(ast.parse(to_source(tree))) == ast.dump(tree)
