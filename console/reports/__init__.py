"""What can be printed: one folder a form, each with one `SPEC`; `paper` is what they are all drawn with."""
