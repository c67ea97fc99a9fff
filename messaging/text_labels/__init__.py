"""Topics and urgency of what patients write: found by the local reader, corrected by members."""
