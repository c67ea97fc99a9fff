"""Build the WSGI environ of an ASGI request."""

import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]

BARE = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ_of(scope: dict[str, Any]) -> Environ:
    """Return the environ without `wsgi.input`."""
    host, port = scope["server"]
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_headers(scope["headers"]),
    }


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by their environ names. Repeated headers are joined.

    Names with an underscore are dropped: X_Forwarded_For would become HTTP_X_FORWARDED_FOR, and so
    bypass a proxy that replaces only X-Forwarded-For.
    """
    variables: dict[str, str] = {}
    for name, value in headers:
        if b"_" in name:
            continue
        key = BARE.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if key in variables:
            text = f"{variables[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        variables[key] = text
    return variables
