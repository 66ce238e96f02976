"""The sources of the post: started with the options in force, tested, changed and started anew one by one."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from console.app.canaries import Canaries, Probe
from console.app.memory import recalled
from console.models.alarms import Action, Alarm
from console.models.errors import ConsoleError
from console.models.events import AlarmChanged
from console.models.ids import SourceId
from console.models.inputs import InputFacts, Inputs
from console.models.people import Actor
from console.models.settings import value_of
from console.models.site import SourceSetup
from console.registry import discover
from console.services import health, patrol
from console.services import settings as chosen_settings
from console.services.desk import Desk
from console.services.unkept import Delivery
from console.sources import options as source_options
from console.sources.source import Running, SourceContext, SourceSpec

_log = logging.getLogger(__name__)


class Sources:
    """Every source of the site. `running` is who runs now, by id; it changes when one is started anew."""

    def __init__(self, desk: Desk, delivery: Delivery, secrets: Callable[[str], str], helpers: Executor) -> None:
        self._desk = desk
        self._delivery = delivery
        self._secrets = secrets
        self._helpers = helpers
        self._specs = discover("console.sources", kind=SourceSpec)
        self._of_site = {setup.id: setup for setup in desk.ground.site.sources}
        self._chosen: dict[SourceId, dict[str, Any]] = {}
        self._lives: dict[SourceId, ExitStack] = {}
        self._changing = threading.Lock()
        self._left = False
        self.running: dict[SourceId, Running] = {}
        self.canaries = Canaries(desk, self._probe)

    @contextmanager
    def all_running(self) -> Iterator[None]:
        """Start every source with the options in force, and keep their canaries going; leave nothing running."""
        found = self._desk.ask(chosen_settings.chosen).result()
        with ExitStack() as stack:
            stack.callback(self._stop_all)
            for setup in self._of_site.values():
                self._chosen[setup.id] = self._usable(setup, chosen_settings.options_of(found, setup.id))
                self._start(setup.id)
            stack.enter_context(self.canaries.running(tuple(self._of_site)))
            yield

    def inputs(self) -> Inputs:
        """What the screens may ask of the sources."""
        return Inputs(facts=self.facts, test=self.test, change=self.change, watched=self.canaries.watched)

    # ------------------------------------------------------------------------------------------------ what is asked
    def facts(self) -> tuple[InputFacts, ...]:
        """What there is to know of every source now."""
        return tuple(self._facts(setup) for setup in self._of_site.values())

    def _facts(self, setup: SourceSetup) -> InputFacts:
        spec, running = self._specs[setup.kind], self.running.get(setup.id)
        address = running.address() if running is not None else None
        return InputFacts(
            id=setup.id,
            kind=setup.kind,
            kind_name=spec.name,
            name=setup.name,
            address=f"{address[0]}:{address[1]}" if address is not None else "",
            heard_at=running.heard_at if running is not None else None,
            can_test=spec.probe is not None,
            options=spec.options,
            of_site=dict(setup.options),
            chosen=dict(self._chosen.get(setup.id, {})),
        )

    def test(self, source: SourceId, by: Actor) -> "Future[Any]":
        """Send a canary now, for a person."""
        _log.info("%s tests the source %s", by.name, source)
        return self.canaries.send(source)

    def change(self, source: SourceId, options: dict[str, Any], reason: str, by: Actor) -> "Future[None]":
        """Check options of a source, put them on record, and start it anew with them."""
        return self._helpers.submit(self._change, source, options, reason, by)

    def _change(self, source: SourceId, options: dict[str, Any], reason: str, by: Actor) -> None:
        with self._changing:
            if self._left:  # it waited for a helper, or for another change, and would start what nobody ends
                raise ConsoleError(
                    zh="值守台正在关闭，报警源的选项未更改。", en="The console is closing; the source was not changed."
                )
            setup, before = self._of_site[source], self._chosen.get(source, {})
            after = {name: value for name, value in {**before, **options}.items() if value is not None}
            source_options.refuse(self._specs[setup.kind].check(_with(setup, after)))
            in_force = {**setup.options, **before}
            self._desk.do(
                chosen_settings.change_options, source, options, in_force, reason, by=by
            ).result()
            self._chosen[source] = after
            self._stop(source)
            self._start(source)

    # ------------------------------------------------------------------------------------------------ lives
    def _usable(self, setup: SourceSetup, chosen: dict[str, Any]) -> dict[str, Any]:
        """What was chosen, as far as this version and this site folder still allow it."""
        mistakes = self._specs[setup.kind].check(_with(setup, chosen)) if chosen else []
        if mistakes:
            _log.warning("what was chosen for the source %s is left aside: %s", setup.id, mistakes[0].en)
            return {}
        return chosen

    def _start(self, source: SourceId) -> None:
        setup = _with(self._of_site[source], self._chosen.get(source, {}))
        life = ExitStack()
        self.running[source] = life.enter_context(self._specs[setup.kind].start(setup, self._context(setup)))
        self._lives[source] = life

    def _stop(self, source: SourceId) -> None:
        self.running.pop(source, None)
        life = self._lives.pop(source, None)
        if life is not None:
            life.close()

    def _stop_all(self) -> None:
        with self._changing:
            self._left = True
            for source in reversed(tuple(self._lives)):
                self._stop(source)

    def _context(self, setup: SourceSetup) -> SourceContext:
        desk, delivery = self._desk, self._delivery
        return SourceContext(
            deliver=partial(self.canaries.deliver, delivery.deliver),
            punch=partial(desk.do, patrol.punch),
            health=lambda changed: delivery.tell(health.source_changed, changed.source, changed),
            clock=desk.clock,
            secrets=self._secrets,
            log=logging.getLogger(f"console.sources.{setup.kind}"),
            acknowledged=partial(_on_acknowledged, desk, setup.id),
            recall=partial(desk.ask, recalled, setup.id),
            cameras=desk.ground.site.cameras,
            setting=lambda key: value_of(desk.ground.settings, key),
        )

    def _probe(self, source: SourceId) -> Probe | None:
        setup = self._of_site[source]
        probe = self._specs[setup.kind].probe
        if probe is None:
            return None

        def send(token: str) -> None:
            running = self.running.get(source)
            if running is None:
                raise ConsoleError(zh="该报警源正在重新启动。", en="The source is being started anew.")
            probe(_with(setup, self._chosen.get(source, {})), running, self._secrets, token)

        return send


def _with(setup: SourceSetup, chosen: dict[str, Any]) -> SourceSetup:
    return replace(setup, options={**setup.options, **chosen})


def _on_acknowledged(desk: Desk, source: SourceId, hear: Callable[[Alarm], None]) -> Callable[[], None]:
    def changed(event: AlarmChanged) -> None:
        if event.alarm.source == source and event.action is Action.ACKNOWLEDGE:
            hear(event.alarm)

    return desk.bus.on(AlarmChanged, changed)
