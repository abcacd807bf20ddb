"""What made-up responses are drawn from: the same seed gives the same response, on every machine."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    name: str
    seed: str
    drawn: random.Random

    def pick(self, options: Sequence[T]) -> T:
        """Raises IndexError where there is nothing to choose from."""
        return self.drawn.choice(options)

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """So many different ones, in their order; all where there are fewer."""
        places = sorted(self.drawn.sample(range(len(options)), min(count, len(options))))
        return [options[place] for place in places]

    def whole(self, least: int, most: int) -> int:
        return self.drawn.randint(least, most)

    def flip(self) -> bool:
        return self.drawn.random() < 0.5

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.drawn.getrandbits(128), version=4))

    def address(self, file: str) -> str:
        """Where a file would be; `.invalid` leads nowhere by its standard (RFC 2606)."""
        return f"https://test.plumbline.invalid/{self.name}/{uuid.uuid5(uuid.NAMESPACE_OID, self.seed)}/{file}"


def chance_of(name: str, seed: str) -> Chance:
    return Chance(name, seed, random.Random(f"{name}\n{seed}"))  # noqa: S311 (no secret)
