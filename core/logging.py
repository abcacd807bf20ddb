"""One line per event, with the request id; keys and values after the message."""

import logging

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def without_traceback(record: logging.LogRecord) -> bool:
    """One line for what anybody can bring about with a wrong Host header: it is answered with 400."""
    record.exc_info = None
    return True


def formatter() -> logging.Formatter:
    """The formatter of the root handler; also routes structlog's own loggers through the standard library."""
    logging.getLogger("django.security.DisallowedHost").addFilter(without_traceback)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
    )
