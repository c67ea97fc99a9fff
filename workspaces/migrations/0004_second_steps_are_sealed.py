"""Encrypts the secrets of second steps that stand in clear. Backwards it decrypts them."""

from django.db import migrations

from workspaces import sealing


def change(apps, schema_editor, what):
    database = schema_editor.connection.alias
    authenticators = apps.get_model('mfa', 'Authenticator').objects.using(database)
    for authenticator in authenticators.exclude(type='webauthn').select_for_update():
        data = authenticator.data
        for name in ('secret', 'seed'):
            if name in data:
                data[name] = what(data[name])
        if 'migrated_codes' in data:
            data['migrated_codes'] = [what(code) for code in data['migrated_codes']]
        authenticator.save(update_fields=['data'])


def seal(apps, schema_editor):
    change(apps, schema_editor, lambda text: text if sealing.is_sealed(text) else sealing.seal(text))


def unseal(apps, schema_editor):
    change(apps, schema_editor, lambda text: sealing.unseal(text) if sealing.is_sealed(text) else text)


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0003_google_review_link'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [migrations.RunPython(seal, unseal)]
