"""What a process keeps: of rows that never change (in tests they come and go), and who asks until the next request."""

import structlog

from payments import earning
from projects import versions


def forget() -> None:
    versions.kept.cache_clear()
    earning.KNOWN.clear()
    structlog.contextvars.clear_contextvars()
