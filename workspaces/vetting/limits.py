"""How much a clinic may do before anybody has vouched for it. All of these numbers are here.

ADR 0024 says why they are what they are.
"""

from datetime import timedelta

# Before a clinic has paid or was vetted: so many people who do not belong to it, in all its life.
STRANGERS_BEFORE_TRUST = 20

# A first payment may come from a stolen card, which shows within days.
FIRST_DAYS = timedelta(days=7)
STRANGERS_A_DAY_IN_FIRST_DAYS = 300
A_DAY = timedelta(days=1)

# Invitations count when they are made, whatever became of them since.
INVITATIONS_A_DAY = 20
INVITATIONS_A_DAY_BEFORE_TRUST = 5
INVITATIONS_OPEN = 30
INVITATIONS_A_DAY_TO_ONE_ADDRESS = 3

# Codes that prove a phone. We pay for each of them.
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODES_A_DAY_OF_ONE_PERSON = 5
CODES_A_DAY_TO_ONE_NUMBER = 3
CODES_A_DAY_OF_ONE_CLINIC = 10
