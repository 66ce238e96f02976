"""The story, scene by scene: what the operator does with the keyboard, and what must be seen for it to go on.

Every scene waits for something on the screen before its picture is taken; the answers are chosen as somebody at the
post would choose them, by their number keys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt

from console.demo.accounts import OPERATOR, RELIEF, PretendPerson
from console.demo.tour.hands import Hands
from console.models.alarms import Condition
from console.models.errors import ConsoleError
from console.models.pictures import Sight
from console.models.text import Text

Key = Qt.Key
# The alarm comes about twenty seconds after the curtain; a slow machine may take three times as long.
ALARM_WITHIN_S: Final = 60.0
PAPER_WITHIN_S: Final = 40.0
SUMMARY: Final = Text(
    "一人翻越东侧围墙进入，巡逻岗到场控制，已移交民警。",
    "One person climbed in over the east fence; the patrol held the spot, the police took over.",
)
EXPECT: Final = Text(
    "民警可能回访东侧围墙，留意 2 号摄像机；围墙翻越点已拉警戒带，明早报修。",
    "The police may come back to the east fence, watch camera 2; the spot is taped off, to be repaired in the morning.",
)
READ_BACK: Final = (
    Text(
        "民警还会来东墙，我盯着2号画面，警戒带不动，早上报修。",
        "Police may return to the fence, I watch camera 2, tape stays.",
    ),
    Text("第二件我记下了，会盯着。", "Noted the second thing, will keep an eye on it."),
    Text("第三件也清楚，按时处理。", "The third is clear too, done in time."),
)
LOGGED: Final = Text("已请物业明早修复东侧围墙。", "Asked the property office to repair the east fence in the morning.")


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: `name` is the word of its picture, taken when `play` has done."""

    name: str
    title: Text
    play: Callable[[Hands, "Stage"], None]


@dataclass(slots=True)
class Stage:
    """What the scenes share: the window's panels and bridge, the data folder, and the papers printed so far."""

    panels: dict[str, Any]
    bridge: Any
    language: str
    data_dir: Path
    papers: list[Path]

    @property
    def queue(self) -> Any:
        """The rows of the alarm queue."""
        return self.panels["queue"].model

    def new_paper(self) -> Path | None:
        """A PDF under the data folder that was not there before."""
        found = sorted((self.data_dir / "reports").rglob("*.pdf"), key=lambda file: file.stat().st_mtime)
        return next((file for file in found if file not in self.papers), None)


# ------------------------------------------------------------------------------------------------ on watch
def sign_on_page(hands: Hands, _stage: Stage) -> None:
    """Nobody has the keyboard yet; the page shows who may sit down here."""
    hands.see(f"sign_on.demo_{OPERATOR.login}", Text("登录页上的演示账号", "the accounts on the sign-on page"))


def on_watch(hands: Hands, stage: Stage) -> None:
    """The operator signs on with the keyboard; the wall lives, the map stands beside it."""
    _sign_on(hands, stage, OPERATOR)
    hands.see("wall", Text("图像墙", "the wall"))
    cameras = stage.bridge.site.cameras
    hands.wait(
        lambda: all(stage.bridge.feed.state(camera.id).sight is Sight.LIVE for camera in cameras),
        Text("全部摄像机的实时画面", "live pictures of all cameras"),
        30.0,
    )
    hands.live(1.5)


def _sign_on(hands: Hands, stage: Stage, person: PretendPerson) -> None:
    hands.see("sign_on.login", Text("登录框", "the field for the login"))
    hands.click(hands.find("sign_on.login"))
    hands.type(person.login)
    hands.key(Key.Key_Return)
    hands.type(person.password)
    hands.key(Key.Key_Return)
    hands.wait(
        lambda: stage.bridge.actor is not None and stage.bridge.actor.name in (person.name.zh, person.name.en),
        Text(f"{person.name.zh} 登录成功", f"{person.name.en} signed on"),
    )


# ------------------------------------------------------------------------------------------------ the alarm
def alarm(hands: Hands, stage: Stage) -> None:
    """Somebody climbs: the panel has rung and the camera has seen it."""
    hands.wait(lambda: stage.queue.total >= 1, Text("翻越围墙的报警", "the alarm from the fence"), ALARM_WITHIN_S)
    hands.wait(
        lambda: stage.queue.total >= 2, Text("主机和视频两路报警", "both alarms, the panel's and the camera's"), 20.0
    )
    hands.live(0.6)


def acknowledged(hands: Hands, stage: Stage) -> None:
    """F1 and Space, until nothing waits any more: every alarm is looked at before it is acknowledged."""
    while waiting := stage.queue.waiting:
        hands.key(Key.Key_F1)
        hands.live(0.3)
        hands.key(Key.Key_Space)
        hands.wait(partial(_fewer_wait, stage, waiting), Text("报警已确认", "the alarm acknowledged"))
    hands.live(0.3)


def _fewer_wait(stage: Stage, before: int) -> bool:
    return bool(stage.queue.waiting < before)


