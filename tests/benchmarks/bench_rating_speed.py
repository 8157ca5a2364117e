"""How fast ratings are, beside peers on the same votes in the same run, taking turns.

Run with ``OPENBLAS_NUM_THREADS=1 pytest tests/benchmarks/bench_rating_speed.py -s``: on matrices this small a
second BLAS thread only waits. About two minutes on two idle cores, after an environment for arena-rank has
been made under build/ (once). A line shows our median time, on the clock and of the processor, and the median
of the ratios of neighbouring runs. Bars are met or not met by the clock, printed and never asserted; that the
results agree is.
"""

import statistics
import sys
import tracemalloc
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ratings import Battles, bootstrap, bradley_terry, covariance
from ratings.fits.style import style_control
from ratings.points import SCALE
from tests.benchmarks.peers import EVALICA_WINNERS, OUTCOMES, Seconds, Worker, choix_dense, evalica_fit, timed
from tests.ratings import chatbot_arena

AGREEMENT = 1e-6
"""Points by which results at tight settings may differ."""


class Votes(NamedTuple):
    """Votes as codes, as arrays of strings, and as a file for the worker."""

    names: tuple
    a: np.ndarray
    b: np.ndarray
    outcome: np.ndarray
    path: str
    z: np.ndarray | None = None

    def battles(self):
        return Battles(contestants=self.names, a=self.a, b=self.b, outcome=self.outcome)


def saved(path, names, a, b, outcome, z=None):
    extra = {} if z is None else {"z": z}
    np.savez(path, names=np.array(names), a=a, b=b, outcome=outcome, outcomes=OUTCOMES, **extra)
    return Votes(names, a, b, outcome, str(path), z)


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    votes = chatbot_arena.single(np.random.default_rng(0))
    path = tmp_path_factory.mktemp("arena") / "votes.npz"
    return saved(path, votes.contestants, *(np.array(part) for part in (votes.a, votes.b, votes.outcome)))


@pytest.fixture(scope="module")
def worker(arena):
    with Worker(arena.path) as found:
        yield found


def synthetic(n, k, seed=1):
    """Uneven contestants and sides by lot; one vote in four a tie or both-bad."""
    rng = np.random.default_rng(seed)
    strengths, popularity = rng.normal(0, 0.8, k), rng.lognormal(0, 1, k)
    a = rng.choice(k, n, p=popularity / popularity.sum()).astype(np.int32)
    b = (a + rng.integers(1, k, n, dtype=np.int32)) % k
    chance = rng.random(n)
    win = 0.75 / (1 + np.exp(strengths[b] - strengths[a]))
    outcome = np.select([chance < win, chance < 0.75, chance < 0.9], [0, 1, 2], 3).astype(np.int8)
    return tuple(f"contestant {place:03}" for place in range(k)), a, b, outcome


def with_errors(battles):
    """Fit, and the covariance of single votes: what a table of ratings and intervals needs."""
    fit = bradley_terry(battles)
    errors = np.sqrt(np.diag(covariance(fit, battles, cluster="vote").matrix))
    assert np.isfinite(errors).all()
    return fit


def farthest(fit, theirs):
    """Return the largest difference, in points, from strengths by name or in order."""
    found = [theirs[name] for name in fit.contestants] if hasattr(theirs, "keys") else theirs
    return SCALE * float(np.abs(fit.strengths - np.asarray(found)).max())


def turns(rounds, **runs):
    """Run the functions one after the other, round by round; return seconds by name."""
    seconds = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            seconds[name].append(run())
    return seconds


def line(text, ours, *, bar=None, peer=None, ratio_bar=None, theirs=None):
    """Print one line: our time and its bar; a peer's, how many times ours it is, and that bar."""
    wall, cpu = (statistics.median(times) * 1e3 for times in zip(*ours, strict=True))
    shown = f"\n{text:<56} {wall:8.1f} ms (processor {cpu:.1f})"
    if bar is not None:
        shown += f"  <= {bar * 1e3:g}: {'met' if wall <= bar * 1e3 else 'NOT met'}"
    if theirs is not None:
        ratio = statistics.median(other.wall / own.wall for own, other in zip(ours, theirs, strict=True))
        middle = Seconds(*(statistics.median(times) * 1e3 for times in zip(*theirs, strict=True)))
        shown += f"; {peer} {middle.wall:.1f} ({middle.cpu:.1f}) = {ratio:.2f} x ours"
        if ratio_bar is not None:
            shown += f"  >= {ratio_bar:g}: {'met' if ratio >= ratio_bar else 'NOT met'}"
    sys.stdout.write(shown)
    sys.stdout.flush()


