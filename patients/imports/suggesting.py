from patients.models import Import


def suggested(listed: Import) -> tuple[dict[str, str], str, bool]:
    raise NotImplementedError


def remembered_consent_words(listed: Import) -> str:
    raise NotImplementedError