# ------------------------------------------------------------------------------------------------ the plan
def plan(hands: Hands, stage: Stage) -> None:
    """Enter opens the plan that fits: look at the picture first."""
    hands.wait(partial(_offered, hands, stage), Text("可启动的预案", "a plan that is offered"))
    hands.key(Key.Key_Return)
    _step(hands, stage, "look")


def _offered(hands: Hands, stage: Stage) -> bool:
    """Whether a plan is offered; F1 goes to the topmost row where the last alarm was one without, such as a camera's."""
    if hands.find_like(r"response\.plan\..+"):
        return True
    acknowledged(hands, stage)
    hands.key(Key.Key_F1)
    return False


def _step(hands: Hands, stage: Stage, step: str) -> None:
    """Wait until the response panel shows a step of a plan by its title."""
    titles = {one.title for plan in stage.bridge.plans for one in plan.steps if one.id == step}
    what = Text(f"预案步骤“{step}”", f'the step "{step}" of the plan')

    def shown() -> bool:
        label = hands.find("response.step")
        return label is not None and any(label.text() in (title.zh, title.en) for title in titles)

    hands.wait(shown, what)
    hands.live(0.3)


def seen(hands: Hands, stage: Stage) -> None:
    """A person is clearly seen; next, who is nearest?"""
    hands.key(Key.Key_1)
    _step(hands, stage, "send")


def sent(hands: Hands, stage: Stage) -> None:
    """The nearest patrol is sent, the leader called."""
    hands.key(Key.Key_Return)
    _step(hands, stage, "tell_leader")


def told(hands: Hands, stage: Stage) -> None:
    """The leader was reached; the patrol reports that it has arrived."""
    hands.key(Key.Key_1)
    _step(hands, stage, "found")
    for arrived in hands.find_like(r"response\.advance\..*"):
        hands.click(arrived)
    hands.live(0.3)


def police(hands: Hands, stage: Stage) -> None:
    """Somebody who has no right to be here was found: 110."""
    hands.key(Key.Key_2)
    _step(hands, stage, "call_110")


def handed_over(hands: Hands, stage: Stage) -> None:
    """The police come, the spot is closed off, the supervisor is told; last, a note."""
    for key, step in ((Key.Key_1, "police_here"), (Key.Key_1, "secure"), (Key.Key_1, "report"), (Key.Key_1, "wrap_up")):
        hands.key(key)
        _step(hands, stage, step)
    hands.key(Key.Key_3)
    hands.live(0.2)


def verdict(hands: Hands, stage: Stage) -> None:
    """The plan is done and the verdict proposed; a sentence sums it up."""
    hands.key(Key.Key_Return)
    hands.see("response.close", Text("结案页", "the page that closes the incident"))
    hands.click(hands.see("response.summary", Text("小结", "the summary")))
    hands.type(SUMMARY.in_language(stage.language))
    # Whoever climbed is out of the picture and the beam is whole again: what is active cannot be reset with its case.
    hands.wait(
        lambda: all(alarm.condition is Condition.NORMAL for alarm in stage.queue.alarms),
        Text("报警点恢复正常", "the points back to normal"),
        45.0,
    )


def closed(hands: Hands, stage: Stage) -> None:
    """Enter closes the incident; its alarms leave the queue."""
    hands.key(Key.Key_Return)
    hands.see("response.report", Text("已结案，可导出报告", "the incident closed, its report offered"))
    hands.wait(lambda: stage.queue.total == 0, Text("报警离开队列", "the alarms gone from the queue"))
    hands.live(0.8)


def report(hands: Hands, stage: Stage) -> None:
    """Enter prints the incident report."""
    hands.key(Key.Key_Return)
    _paper(hands, stage, Text("事件报告 PDF", "the incident report as a PDF"))
    hands.wait(lambda: _says(hands, "response.report_file", ".pdf"), Text("报告的文件名", "the name of its file"))


def _says(hands: Hands, name: str, words: str) -> bool:
    """Whether a label that is seen holds these words."""
    label = hands.find(name)
    return label is not None and words in label.text()


def _paper(hands: Hands, stage: Stage, what: Text) -> Path:
    hands.wait(stage.new_paper, what, PAPER_WITHIN_S)
    found = stage.new_paper()
    if found is None:
        raise ConsoleError(f"没有找到{what.zh}", f"not found: {what.en}")
    stage.papers.append(found)
    return found


# ------------------------------------------------------------------------------------------------ the log
def logged(hands: Hands, stage: Stage) -> None:
    """F7: a line of the duty log."""
    hands.key(Key.Key_F7)
    hands.wait(partial(_has_focus, hands, "log.entry.field"), Text("值班日志输入框", "the field of the duty log"))
    hands.type(LOGGED.in_language(stage.language))
    hands.key(Key.Key_Return)
    hands.wait(lambda: not hands.find("log.entry.field").text(), Text("日志已写入", "the line in the log"))
    hands.key(Key.Key_Escape)
    hands.live(0.4)


