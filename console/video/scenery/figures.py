"""People: a skeleton posed by what they do, projected like everything else, drawn limb by limb.

Joints are metres in the body's own axes (x to its right, y ahead, z up) before they are turned and
set down in the world; shadows are the same joints thrown onto the ground by a lamp.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from console.video.scenery.acting import Moment

Joints = NDArray[Any]

(
    HEAD, NECK, CHEST, HIP,
    SHOULDER_L, ELBOW_L, HAND_L, SHOULDER_R, ELBOW_R, HAND_R,
    HIP_L, KNEE_L, FOOT_L, TOE_L, HIP_R, KNEE_R, FOOT_R, TOE_R,
) = range(18)  # fmt: skip
STRIDE_M: Final = {"walk": 1.45, "run": 2.5}


@dataclass(frozen=True, slots=True)
class Limb:
    """A part of the body between two joints, its width in metres and what it is clothed in."""

    start: int
    end: int
    width_m: float
    cloth: str


LEFT: Final = (
    Limb(HIP_L, KNEE_L, 0.16, "trousers"),
    Limb(KNEE_L, FOOT_L, 0.12, "trousers"),
    Limb(FOOT_L, TOE_L, 0.09, "shoes"),
)
RIGHT: Final = (
    Limb(HIP_R, KNEE_R, 0.16, "trousers"),
    Limb(KNEE_R, FOOT_R, 0.12, "trousers"),
    Limb(FOOT_R, TOE_R, 0.09, "shoes"),
)
ARM_LEFT: Final = (
    Limb(SHOULDER_L, ELBOW_L, 0.12, "coat"),
    Limb(ELBOW_L, HAND_L, 0.095, "coat"),
    Limb(HAND_L, HAND_L, 0.09, "skin"),
)
ARM_RIGHT: Final = (
    Limb(SHOULDER_R, ELBOW_R, 0.12, "coat"),
    Limb(ELBOW_R, HAND_R, 0.095, "coat"),
    Limb(HAND_R, HAND_R, 0.09, "skin"),
)


def pose(moment: Moment, tall_m: float) -> Joints:
    """All joints in world metres."""
    if moment.do in ("walk", "run"):
        joints = _gait(moment.way_m, moment.do)
    elif moment.do == "climb":
        joints = _climb(moment.share, moment.height)
    elif moment.do == "crouch":
        joints = _crouch(moment.since_s)
    else:
        joints = _stand(moment.since_s, look=moment.do == "look")
    joints = joints * (tall_m / 1.72) if moment.do != "climb" else joints
    cosine, sine = math.cos(moment.heading), math.sin(moment.heading)
    world = np.empty_like(joints)
    world[:, 0] = moment.x + joints[:, 0] * cosine + joints[:, 1] * sine
    world[:, 1] = moment.y - joints[:, 0] * sine + joints[:, 1] * cosine
    world[:, 2] = joints[:, 2]
    return world


def _body(hip_z: float, lean: float, twist: float) -> Joints:
    """Trunk and head over the hip; `lean` forward and `twist` in radians."""
    joints = np.zeros((18, 3))
    cosine, sine = math.cos(lean), math.sin(lean)
    joints[HIP] = (0, 0, hip_z)
    joints[CHEST] = (0, 0.38 * sine, hip_z + 0.38 * cosine)
    joints[NECK] = (0, 0.53 * sine, hip_z + 0.53 * cosine)
    joints[HEAD] = (0, 0.66 * sine + 0.03, hip_z + 0.68 * cosine)
    reach = 0.19
    turn_x, turn_y = math.cos(twist) * reach, math.sin(twist) * reach
    shoulder = np.array([0, 0.47 * sine, hip_z + 0.47 * cosine])
    joints[SHOULDER_L] = shoulder + np.array((-turn_x, turn_y, 0))
    joints[SHOULDER_R] = shoulder + np.array((turn_x, -turn_y, 0))
    joints[HIP_L] = (-0.09, -turn_y * 0.3, hip_z)
    joints[HIP_R] = (0.09, turn_y * 0.3, hip_z)
    return joints


def _leg(joints: Joints, hip: int, swing: float, bend: float) -> None:
    """Thigh swung forward by `swing`, shin bent back from it by `bend` (radians)."""
    knee = joints[hip] + np.array((0, 0.45 * math.sin(swing), -0.45 * math.cos(swing)))
    shin = swing - bend
    foot = knee + np.array((0, 0.44 * math.sin(shin), -0.44 * math.cos(shin)))
    joints[hip + 1], joints[hip + 2] = knee, foot
    joints[hip + 3] = foot + np.array((0, 0.19 * math.cos(shin * 0.6), 0.19 * math.sin(shin * 0.6) - 0.03))


def _arm(joints: Joints, shoulder: int, swing: float, bend: float, out: float = 0.06) -> None:
    side = -1.0 if shoulder == SHOULDER_L else 1.0
    elbow = joints[shoulder] + np.array((side * out, 0.29 * math.sin(swing), -0.29 * math.cos(swing)))  # fmt: skip
    fore = swing + bend
    hand = elbow + np.array((-side * out * 0.3, 0.27 * math.sin(fore), -0.27 * math.cos(fore)))
    joints[shoulder + 1], joints[shoulder + 2] = elbow, hand


def _gait(way_m: float, gait: str) -> Joints:
    phase = way_m / STRIDE_M[gait] * 2 * math.pi
    running = gait == "run"
    reach, lift, lean = (0.78, 1.25, 0.24) if running else (0.44, 0.75, 0.06)
    joints = _body(0.9, lean, 0.22 * math.sin(phase))
    for hip, at in ((HIP_L, phase), (HIP_R, phase + math.pi)):
        swinging = max(0.0, math.cos(at))
        _leg(joints, hip, reach * math.sin(at) + 0.05, 0.12 + lift * swinging)
    for shoulder, at in ((SHOULDER_L, phase + math.pi), (SHOULDER_R, phase)):
        _arm(joints, shoulder, reach * 0.8 * math.sin(at), 1.45 if running else 0.3)
    lowest = min(joints[FOOT_L, 2], joints[FOOT_R, 2]) - 0.05
    joints[:, 2] -= lowest
    if running:
        joints[:, 2] += 0.07 * abs(math.sin(phase))
    return joints


def _stand(since_s: float, *, look: bool) -> Joints:
    sway = math.sin(since_s * 0.9)
    joints = _body(0.9, 0.03 + 0.01 * sway, 0.3 * math.sin(since_s * 0.7) if look else 0.04 * sway)
    _leg(joints, HIP_L, 0.05, 0.06)
    _leg(joints, HIP_R, -0.04, 0.02)
    _arm(joints, SHOULDER_L, 0.08 + 0.03 * sway, 0.2)
    if look:
        _arm(joints, SHOULDER_R, 0.55, 1.5)
    else:
        _arm(joints, SHOULDER_R, -0.05, 0.25)
    joints[HEAD, 0] += (0.05 if look else 0.02) * math.sin(since_s * 1.1)
    joints[:, 2] -= min(joints[FOOT_L, 2], joints[FOOT_R, 2]) - 0.05
    return joints


def _crouch(since_s: float) -> Joints:
    joints = _body(0.42, 0.65, 0.1 * math.sin(since_s))
    _leg(joints, HIP_L, 1.35, 2.0)
    _leg(joints, HIP_R, 0.9, 2.2)
    _arm(joints, SHOULDER_L, 0.7, 0.6)
    _arm(joints, SHOULDER_R, 0.9, 0.9)
    joints[:, 2] -= min(joints[FOOT_L, 2], joints[FOOT_R, 2]) - 0.05
    return joints


def _ease(share: float, begin: float, end: float) -> float:
    part = min(1.0, max(0.0, (share - begin) / (end - begin)))
    return part * part * (3 - 2 * part)


def _climb(share: float, height_m: float) -> Joints:
    """Over a fence: reach up, pull up, roll over the top, hang, drop, land on bent knees."""
    pull, over = _ease(share, 0.12, 0.48), _ease(share, 0.48, 0.68)
    drop, land = _ease(share, 0.70, 0.86), _ease(share, 0.86, 1.0)
    hip_z = 0.9 + pull * (height_m - 0.75) - drop * (height_m - 0.75 + 0.4) + land * 0.4
    lean = 0.05 + 1.25 * _ease(share, 0.42, 0.56) - 1.25 * over + 0.8 * drop * (1 - land)
    joints = _body(max(hip_z, 0.45), lean, 0.1 * math.sin(share * 30))
    kick = math.sin(share * 2 * math.pi * 4.5)
    straddle = math.sin(math.pi * _ease(share, 0.44, 0.72))
    busy = pull * (1 - drop)
    _leg(joints, HIP_L, 0.5 * busy * kick + 1.1 * straddle + 1.1 * drop * (1 - land),
         0.2 + 0.9 * busy * (kick > 0) + 1.7 * drop * (1 - land))  # fmt: skip
    _leg(joints, HIP_R, -0.5 * busy * kick - 0.9 * straddle + 0.7 * drop * (1 - land),
         0.2 + 0.9 * busy * (kick < 0) + 1.6 * drop * (1 - land))  # fmt: skip
    hold = _ease(share, 0.0, 0.1) * (1 - _ease(share, 0.72, 0.8))
    for shoulder, side in ((SHOULDER_L, -1.0), (SHOULDER_R, 1.0)):
        _arm(joints, shoulder, 0.2 + 0.5 * drop, 0.4)
        grip = np.array([side * 0.22, 0.12 * (1 - 2 * over), height_m])
        gap = grip - joints[shoulder]
        far = float(np.linalg.norm(gap))
        held = joints[shoulder] + gap * min(1.0, 0.58 / max(far, 0.01))
        joints[shoulder + 2] = joints[shoulder + 2] * (1 - hold) + held * hold
        middle = (joints[shoulder] + joints[shoulder + 2]) / 2 + np.array((side * 0.1, 0, 0))
        joints[shoulder + 1] = joints[shoulder + 1] * (1 - hold) + middle * hold
    lowest = min(joints[FOOT_L, 2], joints[FOOT_R, 2]) - 0.05
    if lowest < 0.0 or share > 0.86:
        joints[:, 2] -= lowest
    return joints


def order(joints: Joints, eye: Joints) -> tuple[tuple[Limb, ...], tuple[Limb, ...]]:
    """Limbs behind the trunk and limbs before it, as seen from `eye`."""
    left = float(np.linalg.norm(joints[SHOULDER_L] - eye))
    right = float(np.linalg.norm(joints[SHOULDER_R] - eye))
    if left > right:
        return (*ARM_LEFT, *LEFT, *RIGHT), ARM_RIGHT
    return (*ARM_RIGHT, *RIGHT, *LEFT), ARM_LEFT


def thrown(joints: Joints, lamp: Joints, reach_m: float) -> Joints | None:
    """The joints' shadow on the ground; None where it would fall farther than `reach_m`."""
    gap = lamp[2] - joints[:, 2]
    if float(gap.min()) < 0.4:
        return None
    share = lamp[2] / gap
    shadow = lamp + (joints - lamp) * share[:, None]
    shadow[:, 2] = 0.02
    middle = joints[HIP, :2]
    if float(np.abs(shadow[:, :2] - middle).max()) > reach_m:
        return None
    return np.asarray(shadow)
