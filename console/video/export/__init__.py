"""Packages of footage: original bits, a copy to look at, what is known of them, and how it is proven that nothing was altered."""
