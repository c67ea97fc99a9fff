from datetime import date
from gettext import GNUTranslations
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

from config import translations
from config.translations import BORROWED, COMPILED, OURS


def extracted(folder: Path, name: str, source: str) -> Catalog:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return translations.extract_texts([path], root=folder)


def texts(catalogue: Catalog) -> list[object]:
    return [message.id for message in translations.texts(catalogue)]


def catalogue(entries: str) -> Catalog:
    return read_po(StringIO(f"{translations.HEADER}{entries}"), locale="es")


def problems(entries: str) -> list[str]:
    return list(translations.problems(catalogue(entries)))


# The product itself


def test_every_text_has_its_spanish() -> None:
    call_command("translations", "check")


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert COMPILED.exists(), "No Spanish yet: run `python manage.py translations compile`."
    written = translations.to_mo(translations.read(OURS), translations.read(BORROWED))
    assert COMPILED.read_bytes() == written, (
        "The Spanish is of an earlier text: run `python manage.py translations compile`."
    )


def test_a_page_speaks_both_languages() -> None:
    with override("es"):
        assert gettext("Campaigns") == "Campañas"
    with override("en"):
        assert gettext("Campaigns") == "Campaigns"


def test_our_words_replace_those_of_a_package() -> None:
    with override("es"):
        assert gettext("Incorrect password.") == "La contraseña no es correcta."


def test_a_plural_of_django_stays_beside_ours() -> None:
    with override("es"):
        assert ngettext("%(num)d day", "%(num)d days", 2) % {"num": 2} == "2 días"


MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_on_screen_has_its_name(month: int) -> None:
    day = date(2026, month, 12)
    spanish, english = (MONTHS[language].split()[month - 1] for language in ("es", "en"))

    with override("es"):
        assert date_format(day, "DATE_FORMAT") == f"12 de {spanish} de 2026"
        assert date_format(day, "YEAR_MONTH_FORMAT") == f"{spanish} de 2026"
        assert date_format(day, "SHORT_DATE_FORMAT") == f"12 {spanish[:3]} 2026"
        assert date_format(day, "M b E").lower() == f"{spanish[:3]} {spanish[:3]} {spanish}"
        assert spanish.startswith(date_format(day, "N").rstrip(".").lower())
    with override("en"):
        assert date_format(day, "SHORT_DATE_FORMAT") == f"12 {english[:3]} 2026"
        assert date_format(day, "F E") == f"{english} {english}"


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("es", "lunes martes miércoles jueves viernes sábado domingo"),
        ("en", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    ],
)
def test_each_weekday_on_screen_has_its_name(language: str, days: str) -> None:
    with override(language):
        for number, name in enumerate(days.split(), start=1):
            monday_first = date(2026, 6, number)
            assert date_format(monday_first, "l D") == f"{name} {name[:3]}"


# From Python


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
def test_a_text_in_python_is_found(tmp_path: Path, source: str, text: object) -> None:
    assert texts(extracted(tmp_path, "views.py", source)) == [text]


def test_an_underscore_that_is_no_translation_is_left_alone(tmp_path: Path) -> None:
    assert texts(extracted(tmp_path, "views.py", 'def _(x): ...\n_("internal")')) == []


def test_one_word_in_two_contexts_is_two_texts(tmp_path: Path) -> None:
    source = (
        "from django.utils.translation import pgettext as p\n"
        'p("a door", "Open")\np("an invitation", "Open")'
    )

    found = extracted(tmp_path, "views.py", source)

    assert [(message.context, message.id) for message in translations.texts(found)] == [
        ("a door", "Open"),
        ("an invitation", "Open"),
    ]


# From templates


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
def test_a_text_in_a_template_is_found(
    tmp_path: Path, name: str, source: str, text: object
) -> None:
    assert texts(extracted(tmp_path, name, source)) == [text]


