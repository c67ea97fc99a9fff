"""Bounces and complaints about mails to patients: read from a mailbox or told by webhook, kept in
the webhook inbox, and applied to the message and to the address that it went to."""
