import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import uniform_filter

from ratings.errors import InvalidImageError
from ratings.features.image import (
    IMAGE_FEATURES,
    LINEAR,
    LUMA,
    _resizing,
    colourfulness,
    image_features,
    sharpness,
)

PRIMARIES = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)
COLOUR = {"colourfulness", "saturation"}


def smooth(seed=1, height=96, width=128):
    """A picture in the middle of the range, so that no change below runs into black or white."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / 32
    waves = [np.sin(x * rng.uniform(1, 3) + rng.uniform(0, 6)) * np.cos(y * rng.uniform(1, 3)) for _ in "rgb"]
    grain = rng.integers(-12, 13, (height, width, 1))
    return (128 + 40 * np.stack(waves, axis=-1) + grain).astype(np.uint8)


def encoded(linear):
    """sRGB values of linear light."""
    code = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    return np.clip(np.rint(255 * code), 0, 255).astype(np.uint8)


def moved(before, after):
    """Names of the features that change by more than rounding to 8 bits explains."""
    one, two = image_features(before), image_features(after)
    return {name for name in IMAGE_FEATURES if abs(two[name] / one[name] - 1) > 0.02}


def test_colourfulness_of_the_primaries_is_the_signed_papers():
    """rg = 255, -255, 0 and yb = 127.5, 127.5, -255 have mean 0: sqrt(43350 + 32512.5) = 275.43."""
    assert colourfulness(PRIMARIES) == pytest.approx(275.43, abs=0.01)


def test_three_pixels_by_hand():
    found = image_features(PRIMARIES)
    light = np.array([0.2126, 0.7152, 0.0722])
    assert tuple(found) == IMAGE_FEATURES
    assert found["saturation"] == 1
    assert found["luminance"] == pytest.approx(1 / 3)
    assert found["contrast"] == pytest.approx(light.std())
    assert found["log_pixels"] == pytest.approx(np.log(3))


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_a_grey_field_has_brightness_and_nothing_else(grey):
    found = image_features(np.full((20, 30, 3), grey, dtype=np.uint8))
    assert found["luminance"] == pytest.approx(LINEAR[grey], abs=1e-6)
    rest = [found[name] for name in ("colourfulness", "saturation", "contrast", "sharpness")]
    np.testing.assert_allclose(rest, 0, atol=1e-6)


def test_middle_grey_is_21_percent_of_the_light():
    assert LINEAR[127] == pytest.approx(0.2122, abs=1e-4)


def test_more_saturation_at_the_same_light_raises_the_colour_features_alone():
    """A fifth more of what differs from grey, in linear light, leaves the luminance as it is."""
    before = smooth()
    linear = LINEAR[before]
    grey = (linear @ LUMA)[..., None]
    after = encoded(grey + 1.2 * (linear - grey))
    assert moved(before, after) == COLOUR
    one, two = image_features(before), image_features(after)
    assert all(two[name] > 1.05 * one[name] for name in COLOUR)


def test_brightening_raises_luminance_but_no_saturation():
    before = smooth()
    after = encoded(LINEAR[before] * 1.3)
    found = moved(before, after)
    assert "luminance" in found
    assert "saturation" not in found


def test_blurring_lowers_sharpness_and_leaves_the_light():
    before = smooth()
    blurred = uniform_filter(before, (5, 5, 1))
    one, two = image_features(before), image_features(blurred)
    assert two["sharpness"] < 0.1 * one["sharpness"]
    assert two["luminance"] == pytest.approx(one["luminance"], rel=0.02)


@pytest.mark.parametrize(("height", "width"), [(512, 512), (384, 512), (512, 200)])
@pytest.mark.parametrize("factor", [2, 3])
def test_resolution_beyond_the_box_does_not_speak(height, width, factor):
    """Every pixel repeated: the same picture, so all but the number of pixels stays within 5 percent."""
    rng = np.random.default_rng(3)
    before = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    after = before.repeat(factor, axis=0).repeat(factor, axis=1)
    one, two = image_features(before), image_features(after)
    assert two["log_pixels"] > one["log_pixels"]
    for name in set(IMAGE_FEATURES) - {"log_pixels"}:
        assert two[name] == pytest.approx(one[name], rel=0.05)


def scene(longer):
    """Luminance of waves about fifteen pixels long in the box, sampled at any resolution."""
    y, x = (np.mgrid[: longer * 3 // 4, :longer] + 0.5) / longer
    return (0.5 + 0.2 * np.sin(210 * x + 3) * np.cos(150 * y)).astype(np.float32)


@pytest.mark.parametrize("longer", [512, 1024, 1536])
def test_a_scene_is_equally_sharp_at_every_multiple_of_the_box(longer):
    assert sharpness(scene(longer)) == pytest.approx(sharpness(scene(2048)), rel=0.05)


def test_other_resolutions_weigh_parts_of_pixels():
    """Six pixels to four of the box: thirds of light 1, 2, 3, 4, 5, 6 are (1 + 2/2) / 1.5 and so on."""
    weights = _resizing(6, 4)
    np.testing.assert_allclose(weights @ np.arange(1, 7), [4 / 3, 8 / 3, 13 / 3, 17 / 3], rtol=1e-6)
    np.testing.assert_allclose(_resizing(2, 4) @ [0, 1], [0, 0.25, 0.75, 1])


def test_a_small_image_is_no_sharper_for_being_enlarged():
    rng = np.random.default_rng(4)
    small = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    large = rng.integers(0, 256, (512, 512, 3), dtype=np.uint8)
    assert image_features(small)["sharpness"] < 0.1 * image_features(large)["sharpness"]


@settings(max_examples=10)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 1000))
def test_every_image_has_features_that_a_fit_accepts(height, width, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    values = np.array(list(image_features(pixels).values()))
    assert (np.isfinite(values) & (values >= 0)).all()


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_turning_or_mirroring_a_picture_changes_nothing(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    one = image_features(pixels)
    for other in (pixels[::-1], pixels[:, ::-1], pixels.swapaxes(0, 1)):
        two = image_features(np.ascontiguousarray(other))
        np.testing.assert_allclose(list(two.values()), list(one.values()), rtol=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_image_is_refused(wrong):
    with pytest.raises(InvalidImageError, match="not uint8 of shape"):
        image_features(wrong)
