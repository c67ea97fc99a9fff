"""Read the fields of a webhook call as text that the database can store, whatever was sent."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, QueryDict

Fields = Mapping[str, object]
LONGEST_SID = 64


class MalformedError(Exception):
    """The call is signed but not as Twilio documents it."""


def content_of(request: HttpRequest) -> QueryDict | str:
    """Return the form fields of a call, or the body of a JSON call."""
    if request.content_type == "application/json":
        return request.body.decode(errors="replace")
    return request.POST


def fields_of(content: QueryDict | str) -> Fields:
    if isinstance(content, QueryDict):
        return {
            storable(name): [storable(value) for value in values] if len(values) > 1 else value
            for name, values in content.lists()
            for value in [storable(values[0]) if values else ""]
        }
    try:
        return {
            storable(name): storable(value if isinstance(value, str) else json.dumps(value))
            for name, value in json.loads(content).items()
        }
    except (ValueError, AttributeError, RecursionError):
        return {"unreadable": storable(content)}


def text(fields: Fields, name: str) -> str:
    """Return a field, or an empty string if it is missing or came more than once."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def sid_of(fields: Fields) -> str:
    """Return Twilio's id of the message."""
    sid = text(fields, "MessageSid") or text(fields, "SmsSid")
    if not sid or len(sid) > LONGEST_SID:
        raise MalformedError("malformed: no SID")
    return sid


def storable(value: str) -> str:
    """Replace what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
