"""Structured logs without personal data.

The message of an exception may contain personal data (a database error quotes the row), so it is
dropped. Its type, its place in the code and the name of a violated constraint are kept.
"""

import logging.config
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

TASK_FIELDS = ("id", "name", "runtime")


def strip_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception with its type, traceback and constraint, without its message."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if error is not None:
        event["error"] = type(error).__name__
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-12:]
        ]
        diagnosis = getattr(error.__cause__ or error, "diag", None)
        if diagnosis is not None:
            event["sqlstate"], event["constraint"] = diagnosis.sqlstate, diagnosis.constraint_name
    return event


def strip_task_arguments(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace Celery's messages, which quote arguments, results and errors of a task."""
    record = event.get("_record")
    if record is not None and record.name.startswith("celery.app.trace"):
        data = getattr(record, "data", None) or {}
        event["event"] = "task failed" if record.levelno > logging.INFO else "task ended"
        event.update({f"task_{name}": data[name] for name in TASK_FIELDS if name in data})
    return event


def strip_request_path(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop the path, which may contain a patient's token. `RequestLog` logs the route instead."""
    record = event.get("_record")
    if record is not None and record.name.startswith("django.request"):
        event["event"] = "request failed"
        event["status"] = getattr(record, "status_code", None)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=lambda *_: None)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    config = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    *SHARED,
                    strip_task_arguments,
                    strip_request_path,
                ],
                "processors": [
                    strip_exception,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": False},
            "allauth": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},  # below that it logs requests with customers' ids
            # Below that they log the bodies of requests: what patients wrote.
            "anthropic": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
        },
    }
    logging.config.dictConfig(config)
    return config
