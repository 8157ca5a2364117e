"""Votes with a known truth, and whether the methods find it."""
