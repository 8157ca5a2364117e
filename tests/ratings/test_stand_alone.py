import ast
import shutil
import subprocess
import sys
from pathlib import Path

import ratings

FOLDER = Path(ratings.__file__).parent

GUARD = """
import sys
ALLOWED = sys.stdlib_module_names | {"numpy", "scipy", "choix", "ratings"}

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED and not name.startswith("_sysconfigdata"):
            raise ImportError(f"{name} is not allowed here")

sys.meta_path.insert(0, Guard())
"""


def run_alone(tmp_path, code, *arguments):
    shutil.copytree(FOLDER, tmp_path / "ratings", ignore=shutil.ignore_patterns("__pycache__"))
    return subprocess.run(
        [sys.executable, "-c", GUARD + code, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_folder_alone_needs_only_numpy_scipy_and_choix(tmp_path):
    code = "import ratings; print(ratings.__file__)\nfor name in ratings.__all__: getattr(ratings, name)"
    done = run_alone(tmp_path, code)
    assert done.stderr == ""
    assert done.stdout.strip() == str(tmp_path / "ratings" / "__init__.py")


def test_the_command_runs_from_the_folder_alone(tmp_path):
    votes = tmp_path / "votes.csv"
    votes.write_text("model_a,model_b,winner\nA,B,model_a\nA,B,tie\n")
    code = "import runpy; runpy.run_module('ratings', run_name='__main__', alter_sys=True)"
    done = run_alone(tmp_path, code, str(votes), "--floor", "local", "--format", "csv")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].startswith("A,1095.4242509")


def test_the_guard_would_notice(tmp_path):
    assert "hypothesis is not allowed here" in run_alone(tmp_path, "import hypothesis").stderr


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
