"""Covariance of strengths where two battles that share an output may agree because of that output.

A contestant that made one lucky output wins every battle in which it is shown. A battle shows two outputs,
so the clusters overlap: battles t and t' may depend on each other if they share *any* output. With s_t the
effect of a battle, the sum over such pairs of battles is

    B = sum over outputs of S_o S_o'  -  sum over pairs of outputs of S_oq S_oq',

S_o adding up the battles that show o and S_oq those that show o and q, which the first sum counts twice
(Aronow, Samii and Assenova 2015, "Cluster-robust variance estimation for dyadic data", Political Analysis 23,
564-577). Dependence through voters or prompts as well is added by inclusion and exclusion (Cameron, Gelbach
and Miller 2011): X or outputs is X + outputs - (X and outputs).

* ``output``: other outputs of the same contestants, same voters.
* ``voter_output``: another crowd *and* fresh outputs, on these prompts. What a prompt itself does for a
  contestant looks like luck of its outputs there, so this is wide where prompts differ.
* ``three_way``: another crowd, other such prompts, fresh outputs. Where every output belongs to one prompt,
  sharing an output is sharing a prompt, and this is exactly ``two_way``.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, PairSums, cluster_codes, dense_codes, pair_sums
from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidBattlesError, InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to
from ratings.uncertainty.clusters import Correction, check_correction, cluster_influence
from ratings.uncertainty.contrasts import Covariance
from ratings.uncertainty.degrees import cluster_shares
from ratings.uncertainty.intervals import FEWEST, covariance

OutputCluster = Literal["output", "voter_output", "three_way"]


def output_covariance(
    fit: BradleyTerryResult,
    battles: Battles,
    *,
    cluster: OutputCluster,
    correction: Correction = "jackknife",
) -> Covariance:
    """Estimate the covariance of the strengths of ``fit``, with outputs among the clusters.

    As with ``two_way``, an interval takes the largest variance of any one way where the whole falls below it,
    and the fewest degrees of freedom.

    Raises
    ------
    TooFewClustersError
        When a column is missing or holds fewer than two clusters.
    """
    counted = battles.counted(fit.both_bad)
    check_correction(correction)
    check_fitted_to(fit, counted)
    alone = np.zeros(len(counted), dtype=np.int64)
    by_output = _sharing(fit, counted, alone, correction)
    if cluster == "output":
        return by_output
    voter = cluster_codes(counted, "voter")
    if cluster == "voter_output":
        ways = (covariance(fit, battles, cluster="voter", correction=correction), by_output)
        joint = _sharing(fit, counted, voter, correction).matrix
        return _combined(cluster, ways, ways[0].matrix + by_output.matrix - joint, correction)
    if cluster != "three_way":
        raise InvalidOptionError(f"cluster {cluster!r} is not one of output, voter_output, three_way")
    both = covariance(fit, battles, cluster="two_way", correction=correction)
    prompt = cluster_codes(counted, "prompt")
    cell = voter * (int(prompt.max(initial=0)) + 1) + prompt
    within = [_sharing(fit, counted, codes, correction).matrix for codes in (voter, prompt, cell)]
    matrix = both.matrix + by_output.matrix - within[0] - within[1] + within[2]
    return _combined(cluster, (*both.one_way, by_output), matrix, correction)


def _combined(
    cluster: OutputCluster, ways: tuple[Covariance, ...], matrix: FloatArray, correction: Correction
) -> Covariance:
    return Covariance(
        cluster=cluster,
        correction=correction,
        matrix=read_only(matrix),
        n_clusters=min(way.n_clusters for way in ways),
        is_estimable=np.logical_and.reduce([way.is_estimable for way in ways]),
        one_way=ways,
    )


def _sharing(
    fit: BradleyTerryResult, battles: Battles, group: CodeArray, correction: Correction
) -> Covariance:
    """Return the covariance from battles of one group that share an output."""
    each, pairs = output_sums(battles, group)
    if each.n_clusters < FEWEST:
        raise TooFewClustersError(f"an interval needs at least {FEWEST} outputs")
    single = cluster_influence(fit, each, correction)
    double = cluster_influence(fit, pairs, correction).outer * _factor(pairs, correction)
    return Covariance(
        cluster="output",
        correction=correction,
        matrix=read_only(single.outer * _factor(each, correction) - double),
        n_clusters=each.n_clusters,
        is_estimable=single.is_estimable & _met_two(each, len(fit.strengths)),
        shares=cluster_shares(fit, each),
    )


def _factor(sums: PairSums, correction: Correction) -> float:
    c = sums.n_clusters
    return (c - 1) / c if correction == "jackknife" else c / max(c - 1, 1)


def _met_two(sums: PairSums, k: int) -> NDArray[np.bool_]:
    met = np.unique(np.concatenate([sums.cluster * k + sums.i, sums.cluster * k + sums.j]))
    return np.bincount(met % k, minlength=k) > 1


def output_sums(battles: Battles, group: CodeArray) -> tuple[PairSums, PairSums]:
    """Collapse battles to the outputs of each group, every battle in two of them, and to pairs of outputs.

    Parameters
    ----------
    group : int array (n,)
        Outputs of different groups are different clusters.

    Raises
    ------
    TooFewClustersError
        When the battles carry no outputs.
    InvalidBattlesError
        When a battle shows the same output twice.
    """
    if battles.output_a is None or battles.output_b is None:
        raise TooFewClustersError("there are no output_a and output_b columns to cluster by")
    first = np.minimum(battles.output_a, battles.output_b).astype(np.int64)
    second = np.maximum(battles.output_a, battles.output_b).astype(np.int64)
    if (first == second).any():
        row = int(np.argmax(first == second)) + 1
        raise InvalidBattlesError("output_a and output_b are the same output", row)
    n_outputs = int(second.max(initial=0)) + 1
    groups, _ = dense_codes(group)
    names, pair = np.unique((groups * n_outputs + first) * n_outputs + second, return_inverse=True)
    pairs = pair_sums(battles, pair)
    base = names // n_outputs**2 * n_outputs
    ends = np.concatenate([base + names // n_outputs % n_outputs, base + names % n_outputs])
    return _resummed(pairs, ends.reshape(2, -1)), pairs


def _resummed(pairs: PairSums, ends: CodeArray) -> PairSums:
    """Add up the rows of each pair of outputs for either of its ends, int array (2, pairs)."""
    output, n_clusters = dense_codes(ends[:, pairs.cluster].ravel())
    k = int(pairs.j.max(initial=0)) + 1
    met = np.tile(pairs.i * k + pairs.j, 2)
    cells, cell = np.unique(output * k * k + met, return_inverse=True)
    return PairSums(
        cluster=cells // (k * k),
        i=cells // k % k,
        j=cells % k,
        won=np.asarray(np.bincount(cell, np.tile(pairs.won, 2), len(cells)), dtype=np.float64),
        lost=np.asarray(np.bincount(cell, np.tile(pairs.lost, 2), len(cells)), dtype=np.float64),
        n_clusters=n_clusters,
        overlap=2,
    )
