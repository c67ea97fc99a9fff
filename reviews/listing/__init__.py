"""The list of all public reviews, with filters, as a page and as CSV."""
