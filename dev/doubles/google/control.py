"""The control API for tests, demos and benches: set faults, write reviews, look at counts."""

import dataclasses
from collections.abc import Callable
from typing import Any

from aiohttp import web

from dev.doubles.google import world
from dev.doubles.google.counts import Counts
from dev.doubles.google.endpoints import timestamp
from dev.doubles.google.faults import Trouble
from dev.doubles.google.oauth import BUSINESS_SCOPE, Grants
from dev.doubles.google.state import Location, Loss, Media, Review, State, new_id, new_number
from dev.doubles.kit.control import json_object, reporting_errors, text_of

REVIEWS_SHOWN = 1000
STARS = range(6)


class Control:
    def __init__(
        self,
        *,
        state: State,
        grants: Grants,
        trouble: Trouble,
        counts: Counts,
        restart: Callable[[], None],
    ) -> None:
        self.state = state
        self.grants = grants
        self.trouble = trouble
        self.counts = counts
        self.restart = restart

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/faults", self.faults),
            web.put("/control/faults", reporting_errors(self.change_faults)),
            web.get("/control/counts", self.show_counts),
            web.delete("/control/counts", self.clear_counts),
            web.get("/control/reviews", self.list_reviews),
            web.post("/control/reviews", reporting_errors(self.add_reviews)),
            web.patch("/control/reviews", reporting_errors(self.edit_reviews)),
            web.delete("/control/reviews", reporting_errors(self.delete_reviews)),
            web.post("/control/populate", reporting_errors(self.populate)),
            web.post("/control/locations", reporting_errors(self.add_location)),
            web.patch("/control/locations/{id}", reporting_errors(self.change_location)),
            web.get("/control/replies", self.list_replies),
            web.post("/control/moderate", reporting_errors(self.moderate)),
            web.post("/control/grant", reporting_errors(self.grant)),
            web.post("/control/revoke", reporting_errors(self.revoke)),
            web.post("/control/advance", reporting_errors(self.advance)),
            web.post("/control/reset", self.reset),
        ]

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response(dataclasses.asdict(self.trouble.faults))

    async def change_faults(self, request: web.Request) -> web.Response:
        """Change only the faults that are named."""
        self.trouble.change(await json_object(request))
        return await self.faults(request)

    async def show_counts(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                **self.counts.shown(),
                "reviews": len(self.state.reviews),
                "replies_written": len(self.state.reply_writes),
            }
        )

    async def clear_counts(self, _request: web.Request) -> web.Response:
        self.counts.clear()
        return web.Response(status=204)

    async def list_reviews(self, request: web.Request) -> web.Response:
        wanted = request.query.get("location")
        found = self.state.reviews_of(wanted) if wanted else [*self.state.reviews.values()]
        shown = [dataclasses.asdict(review) for review in found[-REVIEWS_SHOWN:]]
        return web.json_response({"total": len(found), "reviews": shown})

    async def add_reviews(self, request: web.Request) -> web.Response:
        """Add `{"reviews": [{location, stars, comment, author, …}], "push": true}`."""
        body = await json_object(request)
        wished = [self.read_review(each) for each in objects(body, "reviews")]
        for review in wished:
            self.state.add_review(review, notify=body.get("push", True))
        return web.json_response({"names": [self.name_of(each) for each in wished]}, status=201)

    def name_of(self, review: Review) -> str:
        account = self.state.locations[review.location].account
        return f"accounts/{account}/locations/{review.location}/reviews/{review.id}"

    def read_review(self, body: dict[str, Any]) -> Review:
        location = text_of(body, "location")
        if location not in self.state.locations:
            raise ValueError(f"There is no location {location!r}.")
        created = moment_of(body, "created", self.state.now())
        return Review(
            id=text_of(body, "id") or new_id(),
            location=location,
            stars=stars_of(body, 5),
            comment=text_of(body, "comment"),
            author=text_of(body, "author") or "Ana Torres",
            created=created,
            updated=moment_of(body, "updated", created),
            is_anonymous=body.get("is_anonymous") is True,
            media=[Media(**each) for each in objects(body, "media")],
        )

    async def edit_reviews(self, request: web.Request) -> web.Response:
        """Change the named fields of `{"reviews": [{id, stars, comment, author, …}]}`."""
        body = await json_object(request)
        for each in objects(body, "reviews"):
            review = self.review(text_of(each, "id"))
            values: dict[str, Any] = {
                name: text_of(each, name) for name in ("comment", "author") if name in each
            }
            if "stars" in each:
                values["stars"] = stars_of(each, review.stars)
            if "is_anonymous" in each:
                values["is_anonymous"] = each["is_anonymous"] is True
            values["updated"] = moment_of(each, "updated", self.state.now())
            self.state.edit_review(review, values, notify=body.get("push", True))
        return web.Response(status=204)

    async def delete_reviews(self, request: web.Request) -> web.Response:
        """Delete the reviews of `{"ids": […]}`."""
        for wanted in (await json_object(request)).get("ids", []):
            self.state.delete_review(self.review(wanted))
        return web.Response(status=204)

    def review(self, wanted: str) -> Review:
        """Return a review by its id or by its whole name."""
        found = self.state.reviews.get(wanted.rpartition("/")[2])
        if found is None:
            raise ValueError(f"There is no review {wanted!r}.")
        return found

    async def populate(self, request: web.Request) -> web.Response:
        """Add `{"locations": 200, "reviews": 10000}`, without pushes unless `push` is true."""
        body = await json_object(request)
        added = world.populate(
            self.state,
            account=text_of(body, "account") or world.CLINIC_ACCOUNT,
            locations=int(body.get("locations", 1)),
            reviews=int(body.get("reviews", 0)),
            seed=int(body.get("seed", 0)),
            notify=body.get("push") is True,
        )
        return web.json_response({"locations": added}, status=201)

    async def add_location(self, request: web.Request) -> web.Response:
        """Add a location: `{account, title, place_id, address, city, is_verified}`."""
        body = await json_object(request)
        account = text_of(body, "account") or world.CLINIC_ACCOUNT
        if account not in self.state.accounts:
            raise ValueError(f"There is no account {account!r}.")
        location = Location(
            id=text_of(body, "id") or new_number(),
            account=account,
            title=text_of(body, "title") or "Consultorio",
            place_id=text_of(body, "place_id"),
            address=text_of(body, "address"),
            city=text_of(body, "city"),
            region=text_of(body, "region"),
            is_verified=body.get("is_verified", True) is True,
        )
        self.state.add_location(location)
        return web.json_response({"id": location.id}, status=201)

    async def change_location(self, request: web.Request) -> web.Response:
        """Change `is_verified`, or `lost` to NOT_FOUND or PERMISSION_DENIED after a takeover."""
        location = self.state.locations.get(request.match_info["id"])
        if location is None:
            raise ValueError("There is no such location.")
        body = await json_object(request)
        if "is_verified" in body:
            location.is_verified = body["is_verified"] is True
        if "lost" in body:
            location.lost = Loss(text_of(body, "lost"))
        return web.json_response(dataclasses.asdict(location))

    async def list_replies(self, _request: web.Request) -> web.Response:
        """Return every write of a reply, the oldest first."""
        found = [
            {"review": write.review, "comment": write.comment, "at": timestamp(write.at)}
            for write in self.state.reply_writes
        ]
        return web.json_response({"replies": found})

    async def moderate(self, request: web.Request) -> web.Response:
        """Decide about a reply at once: approved, or rejected with `violation`."""
        body = await json_object(request)
        reply = self.review(text_of(body, "review")).reply
        if reply is None:
            raise ValueError("The review has no reply.")
        reply.decided_at, reply.violation = self.state.now(), text_of(body, "violation")
        return web.Response(status=204)

    async def grant(self, request: web.Request) -> web.Response:
        """Give tokens as if the user had consented: `{"email": …}`."""
        user = self.user(text_of(await json_object(request), "email"))
        scopes = [BUSINESS_SCOPE, "openid", "email"]
        return web.json_response(
            {
                "refresh_token": self.grants.new_refresh_token(user, scopes),
                "access_token": self.grants.new_access_token(
                    user, scopes, self.trouble.faults.token_seconds
                ),
            }
        )

    async def revoke(self, request: web.Request) -> web.Response:
        """Withdraw what a user has granted, as in their Google account: `{"email": …}`."""
        self.grants.revoke_user(self.user(text_of(await json_object(request), "email")))
        return web.Response(status=204)

    def user(self, email: str) -> str:
        found = self.state.user_by_email(email or world.CLINIC_EMAIL)
        if found is None:
            raise ValueError(f"There is no user {email!r}.")
        return found.id

    async def advance(self, request: web.Request) -> web.Response:
        """Move Google's clock ahead: `{"seconds": 3600}`."""
        self.state.clock.ahead += float((await json_object(request)).get("seconds", 0))
        return web.Response(status=204)

    async def reset(self, _request: web.Request) -> web.Response:
        """Return to the world, the grants and the faults of the start."""
        self.restart()
        return web.Response(status=204)


def objects(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{name} takes a list of objects.")
    return value


def stars_of(body: dict[str, Any], usual: int) -> int:
    stars = body.get("stars", usual)
    if isinstance(stars, bool) or stars not in STARS:
        raise ValueError("stars takes a number from 0 (not stated) to 5.")
    return int(stars)


def moment_of(body: dict[str, Any], name: str, usual: float) -> float:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} takes seconds since 1970.")
    return float(value)
