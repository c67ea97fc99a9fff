from django.core.files.uploadedfile import UploadedFile

from campaigns.models import Campaign
from patients.models import Import
from workspaces.models import User


def upload(*, campaign: Campaign, file: UploadedFile, by: User) -> Import:
    raise NotImplementedError


def choose_sheet(*, listed: Import, sheet: str, by: User) -> Import:
    raise NotImplementedError


def choose_columns(
    *, listed: Import, mapping: dict[str, str], date_order: str, consent_words: str, by: User
) -> Import:
    raise NotImplementedError


def confirm(*, listed: Import, by: User) -> Import:
    raise NotImplementedError


def cancel(*, listed: Import, by: User) -> Import:
    raise NotImplementedError
