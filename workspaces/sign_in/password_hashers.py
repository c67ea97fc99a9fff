from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class BCrypt12(BCryptSHA256PasswordHasher):
    """Hashed before bcrypt, so that a passphrase counts beyond its 72nd byte."""

    rounds = 12
