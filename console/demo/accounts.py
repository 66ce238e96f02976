"""Who works at the pretend site. These accounts are made for a demonstration only, and shown on its sign-on page."""

from dataclasses import dataclass
from typing import Final

from console.models.people import Role
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PretendPerson:
    """One of the pretend people with the password that the sign-on page shows."""

    login: str
    password: str
    name: Text
    role: Role
    employee_no: str
    phone: str = ""


ADMINISTRATOR: Final = PretendPerson(
    login="hejia",
    password="xinghe06",  # noqa: S106 - shown on the sign-on page of the demonstration, and known to nothing else
    name=Text("何佳", "He Jia"),
    role=Role.ADMINISTRATOR,
    employee_no="X-001",
)


def _person(login: str, number: int, name: Text, role: Role, phone: str = "") -> PretendPerson:
    return PretendPerson(
        login=login, password=f"xinghe{number:02d}", name=name, role=role, employee_no=f"X-{100 + number}", phone=phone
    )


OPERATOR: Final = _person("lin", 1, Text("林晓峰", "Lin Xiaofeng"), Role.OPERATOR, "8001")
COLLEAGUE: Final = _person("zhou", 2, Text("周敏", "Zhou Min"), Role.OPERATOR, "8001")
RELIEF: Final = _person("wu", 3, Text("吴桐", "Wu Tong"), Role.OPERATOR, "8001")
LEADER: Final = _person("wang", 4, Text("王建军", "Wang Jianjun"), Role.LEADER, "188 0000 0001")
SUPERVISOR: Final = _person("liu", 5, Text("刘芳", "Liu Fang"), Role.SUPERVISOR, "188 0000 0002")

# In the order in which the sign-on page offers them: who sits down at this seat comes first.
PEOPLE: Final = (OPERATOR, RELIEF, COLLEAGUE, LEADER, SUPERVISOR, ADMINISTRATOR)
COLLEAGUES_SEAT: Final = "2"
LEADERS_SEAT: Final = "3"
