"""The examples for cron, systemd and logrotate: judged by those programs themselves, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT
from tests.replica.server import Replica

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
#: What is crawled.
SOURCES = ("baosonla", "haiduongtv")
#: The folder of the examples.
HOME = "/srv/newsbot"


def tool(name: str) -> str:
    """Return the path of a program; the test is skipped where the machine has none."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.skip(f"no {name} here (make test installs it where apt can)")
    return path


def run(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words],
        env=os.environ | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )


def cron_lines() -> list[str]:
    """Return the commands of the crontab, as cron hands them to the shell; also that for who has Chromium."""
    lines = (DEPLOY / "crontab").read_text().splitlines()
    found = [line.split(maxsplit=5)[5] for line in lines if re.match(r"#?[*0-9]", line)]
    assert len(found) == 4
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units for this checkout and this user, since systemd looks whether there is what they name."""
    for name in UNITS:
        text = (DEPLOY / name).read_text().replace(HOME, str(ROOT))
        (tmp_path / name).write_text(re.sub("^(User|Group)=newsbot$", r"\1=root", text, flags=re.MULTILINE))
    return tmp_path


def test_systemd_accepts_the_units(units: Path) -> None:
    done = run(tool("systemd-analyze"), "--man=no", "verify", *(units / name for name in UNITS))
    assert (done.returncode, done.stdout) == (0, "")
    (units / "newsbot.service").write_text((units / "newsbot.service").read_text().replace("KillMode=", "KilMode="))
    assert "KilMode" in run("systemd-analyze", "--man=no", "verify", units / "newsbot.service").stdout


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_the_units_give_newsbot_no_more_rights_than_it_needs(units: Path, name: str) -> None:
    analyse = tool("systemd-analyze")
    most = 30 if name == "newsbot-qa.service" else 20  # Chromium needs namespaces for its own sandbox
    done = run(analyse, "--no-pager", "security", "--offline=yes", f"--threshold={most}", units / name)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_chromium_is_given_its_sandbox_and_little_else(units: Path) -> None:
    analyse = tool("systemd-analyze")
    folder = units / "newsbot.service.d"
    folder.mkdir()
    (folder / "browser.conf").write_text((DEPLOY / "newsbot-browser.conf").read_text())
    done = run(analyse, "--man=no", "verify", units / "newsbot.service")
    assert (done.returncode, done.stdout) == (0, "")
    done = run(analyse, "--no-pager", "security", "--offline=yes", "--threshold=30", units / "newsbot.service")
    assert done.returncode == 0, done.stdout.splitlines()[-1]
    assert "RestrictNamespaces=~user" in done.stdout, "it is looked at with the file"


def test_the_timer_is_for_every_half_hour() -> None:
    (when,) = re.findall(r"^OnCalendar=(.*)$", (DEPLOY / "newsbot.timer").read_text(), re.MULTILINE)
    done = run(tool("systemd-analyze"), "calendar", "--iterations=3", when, TZ="UTC", SYSTEMD_COLORS="0")
    assert done.returncode == 0, done.stdout
    assert set(re.findall(r":(\d\d:\d\d) UTC", done.stdout)) == {"00:00", "30:00"}


def test_cron_accepts_the_crontab(tmp_path: Path) -> None:
    crontab = tool("crontab")
    done = run(crontab, "-n", DEPLOY / "crontab")
    assert done.returncode == 0, done.stdout
    (broken := tmp_path / "crontab").write_text((DEPLOY / "crontab").read_text().replace("*/30 *", "*/30 25"))
    assert run(crontab, "-n", broken).returncode != 0


@pytest.fixture
def log_rotation(tmp_path: Path) -> Path:
    text = (DEPLOY / "logrotate").read_text().replace(HOME, str(tmp_path)).replace("su newsbot newsbot", "su root root")
    (path := tmp_path / "logrotate").write_text(text)
    path.chmod(0o644)
    return path


@pytest.mark.skipif(os.geteuid() != 0, reason="logrotate changes the user, which only root may")
def test_logrotate_keeps_what_cron_printed(log_rotation: Path, tmp_path: Path) -> None:
    rotate = tool("logrotate")
    done = run(rotate, "--debug", log_rotation)
    assert done.returncode == 0 and "error" not in done.stdout, done.stdout
    (log := tmp_path / "data" / "cron.log").parent.mkdir()
    for number in range(3):
        log.write_text(f"{number}\n")
        done = run(rotate, "--force", "--state", tmp_path / "state", log_rotation)
        assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in log.parent.iterdir()) == ["cron.log.1", "cron.log.2.gz", "cron.log.3.gz"]
    assert (log.parent / "cron.log.1").read_text() == "2\n"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=4) as replica:
        yield replica


def test_what_cron_runs_crawls_checks_and_reports(replica: Replica, tmp_path: Path) -> None:
    """As cron runs it: by /bin/sh, with next to nothing in the environment; all else is in newsbot.toml."""
    home = tmp_path / "srv"
    (home / "data").mkdir(parents=True)
    (home / "spiders").mkdir()
    sources = [f"spiders/{name}.py" for name in ("__init__", *SOURCES)]
    for name in ("archive", "newsbot", "scrapy.cfg", ".venv", *sources):
        (home / name).symlink_to(ROOT / name)
    for_tests = {
        "connect_to": list(replica.settings["CONNECT_TO"]),
        "archive_disk_floor": 0,
        "autothrottle_enabled": False,
        "crawl_delay_max": 0,
        "download_delay": 0,
    }
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in for_tests.items())
    example = (DEPLOY / "newsbot.toml").read_text().replace(HOME, str(home))
    (config := home / "newsbot.toml").write_text(example + "".join(lines))
    cron = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "HOME": str(home), "LOGNAME": "newsbot"}
    for line in cron_lines():
        if " qa " in line and not shutil.which("chromium"):
            continue
        line = re.sub("(?<= qa --new --max-minutes )[0-9]+", "0.1", line)
        done = subprocess.run(
            ["/bin/sh", "-c", line.replace(HOME, str(home))],
            env=cron | replica.environment | {"NEWSBOT_CONFIG": str(config)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (home / "data" / "cron.log").read_text()
    reports = [json.loads(path.read_text()) for path in (home / "data" / "runs").glob("*.json")]
    assert len(reports) == len(SOURCES)
    assert all(report["lines"] > 0 for report in reports)
    assert "no faults" in (home / "data" / "verify.log").read_text()
    assert (home / "data" / "report.html").stat().st_size > 10_000
    explained = re.findall(r"`data/([\w-]+)", (ROOT / "docs" / "operate" / "data-folder.md").read_text())
    assert {path.name.partition(".")[0] for path in (home / "data").iterdir()} <= set(explained)


def test_the_services_run_what_cron_runs() -> None:
    commands = [line.partition(" && ")[2] for line in cron_lines()]
    for name in UNITS:
        for command in re.findall(rf"^ExecStart={HOME}/(.*)$", (DEPLOY / name).read_text(), re.MULTILINE):
            assert any(each.startswith(f"{command} >") for each in commands), command
