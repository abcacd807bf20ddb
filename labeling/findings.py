"""Findings of a type's linter in the reader's language."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from task_types import registry
from task_types.finding import Finding
from task_types.wording import sentence


def put_into_words(findings: Sequence[Finding], type_name: str) -> list[dict[str, Any]]:
    """[{code, message, path}] for the workbench and the API."""
    messages = registry.get(type_name).messages
    return [{"code": one.code, "message": sentence(one, messages, gettext), "path": list(one.path)} for one in findings]
