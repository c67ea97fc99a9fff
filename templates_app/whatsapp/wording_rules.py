"""What Meta demands of the words of a template, checked before they are submitted.

Meta rejects a text that breaks one of these without saying which, and a rejected template cannot be
submitted again under its name. The rules are those of Meta's guidelines and of Twilio's
https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from templates_app.approved import GAP
from templates_app.models import Category, Template
from templates_app.rendering import variables_in

LONGEST_BODY = 1024
# Meta's codes of our languages. Templates in Portuguese are Brazilian.
LANGUAGE_CODES = {"es": "es", "en": "en", "pt": "pt_BR"}

WORD = re.compile(r"[^\W_]+")
MANY_LINE_BREAKS = re.compile(r"\n[ \t]*\n[ \t]*\n")
MANY_SPACES = re.compile(r" {5}|\t")
# Meta rejects links that hide where they lead, and links to WhatsApp itself.
SHORT_LINK = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|cutt\.ly|wa\.me)\b[^\s]*", re.IGNORECASE
)


def problems_of(content: str) -> list[str]:
    """Return a sentence for each rule that a text with our variables breaks."""
    return list(_all_problems(content.strip()))


def number_variables(content: str) -> str:
    """Replace our variables with numbered gaps: the first one becomes {{1}}."""
    numbers = {name: number for number, name in enumerate(variables_in(content), start=1)}
    return GAP.sub(
        lambda gap: f"{{{{{numbers[gap[1]]}}}}}" if gap[1] in numbers else gap[0],
        content.replace("\r\n", "\n").strip(),
    )


def advised_category(template: Template) -> Category:
    """Return the category that Meta most likely gives a text.

    A neutral question about this visit is utility. A request to write a public review is marketing,
    even where it thanks for the visit.
    """
    invites = "reviewLink" in variables_in(template.content)
    return Category.MARKETING if invites else Category.UTILITY


def _all_problems(content: str) -> Iterator[str]:
    yield from _edge_problems(content)
    yield from _adjacent_problems(content)
    yield from _ratio_problems(content)
    if len(number_variables(content)) > LONGEST_BODY:
        yield _("Shorten it: Meta takes at most %(most)d letters, and it has %(now)d.") % {
            "most": LONGEST_BODY,
            "now": len(number_variables(content)),
        }
    if MANY_LINE_BREAKS.search(content):
        yield _("Leave at most one empty line between two paragraphs.")
    if MANY_SPACES.search(content):
        yield _("Take out tabs, and more than four spaces in a row.")
    if link := SHORT_LINK.search(content):
        yield _(
            "Take out “%(link)s”: Meta rejects shortened links, which hide where they lead."
        ) % {"link": link.group()[:60]}


def _edge_problems(content: str) -> Iterator[str]:
    """A gap can be filled with anything, so Meta wants a word of ours on both sides of each."""
    gaps = list(GAP.finditer(content))
    if not gaps:
        return
    first, last = gaps[0], gaps[-1]
    if not WORD.search(content[: first.start()]):
        yield _("Write a word before %(variable)s: a text must not begin with a variable.") % {
            "variable": first.group()
        }
    if not WORD.search(content[last.end() :]):
        yield _(
            "Write a word after %(variable)s, such as “Thank you.”: a text must not end with a"
            " variable."
        ) % {"variable": last.group()}


def _adjacent_problems(content: str) -> Iterator[str]:
    gaps = list(GAP.finditer(content))
    for left, right in pairwise(gaps):
        if not WORD.search(content[left.end() : right.start()]):
            yield _(
                "Write a word between %(left)s and %(right)s: two variables must not stand side by"
                " side."
            ) % {"left": left.group(), "right": right.group()}


def _ratio_problems(content: str) -> Iterator[str]:
    """Twilio's advice is 2n + 1 words for n variables. With fewer Meta finds a text too vague."""
    gaps = len(GAP.findall(content))
    words = len(WORD.findall(GAP.sub(" ", content)))
    needed = 2 * gaps + 1
    if words < needed:
        yield ngettext(
            "Write more around the variables: with %(gaps)d variable Meta wants at least %(needed)d"
            " words, and there are %(words)d.",
            "Write more around the variables: with %(gaps)d variables Meta wants at least"
            " %(needed)d words, and there are %(words)d.",
            gaps,
        ) % {"gaps": gaps, "needed": needed, "words": words}
