"""Where partners are kept: in memory, in a TOML file, in an SQL database."""
