"""Photos: read by content, turned right, bare of metadata; everything else refused with what to do."""

import io

import piexif
import pytest
from PIL import Image

from geo311.core.problems import UnusableFile
from geo311.service_requests.photos import LONGEST_SIDE, MAX_BYTES, reencode


def picture(size: tuple[int, int] = (60, 30), fmt: str = "JPEG", **options: object) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, fmt, **options)
    file.seek(0)
    return file


def test_position_camera_and_every_other_tag_are_left_behind_and_the_photo_stands_upright() -> None:
    tags = piexif.dump(
        {
            "0th": {piexif.ImageIFD.Orientation: 6, piexif.ImageIFD.Make: b"SecretCam"},
            "GPS": {piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: ((40, 1), (44, 1), (0, 1))},
        }
    )
    photo = reencode(picture(exif=tags, comment=b"SecretComment"))
    assert (photo.width, photo.height) == (30, 60)
    read = Image.open(io.BytesIO(photo.jpeg))
    assert not read.getexif()
    assert b"Secret" not in photo.jpeg
    assert b"Exif" not in photo.jpeg


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    photo = reencode(picture((60, 30), exif=piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}})))
    assert (photo.width, photo.height) == ((60, 30) if orientation < 5 else (30, 60))


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow says so and goes on
def test_broken_tags_are_no_reason_to_refuse_a_good_photo() -> None:
    tags = bytearray(piexif.dump({"0th": {piexif.ImageIFD.Orientation: 6, piexif.ImageIFD.XResolution: (72, 1)}}))
    for position in range(10, len(tags)):
        broken = tags[:position] + bytes([tags[position] ^ 0xFF]) + tags[position + 1 :]
        assert reencode(picture(exif=bytes(broken))).jpeg


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_common_formats_become_jpeg(fmt: str) -> None:
    assert Image.open(io.BytesIO(reencode(picture(fmt=fmt)).jpeg)).format == "JPEG"


def test_a_large_picture_is_made_smaller() -> None:
    photo = reencode(picture((5000, 1000)))
    assert (photo.width, photo.height) == (LONGEST_SIDE, 410)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"GIF89a<script>alert(1)</script>", "cannot read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "cannot read"),
        (picture().getvalue()[:200], "cannot read"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 100, "cannot read"),
        (b"\xff" * (MAX_BYTES + 1), "too large"),
        (b"\xff" * (40 * 2**20), "too large"),
    ],
    ids=["empty", "gif polyglot", "svg", "cut off", "corrupt", "just too large", "40 MB"],
)
def test_what_is_no_photo_is_refused_and_the_field_named(data: bytes, words: str) -> None:
    with pytest.raises(UnusableFile, match=words) as problem:
        reencode(io.BytesIO(data))
    assert [error.field for error in problem.value.errors] == ["photo"]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(UnusableFile, match="pixels"):
        reencode(picture((10_000, 7_000), "PNG"))
