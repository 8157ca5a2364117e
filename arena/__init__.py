"""Paragone: a pairwise human-preference arena over pre-generated outputs."""

__version__ = "0.1.0"