def timing(function):
    """Return what times the function."""
    return lambda: timed(function)


def test_codes_beside_choix(arena):
    """From arrays of codes, whose check choix does without, and from battles that are ready for both."""

    def on_ready(function):
        def run():
            battles = arena.battles()  # new ones, or they would be counted already
            return timed(lambda: function(battles))

        return run

    assert farthest(with_errors(arena.battles()), choix_dense(arena.battles(), tol=1e-13)) < AGREEMENT
    seconds = turns(
        31,
        arrays=timing(lambda: with_errors(arena.battles())),
        ready=on_ready(with_errors),
        choix=on_ready(choix_dense),
    )
    against = {"peer": "counting + choix", "ratio_bar": 0.8, "theirs": seconds["choix"], "bar": 0.012}
    line("1,670,250 votes, codes: fit, sandwich", seconds["ready"], **against)
    line("1,670,250 votes, codes: check, fit, sandwich", seconds["arrays"], **against)


def text_columns(arena):
    names = np.array(arena.names, dtype=object)
    winner = OUTCOMES.astype(object)[arena.outcome]
    return {"model_a": names[arena.a], "model_b": names[arena.b], "winner": winner}


def beside(text, arena, worker, inputs, *, bar, columns):
    """Time several forms of the same columns against evalica and arena-rank."""
    winners = EVALICA_WINNERS[arena.outcome].tolist()
    evalica_input = columns["evalica"]
    reference = bradley_terry(arena.battles())
    runs = {name: timing(lambda c=c: with_errors(Battles.from_columns(c))) for name, c in inputs.items()}
    runs["evalica"] = timing(lambda: evalica_fit(evalica_input, winners))
    runs["arena-rank"] = lambda: worker.run(columns=columns["arena-rank"])[0]
    for form in inputs.values():
        assert farthest(bradley_terry(Battles.from_columns(form)), _named(reference)) < AGREEMENT
    seconds = turns(3, **runs)
    for name in inputs:
        for peer in ("evalica", "arena-rank"):
            line(f"{text}, {name}", seconds[name], peer=peer, ratio_bar=bar, theirs=seconds[peer])


def _named(fit):
    return dict(zip(fit.contestants, fit.strengths, strict=True))


def test_strings_beside_evalica_and_arena_rank(arena, worker):
    arrays = text_columns(arena)
    lists = {name: column.tolist() for name, column in arrays.items()}
    beside(
        "the same from strings, with sandwich",
        arena,
        worker,
        {"lists": lists, "object arrays": arrays},
        bar=5,
        columns={"evalica": lists, "arena-rank": "strings"},
    )


def test_columns_with_their_own_codes_beside_evalica_and_arena_rank(arena, worker):
    frame = pd.DataFrame(text_columns(arena)).astype("category")
    arrow = pa.table({name: pa.array(frame[name]) for name in frame})
    assert pa.types.is_dictionary(arrow["model_a"].type)
    beside(
        "the same from coded columns",
        arena,
        worker,
        {
            "pandas categoricals": {name: frame[name] for name in frame},
            "Arrow dictionaries": {name: arrow[name] for name in arrow.column_names},
        },
        bar=10,
        columns={"evalica": frame, "arena-rank": "categories"},
    )


