"""A mail with the clinic's logo and colour."""

import re

from core import pictures
from tests.messaging.mail.letters import Page, outgoing, part, send
from tests.pictures import as_upload, draw_logo
from workspaces.branding.brands import MailBrand
from workspaces.branding.colours import AA, contrast

LOGO = pictures.encode_logo(as_upload(draw_logo()))
BRAND = MailBrand("#ffe600", LOGO.data, LOGO.content_type, 240, 80)


def test_logo_is_in_the_mail_and_nothing_is_loaded() -> None:
    _outcome, sent = send(outgoing("INITIAL", brand=BRAND))
    (image,) = [attrs for tag, attrs in Page(part(sent, "html")).tags if tag == "img"]
    (logo,) = [one for one in sent.walk() if one.get_content_maintype() == "image"]

    assert image["src"] == f"cid:{str(logo['Content-ID']).strip('<>')}"
    assert logo.get_payload(decode=True) == LOGO.data
    assert str(logo["Content-Disposition"]) == "inline"
    assert sent.get_content_type() == "multipart/related"
    assert "url(" not in part(sent, "html")
    assert part(sent, "plain") == part(send(outgoing("INITIAL"))[1], "plain")


def test_pale_colour_is_readable_in_the_mail() -> None:
    html = part(send(outgoing("FOLLOWUP_HAPPY", brand=BRAND))[1], "html")

    (button,) = re.findall(r'class="button"[^>]*bgcolor="(#\w+)"', html)
    assert contrast("#ffffff", button) >= AA
    assert "border-top:6px solid #ffe600" in html
    assert "#14605a" not in html


def test_mail_without_a_brand_has_the_standard_colour() -> None:
    _outcome, sent = send(outgoing("FOLLOWUP_HAPPY"))

    assert 'bgcolor="#14605a"' in part(sent, "html")
    assert sent.get_content_type() == "multipart/alternative"
