"""Bounces and complaints about mails to patients.

They come from a mailbox or by webhook, are stored in the webhook inbox, and are applied to the
message and to the address that it went to.
"""
