# make environment   .venv and data/, and nothing else: for a machine that crawls (docs/operate/install.md)
# make browser  Chromium (165 MB), for pages that are read only with a browser
# make demo    crawl the replica of six sources and look at the result (needs Python, pip, apt; no network but for packages);
#              ALL=1 crawls every source that the replica plays
# make crawl   the same against the real sites
# make player  ReplayWeb.page, which `scrapy replay` shows captured pages in (needs npm and network)
# make pywb    pywb in an environment of its own, for `scrapy replay --pywb`
# make test    ruff, mypy and all tests
# make coverage  all tests again, then what no test reaches; TESTS="tests/archive …" runs some of them
# make diff    what the reader makes of all fixtures now, held against what stands in their JSON
# make bench   newsbot against bare Scrapy: pages a second, memory
# make bench-rebuild  rebuild by processes and on Dask, beside trafilatura, newspaper4k and plain loops; MANY=100000 for memory;
#              before that the rate of verify, and with VERIFY=1 that alone
# make docs    the documents as a site, .cache/docs/index.html; what the code knows is written into them first

PYTHON ?= python3
BIN := .venv/bin
# Tests wait as much as they work: four keep two cores busy. A file's tests share what they set up, and the longest files begin
# first (tests/conftest.py). WORKERS=0 runs all in one process.
WORKERS ?= 4
TOGETHER := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# Containers often set it: then each of the many processes that tests start would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: environment browser player pywb demo crawl test tools check coverage diff bench bench-rebuild docs requirements clean

environment: .venv/.runtime
	mkdir -p data

player:
	@command -v npm >/dev/null || { echo "make player needs npm: apt-get install npm" >&2; exit 1; }
	@$(MAKE) --no-print-directory .cache/replaywebpage/package

pywb: .venv-replay/.done

browser:
	@command -v chromium >/dev/null || .ci/install chromium

demo: .venv/.dev
	$(BIN)/python -m tests.demo $(if $(ALL),--all)

crawl: .venv/.runtime
	$(BIN)/scrapy crawlall

# pytest runs make, too, which must not take itself for a part of this one.
test: check tools .venv-replay/.done .cache/replaywebpage/package
	env -u MAKEFLAGS -u MFLAGS $(BIN)/python -m pytest $(TOGETHER)

# What tests ask of the machine.
tools:
	@command -v wget >/dev/null || .ci/install wget
	@command -v chromium >/dev/null || .ci/install chromium
	@{ command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
		|| .ci/install postgresql || echo "without PostgreSQL: the tests of a state in it are skipped"
	@{ command -v crontab && command -v systemd-analyze && test -x /usr/sbin/logrotate; } >/dev/null \
		|| .ci/install cron logrotate systemd || echo "without cron, logrotate, systemd: tests of deploy/ are skipped"

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Processes that tests start are measured, too; one that is killed has written nothing down.
coverage: .venv/.dev
	rm -rf .cache/coverage && mkdir -p .cache/coverage
	$(BIN)/coverage run -m pytest $(TOGETHER) $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

diff: .venv/.dev
	@$(BIN)/python -m tests.fixture_diff

bench: .venv/.dev
	$(BIN)/python -m tests.bench

bench-rebuild: .venv/.dev
	$(BIN)/python -m tests.bench.rebuild $(if $(MANY),--many=$(MANY)) $(if $(VERIFY),--verify)

docs: .venv/.dev .venv-docs/.done
	$(BIN)/python -m tests.documents
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet
	@echo "the site is in .cache/docs/index.html"

# The pinned lists follow pyproject.toml, requirements-replay.in and requirements-docs.in.
requirements: .venv/.dev
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U -o requirements.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U --extra cluster -c requirements.txt -o requirements-cluster.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U --allow-unsafe -o requirements-replay.txt requirements-replay.in
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -U -o requirements-docs.txt requirements-docs.in

.cache/replaywebpage/package:
	.ci/player .cache/replaywebpage

clean:
	rm -rf .cache .venv .venv-docs .venv-replay .mypy_cache .pytest_cache .ruff_cache

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

.venv-docs/.done: requirements-docs.txt
	.ci/environment $(PYTHON) .venv-docs requirements-docs.txt
	touch $@
