"""Every address × the size of its body: only the few that need more take more than a form."""

import pytest
from django.conf import settings

from core import request_bodies
from tests.guards import addresses
from tests.guards.addresses import Address

ALL = addresses.walk()
LISTS = {"imports/", "api/v1/campaigns/<uuid:campaign>/imports/"}


def limit(address: Address) -> request_bodies.BodyLimit:
    found: request_bodies.BodyLimit = getattr(address.view, "body_limit", request_bodies.DEFAULT)
    return found


def test_only_uploads_take_files() -> None:
    """Forms of all others stay below the size from which Django writes files to a disk."""
    large = {address.route for address in ALL if limit(address).most > request_bodies.API}

    assert large == LISTS


def test_only_the_api_takes_more_than_strangers_may_send() -> None:
    more = {
        address.route
        for address in ALL
        if limit(address).most > request_bodies.STRANGERS and not address.is_api
    }

    assert more == {"imports/"}


@pytest.mark.parametrize(
    "address",
    [one for one in ALL if one.route.startswith("webhooks/")],
    ids=lambda address: address.route,
)
def test_webhook_names_the_header_that_signs_its_calls(address: Address) -> None:
    """Mailgun signs inside of the body."""
    is_signed_inside = address.route == "webhooks/mail/mailgun/"

    assert bool(limit(address).signature) is not is_signed_inside
    assert limit(address).most <= request_bodies.STRANGERS


def test_django_reads_no_less_than_the_api_takes() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == request_bodies.API
