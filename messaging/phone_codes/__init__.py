"""A member proves to hold a phone: a code goes there by SMS and comes back on a page."""
