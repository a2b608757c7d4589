"""Who asks is said in the user agent."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from newsbot.command_line.checked_command import complete_user_agent
from newsbot.configuration.settings_table import mistakes


@pytest.mark.parametrize("contact", ["https://example.org/newsbot", "mailto:desk@example.org", "desk@example.org"])
def test_the_contact_is_in_the_user_agent(contact: str) -> None:
    settings = Settings({"CONTACT": contact, "DATA_DIR": "data"})
    assert complete_user_agent(settings)
    assert settings["USER_AGENT"].startswith("newsbot")
    assert settings["USER_AGENT"].endswith(f" (+{contact})")
    assert list(mistakes(settings, {})) == []


def test_without_a_contact_it_still_names_newsbot() -> None:
    settings = Settings({"CONTACT": ""})
    assert not complete_user_agent(settings)
    assert settings["USER_AGENT"].startswith("newsbot")


def test_a_given_user_agent_stays() -> None:
    settings = Settings({"CONTACT": "desk@example.org", "USER_AGENT": "archive of the desk"})
    assert complete_user_agent(settings)
    assert settings["USER_AGENT"] == "archive of the desk"


@pytest.mark.parametrize("contact", ["desk at example", "bàn@example.org", "a\r\nHost: b", "(desk@example.org)"])
def test_a_contact_that_cannot_be_sent_is_a_mistake(contact: str) -> None:
    (complaint,) = mistakes(Settings({"CONTACT": contact, "DATA_DIR": "data"}), {})
    assert complaint.startswith("CONTACT: ")
