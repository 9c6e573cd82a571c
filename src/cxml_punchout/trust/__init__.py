"""Who is speaking, and may they: credentials, secrets, partners, and the masking of what must not be logged."""
