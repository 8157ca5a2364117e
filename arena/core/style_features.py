"""Style features of an output: on its Markdown, or on the pixels that voters are served."""

from io import BytesIO

import numpy as np
from PIL import Image
from sqlmodel import Session, select

from arena.db.tables import Asset, Output
from ratings import IMAGE_FEATURES, TEXT_FEATURES, image_features, text_features


def fill_style(session: Session, output: Output, text: str | None) -> None:
    """Measure an output unless it has the features that are measured now; an image is stored already.

    Parameters
    ----------
    text
        The Markdown of a text; None for an image.
    """
    names = IMAGE_FEATURES if text is None else TEXT_FEATURES
    if output.style is not None and set(output.style) == set(names):
        return
    if text is not None:
        output.style = text_features(text)
    else:
        body = session.exec(select(Asset.body).where(Asset.digest == output.asset_digest)).one()
        output.style = style_of_image(body)
    session.add(output)


def style_of_image(body: bytes) -> dict[str, float]:
    """Return the features of an ingested image: its pixels on the category's canvas."""
    with Image.open(BytesIO(body)) as picture:
        return image_features(np.asarray(picture.convert("RGB")))
