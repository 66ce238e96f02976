"""Check a package of footage that left the house: the same verifier that lies in the package, from a place one trusts."""

import argparse

from console.cli.speech import FINDINGS, FINE, put_json
from console.video.export import verify


def check(asked: argparse.Namespace) -> int:
    """Print what was altered, is missing or was added, in both languages."""
    if not asked.json:
        wanted = ["--key", asked.key] if asked.key else []
        return FINDINGS if verify.main([str(asked.package), *wanted]) else FINE
    findings, _manifest = verify.verify(str(asked.package), asked.key)
    for one in findings:
        put_json(one)
    return FINDINGS if findings else FINE
