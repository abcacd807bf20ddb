"""What `manage.py check`, and every command that checks first, says of the operator's files."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from files.bucket_file import bucket_file


@register()
def buckets_file(**_which: Any) -> list[CheckMessage]:
    hint = "Mend the file, or do without BUCKETS_FILE: docs/guides/operators.md shows one."
    return [Error(fault, hint=hint, id="files.E001") for fault in bucket_file().faults]
