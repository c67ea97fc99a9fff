"""Code shared by the stand-ins for other companies. No Django here: they must start fast."""
