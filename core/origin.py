"""The address and browser of the current request, for the audit trail, in a context variable."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# 192.0.2.1:443 and [2001:db8::1]:443
WITH_PORT = re.compile(r"^(?:\[([0-9a-fA-F:.%\w]+)\]|([0-9.]+))(?::[0-9]+)?$")


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    user_agent: str = ""


NO_ORIGIN = Origin()

_origin: ContextVar[Origin] = ContextVar("origin", default=NO_ORIGIN)


def current_origin() -> Origin:
    """Return the origin of the current request, or an empty one outside of requests."""
    return _origin.get()


def remember_origin(request: HttpRequest) -> None:
    _origin.set(Origin(client_address(request), request.headers.get("User-Agent", "")[:200]))


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's full address in its normal form, or None if there is none.

    Behind our own proxy it is the last address in X-Forwarded-For: clients can write any others.
    """
    forwarded = request.headers.get("X-Forwarded-For") if settings.TRUSTED_PROXY else None
    text = forwarded.rsplit(",", 1)[-1] if forwarded else request.META.get("REMOTE_ADDR") or ""
    address = _parse(text.strip())
    return str(address) if address else None


def client_network(request: HttpRequest) -> str:
    """Return the key of rate limits for a visitor: the IPv4 address, or the /64 of an IPv6 address.

    A household has all addresses of its /64, so it could get around a limit for each address.
    """
    address = _parse(client_address(request) or "")
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, settings.ALLAUTH_RATE_LIMIT_IPV6_PREFIX), strict=False))
    return str(address) if address else "unknown"


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address, also one with a port behind it or an IPv4 address mapped into IPv6."""
    bare = WITH_PORT.sub(r"\1\2", text).partition("%")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
