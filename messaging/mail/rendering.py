"""Render a message as a mail: an HTML part with stars and buttons, and a complete text part.

Some mail programs drop the style sheet, so every style that matters is inline.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from messaging.channels.protocol import OutgoingMessage
from messaging.patient_texts.mails import mail_texts
from templates_app.models import ASKS, MessageType

# The mails with stars to tap.
WITH_STARS = (*ASKS, MessageType.CLARIFY)
BLANK_LINES = re.compile(r"\n\s*\n")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
MAX_LABEL_LENGTH = 40
STAR_PARAMETER = "stars"
# By this id the HTML part finds the logo in the mail.
LOGO_ID = "logo"


@dataclass(frozen=True)
class LinkStyle:
    """The words of our own links, by their address, and the colour of all links."""

    labels: Mapping[str, str]
    colour: str


@dataclass(frozen=True)
class MailButton:
    label: str
    link: str


@dataclass(frozen=True)
class Block:
    """A paragraph, and the button or stars below it."""

    words: SafeString
    button: MailButton | None = None
    has_stars: bool = False


@dataclass(frozen=True)
class Star:
    number: int
    label: str
    link: str


@dataclass(frozen=True)
class Letter:
    blocks: list[Block] = field(default_factory=list)
    # The paragraph with the opt-out link.
    small_print: list[Block] = field(default_factory=list)


def render_html(message: OutgoingMessage) -> str:
    words = mail_texts(message.language)
    letter = _build_letter(message, words)
    return render_to_string(
        "messaging/mail/message.html",
        {
            "subject": message.subject or message.practice,
            "practice": message.practice,
            "language": message.language,
            "words": words,
            "preview": _preview_text(message, words),
            "letter": letter,
            "stars": _build_stars(message, words),
            "opt_out_link": "" if letter.small_print else message.opt_out_link,
            "brand": message.brand,
            "palette": message.brand.palette,
            "logo_id": LOGO_ID,
            "why": words["why"].format(practice=message.practice),
        },
    )


def render_text(message: OutgoingMessage) -> str:
    """Return the text part: the composed text, and the links that the HTML part adds by itself."""
    words, link = mail_texts(message.language), message.links.get("ratingLink")
    parts = [message.body.strip()]
    if link and _asks_for_rating(message) and link not in message.body:
        parts.append(f"{words['rate_text']} {link}")
    if message.opt_out_link and message.opt_out_link not in message.body:
        parts.append(f"{words['stop_text']} {message.opt_out_link}")
    return "\n\n".join(parts) + "\n"


def _build_letter(message: OutgoingMessage, words: Mapping[str, str]) -> Letter:
    style = LinkStyle(_link_labels(message, words), message.brand.palette.light.colour)
    rating, opt_out = message.links.get("ratingLink", ""), message.opt_out_link
    letter = Letter()
    for paragraph in BLANK_LINES.split(message.body.strip()):
        links = LINK.findall(paragraph)
        if opt_out in links and rating not in links:
            letter.small_print.append(Block(_render_paragraph(paragraph, style)))
        elif rating in links and _asks_for_rating(message):
            letter.blocks.append(
                Block(_without_trailing_link(paragraph, rating, style), has_stars=True)
            )
        else:
            letter.blocks.append(_build_block(paragraph, links, style))
    if _asks_for_rating(message) and rating and not any(block.has_stars for block in letter.blocks):
        letter.blocks[-1] = replace(letter.blocks[-1], has_stars=True)
    return letter


def _build_block(paragraph: str, links: list[str], style: LinkStyle) -> Block:
    """Return a paragraph. When it ends with one of our links, the link becomes a button."""
    last = links[-1] if links else ""
    if last in style.labels and paragraph.rstrip(" .").endswith(last):
        return Block(
            _without_trailing_link(paragraph, last, style),
            MailButton(_capitalize(style.labels[last]), last),
        )
    return Block(_render_paragraph(paragraph, style))


def _without_trailing_link(paragraph: str, link: str, style: LinkStyle) -> SafeString:
    """Drop a link at the end, which the button or the stars below replace."""
    shortened = paragraph.rstrip(" .")
    if shortened.endswith(link):
        paragraph = shortened.removesuffix(link).rstrip()
    return _render_paragraph(paragraph, style)


def _render_paragraph(paragraph: str, style: LinkStyle) -> SafeString:
    lines = [_render_line(line, style) for line in paragraph.split("\n")]
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _render_line(line: str, style: LinkStyle) -> SafeString:
    pieces: list[str | SafeString] = []
    at = 0
    for match in LINK.finditer(line):
        label = style.labels.get(match[0]) or _shorten_link(match[0])
        anchor = '<a class="link" href="{}" style="color:{}">{}</a>'
        pieces += [line[at : match.start()], format_html(anchor, match[0], style.colour, label)]
        at = match.end()
    pieces.append(line[at:])
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _shorten_link(link: str) -> str:
    """Return the site and path of a link of the clinic's own, to show instead of the address."""
    parts = urlsplit(link)
    path = parts.path.rstrip("/")
    return Truncator(f"{parts.netloc.removeprefix('www.')}{path}").chars(MAX_LABEL_LENGTH)


def _link_labels(message: OutgoingMessage, words: Mapping[str, str]) -> dict[str, str]:
    by_name = {
        "ratingLink": words["rate"],
        "reviewLink": words["review"],
        "feedbackLink": words["feedback"],
        "optOutLink": words["stop"],
    }
    labels = {link: by_name[name] for name, link in message.links.items() if link}
    return labels | {message.opt_out_link: words["stop"]}


def _build_stars(message: OutgoingMessage, words: Mapping[str, str]) -> list[Star]:
    link = message.links.get("ratingLink", "")
    return [
        Star(
            number,
            words["star_of"].format(star=number, word=words[f"star_{number}"].lower()),
            f"{link}?{STAR_PARAMETER}={number}",
        )
        for number in range(1, 6)
    ]


def _preview_text(message: OutgoingMessage, words: Mapping[str, str]) -> str:
    """Return the preview that a mail program shows beside the subject in its list."""
    if _asks_for_rating(message):
        return words["preview_ask"]
    paragraphs = [
        paragraph
        for paragraph in BLANK_LINES.split(message.body.strip())
        if len(paragraph) > MAX_LABEL_LENGTH
    ]
    return Truncator(LINK.sub("", paragraphs[0] if paragraphs else "").strip(" :")).chars(110)


def _asks_for_rating(message: OutgoingMessage) -> bool:
    return message.type in WITH_STARS


def _capitalize(label: str) -> str:
    return label[:1].upper() + label[1:]
