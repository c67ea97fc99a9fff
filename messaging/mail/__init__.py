"""E-mail to patients: how a message is drawn as a mail, and how reports about it find it again."""