def test_peers_at_their_defaults_and_pressed_to_converge(arena, worker):
    """How far each is from us at its defaults, and that all agree when their settings are tightened."""
    fit = bradley_terry(arena.battles())
    rows = chatbot_arena.weighted()
    columns = {
        "model_a": [rows.contestants[a] for a in rows.a],
        "model_b": [rows.contestants[b] for b in rows.b],
    }
    winners, weights = EVALICA_WINNERS[rows.outcome].tolist(), rows.weight.tolist()
    defaults = {
        "choix": choix_dense(arena.battles()),
        "evalica": evalica_fit(columns, winners, weights=weights),
        "arena-rank": worker.run()[1],
    }
    pressed = {
        "choix": choix_dense(arena.battles(), tol=1e-13),
        "evalica": evalica_fit(columns, winners, weights=weights, tolerance=1e-13, limit=10_000),
        "arena-rank": worker.run(tight=True)[1],
    }
    for peer, found in defaults.items():
        shown = f"{peer}: {farthest(fit, found):.1e} points from ours at its defaults, "
        sys.stdout.write(f"\n{shown}{farthest(fit, pressed[peer]):.1e} with tight settings")
        assert farthest(fit, pressed[peer]) < AGREEMENT


def test_ten_million_votes_on_three_hundred_contestants():
    names, a, b, outcome = synthetic(10_000_000, 300)

    def run():
        return with_errors(Battles(contestants=names, a=a, b=b, outcome=outcome))

    assert (
        farthest(run(), choix_dense(Battles(contestants=names, a=a, b=b, outcome=outcome), tol=1e-13))
        < AGREEMENT
    )
    line("10,000,000 votes x 300, codes: check, fit, sandwich", turns(5, ours=timing(run))["ours"], bar=0.2)
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    shown = f"{'memory over the input at 10,000,000 votes':<56} {peak:8.1f} MB  <= 100 MB: "
    sys.stdout.write("\n" + shown + ("met" if peak <= 100 else "NOT met"))


def test_a_thousand_refits_of_resampled_votes(arena):
    battles = arena.battles()

    def run():
        return bootstrap(battles, cluster="vote", n_resamples=1000, rng=np.random.default_rng(1))

    fit = bradley_terry(battles)
    robust = np.sqrt(np.diag(covariance(fit, battles, cluster="vote").matrix))
    ratio = np.median(run().standard_error / robust)
    assert 0.97 < ratio < 1.03
    line("1,000 bootstrap refits of 1,670,250 votes", turns(3, ours=timing(run))["ours"], bar=1.0)
    sys.stdout.write(f"  standard errors {ratio:.3f} x the sandwich's")


def test_a_thousand_two_way_refits():
    names, a, b, outcome = synthetic(1_000_000, 100)
    rng = np.random.default_rng(2)
    busy = rng.lognormal(0, 1, 20_000)
    battles = Battles(
        contestants=names,
        a=a,
        b=b,
        outcome=outcome,
        voter=rng.choice(20_000, len(a), p=busy / busy.sum()).astype(np.int32),
        prompt=rng.integers(500, size=len(a), dtype=np.int32),
    )

    def run():
        return bootstrap(battles, cluster="two_way", n_resamples=1000, rng=np.random.default_rng(1))

    line("1,000 voter x prompt refits of 1,000,000 votes", turns(1, ours=timing(run))["ours"], bar=20.0)


def test_style_control_beside_arena_rank(tmp_path):
    """Four features on a million distinct rows; side a has no advantage of its own in either."""
    names, a, b, outcome = synthetic(1_000_000, 100)
    rng = np.random.default_rng(3)
    on_a, on_b = rng.lognormal(0, 1, (2, len(a), 4))
    z = (on_a - on_b) / (on_a + on_b)
    z /= np.sqrt((z**2).mean(axis=0))
    votes = saved(tmp_path / "votes.npz", names, a, b, outcome, z)
    features = {"feature_names": ("w", "x", "y", "z"), "features_a": on_a, "features_b": on_b}

    def run():
        battles = Battles(contestants=names, a=a, b=b, outcome=outcome, **features)
        fit = style_control(battles, side=False)
        assert np.isfinite(covariance(fit, battles, cluster="vote").matrix).all()
        return fit

    with Worker(votes.path) as peer:
        tight = farthest(run(), peer.run(style=True, tight=True)[1])
        seconds = turns(2, ours=timing(run), peer=lambda: peer.run(style=True)[0])
    line(
        "style control, 4 features, 1,000,000 rows, sandwich",
        seconds["ours"],
        bar=0.6,
        peer="arena-rank",
        theirs=seconds["peer"],
    )
    sys.stdout.write(f"\n{'':56} {tight:.1e} points from arena-rank with tight settings")
    assert tight < AGREEMENT * 100  # its gradient, of a mean loss, is not followed further than this