# ------------------------------------------------------------------------------------------------ the handover
def form(hands: Hands, _stage: Stage) -> None:
    """F8: the form is already filled; what stands in the way is named."""
    hands.key(Key.Key_F8)
    hands.wait(
        partial(_has_focus, hands, "handover.freeze"), Text("交接班表已自动填好", "the handover form, filled by itself")
    )
    hands.live(0.3)


def frozen(hands: Hands, stage: Stage) -> None:
    """The state of the post is frozen, the equipment counted, the next shift told what to expect."""
    hands.key(Key.Key_Space)
    hands.wait(lambda: hands.focus_name().startswith("handover.item."), Text("物品清点", "the count of the equipment"))
    hands.key(Key.Key_Return)
    hands.wait(lambda: hands.focus_name() == "handover.expect", Text("给下一班的话", "the words for the next shift"))
    hands.type(EXPECT.in_language(stage.language))
    hands.wait(lambda: hands.find("handover.all_right") is None, Text("清点完毕", "the count complete"))
    hands.live(0.5)


def relief(hands: Hands, stage: Stage) -> None:
    """The relief signs on at the same seat and says back what matters most, in their own words."""
    hands.key(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    _sign_on(hands, stage, RELIEF)
    hands.see("handover.read_back", Text("接班人复述", "what the relief says back"))
    hands.key(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    for number, words in enumerate(READ_BACK):
        if not hands.find(f"handover.said.{number}"):
            break
        name = f"handover.said.{number}"
        hands.wait(partial(_has_focus, hands, name), Text(f"复述第 {number + 1} 项", f"item {number + 1} to say back"))
        hands.type(words.in_language(stage.language))
        hands.key(Key.Key_Return)
    hands.wait(partial(_has_focus, hands, "handover.out_password"), Text("交班人签名", "the outgoing signature"))


def _has_focus(hands: Hands, name: str) -> bool:
    return hands.focus_name() == name


def signed(hands: Hands, stage: Stage) -> None:
    """Both sign with their own passwords; the watch has passed on, and what was signed cannot be changed any more."""
    hands.type(OPERATOR.password)
    hands.key(Key.Key_Return)
    hands.wait(partial(_has_focus, hands, "handover.in_password"), Text("接班人签名", "the incoming signature"))
    hands.type(RELIEF.password)
    hands.key(Key.Key_Return)
    hands.see("handover.print", Text("交接班已生效", "the handover in effect"))
    before = hands.find("handover.expect").toPlainText()
    hands.click(hands.find("handover.expect"))
    hands.type("x")
    if hands.find("handover.expect").toPlainText() != before:
        raise ConsoleError("签名后的交接班仍可修改", "the signed handover can still be changed")
    hands.click(hands.find("handover.print"))
    _paper(hands, stage, Text("交接班表 PDF", "the handover as a PDF"))
    hands.wait(lambda: _says(hands, "handover.printed", ".pdf"), Text("交接班 PDF 的文件名", "the name of its PDF"))
    hands.live(0.3)


SCENES: Final = (
    Scene("sign-on", Text("登录", "signing on"), sign_on_page),
    Scene("on-watch", Text("在岗：图像墙、地图、岗位、巡逻", "on watch: wall, map, posts, patrol"), on_watch),
    Scene("alarm", Text("有人翻越围墙", "somebody climbs the fence"), alarm),
    Scene("acknowledged", Text("F1、空格：逐条确认", "F1, Space: acknowledged one by one"), acknowledged),
    Scene("plan", Text("回车：预案，先看画面", "Enter: the plan, look first"), plan),
    Scene("seen", Text("看到有人；派谁？", "a person is seen; who goes?"), seen),
    Scene("sent", Text("已派最近的巡逻岗；报告班长", "the nearest patrol is sent; tell the leader"), sent),
    Scene("told", Text("巡逻岗到场；是否有人？", "the patrol is there; was anybody found?"), told),
    Scene("police", Text("拨打 110", "call 110"), police),
    Scene("handed-over", Text("民警接管，补充说明", "the police took over; a note"), handed_over),
    Scene("verdict", Text("定性和小结", "the verdict and a summary"), verdict),
    Scene("closed", Text("结案", "the incident is closed"), closed),
    Scene("report", Text("事件报告 PDF", "the incident report as a PDF"), report),
    Scene("log", Text("F7：写一条值班日志", "F7: a line of the duty log"), logged),
    Scene("handover-form", Text("F8：交接班表已自动填好", "F8: the handover form is filled already"), form),
    Scene("handover-frozen", Text("冻结、清点、写给下一班", "frozen, counted, words for the next shift"), frozen),
    Scene("handover-relief", Text("接班人登录并复述", "the relief signs on and says it back"), relief),
    Scene("handover-signed", Text("双方签名，交接班生效", "both have signed, the handover is in effect"), signed),
)
# The scenes that any site with an intrusion plan can be played through, one alarm and its paper.
ONE_ALARM: Final = frozenset(
    {"sign-on", "on-watch", "alarm", "acknowledged", "plan", "seen", "sent", "told", "police", "handed-over", "verdict"}
    | {"closed", "report"}
)
