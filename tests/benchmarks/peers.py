"""Peers for the speed benchmark: those installed here, and a worker in an environment of its own."""

import contextlib
import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import NamedTuple

import choix
import evalica
import numpy as np

from ratings.data.counts import win_matrix

ROOT = Path(__file__).parents[2]
HOME = ROOT / "build" / "peers"
REQUIREMENTS = ("arena-rank==0.1.1",)
"""Pins its own NumPy and JAX, so it cannot be installed beside ratings."""

OUTCOMES = np.array(["model_a", "model_b", "tie", "both_bad"])
EVALICA_WINNERS = np.array(
    [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw, evalica.Winner.Draw], dtype=object
)


class Seconds(NamedTuple):
    """Time on the clock, and of all threads on the processors: on a busy machine the second says more."""

    wall: float
    cpu: float


def timed(function):
    """Return the seconds that a call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def choix_dense(battles, **options):
    """Count the win matrix as ratings does, then fit; without any covariance. Centred strengths."""
    found = choix.ilsr_pairwise_dense(win_matrix(battles), **options)
    return found - found.mean()


def evalica_fit(columns, winners, **options):
    """Fit from two columns of names and ready evalica winners. Strengths by name."""
    found = evalica.bradley_terry(columns["model_a"], columns["model_b"], winners, **options)
    strengths = np.log(found.scores)
    return strengths - strengths.mean()


class Worker(contextlib.AbstractContextManager):
    """arena-rank on one set of votes, asked for one run at a time so that runs can take turns."""

    def __init__(self, votes):
        self._process = subprocess.Popen(
            [_python(), Path(__file__).with_name("peer_worker.py"), votes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def run(self, *, columns="strings", style=False, tight=False):
        """Return the seconds inside the worker, and the strengths by name."""
        request = {"columns": columns, "style": style, "tight": tight}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._answer())
        return Seconds(*answer["seconds"]), answer["strengths"]

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peers' worker ended with code {self._process.wait()}")
        return line

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _python():
    """Make the environment on first use, and return its interpreter."""
    done = HOME / "installed.txt"
    wanted = "\n".join((sys.version, *REQUIREMENTS))
    python = HOME / "bin" / "python"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python
