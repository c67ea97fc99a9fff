import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import workspaces.ids
import workspaces.walls


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0004_announcing"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentevent",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="customer",
            field=models.CharField(blank=True, max_length=80, verbose_name="Stripe customer"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="next_try_at",
            field=models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                null=True,
                verbose_name="next attempt",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="credits_next_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the clock asks Stripe whether they are paid for.",
                null=True,
                verbose_name="next monthly credits",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="past_due_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="payment overdue since"),
        ),
        migrations.AddField(
            model_name="workspace",
            name="stripe_read_at",
            field=models.DateTimeField(
                editable=False,
                help_text="What was asked before this moment may be out of date and is asked again.",
                null=True,
                verbose_name="last read from Stripe",
            ),
        ),
        migrations.CreateModel(
            name="BillingDifference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=workspaces.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CUSTOMER", "Customer"),
                            ("SUBSCRIPTION", "Subscription"),
                            ("PAYMENT", "Payment"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("reference", models.CharField(max_length=80, verbose_name="Stripe’s id")),
                (
                    "customer",
                    models.CharField(blank=True, max_length=80, verbose_name="Stripe customer"),
                ),
                ("ours", models.CharField(blank=True, max_length=200, verbose_name="what we say")),
                (
                    "theirs",
                    models.CharField(blank=True, max_length=200, verbose_name="what Stripe says"),
                ),
                ("seen_at", models.DateTimeField(verbose_name="last seen")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "billing difference",
                "verbose_name_plural": "billing differences",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["CUSTOMER", "SUBSCRIPTION", "PAYMENT"])),
                        name="workspaces_billingdifference_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("kind", "reference"),
                        name="workspaces_billingdifference_one_open",
                    ),
                    workspaces.walls.Wall(
                        name="workspaces_billingdifference_wall", platform_only=True
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=workspaces.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RECEIPT", "Receipt"),
                            ("PAYMENT_FAILED", "Payment failed"),
                            ("GRACE_OVER", "Days of grace over"),
                            ("TRIAL_ENDING", "Trial ending"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("cause", models.CharField(max_length=160, verbose_name="cause")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="billing_notices",
                        to="workspaces.workspace",
                        verbose_name="workspace",
                    ),
                ),
            ],
            options={
                "verbose_name": "billing notice",
                "verbose_name_plural": "billing notices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)),
                        fields=["id"],
                        name="billingnotice_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["RECEIPT", "PAYMENT_FAILED", "GRACE_OVER", "TRIAL_ENDING"],
                            )
                        ),
                        name="workspaces_billingnotice_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "cause"),
                        name="workspaces_billingnotice_once_per_cause",
                    ),
                    workspaces.walls.Wall(name="workspaces_billingnotice_wall"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=workspaces.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "payment_intent",
                    models.CharField(max_length=80, unique=True, verbose_name="Stripe payment"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("PACK", "Credits"), ("SUBSCRIPTION", "Subscription")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="amount (cents)")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "refunded",
                    models.PositiveIntegerField(default=0, verbose_name="refunded (cents)"),
                ),
                (
                    "disputed",
                    models.PositiveIntegerField(default=0, verbose_name="disputed (cents)"),
                ),
                ("credits", models.PositiveIntegerField(default=0, verbose_name="credits")),
                (
                    "invoice",
                    models.CharField(blank=True, max_length=80, verbose_name="Stripe invoice"),
                ),
                (
                    "subscription",
                    models.CharField(blank=True, max_length=80, verbose_name="Stripe subscription"),
                ),
                ("paid_at", models.DateTimeField(verbose_name="paid")),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="workspaces.workspace",
                        verbose_name="workspace",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "indexes": [models.Index(fields=["workspace", "-paid_at"], name="payment_recent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["PACK", "SUBSCRIPTION"])),
                        name="workspaces_payment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credits__gt", 0), ("kind", "PACK"), ("subscription", "")),
                            models.Q(
                                ("credits", 0),
                                ("kind", "SUBSCRIPTION"),
                                models.Q(("subscription", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="workspaces_payment_pack_or_subscription",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refunded__lte", models.F("amount"))),
                        name="workspaces_payment_refund_within",
                    ),
                    workspaces.walls.Wall(name="workspaces_payment_wall"),
                ],
            },
        ),
    ]
