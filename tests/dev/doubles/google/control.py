"""What tests do at the double of Google, in this process or in another one."""

from typing import Any

import requests

from dev.doubles.google import world


class GoogleControl:
    """Its world has the account 101 with the location 11 (verified) and 12 (unverified), and the
    account 202 of another clinic with the location 21.
    """

    account, location = world.CLINIC_ACCOUNT, world.CENTRE
    unverified, foreign_account, foreign = world.UNVERIFIED, world.OTHER_ACCOUNT, world.FOREIGN
    email, other_email, empty_email = world.CLINIC_EMAIL, world.OTHER_EMAIL, world.EMPTY_EMAIL

    def __init__(self) -> None:
        self.http = requests.Session()

    @property
    def url(self) -> str:
        raise NotImplementedError

    def reset(self) -> None:
        """Return to the world, the grants and the faults of the start."""
        self.control("POST", "reset")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.url}/control/{path}", json=body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    # Reviews

    def add_review(self, *, location: str = "", push: bool = True, **values: Any) -> str:
        """Write a review (stars, comment, author, is_anonymous, created…). Return its name."""
        (name,) = self.add_reviews([{"location": location or self.location, **values}], push=push)
        return name

    def add_reviews(self, reviews: list[dict[str, Any]], *, push: bool = True) -> list[str]:
        """Write reviews at once. Return their names."""
        usual = [{"location": self.location, **review} for review in reviews]
        body = {"reviews": usual, "push": push}
        names: list[str] = self.control("POST", "reviews", body)["names"]
        return names

    def edit_review(self, name: str, *, push: bool = True, **values: Any) -> None:
        body = {"reviews": [{"id": name.rpartition("/")[2], **values}], "push": push}
        self.control("PATCH", "reviews", body)

    def delete_review(self, *names: str) -> None:
        self.control("DELETE", "reviews", {"ids": [name.rpartition("/")[2] for name in names]})

    def populate(self, *, locations: int, reviews: int, push: bool = False) -> list[str]:
        """Add numbered locations with so many reviews in all. Return the ids of the locations."""
        body = {"locations": locations, "reviews": reviews, "push": push}
        added: list[str] = self.control("POST", "populate", body)["locations"]
        return added

    def moderate(self, name: str, *, violation: str = "") -> None:
        """Approve the reply to a review at once, or reject it."""
        self.control("POST", "moderate", {"review": name, "violation": violation})

    def replies(self) -> list[dict[str, Any]]:
        """Return every write of a reply, the oldest first."""
        found: list[dict[str, Any]] = self.control("GET", "replies")["replies"]
        return found

    # Locations and access

    def add_location(self, **values: Any) -> str:
        """Add a location (account, title, place_id, address, city, is_verified). Return its id."""
        added: str = self.control("POST", "locations", values)["id"]
        return added

    def change_location(self, location: str, **values: Any) -> None:
        """Set `is_verified`, or `lost` to NOT_FOUND or PERMISSION_DENIED after a takeover."""
        self.control("PATCH", f"locations/{location}", values)

    def grant(self, email: str = "") -> dict[str, str]:
        """Return a refresh_token and an access_token, as after the user's consent."""
        tokens: dict[str, str] = self.control("POST", "grant", {"email": email})
        return tokens

    def revoke(self, email: str = "") -> None:
        self.control("POST", "revoke", {"email": email})

    def advance(self, seconds: float) -> None:
        """Move Google's clock ahead."""
        self.control("POST", "advance", {"seconds": seconds})

    # Faults, counts, pushes

    def set_faults(self, **knobs: Any) -> None:
        self.control("PUT", "faults", knobs)

    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", "counts")
        return found

    def clear_counts(self) -> None:
        self.control("DELETE", "counts")
