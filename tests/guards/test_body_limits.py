"""Check how large a request body each URL accepts."""

import pytest
from django.conf import settings

from core import request_bodies
from tests.guards import addresses
from tests.guards.addresses import Address

ALL = addresses.walk()
LISTS = {"imports/", "api/v1/campaigns/<uuid:campaign>/imports/"}
PICTURES = {"settings/brand/", "doctors/photo", "profile/picture"}


def limit_of(address: Address) -> request_bodies.BodyLimit:
    limit: request_bodies.BodyLimit = getattr(address.view, "body_limit", request_bodies.DEFAULT)
    return limit


def test_only_uploads_accept_files() -> None:
    """All other bodies stay below the size at which Django writes a file to disk."""
    large = {address.route for address in ALL if limit_of(address).max_bytes > request_bodies.API}

    assert large == LISTS


def test_only_the_api_and_uploads_accept_more_than_strangers_may_send() -> None:
    routes = {
        address.route
        for address in ALL
        if limit_of(address).max_bytes > request_bodies.MAX_ANONYMOUS_BYTES and not address.is_api
    }

    assert routes == {"imports/"} | PICTURES


@pytest.mark.parametrize(
    "address",
    [address for address in ALL if address.route.startswith("webhooks/")],
    ids=lambda address: address.route,
)
def test_webhook_declares_its_signature_header(address: Address) -> None:
    """Mailgun is the exception: its signature is in the body."""
    is_signed_in_the_body = address.route == "webhooks/mail/mailgun/"

    assert bool(limit_of(address).signature) is not is_signed_in_the_body
    assert limit_of(address).max_bytes <= request_bodies.MAX_ANONYMOUS_BYTES


def test_django_accepts_the_largest_body_of_the_api() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == request_bodies.API
