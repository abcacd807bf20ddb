import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import Membership, Mode, Organization, User
from files import storing
from files.models import File

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(slug="acme", name="Acme")


@pytest.fixture
def member(organization: Organization) -> User:
    user = User.objects.create_user("member@example.com", name="Member")
    Membership.objects.create(organization=organization, user=user)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    other = Organization.objects.create(slug="other", name="Other")
    user = User.objects.create_user("stranger@example.com", name="Stranger")
    Membership.objects.create(organization=other, user=user)
    return user


def picture(size: tuple[int, int] = (40, 30), color: object = "teal", mode: str = "RGB", kind: str = "PNG") -> bytes:
    return encoded(Image.new(mode, size, color), kind)  # type: ignore[arg-type]  # tests give what the mode wants


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def stored(content: bytes, organization: Organization, *, name: str = "a.png", mode: Mode = Mode.LIVE) -> File:
    file, _ = storing.store(BytesIO(content), organization=organization, mode=mode, name=name, by=None, at=NOON)
    return file


def content_of(key: str) -> bytes:
    with default_storage.open(key) as stream:
        return bytes(stream.read())


def flat_png(width: int, height: int, *, color_type: int = 2, depth: int = 8, byte: int = 0x80) -> bytes:
    """A PNG of one value, made without the memory that it takes to decode it."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    row = b"\0" + bytes([byte]) * ((width * channels * depth + 7) // 8)
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    palette = png_chunk(b"PLTE", bytes(range(256)) * 3) if color_type == 3 else b""
    start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + palette
    return start + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
