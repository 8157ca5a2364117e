import ast
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

import ratings

FOLDER = Path(ratings.__file__).parent

ALLOWED = ("numpy", "scipy", "choix")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """An environment that has NumPy, SciPy and choix and nothing else, with `ratings` beside it."""
    folder = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "environment"], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "environment")}))
    for name in ALLOWED:
        for part in Path(find_spec(name).origin).parents[1].glob(f"{name}*"):
            (packages / part.name).symlink_to(part)
    shutil.copytree(FOLDER, folder / "ratings", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run_alone(folder, *arguments):
    python = folder / "environment" / "bin" / "python"
    return subprocess.run([python, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_folder_alone_needs_only_numpy_scipy_and_choix(alone):
    code = "import ratings; print(ratings.__file__)\nfor name in ratings.__all__: getattr(ratings, name)"
    done = run_alone(alone, "-c", code)
    assert done.stderr == ""
    assert done.stdout.strip() == str(alone / "ratings" / "__init__.py")


def test_the_command_runs_from_the_folder_alone(alone):
    (alone / "votes.csv").write_text("model_a,model_b,winner\nA,B,model_a\nA,B,tie\n")
    done = run_alone(alone, "-m", "ratings", "votes.csv", "--floor", "local", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].startswith("A,1095.4242509")


def test_parquet_says_what_it_needs(alone):
    (alone / "votes.parquet").write_bytes(b"PAR1")
    done = run_alone(alone, "-m", "ratings", "votes.parquet")
    assert done.returncode == 1
    assert "needs pyarrow" in done.stderr


def test_the_environment_has_nothing_else(alone):
    assert "No module named 'hypothesis'" in run_alone(alone, "-c", "import hypothesis").stderr


def test_only_the_command_and_the_readers_touch_files_or_the_screen():
    touching = {"open", "print", "input", "read_text", "write_text", "read_bytes", "write_bytes"}
    for path in FOLDER.rglob("*.py"):
        called = {
            getattr(node.func, "id", getattr(node.func, "attr", ""))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        }
        assert path.name in ("__main__.py", "readers.py") or not called & touching, path.name


def test_everything_public_is_listed_sorted_and_there():
    assert ratings.__all__ == sorted(
        ratings.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(ratings, name) for name in ratings.__all__)
