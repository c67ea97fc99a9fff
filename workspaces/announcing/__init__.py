"""What a clinic's own systems are told: written with the event itself, delivered afterwards."""

from workspaces.announcing.outbox import Happening, announce, announce_many
from workspaces.models import Event

__all__ = ["Event", "Happening", "announce", "announce_many"]
