"""What the operator sets in the environment and in newsbot.toml holds, or is refused in one line that names it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from newsbot.configuration.given_settings import project_defaults, read_given
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.configuration.settings_table import TABLE, markdown
from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.project import ROOT

DEPLOY = ROOT / "deploy"
#: Nobody listens there.
NOWHERE = "::127.0.0.1:9"


def run(*words: str, config: Path | str = "", **variables: str) -> Done:
    return run_scrapy(*words, environment=clean_environment() | {"NEWSBOT_CONFIG": str(config)} | variables)


def setting(name: str, *words: str, config: Path | str = "", **variables: str) -> str:
    done = run("settings", "--get", name, *words, config=config, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "newsbot.toml"
    path.write_text("download_delay = 3.5\nrecheck_gaps = ['2h']\ndata_dir = '/srv/news'\n")
    return path


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(config: Path) -> None:
    assert setting("DOWNLOAD_DELAY") == "1"
    assert setting("DOWNLOAD_DELAY", config=config) == "3.5"
    assert setting("DOWNLOAD_DELAY", config=config, NEWSBOT_DOWNLOAD_DELAY="2") == "2"
    assert setting("DOWNLOAD_DELAY", "-s", "DOWNLOAD_DELAY=4", config=config, NEWSBOT_DOWNLOAD_DELAY="2") == "4"
    assert setting("DATA_DIR", config=config) == "/srv/news"
    assert setting("DATA_DIR", config=config, NEWSBOT_DATA="/data") == "/data"


def test_a_source_has_settings_of_its_own(tmp_path: Path) -> None:
    config = tmp_path / "newsbot.toml"
    config.write_text(
        f"connect_to = '{NOWHERE}'\nretry_times = 0\narchive_disk_floor = 0\ndownload_timeout = 5\n"
        "[sources.baosonla]\ndownload_timeout = 6\n[sources.yenmy]\ndownload_timeout = 7\n"
    )

    def timeout(*words: str, **variables: str) -> int:
        data = {"NEWSBOT_DATA": str(tmp_path / "data")}
        done = run("crawl", "baosonla", *words, config=config, **data, **variables)
        assert done.returncode == 1, done.stderr
        (found,) = re.findall(r"'DOWNLOAD_TIMEOUT': '?(\d+)'?", done.stderr)
        return int(found)

    assert timeout() == 6
    assert timeout(NEWSBOT_DOWNLOAD_TIMEOUT="8") == 8
    assert timeout("-s", "DOWNLOAD_TIMEOUT=9", NEWSBOT_DOWNLOAD_TIMEOUT="8") == 9


REFUSED = {
    "download_delays = 1": "download_delays: there is no such setting; did you mean download_delay?",
    "DOWNLOAD_DELAY = 1": "DOWNLOAD_DELAY: there is no such setting; did you mean download_delay?",
    "download_delay = 'soon'": "download_delay: is not a number from 0",
    "download_delay = -1": "download_delay: is not a number from 0",
    "download_delay = true": "download_delay: is not a number from 0",
    "concurrent_requests = 2.5": "concurrent_requests: is not a whole number from 0",
    "archive_allow_private = 'maybe'": "archive_allow_private: is not True or False",
    "contact = 5": "contact: is not a text",
    "recheck_gaps = 5": "recheck_gaps: is not a list",
    "archive_warcinfo = 'me'": "archive_warcinfo: is not a table",
    "item_pipelines = {}": "item_pipelines: there is no such setting",
    "spider_modules = ['elsewhere']": "spider_modules: there is no such setting",
    "sources = 1": "sources: is no table of tables",
    "[sources]\nbaosonla = 1": "sources: is no table of tables",
    "[sources.baosonla]\nstate_url = 'sqlite://'": "sources.baosonla: state_url: cannot be set for one source alone",
    "[sources.baosonla]\ndownload_dellay = 1": "sources.baosonla: download_dellay: there is no such setting",
    "[a]\nb = 1": "a: there is no such setting",
    "[source.baosonla]\ndownload_delay = 2": "source: there is no such setting; did you mean sources?",
    "contact = a@b.vn": "newsbot.toml: Invalid value (at line 1, column 11); texts stand in quotes",
    "contact =": "newsbot.toml: Invalid value (at end of document)",
    "contact = 'a'\ncontact = 'b'": "newsbot.toml: Cannot overwrite a value",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_mistake_in_the_file_is_named(text: str, tmp_path: Path) -> None:
    config = tmp_path / "newsbot.toml"
    config.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        read_given({"CONTACT": "", "DATA_DIR": "data", "STATE_URL": "", "RECHECK_GAPS": []}, {}, config)
    assert str(error.value).startswith(f"{config}: ")
    assert REFUSED[text] in str(error.value)


def test_mistakes_end_every_command_with_status_2_and_one_line(tmp_path: Path) -> None:
    config = tmp_path / "newsbot.toml"
    config.write_bytes(b"contact = '\xff'\n")
    for done, named in (
        (run("list", config=config), f"newsbot: {config}: is no text in UTF-8: byte 12\n"),
        (run("list", config=tmp_path / "none.toml"), f"newsbot: {tmp_path / 'none.toml'}: cannot be read: "),
        (run("list", config=tmp_path), f"newsbot: {tmp_path}: cannot be read: "),
        (run("report", NEWSBOT_CONTAKT="a"), "newsbot: NEWSBOT_CONTAKT: there is no such setting; did you"),
        (run("report", NEWSBOT_KEEP_LOGS="x"), "newsbot: NEWSBOT_KEEP_LOGS: 'x' is not a whole number"),
        (run("verify", NEWSBOT_ARCHIVE_WARCINFO="x"), "newsbot: NEWSBOT_ARCHIVE_WARCINFO: is no JSON object"),
        (
            run("report", NEWSBOT_DATA="a", NEWSBOT_DATA_DIR="b"),
            "newsbot: NEWSBOT_DATA_DIR: NEWSBOT_DATA sets DATA_DIR, too",
        ),
    ):
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(named)
        assert done.stderr.count("\n") == 1


def test_a_crawl_names_where_a_wrong_value_stands_and_a_source_that_is_not_there(tmp_path: Path) -> None:
    config = tmp_path / "newsbot.toml"
    config.write_text("contact = 'nobody at all'\n")
    done = run("crawl", "baosonla", config=config)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(f"({config}: contact)")
    done = run("crawl", "baosonla", config=config, NEWSBOT_CONTACT="still nobody")
    assert done.stderr.splitlines()[-1].endswith("(NEWSBOT_CONTACT)")
    config.write_text("contact = 'desk@example.org'\n[sources.baosonia]\ndownload_delay = 2\n")
    done = run("crawlall", "baosonla", config=config)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"newsbot: {config}: sources.baosonia: there is no source 'baosonia'; did you mean baosonla?"
    )


def test_the_table_of_settings_is_that_of_the_code() -> None:
    text = (ROOT / "docs" / "operate" / "settings.md").read_text(encoding="utf-8")
    project = runpy.run_path(str(ROOT / "newsbot" / "settings.py"))
    assert markdown(project_defaults(project)) in text, "make docs writes the table as it should be"


def test_every_setting_of_the_project_is_in_the_table() -> None:
    """But for those that say how the parts are put together, and what no operator should change."""
    documented = {each.name for each in TABLE}
    written = set(re.findall(r"^([A-Z_]+) = ", (ROOT / "newsbot" / "settings.py").read_text(), re.MULTILINE))
    written |= set(re.findall(r'^    "([A-Z_]+)": ', (ROOT / "archive" / "addon.py").read_text(), re.MULTILINE))
    assert written - documented == {
        *("BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE", "COMMANDS_MODULE", "REQUEST_FINGERPRINTER_CLASS"),
        *("SPIDER_LOADER_CLASS", "DOWNLOADER", "DOWNLOADER_MIDDLEWARES", "DEFAULT_REQUEST_HEADERS", "ADDONS"),
        "SCHEDULER_PRIORITY_QUEUE",
        *("EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES"),
        *("CONCURRENT_ITEMS", "COOKIES_ENABLED", "METAREFRESH_ENABLED", "AUTOTHROTTLE_START_DELAY"),
        *("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "RETRY_GIVE_UP_LOG_LEVEL", "DOWNLOAD_WARNSIZE"),
        *("PROGRESS_FILE", "SHOW_PROGRESS", "PARENT_PROCESS", "END_AT", "ARCHIVE_ENABLED", "STATS_DUMP"),
    }


def test_the_example_holds_the_defaults_but_where_it_gives_examples(tmp_path: Path) -> None:
    text = (DEPLOY / "newsbot.toml").read_text(encoding="utf-8")
    project = runpy.run_path(str(ROOT / "newsbot" / "settings.py"))
    defaults = project_defaults(project)
    with_all = re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE)
    assert set(read_given(project, {}, DEPLOY / "newsbot.toml").values) == {"CONTACT", "DATA_DIR"}
    assert with_all.count("\n#") < text.count("\n#")
    path = tmp_path / "all.toml"
    path.write_text(with_all)
    given = read_given(project, {}, path)
    assert set(given.sources) == {"yenmy"}
    examples = {"CONTACT", "DATA_DIR", "NOTIFY_URLS", "HEARTBEAT_URL", "PROMETHEUS_TEXTFILE", "ARCHIVE_WARCINFO"}
    held = {name: value for name, value in given.values.items() if name not in examples}
    assert held == {name: defaults[name] for name in held}
    assert len(held) >= 8
