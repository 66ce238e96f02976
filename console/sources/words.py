"""Texts from outside, made fit for the screen and the disk."""


def printable(text: str) -> str:
    """Give the text with a blank for every character that cannot be printed.

    Control characters have no place on a screen, PostgreSQL takes no NUL, and a character that turns the direction of
    writing could make one alarm look like another. What was sent stays in the raw bytes.
    """
    return "".join(character if character.isprintable() else " " for character in text)
