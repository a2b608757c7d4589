"""What holds for every command: a wrong order is one line and status 2, folders mean the same from everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsbot.configuration.given_settings import absolute
from newsbot.locks.source_lock import SourceLock
from tests.harness.commands import Done, clean_environment, run_scrapy
from tests.project import ROOT

Scrapy = Callable[..., Done]
COMMANDS = sorted(path.stem for path in (ROOT / "newsbot" / "commands").glob("[a-z]*.py"))
#: Commands that take the address of a page.
MISTYPED = (
    *("crawl yenmi", "crawlall yenmi", "recover yenmi", "check yenmi", "savefixture yenmi a.warc"),
    *("rebuild scrapy.cfg --source yenmi", "wacz --source yenmi"),
    *("qa --source yenmi", "settings --get CONTACT --source yenmi", "fetch https://a.test/ --spider yenmi"),
)
READING_FILES = ("verify", "convert", "repair", "replay", "wacz", "savefixture yenmy", "inspect")
ADDRESSED = ("parse", "fetch", "view", "shell", "history", "index lookup", "redact --reason x")


@pytest.fixture
def scrapy(tmp_path: Path) -> Scrapy:
    """Runs a command without the operator's own settings."""

    def run(*words: str, **variables: str) -> Done:
        given = clean_environment() | {"NEWSBOT_DATA": str(tmp_path / "data")} | variables
        return run_scrapy(*words, environment=given)

    return run


def refused(done: Done) -> str:
    """Return the one line with which an order was refused."""
    assert (done.returncode, done.stdout) == (2, ""), done
    (line,) = done.stderr.splitlines()
    return line.removeprefix("newsbot: ")


def test_every_command_of_scrapy_is_there_once_more() -> None:
    """Each is stood before by ours, so that none runs with settings that nobody has checked."""
    import scrapy.commands

    theirs = {path.stem for path in Path(scrapy.commands.__path__[0]).glob("[a-z]*.py")}
    assert theirs <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_settings_end_every_command(scrapy: Scrapy, tmp_path: Path, command: str) -> None:
    assert refused(scrapy(command, NEWSBOT_HEARTBEAT_URL="foo")).startswith(
        "HEARTBEAT_URL: this is not an http(s) URL ("
    )
    assert refused(scrapy(command, "--fastest")).startswith("--fastest: there is no such option")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("HEALTH_ERROR_SHARE", "7", "HEALTH_ERROR_SHARE: 7 is not a share from 0 to 1"),
        ("KEEP_REPORTS", "99999999999", "KEEP_REPORTS: 99999999999 is not a number of days up to 36500"),
        ("RECHECK_GAPS", "1h,soon", "RECHECK_GAPS: 'soon' is not a number of hours (6h) or days (7d)"),
        ("STATE_URL", "postgres:secret", "STATE_URL: this is not the URL of a database, such as "),
        ("STATE_URL", "nosql://secret@/x", "STATE_URL: this is not the URL of a database, such as "),
        ("KEEP_LOGS", "soon", "NEWSBOT_KEEP_LOGS: 'soon' is not a whole number from 0"),
        ("NOW", "yesterday", "NOW: 'yesterday' is not a time with its zone"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: 'LOUD' is not DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    ],
)
def test_a_value_that_nothing_can_have(scrapy: Scrapy, name: str, value: str, complaint: str) -> None:
    line = refused(scrapy("list", **{f"NEWSBOT_{name}": value}))
    assert line.startswith(complaint) and f"NEWSBOT_{name}" in line
    assert "secret" not in line


