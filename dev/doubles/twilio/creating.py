"""Turn a create request into a message, or refuse it as Twilio would."""

import hashlib
import json
import re
from collections.abc import Mapping

from dev.doubles.twilio.contents import Contents
from dev.doubles.twilio.problems import RefusedError
from dev.doubles.twilio.state import WHATSAPP, Message, Status
from templates_app.segments import measure_text

PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# The id of WhatsApp users who hide their number: two letters of the country, a dot, the rest.
WHATSAPP_USER = re.compile(r"whatsapp:(\+[1-9][0-9]{6,14}|[A-Z]{2}\.[A-Za-z0-9]{3,128})")
SHORT_CODE = re.compile(r"[0-9]{3,8}")
SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
URL = re.compile(r"https?://[!-~]+")
AWKWARD_VARIABLE = re.compile(r"[\n\t]| {5}")

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000


def read(form: Mapping[str, str], contents: Contents) -> Message:
    to = form.get("To", "")
    if not to:
        raise RefusedError(21604)
    if not (PHONE.fullmatch(to) or WHATSAPP_USER.fullmatch(to)):
        raise RefusedError(21211, to)
    service, sender = _origin(form, to)
    callback = form.get("StatusCallback", "")
    if callback and not URL.fullmatch(callback):
        raise RefusedError(21609, callback)
    validity = form.get("ValidityPeriod", "1")
    if not (validity.isdecimal() and 1 <= int(validity) <= LONGEST_VALIDITY):
        raise RefusedError(21624, validity)
    content_sid, body = form.get("ContentSid", ""), form.get("Body")
    message = Message(
        to=to,
        sender=sender,
        body=body or "",
        status=Status.ACCEPTED if service else Status.QUEUED,
        service=service,
        callback=callback,
        content_sid=content_sid,
    )
    if content_sid:
        if not CONTENT_SID.fullmatch(content_sid):
            raise RefusedError(21655, content_sid)
        content = contents.get(content_sid)
        variables = _variables(form)
        message.body = content.filled(variables) or content_sid
        message.buttons = content.filled_buttons(variables)
    elif "ContentVariables" in form:
        raise RefusedError(21654)
    else:
        _check_body(body, form)
    # A service counts segments only after it has picked a sender.
    message.segments = 0 if service else max(measure_text(message.body).count, 1)
    return message


def _origin(form: Mapping[str, str], to: str) -> tuple[str, str]:
    """Return the Messaging Service or the number. If both are given, the service picks."""
    if service := form.get("MessagingServiceSid", ""):
        if not SERVICE_SID.fullmatch(service):
            raise RefusedError(21701, service)
        return service, ""
    sender = form.get("From", "")
    if not sender:
        raise RefusedError(21603)
    if sender == to:
        raise RefusedError(21266, to)
    if sender.startswith(WHATSAPP) != to.startswith(WHATSAPP):
        raise RefusedError(21910)
    known = (WHATSAPP_USER,) if sender.startswith(WHATSAPP) else (PHONE, SHORT_CODE, SENDER_ID)
    if not any(form_of.fullmatch(sender) for form_of in known):
        raise RefusedError(21212, sender)
    return "", sender


def _check_body(body: str | None, form: Mapping[str, str]) -> None:
    if body is None and "MediaUrl" not in form:
        raise RefusedError(21619)
    if body is not None and not body.strip():
        raise RefusedError(21602)
    if len(body or "") > LONGEST_BODY:
        raise RefusedError(21617)


def _variables(form: Mapping[str, str]) -> dict[str, str]:
    try:
        variables = json.loads(form.get("ContentVariables") or "{}")
    except ValueError:
        raise RefusedError(21656, "it is not JSON.") from None
    if not isinstance(variables, dict):
        raise RefusedError(21656, "it is not an object.")
    for name, value in variables.items():
        if not isinstance(value, str) or not value or AWKWARD_VARIABLE.search(value):
            raise RefusedError(21656, f"variable {name} is empty, no text, or not on one line.")
    return variables


def number_of(service: str, to: str) -> str:
    """Pick the sender of a service: always the same one, so that conversations stay together."""
    number = int(hashlib.sha256(service.encode()).hexdigest(), 16) % 10_000
    phone = f"+1500555{number:04}"
    return f"{WHATSAPP}{phone}" if to.startswith(WHATSAPP) else phone