def test_a_word_to_the_translator_goes_along(tmp_path: Path) -> None:
    source = '{# Translators: a verb #}\n{% translate "Open" %}'

    (message,) = translations.texts(extracted(tmp_path, "templates/page.html", source))

    assert message.auto_comments == ["Translators: a verb"]


# The catalogue


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone(tmp_path: Path) -> None:
    known = catalogue('msgid "Team"\nmsgstr "Equipo"\n\nmsgid "Gone"\nmsgstr "Ido"\n')
    fresh = extracted(
        tmp_path, "templates/page.html", '{% translate "Team" %}{% translate "New" %}'
    )

    updated = translations.to_po(translations.merge(fresh, known=known))

    assert updated.removeprefix(translations.HEADER) == (
        '#: templates/page.html\nmsgid "New"\nmsgstr ""\n\n'
        '#: templates/page.html\nmsgid "Team"\nmsgstr "Equipo"\n\n'
    )


def test_an_update_guesses_nothing(tmp_path: Path) -> None:
    known = catalogue('msgid "Sign in now"\nmsgstr "Inicie sesión ya"\n')
    fresh = extracted(tmp_path, "templates/page.html", '{% translate "Sign in" %}')

    (message,) = translations.texts(translations.merge(fresh, known=known))

    assert not message.string


def test_a_text_that_got_a_plural_is_translated_anew(tmp_path: Path) -> None:
    source = "{% blocktranslate count n=1 %}day{% plural %}days{% endblocktranslate %}"
    fresh = extracted(tmp_path, "templates/page.html", source)

    known = catalogue('msgid "day"\nmsgstr "día"\n')
    (message,) = translations.texts(translations.merge(fresh, known=known))

    assert message.string == ("", "")


def test_moving_a_text_within_its_file_changes_nothing(tmp_path: Path) -> None:
    before, after = (
        translations.to_po(extracted(tmp_path, "templates/page.html", source))
        for source in (
            '{% translate "A" %}{% translate "B" %}',
            '\n{% translate "B" %}{% translate "A" %}{% translate "A" %}',
        )
    )

    assert before == after


def test_a_compiled_text_is_read_and_the_first_catalogue_counts() -> None:
    ours = catalogue('msgid "Team"\nmsgstr "Equipo"\n')
    theirs = catalogue(
        'msgid "Team"\nmsgstr "Grupo"\n\nmsgctxt "menu"\nmsgid "Home"\nmsgstr "Inicio"\n'
    )

    spanish = GNUTranslations(BytesIO(translations.to_mo(ours, theirs)))

    assert spanish.gettext("Team") == "Equipo"
    assert spanish.pgettext("menu", "Home") == "Inicio"


# What is wrong


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
def test_what_is_wrong_is_said(entry: str, problem: str) -> None:
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
def test_a_good_translation_is_no_problem(entry: str) -> None:
    assert problems(entry) == []


def test_a_borrowed_text_must_still_be_said_by_its_package() -> None:
    borrowed = catalogue(
        'msgid "Incorrect password."\nmsgstr "Contraseña incorrecta."\n\n'
        'msgid "Nobody says this"\nmsgstr "Nadie lo dice"\n'
    )

    assert list(translations.unknown_to_packages(borrowed)) == [
        "“Nobody says this” is borrowed, but no package says it: remove it."
    ]


MONTH_OF_DJANGO = 'msgid "May"\nmsgstr "Puede"\n'


def test_a_text_that_replaces_one_of_django_is_found() -> None:
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
def test_a_text_with_a_context_or_the_same_spanish_collides_with_nothing(
    ours: str, borrowed: str
) -> None:
    assert list(translations.collisions(catalogue(ours), borrowed=catalogue(borrowed))) == []


def test_a_borrowed_text_has_the_same_spanish_in_both_catalogues() -> None:
    ours, borrowed = (
        catalogue(f'msgid "Remove"\nmsgstr "{spanish}"\n') for spanish in ("Quitar", "Eliminar")
    )

    assert list(translations.collisions(ours, borrowed=borrowed)) == [
        "“Remove” has one Spanish in django.po and another in borrowed.po: write the same in both,"
        " or give ours a context."
    ]


