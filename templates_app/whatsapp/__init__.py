"""WhatsApp templates: checked, created at Twilio, submitted to Meta, followed and deleted again.

`requests.py` has what people do, `submitting.py` the worker that talks to Twilio, `decisions.py`
what follows from Meta's answer. Nobody waits for Twilio within a transaction.
"""
