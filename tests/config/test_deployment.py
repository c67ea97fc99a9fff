import re

from config.embedded import ROOT


def names(file: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))


def test_env_example_explains_what_is_read_and_nothing_else() -> None:
    by_settings = names("config/settings.py", r"""(?:\benv(?:\.\w+)?|required)\(\s*"([A-Z_]+)\"""")
    by_compose = names("docker-compose.yml", r"\$\{([A-Z_]+)")
    explained = names(".env.example", r"^(?:# )?([A-Z_]+)=")
    assert explained == by_settings | by_compose
