"""The four tiny pages of a patient: stars, private form, opt-out, the way to the reviews.

No login, no cookie, no script. The token in the link is the only key, and a GET changes nothing.
"""
