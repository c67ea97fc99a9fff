"""Read a practice's Google listing from any link that Google shows for it.

No request is sent to Google. A link either contains the place, or is one of Google's own short
links, which is used as it is. Links are rebuilt from their parts and never stored as typed, so that
a practice cannot send patients to another site.
"""

import base64
import re
import struct
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 2_000
GOOGLE_SEARCH = "https://search.google.com"
BY_CID = "https://www.google.com/maps?cid="

# The only links that may be stored. A database constraint uses the same expression.
STORED_LINK = (
    r"^https://(g\.page/(r/)?[A-Za-z0-9_-]{3,80}/review|maps\.app\.goo\.gl/[A-Za-z0-9_-]{5,80}"
    r"|goo\.gl/maps/[A-Za-z0-9_-]{5,80}|g\.co/kgs/[A-Za-z0-9_-]{5,80}"
    r"|www\.google\.com/maps\?cid=[0-9]{5,20})$"
)

_COUNTRIES = """
com com.ar com.bo com.br cl com.co co.cr com.do com.ec es com.gt hn com.mx com.ni com.pa com.pe
com.py pt com.sv com.uy co.ve
"""
_MAPS_AND_SEARCH = {
    f"{name}google.{country}" for country in _COUNTRIES.split() for name in ("", "www.", "maps.")
} | {"search.google.com", "local.google.com"}
_DASHBOARDS = {"business.google.com"}

_PLACE_ID = re.compile(r"[\w-]{10,200}", re.ASCII)
_NAMED_PLACE = re.compile(r"(?:place_id:|!1s)(ChIJ[\w-]{10,200})", re.ASCII)
_FEATURE = re.compile(r"0x([0-9a-f]{1,16}):0x([0-9a-f]{1,16})(?![0-9a-f])", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """A place id or, when that is not known, a link of Google's. Both empty: no listing."""

    place_id: str = ""
    link: str = ""


def review_url(listing: Listing) -> str:
    """Return the page on which a patient writes a review, or an empty text."""
    return _review_form() + listing.place_id if listing.place_id else listing.link


def _review_form() -> str:
    """Return Google's form without the place. The demo's patients are led to a double of Google."""
    return f"{settings.GOOGLE_BASE_URL or GOOGLE_SEARCH}/local/writereview?placeid="


def opens_the_form(url: str) -> bool:
    """Return whether the link opens Google's review form, rather than the practice's page."""
    return url.startswith(_review_form()) or url.endswith("/review")


def read_listing(typed: str) -> Listing:
    """Return the listing for a pasted link or place id.

    Raise ValidationError with advice on what to paste instead.
    """
    typed = typed.strip()
    if not typed:
        return Listing()
    if not re.search(r"[/.]", typed):
        if _PLACE_ID.fullmatch(typed):
            return Listing(place_id=typed)
        raise ValidationError(
            _("A Google place id is one long word, such as ChIJN1t_tDeuEmsRUsoyG83frY4.")
        )
    try:
        address = urlsplit(typed if "://" in typed else f"https://{typed}")
        host = (address.hostname or "").lower()
    except ValueError:
        host = ""
    if not host or address.scheme not in ("http", "https"):
        raise _not_of_google()
    if host in _DASHBOARDS:
        raise ValidationError(
            _(
                "This is the address of your own Google panel, which patients cannot open. There,"
                " choose “Ask for reviews” and paste the link that it gives you: it begins with"
                " https://g.page/r/."
            )
        )
    if host in _MAPS_AND_SEARCH:
        return _read_maps_link(unquote(address.path), address.query, unquote(address.fragment))
    if link := _short_link(host, [part for part in address.path.split("/") if part]):
        return Listing(link=link)
    raise _not_of_google()


def _short_link(host: str, path: list[str]) -> str:
    """Return one of Google's short links, rebuilt. Only Google can create and resolve them."""
    match host, path:
        case "g.page", ["r", code, *rest] if rest in ([], ["review"]):
            link = f"https://g.page/r/{code}/review"
        case "g.page", [code, *rest] if rest in ([], ["review"]):
            link = f"https://g.page/{code}/review"
        case "maps.app.goo.gl", [code]:
            link = f"https://maps.app.goo.gl/{code}"
        case "goo.gl", ["maps", code]:
            link = f"https://goo.gl/maps/{code}"
        case "g.co", ["kgs", code]:
            link = f"https://g.co/kgs/{code}"
        case _:
            return ""
    return link if re.fullmatch(STORED_LINK, link) else ""


def _read_maps_link(path: str, query: str, fragment: str) -> Listing:
    """Return the place id in a link to Google Maps or Search, or else a link with its cid."""
    parameters = parse_qs(query)
    for name in ("placeid", "place_id", "query_place_id"):
        if _PLACE_ID.fullmatch(place := parameters.get(name, [""])[0]):
            return Listing(place_id=place)
    values = (value for values in parameters.values() for value in values)
    whole = " ".join([path, *values, fragment])
    features = {(int(cell, 16), int(cid, 16)) for cell, cid in _FEATURE.findall(whole)}
    place_ids = set(_NAMED_PLACE.findall(whole))
    place_ids |= {place_id_of(*feature) for feature in features if all(feature)}
    # A link to directions contains several places, and we cannot know which one is the practice.
    if len(place_ids) == 1:
        return Listing(place_id=place_ids.pop())
    cids = {str(cid) for _cell, cid in features if cid}
    cids |= {cid for name in ("cid", "ludocid") for cid in parameters.get(name, [])}
    if not place_ids and len(cids) == 1 and re.fullmatch(r"\d{5,20}", cid := cids.pop()):
        return Listing(link=BY_CID + cid)
    raise ValidationError(
        _(
            "This Google link does not say which place it is. Open your practice’s page on Google"
            " Maps, press “Share” and paste the link from there."
        )
    )


def place_id_of(cell: int, cid: int) -> str:
    """Return the place id for the two numbers that Maps writes as 0x…:0x… into its links.

    A place id that begins with ChIJ is a protocol buffer of those two numbers, in base64.
    """
    packed = b"\n\x12\t" + struct.pack("<Q", cell) + b"\x11" + struct.pack("<Q", cid)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _not_of_google() -> ValidationError:
    return ValidationError(
        _(
            "This is not a link to a place on Google. Paste the link that Google gives you to ask"
            " for reviews, such as https://g.page/r/…/review, or your place id."
        )
    )
