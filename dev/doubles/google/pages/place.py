"""The public page of a place: a visitor reads reviews and writes one as a patient would."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from dev.doubles.google.moderation import reply_state
from dev.doubles.google.pages.frame import response, stars, words_for
from dev.doubles.google.pages.words import Words
from dev.doubles.google.pages.writing import (
    Draft,
    read_draft,
    review_form,
    visitor_of,
)
from dev.doubles.google.reviews import average
from dev.doubles.google.state import Location, Review, State, new_id
from dev.doubles.kit.markup import Html, notice, static_files, tag

STATIC = Path(__file__).parent / "static"
SHOWN = 20
# A cookie of localhost reaches every port, so its name must be ours alone.
COOKIE = "google_double_visitor"
DONE = ("written", "saved", "deleted")


class PlacePages:
    def __init__(self, state: State) -> None:
        self.state = state

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self.front),
            web.get("/local/writereview", self.write_review),
            web.get("/maps/place/{place}", self.show),
            web.post("/maps/place/{place}", self.write),
            *static_files(STATIC),
        ]

    async def front(self, request: web.Request) -> web.Response:
        words = words_for(request)
        places = [each for each in self.state.locations.values() if each.place_id]
        rows = (self._row(words, location) for location in places[:SHOWN])
        section = tag("section", tag("h2", words("places")), tag("ul", *rows, class_="rows"))
        return response(words, words("site"), tag("p", words("front")), section)

    def _row(self, words: Words, location: Location) -> Html:
        reviews = self.state.reviews_of(location.id)
        link = tag("a", location.title, href=f"/maps/place/{location.place_id}")
        summary = tag("span", words.summary(average(reviews), len(reviews)), class_="hint")
        return tag("li", link, summary)

    async def write_review(self, request: web.Request) -> web.StreamResponse:
        """Lead the link that patients get to the form."""
        place = request.query.get("placeid", "")
        if self.state.location_by_place(place) is None:
            return self._unknown(request)
        raise web.HTTPFound(f"/maps/place/{place}")

    async def show(self, request: web.Request) -> web.StreamResponse:
        location = self.state.location_by_place(request.match_info["place"])
        if location is None:
            return self._unknown(request)
        return self._page(request, location)

    async def write(self, request: web.Request) -> web.StreamResponse:
        location = self.state.location_by_place(request.match_info["place"])
        if location is None:
            return self._unknown(request)
        posted = {name: str(value) for name, value in (await request.post()).items()}
        visitor = visitor_of(request.cookies.get(COOKIE, ""))
        if posted.get("action") == "other":
            return self._leave(request, "", visitor=new_id())
        mine = self._review_of(location, visitor)
        if posted.get("action") == "delete":
            if mine:
                self.state.delete_review(mine)
            return self._leave(request, "deleted", visitor=visitor)
        draft = read_draft(posted)
        if draft.problem:
            return self._page(request, location, draft=draft)
        self._save(location, visitor, mine, draft)
        return self._leave(request, "saved" if mine else "written", visitor=visitor)

    def _save(self, location: Location, visitor: str, mine: Review | None, draft: Draft) -> None:
        values: Mapping[str, object] = {
            "stars": draft.stars,
            "comment": draft.comment,
            "author": draft.author,
            "is_anonymous": draft.is_anonymous,
        }
        if mine:
            self.state.edit_review(mine, values)
            return
        now = self.state.now()
        self.state.add_review(
            Review(
                id=new_id(),
                location=location.id,
                stars=draft.stars,
                comment=draft.comment,
                author=draft.author,
                created=now,
                updated=now,
                is_anonymous=draft.is_anonymous,
                visitor=visitor,
            )
        )

    def _leave(self, request: web.Request, done: str, *, visitor: str) -> web.Response:
        """Show the page anew, so that reloading it does not post again."""
        query = "&".join(
            f"{name}={value}"
            for name, value in (("done", done), ("hl", request.query.get("hl", "")))
            if value in DONE or value in {"es", "en"}
        )
        to = request.path + (f"?{query}" if query else "")
        answer = web.Response(status=303, headers={"Location": to})
        answer.set_cookie(COOKIE, visitor, path="/maps", httponly=True, samesite="Lax")
        return answer

    def _review_of(self, location: Location, visitor: str) -> Review | None:
        reviews = self.state.reviews_of(location.id)
        return next((each for each in reviews if each.visitor == visitor), None)

    def _unknown(self, request: web.Request) -> web.Response:
        words = words_for(request)
        link = tag("p", tag("a", words("all places"), href="/"))
        text = notice(words("no place"), "warn")
        return response(words, words("no place title"), text, link, status=404)

    def _page(
        self, request: web.Request, location: Location, *, draft: Draft | None = None
    ) -> web.Response:
        words, reviews = words_for(request), self.state.reviews_of(location.id)
        visitor = visitor_of(request.cookies.get(COOKIE, ""))
        mine = self._review_of(location, visitor)
        done = request.query.get("done", "")
        wished = request.query.get("shown", "")
        shown = int(wished) if wished.isdecimal() and len(wished) < 6 else SHOWN  # noqa: PLR2004
        return response(
            words,
            location.title,
            notice(words(done)) if done in DONE and not draft else Html(),
            self._head(words, location, reviews),
            review_form(words, draft or Draft.of(mine), is_mine=mine is not None),
            self._list(words, location, shown),
            status=400 if draft else 200,
        )

    def _head(self, words: Words, location: Location, reviews: list[Review]) -> Html:
        mean = average(reviews)
        summary = tag("p", words.summary(mean, len(reviews)), class_="price")
        address = tag("p", f"{location.address}, {location.city}", class_="hint")
        return tag("section", summary, address)

    def _list(self, words: Words, location: Location, shown: int) -> Html:
        newest = self.state.ordered_reviews((location.id,), "updateTime desc")
        parts: list[object] = [tag("h2", words("reviews"))]
        parts += [self._review(words, review) for review in newest[:shown]]
        if len(newest) > shown:
            parts.append(tag("p", tag("a", words("more"), href=f"?shown={shown + SHOWN}")))
        return tag("section", *parts) if newest else Html()

    def _review(self, words: Words, review: Review) -> Html:
        name = words("anonymous") if review.is_anonymous else review.author
        # Google shows the moment of the last edit, and so does the API as `updateTime`.
        is_edited = review.updated > review.created
        when = words.day(review.updated if is_edited else review.created)
        rated = stars(words, review.stars) if review.stars else words("unrated")
        written = words("edited", when) if is_edited else when
        parts: list[object] = [
            tag("h3", name),
            tag("p", rated, " ", tag("span", written, class_="hint")),
        ]
        if review.comment:
            parts.append(tag("p", review.comment, class_="words"))
        parts += [
            tag("p", tag("a", words("video" if media.video_url else "photo"), href=link))
            for media in review.media
            if (link := media.video_url or media.thumbnail_url)
        ]
        reply = review.reply
        if reply and reply_state(reply, self.state.now()) == "APPROVED":
            head = tag("h4", words("owner"), " ", tag("span", words.day(reply.updated)))
            parts.append(tag("div", head, tag("p", reply.comment, class_="words"), class_="reply"))
        return tag("article", *parts, id=review.id)
