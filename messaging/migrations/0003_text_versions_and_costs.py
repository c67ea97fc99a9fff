import workspaces.ids
import workspaces.walls
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    # Messages are many: the indexes are built and the constraints checked beside what is sending.
    atomic = False

    dependencies = [
        ('campaigns', '0001_first_release'),
        ('messaging', '0002_figures_by_channel'),
        ('workspaces', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='CostDay',
            fields=[
                ('id', models.UUIDField(default=workspaces.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('day', models.DateField(unique=True, verbose_name='day (UTC)')),
                ('passes', models.PositiveSmallIntegerField(default=0, verbose_name='times read')),
                ('next_page', models.TextField(blank=True, help_text='Where a reading that is under way goes on.', verbose_name='next page')),
                ('unpriced', models.PositiveIntegerField(default=0, help_text='Messages of this reading.', verbose_name='without a price')),
                ('other_costs', models.JSONField(blank=True, default=dict, help_text='By currency: what belongs to no message here, such as answers and tests.', verbose_name='other costs')),
                ('next_pass_at', models.DateTimeField(blank=True, null=True, verbose_name='to be read')),
            ],
            options={
                'verbose_name': 'day of costs',
                'verbose_name_plural': 'days of costs',
            },
        ),
        migrations.AddField(
            model_name='message',
            name='content_sid',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of the approved template that was sent.', max_length=34, verbose_name='WhatsApp content SID'),
        ),
        migrations.AddField(
            model_name='message',
            name='content_values',
            field=models.JSONField(blank=True, editable=False, help_text='Kept only until the approved text is known and filled in.', null=True, verbose_name='values of the approved text'),
        ),
        migrations.AddField(
            model_name='message',
            name='cost',
            field=models.DecimalField(blank=True, decimal_places=6, help_text='What the provider charged us; it says so up to a day later.', max_digits=12, null=True, verbose_name='cost'),
        ),
        migrations.AddField(
            model_name='message',
            name='cost_currency',
            field=models.CharField(blank=True, db_default='', default='', max_length=3, verbose_name='currency of the cost'),
        ),
        migrations.AddField(
            model_name='message',
            name='template_id',
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name='template'),
        ),
        migrations.AddField(
            model_name='message',
            name='template_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='template version'),
        ),
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('template_id__isnull', False)), fields=['workspace', 'template_id', 'template_version'], name='message_text_version'),
        ),
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('content_values__isnull', False)), fields=['content_sid'], name='message_text_to_fill_in'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('template_id', None), ('template_version', None)), models.Q(('template_id', None), ('template_version', 0)), models.Q(('template_id__isnull', False), ('template_version__gte', 1), ('template_version__isnull', False)), _connector='OR'), name='messaging_message_text_has_a_version'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('content_values', None), models.Q(('content_sid', ''), _negated=True), _connector='OR'), name='messaging_message_values_of_an_approved_text'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost', None), ('cost_currency', '')), models.Q(('cost__isnull', False), ('cost_currency__regex', '^[A-Z]{3}$')), _connector='OR'), name='messaging_message_cost_in_a_currency'),
        ),
        ValidateConstraint(model_name='message', name='messaging_message_text_has_a_version'),
        ValidateConstraint(model_name='message', name='messaging_message_values_of_an_approved_text'),
        ValidateConstraint(model_name='message', name='messaging_message_cost_in_a_currency'),
        migrations.AddConstraint(
            model_name='costday',
            constraint=workspaces.walls.Wall(name='messaging_costday_wall', platform_only=True),
        ),
    ]
