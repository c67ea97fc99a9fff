"""Signed calls from other companies: verify, store once, answer, process later, prune.

The view of each provider verifies the signature, calls `calls.store` and answers. A repeated call
has the same provider and key, so it is stored once. Workers process the stored calls in one of two
ways:

- with retries: `calls.lease_next`, then `calls.mark_processed` or `calls.mark_failed` (Stripe);
- in one transaction that locks the rows in an order of its own and ends with
  `calls.mark_processed` (Twilio and mail reports).
"""