def test_a_value_for_one_source_alone(scrapy: Scrapy, tmp_path: Path) -> None:
    (config := tmp_path / "newsbot.toml").write_text("[sources.yenmy]\nhealth_error_share = 7\n")
    line = refused(scrapy("list", NEWSBOT_CONFIG=str(config)))
    assert line == f"HEALTH_ERROR_SHARE: 7 is not a share from 0 to 1 ({config}: sources.yenmy)"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("index lookup http://a.test/ --since foo", "--since: 'foo' is no date such as 2026-11-22"),
        ("index lookup http://a.test/ --until 2026-02-30", "--until: '2026-02-30' is no date"),
        ("index lookup http://a.test/ --at 2026-13", "--at: '2026-13' is no date"),
        ("index lookup http://a.test/ --limit -2", "--limit: -2 is not a number from 1"),
        ("index lookup http://a.test/ --limit 2.5", "--limit: '2.5' is not a whole number"),
        ("retire --before 2026-13-01 --delete", "say --before with a date: '2026-13-01' is no date"),
        ("retire --before 2026 --delete", "say --before with a date: '2026' is no day such as 2026-11-22"),
        ("retire --before 2026-01-01", "--to FOLDER or --delete"),
        ("wacz --since 2026-99", "--since: '2026-99' is no date"),
        (
            "wacz --since 2026-02 --until 2026-01",
            "--until 2026-01: there is nothing before it and from",
        ),
        ("wacz --output=", "--output: is empty"),
        ("wacz --output ~nobody-here/x", "'~nobody-here/x': there is no such user"),
        ("report --days 0", "--days: 0 is not a number from 1"),
        ("report --days 99999999999", "--days: 99999999999 is more than 36500"),
        ("report all", "it takes no names"),
        ("verify --jobs 0", "--jobs: 0 is not a number from 1"),
        ("crawlall --jobs many", "--jobs: 'many' is not a whole number"),
        ("crawlall --max-minutes nan", "--max-minutes: nan is not a number above 0"),
        ("crawlall --max-minutes long", "--max-minutes: long is not a number above 0"),
        ("redact https://baosonla.vn/ --wait nan", "--wait: nan is not a number from 0"),
        ("redact https://baosonla.vn/ --wait=-5", "--wait: -5 is not a number from 0"),
        ("rebuildstate --output nonsense", "--output: 'nonsense' is not the URL of a database, such as sqlite:"),
        ("rebuildstate --output sqlite:///", "--output: is a database in memory, of which nothing is kept: name one"),
        ("rebuildstate --output sqlite:///:memory:", "--output: is a database in memory"),
        ("list -s STATE_URL=sqlite://", "STATE_URL: is a database in memory"),
        ("rebuildstate baosonla", "a state knows all sources"),
        ("verify", "verify: there is no data folder "),
        ("replay", "replay: there is no data folder "),
        ("qa", "qa: there is no data folder "),
        ("report", "report: there is no data folder "),
        ("recover", "recover: there is no data folder "),
        ("redact https://baosonla.vn/a --reason law", "redact: there is no data folder "),
        ("wacz", "wacz: there is no data folder "),
        ("rebuildstate", "rebuildstate: there is no data folder "),
        ("index rebuild", "index: there is no data folder "),
        ("retire --before 2026-01-01 --delete", "retire: there is no data folder "),
        ("history https://baosonla.vn/a/b-Dlf1mtZIg.html", "history: there is no data folder "),
        ("crawl baosonla -a limit=0", "baosonla: -a limit must be a whole number from 1, not '0'"),
        ("crawlall -a since=2019", "-a since must be a day such as 2019-01-31, not '2019'"),
        ("crawl baosonla -a sections=moi,kinh-tee", "no section 'kinh-tee'; did you mean kinh-te? (/kinh-tee asks for"),
        ("runspider -o items.json own.py", "-o, -O: items go to standard output: scrapy runspider FILE > items.jsonl"),
        ("runspider spiders/baosonla.py", "is a source, and nothing of it would be kept: scrapy crawl baosonla"),
        ("list --logfile ~nobody-here/x", "--logfile ~nobody-here/x: there is no such user"),
        ("list -s DATA_DIR=~nobody-here/x", "DATA_DIR: '~nobody-here/x': there is no such user"),
        ("list -s STATE_URL=sqlite:///~nobody-here/x", "STATE_URL: '~nobody-here/x': there is no such user"),
        ("parse", "say it so: scrapy parse"),
        ("parse baosonla.vn", "baosonla.vn: https:// is missing"),
        ("fetch baosonla.vn/a", "baosonla.vn/a: https:// is missing"),
        ("list baosonla", "list: it takes no names"),
        ("list -s CONCURRENT_REQUESTS_PER_DOMAIN=0", "0 is not a whole number from 1: a crawl would wait for ever"),
        ("list -s CONTACT=nobody", "CONTACT: 'nobody' is not a URL or e-mail address"),
        *((f"{command} http://[", "is no address such as https://baosonla.vn/") for command in ADDRESSED),
        *((f"{command} http://a.test:99999/", "is no address") for command in ADDRESSED),
        ("shell ./page.html", "./page.html: is a file, and only what a site answers is looked at"),
        ("check nosuch", "check: there is no source 'nosuch'; known: "),
        *((words, "there is no source 'yenmi'; did you mean yenmy? Known: ") for words in MISTYPED),
        *((f"{words} spiders", "spiders is a folder: name its files (NEWSBOT_DATA names") for words in READING_FILES),
        ("parse https://elsewhere.test/", "is on no host of a source"),
        ("fetch https://elsewhere.test/ --spider nosuch", "--spider: there is no source 'nosuch'"),
        ("settings --get DOWNLOAD_DELAYS", "DOWNLOAD_DELAYS: there is no such setting; did you mean DOWNLOAD_DELAY?"),
        ("settings", "name one setting"),
        ("settings --getint CONTACT", "CONTACT: cannot be read so"),
        ("crawl baosonla -o out.jsonl", "-o, -O, FEEDS: a line is published when its capture is on disk"),
        ("parse https://baosonla.vn/ -O -:json", "-o, -O, FEEDS: "),
        ("crawlall -O out.jsonl", "-o, -O, FEEDS: "),
        ('crawl baosonla -s FEEDS={"a.csv":{"format":"csv"}}', "-o, -O, FEEDS: "),
    ],
)
def test_a_wrong_order(scrapy: Scrapy, tmp_path: Path, words: str, complaint: str) -> None:
    assert complaint in refused(scrapy(*words.split()))
    assert not list((tmp_path / "data").rglob("*.warc*"))


