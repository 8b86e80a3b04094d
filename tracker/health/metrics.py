"""The engine's state in the text that Prometheus reads. Numbers alone, made anew at each asking."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from tracker.health.queries import Health


class _Engine:
    """What the registry asks for its numbers."""

    def __init__(self, state: Health, now: datetime) -> None:
        self._state = state
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each number. A moment is in seconds since 1970; 0 stands for none."""
        for name, words, value in self._gauges():
            yield GaugeMetricFamily(f"loopkeeper_{name}", words, value=value)

    def _gauges(self) -> Iterator[tuple[str, str, float]]:
        state = self._state
        oldest = state.oldest_mail_due
        yield "last_tick_seconds", "Moment of the last tick", _seconds(state.last_tick_at)
        yield "last_tick_failed", "1 if a part of the last tick failed", bool(state.failures)
        yield "stalled", "1 if nothing has ticked for 30 minutes while work waits", state.is_stalled
        yield "looks_due", "Consultations to look at", state.looks_due
        yield "mails_due", "Mails that may leave now", state.mails_due
        waits = (self._now - oldest).total_seconds() if oldest else 0
        yield "oldest_mail_waits_seconds", "How long the oldest of them has waited", waits
        yield "mails_in_hand", "Mails a worker has in its hands, or left", state.mails_in_hand
        yield "mails_retried", "Mails that wait for another try", state.mails_retried
        yield "mails_given_up", "Mails that were given up", state.mails_given_up
        yield (
            "next_due_seconds",
            "Moment at which something falls due next",
            _seconds(state.next_at),
        )
        yield "sending", "1 if sending is switched on", state.is_sending


def metrics_text(state: Health, *, now: datetime) -> bytes:
    """The state in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Engine(state, now))
    return generate_latest(registry)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0
