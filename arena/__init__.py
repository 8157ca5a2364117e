"""Paragone: a pairwise human-preference arena over pre-generated outputs."""

import os

# Before NumPy is loaded: our matrices are small, and threads that spin for them hold up the requests.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
