"""Faults of cameras from real worker processes: found, told once, shown by the tile's state, and over."""

import shutil
from pathlib import Path

import numpy as np

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.ids import CameraId, PointId
from console.models.pictures import RuleWorking, Sight
from console.models.recording import MotionMinute
from console.models.site import CameraKind, Rule
from console.video.analysis import Analysis
from console.video.cv import cv2
from tests.video.conftest import Watch, camera, until
from tests.video.test_intrusion import EVERYWHERE

QUICK = HealthLimits(fault_after_s=2.0, fault_over_s=2.0, loss_alarm_s=5.0, learn_s=5.0, frozen_s=3.0)


def write_room(path: Path, seconds: int, *, spoilt_from_s: float = 1e9, fps: int = 10) -> None:
    """A room with the grain of a sensor; painted over from a second on."""
    dice = np.random.default_rng(2)
    still = dice.integers(30, 220, (18, 32, 3)).astype(np.uint8)
    still = np.asarray(cv2.resize(still, (320, 180), interpolation=cv2.INTER_NEAREST))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (320, 180))
    for number in range(seconds * fps):
        frame = np.full_like(still, 70) if number / fps >= spoilt_from_s else still
        grain = dice.normal(0, 3, still.shape)
        writer.write(np.clip(frame + grain, 0, 255).astype(np.uint8))
    writer.release()


def test_that_a_covered_lens_is_told_once_shown_and_over(tmp_path: Path) -> None:
    write_room(tmp_path / "room.avi", 20, spoilt_from_s=11.0)
    faults: list[CameraFault] = []
    analysis = Analysis(limits=QUICK, references_dir=tmp_path / "references", on_fault=faults.append)
    with Watch(tmp_path, (camera("c", CameraKind.FILE, "room.avi"),), analysis=analysis) as watch:
        cam = CameraId("c")
        until(lambda: faults)
        until(lambda: watch.video.state(cam).faults == (CameraTrouble.COVERED,))  # the state follows what is told
        # The recording begins anew, and the room is seen again.
        until(lambda: len(faults) == 2)
        until(lambda: watch.video.state(cam).faults == ())
    assert [(fault.fault, fault.active) for fault in faults] == [
        (CameraTrouble.COVERED, True), (CameraTrouble.COVERED, False)]  # fmt: skip
    assert (tmp_path / "references" / "c-day.npz").exists()


def test_that_a_camera_that_stays_away_is_lost_once_and_found_again(tmp_path: Path) -> None:
    write_room(tmp_path / "kept.avi", 10)
    faults: list[CameraFault] = []
    analysis = Analysis(limits=QUICK, on_fault=faults.append)
    with Watch(tmp_path, (camera("c", CameraKind.FILE, "room.avi"),), analysis=analysis) as watch:
        until(lambda: faults)
        assert (faults[0].fault, faults[0].active) == (CameraTrouble.LOSS, True)
        assert watch.video.state(CameraId("c")).faults == (CameraTrouble.LOSS,)
        shutil.copy(tmp_path / "kept.avi", tmp_path / "room.avi")
        watch.wait_for_sight("c", Sight.LIVE)
        until(lambda: len(faults) == 2)
    assert [(fault.fault, fault.active) for fault in faults] == [
        (CameraTrouble.LOSS, True), (CameraTrouble.LOSS, False)]  # fmt: skip


def test_that_a_fault_on_record_ends_after_a_restart_when_the_camera_is_well(tmp_path: Path) -> None:
    write_room(tmp_path / "room.avi", 10)
    faults: list[CameraFault] = []
    standing = {CameraId("c"): frozenset({CameraTrouble.BLACK, CameraTrouble.LOSS})}
    analysis = Analysis(limits=QUICK, standing=standing, on_fault=faults.append)
    with Watch(tmp_path, (camera("c", CameraKind.FILE, "room.avi"),), analysis=analysis):
        until(lambda: len(faults) == 2)
    assert {(fault.fault, fault.active) for fault in faults} == {
        (CameraTrouble.BLACK, False), (CameraTrouble.LOSS, False)}  # fmt: skip


def test_that_a_rule_is_tuned_live_and_a_camera_learnt_anew_without_an_alarm(tmp_path: Path) -> None:
    write_room(tmp_path / "room.avi", 10)
    works: list[RuleWorking] = []
    cam, rule = CameraId("c"), Rule(id="r", point=PointId("p"), zone=EVERYWHERE)
    analysis = Analysis(keep_motion=frozenset({cam}), on_working=works.append)
    with Watch(tmp_path, (camera("c", CameraKind.FILE, "room.avi"),), analysis=analysis) as watch:
        watch.wait_for_sight("c", Sight.LIVE)
        watch.video.watch_rule(cam, rule)
        watch.video.relearn(cam)
        until(lambda: any(work.reliable for work in works))
        watch.video.set_rules(cam, (rule,))  # in force while it is still watched: both are judged from then on
        seen = len(works)
        until(lambda: len(works) > seen + 20)
        watch.video.watch_rule(cam, None)
    assert works[-1].threshold == rule.min_s
    assert watch.rules == []


def test_that_the_minute_of_motion_that_has_begun_is_kept_when_the_console_ends(tmp_path: Path) -> None:
    write_room(tmp_path / "room.avi", 10)
    minutes: list[MotionMinute] = []
    analysis = Analysis(keep_motion=frozenset({CameraId("c")}), on_motion=minutes.append)
    with Watch(tmp_path, (camera("c", CameraKind.FILE, "room.avi"),), analysis=analysis) as watch:
        watch.wait_for_sight("c", Sight.LIVE)
        watch.picture("c", after=watch.picture("c").seq + 10)
        before = len(minutes)
    assert len(minutes) == before + 1
    assert minutes[-1].camera == "c"
