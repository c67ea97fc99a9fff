"""E-mail to patients: rendering, sender addresses, and tokens that match reports to messages."""
