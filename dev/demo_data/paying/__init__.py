"""What a clinic of the demo has paid: at the double of Stripe, and as we know of it.

Both come from the same story, told by the double's own rules, so that they agree to the cent.
"""
