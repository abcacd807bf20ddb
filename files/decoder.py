"""Reads an original and writes what may be shown of it: a program of its own, run by files/decoding.py.

    python -I -X utf8 decoder.py ORIGINAL FOLDER LIMITS

It reads the bytes of strangers, so it is a process of its own that imports Pillow and nothing of ours, takes memory
and time away from itself before it does, and tells what it found by one line of JSON: `{"error": code}` with
parameters, or type, width, height (of the upright original), frames and renditions. It ends with 0 then; anything
else is a fault of ours or a death.
"""

import codecs
import json
import math
import os
import resource
import signal
import struct
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, NoReturn

if TYPE_CHECKING:
    from PIL import Image

JPEG_QUALITY = 90
READ_AT_ONCE = 1 << 20
MOST_PAGES = 10_000
# What Pillow raises on damaged files; OSError is "truncated" and most of the rest.
DAMAGED = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError)
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "TIFF": "image/tiff"}
FORMATS |= {"AVIF": "image/avif", "BMP": "image/bmp"}
# The first bytes decide, never the name.
SIGNATURES = [
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
]
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
# They look like text and are something that a program runs or follows.
NO_TEXTS = (b"push graphic-context", b"#EXTM3U", b"%!PS", b"%PDF", b"{\\rtf", b"#!")
BOMS_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


class Limits(NamedTuple):
    pixels: int
    frames_pixels: int
    side: int
    thumb: int
    text_bytes: int
    memory: int
    cpu_s: int
    output_bytes: int
    parent: int


class RefusedError(Exception):
    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def main(original: Path, folder: Path, limits: Limits) -> dict[str, Any]:
    """What is to be said of the file."""
    try:
        with original.open("rb") as stream:
            kind = sniff(stream)
            return read_text(stream, folder, limits) if kind == "text" else read_image(stream, folder, kind, limits)
    except RefusedError as refused:
        return {"error": refused.code, "params": refused.params}
    except MemoryError:
        return {"error": "too_much_memory"}


def confine(limits: Limits) -> None:
    """Take away what a hostile file could use: memory, time, disk, core dumps; and die with the parent."""
    for name, most in [
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ]:
        # macOS knows the limit of memory and does not take it; the cap of pixels holds there too.
        with suppress(ValueError):
            resource.setrlimit(name, (most, most))
    signal.signal(signal.SIGALRM, lambda *_: check_parent(limits.parent))
    signal.setitimer(signal.ITIMER_REAL, 1, 1)


