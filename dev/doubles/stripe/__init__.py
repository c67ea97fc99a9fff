"""A local double of Stripe: its API, its hosted pages and its webhooks, for demos and tests.

It runs as a process of its own. It imports nothing of the product, so that it starts fast.
"""
