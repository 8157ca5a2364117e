"""The key that signs the cookies."""

from pathlib import Path

import pytest

from arena.settings import Settings, signing_key


def test_a_key_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path):
    settings = Settings(data_dir=tmp_path / "data")
    key = signing_key(settings)
    assert len(key) >= 32
    assert signing_key(settings) == key
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", ["", "abc", "x" * 31])
def test_a_kept_key_that_is_cut_short_is_refused(tmp_path: Path, kept: str):
    """Whoever knows an empty key can be any voter."""
    (tmp_path / "secret").write_text(kept, encoding="ascii")
    with pytest.raises(OSError, match="remove it"):
        signing_key(Settings(data_dir=tmp_path))
