"""Dispatch: send a post to an incident and note the six times of its way."""

import math
from dataclasses import replace

from console.models.errors import Refused
from console.models.events import DispatchChanged
from console.models.ids import DispatchId, IncidentId, PostId, new_id
from console.models.incidents import DISPATCH_ORDER, Dispatch, DispatchState, Incident, IncidentState
from console.models.people import Actor, Right
from console.models.site import Post, Site, Spot
from console.models.text import typed
from console.store.store import Transaction


def send(tx: Transaction, incident_id: IncidentId, post_id: PostId, *, note: str = "", by: Actor) -> Dispatch:
    """Send a post to an open incident; a post that is already on its way there is not sent twice."""
    by.demand(Right.HANDLE_ALARMS)
    incident = tx.need(Incident, incident_id)
    if incident.state is IncidentState.CLOSED:
        raise Refused(zh="事件已结束，不能派警。", en="The incident is closed.")
    post = next((post for post in tx.site.posts if post.id == post_id), None)
    if post is None:
        raise Refused(zh=f"没有岗位 {post_id}。", en=f"There is no post {post_id}.")
    for known in tx.find(Dispatch, incident=incident_id, post=post_id):
        if known.state is not DispatchState.RETURNED:
            return known
    sent = Dispatch(
        id=DispatchId(new_id()),
        incident=incident_id,
        post=post_id,
        post_name=post.name,
        times=((DispatchState.SENT, tx.now),),
        by=by.person,
        note=typed(note, 500),
    )
    tx.put(sent)
    tx.record(DispatchChanged(at=tx.now, by=by.person, seat=by.seat, dispatch=sent))
    return sent


def advance(tx: Transaction, dispatch_id: DispatchId, state: DispatchState, *, by: Actor) -> Dispatch:
    """Note that a dispatched post reached a later state; states may be passed over, never gone back."""
    by.demand(Right.HANDLE_ALARMS)
    known = tx.need(Dispatch, dispatch_id)
    if state is known.state:
        return known
    if DISPATCH_ORDER.index(state) < DISPATCH_ORDER.index(known.state):
        raise Refused(zh="派警状态只能向前。", en="A dispatch only goes forward.")
    changed = replace(known, state=state, times=(*known.times, (state, tx.now)), rev=known.rev + 1)
    tx.put(changed)
    tx.record(DispatchChanged(at=tx.now, by=by.person, seat=by.seat, dispatch=changed))
    return changed


def nearest(
    site: Site, spot: Spot | None, positions: dict[PostId, Spot] | None = None
) -> tuple[tuple[Post, float | None], ...]:
    """The posts by their distance from `spot` in metres (None where map or scale do not tell), nearest first.

    `positions` are where posts are known to be now (a patrol on its round); otherwise their own spot counts.
    """
    scales = {site_map.id: site_map.metres_per_px for site_map in site.maps}

    def metres(post: Post) -> float | None:
        where = (positions or {}).get(post.id, post.spot)
        if spot is None or where is None or where.map != spot.map:
            return None
        scale = scales.get(spot.map)
        return None if scale is None else math.hypot(where.x - spot.x, where.y - spot.y) * scale

    measured = [(post, metres(post)) for post in site.posts]
    return tuple(sorted(measured, key=lambda pair: (pair[1] is None, pair[1] or 0.0)))
