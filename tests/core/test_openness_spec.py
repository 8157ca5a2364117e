"""Openness is stated with a link, and summed up."""

import pytest
from pydantic import ValidationError

from arena.core.openness_spec import MOST_POINTS, POINTS, OpennessSpec

LINK = "https://example.org/weights"


def openness(weights: str, data: str, training_code: str) -> OpennessSpec:
    levels = {"weights": weights, "data": data, "training_code": training_code}
    return OpennessSpec.model_validate(
        {name: {"level": level, "url": LINK} for name, level in levels.items()}
    )


@pytest.mark.parametrize(
    ("levels", "points"),
    [
        (("closed", "closed", "closed"), 0),
        (("open", "closed", "partial"), 3),
        (("open", "open", "open"), 6),
    ],
)
def test_the_sum_counts_two_for_open_and_one_for_partial(levels: tuple[str, str, str], points: int):
    assert openness(*levels).points == points


def test_the_stated_maximum_is_that_of_all_open():
    assert max(POINTS.values()) * len(OpennessSpec.model_fields) == MOST_POINTS


@pytest.mark.parametrize("level", ["open", "partial"])
def test_what_is_not_closed_needs_a_link(level: str):
    with pytest.raises(ValidationError, match="needs a url where it can be seen"):
        OpennessSpec.model_validate(
            openness("open", "open", "open").model_dump() | {"data": {"level": level}}
        )
    shut = openness("open", "open", "open").model_dump() | {"data": {"level": "closed"}}
    assert OpennessSpec.model_validate(shut).points == 4


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "https://a b", "weights"])
def test_a_link_is_one_of_the_web(url: str):
    with pytest.raises(ValidationError):
        OpennessSpec.model_validate(
            openness("open", "open", "open").model_dump() | {"data": {"level": "open", "url": url}}
        )
