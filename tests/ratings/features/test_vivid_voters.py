import numpy as np
from scipy.special import expit

from ratings.data.battles import Battles
from ratings.features.image import image_features
from ratings.fits.style import style_control
from ratings.uncertainty.intervals import covariance
from ratings.uncertainty.style_intervals import coefficient_intervals

NAMES = ("colourfulness", "contrast", "sharpness")


def pictures(rng, n_contestants, n_prompts):
    """Features (K, Q, F) of noise whose colours are toned down by contestant and by chance."""
    found = np.empty((n_contestants, n_prompts, len(NAMES)))
    for k, q in np.ndindex(n_contestants, n_prompts):
        colour = rng.integers(0, 256, (8, 8, 3))
        tone = np.clip(0.2 + 0.1 * k + 0.5 * rng.random(), 0, 1)
        pixels = tone * colour + (1 - tone) * colour.mean(axis=-1, keepdims=True)
        measured = image_features(np.rint(pixels * rng.uniform(0.4, 1)).astype(np.uint8))
        found[k, q] = [measured[name] for name in NAMES]
    return found


def test_voters_who_like_vivid_pictures_are_found_out():
    """From pixels to coefficients: equal contestants, voters who reward colour and nothing else."""
    rng = np.random.default_rng(1)
    n, k, n_prompts = 8000, 4, 40
    features = pictures(rng, k, n_prompts)
    prompt = rng.integers(n_prompts, size=n)
    a = rng.integers(k, size=n)
    b = (a + rng.integers(1, k, size=n)) % k
    f_a, f_b = features[a, prompt], features[b, prompt]
    colour = ((f_a - f_b) / (f_a + f_b))[:, 0]
    battles = Battles(
        contestants=tuple("ABCD"),
        a=a,
        b=b,
        outcome=(rng.random(n) > expit(2.0 * colour)).astype(np.int8),
        feature_names=NAMES,
        features_a=f_a,
        features_b=f_b,
    )
    fit = style_control(battles, scales=dict.fromkeys(NAMES, 1.0))
    error = coefficient_intervals(fit, covariance(fit, battles, cluster="vote")).standard_error
    planted = np.array([0.0, 2.0, 0.0, 0.0])
    assert (np.abs(fit.coefficients - planted) < 3 * error).all()
    assert fit.coefficients[1] > 10 * error[1]
