import pytest
from pytest_django import Settings

from tests.messaging.bounces.calls import MAILGUN_KEY, SECRET, SENDGRID_PUBLIC
from tests.messaging.bounces.samples import BOUNCE_ADDRESS
from tests.messaging.mail.letters import SITE


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> None:
    settings.SITE_URL = SITE
    settings.BOUNCE_ADDRESS = BOUNCE_ADDRESS
    settings.BOUNCE_MAILBOX_URL = ""
    settings.MAIL_REPORTS_SECRET = SECRET
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = SENDGRID_PUBLIC
    settings.MAILGUN_WEBHOOK_SIGNING_KEY = MAILGUN_KEY
