"""Recognise callers before the body of a request is read."""

import io
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections

from core.origin import client_address
from integrations import api_keys


def is_known(environ: Mapping[str, Any]) -> bool:
    """Return whether a request has a valid API key or the cookie of a member who is signed in.

    The view decides what they may do. This only keeps strangers from filling a disk.
    """
    request = WSGIRequest({**environ, "wsgi.input": io.BytesIO()})
    try:
        return _has_key(request) or _is_signed_in(request)
    finally:
        close_old_connections()


def _has_key(request: WSGIRequest) -> bool:
    token = api_keys.read_bearer_token(request.headers.get("Authorization", ""))
    try:
        api_keys.authenticate_key(token, address=client_address(request))
    except api_keys.RefusedKeyError:
        return False
    return True


def _is_signed_in(request: WSGIRequest) -> bool:
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not cookie:
        return False
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    return SESSION_KEY in session
