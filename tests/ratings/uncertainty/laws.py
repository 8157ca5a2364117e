"""Does a sample of integers follow a law?"""

import numpy as np
from scipy.stats import chisquare


def misfit(values, law):
    """P value of integers against a frozen distribution, in about ten bins of like probability."""
    edges = np.unique(np.r_[-1, law.ppf(np.linspace(0.1, 0.9, 9)), np.inf])
    expected = np.diff(law.cdf(edges)) * len(values)
    found = np.histogram(values, bins=edges + 0.5)[0]
    keep = expected > 0
    return chisquare(found[keep], expected[keep]).pvalue
