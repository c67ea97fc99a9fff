from pathlib import Path

import pytest

from config import translations
from tests.config.translations.catalogues import extracted, texts

# Python


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('from django.utils.translation import gettext as _\n_("Sign in")', "Sign in"),
        ('from django.utils.translation import gettext_lazy as say\nsay("Hi")', "Hi"),
        ('from django.utils import translation\ntranslation.gettext("Hi")', "Hi"),
        ('from django.utils.translation import gettext\ngettext("One, " "two")', "One, two"),
        (
            "from django.utils.translation import ngettext\n"
            'ngettext("%(n)d patient", "%(n)d patients", n)',
            ("%(n)d patient", "%(n)d patients"),
        ),
        (
            "from django.utils.translation import ngettext_lazy as several\n"
            'several("a day", "%d days")',
            ("a day", "%d days"),
        ),
    ],
)
def test_text_in_python_is_found(tmp_path: Path, source: str, text: object) -> None:
    assert texts(extracted(tmp_path, "views.py", source)) == [text]


def test_underscore_that_is_no_translation_is_ignored(tmp_path: Path) -> None:
    assert texts(extracted(tmp_path, "views.py", 'def _(x): ...\n_("internal")')) == []


def test_word_in_two_contexts_is_two_texts(tmp_path: Path) -> None:
    source = (
        "from django.utils.translation import pgettext as p\n"
        'p("a door", "Open")\np("an invitation", "Open")'
    )

    found = extracted(tmp_path, "views.py", source)

    assert [(message.context, message.id) for message in translations.texts(found)] == [
        ("a door", "Open"),
        ("an invitation", "Open"),
    ]


# Templates


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{% translate "Sign in" %}', "Sign in"),
        ('{% translate "Sign in" as title %}{{ title }}', "Sign in"),
        ("{% include 'x.html' with title=_('Team') %}", "Team"),
        ('{{ name|default:_("nobody") }}', "nobody"),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", "Hello %(name)s"),
        (
            "{% blocktranslate trimmed %}\n    Two\n    lines\n{% endblocktranslate %}",
            "Two lines",
        ),
        (
            "{% blocktranslate count n=number %}a day{% plural %}{{ n }} days"
            "{% endblocktranslate %}",
            ("a day", "%(n)s days"),
        ),
        ('<ul>\n    <li>\n  {% translate "Uneven" %}\n      </li>\n </ul>', "Uneven"),
        ('<a title="It’s 5 o’clock" href="{% url "x" %}">{% translate "Go" %}</a>', "Go"),
    ],
)
@pytest.mark.parametrize("name", ["templates/page.html", "templates/mail.txt"])
def test_text_in_template_is_found(tmp_path: Path, name: str, source: str, text: object) -> None:
    assert texts(extracted(tmp_path, name, source)) == [text]


def test_comment_for_translators_is_extracted(tmp_path: Path) -> None:
    source = '{# Translators: a verb #}\n{% translate "Open" %}'

    (message,) = translations.texts(extracted(tmp_path, "templates/page.html", source))

    assert message.auto_comments == ["Translators: a verb"]
