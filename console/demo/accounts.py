"""Who works at the pretend site. These accounts are made for a demonstration only, and shown on its sign-on page."""

from dataclasses import dataclass
from typing import Final

from console.models.people import Role
from console.models.text import Text

# The passwords of the pretend people are no secret, so their hashes are made once and shipped: hashing six of them
# takes seconds, and a newcomer should not wait for that. A test makes sure that they fit.
_COST: Final = "$argon2id$v=19$m=65536,t=3,p=4$"


@dataclass(frozen=True, slots=True, kw_only=True)
class PretendPerson:
    """One of the pretend people, with the password that the sign-on page shows and its hash."""

    login: str
    password: str
    password_hash: str
    name: Text
    role: Role
    employee_no: str
    phone: str = ""


def _person(login: str, number: int, name: Text, role: Role, salt_and_hash: str, phone: str = "") -> PretendPerson:
    return PretendPerson(
        login=login,
        password=f"xinghe{number:02d}",
        password_hash=_COST + salt_and_hash,
        name=name,
        role=role,
        employee_no=f"X-{100 + number}",
        phone=phone,
    )


OPERATOR: Final = _person(
    "lin",
    1,
    Text("林晓峰", "Lin Xiaofeng"),
    Role.OPERATOR,
    "ky3H+EdXTp3vUs1KkLpCxw$6RlejhDe7mKd8KGYZugMXmpjTeBkLRHG1gwMm/Xhz48",
    "8001",
)
COLLEAGUE: Final = _person(
    "zhou",
    2,
    Text("周敏", "Zhou Min"),
    Role.OPERATOR,
    "RIBVEm0L8cvsLa7jrQxU/g$bpfMhlUKag9chsGVbXryHNoQrXmk1pgmAAu1HXMqk5s",
    "8001",
)
RELIEF: Final = _person(
    "wu",
    3,
    Text("吴桐", "Wu Tong"),
    Role.OPERATOR,
    "86yMOsr2Zm66ZYftn+SZFQ$ZD68Y4eDLTZ3n0mKR2B0NEdSJKXlT+r4lt03jQgXwb0",
    "8001",
)
LEADER: Final = _person(
    "wang",
    4,
    Text("王建军", "Wang Jianjun"),
    Role.LEADER,
    "d9X1nlNYxvdxptLqOtCS5w$+7JiyRwBNrnHONn4N1xT8AvyRWd37hX2f183ZOuO160",
    "188 0000 0001",
)
SUPERVISOR: Final = _person(
    "liu",
    5,
    Text("刘芳", "Liu Fang"),
    Role.SUPERVISOR,
    "F2RsMqSDICze1Zwq3GOW3g$rW7JaN+m3Q6YmieyfixOj/NnQqVN3cv1H9i90VjcEgg",
    "188 0000 0002",
)
ADMINISTRATOR: Final = _person(
    "hejia",
    6,
    Text("何佳", "He Jia"),
    Role.ADMINISTRATOR,
    "8Z/YOlF0EbZJnaGgPeb/sA$QoSHNht9IqB3belPnopcif7qHMHQSL467ju0H1Z1gZc",
)

# In the order in which the sign-on page offers them: who sits down at this seat comes first.
PEOPLE: Final = (OPERATOR, RELIEF, COLLEAGUE, LEADER, SUPERVISOR, ADMINISTRATOR)
# Who is on duty at other seats when the curtain rises.
ON_DUTY: Final = ((LEADER, "3"), (COLLEAGUE, "2"))
