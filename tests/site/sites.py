"""A small site folder that holds nothing wrong, for tests to break."""

from pathlib import Path
from typing import Any

from console.models.site import Camera, Rule, SourceSetup
from console.models.text import Text
from console.registry import discover
from console.site_folder import SiteFolder, read_site
from console.sources.source import SourceSpec
from console.steps.spec import StepSpec
from console.video.kinds import CameraSpec, RuleSpec

SITE = """\
id: yard
name: {zh: 院子, en: The yard}
timezone: Asia/Shanghai
address: {zh: 某路 1 号, en: 1 Some Road}
phone: "0755-1"
places:
  - {id: yard, name: {zh: 院子, en: The yard}, kind: site}
  - {id: house, parent: yard, name: {zh: 楼, en: House}, kind: building}
maps:
  - {id: plan, name: {zh: 平面, en: Plan}, file: maps/plan.svg, place: yard, metres_per_px: 0.1}
shifts:
  - {id: day, name: {zh: 白班, en: Day}, start: 08:00}
settings:
  watch.people: 2
"""
CAMERAS = """\
cameras:
  - id: cam-1
    number: 1
    name: {zh: 门, en: Door}
    kind: synthetic
    address: door
    place: house
    spot: {map: plan, x: 10, y: 20, heading_deg: 90}
    rules:
      - id: zone
        point: rule-1
        zone: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
  - id: cam-2
    number: 2
    name: 后院
    kind: rtsp
    address: rtsp://10.0.0.2/stream
    login: admin
    password: secret:cam-2
"""
POINTS = """\
points:
  - id: rule-1
    name: {zh: 视频, en: Video}
    alarm_class: intrusion
    priority: 1
    place: house
    spot: {map: plan, x: 100, y: 50}
    cameras: [cam-1, cam-2]
    post: gate
    plan: look
posts:
  - {id: gate, name: {zh: 门岗, en: Gate}, kind: gate, spot: {map: plan, x: 5, y: 5}, staff: [甲]}
checkpoints:
  - {id: cp-1, name: {zh: 门, en: Door}, chip: 0017, camera: cam-1, spot: {map: plan, x: 1, y: 2}}
routes:
  - id: round
    name: {zh: 一圈, en: Round}
    post: gate
    stops:
      - {checkpoint: cp-1, leg_s: 60}
contacts:
  - {id: boss, role: leader, name: {zh: 班长, en: Leader}, phone: 110}
equipment:
  - {id: radio, name: {zh: 对讲机, en: Radio}, number: 2}
sources:
  - id: panel
    kind: sia_dc09
    name: {zh: 主机, en: Panel}
    options:
      port: 0
      accounts:
        - {account: "1", key: secret:panel, zones: {"1": rule-1}}
"""
PLAN = """\
id: look
version: 1
title: {zh: 看, en: Look}
classes: [intrusion]
steps:
  - id: seen
    kind: confirm
    title: {zh: 看到什么, en: What is seen}
    due_s: 30
    source: site practice
    answers:
      - {key: person, label: {zh: 有人, en: A person}, verification: 2}
      - {key: nothing, label: {zh: 没有, en: Nothing}, next: end, verdict: unknown}
  - id: tell
    kind: call
    title: {zh: 报告, en: Tell}
    options:
      contacts: [leader, boss]
      script: {zh: "{place}有人", en: "Somebody at {place}"}
  - id: send
    kind: dispatch
    title: {zh: 派人, en: Send}
    options: {prefer: gate}
"""
DRAWING = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"></svg>\n'
FILES = {
    "site.yaml": SITE,
    "cameras.yaml": CAMERAS,
    "points.yaml": POINTS,
    "plans/look.yaml": PLAN,
    "maps/plan.svg": DRAWING,
}


def write(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    """Write files below `folder`; None leaves one out."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        elif content is not None:
            file.write_text(content, encoding="utf-8")
    return folder


def _camera_check(camera: Camera, _folder: Path) -> list[Text]:
    return [Text("场景不存在", "no such scene")] if camera.address == "nowhere" else []


def _source_check(setup: SourceSetup) -> list[Text]:
    return [] if "port" in setup.options else [Text("缺少端口", "the port is missing")]


def _rule_check(rule: Rule) -> list[Text]:
    return [Text("太小", "too small")] if rule.min_area > 0.5 else []


def read(folder: Path, shipped: Path | None = None) -> SiteFolder:
    """Read a site folder with the step kinds of this console and small checks of everything else."""
    return read_site(
        folder,
        camera_kinds={"synthetic": _camera_check, "rtsp": None},
        source_kinds={"sia_dc09": _source_check},
        rule_kinds={"intrusion": _rule_check},
        step_kinds={spec.kind: spec.check for spec in discover("console.steps", kind=StepSpec).values()},
        shipped_plans=shipped or folder / "no-shipped-plans",
    )


def kinds() -> dict[str, dict[str, Any]]:
    """Every kind that this console has, with the check of its SPEC, as the console itself hands them in."""
    specs = {
        "camera_kinds": discover("console.video.cameras", kind=CameraSpec),
        "rule_kinds": discover("console.video.analytics", kind=RuleSpec),
        "source_kinds": discover("console.sources", kind=SourceSpec),
        "step_kinds": discover("console.steps", kind=StepSpec),
    }
    return {sort: {name: spec.check for name, spec in found.items()} for sort, found in specs.items()}
