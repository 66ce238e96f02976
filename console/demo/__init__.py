"""A pretend site: panels that ring, guards that walk, scenes for the synthetic cameras."""
