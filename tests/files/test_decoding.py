import json
import os
import resource
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from files import decoding
from files.decoding import DecoderFailedError, DecodingLimits, UndecodableError, decode
from files.reasons import FILE_REASONS, reason
from tests import machine
from tests.files.conftest import encoded, flat_png, picture

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 40), (20, 40, 220), (250, 250, 250)
# Colours survive JPEG within this.
NEAR = 6


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, most: DecodingLimits | None = None):
        original, folder = tmp_path / "original", tmp_path / "made"
        original.write_bytes(content)
        folder.mkdir(exist_ok=True)
        return decode(original, folder, most)

    return read


def code_of(read, content: bytes, most: DecodingLimits | None = None) -> str:
    with pytest.raises(UndecodableError) as error:
        read(content, most)
    assert reason(error.value.code, error.value.params)
    return error.value.code


def full(decoded) -> Image.Image:
    with Image.open(decoded.renditions[0].path) as image:
        image.load()
        return image


def is_near(found, wanted, by=NEAR) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def corners(size=(60, 40)) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", size)
    half = (size[0] // 2, size[1] // 2)
    for place, color in zip([(0, 0), (half[0], 0), (0, half[1]), half], [RED, GREEN, BLUE, WHITE], strict=True):
        image.paste(color, (*place, place[0] + half[0], place[1] + half[1]))
    return image


def corners_of(image: Image.Image) -> list[Any]:
    width, height = image.size
    places = [(8, 8), (width - 8, 8), (8, height - 8), (width - 8, height - 8)]
    return [image.convert("RGB").getpixel(place) for place in places]


# What has to be done to the upright picture so that the tag makes it upright again.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("tag", range(1, 9))
def test_every_orientation_becomes_upright(tag, kind, read):
    stored = corners() if STORED_AS[tag] is None else corners().transpose(STORED_AS[tag])
    exif = Image.Exif()
    exif[0x0112] = tag
    options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}

    decoded = read(encoded(stored, kind, exif=exif, **options))

    assert (decoded.width, decoded.height) == (60, 40) == full(decoded).size
    for found, wanted in zip(corners_of(full(decoded)), [RED, GREEN, BLUE, WHITE], strict=True):
        assert is_near(found, wanted, by=12)


@pytest.mark.parametrize("tag", [0, 9, 65535])
def test_a_nonsense_orientation_is_none(tag, read):
    exif = Image.Exif()
    exif[0x0112] = tag
    assert corners_of(full(read(encoded(corners(), "JPEG", exif=exif, quality=95))))[0][0] > 200


