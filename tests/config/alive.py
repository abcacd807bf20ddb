"""A site behind whose pages everything lives."""

from datetime import datetime

from config.operating import pulse


def give_life(*, at: datetime) -> None:
    pulse.note(pulse.BEAT, at=at)
    pulse.note(pulse.worker_name(), at=at)
    pulse.note(pulse.live_name(), at=at)
