"""Loggers that say the kind of an error and nothing of its content."""

from __future__ import annotations

import logging


class OnlyTheType(logging.Filter):
    """Leaves the kind of error: libraries' own words name addresses, ids and texts."""

    def __init__(self, said: str) -> None:
        """``said``: a sentence with one ``%s`` for the kind."""
        super().__init__()
        self._said = said

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
        record.msg, record.args = self._said, (kind,)
        record.exc_info, record.exc_text, record.stack_info = None, None, None
        return True


def make_quiet_logger(name: str, said: str) -> logging.Logger:
    """A logger whose every line is ``said`` with the kind of error in it."""
    logger = logging.getLogger(name)
    if not logger.filters:
        logger.addFilter(OnlyTheType(said))
    return logger
