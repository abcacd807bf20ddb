"""Pictures for stories: real photographs with people's boxes where there are any, drawn scenes where not.

Sizes are those of the upright picture, as Pillow sees it.
"""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageOps

from config.demo.scenes import SIZE, street
from core import jsonio
from tests.machine import REAL_DATA

Box = tuple[float, float, float, float]
FOLDER = REAL_DATA / "images"
LARGE = (5600, 3733)
# One of each way that a picture can be unusual; the boxes of the first two were drawn by people.
KINDS = {
    "upright": "fridge_10.jpg",
    "orientation 6, with truth": "fridge_10_exif6.jpg",
    "orientation 3": "exif_Landscape_3.jpg",
    "orientation 5": "exif_Landscape_5.jpg",
    "orientation 6": "exif_Landscape_6.jpg",
    "CMYK": "derived_lake-sherburne_cmyk.jpg",
    "16 bit, grey": "derived_lake-sherburne_gray16.png",
    "16 bit, colour": "derived_tea-gardens_rgb16.png",
    "animated": "anim_flower.gif",
    "with alpha": "derived_tea-gardens_alpha.png",
    "large": "hires_casa-mila.jpg",
}


@dataclass(frozen=True)
class Picture:
    """`boxes` are the truth where there is one, else made up, in pixels of the upright picture."""

    name: str
    content: bytes
    size: tuple[int, int]
    boxes: tuple[Box, ...]


def one_of_each() -> list[Picture]:
    """Real ones; without them, drawn ones of the same kinds, as far as they can be made."""
    return [real(kind, name) for kind, name in KINDS.items()] if FOLDER.is_dir() else drawn()


def real(kind: str, name: str) -> Picture:
    content = (FOLDER / name).read_bytes()
    if kind == "large":
        content = enlarged(content)
    with Image.open(io.BytesIO(content)) as image:
        size = ImageOps.exif_transpose(image).size
    return Picture(name, content, size, truth().get(name) or made_up(size))


@cache
def truth() -> dict[str, tuple[Box, ...]]:
    """The first two boxes of each picture that people drew boxes on."""
    lines = (FOLDER / "manifest.jsonl").read_bytes().splitlines()
    rows = [jsonio.parse(line, most_bytes=len(line)) for line in lines]
    return {
        row["file"]: tuple(tuple(box["bbox"]) for box in row["truth"]["boxes"][:2]) for row in rows if row.get("truth")
    }


def made_up(size: tuple[int, int]) -> tuple[Box, ...]:
    """Two boxes at odd places, small enough for a window at full size."""
    width, height = size
    first = (width // 7, height // 9, min(width // 3, 420), min(height // 4, 300))
    second = (width * 5 // 8, height * 5 // 8, min(width // 4, 333), min(height // 4, 277))
    return first, second


def enlarged(content: bytes) -> bytes:
    """More than 20 megapixels: larger than any rendition."""
    with Image.open(io.BytesIO(content)) as image:
        return bytes_of(image.convert("RGB").resize(LARGE), "JPEG", quality=70)


def bytes_of(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def drawn() -> list[Picture]:
    """The same scene in the ways that Pillow can write."""
    scene = street(7)
    boxes = tuple(box for _label, box in scene.objects[:2])
    with Image.open(io.BytesIO(scene.png)) as opened:
        image = opened.convert("RGB")
    turned = {
        orientation: bytes_of(image.transpose(how), "JPEG", exif=orientation_tag(orientation))
        for orientation, how in {
            3: Image.Transpose.ROTATE_180,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,
        }.items()
    }
    contents = {
        "upright.png": scene.png,
        **{f"orientation-{orientation}.jpg": content for orientation, content in turned.items()},
        "cmyk.jpg": bytes_of(image.convert("CMYK"), "JPEG"),
        "grey16.png": bytes_of(image.convert("L").convert("I;16"), "PNG"),
        "animated.gif": bytes_of(image, "GIF", save_all=True, append_images=[image.convert("L")]),
        "alpha.png": bytes_of(image.convert("RGBA"), "PNG"),
    }
    found = [Picture(name, content, SIZE, boxes) for name, content in contents.items()]
    return [*found, Picture("large.jpg", enlarged(scene.png), LARGE, made_up(LARGE))]


def orientation_tag(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif
