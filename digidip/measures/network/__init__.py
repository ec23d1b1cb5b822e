"""Structure, positions and communities of networks of accounts and of states."""
