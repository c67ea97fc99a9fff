"""The addresses of Google that we call or send browsers to.

`settings.GOOGLE_BASE_URL` takes the place of all hosts, for the demo and the tests. The paths of
the different hosts do not collide.
"""

from enum import StrEnum

from django.conf import settings


class GoogleHost(StrEnum):
    CONSENT = "https://accounts.google.com"
    OAUTH = "https://oauth2.googleapis.com"
    CERTIFICATES = "https://www.googleapis.com"
    ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
    LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
    REVIEWS = "https://mybusiness.googleapis.com"
    NOTIFICATIONS = "https://mybusinessnotifications.googleapis.com"


# The issuer that Google writes into the tokens that it signs.
ISSUER = "https://accounts.google.com"


def url_at(host: GoogleHost, path: str) -> str:
    """Return the URL of a path, which begins with a slash, at one of Google's hosts."""
    return f"{settings.GOOGLE_BASE_URL or host}{path}"


def consent_url() -> str:
    return url_at(GoogleHost.CONSENT, "/o/oauth2/v2/auth")


def token_url() -> str:
    return url_at(GoogleHost.OAUTH, "/token")


def revocation_url() -> str:
    return url_at(GoogleHost.OAUTH, "/revoke")


def certificates_url() -> str:
    """Return where Google publishes the keys (JWKS) that verify its signed tokens."""
    return url_at(GoogleHost.CERTIFICATES, "/oauth2/v3/certs")
