"""What a plan may ask: one folder a kind, `step.py` pure and `page.py` for the screen.

A kind's `step.py` holds one `SPEC` (console.steps.spec.StepSpec).
"""
