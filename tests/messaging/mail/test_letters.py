"""What a patient gets by e-mail: stars, buttons, a complete text part and a way out."""

import re

import pytest
from pytest_django import Settings

from messaging.mail import tokens
from messaging.patient_texts.pages import PAGE_TEXTS
from tests.messaging.mail.letters import (
    LINKS,
    PATIENT,
    PRACTICE,
    SITE,
    Page,
    outgoing,
    part,
    send,
)

ASKS = ["INITIAL", "REMINDER", "CLARIFY"]
TYPES = [*ASKS, "FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY"]
LANGUAGES = ["es", "en", "pt"]
ADDRESS = re.compile(r"https?://|www\.")


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE
    settings.BOUNCE_ADDRESS = settings.BOUNCE_MAILBOX_URL = settings.MAIL_REPORTS_SECRET = ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type", ASKS)
def test_ask_has_five_stars_that_choose_their_number(type: str, language: str) -> None:
    _outcome, sent = send(outgoing(type, language))
    page = Page(part(sent, "html"))

    stars = {link: attrs for link, attrs in page.links.items() if "?stars=" in link}
    assert list(stars) == [f"{LINKS['ratingLink']}?stars={number}" for number in range(1, 6)]
    words = PAGE_TEXTS[language]
    assert words["star_1"].lower() in str(next(iter(stars.values()))["aria-label"])
    assert words["star_1"] in page.words
    assert words["star_5"] in page.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type", TYPES)
def test_html_shows_words_and_no_addresses(type: str, language: str) -> None:
    _outcome, sent = send(outgoing(type, language))
    page = Page(part(sent, "html"))

    assert not ADDRESS.search(page.words)
    assert LINKS["optOutLink"] in page.links
    assert PRACTICE in page.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("type", "link"),
    [("FOLLOWUP_HAPPY", "reviewLink"), ("FOLLOWUP_UNHAPPY", "feedbackLink")],
)
def test_follow_up_has_a_button(type: str, link: str, language: str) -> None:
    _outcome, sent = send(outgoing(type, language))
    page = Page(part(sent, "html"))

    assert "display:block" in str(page.links[LINKS[link]]["style"])
    assert not any("?stars=" in link for link in page.links)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type", TYPES)
def test_text_part_has_every_link_and_all_words(type: str, language: str) -> None:
    message = outgoing(type, language)
    text = part(send(message)[1], "plain")

    assert message.body in text
    assert text.count(LINKS["optOutLink"]) == 1
    if type in ASKS:
        assert text.count(LINKS["ratingLink"]) == 1


@pytest.mark.parametrize("type", TYPES)
def test_mail_is_fluid_small_and_loads_nothing(type: str) -> None:
    _outcome, sent = send(outgoing(type))
    html, page = part(sent, "html"), Page(part(sent, "html"))

    widths = [attrs["width"] for tag, attrs in page.tags if attrs.get("width")]
    assert all(str(width).endswith("%") for width in widths)
    assert not any(re.search(r"(?<!max-)\bwidth:\d+px", style) for style in page.styles)
    assert not any(tag in {"img", "link", "script"} for tag, _attrs in page.tags)
    assert "url(" not in html
    assert len(sent.as_bytes()) < 20_000


def test_styles_that_matter_are_inline() -> None:
    page = Page(
        re.sub(r"<style>.*?</style>", "", part(send(outgoing("INITIAL"))[1], "html"), flags=re.S)
    )

    inline = " ".join(page.styles)
    assert "font-family:-apple-system" in inline
    assert "max-width:560px" in inline
    assert "font-size:28px" in str(page.links[f"{LINKS['ratingLink']}?stars=3"]["style"])


def test_html_follows_dark_mode() -> None:
    html = part(send(outgoing("INITIAL"))[1], "html")

    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_preview_comes_before_the_words() -> None:
    page = Page(part(send(outgoing("INITIAL"))[1], "html"))

    assert page.words.strip().startswith("Toque de 1 a 5 estrellas")


