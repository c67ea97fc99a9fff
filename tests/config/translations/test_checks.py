import pytest

from config import translations
from tests.config.translations.catalogues import catalogue, problems

# Translations


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "Team"\nmsgstr ""\n', "“Team” has no Spanish."),
        (
            'msgctxt "menu"\nmsgid "Team"\nmsgstr ""\n',
            "“Team” (menu) has no Spanish.",
        ),
        (
            'msgid "day"\nmsgid_plural "days"\nmsgstr[0] "día"\nmsgstr[1] ""\n',
            "“day” has no Spanish.",
        ),
        (
            '#, fuzzy\nmsgid "Team"\nmsgstr "Equipo"\n',
            "“Team” is fuzzy: review it and remove the mark.",
        ),
        (
            'msgid "Hello %(name)s"\nmsgstr "Hola %(nombre)s"\n',
            "“Hello %(name)s” and its Spanish differ in %(name)s, %(nombre)s.",
        ),
        (
            'msgid "Hello {name}"\nmsgstr "Hola"\n',
            "“Hello {name}” and its Spanish differ in {name}.",
        ),
        (
            'msgid "At %(n)s%%"\nmsgstr "Al %(n)s %"\n',
            "“At %(n)s%%” and its Spanish differ in %, %%.",
        ),
        (
            'msgid "<b>Now</b>"\nmsgstr "<b>Ya<b>"\n',
            "“<b>Now</b>” and its Spanish differ in </b>.",
        ),
        (
            'msgid "a day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "un día"\nmsgstr[1] "días"\n',
            "“a day” and its Spanish differ in %(n)s.",
        ),
        (
            'msgid "a day"\nmsgid_plural "%(n)s days"\n'
            'msgstr[0] "%(x)s día"\nmsgstr[1] "%(n)s días"\n',
            "“a day” and its Spanish differ in %(x)s.",
        ),
    ],
)
def test_wrong_translation_is_reported(entry: str, problem: str) -> None:
    assert problems(entry) == [problem]


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "Team"\nmsgstr "Equipo"\n',
        'msgid "%(a)s of %(b)s"\nmsgstr "De %(b)s, %(a)s"\n',
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'
        'msgstr[0] "un día"\nmsgstr[1] "%(n)s días"\n',
    ],
)
def test_correct_translation_is_not_reported(entry: str) -> None:
    assert problems(entry) == []


def test_borrowed_text_unknown_to_packages_is_reported() -> None:
    borrowed = catalogue(
        'msgid "Incorrect password."\nmsgstr "Contraseña incorrecta."\n\n'
        'msgid "Nobody says this"\nmsgstr "Nadie lo dice"\n'
    )

    assert list(translations.unknown_to_packages(borrowed)) == [
        "“Nobody says this” is borrowed, but no package says it: remove it."
    ]


MONTH_OF_DJANGO = 'msgid "May"\nmsgstr "Puede"\n'


def test_text_that_replaces_one_of_django_is_reported() -> None:
    found = translations.collisions(catalogue(MONTH_OF_DJANGO), borrowed=catalogue(""))

    assert list(found) == [
        "“May” would replace “mayo” of Django or allauth by “Puede”: give ours a context, or list"
        " it in borrowed.po."
    ]


@pytest.mark.parametrize(
    ("ours", "borrowed"),
    [
        ('msgctxt "what a key is allowed to do"\n' + MONTH_OF_DJANGO, ""),
        ('msgid "May"\nmsgstr "mayo"\n', ""),
        ('msgid "Remove"\nmsgstr "Quitar"\n', 'msgid "Remove"\nmsgstr "Quitar"\n'),
        ('msgid "Nobody else says this"\nmsgstr "Nadie más"\n', ""),
    ],
)
def test_text_with_context_or_same_spanish_is_no_collision(ours: str, borrowed: str) -> None:
    assert list(translations.collisions(catalogue(ours), borrowed=catalogue(borrowed))) == []


def test_borrowed_text_with_two_translations_is_reported() -> None:
    ours, borrowed = (
        catalogue(f'msgid "Remove"\nmsgstr "{spanish}"\n') for spanish in ("Quitar", "Eliminar")
    )

    assert list(translations.collisions(ours, borrowed=borrowed)) == [
        "“Remove” has one Spanish in django.po and another in borrowed.po: write the same in both,"
        " or give ours a context."
    ]


# Texts that are not marked for translation


@pytest.mark.parametrize(
    ("template", "unmarked"),
    [
        ("<h1>Campaigns</h1>", ["Campaigns"]),
        ("{% if x %}Save{% else %}{% translate 'Add' %}{% endif %}", ["Save"]),
        ('<img alt="A star" src="star.svg">', ["A star"]),
        ('<button aria-label="Close {{ name }}"></button>', ["Close …"]),
        ("{% blocktranslate %}Yes{% endblocktranslate %} or {{ no }}", ["or"]),
    ],
)
def test_unmarked_text_is_found(template: str, unmarked: list[str]) -> None:
    assert list(translations.find_unmarked(template)) == unmarked


@pytest.mark.parametrize(
    "template",
    [
        '<h1 class="title">{% translate "Campaigns" %}</h1>',
        "{% blocktranslate count n=2 %}a day{% plural %}{{ n }} days{% endblocktranslate %}",
        '{% block body_class %}entrance{% endblock %}<p title="{{ hint }}">1/5 · ★</p>',
        "{% comment %}for us{% endcomment %}<!-- for us -->{# for us #}&nbsp;",
        "<title>{{ page }} · Reputation Manager</title><script>let shown = 1</script>",
        '<pre><code class="small">curl {{ site }}/api/v1/me/</code></pre>',
    ],
)
def test_markup_needs_no_mark(template: str) -> None:
    assert list(translations.find_unmarked(template)) == []
