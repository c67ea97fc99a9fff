"""Signing in and up in the language that the visitor chose on the public site.

Public pages keep it in the address, because they set no cookie. From the first page with a form on
it is in the cookie of the buttons in the footer, so the pages that follow have it too.
"""

from collections.abc import Callable
from functools import wraps

from allauth.account import views
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from core.public_pages import chosen_language
from workspaces.access import public

View = Callable[[HttpRequest], HttpResponseBase]


def take_over_language(view: View) -> View:
    """Show the page in the language of the address (`?lang=en`), and remember that language."""

    @wraps(view)
    def take_over(request: HttpRequest) -> HttpResponseBase:
        language = chosen_language(request)
        if not language or request.user.is_authenticated:
            return view(request)
        translation.activate(language)
        response = view(request)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response

    return take_over


sign_in = public("people sign in here")(take_over_language(views.login))
sign_up = public("clinics open an account here")(take_over_language(views.signup))
