"""What the test keeps of what people did and heard: drawn strokes, attempts to hand in, receipts, kills."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Stroke:
    """After it the picture had `count` boxes."""

    at: float
    count: int


@dataclass(frozen=True)
class Attempt:
    """A request that handed something in, noted before it left."""

    assignment: str
    verb: str
    body: Json


@dataclass(frozen=True)
class Heard:
    """The answer to a request that handed something in."""

    assignment: str
    verb: str
    status: int
    body: Json

    @property
    def receipt(self) -> Json | None:
        """Of this answer, or the first one that a refusal carries."""
        found = self.body.get("receipt") or self.body.get("error", {}).get("receipt")
        return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class Loss:
    """What was missing when a killed tab was opened again, and how long it had been there."""

    who: str
    assignment: str
    seconds: float
    boxes: int


@dataclass
class Diary:
    """Written by many threads."""

    strokes: dict[str, list[Stroke]] = field(default_factory=lambda: defaultdict(list))
    attempts: list[Attempt] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    kills: list[tuple[float, str, str]] = field(default_factory=list)
    # Where somebody was asked whether to keep their own draft, although nobody else works on it.
    conflicts: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note_stroke(self, assignment: str, count: int) -> None:
        with self.lock:
            self.strokes[assignment].append(Stroke(time.monotonic(), count))

    def note_attempt(self, attempt: Attempt) -> None:
        with self.lock:
            self.attempts.append(attempt)

    def note_heard(self, heard: Heard) -> None:
        with self.lock:
            self.heard.append(heard)

    def note_kill(self, kind: str, what: str) -> None:
        with self.lock:
            self.kills.append((time.monotonic() - self.begun, kind, what))

    def note_reopened(self, who: str, assignment: str, *, killed_at: float, count: int) -> None:
        """`count` boxes were there again: the oldest one that is missing says how much was lost."""
        with self.lock:
            missing = [stroke for stroke in self.strokes[assignment] if stroke.at <= killed_at and stroke.count > count]
            seconds = killed_at - missing[0].at if missing else 0.0
            self.losses.append(Loss(who, assignment, seconds, len(missing)))

    def receipts(self, verb: str) -> list[Heard]:
        return [heard for heard in self.heard if heard.verb == verb and heard.receipt]
