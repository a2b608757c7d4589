"""Processes that share long work, and end with it; where one dies, that costs its own task alone."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import connection, forkserver, get_context, parent_process
from multiprocessing.context import BaseContext
from multiprocessing.util import get_temp_dir
from pathlib import Path
from socket import AF_UNIX, socket
from threading import Lock, Thread, current_thread
from time import sleep
from typing import Any, Final, Generic, NoReturn, ParamSpec, TypeVar

_Result = TypeVar("_Result")
_Parameters = ParamSpec("_Parameters")

#: How often a task is begun that ends its process.
_TRIES: Final = 3
#: Seconds to wait before each try to start a process: a fork server that was killed is not gone at once.
_PAUSES: Final = (0.0, 0.0, 0.1, 0.5)
#: Seconds in which a thread is to end whose process was killed: at the end of Python both would close the same pipe.
_ENDING: Final = 10.0
DIED: Final = "every process that was at it has died, for want of memory, perhaps"


class Processes(Executor):
    """An executor whose tasks run in processes, one at a time in each.

    Where a process dies, the task that it was at fails with `BrokenExecutor`; the others go on, and another process
    takes its place. All of them end as soon as this process has ended, however it does.

    :param jobs: how many processes to use.
    :param prepare: called in each process with ``arguments`` before its first task.
    :param imports: modules that are imported once for all processes, unless `fork_from_here` has been called.
    """

    def __init__(self, jobs: int, prepare: Callable[..., None], *arguments: Any, imports: Sequence[str] = ()):
        self._context = _context([__name__, *imports])
        self._start = partial(_prepare, prepare, *arguments)
        self._lock = Lock()
        self._idle = [_Lane(self._context, self._start) for _ in range(jobs)]
        self._lanes = [*self._idle]
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._is_closed = self._is_ended = False

    def submit(
        self, call: Callable[_Parameters, _Result], /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> Future[_Result]:
        future: Future[_Result] = Future()
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the processes have been ended")
            self._waiting.append((future, partial(call, *args, **kwargs)))
        self._hand_out()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: when all tasks are done, or at once if those that wait shall be cancelled."""
        with self._lock:
            self._is_closed = True
            self._is_ended = cancel_futures
            waiting = [*self._waiting] if cancel_futures else []
            if cancel_futures:
                self._waiting.clear()
        for future, _ in waiting:
            future.cancel()
        for lane in self._lanes:
            lane.kill() if cancel_futures else lane.close(wait=wait)

    def _hand_out(self) -> None:
        """Let idle processes begin tasks that wait."""
        while True:
            with self._lock:
                if not (self._idle and self._waiting):
                    return
                future, call = self._waiting.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                lane = self._idle.pop()
                inner = lane.submit(call)
            inner.add_done_callback(partial(self._take, lane, future))

    def _take(self, lane: _Lane, future: Future[Any], inner: Future[Any]) -> None:
        """Pass on what became of a task, and let its process begin another."""
        if inner.cancelled():
            future.set_exception(RuntimeError("the processes have been ended"))
            return
        error = inner.exception()
        with self._lock:
            if isinstance(error, BrokenExecutor) and not self._is_ended:
                try:
                    lane.renew()
                except OSError as lacking:  # or nobody would hear of this task
                    error = lacking
            self._idle.append(lane)
        if error is None:
            future.set_result(inner.result())
        else:
            future.set_exception(error)
        self._hand_out()


class Task(Generic[_Result]):
    """A task that is begun again where the process dies that is at it.

    :param tell: called with a line about a process that has died, in which ``what`` names what it was at.
    """

    def __init__(
        self,
        pool: Executor,
        what: object,
        call: Callable[[], _Result],
        tell: Callable[[str], object] = lambda line: None,
    ):
        self._pool, self._what, self._call, self._tell = pool, what, call, tell
        self._future = pool.submit(call)

    def is_done(self, within: float) -> bool:
        """Wait for so many seconds, and return whether there is a result."""
        return bool(wait([self._future], timeout=within).done)

    def result(self) -> _Result:
        """Return what came of it.

        :raises BrokenExecutor: if every process that was at it has died.
        """
        for _ in range(_TRIES - 1):
            try:
                return self._future.result()
            except BrokenExecutor:
                self._tell(f"a process that was at {self._what} has died: it is begun again")
                self._future = self._pool.submit(self._call)
        return self._future.result()


