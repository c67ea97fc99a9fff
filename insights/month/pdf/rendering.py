"""Compile a document to a PDF, in a process that can be stopped."""

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import structlog
from django.utils.translation import gettext as _

from core.errors import ProblemError
from insights.month.pdf import compiler
from insights.month.pdf.document import Document
from insights.month.pdf.printable import to_printable

log = structlog.get_logger("month_pdf")

# It takes about half a second. A machine that is busy or much slower should still succeed.
PATIENCE_SECONDS = 20


class CannotRenderError(ProblemError):
    status = 503


def render_pdf(document: Document) -> bytes:
    """Return the PDF. Raise a ProblemError if it could not be made in time."""
    # Without our environment, which has secrets. One thread, because memory is limited.
    command, environment = [sys.executable, "-I", compiler.__file__], {"RAYON_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command,
            input=to_json(document).encode(),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env=environment,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise _cannot_render("too slow") from None
    except subprocess.CalledProcessError as error:
        # Typst quotes the text that it could not print, and patients' words are not for logs.
        last_line = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise _cannot_render(last_line.partition(":")[0], code=error.returncode) from None
    return done.stdout


def to_json(document: Document) -> str:
    """Return what the template reads: data only, and only letters that can be printed."""
    return json.dumps(_printable(asdict(document)))


def _printable(value: Any) -> Any:
    match value:
        case str():
            return to_printable(value)
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
        case _:
            return value


def _cannot_render(reason: str, **details: Any) -> CannotRenderError:
    log.error("month_pdf_failed", reason=reason, **details)
    return CannotRenderError(
        _("The PDF could not be made. Try again in a minute; if that does not help, write to us.")
    )
