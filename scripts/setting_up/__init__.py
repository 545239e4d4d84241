"""The steps of the set-up. They run before anything is installed, so they know the standard library only."""
