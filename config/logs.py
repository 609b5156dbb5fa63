"""Logs as JSON lines: one record a line, whatever a user typed."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from config.middleware import request_id

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One JSON object a record; line breaks in messages cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON with its extra fields."""
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            line["request_id"] = identity
        line |= {key: _told(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(value: Any) -> Any:
    """Return what is told of a value: of a request no query, into which people put what is secret."""
    return f"{value.method} {value.path}" if isinstance(value, HttpRequest) else value
