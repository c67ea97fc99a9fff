"""Stripe by its official client. Whatever goes wrong there is one expected failure here."""

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

CONNECT, ANSWER = 3.05, 10.0
RETRIES = 2  # the client repeats with the same idempotency key, so nothing is done twice
MISSING = "resource_missing"


class StripeFailedError(ProblemError):
    """Stripe did not do what was asked."""

    status = 503


class StripeAwayError(StripeFailedError):
    """No answer, or none that says anything: the same question may well be answered later."""


class StripeRefusedError(StripeFailedError):
    """An answer, and it is no."""

    def __init__(self, message: Any, *, code: str, reason: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return self.reason


def is_on() -> bool:
    return bool(settings.STRIPE_SECRET_KEY)


@contextmanager
def stripe_client() -> Iterator[StripeClient]:
    """Every question to Stripe is asked inside; none may be while rows are locked."""
    if not is_on():
        raise ProblemError(_("Payments are not set up here: ask whoever runs this installation."))
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE_URL)
    except stripe.InvalidRequestError as error:
        log.warning("stripe_refused", code=error.code, reason=error.user_message)
        raise StripeRefusedError(
            _sentence(), code=error.code or "", reason=error.user_message or ""
        ) from error
    except stripe.StripeError as error:
        log.warning("stripe_away", reason=type(error).__name__, status=error.http_status)
        raise StripeAwayError(_sentence()) from error


def _sentence() -> str:
    return _(
        "Stripe cannot be reached at the moment; nothing was charged. Try again in a few minutes."
    )


@cache
def _client(key: str, base: str) -> StripeClient:
    return StripeClient(
        key,
        base_addresses={"api": base},
        http_client=RequestsClient(timeout=(CONNECT, ANSWER)),
        max_network_retries=RETRIES,
    )


def id_of(thing: str | StripeObject | None) -> str:
    """Stripe refers to a thing by its id, or by all of it where that was asked for."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    return str(thing["id"])
