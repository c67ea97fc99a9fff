"""Twilio's webhooks: patients' texts and delivery receipts.

A call is verified, stored as it came and answered at once. It is processed later from the store, so
that calls may come in any order and more than once.
"""
