"""The points of a site as a table: written for a spreadsheet, and taken back in."""

import argparse

from console import i18n
from console.cli.speech import FINDINGS, FINE, put_json
from console.i18n import _


def write(asked: argparse.Namespace) -> int:
    """Write every point of a site folder."""
    from console import point_import
    from console.app.points import site_kinds
    from console.site_folder import load_site

    site, _plans = load_site(asked.site, **site_kinds())
    count = point_import.write(asked.file, site.points, i18n.language())
    if asked.json:
        put_json({"points": count, "file": str(asked.file)})
    else:
        print(_("{count} points written to {file}.").format(count=count, file=asked.file))
    return FINE


def take(asked: argparse.Namespace) -> int:
    """Say what a table would change, and take it in where nothing is wrong with it."""
    from console import point_import
    from console.app.points import site_kinds
    from console.models.points import ChangeKind

    tried = point_import.preview(asked.site, asked.file, site_kinds())
    language = i18n.language()
    for one in tried.mistakes:
        where = one.place or _("row {row}").format(row=one.row)
        if asked.json:
            put_json({"mistake": {"row": one.row, "column": one.column, "place": one.place, "text": one.sentence}})
        else:
            print(f"{where} {one.column}".rstrip() + f": {one.sentence.in_language(language)}")
    if tried.more:
        print(_("... and {count} more.").format(count=tried.more))
    if tried.mistakes:
        return FINDINGS
    counts = {kind.value: tried.count(kind) for kind in ChangeKind}
    if not asked.preview:
        point_import.put(asked.site, tried)
    if asked.json:
        put_json({"points": tried.rows, **counts, "same": tried.same, "taken": not asked.preview})
        return FINE
    print(
        _("{rows} points: {new} new, {changed} changed, {removed} removed, {same} as before.").format(
            rows=tried.rows, same=tried.same, **counts
        )
    )
    print(_("Nothing was written.") if asked.preview else _("Taken; a running console uses them at its next start."))
    return FINE
