"""How well a program names the maker: by hand, at the ends, and as it is kept."""

from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from arena.core.categories import list_categories
from arena.core.context import Context
from arena.core.distinguishability import distinguishability, is_measurable
from arena.core.look import look_of_images, look_of_texts
from arena.db.tables import Category
from tests.core.test_leaks import CLEAN, say
from tests.factories import png, take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MAKERS = ["quartz", "basalt"] * 4
PROMPTS = [f"p{n}" for n in range(4) for _ in range(2)]


def accuracy(values: list[float]) -> float:
    return distinguishability([np.array(values, dtype=float)[:, None]], MAKERS, PROMPTS).accuracy


def test_makers_that_always_differ_are_always_named():
    assert accuracy([1, 0] * 4) == 1


def test_what_all_outputs_to_a_prompt_share_does_not_count():
    assert accuracy([1, 0, 101, 100, -49, -50, 7, 6]) == 1


def test_makers_that_are_all_alike_are_named_by_chance():
    assert accuracy([3.0] * 8) == 0.5


def test_by_hand():
    """Centred: 1 -1, 1 -1, 1 -1, -1 1. Each of the first three is learned from 1, 1, -1 and named rightly."""
    found = distinguishability([np.array([[1.0], [0], [1], [0], [1], [0], [0], [1]])], MAKERS, PROMPTS)
    assert found.accuracy == 0.75
    assert (found.chance, found.outputs, found.contestants, found.prompts) == (0.5, 8, 2, 4)


def test_nothing_is_learned_from_the_prompt_that_is_asked_about():
    """With it, the one output of a kind would be its own mean."""
    rng = np.random.default_rng(5)
    makers = [f"m{n}" for n in range(4)] * 5
    prompts = [f"p{n}" for n in range(5) for _ in range(4)]
    rates = [distinguishability([rng.normal(size=(20, 200))], makers, prompts).accuracy for _ in range(40)]
    assert abs(float(np.mean(rates)) - 0.25) < 0.05


def test_chance_is_naming_the_most_frequent_maker():
    makers = [*MAKERS, "quartz", "quartz"]
    found = distinguishability([np.zeros((10, 1))], makers, [*PROMPTS, "p0", "p1"])
    assert found.chance == 0.6


def test_each_kind_of_features_weighs_the_same():
    sure, noise = np.array([1.0, 0] * 4)[:, None], np.arange(8.0)[:, None] % 3
    assert (
        distinguishability([sure, noise], MAKERS, PROMPTS).accuracy
        == distinguishability([sure * 1e6, noise], MAKERS, PROMPTS).accuracy
    )


@pytest.mark.parametrize(
    ("makers", "prompts"), [(["quartz"] * 8, PROMPTS), (MAKERS, ["p0", "p1", "p2", "p2"] * 2), ([], [])]
)
def test_too_few_contestants_or_prompts_are_not_measured(makers: list[str], prompts: list[str]):
    assert not is_measurable(makers, prompts)


def test_the_same_outputs_give_the_same_features():
    pages = ["<p>One, two.</p>", "<ul><li>猫在睡觉</li></ul>", ""]
    for first, second in zip(look_of_texts(pages), look_of_texts(pages), strict=True):
        assert np.array_equal(first, second)


def test_formatting_and_words_are_features():
    words, shape = look_of_texts(["<p>tea</p>", "<p>Tea</p>", "<p><strong>tea</strong></p>", "<p>mud</p>"])
    assert np.array_equal(words[0], words[1])
    assert np.array_equal(shape[0], shape[1])
    assert not np.array_equal(words[0], words[2])
    assert not np.array_equal(words[0], words[3])


def test_colours_and_layout_are_features():
    thumbnails, histograms = look_of_images([png(), png(), png((0, 0, 0))])
    assert thumbnails.shape == (3, 768)
    assert np.allclose((histograms**2).sum(axis=1), 1)
    assert np.array_equal(histograms[0], histograms[1])
    assert not np.array_equal(thumbnails[0], thumbnails[2])


def stored(context: Context) -> dict[str, object] | None:
    with context.query() as session:
        return session.exec(select(Category.distinguishability)).one()


@pytest.mark.parametrize("modality", ["text", "image"])
def test_a_sync_measures_a_category(context: Context, tmp_path: Path, modality: str):
    """In the small catalog each contestant has its own colour, or its own number, for all prompts."""
    take_in(context, write_catalog(tmp_path / "c", modality=modality))
    with context.query() as session:
        (poems,) = list_categories(session)
    found = poems.distinguishability
    assert found is not None
    assert (found.chance, found.outputs, found.contestants, found.prompts) == (0.25, 16, 4, 4)
    assert found.accuracy == 1


def test_it_is_measured_anew_only_when_other_outputs_are_served(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = write_catalog(tmp_path / "c")
    take_in(context, root)
    before = stored(context)
    with monkeypatch.context() as patch:
        patch.delattr("arena.core.distinguishability.look_of_texts")  # whatever measures would fail
        assert take_in(context, root).is_empty
    assert stored(context) == before
    say(root, CLEAN.format(1))
    take_in(context, root)
    assert stored(context) != before


@on_sqlite
def test_a_category_that_became_too_small_has_no_figure(arena: Context, tmp_path: Path):
    assert stored(arena) is not None
    take_in(arena, write_catalog(tmp_path / "less", prompts=3))
    assert stored(arena) is None
