"""Photos re-encoded: turned right, made smaller, every byte of metadata left behind."""

import io
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from geo311.core.problems import FieldError, UnusableFile

MAX_BYTES = 15 * 1024 * 1024  # larger than any phone's photo, smaller than what would tire a worker
MAX_PIXELS = 60_000_000  # a 200 MB bitmap; beyond that it is a bomb, not a photo
LONGEST_SIDE = 2_048
FORMATS = ("JPEG", "PNG", "WEBP")


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
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow's decoders raise each of these on broken files.
        raise _unusable(field, _("We cannot read this as a photo. Send a JPEG, PNG or WebP picture.")) from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    encoded = io.BytesIO()
    # A new image made of the pixels alone: nothing of the upload's containers survives.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(encoded, "JPEG", quality=85, optimize=True)
    return EncodedPhoto(encoded.getvalue(), clean.width, clean.height)


def _unusable(field: str, detail: str) -> UnusableFile:
    return UnusableFile(detail, errors=(FieldError(field, detail),))