class _Lane:
    """One process after another: a pool of one, so that it is known what a process was at when it died."""

    def __init__(self, context: BaseContext, prepare: Callable[[], None]):
        self._context, self._prepare = context, prepare
        self.renew()

    def renew(self) -> None:
        """Let the next task have a process of its own."""
        self._pool = ProcessPoolExecutor(1, self._context, initializer=self._prepare)

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Begin a task; what comes of it is `BrokenExecutor` if no process can be started, `OSError` if no pipe can."""
        failed: Future[Any] = Future()
        reason: Exception | None = None
        for pause in _PAUSES:
            sleep(pause)
            try:
                return self._pool.submit(call)
            except (BrokenExecutor, EOFError, OSError) as error:  # its process has died when idle, or what forks them
                reason = error
            try:
                self.renew()
            except OSError as error:  # too many open files
                failed.set_exception(error)
                return failed
        failed.set_exception(BrokenExecutor(f"no process can be started: {reason}"))
        return failed

    def close(self, *, wait: bool) -> None:
        self._pool.shutdown(wait=wait)

    def kill(self) -> None:
        """End the process at once: it only reads, and may be in the middle of a long file."""
        pool: Any = self._pool  # there is no public way to what it has
        processes = [*(pool._processes or {}).values()]
        results, thread = pool._result_queue, pool._executor_manager_thread
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        if results is not None:
            results._writer.close()  # else the thread would wait for ever for the rest of a result that was being sent
        if thread is not None and thread is not current_thread():
            thread.join(_ENDING)


@contextmanager
def processes(
    jobs: int, prepare: Callable[..., None], *arguments: Any, imports: Sequence[str] = ()
) -> Iterator[Processes]:
    """Give processes; if the block is left early, they end at once. The parameters are those of `Processes`."""
    pool = Processes(jobs, prepare, *arguments, imports=imports)
    try:
        yield pool
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _context(imports: Sequence[str]) -> BaseContext:
    """Return what starts processes: a fork server, or none where no socket can be made, as with a long TMPDIR."""
    context = get_context("forkserver")
    context.set_forkserver_preload([*imports])
    try:
        with _path_handed_on():
            forkserver.ensure_running()  # now, so that it imports while this process does other things
    except OSError:
        return get_context("spawn")
    return context


def fork_from_here() -> None:
    """Let all processes be forked from a copy of this one as it is now, which has imported what they need.

    Without it, or where that fails, `multiprocessing` starts their fork server anew, and that imports everything
    again, for a second or more. Called while this process has one thread, and nothing open that others should not have.
    """
    server: Any = forkserver._forkserver  # there is no public way to give it a process
    if server._forkserver_pid is not None:
        return
    for stream in filter(None, (sys.stdout, sys.stderr)):  # one that was closed is none
        stream.flush()
    with suppress(OSError), socket(AF_UNIX) as listener:
        address = str(Path(get_temp_dir(), "fork-server"))
        listener.bind(address)
        Path(address).chmod(0o600)
        listener.listen()
        lives_until, alive = os.pipe()
        try:
            process = os.fork()
            if not process:
                os.close(alive)
                _serve(listener.detach(), lives_until)
        except OSError:
            os.close(alive)
            raise
        finally:
            os.close(lives_until)
        server._forkserver_address, server._forkserver_alive_fd, server._forkserver_pid = address, alive, process


def _serve(listener: int, lives_until: int) -> NoReturn:
    """Fork processes as long as one lives that may ask for them; what this process has begun is not its to end."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.freeze()  # a collection would write to pages that all processes share
        forkserver.main(listener, lives_until, [])
    finally:
        os._exit(0)


@contextmanager
def _path_handed_on() -> Iterator[None]:
    """Let Python, if it is started now, find modules where this process finds them: for a fork server it does not."""
    usual = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        yield
    finally:
        if usual is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = usual


def _prepare(prepare: Callable[..., None], *arguments: Any) -> None:
    """Set a process up; Ctrl-C at a terminal reaches all of them, and the parent reports it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    prepare(*arguments)


def _end_with_parent() -> None:
    """End this process when its parent has ended, whatever it is at."""
    parent = parent_process()
    if parent is not None:
        with suppress(OSError):
            connection.wait([parent.sentinel])
        os._exit(1)
