"""The framework's own way to PostgreSQL, with one thing put right: see `base`."""
