import re
from collections import Counter

import pytest

from templates_app.defaults import DEFAULTS, DefaultText
from templates_app.rendering import VARIABLES, render_template_text, unknown_variables, variables_in
from templates_app.segments import measure_text

TYPES = ["INITIAL", "FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY", "REMINDER"]
# An SMS is paid by segments, so these have a shorter text for it.
SMS_TYPES = ["INITIAL", "FOLLOWUP_UNHAPPY", "REMINDER"]
# E-mails ask for a tap and not for a number, so nothing has to be clarified by e-mail.
NEVER_BY_EMAIL = ["CLARIFY"]
LANGUAGES = ["es", "en", "pt"]
ASKS = [text for text in DEFAULTS if text.type in ("INITIAL", "REMINDER")]
SMS = [text for text in DEFAULTS if text.channel == "SMS"]
EMAILS = [text for text in DEFAULTS if text.channel == "EMAIL"]

TYPICAL = {
    "name": "Fernanda Benavides",
    "firstName": "Fernanda",
    "practice": "Clinica Norte Loja",
    "ratingLink": "https://mi.clinica.ec/r/AbCdEf1234",
    "reviewLink": "https://mi.clinica.ec/v/AbCdEf1234",
    "feedbackLink": "https://mi.clinica.ec/f/AbCdEf1234",
    "optOutLink": "https://mi.clinica.ec/o/AbCdEf1234",
}


def describe(text: DefaultText) -> str:
    return f"{text.type} {text.language} {text.channel or 'any'}"


every_text = pytest.mark.parametrize("text", DEFAULTS, ids=describe)


def test_every_type_has_one_default_in_every_language() -> None:
    keys = Counter((text.type, text.language, text.channel) for text in DEFAULTS)
    expected = {(type_, language, "") for type_ in TYPES + NEVER_BY_EMAIL for language in LANGUAGES}
    expected |= {(type_, language, "EMAIL") for type_ in TYPES for language in LANGUAGES}
    expected |= {(type_, language, "SMS") for type_ in SMS_TYPES for language in LANGUAGES}
    assert set(keys) == expected
    assert set(keys.values()) == {1}


@every_text
def test_default_text_fits_columns_and_uses_known_variables(text: DefaultText) -> None:
    assert unknown_variables(text.content + text.subject) == []
    assert 0 < len(text.name) <= 120
    assert 0 < len(text.description) <= 200
    assert len(text.subject) <= 150
    assert len(render_template_text(text.content, TYPICAL)) <= 1600


@every_text
def test_default_text_names_the_practice(text: DefaultText) -> None:
    """WhatsApp requires that messages name the business."""
    assert "practice" in variables_in(text.content)


@pytest.mark.parametrize("text", ASKS, ids=describe)
def test_ask_has_rating_link_and_opt_out(text: DefaultText) -> None:
    assert "ratingLink" in variables_in(text.content)
    assert "optOutLink" in variables_in(text.content) or re.search(r"BAJA|STOP|SAIR", text.content)


@pytest.mark.parametrize("text", ASKS, ids=describe)
def test_ask_has_no_link_to_public_reviews(text: DefaultText) -> None:
    """Google forbids inviting only happy patients, so an ask does not distinguish them."""
    assert "reviewLink" not in variables_in(text.content)
    assert not re.search(
        r"Google|si le gustó|si quedó|if you (were|are) happy|se gostou",
        text.content,
        re.IGNORECASE,
    )


@pytest.mark.parametrize("text", SMS, ids=describe)
def test_sms_with_both_links_fits_one_segment(text: DefaultText) -> None:
    lengths = {name: len(value) for name, value in TYPICAL.items()}
    assert (lengths["firstName"], lengths["practice"], lengths["ratingLink"]) == (8, 18, 34)
    rendered = render_template_text(text.content, TYPICAL)
    assert "AbCdEf1234" in rendered
    measured = measure_text(rendered)
    assert measured.encoding == "GSM-7"
    assert measured.count == 1
    links = {name for name in variables_in(text.content) if name.endswith("Link")}
    assert len(links) == 2


@pytest.mark.parametrize("text", EMAILS, ids=describe)
def test_email_has_subject_and_opt_out_and_is_longer(text: DefaultText) -> None:
    assert text.subject
    assert "optOutLink" in variables_in(text.content)
    short = next(
        other
        for other in DEFAULTS
        if (other.type, other.language, other.channel) == (text.type, text.language, "")
    )
    assert len(text.content) > len(short.content)


@every_text
def test_text_without_optional_links_has_no_leftovers(text: DefaultText) -> None:
    without = {
        name: value for name, value in TYPICAL.items() if name not in ("reviewLink", "optOutLink")
    }
    body = render_template_text(text.content, without).split("\n", 1)[-1]
    assert not re.search(r":$", body, re.MULTILINE)
    assert "  " not in body


def test_thanks_without_review_link_has_no_link() -> None:
    text = next(t for t in DEFAULTS if (t.type, t.language, t.channel) == (TYPES[1], "es", ""))
    assert "Google" in render_template_text(text.content, TYPICAL)
    thanks = render_template_text(text.content, {**TYPICAL, "reviewLink": ""})
    assert thanks == (
        "¡Muchas gracias, Fernanda! En Clinica Norte Loja nos alegra saberlo.\nUn saludo."
    )


def test_default_texts_use_known_variables() -> None:
    used = {name for text in DEFAULTS for name in variables_in(text.content)}
    assert used <= {variable.name for variable in VARIABLES}
    assert {"reviewLink", "feedbackLink"} <= used
