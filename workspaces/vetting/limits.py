"""Limits against abuse by new clinics. All of their numbers are here; ADR 0024 has the reasons."""

from datetime import timedelta

# Total number of patients that a clinic may write to before it has paid or was vetted. Phones and
# e-mails of its own people do not count.
STRANGERS_BEFORE_TRUST = 20

# The first payment may come from a stolen card, which is noticed within days.
FIRST_DAYS = timedelta(days=7)
STRANGERS_A_DAY_IN_FIRST_DAYS = 300
A_DAY = timedelta(days=1)

# Invitations count for the day on which they are made, also if they are withdrawn.
INVITATIONS_A_DAY = 20
INVITATIONS_A_DAY_BEFORE_TRUST = 5
INVITATIONS_OPEN = 30
INVITATIONS_A_DAY_TO_ONE_ADDRESS = 3

# Codes that confirm a phone. We pay for each of them.
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODES_A_DAY_OF_ONE_PERSON = 5
CODES_A_DAY_TO_ONE_NUMBER = 3
CODES_A_DAY_OF_ONE_CLINIC = 10
