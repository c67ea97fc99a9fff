"""The demo's assistant: the double of a language model, and the clinic that has it on."""

from collections.abc import Mapping

from dev.doubles.language_model.settings import API_KEY, MODEL


def environment(port: int) -> Mapping[str, str]:
    return {
        "AI_PROVIDER": "compatible",
        "AI_MODEL": MODEL,
        "AI_API_KEY": API_KEY,
        "AI_BASE_URL": f"http://127.0.0.1:{port}/v1",
        # Those of a small model, so that the pages show amounts.
        "AI_INPUT_PRICE": "0.50",
        "AI_OUTPUT_PRICE": "2",
    }


def turn_on() -> None:
    """Turn it on for the demo's clinic, again when the double's port has changed."""
    from core import tenancy
    from dev.demo_data.story import DEMO
    from messaging.assistant import consent, provider
    from messaging.models import AssistantSettings
    from workspaces.models import Role, Workspace

    if not provider.is_configured():
        return
    with tenancy.within(DEMO.id):
        workspace = Workspace.objects.get(pk=DEMO.id)
        chosen = AssistantSettings.objects.within(workspace).first()
        # It stays off if somebody has turned it off in the demo.
        if chosen is None or (chosen.enabled_at and not consent.is_on(chosen)):
            owner = workspace.members.filter(role=Role.OWNER).order_by("created_at")[0]
            consent.turn_on(
                workspace=workspace,
                budget_usd=consent.usual_budget(),
                by=owner,
                recipient=provider.recipient(),
            )
