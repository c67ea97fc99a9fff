"""Stripe's official client, with its errors turned into expected failures (StripeFailedError)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from stripe import RequestsClient, StripeClient, StripeObject

from core.errors import ProblemError

log = structlog.get_logger("billing")

CONNECT_TIMEOUT, READ_TIMEOUT = 3.05, 10.0
MAX_RETRIES = 2  # with the same idempotency key, so nothing is done twice
MISSING = "resource_missing"


class StripeFailedError(ProblemError):
    """Stripe did not do what was asked."""

    status = 503


class StripeAwayError(StripeFailedError):
    """Stripe did not answer, or had an error of its own: the same request may succeed later."""


class StripeRefusedError(StripeFailedError):
    """Stripe refused the request."""

    def __init__(self, message: Any, *, code: str, reason: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return self.reason


def is_on() -> bool:
    return bool(settings.STRIPE_SECRET_KEY)


@contextmanager
def stripe_client() -> Iterator[StripeClient]:
    """Give the client and translate its errors. Do not use it while rows are locked."""
    if not is_on():
        raise ProblemError(
            _("Payments are not set up here: ask the operator of this installation.")
        )
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE_URL)
    except stripe.InvalidRequestError as error:
        log.warning("stripe_refused", code=error.code, reason=error.user_message)
        raise StripeRefusedError(
            _away_message(), code=error.code or "", reason=error.user_message or ""
        ) from error
    except stripe.StripeError as error:
        log.warning("stripe_away", reason=type(error).__name__, status=error.http_status)
        raise StripeAwayError(_away_message()) from error


def _away_message() -> str:
    return _(
        "Stripe cannot be reached at the moment; nothing was charged. Try again in a few minutes."
    )


@cache
def _client(key: str, base: str) -> StripeClient:
    return StripeClient(
        key,
        base_addresses={"api": base},
        http_client=RequestsClient(timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)),
        max_network_retries=MAX_RETRIES,
    )


def id_of(reference: str | StripeObject | None) -> str:
    """Return the id of a reference, which is the whole object where it was expanded."""
    if reference is None or isinstance(reference, str):
        return reference or ""
    return str(reference["id"])
