"""Contractors, what they can do, and people who work together."""

from workers.models.skill import Skill, WorkerSkill
from workers.models.worker import (
    PSEUDONYM_ALPHABET,
    Team,
    TeamMember,
    Worker,
    WorkerLanguage,
    new_pseudonym,
)

__all__ = [
    "PSEUDONYM_ALPHABET",
    "Skill",
    "Team",
    "TeamMember",
    "Worker",
    "WorkerLanguage",
    "WorkerSkill",
    "new_pseudonym",
]
