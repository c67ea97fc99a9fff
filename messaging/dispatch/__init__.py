"""From a due appointment to a settled message: plan, claim, send, settle, sweep.

Nothing is queued for later. A message is inserted only when it is due, so an opt-out, a pause, a
moved appointment or a changed delay needs no clean-up.
"""