@pytest.mark.parametrize(
    "words",
    [
        "verify",
        "qa",
        "wacz",
        "rebuildstate",
        "prove baosonla:Dlf1mtZIg",
        "history https://baosonla.vn/a/b-Dlf1mtZIg.html",
        "index lookup https://baosonla.vn/",
        "index rebuild",
        "retire --before 2026-01-01 --delete",
    ],
)
def test_a_data_folder_without_an_archive_is_the_wrong_one(scrapy: Scrapy, tmp_path: Path, words: str) -> None:
    (data := tmp_path / "data").mkdir()
    (data / "warc").mkdir()
    assert refused(scrapy(*words.split())) == f"{words.split()[0]}: nothing is archived in the data folder {data}"
    assert [path.name for path in data.rglob("*")] == ["warc"]


@pytest.mark.parametrize("words", ["rebuildstate", "index rebuild"])
def test_lines_alone_make_neither_state_nor_index(scrapy: Scrapy, tmp_path: Path, words: str) -> None:
    """As where the WARC files are on a disk that is not mounted."""
    (lines := tmp_path / "data" / "articles" / "baosonla").mkdir(parents=True)
    (lines / "baosonla-20261122T032011Z.jsonl").touch()
    complaint = refused(scrapy(*words.split()))
    assert complaint == f"{words.split()[0]}: there is no WARC file in {tmp_path / 'data' / 'warc'}"
    assert not [path for path in (tmp_path / "data").iterdir() if path.name != "articles"]


def test_a_folder_that_cannot_be_written_is_said_once_for_all_sources(scrapy: Scrapy) -> None:
    done = scrapy("recover", NEWSBOT_DATA="/proc")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (3, "")
    assert line.startswith("newsbot: recover: cannot write in the data folder /proc: ")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (
            "[sources.baosonl]\ndownload_delay = 2\n",
            "sources.baosonl: there is no source 'baosonl'; did you mean baosonla? Known: ",
        ),
        ('data = "d"\n', "data: there is no such setting; did you mean data_dir?"),
    ],
)
def test_a_wrong_file(scrapy: Scrapy, tmp_path: Path, content: str, complaint: str) -> None:
    (config := tmp_path / "newsbot.toml").write_text(content)
    assert refused(scrapy("list", NEWSBOT_CONFIG=str(config))).startswith(f"{config}: {complaint}")


def test_home_of_nobody_in_the_environment(scrapy: Scrapy) -> None:
    line = refused(scrapy("settings", "--get", "DATA_DIR", NEWSBOT_DATA="~nobody-here/x"))
    assert line == "DATA_DIR: '~nobody-here/x': there is no such user (NEWSBOT_DATA)"
    line = refused(scrapy("list", NEWSBOT_CONFIG="~nobody-here/x"))
    assert line == "NEWSBOT_CONFIG: '~nobody-here/x': there is no such user"


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("refetch=ja", "-a refetch must be yes or no, not 'ja'"),
        ("limit=0", "-a limit must be a whole number from 1, not '0'"),
    ],
)
def test_a_wrong_argument_of_a_source(scrapy: Scrapy, argument: str, complaint: str) -> None:
    done = scrapy("crawl", "baosonla", "-a", argument, NEWSBOT_CONTACT="desk@example.org")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"newsbot: baosonla: {complaint}"


