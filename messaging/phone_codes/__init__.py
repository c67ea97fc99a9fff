"""Confirm a member's phone: a code is sent there by SMS and typed in on a page."""