def test_16_bit_gray_is_scaled_and_not_cut_off(read):
    image = Image.new("I;16", (30, 10))
    for column in range(30):
        for row in range(10):
            image.putpixel((column, row), [0, 257 * 100, 65535][column // 10])

    found = full(read(encoded(image, "PNG")))

    assert found.mode == "L"
    assert [found.getpixel((x, 5)) for x in (4, 15, 26)] == [pytest.approx(level, abs=4) for level in (0, 100, 255)]


@pytest.mark.parametrize("color_type", [2, 4, 6])
def test_16_bit_color_is_scaled(color_type, read):
    found = full(read(flat_png(20, 20, color_type=color_type, depth=16, byte=0x80)))
    assert set(found.convert("RGB").getpixel((10, 10))) <= {127, 128, 129}


@pytest.mark.parametrize(("mode", "low", "high"), [("F", -3.5, 12.25), ("I", -1000, 100_000)])
def test_values_without_a_scale_are_stretched(mode, low, high, read):
    image = Image.new(mode, (40, 20), low)
    image.paste(high, (20, 0, 40, 20))

    found = full(read(encoded(image, "TIFF")))

    assert [found.getpixel((5, 10)), found.getpixel((35, 10))] == [pytest.approx(0, abs=3), pytest.approx(255, abs=3)]


def test_values_that_are_no_numbers_are_broken(read):
    assert code_of(read, encoded(Image.new("F", (4, 4), float("inf")), "TIFF")) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_srgb(kind, read):
    found = full(read(encoded(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), kind)))
    assert found.mode == "RGB"
    assert is_near(found.getpixel((10, 10)), (255, 0, 0), by=10)


def test_alpha_stays(read):
    image = Image.new("RGBA", (20, 20), (*RED, 255))
    image.paste((*BLUE, 60), (0, 0, 10, 20))

    decoded = read(encoded(image))

    assert [made.type for made in decoded.renditions] == ["image/png", "image/png"]
    assert [full(decoded).getpixel((x, 5)) for x in (5, 15)] == [(*BLUE, 60), (*RED, 255)]


def test_alpha_that_hides_nothing_is_left_out(read):
    assert read(picture(mode="RGBA", color=(*RED, 255))).renditions[0].type == "image/jpeg"


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_becomes_color_and_its_transparent_entry_alpha(kind, read):
    image = Image.new("P", (20, 20), 1)
    image.putpalette([*RED, *BLUE])
    image.paste(0, (0, 0, 10, 20))

    plain = full(read(encoded(image, kind)))
    through = full(read(encoded(image, kind, transparency=0)))

    assert is_near(plain.convert("RGB").getpixel((15, 10)), BLUE)
    assert [through.getpixel((5, 5))[3], through.getpixel((15, 5))] == [0, (*BLUE, 255)]


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_gray_stays_gray(mode, read):
    color = {"1": 1, "L": 100, "LA": (100, 50)}[mode]
    found = full(read(encoded(Image.new(mode, (20, 20), color))))
    assert (found.mode, found.getpixel((5, 5))) == {"1": ("L", 255), "L": ("L", 100), "LA": ("LA", (100, 50))}[mode]


def test_lab_becomes_srgb(read):
    found = full(read(encoded(Image.new("LAB", (20, 20), (255, 128, 128)), "TIFF")))
    assert is_near(found.getpixel((10, 10)), WHITE, by=12)


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged: what ignores it shows the wrong colours."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {bytes(raw[n : n + 4]): n for n in range(132, 132 + 12 * raw[131], 12)}
    red, blue = at[b"rXYZ"], at[b"bXYZ"]
    raw[red + 4 : red + 12], raw[blue + 4 : blue + 12] = raw[blue + 4 : blue + 12], raw[red + 4 : red + 12]
    return bytes(raw)


def test_the_embedded_profile_is_applied(read):
    swapped = encoded(Image.new("RGB", (20, 20), (250, 0, 0)), "PNG", icc_profile=swapped_profile())
    found = full(read(swapped)).getpixel((10, 10))
    assert found[2] > 200
    assert found[0] < 60


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200]])
def test_a_damaged_profile_is_as_good_as_none(profile, read):
    content = encoded(Image.new("RGB", (20, 20), RED), "PNG", icc_profile=profile)
    assert is_near(full(read(content)).getpixel((10, 10)), RED)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_shown(kind, read):
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, BLUE, GREEN)]
    options = {"lossless": True} if kind == "WEBP" else {}
    decoded = read(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))

    assert decoded.frames == 3
    assert is_near(full(decoded).convert("RGB").getpixel((10, 10)), RED)