def test_importing_wrong_settings_ends_no_interpreter_but_every_crawl() -> None:
    script = (
        "import newsbot.settings\n"
        "from scrapy.crawler import Crawler\n"
        "from scrapy.utils.project import get_project_settings\n"
        "from spiders.baosonla import BaosonlaSpider\n"
        "print('imported')\n"
        "Crawler(BaosonlaSpider, get_project_settings())._apply_settings()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"NEWSBOT_CONTAKT": "a"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "imported\n")
    assert "ConfigurationError: NEWSBOT_CONTAKT: there is no such setting" in done.stderr.splitlines()[-1]


def test_folders_mean_the_same_wherever_a_command_is_run(scrapy: Scrapy, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    for name in ("DATA_DIR", "ARCHIVE_DIR", "ARCHIVE_INDEX_DIR", "PROMETHEUS_TEXTFILE"):
        variable = "NEWSBOT_DATA" if name == "DATA_DIR" else f"NEWSBOT_{name}"
        assert scrapy("settings", "--get", name, **home | {variable: "~/news"}).stdout == f"{tmp_path}/news\n"
        assert scrapy("settings", "--get", name, **{variable: "elsewhere"}).stdout == f"{ROOT}/elsewhere\n"
    done = scrapy("settings", "--get", "STATE_URL", NEWSBOT_STATE_URL="sqlite:///a/b.sqlite?timeout=9")
    assert done.stdout == f"sqlite:///{ROOT}/a/b.sqlite?timeout=9\n"
    below = run_scrapy("settings", "--get", "DATA_DIR", cwd=str(ROOT / "deploy"), data=Path("news"))
    assert below.stdout == f"{ROOT}/news\n"
    with SourceLock(tmp_path / "locks", "baosonla"):
        data = Path(os.path.relpath(tmp_path, ROOT))
        assert run_scrapy("crawl", "baosonla", cwd=str(ROOT / "deploy"), data=data).returncode == 75
    assert absolute("DATA_DIR", "data") == ROOT / "data"


def test_settings_shows_what_counts(scrapy: Scrapy, tmp_path: Path) -> None:
    assert scrapy("settings", "--get", "ARCHIVE_DIR").stdout == f"{tmp_path}/data/warc\n"
    assert scrapy("settings", "--get", "STATE_URL").stdout == f"sqlite:///{tmp_path}/data/state.sqlite\n"
    assert scrapy("settings", "--getint", "ARCHIVE_MAX_BYTES").stdout == "1000000000\n"
    assert scrapy("settings", "--get", "USER_AGENT", NEWSBOT_CONTACT="desk@example.org").stdout.endswith(
        " (+desk@example.org)\n"
    )
    (config := tmp_path / "newsbot.toml").write_text("download_delay = 2\n[sources.yenmy]\ndownload_delay = 5\n")
    given = {"NEWSBOT_CONFIG": str(config)}
    assert scrapy("settings", "--get", "DOWNLOAD_DELAY", **given).stdout == "2\n"
    assert scrapy("settings", "--get", "DOWNLOAD_DELAY", "--source", "yenmy", **given).stdout == "5\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_as_it_was_written(scrapy: Scrapy, command: str) -> None:
    done = scrapy(command, "-h")
    assert (done.returncode, done.stderr) == (0, "")
    assert not re.search(r"^[=-]{3,}", done.stdout, re.MULTILINE)  # Scrapy underlines what it takes for headings
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_lists_the_exit_statuses(scrapy: Scrapy) -> None:
    text = scrapy("wacz", "-h").stdout
    assert "\n  0   packaged\n" in text and "\n  2   usage, or nothing is of that time\n" in text
    assert "(UTC)" in text


def test_a_new_source_has_a_name_and_a_domain(scrapy: Scrapy) -> None:
    assert "is no name for a source" in refused(scrapy("genspider", "Bao-Moi", "baomoi.test"))
    assert "is no domain" in refused(scrapy("genspider", "baomoi", "not a domain"))


def test_no_command_but_one_that_crawls_imports_what_connects_to_sites() -> None:
    script = (
        "import sys; from scrapy.cmdline import execute\n"
        "try: execute(['scrapy', 'version'])\n"
        "finally: print('newsbot.commands.rebuild' in sys.modules, 'archive.crawling.wire_tee' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=clean_environment(), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "True False", done.stderr
