"""Who is official: registries of accounts and of missions."""
