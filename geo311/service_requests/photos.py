"""Photos re-encoded: turned right, made smaller, every byte of metadata left behind."""

import io
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from geo311.core.problems import FieldError, UnusableFile

MAX_BYTES = 15 * 1024 * 1024  # larger than any phone's photo, smaller than what would tire a worker
MAX_PIXELS = 60_000_000  # a 200 MB bitmap; beyond that it is a bomb, not a photo
LONGEST_SIDE = 2_048
FORMATS = ("JPEG", "PNG", "WEBP")
# Exif 2.32, tag 0x0112: how the camera was held, and what sets the picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class EncodedPhoto:
    """A JPEG without metadata, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def reencode(file: IO[bytes], *, field: str = "photo") -> EncodedPhoto:
    """Read an uploaded photo and encode it anew. Raises UnusableFile that names `field` and says what to do."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _unusable(field, _("This photo is too large. Send one of at most {n} MB.").format(n=MAX_BYTES // 2**20))
    if not data:
        raise _unusable(field, _("This file is empty. Choose the photo again."))
    try:
        # The content decides what a file is, never its name; only these decoders are tried.
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _unusable(field, _("This picture has too many pixels. Send a smaller one."))
            image = _upright(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow's decoders raise each of these on broken files.
        raise _unusable(field, _("We cannot read this as a photo. Send a JPEG, PNG or WebP picture.")) from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    encoded = io.BytesIO()
    # A new image made of the pixels alone: nothing of the upload's containers survives.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(encoded, "JPEG", quality=85, optimize=True)
    return EncodedPhoto(encoded.getvalue(), clean.width, clean.height)


def _upright(opened: Image.Image) -> Image.Image:
    """The picture as it was held. The tags are thrown away afterwards, so broken ones are no reason to refuse it."""
    try:
        orientation = opened.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  Pillow's reader of tags raises whatever a broken tag brings about
        return opened
    turn = TURNS.get(orientation) if isinstance(orientation, int) else None
    return opened if turn is None else opened.transpose(turn)


def _unusable(field: str, detail: str) -> UnusableFile:
    return UnusableFile(detail, errors=(FieldError(field, detail),))
