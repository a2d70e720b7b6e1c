"""Keeps what the HTTP library says about a failed request free of address, path and content."""

from __future__ import annotations

import logging


class _OnlyTheType(logging.Filter):
    """Leaves the kind of error and nothing else: aiohttp's own words name the peer's address."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
        record.msg, record.args = "A web request failed (%s).", (kind,)
        record.exc_info, record.exc_text, record.stack_info = None, None, None
        return True


def make_quiet_logger() -> logging.Logger:
    """The logger the web server writes to."""
    logger = logging.getLogger("bot.channels.web.http")
    if not logger.filters:
        logger.addFilter(_OnlyTheType())
    return logger
