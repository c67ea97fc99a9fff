from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from config import translations
from tests.config.translations.catalogues import catalogue, extracted


def test_merge_keeps_translations_and_drops_removed_texts(tmp_path: Path) -> None:
    known = catalogue('msgid "Team"\nmsgstr "Equipo"\n\nmsgid "Gone"\nmsgstr "Ido"\n')
    fresh = extracted(
        tmp_path, "templates/page.html", '{% translate "Team" %}{% translate "New" %}'
    )

    updated = translations.to_po(translations.merge(fresh, known=known))

    assert updated.removeprefix(translations.HEADER) == (
        '#: templates/page.html\nmsgid "New"\nmsgstr ""\n\n'
        '#: templates/page.html\nmsgid "Team"\nmsgstr "Equipo"\n\n'
    )


def test_merge_makes_no_guesses(tmp_path: Path) -> None:
    known = catalogue('msgid "Sign in now"\nmsgstr "Inicie sesión ya"\n')
    fresh = extracted(tmp_path, "templates/page.html", '{% translate "Sign in" %}')

    (message,) = translations.texts(translations.merge(fresh, known=known))

    assert not message.string


def test_text_with_new_plural_loses_translation(tmp_path: Path) -> None:
    source = "{% blocktranslate count n=1 %}day{% plural %}days{% endblocktranslate %}"
    fresh = extracted(tmp_path, "templates/page.html", source)

    known = catalogue('msgid "day"\nmsgstr "día"\n')
    (message,) = translations.texts(translations.merge(fresh, known=known))

    assert message.string == ("", "")


def test_moving_text_within_file_changes_nothing(tmp_path: Path) -> None:
    before, after = (
        translations.to_po(extracted(tmp_path, "templates/page.html", source))
        for source in (
            '{% translate "A" %}{% translate "B" %}',
            '\n{% translate "B" %}{% translate "A" %}{% translate "A" %}',
        )
    )

    assert before == after


def test_first_catalogue_wins_in_compiled_file() -> None:
    ours = catalogue('msgid "Team"\nmsgstr "Equipo"\n')
    theirs = catalogue(
        'msgid "Team"\nmsgstr "Grupo"\n\nmsgctxt "menu"\nmsgid "Home"\nmsgstr "Inicio"\n'
    )

    spanish = GNUTranslations(BytesIO(translations.to_mo(ours, theirs)))

    assert spanish.gettext("Team") == "Equipo"
    assert spanish.pgettext("menu", "Home") == "Inicio"
