"""What stands in the way of a handover, as data: each hindrance names the field it is about and says what to do."""

from dataclasses import dataclass

from console.models.duty import Handover, HandoverLine, HandoverState
from console.models.ids import PersonId
from console.models.incidents import Incident
from console.models.people import SignOn
from console.models.settings import seconds_of
from console.models.text import Text
from console.services import duty, queries
from console.services.handover_lines import WAITING
from console.store.store import Reading

# What is asked back first: people in danger, then what no longer watches, then what is late, then the rest.
ASKED_FIRST = ("incidents", "bypass", "alarms", "equipment", "due", "carry", "log", "patrol", "people")
SHORTEST_READ_BACK = 4  # characters: a tick or "ok" is not one's own words


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to be done first. `field` names the part of the form: "equipment/radio", "expect", "read_back/0", ..."""

    field: str
    text: Text


def asks(handover: Handover, rx: Reading) -> tuple[HandoverLine, ...]:
    """What the incoming person has to say back: the flagged lines, the most pressing first, as many as the site asks for.

    A quiet shift without a flagged line is asked for what the outgoing crew expects (I-PASS: synthesis by receiver).
    """
    wanted = int(seconds_of(rx.settings, "handover.read_back"))
    flagged = [line for line in handover.lines if line.flagged]
    rank = {section: number for number, section in enumerate(ASKED_FIRST)}
    flagged.sort(key=lambda line: rank.get(line.section, len(rank)))
    if flagged or not wanted:
        return tuple(flagged[:wanted])
    return (HandoverLine(section="expect", ref="expect", text=Text(handover.expect, handover.expect), flagged=True),)


def relief(rx: Reading, outgoing: tuple[PersonId, ...]) -> tuple[SignOn, ...]:
    """Who is signed on for the watch and does not belong to the outgoing crew, in the order of their coming."""
    return tuple(one for one in duty.on_watch(rx) if one.person not in outgoing)


def blockers(rx: Reading, handover: Handover) -> tuple[Blocker, ...]:
    """What has to be done before the next signature may be given; empty where it may be given now."""
    if handover.state is HandoverState.SIGNED_OUT:
        return tuple(_before_taking_over(rx, handover))
    if handover.state is not HandoverState.FROZEN:
        return (_NOT_FROZEN[handover.state],) if handover.state in _NOT_FROZEN else ()
    return (*_before_handing_over(rx, handover), *_read_back(rx, handover))


_NOT_FROZEN = {
    HandoverState.DRAFT: Blocker(
        "freeze", Text("先开始交接：冻结本班情况。", "Begin the handover first: freeze the state of the post.")
    ),
    HandoverState.DISPUTED: Blocker(
        "settle", Text("接班人提出了异议，先由班长裁定。", "The relief objected; the shift leader settles it first.")
    ),
    HandoverState.REFUSED: Blocker(
        "reopen", Text("接班被拒绝，处理后重新打开。", "The relief refused; put it right and open it again.")
    ),
}


def _before_handing_over(rx: Reading, handover: Handover) -> list[Blocker]:
    found = _equipment(handover)
    if not handover.expect.strip():
        found.append(Blocker("expect", Text("写明下一班要留意和要做的事。", "Write what the next shift is to expect, watch and do.")))
    found += _unfinished(rx, handover)
    if not relief(rx, handover.outgoing):
        found.append(Blocker("incoming", Text("接班人员还没有上岗签到。", "Nobody of the relief has signed on yet.")))
    return found


def _equipment(handover: Handover) -> list[Blocker]:
    found = []
    for line in handover.equipment:
        name = line.name
        if line.actual is None:
            found.append(
                Blocker(f"equipment/{line.item}", Text(f"“{name.zh}”还没有清点。", f"{name.en} has not been counted."))
            )
        elif line.actual != line.expected and not line.note.strip():
            found.append(
                Blocker(
                    f"equipment/{line.item}",
                    Text(
                        f"“{name.zh}”应有 {line.expected} 实有 {line.actual}，请写明原因。",
                        f"{name.en}: {line.actual} instead of {line.expected}, say why.",
                    ),
                )
            )
    return found


def _unfinished(rx: Reading, handover: Handover) -> list[Blocker]:
    """No handover in the middle of trouble, unless the outgoing person stays on until it is over."""
    found = []
    waiting = [alarm for alarm in queries.live_alarms(rx) if alarm.state in WAITING]
    if waiting:
        found.append(
            Blocker(
                "alarms",
                Text(
                    f"有 {len(waiting)} 条报警未确认，先确认：{waiting[0].title.zh}。",
                    f"Alarms to be acknowledged: {len(waiting)}, first {waiting[0].title.en}.",
                ),
            )
        )
    if not handover.stays_on:
        found += [_open_case(incident) for incident in queries.open_incidents(rx)]
    return found


def _open_case(incident: Incident) -> Blocker:
    return Blocker(
        "stays_on",
        Text(
            f"事件 {incident.number} 正在处置：先结案，或勾选“交班人留岗”。",
            f'Incident {incident.number} is being handled: close it, or choose "the outgoing person stays on".',
        ),
    )


def _read_back(rx: Reading, handover: Handover) -> list[Blocker]:
    found = []
    said_before: set[str] = set()
    for number, line in enumerate(asks(handover, rx)):
        said = handover.read_back[number].strip() if number < len(handover.read_back) else ""
        plain = "".join(said.split())
        copied = plain in {"".join(line.text.zh.split()), "".join(line.text.en.split())}
        if len(plain) < SHORTEST_READ_BACK:
            text = Text(f"接班人复述第 {number + 1} 项。", f"The relief says item {number + 1} back.")
        elif copied or plain in said_before:
            text = Text(
                f"第 {number + 1} 项请用自己的话复述，不要照抄。",
                f"Say item {number + 1} in your own words, do not copy it.",
            )
        else:
            text = Text()
        if text:
            found.append(Blocker(f"read_back/{number}", text))
        said_before.add(plain)
    return found


def _before_taking_over(rx: Reading, handover: Handover) -> list[Blocker]:
    found = _unfinished(rx, handover)
    here = {one.person for one in relief(rx, handover.outgoing)}
    if not here & set(handover.incoming):
        found.append(
            Blocker("incoming", Text("接班人员已离岗，请重新上岗签到。", "The relief has signed off again; sign on first."))
        )
    return found
