"""A message drawn as a mail: an HTML part with stars and buttons, and a text part that says it all.

It must work where a mail program drops the style sheet, so every style that matters is inline.
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
from messaging.mail.words import words_in
from templates_app.models import MessageType

ASKS = (MessageType.INITIAL, MessageType.REMINDER, MessageType.CLARIFY)
BLANK_LINES = re.compile(r"\n\s*\n")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
LONGEST_LABEL = 40
STAR_PARAMETER = "stars"


@dataclass(frozen=True)
class MailButton:
    label: str
    link: str


@dataclass(frozen=True)
class Block:
    """A paragraph, and what is drawn below it."""

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
    # The paragraph with the way out goes below, in small print.
    small_print: list[Block] = field(default_factory=list)


def render_html(message: OutgoingMessage) -> str:
    words = words_in(message.language)
    letter = _letter(message, words)
    return render_to_string(
        "messaging/mail/message.html",
        {
            "subject": message.subject or message.practice,
            "practice": message.practice,
            "language": message.language,
            "words": words,
            "preview": _preview(message, words),
            "letter": letter,
            "stars": _stars(message, words),
            "opt_out_link": "" if letter.small_print else message.opt_out_link,
            "why": words["why"].format(practice=message.practice),
        },
    )


def render_text(message: OutgoingMessage) -> str:
    """The words as they were composed. Links that the HTML part shows by itself are added."""
    words, link = words_in(message.language), message.links.get("ratingLink")
    parts = [message.body.strip()]
    if link and _asks(message) and link not in message.body:
        parts.append(f"{words['rate_text']} {link}")
    if message.opt_out_link and message.opt_out_link not in message.body:
        parts.append(f"{words['stop_text']} {message.opt_out_link}")
    return "\n\n".join(parts) + "\n"


def _letter(message: OutgoingMessage, words: Mapping[str, str]) -> Letter:
    labels = _labels(message, words)
    rating, way_out = message.links.get("ratingLink", ""), message.opt_out_link
    letter = Letter()
    for paragraph in BLANK_LINES.split(message.body.strip()):
        links = LINK.findall(paragraph)
        if way_out in links and rating not in links:
            letter.small_print.append(Block(_linked(paragraph, labels)))
        elif rating in links and _asks(message):
            letter.blocks.append(Block(_without_last(paragraph, rating, labels), has_stars=True))
        else:
            letter.blocks.append(_block(paragraph, links, labels))
    if _asks(message) and rating and not any(block.has_stars for block in letter.blocks):
        letter.blocks[-1] = replace(letter.blocks[-1], has_stars=True)
    return letter


def _block(paragraph: str, links: list[str], labels: Mapping[str, str]) -> Block:
    """A paragraph that ends with a link of ours gets it as a button."""
    last = links[-1] if links else ""
    if last in labels and paragraph.rstrip(" .").endswith(last):
        return Block(
            _without_last(paragraph, last, labels), MailButton(_capital(labels[last]), last)
        )
    return Block(_linked(paragraph, labels))


def _without_last(paragraph: str, link: str, labels: Mapping[str, str]) -> SafeString:
    """What is drawn below replaces a link at the end; elsewhere the link becomes words."""
    shortened = paragraph.rstrip(" .")
    if shortened.endswith(link):
        paragraph = shortened.removesuffix(link).rstrip()
    return _linked(paragraph, labels)


def _linked(paragraph: str, labels: Mapping[str, str]) -> SafeString:
    lines = [_linked_line(line, labels) for line in paragraph.split("\n")]
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _linked_line(line: str, labels: Mapping[str, str]) -> SafeString:
    pieces: list[str | SafeString] = []
    at = 0
    for match in LINK.finditer(line):
        label = labels.get(match[0]) or _shown(match[0])
        anchor = '<a class="link" href="{}" style="color:#14605a">{}</a>'
        pieces += [line[at : match.start()], format_html(anchor, match[0], label)]
        at = match.end()
    pieces.append(line[at:])
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _shown(link: str) -> str:
    """A link of the clinic's own by the name of its site, not by its whole address."""
    parts = urlsplit(link)
    path = parts.path.rstrip("/")
    return Truncator(f"{parts.netloc.removeprefix('www.')}{path}").chars(LONGEST_LABEL)


def _labels(message: OutgoingMessage, words: Mapping[str, str]) -> dict[str, str]:
    by_name = {
        "ratingLink": words["rate"],
        "reviewLink": words["review"],
        "feedbackLink": words["feedback"],
        "optOutLink": words["stop"],
    }
    labels = {link: by_name[name] for name, link in message.links.items() if link}
    return labels | {message.opt_out_link: words["stop"]}


def _stars(message: OutgoingMessage, words: Mapping[str, str]) -> list[Star]:
    link = message.links.get("ratingLink", "")
    return [
        Star(
            number,
            words["star_of"].format(star=number, word=words[f"star_{number}"].lower()),
            f"{link}?{STAR_PARAMETER}={number}",
        )
        for number in range(1, 6)
    ]


def _preview(message: OutgoingMessage, words: Mapping[str, str]) -> str:
    """What a list of mails shows beside the subject."""
    if _asks(message):
        return words["preview_ask"]
    paragraphs = [
        one for one in BLANK_LINES.split(message.body.strip()) if len(one) > LONGEST_LABEL
    ]
    return Truncator(LINK.sub("", paragraphs[0] if paragraphs else "").strip(" :")).chars(110)


def _asks(message: OutgoingMessage) -> bool:
    return message.type in ASKS


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
