"""From a due appointment to a settled message: plan, claim, send, settle, sweep.

Nothing is queued for later. A message row appears only when it is due, so opting out, pausing,
moving an appointment or changing a delay needs no clean-up.
"""
