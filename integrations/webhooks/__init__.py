"""Outgoing webhooks: events are stored with the change itself and delivered to endpoints later."""
