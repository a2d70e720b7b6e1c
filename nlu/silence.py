"""Nothing of what people write may reach a log, whatever LOG_LEVEL, --debug or Rasa say.

Imported first of all: Rasa reads the environment when it is imported, and structlog, left alone,
prints every parsed text at DEBUG.
"""

from __future__ import annotations

import logging
import os
import warnings

PINNED = {
    "LOG_LEVEL": "CRITICAL",
    "LOG_LEVEL_LIBRARIES": "CRITICAL",
    "LOG_LEVEL_MATPLOTLIB": "CRITICAL",
    "LOG_LEVEL_RABBITMQ": "CRITICAL",
    "LOG_LEVEL_KAFKA": "CRITICAL",
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_REGISTER": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def fall_silent() -> None:
    """Turn off every log and warning of this process, for good."""
    os.environ.update(PINNED)
    os.environ.pop("PYTHONASYNCIODEBUG", None)
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None
    logging.disable(logging.CRITICAL)  # holds over every later setLevel and every handler
    import structlog  # noqa: PLC0415 - after the environment is pinned

    structlog.configure(
        processors=[],
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.ReturnLoggerFactory(),  # hands events back instead of printing
        cache_logger_on_first_use=True,
    )
