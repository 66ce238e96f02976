"""Paper: fonts, paragraphs, pages and blocks that every printed form is made of.

Nothing here is imported before a form is built: the library behind it is heavy, and forms are built in the errands
process. Texts of people never pass through a markup language; they are broken into lines and drawn.
"""
