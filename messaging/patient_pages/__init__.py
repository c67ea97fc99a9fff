"""The four small pages of a patient: stars, private form, opt-out, and the link to the reviews.

They have no login, no cookie and no script. The token in the link is the only key, and a GET
changes nothing but the count of visits to the reviews.
"""
