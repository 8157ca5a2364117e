"""The picture puts every number where it belongs."""

import re

import pytest

from arena.ui.intervals_picture import intervals_picture, scale_for
from arena.ui.words import words
from tests.ui.rows import HOSTILE, row, unrated

W = words()


def share(place: str) -> float:
    return float(place.removesuffix("%"))


def test_scale_holds_every_interval_and_has_round_lines():
    scale = scale_for([row(), row(rating=850.0, low_generalise=811.0)])
    assert scale.low <= 811
    assert scale.high >= 1096.5
    assert all(tick % 100 == 0 for tick in scale.ticks)
    assert len(scale.ticks) <= 7


@pytest.mark.parametrize("spread", [0.5, 3, 40, 700, 9000, 80000])
def test_scale_has_few_lines_whatever_the_spread(spread):
    low, high = 1000 - spread / 2, 1000 + spread / 2
    scale = scale_for([row(rating=1000, low=low, high=high, low_generalise=low, high_generalise=high)])
    assert 2 <= len(scale.ticks) <= 7 or spread > 20000
    assert scale.low <= low <= high <= scale.high


def test_equal_ratings_without_intervals_still_have_a_scale():
    bare = row(low=None, high=None, low_generalise=None, high_generalise=None)
    scale = scale_for([bare])
    assert 0 < share(scale.at(bare.rating)) < 100


def test_places_grow_with_points_and_stay_inside():
    scale = scale_for([row()])
    places = [share(scale.at(points)) for points in (scale.low, 1000, 1043, scale.high)]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= 100


def test_circle_lies_inside_its_interval():
    html = intervals_picture([row()], W)
    x1, x2 = re.search(r'<line x1="([\d.]+)%" x2="([\d.]+)%" [^>]*class="near"', html).groups()
    centre = re.search(r'<circle cx="([\d.]+)%"', html).group(1)
    assert float(x1) < float(centre) < float(x2)


def test_wide_interval_is_drawn_outside_the_near_one():
    html = intervals_picture([row()], W)
    (wide,) = re.findall(r'<line x1="([\d.]+)%" x2="([\d.]+)%" [^>]*class="wide"', html)
    (near,) = re.findall(r'<line x1="([\d.]+)%" x2="([\d.]+)%" [^>]*class="near"', html)
    assert float(wide[0]) < float(near[0])
    assert float(wide[1]) > float(near[1])


def test_unrated_contestants_are_not_drawn():
    html = intervals_picture([row(), unrated()], W)
    assert html.count("<circle") == 1
    assert "Basalt" not in html


def test_nothing_is_drawn_without_a_rating():
    assert intervals_picture([unrated()], W) == ""


def test_picture_has_a_name_and_escapes_contestants():
    html = intervals_picture([row(HOSTILE)], W)
    assert 'role="img"' in html
    assert W["board.picture.label"] in html
    assert "<script>" not in html
