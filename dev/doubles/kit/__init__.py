"""Code shared by the stand-ins for Twilio and Stripe. No Django here: they must start fast."""