def test_sender_is_named_after_the_clinic() -> None:
    _outcome, sent = send(outgoing("INITIAL"))

    (address,) = sent["From"].addresses
    assert (address.display_name, address.addr_spec) == (PRACTICE, "hola@opiniones.example.com")


def test_line_break_in_a_name_adds_no_header() -> None:
    broken = outgoing("INITIAL", practice="Sol\nBcc: a@b.ec", subject="Hola\r\nX-Mine: 1")
    _outcome, sent = send(broken)

    assert sent["Bcc"] is sent["X-Mine"] is None
    assert sent["Subject"] == "Hola X-Mine: 1"


def test_answer_by_a_person_keeps_its_lines_and_shows_links_as_words() -> None:
    body = (
        "Estimada Ximena:\n\nVenga el jueves.\nEl mapa: https://www.sol.ec/norte/mapa?x=1, gracias."
    )
    _outcome, sent = send(outgoing("ANSWER", body=body, subject="Respuesta"))
    page = Page(part(sent, "html"))

    assert "Venga el jueves.<br>El mapa: " in part(sent, "html")
    assert "sol.ec/norte/mapa, gracias." in page.words
    assert "https://www.sol.ec/norte/mapa?x=1" in page.links
    assert not any("?stars=" in link for link in page.links)
    assert LINKS["optOutLink"] in page.links
    assert sent["Auto-Submitted"] is None


def test_words_of_a_clinic_are_escaped() -> None:
    _outcome, sent = send(outgoing("ANSWER", body="<script>alert(1)</script> & más"))

    assert "<script>" not in part(sent, "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; más" in part(sent, "html")


def test_text_of_a_clinic_with_links_in_between_gets_stars_and_words() -> None:
    body = f"Hola, califique ({LINKS['ratingLink']}) hoy. Baja: {LINKS['optOutLink']}"
    page = Page(part(send(outgoing("INITIAL", body=body))[1], "html"))

    assert "califique (calificar mi visita) hoy. Baja: darse de baja" in " ".join(
        page.words.split()
    )
    assert f"{LINKS['ratingLink']}?stars=5" in page.links


def test_list_unsubscribe_works_by_one_click() -> None:
    _outcome, sent = send(outgoing("INITIAL"))

    assert sent["List-Unsubscribe"] == f"<{LINKS['optOutLink']}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_bounce_address_gives_each_mail_its_own_sender_and_a_mail_to_unsubscribe(
    settings: Settings,
) -> None:
    settings.BOUNCE_ADDRESS = "rebotes@opiniones.example.com"
    settings.BOUNCE_MAILBOX_URL = "imaps://u:p@mail.example.com"
    message = outgoing("INITIAL")
    outcome, sent = send(message)

    token = outcome.external_id
    assert sent["X-Envelope-From"] == f"rebotes+{token}@opiniones.example.com"
    assert len(sent["X-Envelope-From"].partition("@")[0]) <= 64
    assert sent["Message-ID"] == f"<{token}@opiniones.example.com>"
    assert sent["From"].addresses[0].addr_spec == "hola@opiniones.example.com"
    mailto = f"<mailto:rebotes+u-{token}@opiniones.example.com?subject=unsubscribe>"
    assert " ".join(sent["List-Unsubscribe"].split()).startswith(mailto)
    read = tokens.read_token(token)
    assert read
    assert (read.message_id, read.attempt) == (message.id, 1)
    assert read.first_written_to(["otra@correo.ec", PATIENT.upper()]) == PATIENT.upper()


def test_token_that_we_did_not_sign_is_none(settings: Settings) -> None:
    token = tokens.make_token(message_id=outgoing("INITIAL").id, attempt=1, address=PATIENT)
    forged = ("a" if token[0] != "a" else "b") + token[1:]

    assert tokens.read_token(token.upper())
    assert tokens.read_token(forged) is None
    assert tokens.find_token(f"x {token} y {forged}") == tokens.read_token(token)
    settings.SECRET_KEY = "another"
    assert tokens.read_token(token) is None
