"""Errors that carry a sentence for a person."""

from typing import Any


class BusinessError(Exception):
    """What a rule refuses. `code` is for machines and tests, the message for the person who is told."""

    status = 409
    # The page that people get.
    template = "errors/refused.html"

    def __init__(self, message: str, *, code: str = "refused", status: int | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = details
        if status is not None:
            self.status = status


class StaleState(BusinessError):
    """Another process was first: the row is no longer in the state that the caller saw."""
