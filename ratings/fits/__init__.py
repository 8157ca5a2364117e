"""Strengths from battles: the models and how their likelihoods are maximised."""
