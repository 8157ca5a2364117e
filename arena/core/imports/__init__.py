"""Outputs and votes made elsewhere, taken in whole or not at all."""
