"""The duty log as one reads and writes it: shared by the tab beside the watch and by the page of its own."""