def check_parent(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(3)


def sniff(stream: BinaryIO) -> str:
    """A format of FORMATS, or `text`. Raises RefusedError for what is known to be something else."""
    start = stream.read(4096)
    stream.seek(0)
    if not start:
        raise RefusedError("empty")
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[:2] == b"BM" and len(start) > 18 and start[6:10] == b"\0\0\0\0":
        return "BMP"
    if start[4:8] == b"ftyp":
        return sniff_brand(start)
    return sniff_text(start)


def sniff_brand(start: bytes) -> str:
    (size,) = struct.unpack(">I", start[:4])
    brands = {start[8:12], *(start[at : at + 4] for at in range(16, min(size, len(start)), 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    raise RefusedError("heic_refused" if brands & HEIC_BRANDS else "unknown_type")


def sniff_text(start: bytes) -> str:
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(BOMS_UTF16):
        raise RefusedError("not_utf8")
    if not CONTROLS.isdisjoint(start) or start.startswith(NO_TEXTS):
        raise RefusedError("unknown_type")
    if text.startswith(b"<"):
        raise RefusedError("svg_refused" if b"<svg" in text.lower() else "markup_refused")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        in_ascii = sum(byte < 128 for byte in start)
        raise RefusedError("not_utf8" if in_ascii > len(start) / 2 else "unknown_type") from None
    return "text"


def read_text(stream: BinaryIO, folder: Path, limits: Limits) -> dict[str, Any]:
    """Checks every byte and copies the text without its byte order mark."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, target = 0, folder / "full"
    with target.open("wb") as output:
        while piece := stream.read(READ_AT_ONCE):
            if size == 0:
                piece = piece.removeprefix(codecs.BOM_UTF8)
            size += len(piece)
            check_text(decoder, piece, too_long=size > limits.text_bytes)
            output.write(piece)
        check_text(decoder, b"", final=True)
    rendition = {"kind": "full", "type": "text/plain", "width": None, "height": None}
    return {"type": "text/plain", "width": None, "height": None, "frames": None, "renditions": [rendition]}


def check_text(
    decoder: codecs.IncrementalDecoder, piece: bytes, *, too_long: bool = False, final: bool = False
) -> None:
    if too_long:
        raise RefusedError("text_too_long")
    if b"\0" in piece:
        raise RefusedError("unknown_type")
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        raise RefusedError("not_utf8") from None


def read_image(stream: BinaryIO, folder: Path, kind: str, limits: Limits) -> dict[str, Any]:
    """Decode, make it upright, sRGB and 8 bit, and write both renditions."""
    from PIL import Image

    prepare_pillow(limits)
    try:
        image, about = open_image(stream, kind, limits)
        full = upright(image, limits)
        thumb = full.copy()
        thumb.thumbnail((limits.thumb, limits.thumb), reducing_gap=3)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedError("too_many_pixels") from None
    except DAMAGED as error:
        # libtiff and others say it in words only.
        raise RefusedError("too_much_memory" if "memory" in str(error).lower() else "broken") from error
    return {**about, "renditions": [write(full, folder, "full"), write(thumb, folder, "thumb")]}


def prepare_pillow(limits: Limits) -> None:
    from PIL import AvifImagePlugin, Image

    Image.MAX_IMAGE_PIXELS = limits.pixels
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # Each thread would take its own share of the memory.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def open_image(stream: BinaryIO, kind: str, limits: Limits) -> tuple["Image.Image", dict[str, Any]]:
    """The opened image, its first frame not yet decoded, and what is said of the original."""
    from PIL import Image

    check_size(header_size(stream, kind), 1, limits)
    image = Image.open(stream, formats=[kind])
    frames = count_frames(stream, image, limits)
    check_size(image.size, frames, limits)
    if kind == "PNG":
        # Loading does not look at the checksums, verifying does; it leaves the image unusable.
        image.verify()
        image = Image.open(stream, formats=[kind])
    width, height = image.size
    # Of a TIFF Pillow already tells the upright size.
    if kind != "TIFF" and orientation(image) >= 5:
        width, height = height, width
    return image, {"type": FORMATS[kind], "width": width, "height": height, "frames": frames}


def header_size(stream: BinaryIO, kind: str) -> tuple[int, int]:
    """Width and height where the library would refuse or take memory before it says them, else 1 × 1."""
    start = stream.read(32)
    stream.seek(0)
    if kind == "PNG" and len(start) >= 24:
        return struct.unpack(">II", start[16:24])
    if kind == "GIF" and len(start) >= 10:
        return struct.unpack("<HH", start[6:10])
    if kind == "WEBP" and start[12:16] == b"VP8X" and len(start) >= 30:
        return 1 + int.from_bytes(start[24:27], "little"), 1 + int.from_bytes(start[27:30], "little")
    if kind == "WEBP" and start[12:16] == b"VP8L" and len(start) >= 25:
        bits = int.from_bytes(start[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == "WEBP" and start[12:16] == b"VP8 " and len(start) >= 30:
        return int.from_bytes(start[26:28], "little") & 0x3FFF, int.from_bytes(start[28:30], "little") & 0x3FFF
    return 1, 1


def check_size(size: tuple[int, int], frames: int, limits: Limits) -> None:
    pixels = size[0] * size[1]
    if not pixels:
        raise RefusedError("zero_size")
    if pixels > limits.pixels:
        raise RefusedError("too_many_pixels", pixels=min(pixels, 2**53), limit=limits.pixels)
    if frames > MOST_PAGES or (frames > 1 and pixels * frames > limits.frames_pixels):
        raise RefusedError("animated_too_large", frames=frames)


def count_frames(stream: BinaryIO, image: "Image.Image", limits: Limits) -> int:
    """How many frames or pages; a GIF's are counted without decoding, and only as far as the limit."""
    if image.format != "GIF":
        # The second picture of an MPO is a preview or the other eye, not a frame.
        return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))
    position = stream.tell()
    try:
        most = max(1, limits.frames_pixels // max(1, image.width * image.height))
        return gif_frames(stream, min(most, MOST_PAGES) + 1)
    finally:
        stream.seek(position)


def gif_frames(stream: BinaryIO, most: int) -> int:
    stream.seek(0)
    header = stream.read(13)
    stream.seek(color_table(header[10]), os.SEEK_CUR)
    frames = 0
    while frames < most:
        match stream.read(1):
            case b"\x21":
                stream.read(1)
            case b"\x2c":
                frames += 1
                stream.seek(color_table(stream.read(9).ljust(9, b"\0")[8]) + 1, os.SEEK_CUR)
            case _:
                break
        while length := stream.read(1).ljust(1, b"\0")[0]:
            stream.seek(length, os.SEEK_CUR)
    return max(1, frames)


def color_table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def orientation(image: "Image.Image") -> int:
    """EXIF's 1 to 8; 1 where there is none or it makes no sense."""
    try:
        found = image.getexif().get(0x0112, 1)
    except DAMAGED:
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def upright(image: "Image.Image", limits: Limits) -> "Image.Image":
    """The picture as it is to be seen, at most `side` pixels high and wide: sRGB or gray, 8 bit, maybe alpha.

    Made small first, as the memory of a copy in full size is not there.
    """
    from PIL import Image

    turns = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM}
    turns |= {5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE}
    turns |= {8: Image.Transpose.ROTATE_90}
    turned, scale = orientation(image), min(1, limits.side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.format in {"JPEG", "MPO"} and scale < 1:
        image.draft(None, size)  # libjpeg decodes at a half, a quarter or an eighth: that much less memory
    image.load()
    if image.format == "TIFF":
        turned = 1  # Pillow has turned it while loading
    small = shrink(image, size)
    profile = image.info.get("icc_profile")
    seen = to_srgb(small, profile)
    return without_metadata(seen.transpose(turns[turned]) if turned in turns else seen)


def shrink(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    """Scaled to the size, in a mode of 8 bits; much larger ones strip by strip, first by a whole factor."""
    from PIL import Image

    factor = max(1, max(image.size) // max(size))
    stretch = extremes(image)
    if factor == 1 and stretch is None:
        return resized(eight_bit(image, None), size)
    rows, top, small = 256 * factor, 0, None
    while top < image.height:
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        part = eight_bit(strip, stretch)
        part = part.reduce(factor) if factor > 1 else part
        if small is None:
            small = Image.new(part.mode, (part.width, -(-image.height // factor)))
        small.paste(part, (0, top // factor))
        top += rows
    assert small is not None
    return resized(small, size)


def resized(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def extremes(image: "Image.Image") -> tuple[float, float] | None:
    """What becomes black and white where the mode itself does not say so."""
    if image.mode.startswith("I;16"):
        return 0, 65535
    if image.mode not in {"I", "F"}:
        return None
    low, high = image.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if not math.isfinite(high - low):
        raise ValueError("not a number")
    return low, high


def eight_bit(image: "Image.Image", stretch: tuple[float, float] | None) -> "Image.Image":
    """In one of the modes L, LA, RGB, RGBA, CMYK, LAB."""
    if stretch is not None:
        low, high = stretch
        scale = 255 / (high - low) if high > low else 1
        # Plus a half: converting to L cuts off.
        return image.convert("F").point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
    if image.mode in {"P", "PA"} or (image.mode in {"L", "RGB", "1"} and "transparency" in image.info):
        return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    plain = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
    return image.convert(plain[image.mode]) if image.mode in plain else image


def to_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Through the embedded profile where it is one for this mode; a damaged one is as good as none."""
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    color = image.convert(image.mode[:-1]) if alpha else image
    srgb = ImageCms.createProfile("sRGB")
    if color.mode == "LAB":
        color = transformed(color, ImageCms.createProfile("LAB"), srgb)
    elif profile:
        with suppress(ImageCms.PyCMSError, *DAMAGED):
            color = transformed(color, ImageCms.getOpenProfile(BytesIO(profile)), srgb)
    if color.mode not in {"L", "RGB"}:
        color = color.convert("RGB")
    if alpha is None or alpha.getextrema() == (255, 255):
        return color
    color.putalpha(alpha)
    return color


def transformed(image: "Image.Image", source: Any, target: Any) -> "Image.Image":
    from PIL import ImageCms

    made = ImageCms.profileToProfile(
        image, source, target, outputMode="RGB", renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    assert made is not None
    return made


def without_metadata(image: "Image.Image") -> "Image.Image":
    """The pixels alone: what is written from a new image carries nothing of the old one's."""
    from PIL import Image

    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    return clean


def write(image: "Image.Image", folder: Path, kind: str) -> dict[str, Any]:
    """A JPEG with full colour resolution, or a PNG where something is transparent."""
    target = folder / kind
    image.info = {}
    if image.mode in {"LA", "RGBA"}:
        image.save(target, "PNG", compress_level=6)
        return {"kind": kind, "type": "image/png", "width": image.width, "height": image.height}
    image.save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return {"kind": kind, "type": "image/jpeg", "width": image.width, "height": image.height}


def run() -> NoReturn:
    original, folder, given = sys.argv[1:]
    limits = Limits(*(int(number) for number in given.split(",")))
    confine(limits)
    sys.stdout.write(json.dumps(main(Path(original), Path(folder), limits)) + "\n")
    sys.stdout.flush()
    # No clean-up of libraries that have just read a stranger's bytes.
    os._exit(0)


if __name__ == "__main__":
    run()