def test_frames_times_canvas_are_limited(read):
    frames = [Image.new("L", (20, 20), n) for n in range(10)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert read(content, DecodingLimits(frames_pixels=4000)).frames == 10
    assert code_of(read, content, DecodingLimits(frames_pixels=3999)) == "animated_too_large"


SECRETS = ["secret-camera", "secret-xmp", "secret-comment", "secret-text", "secret-profile", "secret-user-comment"]


def with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = exif[0x010E] = exif[0x9286] = "secret-camera secret-user-comment"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + b"secret-profile"
    options: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "secret-text")
        text.add_itxt("XML:com.adobe.xmp", "<x>secret-xmp</x>")
        options["pnginfo"] = text
    elif kind == "JPEG":
        options |= {"comment": b"secret-comment", "xmp": b"<x>secret-xmp</x>"}
    elif kind == "WEBP":
        options["xmp"] = b"<x>secret-xmp</x>"
    return encoded(corners(), kind, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_no_metadata_is_left(kind, read):
    content = with_metadata(kind)
    assert any(secret.encode() in content for secret in SECRETS)

    for made in read(content).renditions:
        raw = made.path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in raw]
        with Image.open(made.path) as image:
            assert not dict(image.getexif())
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_keeps_its_size_and_is_shown_smaller(kind, read):
    content = encoded(Image.new("RGB", (6000, 4000), RED), kind)

    decoded = read(content)

    assert (decoded.width, decoded.height) == (6000, 4000)
    assert [(made.width, made.height) for made in decoded.renditions] == [(4096, 2731), (320, 213)]


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (9000, 3)])
def test_a_very_narrow_picture_keeps_a_pixel(size, read):
    decoded = read(encoded(Image.new("RGB", size, BLUE)))

    assert (decoded.width, decoded.height) == size
    assert all(
        min(made.width, made.height) >= 1 and max(made.width, made.height) <= 4096 for made in decoded.renditions
    )


