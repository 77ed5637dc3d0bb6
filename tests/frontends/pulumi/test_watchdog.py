"""The watchdog: it tells an engine that lives from one that is gone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import engine_pb2_grpc, plugin_pb2
from support.plugin import spawn

from callerid.frontends.pulumi import watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _engine() -> Iterator[str]:
    """Serve an engine that knows no health check, as the real one does not."""
    server = grpc.server(ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(engine_pb2_grpc.EngineServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def test_an_engine_that_lives_is_left_alone_and_one_that_is_gone_is_followed() -> None:
    """Not implementing the check counts as life; two missed checks are the end."""
    gone = Event()
    with _engine() as address:
        watchdog.watch(address, 0.05, gone.set)
        assert not gone.wait(0.5)
    assert gone.wait(5)


def test_an_engine_that_answers_anything_lives() -> None:
    """An error of its own is an answer too."""
    gone = Event()

    class Grumpy(grpc.GenericRpcHandler):
        def service(self, handler_call_details: Any) -> Any:
            del handler_call_details

            def refuse(_request: Any, context: Any) -> None:
                context.abort(grpc.StatusCode.INTERNAL, "not today")

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Grumpy()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    watch = watchdog.watch(f"127.0.0.1:{port}", 0.05, gone.set)
    assert not gone.wait(0.5)
    watch.set()
    server.stop(None).wait()


def test_a_watch_can_be_ended() -> None:
    """Then nobody leaves, whatever becomes of the engine."""
    gone = Event()
    watchdog.watch("127.0.0.1:1", 0.05, gone.set).set()
    assert not gone.wait(0.3)


def test_the_figures_keep_the_promise() -> None:
    """The plugin goes within 30 seconds, even where each check runs into its time limit."""
    worst = watchdog.MISSED * (watchdog.INTERVAL_SECONDS + watchdog.ANSWER_SECONDS)
    assert worst < 30


def test_the_plugin_follows_its_engine() -> None:
    """The process ends by itself, with exit code 0, when its engine answers no more."""
    with _engine() as address:
        pass
    with spawn(address) as plugin:
        assert plugin.process.wait(30) == 0


def test_without_an_engine_the_plugin_stays() -> None:
    """Started by hand, to be attached to, it has nobody to follow."""
    with spawn() as plugin:
        plugin.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
        time.sleep(1)
        assert plugin.process.poll() is None
