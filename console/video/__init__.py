"""Where pictures come from: worker processes that decode, and the supervisor that watches them.

The window's process imports `supervisor`, `ring`, `facts` and `kinds`, none of which knows a codec;
`cv`, `scene` and what lies behind `Spec.open` are imported in worker processes only.
"""
