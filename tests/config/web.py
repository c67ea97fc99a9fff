"""The environment for a web server that uses the database and the Redis of the tests."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings


def environment_of_tests() -> Mapping[str, str]:
    name = f"/{settings.DATABASES['default']['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=name).geturl(),
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "UPLOADS_DIR": settings.UPLOADS_DIR,
        "TWILIO_AUTH_TOKEN": "a-token",
    }
