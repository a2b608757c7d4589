# make environment   .venv and data/, and nothing else: for a machine that crawls (deploy/README.md)
# make demo    crawl the replica of all sources and look at the result (needs Python, pip, apt; no network but for packages)
# make crawl   the same against the real sites
# make test    ruff, mypy and all tests
# make bench   newsbot against bare Scrapy: pages a second, memory

PYTHON ?= python3
BIN := .venv/bin
# Tests wait as much as they work; a file's tests share what they set up. WORKERS=0 runs all in one process.
WORKERS ?= 2

.PHONY: environment demo crawl test check bench requirements clean

environment: .venv/.runtime
	mkdir -p data

demo: .venv/.runtime
	$(BIN)/python -m tests.demo

crawl: .venv/.runtime
	$(BIN)/scrapy crawlall

test: check .venv-replay/.done .cache/replaywebpage/package
	@command -v wget >/dev/null || .ci/install wget
	@command -v chromium >/dev/null || .ci/install chromium
	@{ command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
		|| .ci/install postgresql || echo "without PostgreSQL: the tests of a state in it are skipped"
	@{ command -v crontab && command -v systemd-analyze && test -x /usr/sbin/logrotate; } >/dev/null \
		|| .ci/install cron logrotate systemd || echo "without cron, logrotate, systemd: tests of deploy/ are skipped"
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: .venv/.dev
	$(BIN)/python -m tests.bench

# The pinned lists follow pyproject.toml and requirements-replay.in.
requirements: .venv/.dev
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U -o requirements.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U --allow-unsafe -o requirements-replay.txt requirements-replay.in

.cache/replaywebpage/package:
	.ci/player .cache/replaywebpage

clean:
	rm -rf .cache .venv .venv-replay .mypy_cache .pytest_cache .ruff_cache

.venv/.runtime: requirements.txt
	.ci/environment $(PYTHON) .venv requirements.txt
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	.ci/environment $(PYTHON) .venv requirements-dev.txt
	touch $@

# pywb pins old libraries, so it has an environment of its own.
.venv-replay/.done: requirements-replay.txt
	.ci/environment $(PYTHON) .venv-replay requirements-replay.txt
	touch $@
