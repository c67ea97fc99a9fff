"""What Google knows: users, their accounts, locations and reviews."""

import secrets
import string
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LETTERS = string.ascii_letters + string.digits


class Change(StrEnum):
    NEW = "NEW_REVIEW"
    UPDATED = "UPDATED_REVIEW"
    # Google sends no notification of these.
    DELETED = "DELETED"


@dataclass
class Clock:
    """The machine's time, moved by a test."""

    ahead: float = 0

    def now(self) -> float:
        return time.time() + self.ahead


@dataclass
class User:
    """A Google user. Their id is the `sub` of ID tokens."""

    id: str
    email: str
    name: str
    accounts: list[str] = field(default_factory=list)


@dataclass
class Account:
    id: str
    name: str
    topic: str = ""
    notification_types: list[str] = field(default_factory=list)


class Loss(StrEnum):
    """How a location answers its former account after another owner has taken it over."""

    NONE = ""
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "PERMISSION_DENIED"


@dataclass
class Location:
    id: str
    account: str
    title: str
    place_id: str = ""
    address: str = ""
    city: str = ""
    region: str = ""
    country: str = "EC"
    is_verified: bool = True
    lost: Loss = Loss.NONE


@dataclass
class Media:
    thumbnail_url: str
    label: str = ""
    video_url: str = ""


@dataclass
class Reply:
    """A reply is pending until `decided_at`, then rejected if it has a violation."""

    comment: str
    updated: float
    decided_at: float
    violation: str = ""


@dataclass
class Review:
    id: str
    location: str
    # 0 means that Google states no rating.
    stars: int
    comment: str
    author: str
    created: float
    updated: float
    is_anonymous: bool = False
    media: list[Media] = field(default_factory=list)
    reply: Reply | None = None
    # The visitor of the public page who wrote it. Only they may change it there.
    visitor: str = ""


@dataclass(frozen=True)
class ReplyWrite:
    """A write of a reply that was carried out, so that a test finds one that came twice."""

    review: str
    # None if the reply was deleted.
    comment: str | None
    at: float


@dataclass
class State:
    clock: Clock = field(default_factory=Clock)
    users: dict[str, User] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    reply_writes: list[ReplyWrite] = field(default_factory=list)
    on_change: Callable[[Review, Change], None] = lambda _review, _change: None
    # The reviews of each location by id.
    _by_location: dict[str, dict[str, Review]] = field(default_factory=dict)
    # Sorted lists, until a review changes. Without them each page of a batch sorts everything.
    _sorted: dict[tuple[tuple[str, ...], str], list[Review]] = field(default_factory=dict)

    def now(self) -> float:
        return self.clock.now()

    def clear(self) -> None:
        self.clock.ahead = 0
        for collection in (self.users, self.accounts, self.locations, self.reviews):
            collection.clear()
        self.reply_writes.clear()
        self._by_location.clear()
        self._sorted.clear()

    def add_user(
        self, email: str, name: str, accounts: Iterable[str] = (), *, id: str = ""
    ) -> User:
        user = User(id or new_number(), email, name, [*accounts])
        self.users[user.id] = user
        return user

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email == email), None)

    def add_account(self, name: str, *, id: str = "") -> Account:
        account = Account(id or new_number(), name)
        self.accounts[account.id] = account
        return account

    def add_location(self, location: Location) -> Location:
        self.locations[location.id] = location
        return location

    def location_by_place(self, place_id: str) -> Location | None:
        return next((each for each in self.locations.values() if each.place_id == place_id), None)

    def reviews_of(self, location: str) -> list[Review]:
        return [*self._by_location.get(location, {}).values()]

    def ordered_reviews(self, locations: tuple[str, ...], order: str) -> list[Review]:
        """Return the reviews of these locations in one of the orders of Google."""
        if (locations, order) not in self._sorted:
            reviews = [review for each in locations for review in self.reviews_of(each)]
            reviews.sort(key=lambda review: (review.updated, review.id), reverse=True)
            if order.startswith("rating"):
                reviews.sort(key=lambda review: review.stars, reverse=order.endswith("desc"))
            self._sorted[locations, order] = reviews
        return self._sorted[locations, order]

    def add_review(self, review: Review, *, notify: bool = True) -> Review:
        self.reviews[review.id] = review
        self._by_location.setdefault(review.location, {})[review.id] = review
        self._sorted.clear()
        if notify:
            self.on_change(review, Change.NEW)
        return review

    def edit_review(
        self, review: Review, values: Mapping[str, object], *, notify: bool = True
    ) -> Review:
        """Change these fields. `updated` is now unless it is one of them."""
        for name, value in {"updated": self.now(), **values}.items():
            setattr(review, name, value)
        self._sorted.clear()
        if notify:
            self.on_change(review, Change.UPDATED)
        return review

    def delete_review(self, review: Review) -> None:
        del self.reviews[review.id], self._by_location[review.location][review.id]
        self._sorted.clear()
        self.on_change(review, Change.DELETED)

    def set_reply(self, review: Review, reply: Reply | None) -> None:
        review.reply = reply
        comment = reply.comment if reply else None
        self.reply_writes.append(ReplyWrite(review.id, comment, self.now()))


def new_id(length: int = 32) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def new_number() -> str:
    """Return an id as those of users, accounts and locations."""
    return str(secrets.randbelow(9 * 10**19) + 10**19)
