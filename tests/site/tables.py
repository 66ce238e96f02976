"""A site of buildings, floors and zones, and a table of as many points as one likes."""

from pathlib import Path

HEADING = "id,name_zh,name_en,class,place"
ZONES = 100
# Those that the shipped plans call.
ROLES = ("police", "police_station", "fire", "medical", "supervisor", "fire_responsible", "property")


def big_site(folder: Path) -> Path:
    """A site of 10 buildings of 10 zones; what belongs to a point is said of its building and its zone."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "id: estate",
        "name: {zh: 大院, en: Estate}",
        "maps: [{id: plan, name: {zh: 图, en: Plan}, file: plan.svg}]",
        "contacts:",
        "  - {id: chief, role: leader, phone: 110, name: {zh: 班长, en: Chief}}",
        *(f"  - {{id: {role}, role: {role}, phone: 1, name: {role}}}" for role in ROLES),
        "posts:",
        *(f"  - {{id: post-{n}, kind: gate, name: {{zh: {n}号岗, en: Post {n}}}}}" for n in range(10)),
        "cameras:",
        *(
            f"  - {{id: cam-{n}, number: {n + 1}, kind: synthetic, address: a, name: {{zh: 机{n}, en: Camera {n}}}}}"
            for n in range(ZONES)
        ),
        "places:",
        "  - {id: all, kind: site, name: {zh: 大院, en: Estate}, sound: p2, notify: [chief]}",
    ]
    for building in range(10):
        lines.append(
            f"  - {{id: b{building}, kind: building, parent: all, name: {{zh: {building}号楼, en: Building {building}}},"
            f" post: post-{building}, priorities: {{fire: 1, '*': 3}}}}"
        )
        for zone in range(10):
            number = building * 10 + zone
            lines.append(
                f"  - {{id: z{number}, kind: zone, parent: b{building}, name: {{zh: {number}区, en: Zone {number}}},"
                f" cameras: [cam-{number}], spot: {{map: plan, x: {zone * 10}, y: {building * 10}}}}}"
            )
    (folder / "site.yaml").write_text("\n".join(lines), "utf-8")
    (folder / "plan.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"/>', "utf-8")
    (folder / "scenes").mkdir(exist_ok=True)
    return folder


def big_table(count: int = 2000) -> str:
    """So many points, each saying no more than what it is and where."""
    rows = [
        f"p{n},探测器 {n},Detector {n},{'fire' if n % 2 else 'intrusion'},z{n % ZONES}" for n in range(count)
    ]
    return "\r\n".join((HEADING, *rows)) + "\r\n"
