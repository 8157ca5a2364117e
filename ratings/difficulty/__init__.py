"""Strength as a function of how difficult the prompt is."""
