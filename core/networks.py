"""Networks from which a clinic's people may work, as an owner types them."""

import ipaddress
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST = 50


def parse_networks(text: str) -> list[Network]:
    """Return the networks in a text with one a line, or separated by commas or spaces."""
    found = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError as error:
            raise ValidationError(
                _("“%(word)s” is no address. Write it like 190.15.128.7 or 190.15.128.0/24.")
                % {"word": word[:60]}
            ) from error
    if len(found) > MOST:
        raise ValidationError(_("These are more than %(most)s addresses.") % {"most": MOST})
    return found


def normalize_networks(text: str) -> str:
    """Return the same networks, each once and one a line."""
    return "\n".join(dict.fromkeys(str(network) for network in parse_networks(text)))


def validate_networks(text: str) -> None:
    parse_networks(text)


def contains_address(text: str, address: str | None) -> bool:
    """Whether one of the networks has this address. A connection without one is in none."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in network for network in parse_networks(text))


def suggest_network(address: str | None) -> str:
    """Return what to write so that this connection is in: of IPv6 the network, as browsers keep
    changing their address within it."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network(f"{known}/64", strict=False))
    return str(known)
