"""The table of points of the running post: previewed, taken and written beside the desk, and put on record."""

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from console import point_import
from console.models.errors import ConsoleError
from console.models.people import Actor, Right
from console.models.points import PointsDesk, PointsPreview
from console.registry import discover
from console.services import points
from console.services.desk import Desk
from console.sources.source import SourceSpec
from console.steps.spec import StepSpec
from console.video.kinds import CameraSpec, RuleSpec


def site_kinds() -> dict[str, Any]:
    """The kinds that a site folder may name, each with its check."""
    rooms: dict[str, tuple[str, type[Any]]] = {
        "camera_kinds": ("console.video.cameras", CameraSpec),
        "rule_kinds": ("console.video.analytics", RuleSpec),
        "source_kinds": ("console.sources", SourceSpec),
        "step_kinds": ("console.steps", StepSpec),
    }
    return {
        name: {key: spec.check for key, spec in discover(room, kind=kind).items()}
        for name, (room, kind) in rooms.items()
    }


def points_desk(desk: Desk, folder: Path, helpers: Executor) -> PointsDesk:
    """What the screens may ask about the table of points; reading and writing files never holds the desk."""

    def preview(file: Path) -> PointsPreview:
        return point_import.preview(folder, file, site_kinds())

    def take(tried: PointsPreview, actor: Actor) -> PointsPreview:
        actor.demand(Right.CHANGE_SETTINGS)
        point_import.put(folder, tried)
        try:
            desk.do(points.imported, tried, by=actor).result()
        except ConsoleError:
            point_import.put_back(folder, tried)
            raise
        # In force for the next signal; the desk reads its ground anew for every command.
        desk.ground = replace(desk.ground, site=replace(desk.ground.site, points=tried.points))
        return tried

    def write(file: Path, language: str, actor: Actor) -> int:
        actor.demand(Right.CHANGE_SETTINGS)
        return point_import.write(file, desk.ground.site.points, language)

    return PointsDesk(
        preview=lambda file: helpers.submit(preview, file),
        take=lambda tried, actor: helpers.submit(take, tried, actor),
        write=lambda file, language, actor: helpers.submit(write, file, language, actor),
    )