def test_strips_meet_without_a_seam(read):
    gradient = Image.linear_gradient("L").resize((1000, 1000)).convert("RGBA")
    gradient.putalpha(128)

    decoded = read(encoded(gradient), DecodingLimits(side_px=300))

    column = [full(decoded).getpixel((150, y))[0] for y in range(full(decoded).height)]
    assert column == sorted(column)
    assert (column[0], column[-1]) == (pytest.approx(0, abs=3), pytest.approx(255, abs=3))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_the_cap_of_pixels_is_read_from_the_header(kind, read):
    content = encoded(Image.new("RGB", (50, 40), RED), kind)

    assert read(content, DecodingLimits(pixels=2000)).width == 50
    assert code_of(read, content, DecodingLimits(pixels=1999)) == "too_many_pixels"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_picture_that_is_cut_off_is_broken(kind, read):
    content = encoded(Image.effect_noise((200, 200), 90), kind)
    assert code_of(read, content[: len(content) * 2 // 3]) == "broken"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xff", "unknown_type"),
        (b"PK\x03\x04" + b"x" * 100, "unknown_type"),
        (b"%PDF-1.4 and so on", "unknown_type"),
        (b"#!/bin/sh\n", "unknown_type"),
        (b"text with a \0", "unknown_type"),
        (b'<?xml version="1.0"?><SVG onload="x()"/>', "svg_refused"),
        (b"  <!doctype html><script>", "markup_refused"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic_refused"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "unknown_type"),
        ("grün".encode("latin-1"), "not_utf8"),
        ("grün".encode("utf-16"), "not_utf8"),
        (b"a" * 5000 + b"\xff", "not_utf8"),
        (b"a" * 5000 + b"\0", "unknown_type"),
        (b"a" * 5000 + b"\xc3", "not_utf8"),
    ],
)
def test_what_is_no_picture_and_no_text(content, code, read):
    assert code_of(read, content) == code


def test_a_text_is_limited(read):
    assert read(b"a" * 10, DecodingLimits(text_bytes=10)).type == "text/plain"
    assert code_of(read, b"a" * 11, DecodingLimits(text_bytes=10)) == "text_too_long"


def test_a_picture_that_takes_too_much_memory_ends_its_child_only(read):
    assert code_of(read, flat_png(8000, 8000), DecodingLimits(memory=250_000_000)) == "too_much_memory"


def test_decoding_costs_this_process_no_memory(read):
    content = flat_png(6000, 6000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    read(content)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if sys.platform == "darwin" else 1024) < 50_000_000


def answer(**changed: object) -> str:
    full = {"kind": "full", "type": "image/png"}
    return f"print({json.dumps(json.dumps({'type': 'image/png', 'renditions': [full], **changed}))})"


def replaced(monkeypatch, tmp_path: Path, body: str) -> None:
    """Another program in the decoder's place: what a child that was taken over may do."""
    program = tmp_path / "program.py"
    program.write_text(f"import os, sys, signal\nfrom pathlib import Path\nfolder = Path(sys.argv[2])\n{body}\n")
    monkeypatch.setattr(decoding, "PROGRAM", program)


def test_a_child_that_does_not_end_is_killed(read, monkeypatch, tmp_path):
    replaced(monkeypatch, tmp_path, "(folder / 'pid').write_text(str(os.getpid()))\nwhile True: pass")
    monkeypatch.setattr(decoding, "late", lambda used, most: UndecodableError("too_slow"))

    assert code_of(read, b"x", DecodingLimits(seconds=1)) == "too_slow"
    pid = int((tmp_path / "made" / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(("used", "kind"), [(0.5, DecoderFailedError), (20.0, UndecodableError)])
def test_a_busy_machine_is_not_the_files_fault(used, kind):
    assert isinstance(decoding.late(used, DecodingLimits()), kind)


def test_a_child_ends_at_its_limit_of_time(read, tmp_path, monkeypatch):
    limits = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"
    replaced(monkeypatch, tmp_path, limits)

    assert code_of(read, b"x") == "too_slow"


@pytest.mark.parametrize(
    "body",
    [
        "print('{')",
        "print('[]')",
        "print('x' * 1000000)",
        answer(error="invented"),
        answer(type="text/html"),
        answer(renditions=[]),
        answer(renditions=[{"kind": "../x", "type": "image/png"}]),
        ("(folder / 'full').symlink_to('/etc/hostname')\n" + answer()),
        ("(folder / 'full').touch()\n" + answer(width=-1)),
        ("(folder / 'full').touch()\n" + answer(width=2**40)),
        "sys.exit(1)",
        "os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_a_child_that_talks_nonsense_is_not_believed(body, read, monkeypatch, tmp_path):
    replaced(monkeypatch, tmp_path, body)
    with pytest.raises(DecoderFailedError):
        read(b"x")


def test_a_crash_in_a_library_is_the_files_fault(read, monkeypatch, tmp_path):
    replaced(monkeypatch, tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    assert code_of(read, b"x") == "broken"


REFUSED = {
    "bad_crc.png": "broken",
    "bomb_20000x20000_1bit.png": "too_many_pixels",
    "empty.png": "empty",
    "gif_10000_frames.gif": "animated_too_large",
    "gif_1_frame_65535.gif": "too_many_pixels",
    "header_only_30000x30000.png": "too_many_pixels",
    "html_renamed.jpg": "markup_refused",
    "huge_header_2147483647.png": "too_many_pixels",
    "imagetragick.mvg": "unknown_type",
    "playlist_renamed.mp4": "unknown_type",
    "script.svg": "svg_refused",
    "truncated.jpg": "broken",
    "truncated.png": "broken",
    "zero_size.png": "zero_size",
}
HARMLESS_TYPES = {"image/jpeg", "image/png", "image/gif", "text/plain"}


@pytest.mark.parametrize("path", machine.real_files("hostile/files/*"), ids=lambda path: path.name)
def test_a_hostile_file_does_no_harm(path, read):
    decoded, code = None, ""
    try:
        decoded = read(path.read_bytes())
    except UndecodableError as error:
        code = error.code

    assert code == REFUSED.get(path.name, code)
    if decoded is None:
        assert code in FILE_REASONS
    else:
        assert decoded.type in HARMLESS_TYPES
        assert {made.type for made in decoded.renditions} <= {"image/jpeg", "image/png", "text/plain"}


@pytest.mark.parametrize("path", machine.real_files("images/*.[jpgtaw]*[gpf]"), ids=lambda path: path.name)
def test_a_real_picture_is_read(path, read):
    decoded = read(path.read_bytes())

    with Image.open(path) as image:
        size = image.size[::-1] if image.getexif().get(0x0112, 1) >= 5 else image.size
    assert (decoded.width, decoded.height) == size
    with Image.open(BytesIO(decoded.renditions[0].path.read_bytes())) as image:
        assert image.size == size
