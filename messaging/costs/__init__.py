"""What messages cost us: read from the provider, and set against what clinics paid for credits."""
