"""Privacy masks are lifted for a person who may see through them, with a reason, for a while, on record."""

from datetime import datetime, timedelta

from console.models.errors import ConsoleError, NotPermitted, Refused
from console.models.events import MasksLifted
from console.models.ids import CameraId
from console.models.people import Actor, Right
from console.models.settings import seconds_of
from console.models.site import Camera
from console.models.text import typed
from console.store.store import Reading, Transaction


def lift(tx: Transaction, camera: CameraId, reason: str, for_s: float | None = None, *, by: Actor) -> datetime:
    """Put on record that masks of a camera are lifted for this person for so long; gives when they return.

    Without `for_s` it is the longest time there is (setting video.unmask_s). Refused without a reason, for longer than
    that, and for a camera without masks; NotPermitted for a role that may see through none of them.
    """
    by.demand(Right.WATCH)
    masks = _camera(tx, camera).masks
    if not masks:
        raise Refused(zh="此摄像机没有隐私遮挡。", en="This camera has no privacy masks.")
    if not any(by.role in mask.roles for mask in masks):
        raise NotPermitted(
            zh=f"{by.name} 的角色不能解除此摄像机的隐私遮挡。",
            en=f"The role of {by.name} may not lift the privacy masks of this camera.",
        )
    why = typed(reason, 200)
    if not why:
        raise Refused(zh="请写明解除遮挡的原因。", en="Say why the masks are lifted.")
    longest_s = seconds_of(tx.settings, "video.unmask_s")
    lasts_s = longest_s if for_s is None else for_s
    if not 0 < lasts_s <= longest_s:
        raise Refused(
            zh=f"隐私遮挡一次最多解除 {longest_s:g} 秒。", en=f"Privacy masks are lifted for at most {longest_s:g} s at a time."
        )
    until_at = tx.now + timedelta(seconds=lasts_s)
    tx.record(MasksLifted(at=tx.now, by=by.person, seat=by.seat, camera=camera, until_at=until_at, reason=why))
    return until_at


def put_back(tx: Transaction, camera: CameraId, *, by: Actor) -> None:
    """Put on record that the masks of a camera are back before their time; anybody may put them back."""
    by.demand(Right.WATCH)
    tx.record(MasksLifted(at=tx.now, by=by.person, seat=by.seat, camera=camera, until_at=None))


def _camera(rx: Reading, name: CameraId) -> Camera:
    found = next((camera for camera in rx.site.cameras if camera.id == name), None)
    if found is None:
        raise ConsoleError(zh=f"没有摄像机 {name}。", en=f"There is no camera {name}.")
    return found