# What nobody marked


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<h1>Campaigns</h1>", ["Campaigns"]),
        ("{% if x %}Save{% else %}{% translate 'Add' %}{% endif %}", ["Save"]),
        ('<img alt="A star" src="star.svg">', ["A star"]),
        ('<button aria-label="Close {{ name }}"></button>', ["Close …"]),
        ("{% blocktranslate %}Yes{% endblocktranslate %} or {{ no }}", ["or"]),
    ],
)
def test_a_text_that_is_not_marked_is_found(template: str, said: list[str]) -> None:
    assert list(translations.find_unmarked(template)) == said


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
def test_what_is_not_said_needs_no_mark(template: str) -> None:
    assert list(translations.find_unmarked(template)) == []


# The command


FLOOR = Path(translations.__file__).parent


@pytest.fixture(scope="module")
def part() -> tuple[list[Path], str]:
    """The sources of one floor and their catalogue: the whole product takes seconds each time."""
    sources = [path for path in translations.source_files() if path.is_relative_to(FLOOR)]
    fresh = translations.extract_texts(sources)
    return sources, translations.to_po(translations.merge(fresh, known=translations.read(OURS)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: tuple[list[Path], str]) -> Path:
    sources, ours = part
    command = "config.management.commands.translations"
    for name in ("OURS", "BORROWED", "COMPILED"):
        monkeypatch.setattr(f"{command}.{name}", tmp_path / getattr(translations, name).name)
    monkeypatch.setattr(translations, "sources", lambda: sources)
    (tmp_path / OURS.name).write_text(ours, encoding="utf-8")
    (tmp_path / BORROWED.name).write_text(BORROWED.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_check_finds_nothing_wrong_with_the_part_that_these_tests_change(folder: Path) -> None:
    call_command("translations", "check")


def test_check_fails_and_says_what_to_do_when_the_catalogue_is_stale(folder: Path) -> None:
    with (folder / OURS.name).open("a", encoding="utf-8") as file:
        file.write('#~ msgid "Gone"\n#~ msgstr "Ido"\n')

    with pytest.raises(CommandError, match="translations update"):
        call_command("translations", "check")


def test_check_names_a_text_without_spanish(folder: Path) -> None:
    (folder / OURS.name).write_text(translations.HEADER, encoding="utf-8")
    call_command("translations", "update", stdout=StringIO())

    with pytest.raises(CommandError, match="“Campaigns” has no Spanish"):
        call_command("translations", "check")


def test_check_names_a_text_that_replaces_one_of_django(folder: Path) -> None:
    (folder / OURS.name).write_text(
        (folder / OURS.name)
        .read_text(encoding="utf-8")
        .replace(
            'msgid "Change password"\nmsgstr "Cambiar la contraseña"',
            'msgid "Change password"\nmsgstr "Puede"',
        ),
        encoding="utf-8",
    )

    with pytest.raises(CommandError, match="“Change password” has one Spanish"):
        call_command("translations", "check")


def test_update_repeats_itself(folder: Path) -> None:
    call_command("translations", "update", stdout=StringIO())
    once = (folder / OURS.name).read_bytes()
    call_command("translations", "update", stdout=StringIO())

    assert (folder / OURS.name).read_bytes() == once


def test_compile_leaves_one_file(folder: Path) -> None:
    call_command("translations", "compile")

    assert {path.name for path in folder.iterdir()} == {"django.po", "borrowed.po", "django.mo"}


def test_a_catalogue_that_cannot_be_read_is_a_sentence(folder: Path) -> None:
    (folder / OURS.name).write_text('msgid "Team"\n', encoding="utf-8")

    with pytest.raises(CommandError, match="missing msgstr for msgid 'Team'"):
        call_command("translations", "compile")
