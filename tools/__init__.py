"""Programs that make or check what is committed; none of them runs at the post."""
