"""Print how often the rule is right: python -m tests.reviews.attribution."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.reviews.attribution.test_simulation import PLACES, score

    for name in PLACES:
        for label, each in score(name).items():
            print(  # noqa: T201
                f"{name:22} {label:18} {each.guesses:4} guesses,"
                f" precision {each.precision:.2f}, recall {each.recall:.2f}"
            )
