"""The form in which a visitor writes, changes or deletes their own review."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from dev.doubles.google.pages.words import Words
from dev.doubles.google.state import Review, new_id
from dev.doubles.kit.markup import Html, field, notice, tag, void

LONGEST = 4096


@dataclass(frozen=True)
class Draft:
    stars: int = 0
    comment: str = ""
    author: str = ""
    is_anonymous: bool = False
    # The key of the text that says what is wrong.
    problem: str = ""

    @classmethod
    def of(cls, review: Review | None) -> Self:
        if review is None:
            return cls()
        return cls(review.stars, review.comment, review.author, review.is_anonymous)


def read_draft(posted: Mapping[str, str]) -> Draft:
    stars = posted.get("stars", "")
    # Browsers end the lines of a text area with both characters.
    comment = posted.get("comment", "").replace("\r\n", "\n").strip()
    author, is_anonymous = posted.get("author", "").strip(), "hide" in posted
    problem = ""
    if stars not in {"1", "2", "3", "4", "5"}:
        problem = "no rating"
    elif not (author or is_anonymous):
        problem = "no name"
    elif len(comment) > LONGEST:
        problem = "too long"
    return Draft(int(stars) if stars in set("12345") else 0, comment, author, is_anonymous, problem)


def visitor_of(cookie: str) -> str:
    """Return the visitor of a cookie, or a new one."""
    return cookie if re.fullmatch(r"[A-Za-z0-9]{32}", cookie) else new_id()


def review_form(words: Words, draft: Draft, *, is_mine: bool) -> Html:
    """Return the section with the form, which says what was wrong with the draft."""
    send = words("save" if is_mine else "publish")
    form = tag(
        "form",
        _stars_field(words, draft.stars),
        tag(
            "label",
            tag("span", words("comment")),
            tag("textarea", draft.comment, name="comment", rows=4, maxlength=LONGEST),
        ),
        field(words("name"), "author", draft.author, autocomplete="off", maxlength=100),
        tag(
            "label",
            void("input", type="checkbox", name="hide", checked=draft.is_anonymous),
            tag("span", words("hide")),
            class_="choice",
        ),
        tag(
            "div",
            tag("button", send, name="action", value="save", class_="primary"),
            _action(words, "delete") if is_mine else Html(),
            _action(words, "other") if is_mine else Html(),
            class_="row",
        ),
        method="post",
    )
    problem = words(draft.problem, LONGEST) if draft.problem else ""
    return tag(
        "section",
        tag("h2", words("yours" if is_mine else "write")),
        tag("p", words("yours hint"), class_="hint") if is_mine else Html(),
        notice(problem, "warn") if problem else Html(),
        form,
    )


def _action(words: Words, name: str) -> Html:
    return tag("button", words(name), name="action", value=name, formnovalidate=True)


def _stars_field(words: Words, chosen: int) -> Html:
    choices = (
        tag(
            "label",
            void("input", type="radio", name="stars", value=number, checked=number == chosen),
            tag("span", number, " ", tag("span", "★", aria_hidden="true", class_="stars")),
            class_="choice",
        )
        for number in range(1, 6)
    )
    return tag("fieldset", tag("legend", words("rating")), tag("div", *choices, class_="rating"))
