"""Runs files/decoder.py on an original: a child with little memory and time, whose end is always understood."""

import os
import resource
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import jsonio, limits
from files import decoder
from files.models import RenditionKind
from files.reasons import FILE_REASONS

PROGRAM = Path(decoder.__file__)
THUMB_SIDE_PX = 320
MOST_SAID = 64 * limits.KB
OUTPUT_BYTES = 200 * limits.MB
TYPES = frozenset(decoder.FORMATS.values()) | {"text/plain"}
RENDITION_TYPES = frozenset({"image/jpeg", "image/png", "text/plain"})
# What a hostile file can bring about: a fault in a library, too much time.
BROKEN_BY = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT, signal.SIGTRAP})


@dataclass(frozen=True)
class DecodingLimits:
    """What one original may cost; tests make it small."""

    pixels: int = limits.IMAGE_PIXELS
    frames_pixels: int = limits.IMAGE_FRAMES_PIXELS
    side_px: int = limits.RENDITION_SIDE_PX
    text_bytes: int = limits.API_BODY
    memory: int = limits.DECODING_MEMORY
    seconds: int = limits.DECODING_SECONDS

    def spoken(self) -> str:
        told = decoder.Limits(
            pixels=self.pixels,
            frames_pixels=self.frames_pixels,
            side=self.side_px,
            thumb=THUMB_SIDE_PX,
            text_bytes=self.text_bytes,
            memory=self.memory,
            cpu_s=self.seconds,
            output_bytes=OUTPUT_BYTES,
            parent=os.getpid(),
        )
        return ",".join(str(number) for number in told)


@dataclass(frozen=True)
class DecodedRendition:
    kind: RenditionKind
    path: Path
    type: str
    bytes: int
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Decoded:
    """Width and height are those of the upright original; renditions lie in the folder that was given."""

    type: str
    width: int | None
    height: int | None
    frames: int | None
    renditions: list[DecodedRendition]


class UndecodableError(Exception):
    """The file is at fault, and will be the next time too. `code` is one of reasons.FILE_REASONS."""

    def __init__(self, code: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.params = code, params or {}


class DecoderFailedError(Exception):
    """We are at fault, or the machine: it may go well another time."""


@dataclass
class Ended:
    code: int
    said: bytes = b""
    complained: str = field(default="", repr=False)


def decode(original: Path, folder: Path, most: DecodingLimits | None = None) -> Decoded:
    """Read the original in a child process that writes renditions into the folder.

    Raises UndecodableError for what the file is to blame for, DecoderFailedError for the rest.
    """
    ended = run_child(original, folder, most or DecodingLimits())
    if ended.code != 0:
        raise judged(ended)
    answer = parsed(ended)
    if "error" in answer:
        if answer["error"] not in FILE_REASONS:
            raise DecoderFailedError(f"unknown code {answer['error']!r}")
        raise UndecodableError(answer["error"], answer.get("params"))
    return believed(answer, folder)


def run_child(original: Path, folder: Path, most: DecodingLimits) -> Ended:
    """What the child says goes to files of limited size: it may have been taken over, and talk without end."""
    said, complained = folder / "said", folder / "complained"
    command = [sys.executable, "-I", "-X", "utf8", str(PROGRAM), str(original), str(folder), most.spoken()]
    with said.open("wb") as stdout, complained.open("wb") as stderr:
        child = subprocess.Popen(  # noqa: S603 (our own program; the paths are ours)
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            # One arena for malloc: each thread's own would be counted against the address space.
            env={"MALLOC_ARENA_MAX": "1", "TMPDIR": str(folder)},
            start_new_session=True,
        )
        before = seconds_of_children()
        try:
            code = child.wait(timeout=most.seconds)
        except subprocess.TimeoutExpired:
            stop(child)
            raise late(seconds_of_children() - before, most) from None
        finally:
            stop(child)
    return Ended(code=code, said=first(said, MOST_SAID), complained=first(complained, 2000).decode(errors="replace"))


def seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def late(used: float, most: DecodingLimits) -> Exception:
    """Out of time: the file's fault, unless the machine was so busy that the child hardly ran."""
    if used < most.seconds / 3:
        return DecoderFailedError(f"got {used:.1f} s of the processor in {most.seconds} s")
    return UndecodableError("too_slow")


def stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.kill()
        child.wait()


def first(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)


def judged(ended: Ended) -> Exception:
    """What an end without an answer means."""
    if ended.code == -signal.SIGXCPU:
        return UndecodableError("too_slow")
    # The kernel's SIGKILL at the hard limit of time looks like any other; ours is told by the time-out.
    if -ended.code in BROKEN_BY:
        return UndecodableError("broken")
    return DecoderFailedError(f"ended with {ended.code}: {ended.complained[-500:]}")


def parsed(ended: Ended) -> dict[str, Any]:
    try:
        answer = jsonio.parse(ended.said, most_bytes=MOST_SAID)
    except jsonio.ForeignJsonError as error:
        raise DecoderFailedError(f"said no JSON: {error}") from error
    if not isinstance(answer, dict):
        raise DecoderFailedError("said no object")
    return answer


def believed(answer: dict[str, Any], folder: Path) -> Decoded:
    """The answer, as far as it is possible: a child that a file took over may say anything."""
    if answer.get("type") not in TYPES:
        raise DecoderFailedError(f"said the type is {answer.get('type')!r}")
    renditions = [believed_rendition(said, folder) for said in answer.get("renditions", [])]
    if RenditionKind.FULL not in {rendition.kind for rendition in renditions}:
        raise DecoderFailedError("made no rendition")
    return Decoded(
        type=answer["type"],
        width=possible(answer.get("width")),
        height=possible(answer.get("height")),
        frames=possible(answer.get("frames")),
        renditions=renditions,
    )


def believed_rendition(said: dict[str, Any], folder: Path) -> DecodedRendition:
    if said.get("kind") not in RenditionKind.values or said.get("type") not in RENDITION_TYPES:
        raise DecoderFailedError("said an impossible rendition")
    path = folder / said["kind"]
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise DecoderFailedError("made something that is not a file")
    return DecodedRendition(
        kind=RenditionKind(said["kind"]),
        path=path,
        type=said["type"],
        bytes=found.st_size,
        width=possible(said.get("width")),
        height=possible(said.get("height")),
    )


def possible(number: object) -> int | None:
    """A positive number that the database can hold, or none."""
    if number is None:
        return None
    if type(number) is not int or not 0 < number <= 2**31 - 1:
        raise DecoderFailedError(f"said the number {number!r}")
    return number
