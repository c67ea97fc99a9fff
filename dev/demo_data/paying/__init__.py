"""What a clinic of the demo has paid, at the double of Stripe and in our own tables.

The rules of the double make both, so that they agree to the cent.
"""
