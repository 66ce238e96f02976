"""People, roles and rights: who may do what at the post."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.errors import NotPermitted
from console.models.ids import PersonId
from console.models.text import Text


class Role(StrEnum):
    """The four roles of the post; each sees and may do only what its work needs."""

    OPERATOR = "operator"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a command may demand of the person behind it."""

    WATCH = "watch"
    HANDLE_ALARMS = "handle_alarms"
    FOLLOW_PLANS = "follow_plans"
    WRITE_LOG = "write_log"
    SIGN_HANDOVER = "sign_handover"
    REVIEW_HANDOVER = "review_handover"
    FORCE_HANDOVER = "force_handover"
    SHELVE = "shelve"
    EXPORT_REPORTS = "export_reports"
    EXPORT_FOOTAGE = "export_footage"
    APPROVE_FOOTAGE = "approve_footage"
    SET_THREAT_LEVEL = "set_threat_level"
    MANAGE_PEOPLE = "manage_people"
    CHANGE_SETTINGS = "change_settings"
    TUNE_RULES = "tune_rules"


RIGHT_WORDS: dict[Right, Text] = {
    Right.WATCH: Text("值守", "keep watch"),
    Right.HANDLE_ALARMS: Text("处置报警", "handle alarms"),
    Right.FOLLOW_PLANS: Text("执行预案", "follow plans"),
    Right.WRITE_LOG: Text("写值班日志", "write in the duty log"),
    Right.SIGN_HANDOVER: Text("交接班签名", "sign handovers"),
    Right.REVIEW_HANDOVER: Text("审阅交接班", "review handovers"),
    Right.FORCE_HANDOVER: Text("强制交接班", "force a handover"),
    Right.SHELVE: Text("搁置和停用报警", "shelve alarms and take points out"),
    Right.EXPORT_REPORTS: Text("打印报告", "print reports"),
    Right.EXPORT_FOOTAGE: Text("导出录像", "export footage"),
    Right.APPROVE_FOOTAGE: Text("审批录像调取", "approve requests for footage"),
    Right.SET_THREAT_LEVEL: Text("设置态势等级", "set the threat level"),
    Right.MANAGE_PEOPLE: Text("管理人员账号", "manage people"),
    Right.CHANGE_SETTINGS: Text("更改设置", "change settings"),
    Right.TUNE_RULES: Text("调整分析规则", "tune analytics rules"),
}

_OPERATOR = frozenset(
    {Right.WATCH, Right.HANDLE_ALARMS, Right.FOLLOW_PLANS, Right.WRITE_LOG, Right.SIGN_HANDOVER, Right.EXPORT_REPORTS}
)
_LEADER = _OPERATOR | {
    Right.REVIEW_HANDOVER, Right.FORCE_HANDOVER, Right.SHELVE, Right.SET_THREAT_LEVEL, Right.APPROVE_FOOTAGE,
    Right.TUNE_RULES,
}  # fmt: skip

# A shift leader tunes the analytics rules that ring in the shift, and nothing else of the settings.
# Least privilege: an administrator keeps accounts and settings but does not handle alarms; a supervisor approves and
# prints but does not sign on watch for others (operator enters, leader reviews, supervisor approves; nobody approves
# their own work: 后勤服务项目安全值守整体服务流程, 物业安保服务管理工作规范).
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: _OPERATOR,
    Role.LEADER: _LEADER,
    Role.SUPERVISOR: frozenset(
        {
            Right.WATCH,
            Right.WRITE_LOG,
            Right.REVIEW_HANDOVER,
            Right.EXPORT_REPORTS,
            Right.EXPORT_FOOTAGE,
            Right.APPROVE_FOOTAGE,
            Right.SET_THREAT_LEVEL,
            Right.CHANGE_SETTINGS,
            Right.TUNE_RULES,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Right.WATCH, Right.MANAGE_PEOPLE, Right.CHANGE_SETTINGS, Right.TUNE_RULES}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the post. The password's hash is kept apart from this, in the account, and never journalled."""

    id: PersonId
    login: str
    name: str
    role: Role
    employee_no: str = ""
    phone: str = ""
    active: bool = True

    def may(self, right: Right) -> bool:
        """Whether this person's role carries `right`."""
        return self.active and right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The secret side of a person: argon2 hash and what wrong passwords have cost."""

    person: PersonId
    login: str
    password_hash: str
    failures: int = 0
    wait_until_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """A person's presence at a seat, from sign-on to sign-off."""

    id: str
    person: PersonId
    name: str
    role: Role
    seat: str
    on_at: datetime
    off_at: datetime | None = None
    method: str = "password"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who stands behind a command: a signed-on person at a seat, or the console itself."""

    person: PersonId
    name: str
    role: Role | None
    seat: str = ""

    def demand(self, right: Right) -> None:
        """Raise NotPermitted, with a sentence, where this actor's role does not carry `right`; the console itself may all."""
        if self.role is None or right in RIGHTS[self.role]:
            return
        what = RIGHT_WORDS[right]
        raise NotPermitted(
            zh=f"{self.name} 的角色没有“{what.zh}”的权限。",
            en=f"The role of {self.name} does not carry the right to {what.en}.",
        )


SYSTEM = Actor(person=PersonId("system"), name="system", role=None)
