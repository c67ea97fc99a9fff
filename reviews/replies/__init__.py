"""Replies to reviews: drafts, approval, the gate, sending, and Google's moderation."""
