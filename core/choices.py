"""Choices that need a sentence each."""

from typing import Self


class Noted(str):
    """A choice's name with a sentence below it (components/field.html shows `note`)."""

    __slots__ = ("note",)
    note: str

    def __new__(cls, name: str, note: str) -> Self:
        made = super().__new__(cls, name)
        made.note = note
        return made
