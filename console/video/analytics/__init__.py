"""Kinds of analytics rule: one module a kind, each with one `SPEC` of type `console.video.kinds.RuleSpec`."""
