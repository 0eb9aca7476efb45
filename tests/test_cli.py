"""The command line: what it prints, what it refuses, its exit status, and the files it writes."""

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import cli
from s2sad.errors import NoRuleError, Span, UnknownWrtError
from s2sad.literals import ArgumentsError, parse_arguments
from s2sad.rules import registry

PROGRAM = '''\
"""A small program."""
import numpy as np

print("this module was run")


def y(w1, w2):
    return w1 * w2 + np.sin(w1)


def dots(x, scale=1.0, n=1):
    total = 0.0
    for _ in range(n):
        total = total + scale * np.sum(x * x)
    return total


def stores(x):
    x[0] = 2.0 * x[0]
    return np.sum(x * x)


def fails(x):
    raise RuntimeError("out of range")


def unsupported(x):
    y = np.sin(x)
    exec("y = 0.0")
    return y


class Model:
    @staticmethod
    def energy(x):
        return x**3


square = lambda x: x * x
'''


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Replace the compiler by a stub, for tests of the command line alone; the list gets each call."""
    calls: list[dict] = []

    def source_of_file(path, func, **options):
        calls.append({"path": path, "func": func, **options})
        return "def y_grad(w1, w2):\n    return w2"

    monkeypatch.setattr(s2sad, "source_of_file", source_of_file, raising=False)
    return calls


def run(*argv: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "s2sad", *argv],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=120,
    )


# --- the real thing -----------------------------------------------------------------------------------------


def test_grad_prints_source_that_runs_and_never_runs_the_module(program: Path):
    done = run("grad", f"{program}:y", "--wrt", "w1,w2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "this module was run" not in done.stdout
    assert "\x1b" not in done.stdout
    names: dict = {"np": np}
    exec(done.stdout, names)
    assert names["y_grad"](2.0, 3.0) == pytest.approx((2.5838531634528574, 2.0), abs=1e-12)


def test_value_and_standalone_write_a_module_that_needs_numpy_only(program: Path, tmp_path: Path):
    out = tmp_path / "gradient.py"
    done = run(
        "grad", f"{program}:dots", "--value", "--standalone", "--signature", "x: f8[n]", "-o", str(out)
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = out.read_text()
    modules = {
        name.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for name in node.names
    }
    assert modules <= {"numpy", "math"}
    assert "s2sad" not in {
        node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)
    }
    names: dict = {}
    exec(text, names)
    function = next(v for k, v in names.items() if k.startswith("dots_") and callable(v))
    value, gradient = function(np.array([1.0, 2.0]), 3.0, 2)
    assert value == pytest.approx(30.0)
    np.testing.assert_allclose(gradient, [12.0, 24.0])


@pytest.mark.parametrize("stage", ["elementary", "adjoint", "source"])
def test_every_stage_prints_something(program: Path, capsys: pytest.CaptureFixture, stage: str):
    assert cli.main(["grad", f"{program}:y", "--stage", stage]) == 0
    assert "w1" in capsys.readouterr().out


def test_import_uses_the_live_module(program: Path, capsys: pytest.CaptureFixture):
    assert cli.main(["grad", f"{program}:y", "--import"]) == 0
    captured = capsys.readouterr()
    assert "this module was run" in captured.err
    assert captured.out.startswith("import numpy as np\n")
    ast.parse(captured.out)


def test_a_refusal_shows_the_line_and_a_caret_and_writes_no_file(program: Path, tmp_path: Path):
    out = tmp_path / "gradient.py"
    done = run("grad", f"{program}:unsupported", "-o", str(out))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{program}:29:")
    assert "exec(" in done.stderr
    assert "^^^^" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_an_unknown_parameter_is_a_wrong_command(program: Path, capsys: pytest.CaptureFixture):
    assert cli.main(["grad", f"{program}:y", "--wrt", "w3"]) == 2
    assert "w3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("y", "2.0, 3.0"),
        ("dots", "np.linspace(0.5, 1, 4), n=3"),
        ("stores", "np.array([1.0, 2.0])"),
        ("Model.energy", "2.0"),
        ("square", "3.0"),
    ],
)
def test_check_agrees_with_finite_differences(
    program: Path, capsys: pytest.CaptureFixture, name: str, args: str
):
    assert cli.main(["check", f"{program}:{name}", "--args", args]) == 0
    assert f"{name}: the gradient agrees with finite differences" in capsys.readouterr().out


def test_rules_lists_rules_whose_source_is_not_known(monkeypatch, capsys):
    namespace = {}
    exec(compile("def sourceless(y, x):\n    x_bar = y_bar\n", "<nowhere>", "exec"), namespace)
    known = registry.adjoint_rules()
    rule = registry.Rule((abs,), namespace["sourceless"])
    monkeypatch.setattr(registry, "adjoint_rules", lambda: {**known, np.sinc: rule})
    assert cli.main(["rules", "np.sinc"]) == 0
    assert "the source of sourceless is not known" in capsys.readouterr().out


def test_rules_lists_rules_and_shows_templates(capsys: pytest.CaptureFixture):
    assert cli.main(["rules"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert "np.tanh" in names
    assert names == sorted(names)
    assert cli.main(["rules", "tanh"]) == 0
    assert "x_bar = " in capsys.readouterr().out
    assert cli.main(["rules", "numpy.tanh"]) == 0
    capsys.readouterr()
    assert cli.main(["rules", "tahn"]) == 2
    assert "did you mean" in capsys.readouterr().err


@pytest.mark.parametrize("signature", ["w1: f8[n", "w1: f8[n]]", "w1: f99", "w1 float", "w3: float"])
def test_a_bad_signature_is_a_wrong_command(program: Path, capsys: pytest.CaptureFixture, signature: str):
    assert cli.main(["grad", f"{program}:y", "--signature", signature]) == 2
    assert capsys.readouterr().err.startswith("s2sad: error: ")


def test_names_of_kinds_are_words(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = tmp_path / "kinds.py"
    path.write_text("def f(x):\n    match x:\n        case 1: return x\n    return x\n")
    assert cli.main(["grad", f"{path}:f"]) == 1
    err = capsys.readouterr().err
    assert "match statements are not supported" in err
    assert "(match statement)" in err
    path.write_text("def f():\n    return 1.0\n")
    assert cli.main(["grad", f"{path}:f"]) == 2
    assert "f() has no parameter to differentiate with respect to" in capsys.readouterr().err


def test_the_default_is_the_first_parameter_that_holds_floats(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = tmp_path / "model_of_one.py"
    path.write_text("class C:\n    def m(self, n: int, x):\n        return x * n\n")
    for option in ([], ["--import"]):
        assert cli.main(["grad", f"{path}:C.m", *option]) == 0
        assert "Gradient of m with respect to x" in capsys.readouterr().out


# --- the command line alone ---------------------------------------------------------------------------------


def test_options_reach_the_compiler(program: Path, emitted: list[dict], capsys: pytest.CaptureFixture):
    argv = ["grad", f"{program}:y", "--wrt", "w1, 1", "--value", "--standalone", "--signature", "w1: float"]
    assert cli.main([*argv, "--stage", "adjoint"]) == 0
    assert emitted == [
        {
            "path": str(program),
            "func": "y",
            "wrt": ("w1", 1),
            "signature": "w1: float",
            "value": True,
            "stage": "adjoint",
            "standalone": True,
            "mode": "reverse",
            "backend": "numpy",
            "block": None,
            "workers": 1,
        }
    ]
    assert capsys.readouterr().out == "def y_grad(w1, w2):\n    return w2\n"
    assert cli.main(["grad", f"{program}:y"]) == 0
    assert emitted[-1]["wrt"] is None
    assert cli.main(["grad", f"{program}:y", "--block", "4096", "--workers", "2"]) == 0
    assert (emitted[-1]["block"], emitted[-1]["workers"]) == (4096, 2)
    assert cli.main(["grad", f"{program}:Model.energy", "--wrt", "x"]) == 0
    assert (emitted[-1]["func"], emitted[-1]["wrt"]) == ("Model.energy", "x")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["grad", "{dir}/progam.py:y"], "no such file: {dir}/progam.py; did you mean {dir}/program.py?"),
        (["grad", "{dir}:y"], "is not a file"),
        (["grad", "{dir}/program.py"], "expected FILE:FUNC; {dir}/program.py defines: y, dots"),
        (["grad", "{dir}/program.py:dot"], "no function 'dot' in {dir}/program.py; did you mean dots?"),
        (["grad", "{dir}/program.py:"], "no function is named after the colon; it defines: y, dots"),
        (["grad", "{dir}/program.py:Model"], "Model in {dir}/program.py is a class; it defines: Model.energy"),
        (["grad", "{dir}/program.py:f.<locals>.g"], "is a local function"),
        (["grad", "{dir}/program.py:energy"], "did you mean Model.energy?"),
        (["grad", "{dir}/program.py:Model.enrgy"], "did you mean Model.energy?"),
        (["grad", "{dir}/program.py:qqqq"], "it defines: y, dots, stores, fails, unsupported, Model.energy"),
        (["grad", "{dir}/program.py:y", "--wrt", "w1,"], "--wrt takes parameter names"),
        (["grad", "{dir}/program.py:y", "-o", "{dir}"], "it is a folder"),
        (["grad", "{dir}/program.py:y", "-o", "{dir}/no/out.py"], "there is no folder"),
        (["grad", "{dir}/program.py:y", "-o", "{dir}/program.py"], "would overwrite"),
        (["check", "{dir}/program.py:ys", "--args", "1.0"], "no function 'ys'"),
        (["check", "{dir}/program.py:y", "--args", "1.0"], "--args does not fit y(w1, w2): missing"),
        (["check", "{dir}/program.py:y", "--args", "1.0 2.0"], "not a list of Python arguments"),
        (["check", "{dir}/program.py:np", "--args", "1.0"], "is not a function but module"),
        (["grad", "{dir}/program.py:y", "--stage", "tokens"], "invalid choice"),
        (["frobnicate"], "invalid choice"),
        ([], "required"),
    ],
)
def test_wrong_commands(
    program: Path, emitted: list[dict], capsys: pytest.CaptureFixture, argv: list[str], message: str
):
    folder = str(program.parent)
    assert cli.main([arg.replace("{dir}", folder) for arg in argv]) == 2
    captured = capsys.readouterr()
    assert message.replace("{dir}", folder) in captured.err
    assert emitted == []
    assert program.read_text() == PROGRAM


def test_help_is_not_an_error(capsys: pytest.CaptureFixture):
    assert cli.main(["grad", "--help"]) == 0
    assert "FILE:FUNC" in capsys.readouterr().out


def test_a_syntax_error_gets_a_caret(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = tmp_path / "broken.py"
    path.write_text("def f(x):\n    return x +* 2\n")
    for command in ("grad", "check"):
        assert cli.main([command, f"{path}:f"]) == 1
        lines = capsys.readouterr().err.splitlines()
        assert lines[0].startswith(f"{path}:2:")
        assert "return x +* 2" in lines[3]
        assert "^" in lines[4]
    path.write_bytes(b"\xff\xfe\x00")
    assert cli.main(["grad", f"{path}:f"]) == 1


def test_failures_of_the_users_own_code(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    assert cli.main(["check", f"{program}:fails", "--args", "1.0"]) == 1
    captured = capsys.readouterr()
    assert "RuntimeError: out of range" in captured.err
    assert "fails itself fails" in captured.err
    script = tmp_path / "script.py"
    script.write_text("import sys\ndef f(x): return x\nsys.exit(3)\n")
    assert cli.main(["check", f"{script}:f", "--args", "1.0"]) == 1
    assert "cannot be imported: SystemExit: 3" in capsys.readouterr().err


def test_a_file_named_like_a_loaded_module_does_not_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "numpy.py").write_text("def f(x):\n    return x\n")
    assert cli._live_function(tmp_path / "numpy.py", "f")(3) == 3
    assert sys.modules["numpy"] is np


def test_a_file_inside_a_package_may_import_its_neighbours(tmp_path: Path):
    package = tmp_path / "s2sad_test_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from .b import twice\ndef f(x):\n    return twice(x)\n")
    (package / "b.py").write_text("def twice(x):\n    return 2 * x\n")
    assert cli._live_function(package / "a.py", "f")(3) == 6


@pytest.mark.parametrize(("error", "status"), [(NoRuleError, 1), (UnknownWrtError, 2), (KeyError, 1)])
def test_errors_of_the_compiler(program: Path, monkeypatch, capsys, tmp_path: Path, error, status: int):
    out = tmp_path / "out.py"
    out.write_text("old")

    def source_of_file(path, func, **options):
        raise error("bad", *([] if error is KeyError else [Span(path, 1, 0, 1, 3, "abc")]))

    monkeypatch.setattr(s2sad, "source_of_file", source_of_file, raising=False)
    assert cli.main(["grad", f"{program}:y", "-o", str(out)]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ("^^^" if error is not KeyError else "internal error: KeyError") in captured.err
    assert out.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.py", "program.py"]


def test_output_is_replaced_whole_and_keeps_its_permissions(
    program: Path, tmp_path: Path, emitted: list[dict], monkeypatch: pytest.MonkeyPatch, capsys
):
    out = tmp_path / "out.py"
    assert cli.main(["grad", f"{program}:y", "-o", str(out)]) == 0
    assert out.read_text() == "def y_grad(w1, w2):\n    return w2\n"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~umask

    out.write_text("old")
    out.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(out)
    assert cli.main(["grad", f"{program}:y", "-o", str(link)]) == 0
    assert link.is_symlink()
    assert out.read_text().startswith("def y_grad")
    assert stat.S_IMODE(out.stat().st_mode) == 0o640

    def replace(*_):
        raise OSError(28, "No space left on device")

    out.write_text("old")
    monkeypatch.setattr(os, "replace", replace)
    assert cli.main(["grad", f"{program}:y", "-o", str(out)]) == 2
    assert "No space left" in capsys.readouterr().err
    assert out.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.py", "out.py", "program.py"]


def test_output_to_a_device_or_a_dash(program: Path, emitted: list[dict], capsys: pytest.CaptureFixture):
    assert cli.main(["grad", f"{program}:y", "-o", os.devnull]) == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert capsys.readouterr().out == ""
    assert cli.main(["grad", f"{program}:y", "-o", "-"]) == 0
    assert "def y_grad" in capsys.readouterr().out


def test_colours_only_on_a_terminal_that_wants_them(
    program: Path, emitted: list[dict], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    pytest.importorskip("pygments")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def printed() -> str:
        assert cli.main(["grad", f"{program}:y"]) == 0
        return capsys.readouterr().out

    assert "\x1b[" not in printed()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[" in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in printed()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setitem(sys.modules, "pygments", None)
    assert "\x1b[" not in printed()


# --- arguments as text --------------------------------------------------------------------------------------


def test_arguments_are_read():
    args, kwargs = parse_arguments(
        "-2.0, [1, (2, 3)], {'a': None}, 'text', np.pi / 2, math.sqrt(4.0), k=True"
    )
    assert args == [-2.0, [1, (2, 3)], {"a": None}, "text", np.pi / 2, 2.0]
    assert kwargs == {"k": True}
    (array, column, sample), _ = parse_arguments(
        "numpy.linspace(0, 1, 3), np.ones((2, 1)).T.astype(np.float32), "
        "np.random.default_rng(0).normal(size=3),  # a comment"
    )
    np.testing.assert_array_equal(array, [0.0, 0.5, 1.0])
    assert (column.shape, column.dtype) == ((1, 2), np.float32)
    np.testing.assert_array_equal(sample, np.random.default_rng(0).normal(size=3))
    assert parse_arguments("") == ([], {})


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "open('x')",
        "__import__('os').system('true')",
        "().__class__",
        "np.load('x')",
        "np.ones(3).tofile('x')",
        "np.random.default_rng(0).__class__",
        "np.lib.format.open_memmap('x')",
        "np.sin.__class__",
        "math.__loader__",
        "(lambda: 1)()",
        "[i for i in (1, 2)]",
        "f'{1}'",
        "*[1]",
        "**{}",
        "1)(2",
        "1), _(2",
        "1 +",
        "1 / 0",
        "np.zeros(-1)",
    ],
)
def test_anything_else_is_not_evaluated(text: str):
    with pytest.raises(ArgumentsError):
        parse_arguments(text)
