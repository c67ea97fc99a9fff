from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class BCrypt12(BCryptSHA256PasswordHasher):
    """bcrypt over SHA-256, because bcrypt alone ignores everything after 72 bytes."""

    rounds = 12
