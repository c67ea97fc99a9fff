from collections.abc import Mapping

YES = {"1", "true", "yes", "on"}


def refuse_in_production(
    environment: Mapping[str, str], *, name: str, whom: str, is_test: bool
) -> None:
    """Exit with a message unless this is a demo or a test."""
    if is_test:
        return
    if environment.get("DEMO", "").lower() not in YES:
        raise SystemExit(
            f"The {name} pretends to be {whom}, for demos and tests only:"
            " set DEMO=1, or say --i-am-a-test."
        )
    if environment.get("SITE_URL", "").startswith("https://"):
        raise SystemExit(f"SITE_URL is a public https:// address: no {name} of {whom} beside it.")
