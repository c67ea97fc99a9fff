"""The payments of a clinic of the demo, in the double of Stripe and in our own tables.

Our rows are copied from the double's account, so that amounts agree to the cent.
"""
