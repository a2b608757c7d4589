"""Has the parts of a job read on a cluster: by the workers of a Dask scheduler, on any number of machines.

Dask is an optional dependency (the extra ``cluster``): who imports this module has named a scheduler, or is a worker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from distributed import Client, KilledWorker, Worker, WorkerPlugin

from archive.errors import ArchiveError
from newsbot.replaying.ahead import Workers
from newsbot.replaying.part_reading import Setup, forget, prepare

#: Seconds within which a scheduler must answer, and a first worker be there: both may be starting.
_PATIENCE: Final = 5
_FIRST_WORKER: Final = 30
#: Parts for each thread of the workers: one that it is at, one that it will be at next, one that waits to be taken.
_PARTS: Final = 3
#: Minimum number of parts, for workers that join later.
_LEAST: Final = 24
#: Packages that log tracebacks where a connection ends.
_LOUD: Final = ("distributed", "tornado")


class Preparation(WorkerPlugin):
    """Prepares every worker for a job, also those that join while it runs."""

    def __init__(self, setup: Setup):
        self.name = f"newsbot-{setup.key}"
        self._setup = setup

    def setup(self, worker: Worker) -> None:
        prepare(self._setup)

    def teardown(self, worker: Worker) -> None:
        forget(self._setup.key)


@contextmanager
def cluster_workers(setup: Setup, address: str) -> Iterator[Workers]:
    """Give the workers of a scheduler for a job.

    :param address: of the scheduler, such as tcp://192.0.2.1:8786.
    :raises ArchiveError: if the scheduler, or a worker, is not there, or a worker cannot be prepared.
    """
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in _LOUD]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told below, without tracebacks
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ArchiveError(f"--scheduler {address} cannot be reached: {reason}") from error
    try:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError as error:
            raise ArchiveError(f"--scheduler {address} has no workers") from error
        with _prepared(client, setup, address):
            most = max(_LEAST, _PARTS * sum(client.nthreads().values()))
            executor = client.get_executor(pure=False)
            name = f"the scheduler {address}"
            yield Workers(executor, setup.key, most, (KilledWorker,), name, True, lambda: client.status == "running")
    finally:
        client.close(timeout=_PATIENCE)


@contextmanager
def _prepared(client: Client, setup: Setup, address: str) -> Iterator[None]:
    """Have all workers prepared, those that come later, too.

    :raises ArchiveError: if one of them cannot be.
    """
    preparation = Preparation(setup)
    try:
        try:
            client.register_plugin(preparation)
        except Exception as error:  # whatever a worker raises, of whatever release
            reason = " ".join(str(error).split())
            told = "start the scheduler and all workers in the project's folder, each with this release"
            raise ArchiveError(f"--scheduler {address}: a worker cannot be prepared: {reason}; {told}") from error
        yield
    finally:
        # The scheduler has it as soon as it was sent; a worker that could not take it does not know it (KeyError).
        with suppress(OSError, TimeoutError, KeyError):
            if client.status == "running":
                client.unregister_worker_plugin(preparation.name)
